package dev.ringway.engine.downstream;

import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.conn.DrainRamp;
import dev.ringway.engine.exchange.Exchanges;
import dev.ringway.engine.loop.EventLoop;
import dev.ringway.engine.snapshot.Listener;
import dev.ringway.engine.snapshot.TcpProxy;

import java.util.ArrayDeque;

/**
 * Sessions of one TCP listener on one loop. Loop thread only.
 */
public final class TcpSessionFactory implements SessionFactory, RelayOwner
{
    private static final int MAX_HIGH_WATER = 256 * 1024;

    private final EventLoop loop;
    private final Exchanges exchanges;
    private final ArrayDeque<TcpDownstreamSession> free = new ArrayDeque<>(64);
    private Listener listener;
    private TcpProxy tcp;

    /**
     * @param loop      that owns the sessions.
     * @param exchanges of that loop.
     */
    public TcpSessionFactory(final EventLoop loop, final Exchanges exchanges)
    {
        this.loop = loop;
        this.exchanges = exchanges;
    }

    /**
     * Takes over what a snapshot says; relays under way keep what they began with.
     *
     * @param newListener listener of the sessions.
     * @param proxy       its TCP proxy.
     */
    public void adopt(final Listener newListener, final TcpProxy proxy)
    {
        listener = newListener;
        tcp = proxy;
    }

    /**
     * {@inheritDoc}
     */
    public void open(final Connection connection)
    {
        TcpDownstreamSession session = free.pollLast();
        if (session == null)
        {
            session = new TcpDownstreamSession(this);
        }
        connection.highWaterMark(Math.min(listener.perConnectionBufferLimit(), MAX_HIGH_WATER));
        loop.counters().increment(tcp.counters().downstreamCxTotal);
        connection.count(tcp.counters().downstreamCxRxBytesTotal, tcp.counters().downstreamCxTxBytesTotal);
        session.open(connection, tcp, exchanges);
    }

    /**
     * Relays have no point at which they could be asked to end; they run until the drain time is over.
     */
    public void drain(final long graceNs, final DrainRamp ramp)
    {
        // Nothing to do before the end of the drain time, when the process closes what is left.
    }

    /**
     * {@inheritDoc}
     */
    public void endDrain()
    {
        // Nothing was drained.
    }

    /**
     * {@inheritDoc}
     */
    public void onRelayCut(final TcpDownstreamSession relay, final boolean isByClient)
    {
        // Not counted.
    }

    /**
     * {@inheritDoc}
     */
    public void onRelayOld(final TcpDownstreamSession relay)
    {
        throw new IllegalStateException("a relay that was none of HTTP ends with its exchange");
    }

    /**
     * {@inheritDoc}
     */
    public long flushByNs()
    {
        return tcp.idleTimeoutNs() == 0 ? Long.MAX_VALUE : loop.clock().nowNs() + tcp.idleTimeoutNs();
    }

    /**
     * {@inheritDoc}
     */
    public void onRelayClosed(final TcpDownstreamSession relay, final Connection closed)
    {
        free.addLast(relay);
    }
}
