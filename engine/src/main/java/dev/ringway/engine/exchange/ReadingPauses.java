package dev.ringway.engine.exchange;

import dev.ringway.engine.counters.ClusterCounters;
import dev.ringway.engine.counters.LoopCounters;
import dev.ringway.engine.snapshot.HttpConnectionManager;
import dev.ringway.engine.snapshot.TcpProxy;

/**
 * Which sides of an exchange are not read because the other one cannot take more. Each pause counts once, and once when
 * reading goes on. Loop thread only.
 */
final class ReadingPauses
{
    private boolean isRequestPaused;
    private boolean isResponsePaused;

    void pauseRequest(final LoopCounters counters, final HttpConnectionManager http, final TcpProxy tcp)
    {
        if (!isRequestPaused)
        {
            isRequestPaused = true;
            counters.increment(http != null ?
                http.counters().downstreamFlowControlPausedReadingTotal :
                tcp.counters().downstreamFlowControlPausedReadingTotal);
        }
    }

    void resumeRequest(final LoopCounters counters, final HttpConnectionManager http, final TcpProxy tcp)
    {
        if (isRequestPaused)
        {
            isRequestPaused = false;
            counters.increment(http != null ?
                http.counters().downstreamFlowControlResumedReadingTotal :
                tcp.counters().downstreamFlowControlResumedReadingTotal);
        }
    }

    void pauseResponse(final LoopCounters counters, final ClusterCounters ids)
    {
        if (!isResponsePaused)
        {
            isResponsePaused = true;
            counters.increment(ids.upstreamFlowControlPausedReadingTotal);
        }
    }

    void resumeResponse(final LoopCounters counters, final ClusterCounters ids)
    {
        if (isResponsePaused)
        {
            isResponsePaused = false;
            counters.increment(ids.upstreamFlowControlResumedReadingTotal);
        }
    }

    void reset()
    {
        isRequestPaused = false;
        isResponsePaused = false;
    }
}
