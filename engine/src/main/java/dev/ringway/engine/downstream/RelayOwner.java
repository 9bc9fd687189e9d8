package dev.ringway.engine.downstream;

import dev.ringway.engine.conn.Connection;

/**
 * Where relays come from and go back to, and what counts them. Loop thread only.
 */
interface RelayOwner
{
    /**
     * A relay ends before both sides have ended it.
     *
     * @param relay      that ends.
     * @param isByClient whether the client cut it.
     */
    void onRelayCut(TcpDownstreamSession relay, boolean isByClient);

    /**
     * The connection of a relay that was a request before has lasted as long as it may. The relay goes on.
     *
     * @param relay told of once.
     */
    void onRelayOld(TcpDownstreamSession relay);

    /**
     * @return by when a client has to have taken what is left of a relay that ends now, or {@link Long#MAX_VALUE}: that takes
     *         no longer than a relay may be idle.
     */
    long flushByNs();

    /**
     * The connection is gone and the relay is free.
     *
     * @param relay  to take back.
     * @param closed its connection.
     */
    void onRelayClosed(TcpDownstreamSession relay, Connection closed);
}
