package dev.ringway.engine.downstream;

import dev.ringway.codecs.http.HttpMethod;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.counters.HttpCounters;
import dev.ringway.engine.snapshot.HttpConnectionManager;

/**
 * Whether a connection of HTTP/1.1 is kept after a response, and how it ends when it is not. Loop thread only.
 */
final class Http1Ending
{
    private static final long DELAYED_CLOSE_NS = 1_000_000_000L;

    private final Http1SessionFactory factory;
    private final Http1Input input;
    private Connection connection;
    private int requests;
    private long flushDeadlineNs;
    private boolean isKept;
    private boolean isInputIgnored;

    Http1Ending(final Http1SessionFactory factory, final Http1Input input)
    {
        this.factory = factory;
        this.input = input;
    }

    void open(final Connection opened)
    {
        connection = opened;
        requests = 0;
        isKept = true;
        isInputIgnored = false;
    }

    /** A request has begun: what it says of the connection. */
    void onRequest(final RequestHead head, final HttpConnectionManager http)
    {
        requests++;
        // Where a tunnel or a protocol that is refused ends nothing says (RFC 9110, 9.3.6).
        isKept = head.keepAlive() && !head.upgrade() && head.methodId() != HttpMethod.CONNECT &&
            !factory.endsAll();
        if (http.maxRequestsPerConnection() > 0 && requests >= http.maxRequestsPerConnection())
        {
            isKept = false;
            factory.loop().counters().increment(http.counters().connections.downstreamCxMaxRequestsReached);
        }
    }

    /** Whether nothing has ever come. */
    boolean isUnused()
    {
        return requests == 0 && input.length() == 0;
    }

    /** The connection ends after the response that is next. */
    void endNext()
    {
        isKept = false;
    }

    /** A response is about to be sent: whether the connection is kept after it, if the response allows it. */
    boolean keepAlive(final boolean can, final HttpCounters ids)
    {
        isKept &= can;
        if (factory.endsNow())
        {
            isKept = false;
            factory.loop().counters().increment(ids.connections.downstreamCxDrainClose);
        }
        return isKept;
    }

    boolean isKept()
    {
        return isKept;
    }

    /** What still comes is of no use. */
    void ignoreInput()
    {
        isInputIgnored = true;
    }

    boolean isInputIgnored()
    {
        return isInputIgnored;
    }

    /** Ends a connection that is not kept. */
    void end()
    {
        if (input.length() > 0)
        {
            linger();
        }
        else
        {
            endAfterFlush();
        }
    }

    /** Ends a connection whose response was cut. */
    void cut(final boolean isReset)
    {
        if (isReset)
        {
            connection.reset();
        }
        else
        {
            endAfterFlush();
        }
    }

    /**
     * Closes once what is queued has left, which takes no longer than a stream may be idle. A request that still comes is
     * not taken up: its exchange would outlive the session.
     */
    void endAfterFlush()
    {
        begin();
        connection.deadline(flushDeadlineNs);
        connection.closeAfterFlush();
    }

    private void begin()
    {
        if (!isInputIgnored)
        {
            isInputIgnored = true;
            flushDeadlineNs = factory.flushByNs();
        }
    }

    private long nowNs()
    {
        return factory.loop().clock().nowNs();
    }

    /**
     * Ends the sending side and waits a little for the client to read the answer and close: closing at once with bytes
     * unread would reset the connection and lose the answer.
     */
    void linger()
    {
        begin();
        input.release(factory.loop().memory());
        connection.shutdownAfterFlush();
        connection.startReading();
        connection.deadline(nowNs() + DELAYED_CLOSE_NS);
    }

    /** The time is over, unless the client still takes the answer: false when there is more. */
    boolean isOver()
    {
        final long nowNs = nowNs();
        final boolean isOver = connection.queuedBytes() == 0 || nowNs >= flushDeadlineNs;
        if (!isOver)
        {
            connection.deadline(Math.min(flushDeadlineNs, nowNs + DELAYED_CLOSE_NS));
        }
        return isOver;
    }
}
