package dev.ringway.engine.downstream;

import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.exchange.Exchange;
import dev.ringway.engine.snapshot.HttpConnectionManager;

/**
 * By when a request has to begin on a connection of HTTP/1.1, its head to be whole, and how long the connection lasts. Loop
 * thread only.
 */
final class Http1Deadlines
{
    private static final long NEVER = Long.MAX_VALUE;

    private final Http1SessionFactory factory;
    private Connection connection;
    /** By when a request has to begin, or the rest of its head to come. */
    private long awaitedNs;
    /** When the connection is old; once it is, how long it waits for another request. */
    private long endNs;
    private boolean isInHead;
    /** Whether the rest of the head that has begun may come too late. */
    private boolean isHeadLimited;
    private boolean isOld;

    Http1Deadlines(final Http1SessionFactory factory)
    {
        this.factory = factory;
    }

    private long nowNs()
    {
        return factory.loop().clock().nowNs();
    }

    /** The connection is old at that time. */
    void open(final Connection opened, final long oldAtNs)
    {
        connection = opened;
        endNs = oldAtNs;
        isInHead = false;
        isOld = false;
    }

    /** No request is under way. */
    void awaitRequest(final HttpConnectionManager http)
    {
        final long idleNs = factory.idleNs(http);
        awaitedNs = idleNs == NEVER ? NEVER : nowNs() + idleNs;
        await(null);
    }

    /** A part of a head is there. */
    void awaitHead(final HttpConnectionManager http)
    {
        if (!isInHead)
        {
            isInHead = true;
            isHeadLimited = http.requestHeadersTimeoutNs() > 0;
            awaitedNs = isHeadLimited ? nowNs() + http.requestHeadersTimeoutNs() : awaitedNs;
            await(null);
        }
    }

    /** Goes on with what is awaited; between requests there is no exchange. */
    void await(final Exchange exchange)
    {
        final long nextNs = exchange == null ? awaitedNs : exchange.deadlineNs();
        connection.deadline(Math.min(nextNs, exchange == null && !isInHead ? endNs : oldAtNs()));
    }

    /** All of the head is there. */
    void onHead()
    {
        isInHead = false;
    }

    /** Whether the rest of a head is awaited, and not for ever. */
    boolean isHeadAwaited()
    {
        return isInHead && isHeadLimited;
    }

    /** Whether what is awaited between requests comes too late. */
    boolean isLate(final long nowNs)
    {
        return awaitedNs <= nowNs;
    }

    /** When the part of a head came that is there, as far as that is known. */
    long headStartNs(final HttpConnectionManager http)
    {
        return isHeadAwaited() ? awaitedNs - http.requestHeadersTimeoutNs() : nowNs();
    }

    /** When the connection has lasted as long as it may; {@link Long#MAX_VALUE} once it has. */
    long oldAtNs()
    {
        return isOld ? NEVER : endNs;
    }

    /** The connection has lasted as long as it may: it ends after another request, for which it waits a little. */
    void age(final HttpConnectionManager http, final long nowNs)
    {
        isOld = true;
        endNs = http.http1WaitsForNext() ? NEVER : nowNs + http.drainNs();
    }

    boolean isOld()
    {
        return isOld;
    }

    /** Whether an old connection has waited for long enough for a request, of which nothing is there. */
    boolean isSpent(final long nowNs)
    {
        return isOld && !isInHead && endNs <= nowNs;
    }

    /** Whether the connection ends behind a request that began before it was old and ends now. */
    boolean endsBehindRequest()
    {
        return isOld && (endNs == NEVER || endNs <= nowNs());
    }
}
