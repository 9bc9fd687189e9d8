package dev.ringway.engine.tls;

import java.util.concurrent.ConcurrentHashMap;

/**
 * The open engines of one context by their SSL objects, for callbacks of the library, which are the context's. Engines
 * come and go on several loops; a lookup happens in a handshake or when a ticket comes, not for a record.
 */
final class OpenEngines
{
    private final ConcurrentHashMap<Long, TlsEngine> engines = new ConcurrentHashMap<>();

    void add(final long ssl, final TlsEngine engine)
    {
        engines.put(ssl, engine);
    }

    void remove(final long ssl)
    {
        engines.remove(ssl);
    }

    /** The engine, or null when it is not open any more. */
    TlsEngine find(final long ssl)
    {
        return engines.get(ssl);
    }
}
