package dev.ringway.engine.exchange;

import dev.ringway.engine.counters.HttpCounters;
import dev.ringway.engine.upstream.UpstreamFailure;

/**
 * What becomes of an attempt that has brought no response: another one at once or in a while, or an answer. Reused with
 * its exchange. Loop thread only.
 */
final class Attempts
{
    private final Exchange exchange;
    private final Exchanges exchanges;
    private final ExchangeTimes times;
    private final ExchangeReport report;
    private final Retrying retrying;
    private final EndpointSide endpoint;

    Attempts(final Exchange exchange, final ExchangeState state, final EndpointSide endpoint)
    {
        this.exchange = exchange;
        exchanges = state.exchanges;
        times = state.times;
        report = state.report;
        retrying = state.retrying;
        this.endpoint = endpoint;
    }

    /** There is no response, and the client has been told nothing. */
    void onFailed(final int failure, final DownstreamSink downstream)
    {
        if (retrying.retries(failure, endpoint.cluster()))
        {
            awaitNext(downstream);
        }
        else if (retrying.resends(failure, exchange.request(), endpoint.cluster()))
        {
            next();
        }
        else
        {
            exchange.replies().failed(failure, endpoint.cluster(), isOfDeadline(failure));
        }
    }

    /** Whether the endpoint of a call has reset it because the time was over: its clock may be there before ours. */
    boolean isOfDeadline(final int failure)
    {
        return failure == UpstreamFailure.STREAM_RESET && times.isCallOver(exchanges.nowNs());
    }

    /** A time-out of a request is over. */
    void onTimeOut(final long nowNs, final HttpCounters ids, final DownstreamSink downstream)
    {
        final LocalReply over = exchanges.timeOut(times, nowNs, ids, endpoint.cluster(), endpoint.session());
        final boolean isSent = exchange.phase() == Phase.SEND_UP && !exchange.replies().followsResponse();
        if (isSent && over.isOfTry() && retrying.retries(UpstreamFailure.RESET, endpoint.cluster()))
        {
            awaitNext(downstream);
            return;
        }
        if (!over.isOfEndpoint())
        {
            retrying.leaveUntold();
        }
        final LocalReply reply = over.isOfEndpoint() && times.isQuiet() ? over.quiet() : over;
        if (over.isOfEndpoint() && (isSent || exchange.phase() == Phase.ACQUIRE && !times.awaitsTry()))
        {
            exchanges.countUpstreamResponse(
                endpoint.cluster().cluster().counters(), reply.status(), report.outcome().isInternal());
        }
        exchange.giveUp(reply);
    }

    /** The request is sent again in a while. What the client still says waits. */
    void awaitNext(final DownstreamSink downstream)
    {
        exchange.detach(false);
        exchange.phase(Phase.ACQUIRE);
        times.awaitTry(exchanges.nowNs() + retrying.waitNs());
        downstream.awaitDeadline();
    }

    /** The request is sent again now. */
    void next()
    {
        retrying.onAgain();
        exchange.acquire();
    }
}
