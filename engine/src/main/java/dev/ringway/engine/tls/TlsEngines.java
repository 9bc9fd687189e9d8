package dev.ringway.engine.tls;

import io.netty.internal.tcnative.SSLSession;

import java.util.ArrayDeque;

/**
 * All engines of one loop: their pool and their count. Loop thread only.
 */
public final class TlsEngines
{
    private final ArrayDeque<TlsEngine> free = new ArrayDeque<>(64);
    private int inUse;

    /**
     * Opens an engine; it holds the context until {@link #close}.
     *
     * @param context    of a server or a client.
     * @param serverName name that a client asks for (SNI), or null.
     * @param peerName   name or address that a server's certificate must be for, or null when what the context asks is
     *                   enough.
     * @param session    that a client wants to resume, from {@link TlsEngine#takeSession} and still the caller's, or 0.
     * @return engine before its handshake, or null when memory has run out.
     */
    public TlsEngine open(
        final TlsContext context, final String serverName, final String peerName, final long session)
    {
        TlsEngine engine = free.pollLast();
        if (engine == null)
        {
            engine = new TlsEngine();
        }
        if (!engine.open(context, serverName, peerName, session))
        {
            free.addLast(engine);
            return null;
        }
        inUse++;
        return engine;
    }

    /**
     * Frees what an engine holds, in whatever state it is; a task of it must not be running.
     *
     * @param engine from {@link #open}.
     */
    public void close(final TlsEngine engine)
    {
        engine.close();
        inUse--;
        free.addLast(engine);
    }

    /**
     * @param session from {@link TlsEngine#takeSession}.
     * @return whether it is meant for one more connection only (RFC 8446, C.4).
     */
    public static boolean isForOneUse(final long session)
    {
        return SSLSession.shouldBeSingleUse(session);
    }

    /**
     * @param session from {@link TlsEngine#takeSession}.
     */
    public static void freeSession(final long session)
    {
        SSLSession.free(session);
    }

    /**
     * @return open engines.
     */
    public int inUse()
    {
        return inUse;
    }
}
