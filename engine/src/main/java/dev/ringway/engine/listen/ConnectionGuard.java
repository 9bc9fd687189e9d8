package dev.ringway.engine.listen;

import dev.ringway.engine.conn.CloseListener;
import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.exchange.ConnectionPeer;
import dev.ringway.engine.filter.ConnectionFilter;
import dev.ringway.engine.filter.ConnectionRefusal;

/**
 * One connection of a filter chain that has filters before its last one, from its accept to its end: until it has its
 * session it is the connection's handler, and reads and forgets what a client sends whose connection is closed with a
 * delay. Pooled. Loop thread only.
 */
final class ConnectionGuard implements SessionlessHandler, CloseListener
{
    private static final int NONE = -1;

    private final ConnectionGuards guards;
    private final ChainSessions chain;
    private final ConnectionPeer peer;
    private ConnectionFilter[] filters;
    /** Filters that know of the connection. */
    private int told;
    /** The filter that has the connection closed. */
    private int refusing;
    private boolean isClosedHere;
    private ConnectionRefusal refusal = ConnectionRefusal.SILENT;

    ConnectionGuard(final ConnectionGuards guards, final ChainSessions chain, final ConnectionPeer peer)
    {
        this.guards = guards;
        this.chain = chain;
        this.peer = peer;
    }

    /**
     * @return whether the connection may go on; otherwise it is being closed.
     */
    boolean accept(final Connection connection, final ConnectionFilter[] by)
    {
        filters = by;
        told = 0;
        refusing = NONE;
        refusal = ConnectionRefusal.SILENT;
        isClosedHere = false;
        peer.wrap(connection);
        connection.onClose(this);
        connection.handler(this);
        while (told < filters.length)
        {
            final long delayNs = filters[told++].onAccepted(peer);
            if (delayNs >= 0)
            {
                refuse(connection, told - 1, delayNs);
                return false;
            }
        }
        return true;
    }

    /**
     * @return whether the connection may have its session; otherwise it is being closed.
     */
    boolean ready(final Connection connection)
    {
        for (int i = 0; i < filters.length; i++)
        {
            final long delayNs = filters[i].onReady(peer);
            if (delayNs >= 0)
            {
                refuse(connection, i, delayNs);
                return false;
            }
        }
        return true;
    }

    private void refuse(final Connection connection, final int filter, final long delayNs)
    {
        refusing = filter;
        refusal = filters[filter].refusal();
        chain.onRefused();
        if (delayNs == 0)
        {
            end(connection);
            return;
        }
        connection.deadline(guards.nowNs() + delayNs);
        connection.startReading();
    }

    private void end(final Connection connection)
    {
        isClosedHere = true;
        connection.close();
    }

    /**
     * {@inheritDoc}
     */
    public void onConnectionGone(final Connection connection)
    {
        for (int i = 0; i < told; i++)
        {
            filters[i].onGone(i == refusing);
        }
        if (refusing != NONE)
        {
            chain.onRefusedGone(isClosedHere);
        }
        peer.wrap(null);
        filters = null;
        guards.release(this);
        chain.onConnectionGone(connection, refusal);
    }

    /**
     * {@inheritDoc}
     */
    public CloseListener owner()
    {
        return chain;
    }

    /**
     * {@inheritDoc}
     */
    public void onSecured(final Connection connection)
    {
        connection.deadline(Long.MAX_VALUE);
        if (ready(connection))
        {
            chain.onSecured(connection);
        }
    }

    /**
     * {@inheritDoc}
     */
    public void onBytes(final Connection connection, final int offset, final int length)
    {
        // Of a connection that is to be closed.
    }

    /**
     * {@inheritDoc}
     */
    public void onDeadline(final Connection connection, final long nowNs)
    {
        if (refusing == NONE)
        {
            chain.onDeadline(connection, nowNs);
        }
        else
        {
            end(connection);
        }
    }

    /**
     * {@inheritDoc}
     */
    public void onClosed(final Connection connection)
    {
        // Its filters are told when its slot is free.
        chain.onUnserved(connection, refusing != NONE, refusal);
    }
}
