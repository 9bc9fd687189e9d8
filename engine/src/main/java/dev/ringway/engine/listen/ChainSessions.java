package dev.ringway.engine.listen;

import dev.ringway.engine.conn.CloseListener;
import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.conn.DrainRamp;
import dev.ringway.engine.counters.DownstreamConnectionCounters;
import dev.ringway.engine.counters.ListenerCounters;
import dev.ringway.engine.counters.LoopCounters;
import dev.ringway.engine.downstream.Http1SessionFactory;
import dev.ringway.engine.downstream.SessionFactory;
import dev.ringway.engine.downstream.TcpSessionFactory;
import dev.ringway.engine.filter.ConnectionRefusal;
import dev.ringway.engine.snapshot.AccessLogSink;
import dev.ringway.engine.snapshot.FilterChain;
import dev.ringway.engine.snapshot.HttpConnectionManager;
import dev.ringway.engine.snapshot.Listener;
import dev.ringway.engine.snapshot.TcpProxy;

import java.util.List;

/**
 * The connections of one filter chain on one loop: gives each its session, once its handshake is over where the chain
 * encrypts. Loop thread only.
 */
final class ChainSessions implements SessionlessHandler, CloseListener
{
    /** For {@link #drain}: as long as {@code drain_timeout} says. */
    static final long MOST_GRACE_NS = SessionFactory.UNTIL_NEXT - 1;

    private final ListenContext context;
    private final Acceptor acceptor;
    private final ConnectionGuards guards;
    private Listener listener;
    private FilterChain chain;
    private SessionFactory sessions;
    private Http1SessionFactory http1;
    private TcpSessionFactory tcp;
    private int active;

    ChainSessions(final ListenContext context, final Acceptor acceptor)
    {
        this.context = context;
        this.acceptor = acceptor;
        guards = new ConnectionGuards(context.loop(), this);
    }

    FilterChain chain()
    {
        return chain;
    }

    void adopt(final Listener newListener, final FilterChain fresh)
    {
        if (listener != null)
        {
            moveActive(listener.counters(), newListener.counters());
        }
        listener = newListener;
        chain = fresh;
        guards.adopt(fresh.guards());
        switch (fresh.filter())
        {
            case HttpConnectionManager manager ->
            {
                if (http1 == null)
                {
                    http1 = new Http1SessionFactory(
                        context.loop(), context.exchanges(), context.http2(), context.tables());
                }
                http1.adopt(listener, manager);
                use(http1);
            }
            case TcpProxy proxy ->
            {
                if (tcp == null)
                {
                    tcp = new TcpSessionFactory(context.loop(), context.exchanges());
                }
                tcp.adopt(listener, proxy);
                use(tcp);
            }
        }
    }

    /** Connections of before count where those of the new listener do. */
    private void moveActive(final ListenerCounters old, final ListenerCounters fresh)
    {
        if (old.downstreamCxActive != fresh.downstreamCxActive)
        {
            context.loop().counters().add(old.downstreamCxActive, -active);
            context.loop().counters().add(fresh.downstreamCxActive, active);
        }
    }

    private void use(final SessionFactory fresh)
    {
        if (sessions != null && sessions != fresh)
        {
            sessions.drain(MOST_GRACE_NS, DrainRamp.NONE);
            fresh.endDrain();
        }
        sessions = fresh;
    }

    /**
     * @param connection open, without a session yet.
     */
    void open(final Connection connection)
    {
        final LoopCounters counters = context.loop().counters();
        counters.increment(listener.counters().downstreamCxTotal);
        counters.increment(listener.counters().downstreamCxActive);
        active++;
        if (!guards.isEmpty())
        {
            openGuarded(connection, guards.acquire());
            return;
        }
        connection.onClose(this);
        if (chain.tls() == null)
        {
            sessions.open(connection);
            return;
        }
        connection.handler(this);
        secure(connection);
    }

    private void openGuarded(final Connection connection, final ConnectionGuard guard)
    {
        if (!guard.accept(connection, guards.filters()))
        {
            return;
        }
        if (chain.tls() != null)
        {
            secure(connection);
        }
        else if (guard.ready(connection))
        {
            sessions.open(connection);
        }
    }

    /** A connection that a filter closes counts for the last filter as well, as in Envoy. */
    void onRefused()
    {
        context.loop().counters().increment(switch (chain.filter())
        {
            case HttpConnectionManager manager -> manager.counters().connections.downstreamCxTotal;
            case TcpProxy proxy -> proxy.counters().downstreamCxTotal;
        });
    }

    /** Such a connection is gone. */
    void onRefusedGone(final boolean isClosedHere)
    {
        if (chain.filter() instanceof HttpConnectionManager manager)
        {
            final LoopCounters counters = context.loop().counters();
            final DownstreamConnectionCounters ids = manager.counters().connections;
            counters.increment(ids.downstreamCxDestroy);
            counters.increment(isClosedHere ? ids.downstreamCxDestroyLocal : ids.downstreamCxDestroyRemote);
        }
    }

    private void secure(final Connection connection)
    {
        if (chain.handshakeTimeoutNs() > 0)
        {
            connection.deadline(context.loop().clock().nowNs() + chain.handshakeTimeoutNs());
        }
        if (!connection.tls().accept(chain.tls()))
        {
            connection.close();
        }
    }

    /**
     * {@inheritDoc}
     */
    public void onConnectionGone(final Connection connection)
    {
        onConnectionGone(connection, ConnectionRefusal.SILENT);
    }

    /** The same, of one of which logs say this. */
    void onConnectionGone(final Connection connection, final ConnectionRefusal refusal)
    {
        final LoopCounters counters = context.loop().counters();
        counters.increment(listener.counters().downstreamCxDestroy);
        counters.record(listener.counters().downstreamCxLengthMs, connection.ageMs());
        if (chain.filter() instanceof HttpConnectionManager)
        {
            record(chain.accessLogs(), connection, refusal);
        }
        counters.decrement(listener.counters().downstreamCxActive);
        active--;
        acceptor.onConnectionGone(this);
    }

    private void record(
        final List<AccessLogSink> logs, final Connection connection, final ConnectionRefusal refusal)
    {
        if (!logs.isEmpty())
        {
            context.exchanges().recordConnection(logs, connection, true,
                chain.filter() instanceof HttpConnectionManager, refusal, listener.counters().accessLogDropped);
        }
    }

    /**
     * @return its connections.
     */
    int active()
    {
        return active;
    }

    /** See {@link SessionFactory#drain}. */
    void drain(final long graceNs, final DrainRamp ramp)
    {
        sessions.drain(graceNs, ramp);
    }

    void endDrain()
    {
        sessions.endDrain();
    }

    /**
     * {@inheritDoc}
     */
    public void onSecured(final Connection connection)
    {
        connection.deadline(Long.MAX_VALUE);
        sessions.open(connection);
    }

    /**
     * {@inheritDoc}
     */
    public void onBytes(final Connection connection, final int offset, final int length)
    {
        throw new IllegalStateException("not read before it has a session");
    }

    /**
     * {@inheritDoc}
     */
    public void onDeadline(final Connection connection, final long nowNs)
    {
        context.loop().counters().increment(listener.counters().downstreamCxTransportSocketConnectTimeout);
        connection.close();
    }

    /**
     * {@inheritDoc}
     */
    public void onClosed(final Connection connection)
    {
        onUnserved(connection, false, ConnectionRefusal.SILENT);
    }

    /**
     * A connection has ended without a session: its handshake came to nothing, or a filter refused it. A relay would
     * have told all logs of itself, those of the listener among them.
     */
    void onUnserved(final Connection connection, final boolean isRefused, final ConnectionRefusal refusal)
    {
        if (chain.filter() instanceof final TcpProxy proxy)
        {
            record(isRefused ? proxy.accessLogs() : chain.accessLogs(), connection, refusal);
        }
    }
}
