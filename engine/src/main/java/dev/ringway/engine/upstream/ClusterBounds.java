package dev.ringway.engine.upstream;

import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.counters.ClusterCounters;
import dev.ringway.engine.counters.LoopCounters;
import dev.ringway.engine.snapshot.Cluster;
import dev.ringway.engine.snapshot.Thresholds;

/**
 * The bounds of a cluster as one loop meets them, for one priority: what takes room and gives it back, with the counters
 * that tell of it. Nothing is taken before the first {@link #adopt}. Loop thread only.
 */
final class ClusterBounds
{
    private final ClusterUse use;
    private final int loop;
    private final LoopCounters counters;
    private final boolean isHigh;
    private final BoundShare connections;
    private final BoundShare pending;
    private final BoundShare requests;
    private ClusterCounters ids;
    private Thresholds thresholds;

    ClusterBounds(final ClusterUse use, final int loop, final LoopCounters counters, final boolean isHigh)
    {
        this.use = use;
        this.loop = loop;
        this.counters = counters;
        this.isHigh = isHigh;
        connections = share(ClusterUse.CONNECTIONS, false);
        pending = share(ClusterUse.PENDING, false);
        requests = share(ClusterUse.REQUESTS, true);
    }

    private BoundShare share(final int kind, final boolean isBatched)
    {
        final int bound = ClusterUse.bound(kind, isHigh);
        final BoundShare share = new BoundShare(use, bound, isBatched);
        use.onLoop(loop, bound, share);
        return share;
    }

    /** Takes over what a new snapshot says of the cluster. */
    void adopt(final Cluster fresh)
    {
        ids = fresh.counters();
        thresholds = fresh.circuitBreakers().of(isHigh);
        connections.limit(thresholds.maxConnections());
        pending.limit(thresholds.maxPendingRequests());
        requests.limit(thresholds.maxRequests());
    }

    /** Takes room for a request; where there is none that is counted. */
    boolean takeRequest()
    {
        final boolean hasRoom = takeUncounted();
        if (!hasRoom)
        {
            counters.increment(ids.upstreamRqActiveOverflow);
        }
        return hasRoom;
    }

    /** As {@link #takeRequest}, but not counted. */
    boolean takeUncounted()
    {
        return requests.take();
    }

    /** A request that room was taken for is not sent, or not now. */
    void releaseRequest()
    {
        requests.release();
    }

    /** Takes room to wait, for as long as there is no connection. */
    boolean takePending()
    {
        if (!pending.take())
        {
            counters.increment(ids.upstreamRqPendingOverflow);
            return false;
        }
        counters.increment(ids.upstreamRqPendingTotal);
        counters.increment(ids.upstreamRqPendingActive);
        return true;
    }

    void endPending()
    {
        pending.release();
        counters.decrement(ids.upstreamRqPendingActive);
    }

    /** This process can open no connection, though the cluster could: room for a request and to wait was taken. */
    void dropPending()
    {
        requests.release();
        endPending();
        counters.increment(ids.upstreamRqPendingOverflow);
    }

    /** Takes room for a connection. */
    boolean takeConnection()
    {
        final boolean hasRoom = connections.take();
        if (!hasRoom)
        {
            onNoConnection();
        }
        return hasRoom;
    }

    /**
     * Takes room for a connection, without which a request would have to wait. As in Envoy a loop without any gets one in
     * any case: other loops may have them all, and none of those would ever serve what waits here.
     */
    boolean mayConnect()
    {
        if (connections.take())
        {
            return true;
        }
        if (connections.taken() > 0)
        {
            return false;
        }
        onNoConnection();
        connections.takeAnyway();
        return true;
    }

    /** There are as many connections as the cluster bears. */
    void onNoConnection()
    {
        counters.increment(ids.connections.upstreamCxOverflow);
    }

    /** No connection came of the room that was taken for it. */
    void releaseConnection()
    {
        connections.release();
    }

    /** See {@link ClusterState#takeRetry}. */
    boolean takeRetry()
    {
        return use.borrow(ClusterUse.bound(ClusterUse.RETRIES, isHigh), 1, use.retryLimit(thresholds, isHigh)) > 0;
    }

    void releaseRetry()
    {
        use.giveBack(ClusterUse.bound(ClusterUse.RETRIES, isHigh), 1);
    }

    /** A request or relay has a connection: it counts from there on, as in Envoy; relays are never too many. */
    void onRequest()
    {
        counters.increment(ids.upstreamRqTotal);
        counters.increment(ids.upstreamRqActive);
    }

    void onRequestEnded()
    {
        requests.release();
        onRelayEnded();
    }

    void onRelayEnded()
    {
        counters.decrement(ids.upstreamRqActive);
    }

    /** A request has waited for nothing. */
    void onCancelled()
    {
        counters.increment(ids.upstreamRqCancelled);
    }

    void onConnectionOpening(final Connection connection)
    {
        counters.increment(ids.connections.upstreamCxTotal);
        counters.increment(ids.connections.upstreamCxActive);
        connection.count(ids.connections.upstreamCxRxBytesTotal, ids.connections.upstreamCxTxBytesTotal);
    }

    void onConnectionClosed(final Connection connection)
    {
        connections.release();
        counters.increment(ids.connections.upstreamCxDestroy);
        counters.record(ids.connections.upstreamCxLengthMs, connection.ageMs());
        counters.decrement(ids.connections.upstreamCxActive);
    }
}
