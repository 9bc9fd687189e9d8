package dev.ringway.engine.upstream;

import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.snapshot.Endpoint;
import dev.ringway.engine.snapshot.UpstreamTls;
import dev.ringway.engine.snapshot.UpstreamTls.Names;
import dev.ringway.engine.tls.TlsEngine;
import dev.ringway.engine.tls.TlsEngines;

/**
 * Encrypts the connections to one endpoint, and keeps its newest sessions so that the next handshakes are short. They
 * are not shared with other endpoints, which need not know them. Loop thread only.
 */
final class EndpointTls
{
    private static final int MOST_SESSIONS = 64;
    private static final int MOST_NAME_LENGTH = 255;

    private UpstreamTls settings;
    private final String serverName;
    private final String peerName;
    private final long[] sessions;
    private int count;
    private boolean isFreed;

    /** The host is that of the requests when they say which name is asked for, else null. */
    EndpointTls(final UpstreamTls settings, final Endpoint endpoint, final byte[] host)
    {
        this.settings = settings;
        serverName = serverName(settings, endpoint, host);
        final String wanted = host == null ? serverName : RequestHost.text(host);
        peerName = settings.verifiesName() ? wanted : null;
        sessions = new long[Math.min(settings.maxSessionKeys(), MOST_SESSIONS)];
    }

    private static String serverName(final UpstreamTls settings, final Endpoint endpoint, final byte[] host)
    {
        if (host != null)
        {
            return RequestHost.isAddress(host) || host.length == 0 || host.length > MOST_NAME_LENGTH ?
                null : RequestHost.text(host);
        }
        return settings.names() == Names.OF_ENDPOINTS && !endpoint.hostname().isEmpty() ?
            endpoint.hostname() : settings.sni();
    }

    UpstreamTls settings()
    {
        return settings;
    }

    /** Takes over contexts that were made from changed files: for connections from now on, those that are open stay. */
    void adopt(final UpstreamTls fresh)
    {
        if (fresh.context() != settings.context())
        {
            // What was verified by another context proves nothing to this one.
            freeSessions();
        }
        settings = fresh;
    }

    /** Has a connection that has begun to connect encrypted. */
    void secure(final Connection connection, final boolean isRelay)
    {
        final long session = count == 0 ? 0 : sessions[count - 1];
        connection.tls().connect(
            isRelay ? settings.relayContext() : settings.context(), serverName, peerName, session);
        if (session != 0 && TlsEngines.isForOneUse(session))
        {
            count--;
            TlsEngines.freeSession(session);
        }
    }

    /** Takes the session that the endpoint has offered on a connection since the last time, if any. */
    void keepSession(final Connection connection)
    {
        final TlsEngine engine = connection.tls().engine();
        final long session = engine == null ? 0 : engine.takeSession();
        if (session == 0)
        {
            return;
        }
        if (isFreed || sessions.length == 0)
        {
            TlsEngines.freeSession(session);
            return;
        }
        if (count == sessions.length)
        {
            TlsEngines.freeSession(sessions[0]);
            count--;
            System.arraycopy(sessions, 1, sessions, 0, count);
        }
        sessions[count++] = session;
    }

    /** Gives all sessions back; none is kept any more. */
    void free()
    {
        isFreed = true;
        freeSessions();
    }

    private void freeSessions()
    {
        while (count > 0)
        {
            TlsEngines.freeSession(sessions[--count]);
        }
    }
}
