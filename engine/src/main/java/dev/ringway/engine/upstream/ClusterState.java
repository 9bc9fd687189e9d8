package dev.ringway.engine.upstream;

import dev.ringway.engine.balance.ClusterBalancer;
import dev.ringway.engine.balance.HostSet;
import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.counters.ClusterCounters;
import dev.ringway.engine.counters.LoopCounters;
import dev.ringway.engine.snapshot.Address;
import dev.ringway.engine.snapshot.CircuitBreakers;
import dev.ringway.engine.snapshot.Cluster;
import dev.ringway.engine.snapshot.Endpoint;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One cluster on one loop: its pools, the requests that wait for a connection, its bounds. Keyed by the cluster's
 * identity, so it survives a new snapshot. Loop thread only.
 */
public final class ClusterState
{
    /** A session was given, or the request waits for one. */
    public static final int ACQUIRED = 0;

    private static final int MAX_HIGH_WATER = 256 * 1024;

    private final UpstreamContext context;
    private final ArrayDeque<Http1UpstreamSession> freeHttp1 = new ArrayDeque<>(64);
    private final ArrayDeque<TcpUpstreamSession> freeTcp = new ArrayDeque<>(64);
    private final ArrayDeque<Http2UpstreamSession> freeHttp2 = new ArrayDeque<>(16);
    private final ArrayDeque<Http2UpstreamStream> freeStreams = new ArrayDeque<>(64);
    private final ArrayDeque<UpstreamHandler> waiting = new ArrayDeque<>(64);
    private Cluster cluster;
    /** In the order of the cluster's endpoints. */
    private List<EndpointPool> pools = List.of();
    private final ClusterUse use;
    private final ClusterBalancer balancer;
    private final BoundShare connections;
    private final BoundShare pending;
    private final BoundShare requests;

    ClusterState(final UpstreamContext context, final ClusterUse use)
    {
        this.context = context;
        this.use = use;
        balancer = new ClusterBalancer(use.hosts(), context.loop.counters(), context.loop.index());
        connections = new BoundShare(use, ClusterUse.CONNECTIONS, false);
        pending = new BoundShare(use, ClusterUse.PENDING, false);
        requests = new BoundShare(use, ClusterUse.REQUESTS, true);
        use.onLoop(context.loop.index(), context.loop.counters());
    }

    /**
     * Takes over what a new snapshot says of the cluster. Pools of endpoints that stay are kept, unless they are to be
     * encrypted in another way or to speak the other version of HTTP; new contexts of TLS are for new connections.
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
        final HostSet hosts = use.hosts().set(fresh, nowNs);
        final List<EndpointPool> kept = new ArrayList<>(hosts.size());
        final Map<Address, EndpointPool> known = new HashMap<>();
        final boolean isSameProtocol = cluster != null && (cluster.http2() == null) == (fresh.http2() == null);
        pools.forEach(pool -> known.put(pool.endpoint().address(), pool));
        for (int i = 0; i < hosts.size(); i++)
        {
            final Endpoint endpoint = hosts.endpoint(i);
            EndpointPool pool = isSameProtocol ? known.get(endpoint.address()) : null;
            if (pool == null || !pool.isFor(endpoint, fresh.tls()))
            {
                pool = new EndpointPool(this, context, endpoint, fresh.tls(),
                    hosts.health(i));
                known.put(endpoint.address(), pool);
            }
            pool.adopt(endpoint, fresh.tls());
            kept.add(pool);
        }
        retireAllBut(kept);
        cluster = fresh;
        pools = kept;
        balancer.adopt(hosts, fresh.counters(), nowNs);
        connections.limit(fresh.circuitBreakers().maxConnections());
        pending.limit(fresh.circuitBreakers().maxPendingRequests());
        requests.limit(fresh.circuitBreakers().maxRequests());
    }

    private void retireAllBut(final List<EndpointPool> kept)
    {
        final Set<EndpointPool> wanted = new HashSet<>(kept);
        for (final EndpointPool pool : new HashSet<>(pools))
        {
            if (!wanted.contains(pool))
            {
                pool.retire();
            }
        }
    }

    /**
     * The cluster is no longer in the snapshot.
     */
    void retire()
    {
        for (final EndpointPool pool : pools)
        {
            pool.retire();
        }
        balancer.retire();
        pools = List.of();
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
        final LoopCounters counters = context.loop.counters();
        final ClusterCounters ids = cluster.counters();
        final EndpointPool pool = pickForHost(handler);
        if (pool == null)
        {
            counters.increment(ids.upstreamCxNoneHealthy);
            return UpstreamFailure.NO_ENDPOINT;
        }
        if (!requests.take())
        {
            counters.increment(ids.upstreamRqPendingOverflow);
            return UpstreamFailure.OVERFLOW;
        }
        return cluster.http2() == null ? acquireHttp1(pool, handler) : acquireHttp2(pool, handler);
    }

    /** Room for the request is taken. */
    private int acquireHttp1(final EndpointPool pool, final UpstreamHandler handler)
    {
        final LoopCounters counters = context.loop.counters();
        final ClusterCounters ids = cluster.counters();
        Http1UpstreamSession session = handler.wantsFresh() ? null : pool.pollIdle();
        if (session == null)
        {
            if (!mayConnect())
            {
                counters.increment(ids.upstreamCxOverflow);
                requests.release();
                return enqueue(handler);
            }
            session = openHttp1(pool);
            if (session == null)
            {
                requests.release();
                counters.increment(ids.upstreamRqPendingOverflow);
                return UpstreamFailure.OVERFLOW;
            }
            counters.increment(ids.upstreamRqPendingTotal);
        }
        give(session, handler);
        return ACQUIRED;
    }

    /** Room for the request is taken. */
    private int acquireHttp2(final EndpointPool pool, final UpstreamHandler handler)
    {
        final LoopCounters counters = context.loop.counters();
        Http2UpstreamSession session = pool.withRoom();
        if (session == null)
        {
            if (!mayConnect())
            {
                counters.increment(cluster.counters().upstreamCxOverflow);
                requests.release();
                return enqueue(handler);
            }
            session = openHttp2(pool);
            if (session == null)
            {
                requests.release();
                counters.increment(cluster.counters().upstreamRqPendingOverflow);
                return UpstreamFailure.OVERFLOW;
            }
            counters.increment(cluster.counters().upstreamRqPendingTotal);
        }
        give(session, handler);
        return ACQUIRED;
    }

    private Http2UpstreamSession openHttp2(final EndpointPool pool)
    {
        final Http2UpstreamSession session = pool.openHttp2();
        if (session == null)
        {
            connections.release();
        }
        return session;
    }

    /** Room for the request is taken. */
    private void give(final Http2UpstreamSession session, final UpstreamHandler handler)
    {
        countRequest();
        session.give(handler);
    }

    /** A shared connection may have room now. */
    void serveWaiting(final Http2UpstreamSession session)
    {
        while (!waiting.isEmpty() && session.hasRoom())
        {
            if (!session.pool().isForHost(waiting.peekFirst().request()))
            {
                session.closeIdle();
                return;
            }
            final UpstreamHandler handler = pollWaiting();
            if (requests.take())
            {
                give(session, handler);
            }
            else
            {
                context.loop.counters().increment(cluster.counters().upstreamRqPendingOverflow);
                handler.onUpstreamFailed(UpstreamFailure.OVERFLOW);
            }
        }
    }

    /**
     * Takes room for a connection. As in Envoy a loop without any gets one in any case: other loops may have them all,
     * and none of those would ever serve what waits here.
     */
    private boolean mayConnect()
    {
        if (connections.take())
        {
            return true;
        }
        if (connections.taken() > 0)
        {
            return false;
        }
        context.loop.counters().increment(cluster.counters().upstreamCxOverflow);
        connections.takeAnyway();
        return true;
    }

    private Http1UpstreamSession openHttp1(final EndpointPool pool)
    {
        final Http1UpstreamSession session = pool.openHttp1();
        if (session == null)
        {
            connections.release();
        }
        return session;
    }

    private int enqueue(final UpstreamHandler handler)
    {
        final LoopCounters counters = context.loop.counters();
        if (!pending.take())
        {
            counters.increment(cluster.counters().upstreamRqPendingOverflow);
            return UpstreamFailure.OVERFLOW;
        }
        counters.increment(cluster.counters().upstreamRqPendingTotal);
        counters.increment(cluster.counters().upstreamRqPendingActive);
        waiting.addLast(handler);
        makeRoom();
        return ACQUIRED;
    }

    /** What waits may be for another endpoint or host than the connections that are idle. */
    private void makeRoom()
    {
        for (int i = 0, count = pools.size(); i < count; i++)
        {
            if (pools.get(i).closeIdle())
            {
                return;
            }
        }
    }

    /** Room for the request is taken. */
    private void give(final Http1UpstreamSession session, final UpstreamHandler handler)
    {
        countRequest();
        session.assign(handler);
        handler.onUpstreamReady(session);
    }

    private void countRequest()
    {
        final LoopCounters counters = context.loop.counters();
        counters.increment(cluster.counters().upstreamRqTotal);
        counters.increment(cluster.counters().upstreamRqActive);
    }

    boolean givePending(final Http1UpstreamSession session)
    {
        while (!waiting.isEmpty())
        {
            if (!session.pool.isForHost(waiting.peekFirst().request()))
            {
                session.closeIdle();
                return true;
            }
            final UpstreamHandler handler = pollWaiting();
            if (requests.take())
            {
                give(session, handler);
                return true;
            }
            context.loop.counters().increment(cluster.counters().upstreamRqPendingOverflow);
            handler.onUpstreamFailed(UpstreamFailure.OVERFLOW);
        }
        return false;
    }

    private UpstreamHandler pollWaiting()
    {
        final UpstreamHandler handler = waiting.pollFirst();
        if (handler != null)
        {
            pending.release();
            context.loop.counters().decrement(cluster.counters().upstreamRqPendingActive);
        }
        return handler;
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
            pending.release();
            context.loop.counters().decrement(cluster.counters().upstreamRqPendingActive);
            context.loop.counters().increment(cluster.counters().upstreamRqCancelled);
            return true;
        }
        for (int i = 0; i < pools.size(); i++)
        {
            if (pools.get(i).cancelUpgrade(handler))
            {
                context.loop.counters().increment(cluster.counters().upstreamRqCancelled);
                return true;
            }
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
        final LoopCounters counters = context.loop.counters();
        final EndpointPool pool = pick(handler);
        if (pool == null)
        {
            counters.increment(cluster.counters().upstreamCxNoneHealthy);
            return UpstreamFailure.NO_ENDPOINT;
        }
        if (!connections.take())
        {
            counters.increment(cluster.counters().upstreamCxOverflow);
            return UpstreamFailure.OVERFLOW;
        }
        final TcpUpstreamSession session = pool.openTcp(handler, downstream);
        if (session == null)
        {
            connections.release();
            return UpstreamFailure.OVERFLOW;
        }
        handler.onUpstreamReady(session);
        return ACQUIRED;
    }

    private EndpointPool pick(final UpstreamHandler handler)
    {
        final int index = balancer.pick(handler, context.loop.clock().nowNs());
        return index < 0 ? null : pools.get(index);
    }

    private EndpointPool pickForHost(final UpstreamHandler handler)
    {
        final EndpointPool pool = pick(handler);
        return pool == null ? null : pool.of(handler.request());
    }

    /**
     * Takes room for a request that is to be sent again; {@link #releaseRetry} follows when that attempt has ended.
     *
     * @return false when there are as many as the cluster bears.
     */
    public boolean takeRetry()
    {
        final CircuitBreakers breakers = cluster.circuitBreakers();
        final int limit = breakers.retryBudget() == null ?
            breakers.maxRetries() : breakers.retryBudget().limit(use.activeRequests(cluster.counters()));
        return use.borrow(ClusterUse.RETRIES, 1, limit) > 0;
    }

    /**
     * Gives back what {@link #takeRetry} took.
     */
    public void releaseRetry()
    {
        use.giveBack(ClusterUse.RETRIES, 1);
    }

    void onRequestEnded()
    {
        requests.release();
        context.loop.counters().decrement(cluster.counters().upstreamRqActive);
    }

    void onConnectionOpening()
    {
        context.loop.counters().increment(cluster.counters().upstreamCxTotal);
        context.loop.counters().increment(cluster.counters().upstreamCxActive);
    }

    void onConnectionClosed(final Connection connection)
    {
        connections.release();
        final LoopCounters counters = context.loop.counters();
        final ClusterCounters ids = cluster.counters();
        counters.decrement(ids.upstreamCxActive);
        counters.increment(ids.upstreamCxDestroy);
        counters.add(ids.upstreamCxRxBytesTotal, connection.bytesReceived());
        counters.add(ids.upstreamCxTxBytesTotal, connection.bytesSent());
        counters.record(ids.upstreamCxLengthMs, connection.ageMs());
        // Each that fails leaves room for the next: nobody may be left waiting when no connection is there to end.
        while (!waiting.isEmpty() && mayConnect())
        {
            serveWaiting();
        }
    }

    /** Room for a connection is taken. */
    private void serveWaiting()
    {
        final UpstreamHandler handler = pollWaiting();
        final EndpointPool pool = pickForHost(handler);
        if (pool == null || !requests.take())
        {
            connections.release();
            handler.onUpstreamFailed(pool == null ? UpstreamFailure.NO_ENDPOINT : UpstreamFailure.OVERFLOW);
            return;
        }
        if (cluster.http2() != null)
        {
            final Http2UpstreamSession shared = openHttp2(pool);
            if (shared != null)
            {
                give(shared, handler);
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
        requests.release();
        handler.onUpstreamFailed(UpstreamFailure.OVERFLOW);
    }

    Http1UpstreamSession newHttp1Session()
    {
        final Http1UpstreamSession session = freeHttp1.pollLast();
        return session != null ? session : new Http1UpstreamSession(context);
    }

    TcpUpstreamSession newTcpSession()
    {
        final TcpUpstreamSession session = freeTcp.pollLast();
        return session != null ? session : new TcpUpstreamSession();
    }

    Http2UpstreamSession newHttp2Session()
    {
        final Http2UpstreamSession session = freeHttp2.pollLast();
        return session != null ? session : new Http2UpstreamSession(context);
    }

    Http2UpstreamStream newHttp2Stream()
    {
        final Http2UpstreamStream stream = freeStreams.pollLast();
        return stream != null ? stream : new Http2UpstreamStream(context);
    }

    void recycle(final Http2UpstreamSession session)
    {
        freeHttp2.addLast(session);
    }

    void recycle(final Http2UpstreamStream stream)
    {
        freeStreams.addLast(stream);
    }

    void recycle(final Http1UpstreamSession session)
    {
        freeHttp1.addLast(session);
    }

    void recycle(final TcpUpstreamSession session)
    {
        freeTcp.addLast(session);
    }

    /**
     * @return bytes queued to an endpoint above which the client is no longer read.
     */
    int highWaterMark()
    {
        return Math.min(cluster.perConnectionBufferLimit(), MAX_HIGH_WATER);
    }

    /**
     * @return the cluster as last adopted.
     */
    public Cluster cluster()
    {
        return cluster;
    }
}
