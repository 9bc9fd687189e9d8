package dev.ringway.engine.downstream;

import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.counters.HttpCounters;
import dev.ringway.engine.exchange.Exchange;

import java.util.ArrayDeque;

/**
 * Connections of HTTP/1.1 whose last request has become a relay. They count as connections of HTTP still. Loop thread
 * only.
 */
final class UpgradedConnections implements RelayOwner
{
    private final Http1SessionFactory factory;
    private final ArrayDeque<TcpDownstreamSession> free = new ArrayDeque<>(64);

    UpgradedConnections(final Http1SessionFactory factory)
    {
        this.factory = factory;
    }

    /**
     * Makes a relay of a connection.
     *
     * @param connection told to the relay from now on.
     * @param exchange   that has become one.
     * @param ids        counters of the connection.
     * @param oldAtNs    when the connection has lasted as long as it may, which is counted.
     * @return the relay; it does not read yet.
     */
    TcpDownstreamSession take(
        final Connection connection, final Exchange exchange, final HttpCounters ids, final long oldAtNs)
    {
        TcpDownstreamSession relay = free.pollLast();
        if (relay == null)
        {
            relay = new TcpDownstreamSession(this);
        }
        relay.take(connection, exchange, ids, oldAtNs);
        return relay;
    }

    /**
     * {@inheritDoc}
     */
    public void onRelayCut(final TcpDownstreamSession relay, final boolean isByClient)
    {
        factory.countCut(relay.http().connections, isByClient);
    }

    /**
     * {@inheritDoc}
     */
    public void onRelayOld(final TcpDownstreamSession relay)
    {
        factory.loop().counters().increment(relay.http().connections.downstreamCxMaxDurationReached);
    }

    /**
     * {@inheritDoc}
     */
    public long flushByNs()
    {
        return factory.flushByNs();
    }

    /**
     * {@inheritDoc}
     */
    public void onRelayClosed(final TcpDownstreamSession relay, final Connection closed)
    {
        factory.countClosed(relay.http().connections, closed, relay.isClosedByClient());
        free.addLast(relay);
    }
}
