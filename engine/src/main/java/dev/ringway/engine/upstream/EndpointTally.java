package dev.ringway.engine.upstream;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.ResponseHead;
import dev.ringway.engine.balance.HostHealth;
import dev.ringway.engine.counters.ClusterCounters;
import dev.ringway.engine.counters.EndpointCounters;
import dev.ringway.engine.counters.LoopCounters;
import dev.ringway.engine.counters.UpstreamConnectionCounters;
import dev.ringway.engine.loop.EventLoop;
import dev.ringway.engine.snapshot.Endpoint;

/**
 * Counts what happens at one endpoint on one loop, for the endpoint and for its cluster as last adopted, and tells the
 * endpoint's health of how requests fare. Allocates nothing. Loop thread only.
 */
final class EndpointTally
{
    private static final long NANOS_PER_MILLI = 1_000_000L;

    private final ClusterState cluster;
    private final EventLoop loop;
    private final LoopCounters own;
    private final HostHealth health;

    EndpointTally(final ClusterState cluster, final EventLoop loop, final HostHealth health)
    {
        this.cluster = cluster;
        this.loop = loop;
        this.health = health;
        own = health.counters().loop(loop.index());
    }

    private LoopCounters counters()
    {
        return loop.counters();
    }

    private UpstreamConnectionCounters connections()
    {
        return ids().connections;
    }

    private ClusterCounters ids()
    {
        return cluster.cluster().counters();
    }

    boolean isHealthy(final Endpoint endpoint)
    {
        return health.isHealthy(endpoint);
    }

    /** Requests of this loop that are under way or wait for a connection that is being opened. */
    long activeRequests()
    {
        return own.get(EndpointCounters.RQ_ACTIVE) + own.get(EndpointCounters.RQ_PENDING_ACTIVE);
    }

    /** Whether nothing of this loop is going on at the endpoint. */
    boolean isQuiet()
    {
        return own.get(EndpointCounters.CX_ACTIVE) == 0 && activeRequests() == 0;
    }

    /** A connection is being opened. */
    void onOpening()
    {
        own.increment(EndpointCounters.CX_TOTAL);
        own.increment(EndpointCounters.CX_ACTIVE);
    }

    void onHttp1()
    {
        counters().increment(connections().upstreamCxHttp1Total);
    }

    void onHttp2()
    {
        counters().increment(connections().upstreamCxHttp2Total);
    }

    void onConnected(final long connectNs)
    {
        counters().record(connections().upstreamCxConnectMs, connectNs / NANOS_PER_MILLI);
    }

    /** A connection has had as many requests as it may. */
    void onExhausted()
    {
        counters().increment(connections().upstreamCxMaxRequests);
    }

    /** A connection has ended, whatever came of it. */
    void onClosed()
    {
        own.decrement(EndpointCounters.CX_ACTIVE);
    }

    void onRequestEnded()
    {
        own.decrement(EndpointCounters.RQ_ACTIVE);
    }

    void onRequest()
    {
        own.increment(EndpointCounters.RQ_TOTAL);
        own.increment(EndpointCounters.RQ_ACTIVE);
    }

    /** A request has a connection. */
    void onReady()
    {
        health.onReady(loop.index());
    }

    void onPending(final int change)
    {
        own.add(EndpointCounters.RQ_PENDING_ACTIVE, change);
    }

    void onResponse(final ResponseHead head)
    {
        own.increment(head.status() < 500 ? EndpointCounters.RQ_SUCCESS : EndpointCounters.RQ_ERROR);
        health.onStatus(head.status());
        if (head.headers().contains(HeaderName.X_ENVOY_IMMEDIATE_HEALTH_CHECK_FAIL))
        {
            health.onLeaving();
        }
    }

    /** A relay has its connection: to outlier detection that is an answer, as in Envoy. */
    void onRelay()
    {
        onRequest();
        health.onRelay(loop.index());
    }

    /** A relay got none. */
    void onRelayFailed()
    {
        health.onFailed(loop.index());
    }

    void onRequestFailed()
    {
        health.onFailed(loop.index());
        own.increment(EndpointCounters.RQ_ERROR);
    }

    /** No answer came in time; where the client is told of no error, the endpoint is taken to have made none. */
    void onUnanswered(final boolean isQuiet)
    {
        if (isQuiet)
        {
            health.onQuietTimeout(loop.index());
        }
        else
        {
            health.onFailed(loop.index());
        }
        own.increment(EndpointCounters.RQ_ERROR);
    }

    void onTimeout()
    {
        own.increment(EndpointCounters.RQ_TIMEOUT);
    }

    void onStreamReset(final boolean isByPeer)
    {
        if (isByPeer)
        {
            counters().increment(ids().upstreamRqRxReset);
        }
    }

    /** A request was given up that waited for its connection. */
    void onPendingCancelled()
    {
        counters().increment(ids().upstreamRqCancelled);
    }

    void onStreamCancelled()
    {
        counters().increment(ids().upstreamRqTxReset);
    }

    void onCancelled()
    {
        counters().increment(connections().upstreamCxDestroyLocalWithActiveRq);
        counters().increment(connections().upstreamCxDestroyWithActiveRq);
    }

    void onTrailers()
    {
        counters().increment(ids().http2.trailers);
    }

    void onMessagingError()
    {
        counters().increment(ids().http2.rxMessagingError);
    }

    void onProtocolError()
    {
        counters().increment(connections().upstreamCxProtocolError);
    }

    void onCloseNotify()
    {
        counters().increment(connections().upstreamCxCloseNotify);
    }

    void onIdleTimeout()
    {
        counters().increment(connections().upstreamCxIdleTimeout);
    }

    /** A connection has lasted as long as it may. */
    void onOver()
    {
        counters().increment(connections().upstreamCxMaxDurationReached);
    }

    void onLocalClose()
    {
        counters().increment(connections().upstreamCxDestroyLocal);
    }

    void onRemoteClose(final boolean isActive)
    {
        counters().increment(connections().upstreamCxDestroyRemote);
        if (isActive)
        {
            counters().increment(connections().upstreamCxDestroyRemoteWithActiveRq);
            counters().increment(connections().upstreamCxDestroyWithActiveRq);
        }
    }

    void onConnectFailed(final boolean isTimeout)
    {
        own.increment(EndpointCounters.CX_CONNECT_FAIL);
        counters().increment(connections().upstreamCxConnectFail);
        counters().increment(ids().upstreamRqPendingFailureEject);
        if (isTimeout)
        {
            counters().increment(connections().upstreamCxConnectTimeout);
        }
    }
}
