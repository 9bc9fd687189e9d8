package dev.ringway.engine.tls;

import io.netty.internal.tcnative.SSLSessionCache;

/**
 * Hands each session that a server offers to the engine of its connection: the library calls once for all connections
 * of a client context.
 */
final class SessionKeeper implements SSLSessionCache
{
    private static final long NONE = -1;

    private final OpenEngines engines;

    SessionKeeper(final OpenEngines engines)
    {
        this.engines = engines;
    }

    /**
     * Called by the library on the loop that reads the ticket.
     *
     * @return whether the session is the engine's now.
     */
    public boolean sessionCreated(final long ssl, final long session)
    {
        final TlsEngine engine = engines.find(ssl);
        return engine != null && engine.onSession(session);
    }

    /**
     * @return none: servers resume from tickets.
     */
    public long getSession(final long context, final byte[] id)
    {
        return NONE;
    }
}
