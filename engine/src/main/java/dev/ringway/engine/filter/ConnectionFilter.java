package dev.ringway.engine.filter;

/**
 * One place in a filter chain before its last filter, for all connections of one loop: judges each when it has come, and
 * again when its handshake is over and before it is given to the last filter. Bytes pass it by. Loop thread only; must
 * neither wait nor throw. Envoy: {@code Network::ReadFilter}, of which this is the beginning and the end.
 */
public interface ConnectionFilter
{
    /** The connection may go on. */
    long PASS = -1;

    /**
     * A connection was accepted, and nothing of it read.
     *
     * @param peer its client, valid during the call.
     * @return {@link #PASS}, or nanoseconds after which it is closed, 0 for at once.
     */
    default long onAccepted(final FilterPeer peer)
    {
        return PASS;
    }

    /**
     * A connection is ready: it is clear, or its handshake is over.
     *
     * @param peer its client, valid during the call.
     * @return {@link #PASS}, or nanoseconds after which it is closed, 0 for at once.
     */
    default long onReady(final FilterPeer peer)
    {
        return PASS;
    }

    /**
     * @return what access logs say of the connection that this filter has just not let pass.
     */
    default ConnectionRefusal refusal()
    {
        return ConnectionRefusal.SILENT;
    }

    /**
     * A connection for which {@link #onAccepted} was called is gone.
     *
     * @param isRefused whether this filter had it closed.
     */
    default void onGone(final boolean isRefused)
    {
    }
}
