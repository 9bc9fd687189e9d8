package dev.ringway.engine.downstream;

import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.snapshot.HttpConnectionManager;

/**
 * By when a request has to begin on a connection of HTTP/1.1, and its head to be whole. Loop thread only.
 */
final class Http1Deadlines
{
    private final Http1SessionFactory factory;
    private Connection connection;
    private long headDeadlineNs;

    Http1Deadlines(final Http1SessionFactory factory)
    {
        this.factory = factory;
    }

    private long nowNs()
    {
        return factory.loop().clock().nowNs();
    }

    void open(final Connection opened)
    {
        connection = opened;
        headDeadlineNs = 0;
    }

    /** No request is under way. */
    void awaitRequest(final HttpConnectionManager http)
    {
        final long idleNs = factory.idleNs(http);
        connection.deadline(idleNs == Long.MAX_VALUE ? Long.MAX_VALUE : nowNs() + idleNs);
    }

    /** A part of a head is there. */
    void awaitHead(final HttpConnectionManager http)
    {
        if (headDeadlineNs == 0 && http.requestHeadersTimeoutNs() > 0)
        {
            headDeadlineNs = nowNs() + http.requestHeadersTimeoutNs();
            connection.deadline(headDeadlineNs);
        }
    }

    /** All of the head is there. */
    void onHead()
    {
        headDeadlineNs = 0;
    }

    boolean isHeadAwaited()
    {
        return headDeadlineNs != 0;
    }

    /** When the part of a head came that is there, as far as that is known. */
    long headStartNs(final HttpConnectionManager http)
    {
        return headDeadlineNs == 0 ? nowNs() : headDeadlineNs - http.requestHeadersTimeoutNs();
    }
}
