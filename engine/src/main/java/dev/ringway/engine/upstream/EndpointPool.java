package dev.ringway.engine.upstream;

import dev.ringway.engine.balance.HostHealth;
import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.conn.ConnectionHandler;
import dev.ringway.engine.http2.Http2Session;
import dev.ringway.engine.snapshot.Cluster;
import dev.ringway.engine.snapshot.Endpoint;
import dev.ringway.engine.snapshot.ProxyTelling;
import dev.ringway.engine.snapshot.UpstreamTls;
import dev.ringway.engine.snapshot.UpstreamTls.Names;
import dev.ringway.engine.tls.TlsEngine;

import java.util.ArrayDeque;
import java.util.ArrayList;

/**
 * One endpoint's connections on one loop; idle ones are used last in, first out. Loop thread only.
 */
final class EndpointPool
{
    private static final int MAX_LIST_LENGTH = 60 * 1024;

    private final ClusterState cluster;
    private final ClusterBounds bounds;
    private final UpstreamContext context;
    private Endpoint endpoint;
    private Location location;
    private final ArrayDeque<Http1UpstreamSession> idle = new ArrayDeque<>(16);
    private final WarmSessions warming = new WarmSessions();
    private final ArrayList<Http2UpstreamSession> shared = new ArrayList<>(4);
    private final EndpointTally tally;
    private final EndpointTls tls;
    private final ProxyHeader header;
    private final byte[] host;
    private final HostPools hosts;
    private boolean isRetired;

    EndpointPool(
        final ClusterState cluster,
        final UpstreamContext context,
        final Endpoint endpoint,
        final UpstreamTls encryption,
        final HostHealth health)
    {
        this(cluster, context, endpoint, encryption, health, null);
    }

    private EndpointPool(
        final ClusterState cluster,
        final UpstreamContext context,
        final Endpoint endpoint,
        final UpstreamTls encryption,
        final HostHealth health,
        final byte[] host)
    {
        this.host = host;
        tls = encryption == null ? null : new EndpointTls(encryption, endpoint, host);
        hosts = encryption == null || encryption.names() != Names.OF_REQUESTS || host != null ? null : new HostPools(
            name -> new EndpointPool(cluster, context, endpoint, tls.settings(), health, name));
        tally = new EndpointTally(cluster, context.loop, health);
        header = new ProxyHeader(context.loop, context.connections.toldValues());
        this.cluster = cluster;
        bounds = cluster.bounds();
        this.context = context;
        this.endpoint = endpoint;
        location = new Location(endpoint.address());
    }

    boolean isFor(final Endpoint fresh, final UpstreamTls encryption)
    {
        return endpoint.identity().equals(fresh.identity()) && endpoint.hostname().equals(fresh.hostname()) &&
            (tls == null ? encryption == null : tls.settings().hasSameNames(encryption));
    }

    /** Takes over what a new snapshot says of an endpoint that it {@link #isFor}. */
    void adopt(final Endpoint fresh, final UpstreamTls encryption)
    {
        endpoint = fresh;
        // Connections that are there stay where they are.
        location = location.of(fresh.address());
        if (tls != null)
        {
            tls.adopt(encryption);
        }
        if (hosts != null)
        {
            hosts.adopt(fresh, encryption);
        }
    }

    /** The pool whose connections take a request: this one, unless they are for hosts. */
    EndpointPool of(final UpstreamHandler handler)
    {
        return hosts == null ? this : hosts.of(context.hostOf(handler));
    }

    /** Whether a connection of this pool takes a request that waits for any. */
    boolean isForHost(final UpstreamHandler handler)
    {
        return (host == null || context.hostOf(handler).is(host)) && cluster.isFor(this, handler);
    }

    /** Whether it is the pool of a host. */
    boolean isOf(final RequestHost wanted)
    {
        return wanted.is(host);
    }

    /** Counts what is going on here. */
    EndpointTally tally()
    {
        return tally;
    }

    boolean closeIdle()
    {
        if (!idle.isEmpty())
        {
            idle.pollFirst().closeIdle();
            return true;
        }
        for (int i = 0, count = shared.size(); i < count; i++)
        {
            if (shared.get(i).closeIdle())
            {
                return true;
            }
        }
        return hosts != null && hosts.closeIdle();
    }

    Endpoint endpoint()
    {
        return endpoint;
    }

    byte[] hostText()
    {
        return location.text();
    }

    boolean enableTrailers()
    {
        return cluster.cluster().enableTrailers();
    }

    Http1UpstreamSession pollIdle()
    {
        Http1UpstreamSession session = idle.pollLast();
        while (session != null && !session.isReusable())
        {
            session = idle.pollLast();
        }
        if (session != null)
        {
            // Its time as an idle connection is over; left armed, it would end a request that takes longer.
            session.idleDeadline(Long.MAX_VALUE);
        }
        return session;
    }

    Http1UpstreamSession pollWarming()
    {
        return warming.poll();
    }

    /** Whether the requests that are there, so many times, have not all room. */
    boolean wantsMore(final double ratio)
    {
        final long active = tally.activeRequests();
        long room = cluster.cluster().http2() != null ? 0 : active + idle.size() + warming.size();
        for (int i = 0, count = shared.size(); i < count; i++)
        {
            room += shared.get(i).mostStreams();
        }
        return active * ratio > room && tally.isHealthy(endpoint);
    }

    boolean preconnect()
    {
        if (cluster.cluster().http2() != null)
        {
            return openHttp2() != null;
        }
        final Http1UpstreamSession session = openHttp1();
        if (session == null)
        {
            return false;
        }
        warming.add(session);
        return true;
    }

    void onWarm(final Http1UpstreamSession session)
    {
        warming.remove(session);
        if (isRetired)
        {
            session.closeIdle();
        }
        else
        {
            onIdle(session);
        }
    }

    /** When a connection that is opened now takes no further requests. */
    long overAtNs()
    {
        return cluster.cluster().connect().age().overAtNs(nowNs());
    }

    Http1UpstreamSession openHttp1()
    {
        final Http1UpstreamSession session = context.free.http1();
        final Connection connection = connect(session, false);
        if (connection == null)
        {
            return null;
        }
        session.open(this, connection);
        tally.onHttp1();
        return session;
    }

    /** A connection with room for one more stream, the one opened first of those; or null. */
    Http2UpstreamSession withRoom()
    {
        for (int i = 0, count = shared.size(); i < count; i++)
        {
            if (shared.get(i).hasRoom())
            {
                return shared.get(i);
            }
        }
        return null;
    }

    Http2UpstreamSession openHttp2()
    {
        final Http2UpstreamSession session = context.free.http2();
        final Connection connection = connect(session.link().connectionHandler(), false);
        if (connection == null)
        {
            context.free.recycle(session);
            return null;
        }
        session.open(this, connection);
        shared.add(session);
        tally.onHttp2();
        return session;
    }

    void openLink(final Http2Session link, final Connection connection)
    {
        final Cluster settings = cluster.cluster();
        link.open(connection, settings.http2(), settings.counters().http2, settings.idleTimeoutNs(), 0,
            MAX_LIST_LENGTH);
    }

    int maxStreams()
    {
        return cluster.cluster().http2().maxConcurrentStreams();
    }

    Http2UpstreamStream newStream()
    {
        return context.free.stream();
    }

    void recycle(final Http2UpstreamStream stream)
    {
        context.free.recycle(stream);
    }

    /** Whether a connection with so many requests behind it takes no more. */
    boolean isExhausted(final int requests)
    {
        final int max = cluster.cluster().maxRequestsPerConnection();
        if (max > 0 && requests == max)
        {
            tally.onExhausted();
            return true;
        }
        return false;
    }

    void onRoom(final Http2UpstreamSession session)
    {
        cluster.serveWaiting(session);
    }

    void onHttp2Closed(final Http2UpstreamSession session, final Connection connection)
    {
        shared.remove(session);
        tally.onClosed();
        context.free.recycle(session);
        cluster.onConnectionClosed(connection);
    }

    TcpUpstreamSession openTcp(final UpstreamHandler handler, final Connection downstream)
    {
        final ProxyTelling telling = cluster.cluster().proxyTelling();
        final int ahead = telling == null ? 0 : header.write(telling, downstream);
        final TcpUpstreamSession session = context.free.tcp();
        final Connection connection = ahead < 0 ? null : connect(session, true);
        if (connection == null)
        {
            if (telling != null && ahead >= 0)
            {
                context.loop.memory().slab().release(ahead);
            }
            context.free.recycle(session);
            return null;
        }
        if (telling != null)
        {
            connection.sendAhead(ahead, header.length());
        }
        session.begin(this, connection, handler);
        return session;
    }

    /** Makes a relay of a connection whose endpoint has switched to another protocol for a request. */
    TcpUpstreamSession upgrade(final Connection connection, final UpstreamHandler handler)
    {
        final TcpUpstreamSession session = context.free.tcp();
        session.take(this, connection, handler);
        return session;
    }

    void recycle(final Http1UpstreamSession session)
    {
        context.free.recycle(session);
    }

    private Connection connect(final ConnectionHandler handler, final boolean isRelay)
    {
        final Connection connection = context.connections.acquire(handler, cluster.highWaterMark());
        if (connection == null)
        {
            return null;
        }
        bounds.onConnectionOpening(connection);
        tally.onOpening();
        connection.connect(location.sockAddr(), location.sockAddr().length, cluster.plan());
        if (tls != null)
        {
            tls.secure(connection, isRelay);
        }
        connection.deadline(nowNs() + cluster.cluster().connectTimeoutNs());
        return connection;
    }

    long nowNs()
    {
        return context.loop.clock().nowNs();
    }

    boolean isExhausted(final Http1UpstreamSession session)
    {
        final int max = cluster.cluster().maxRequestsPerConnection();
        if (max > 0 && session.requests() >= max)
        {
            tally.onExhausted();
            return true;
        }
        if (session.overAtNs() != Long.MAX_VALUE && session.overAtNs() <= nowNs())
        {
            tally.onOver();
            return true;
        }
        return isRetired;
    }

    void onIdle(final Http1UpstreamSession session)
    {
        if (cluster.givePending(session))
        {
            return;
        }
        idle.addLast(session);
        final long idleTimeoutNs = cluster.cluster().idleTimeoutNs();
        session.idleDeadline(
            Math.min(session.overAtNs(), idleTimeoutNs == 0 ? Long.MAX_VALUE : nowNs() + idleTimeoutNs));
    }

    /** A request has a connection: it counts from here on, as in Envoy. */
    void onRequest()
    {
        tally.onRequest();
        tally.onReady();
        bounds.onRequest();
    }

    /** A relay has a connection. */
    void onRelay()
    {
        tally.onRelay();
        bounds.onRequest();
    }

    /** A request waits no longer for a connection that is being opened. */
    void onPendingEnded()
    {
        tally.onPending(-1);
        bounds.endPending();
    }

    /** A request has never had the connection that it waited for. */
    void onUnserved()
    {
        bounds.releaseRequest();
    }

    /** Such a request was given up. */
    void onCancelled()
    {
        tally.onPendingCancelled();
        bounds.releaseRequest();
    }

    void onResponseEnded()
    {
        tally.onRequestEnded();
        bounds.onRequestEnded();
    }

    /** Something came on a connection: maybe a session to resume as well. */
    void keepSession(final Connection connection)
    {
        if (tls != null)
        {
            tls.keepSession(connection);
        }
    }

    /** An exchange that waits for settings gives up; false when none such is here. */
    boolean cancelUpgrade(final UpstreamHandler handler)
    {
        for (int i = 0, count = shared.size(); i < count; i++)
        {
            if (shared.get(i).cancelUpgrade(handler))
            {
                return true;
            }
        }
        return hosts != null && hosts.cancelUpgrade(handler);
    }

    void onConnected(final Connection connection, final long connectNs)
    {
        keepSession(connection);
        tally.onConnected(connectNs);
    }

    /** A session ends that was idle, for that or because it has lasted as long as it may. */
    void onIdleEnded(final Http1UpstreamSession session, final boolean isOver)
    {
        idle.remove(session);
        if (isOver)
        {
            tally.onOver();
        }
        else
        {
            tally.onIdleTimeout();
        }
    }

    /** Why a connection could not be opened: an {@link UpstreamFailure}. */
    int connectFailure(final Connection failed)
    {
        final TlsEngine engine = failed.tls().engine();
        return engine == null || engine.errorId() == 0 ?
            UpstreamFailure.CONNECT_FAILED : UpstreamFailure.ofTls(engine.errorId());
    }

    void onConnectionClosed(final Http1UpstreamSession session, final Connection connection)
    {
        idle.remove(session);
        warming.remove(session);
        tally.onClosed();
        context.free.recycle(session);
        cluster.onConnectionClosed(connection);
    }

    void onTcpClosed(final TcpUpstreamSession session, final Connection connection)
    {
        tally.onClosed();
        if (session.isConnected())
        {
            tally.onRequestEnded();
            bounds.onRelayEnded();
        }
        context.free.recycle(session);
        cluster.onConnectionClosed(connection);
    }

    /**
     * The endpoint is no longer in the snapshot: idle connections end now, busy ones after their response.
     */
    void retire()
    {
        isRetired = true;
        Http1UpstreamSession session;
        while ((session = idle.pollLast()) != null)
        {
            session.closeIdle();
        }
        warming.retire();
        for (int i = shared.size() - 1; i >= 0; i--)
        {
            shared.get(i).retire();
        }
        if (tls != null)
        {
            tls.free();
        }
        if (hosts != null)
        {
            hosts.retire();
        }
    }
}
