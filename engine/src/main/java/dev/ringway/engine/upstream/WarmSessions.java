package dev.ringway.engine.upstream;

import java.util.ArrayDeque;

/**
 * Sessions of HTTP/1.1 that are being opened ahead of requests and that nobody has yet. Loop thread only.
 */
final class WarmSessions
{
    private final ArrayDeque<Http1UpstreamSession> sessions = new ArrayDeque<>(4);

    void add(final Http1UpstreamSession session)
    {
        sessions.addLast(session);
    }

    void remove(final Http1UpstreamSession session)
    {
        sessions.remove(session);
    }

    int size()
    {
        return sessions.size();
    }

    /** The one opened first, or null. */
    Http1UpstreamSession poll()
    {
        Http1UpstreamSession session = sessions.pollFirst();
        while (session != null && session.connection.isClosing())
        {
            session = sessions.pollFirst();
        }
        return session;
    }

    void retire()
    {
        for (Http1UpstreamSession session = poll(); session != null; session = poll())
        {
            session.closeIdle();
        }
    }
}
