package dev.ringway.engine.tls;

import io.netty.internal.tcnative.SSLSessionCache;

import java.util.concurrent.ConcurrentHashMap;

/**
 * Hands each session that a server offers to the engine of its connection: the library calls once for all connections
 * of a client context. Engines come and go on several loops; a lookup happens when a ticket comes, not for a record.
 */
final class SessionKeeper implements SSLSessionCache
{
    private static final long NONE = -1;

    private final ConcurrentHashMap<Long, TlsEngine> engines = new ConcurrentHashMap<>();

    void add(final long ssl, final TlsEngine engine)
    {
        engines.put(ssl, engine);
    }

    void remove(final long ssl)
    {
        engines.remove(ssl);
    }

    /**
     * Called by the library on the loop that reads the ticket.
     *
     * @return whether the session is the engine's now.
     */
    public boolean sessionCreated(final long ssl, final long session)
    {
        final TlsEngine engine = engines.get(ssl);
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
