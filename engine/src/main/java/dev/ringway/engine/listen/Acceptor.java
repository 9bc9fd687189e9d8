package dev.ringway.engine.listen;

import dev.ringway.engine.accesslog.ResponseFlag;
import dev.ringway.engine.conn.CloseListener;
import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.conn.ConnectionHandler;
import dev.ringway.engine.conn.DrainRamp;
import dev.ringway.engine.downstream.SessionFactory;
import dev.ringway.engine.filter.ConnectionRefusal;
import dev.ringway.engine.loop.EventLoop;
import dev.ringway.engine.snapshot.AccessLogSink;
import dev.ringway.engine.snapshot.ChainQuery;
import dev.ringway.engine.snapshot.Listener;
import dev.ringway.ffi.libc.Errno;
import dev.ringway.ffi.sock.Sockets;

/**
 * One listening socket on one loop. A few accepts are armed at a time, each for a slot of its own, so that the peer's
 * address comes with the connection and no further call is needed. Loop thread only.
 */
public final class Acceptor implements ConnectionHandler
{
    private static final int ARMED = 16;
    private static final long RETRY_NS = 10_000_000L;
    private static final ConnectionRefusal UNMATCHED = ConnectionRefusal.of(ResponseFlag.NO_ROUTE, "");

    private final ListenContext context;
    private final EventLoop loop;
    private final ListenerChains chains;
    private final QueryAddresses addresses;
    private final int listenFd;
    private final CloseListener unmatched = this::onUnmatchedGone;
    private final Connection[] armed = new Connection[ARMED];
    private Listener listener;
    private int armedCount;
    private int active;
    private long retryNs;
    private boolean isClosed;
    private long closedVersion;
    private boolean looksUpLocalAddress;

    /**
     * @param context  of the loop.
     * @param listenFd listening socket; closed with the acceptor.
     */
    public Acceptor(final ListenContext context, final int listenFd)
    {
        this.context = context;
        this.listenFd = listenFd;
        loop = context.loop();
        chains = new ListenerChains(context, this);
        addresses = new QueryAddresses(loop.slotAddresses().buffer(), listenFd);
    }

    /**
     * Takes over what a snapshot says of the listener.
     *
     * @param fresh   listener of the same name and address.
     * @param version of the snapshot.
     */
    public void adopt(final Listener fresh, final long version)
    {
        listener = fresh;
        chains.adopt(fresh, version);
        looksUpLocalAddress = addresses.areAsked(fresh) || fresh.listenerFilters().asksDestination() ||
            AccessLogSink.anyUses(fresh.accessLogs(), AccessLogSink.USES_DOWNSTREAM_LOCAL);
    }

    /**
     * Arms accepts until there are enough, when it is time to.
     *
     * @param nowNs time of the duty cycle.
     */
    public void arm(final long nowNs)
    {
        if (isClosed || retryNs > nowNs)
        {
            return;
        }
        while (armedCount < ARMED)
        {
            final Connection connection = context.connections().acquire(this, listener.perConnectionBufferLimit());
            if (connection == null)
            {
                retryLater(nowNs);
                return;
            }
            armed[armedCount++] = connection;
            connection.accept(listenFd);
        }
    }

    private void retryLater(final long nowNs)
    {
        loop.counters().increment(listener.counters().downstreamAcceptError);
        retryNs = nowNs + RETRY_NS;
    }

    private void unarm(final Connection connection)
    {
        for (int i = 0; i < armedCount; i++)
        {
            if (armed[i] == connection)
            {
                armed[i] = armed[--armedCount];
                armed[armedCount] = null;
                return;
            }
        }
    }

    /**
     * {@inheritDoc}
     */
    public void onOpened(final Connection connection)
    {
        unarm(connection);
        addresses.name(connection);
        if (active >= listener.maxConnections())
        {
            loop.counters().increment(listener.counters().downstreamCxOverflow);
            connection.close();
        }
        else if (looksUpLocalAddress || !listener.listenerFilters().all().isEmpty())
        {
            active++;
            context.acquire().open(this, connection, looksUpLocalAddress);
        }
        else
        {
            open(connection);
        }
        arm(loop.clock().nowNs());
    }

    private void open(final Connection connection)
    {
        final ChainSessions chain = choose(connection, null);
        if (chain == null)
        {
            connection.onClose(unmatched);
            connection.close();
        }
        else
        {
            active++;
            onInspected(connection, chain);
        }
    }

    /**
     * @param connection that needs a chain.
     * @param found      what its first bytes tell, or null.
     * @return its chain; null when there is none, which is then counted.
     */
    ChainSessions choose(final Connection connection, final Inspectors found)
    {
        final ChainQuery query = context.query();
        query.reset();
        addresses.fill(query, connection);
        if (found != null)
        {
            found.fill(query);
        }
        final ChainSessions chain = chains.find(query);
        if (chain == null)
        {
            loop.counters().increment(listener.counters().noFilterChainMatch);
        }
        return chain;
    }

    /** What is known of the addresses that connections are to. */
    QueryAddresses addresses()
    {
        return addresses;
    }

    private void onUnmatchedGone(final Connection connection)
    {
        record(connection, UNMATCHED);
    }

    private void record(final Connection connection, final ConnectionRefusal refusal)
    {
        if (!listener.accessLogs().isEmpty())
        {
            context.exchanges().recordConnection(
                listener.accessLogs(), connection, false, false, refusal, listener.counters().accessLogDropped);
        }
    }

    /** The connection, which is among the active ones, gets its session. */
    void onInspected(final Connection connection, final ChainSessions chain)
    {
        chain.open(connection);
    }

    /** A connection that was among the active ones is gone without having had a chain, which may have been sought. */
    void onInspectionGone(final Connection connection, final boolean isUnmatched)
    {
        active--;
        record(connection, isUnmatched ? UNMATCHED : ConnectionRefusal.SILENT);
    }

    /** A connection of a chain is gone. */
    void onConnectionGone(final ChainSessions chain)
    {
        active--;
        chains.onConnectionGone(chain);
    }

    /**
     * {@inheritDoc}
     */
    public void onOpenFailed(final Connection connection, final int errno)
    {
        unarm(connection);
        if (isClosed)
        {
            return;
        }
        if (errno == Errno.ECONNABORTED || errno == Errno.EINTR || errno == Errno.EAGAIN)
        {
            arm(loop.clock().nowNs());
        }
        else
        {
            retryLater(loop.clock().nowNs());
        }
    }

    /**
     * Stops accepting and has sessions end; the socket is closed.
     *
     * @param version of the snapshot that took the listener or its socket out, or that is in force.
     * @param graceNs longest time that connections without a request wait for one; {@code drain_timeout} bounds it too.
     */
    public void close(final long version, final long graceNs)
    {
        if (isClosed)
        {
            return;
        }
        isClosed = true;
        closedVersion = version;
        while (armedCount > 0)
        {
            final Connection connection = armed[--armedCount];
            armed[armedCount] = null;
            connection.close();
        }
        // The cancellations are submitted before the fd goes, so no accept can hold on to another file of that number.
        loop.submissions().submit();
        Sockets.close(listenFd);
        chains.drain(Math.min(graceNs, ChainSessions.MOST_GRACE_NS), DrainRamp.NONE);
    }

    /**
     * Has the sessions end with their next request, while connections are still accepted; nothing after {@link #close}.
     *
     * @param ramp which of them.
     */
    public void drain(final DrainRamp ramp)
    {
        if (!isClosed)
        {
            chains.drain(SessionFactory.UNTIL_NEXT, ramp);
        }
    }

    /**
     * Has the sessions keep their connections again; nothing after {@link #close}.
     */
    public void endDrain()
    {
        if (!isClosed)
        {
            chains.endDrain();
        }
    }

    /**
     * Ends what is left of connections that were asked to end.
     *
     * @param version of a snapshot: those of chains that it or an older one took out, and all when it was one of
     *                those that closed this.
     */
    public void cut(final long version)
    {
        chains.cut(version, isClosed && closedVersion <= version);
    }

    /**
     * @return whether nothing is left of it.
     */
    public boolean isDone()
    {
        return isClosed && active == 0;
    }

    /**
     * @return whether it accepts no more.
     */
    public boolean isClosed()
    {
        return isClosed;
    }

    /**
     * @return connections of this listener on this loop.
     */
    public int active()
    {
        return active;
    }

    /**
     * @return listener as last adopted.
     */
    public Listener listener()
    {
        return listener;
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
    public void onEof(final Connection connection)
    {
        throw new IllegalStateException("not read before it has a session");
    }

    /**
     * {@inheritDoc}
     */
    public void onError(final Connection connection, final int errno)
    {
        connection.close();
    }

    /**
     * {@inheritDoc}
     */
    public void onOverload(final Connection connection)
    {
        throw new IllegalStateException("holds nothing before it has a session");
    }

    /**
     * {@inheritDoc}
     */
    public void onDrained(final Connection connection)
    {
        throw new IllegalStateException("not written before it has a session");
    }

    /**
     * {@inheritDoc}
     */
    public void onDeadline(final Connection connection, final long nowNs)
    {
        connection.close();
    }

    /**
     * {@inheritDoc}
     */
    public void onClosed(final Connection connection)
    {
        // An accept that came to nothing, or a connection refused by the bound.
    }
}
