package dev.ringway.engine.upstream;

import dev.ringway.engine.balance.ClusterBalancer;
import dev.ringway.engine.balance.HostSet;
import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.conn.SocketPlan;
import dev.ringway.engine.snapshot.Cluster;

import java.util.ArrayDeque;

/**
 * One cluster on one loop: its pools, the requests that wait for a connection, its bounds. Keyed by the cluster's
 * identity, so it survives a new snapshot. Loop thread only.
 */
public final class ClusterState
{
    /** A session was given, or the request waits for one. */
    public static final int ACQUIRED = 0;

    private static final int MAX_HIGH_WATER = 256 * 1024;
    /** Connections opened ahead for one request, as in Envoy. */
    private static final int MOST_AHEAD = 3;

    private final UpstreamContext context;
    private final ClusterUse use;
    private final ClusterBalancer balancer;
    private final ClusterBounds bounds;
    private final ClusterPools pools;
    private final ArrayDeque<UpstreamHandler> waiting = new ArrayDeque<>(64);
    private Cluster cluster;
    private HostSet hosts;
    private SocketPlan plan;
    private boolean isPreconnecting;
    /** The same for priority HIGH, once a request of that was there. */
    private ClusterState high;

    ClusterState(final UpstreamContext context, final ClusterUse use)
    {
        this(context, use, new ClusterBalancer(use.hosts(), context.loop.counters(), context.loop.index()), false);
    }

    private ClusterState(
        final UpstreamContext context, final ClusterUse use, final ClusterBalancer balancer, final boolean isHigh)
    {
        this.context = context;
        this.use = use;
        this.balancer = balancer;
        bounds = new ClusterBounds(use, context.loop.index(), context.loop.counters(), isHigh);
        pools = new ClusterPools(this, context, use.hosts().originals(), balancer);
    }

    /**
     * As in Envoy requests of another priority have connections of their own, and wait for none but those. May allocate
     * when it is asked for priority HIGH for the first time.
     *
     * @param isHighPriority whether it is for requests of priority HIGH.
     * @return the cluster for those requests.
     */
    public ClusterState of(final boolean isHighPriority)
    {
        return isHighPriority ? high() : this;
    }

    private ClusterState high()
    {
        if (high == null)
        {
            high = new ClusterState(context, use, balancer, true);
            high.adopt(cluster, hosts);
        }
        return high;
    }

    /**
     * Takes over what a new snapshot says of the cluster. Pools of endpoints that stay are kept, unless they are to be
     * encrypted in another way, to have other sockets or to speak the other version of HTTP; new contexts of TLS are
     * for new connections.
     *
     * @param fresh new value.
     */
    void adopt(final Cluster fresh)
    {
        if (fresh == cluster)
        {
            return;
        }
        final long nowNs = context.loop.clock().nowNs();
        final HostSet set = use.hosts().set(fresh, nowNs);
        adopt(fresh, set);
        if (high != null)
        {
            high.adopt(fresh, set);
        }
        balancer.adopt(set, fresh.counters(), nowNs);
    }

    private void adopt(final Cluster fresh, final HostSet set)
    {
        final boolean hasSameSockets = cluster != null && cluster.connect().hasSameSockets(fresh.connect());
        final boolean isSame = hasSameSockets && (cluster.http2() == null) == (fresh.http2() == null);
        pools.adopt(fresh, set, isSame);
        plan = hasSameSockets ? plan : SocketPlans.of(context.connections, fresh.connect());
        isPreconnecting = fresh.connect().preconnectRatio() > 1;
        cluster = fresh;
        hosts = set;
        bounds.adopt(fresh);
    }

    /**
     * The cluster is no longer in the snapshot.
     */
    void retire()
    {
        balancer.retire();
        pools.retire();
        if (high != null)
        {
            high.pools.retire();
        }
    }

    /**
     * Finds a session for an HTTP exchange, in the version that the endpoints speak:
     * {@link UpstreamHandler#onUpstreamReady} comes during the call or, when the request has to wait, later.
     *
     * @param handler the exchange.
     * @return {@link #ACQUIRED}, or an {@link UpstreamFailure}.
     */
    public int acquireHttp(final UpstreamHandler handler)
    {
        final EndpointPool pool = pickForHost(handler);
        if (pool == null)
        {
            return noEndpoint();
        }
        if (!bounds.takeRequest())
        {
            return UpstreamFailure.OVERFLOW;
        }
        final int result = cluster.http2() == null ? acquireHttp1(pool, handler) : acquireHttp2(pool, handler);
        if (isPreconnecting)
        {
            preconnect(pool);
        }
        return result;
    }

    private int noEndpoint()
    {
        context.loop.counters().increment(cluster.counters().connections.upstreamCxNoneHealthy);
        return UpstreamFailure.NO_ENDPOINT;
    }

    /** Room for the request is taken. */
    private int acquireHttp1(final EndpointPool pool, final UpstreamHandler handler)
    {
        Http1UpstreamSession session = handler.needs().wantsFresh() ? null : pool.pollIdle();
        if (session == null)
        {
            if (!bounds.takePending())
            {
                bounds.releaseRequest();
                return UpstreamFailure.OVERFLOW;
            }
            session = pool.pollWarming();
        }
        if (session == null)
        {
            if (!bounds.mayConnect())
            {
                return enqueue(handler);
            }
            session = openHttp1(pool);
            if (session == null)
            {
                bounds.dropPending();
                return UpstreamFailure.OVERFLOW;
            }
        }
        give(session, handler);
        return ACQUIRED;
    }

    /** Opens connections ahead of requests. */
    private void preconnect(final EndpointPool pool)
    {
        final double ratio = cluster.connect().preconnectRatio();
        for (int i = 0; i < MOST_AHEAD && pool.wantsMore(ratio); i++)
        {
            if (!bounds.takeConnection())
            {
                return;
            }
            if (!pool.preconnect())
            {
                bounds.releaseConnection();
                return;
            }
        }
    }

    /** Room for the request is taken. */
    private int acquireHttp2(final EndpointPool pool, final UpstreamHandler handler)
    {
        Http2UpstreamSession session = pool.withRoom();
        if ((session == null || !session.isOpened()) && !bounds.takePending())
        {
            bounds.releaseRequest();
            return UpstreamFailure.OVERFLOW;
        }
        if (session == null)
        {
            if (!bounds.mayConnect())
            {
                return enqueue(handler);
            }
            session = openHttp2(pool);
            if (session == null)
            {
                bounds.dropPending();
                return UpstreamFailure.OVERFLOW;
            }
        }
        session.give(handler);
        return ACQUIRED;
    }

    private Http2UpstreamSession openHttp2(final EndpointPool pool)
    {
        final Http2UpstreamSession session = pool.openHttp2();
        if (session == null)
        {
            bounds.releaseConnection();
        }
        return session;
    }

    void serveWaiting(final Http2UpstreamSession session)
    {
        while (!waiting.isEmpty() && session.hasRoom())
        {
            if (!session.pool().isForHost(waiting.peekFirst()))
            {
                session.closeIdle();
                return;
            }
            final UpstreamHandler handler = waiting.pollFirst();
            if (admit(handler, session.isOpened()))
            {
                session.give(handler);
            }
        }
    }

    /** Takes room for what has waited, which hears of it when there is none. */
    private boolean admit(final UpstreamHandler handler, final boolean isConnected)
    {
        final boolean hasRoom = bounds.takeRequest();
        if (isConnected || !hasRoom)
        {
            bounds.endPending();
        }
        if (!hasRoom)
        {
            handler.onUpstreamFailed(UpstreamFailure.OVERFLOW);
        }
        return hasRoom;
    }

    private Http1UpstreamSession openHttp1(final EndpointPool pool)
    {
        final Http1UpstreamSession session = pool.openHttp1();
        if (session == null)
        {
            bounds.releaseConnection();
        }
        return session;
    }

    /** Room to wait is taken. */
    private int enqueue(final UpstreamHandler handler)
    {
        bounds.onNoConnection();
        bounds.releaseRequest();
        waiting.addLast(handler);
        // What waits may be for another endpoint or host than the connections that are idle.
        pools.closeIdle();
        return ACQUIRED;
    }

    /** Room for the request is taken. */
    private void give(final Http1UpstreamSession session, final UpstreamHandler handler)
    {
        session.assign(handler);
        handler.onUpstreamReady(session);
    }

    boolean givePending(final Http1UpstreamSession session)
    {
        while (!waiting.isEmpty())
        {
            if (!session.pool.isForHost(waiting.peekFirst()))
            {
                session.closeIdle();
                return true;
            }
            final UpstreamHandler handler = waiting.pollFirst();
            if (admit(handler, true))
            {
                give(session, handler);
                return true;
            }
        }
        return false;
    }

    /**
     * An exchange that waits gives up.
     *
     * @param handler the exchange.
     * @return whether it was waiting.
     */
    public boolean cancelWaiting(final UpstreamHandler handler)
    {
        if (waiting.remove(handler))
        {
            bounds.endPending();
            bounds.onCancelled();
            return true;
        }
        if (pools.cancelUpgrade(handler))
        {
            bounds.onCancelled();
            return true;
        }
        return false;
    }

    /**
     * Opens a connection for a TCP relay; {@link UpstreamHandler#onUpstreamReady} comes during the
     * call; what is sent before it is connected waits.
     *
     * @param handler    the exchange.
     * @param downstream the client's connection, of which the endpoint may be told.
     * @return {@link #ACQUIRED}, or an {@link UpstreamFailure}.
     */
    public int acquireTcp(final UpstreamHandler handler, final Connection downstream)
    {
        final EndpointPool pool = pools.pick(handler);
        if (pool == null)
        {
            return noEndpoint();
        }
        if (!bounds.takeConnection())
        {
            return UpstreamFailure.OVERFLOW;
        }
        if (!bounds.takePending())
        {
            bounds.releaseConnection();
            return UpstreamFailure.PENDING_OVERFLOW;
        }
        final TcpUpstreamSession session = pool.openTcp(handler, downstream);
        if (session == null)
        {
            bounds.releaseConnection();
            bounds.endPending();
            return UpstreamFailure.OVERFLOW;
        }
        handler.onUpstreamReady(session);
        return ACQUIRED;
    }

    /** Whether a pool is for where a request that waits has to go. */
    boolean isFor(final EndpointPool pool, final UpstreamHandler handler)
    {
        return pools.isFor(pool, handler);
    }

    private EndpointPool pickForHost(final UpstreamHandler handler)
    {
        final EndpointPool pool = pools.pick(handler);
        return pool == null ? null : pool.of(handler);
    }

    /**
     * Takes room for a request that is to be sent again; {@link #releaseRetry} follows when that attempt has ended.
     *
     * @return false when there are as many as the cluster bears.
     */
    public boolean takeRetry()
    {
        return bounds.takeRetry();
    }

    /**
     * Gives back what {@link #takeRetry} took.
     */
    public void releaseRetry()
    {
        bounds.releaseRetry();
    }

    void onConnectionClosed(final Connection connection)
    {
        bounds.onConnectionClosed(connection);
        // Each that fails leaves room for the next: nobody may be left waiting when no connection is there to end.
        while (!waiting.isEmpty() && bounds.mayConnect())
        {
            serveWaiting();
        }
    }

    /** Room for a connection is taken. */
    private void serveWaiting()
    {
        final UpstreamHandler handler = waiting.pollFirst();
        final EndpointPool pool = pickForHost(handler);
        if (pool == null || !bounds.takeUncounted())
        {
            bounds.releaseConnection();
            bounds.endPending();
            handler.onUpstreamFailed(pool == null ? UpstreamFailure.NO_ENDPOINT : UpstreamFailure.OVERFLOW);
            return;
        }
        if (cluster.http2() != null)
        {
            final Http2UpstreamSession shared = openHttp2(pool);
            if (shared != null)
            {
                shared.give(handler);
                serveWaiting(shared);
                return;
            }
        }
        else
        {
            final Http1UpstreamSession session = openHttp1(pool);
            if (session != null)
            {
                give(session, handler);
                return;
            }
        }
        bounds.releaseRequest();
        bounds.endPending();
        handler.onUpstreamFailed(UpstreamFailure.OVERFLOW);
    }

    /**
     * @return bytes queued to an endpoint above which the client is no longer read.
     */
    int highWaterMark()
    {
        return Math.min(cluster.perConnectionBufferLimit(), MAX_HIGH_WATER);
    }

    ClusterBounds bounds()
    {
        return bounds;
    }

    SocketPlan plan()
    {
        return plan;
    }

    /**
     * @return the cluster as last adopted.
     */
    public Cluster cluster()
    {
        return cluster;
    }
}
