package dev.ringway.engine.downstream;

import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http1.Http1Limits;
import dev.ringway.codecs.http1.Http1RequestParser;
import dev.ringway.codecs.http1.Http1TrailerParser;
import dev.ringway.engine.conn.ByteMeter;
import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.conn.DrainRamp;
import dev.ringway.engine.counters.DownstreamConnectionCounters;
import dev.ringway.engine.counters.LoopCounters;
import dev.ringway.engine.exchange.Exchanges;
import dev.ringway.engine.http2.Http2Context;
import dev.ringway.engine.loop.EventLoop;
import dev.ringway.engine.snapshot.CodecType;
import dev.ringway.engine.snapshot.HttpConnectionManager;
import dev.ringway.engine.snapshot.Listener;

import java.util.ArrayDeque;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * Sessions of one HTTP filter chain on one loop, and what they share. The connection manager is looked up for each request,
 * so a new snapshot holds from the next request on. Loop thread only.
 */
public final class Http1SessionFactory implements SessionFactory
{
    /** HTTP/2 in ALPN (RFC 9113, 3.2). */
    private static final String HTTP2 = "h2";
    private static final int MAX_HIGH_WATER = 256 * 1024;
    private static final int MAX_HEAD_LENGTH = 60 * 1024;

    private final EventLoop loop;
    private final Exchanges exchanges;
    private final Http2SessionFactory http2;
    private final OpenSessions open = new OpenSessions();
    private final UpgradedConnections upgraded = new UpgradedConnections(this);
    private final ArrayDeque<Http1DownstreamSession> free = new ArrayDeque<>(256);
    private final ArrayDeque<Http1Stream> freeStreams = new ArrayDeque<>(64);
    private final Http1Refuser refuser = new Http1Refuser(this);
    private final HeaderTable trailers = new HeaderTable(Exchanges.MAX_HEADERS);
    private final ByteMeter spareMeter = new ByteMeter();
    private HttpConnectionManager http;
    private Listener listener;
    private Http1RequestParser parser;
    private Http1TrailerParser trailerParser;
    private Http1Limits limits;
    private byte[] defaultHost;
    private boolean isDraining;
    private DrainRamp ramp = DrainRamp.NONE;
    private long graceNs = UNTIL_NEXT;

    /**
     * @param loop      that owns the sessions.
     * @param exchanges of that loop.
     * @param context   of HTTP/2 on that loop.
     * @param tables    of HTTP/2 on that loop.
     */
    public Http1SessionFactory(
        final EventLoop loop, final Exchanges exchanges, final Http2Context context, final Http2Tables tables)
    {
        this.loop = loop;
        this.exchanges = exchanges;
        http2 = new Http2SessionFactory(loop, exchanges, context, tables);
    }

    /**
     * Takes over what a snapshot says.
     *
     * @param newListener listener of the sessions.
     * @param manager     its connection manager.
     */
    public void adopt(final Listener newListener, final HttpConnectionManager manager)
    {
        listener = newListener;
        http2.adopt(newListener, manager);
        if (manager != http)
        {
            http = manager;
            defaultHost = manager.defaultHostForHttp10().getBytes(US_ASCII);
            limits = new Http1Limits(
                Math.min(manager.maxRequestHeadersBytes(), MAX_HEAD_LENGTH),
                Math.min(manager.maxRequestHeaders(), Exchanges.MAX_HEADERS));
            parser = new Http1RequestParser(limits, manager.underscores());
            trailerParser = new Http1TrailerParser(limits, manager.underscores());
        }
    }

    /**
     * {@inheritDoc}
     */
    public void open(final Connection connection)
    {
        final String agreed = connection.tls().isOn() ? connection.tls().engine().agreement().alpn() : null;
        if (http.codecType() == CodecType.HTTP2 || http.codecType() == CodecType.AUTO && HTTP2.equals(agreed))
        {
            http2.open(connection);
            return;
        }
        Http1DownstreamSession session = free.pollLast();
        if (session == null)
        {
            session = new Http1DownstreamSession(this);
        }
        connection.highWaterMark(bufferLimit());
        countBytes(connection, http);
        open.add(session);
        countOpened(loop.counters(), http.counters().connections, connection);
        loop.counters().increment(http.counters().connections.downstreamCxHttp1Total);
        loop.counters().increment(http.counters().connections.downstreamCxHttp1Active);
        session.open(connection, http.codecType() == CodecType.AUTO && agreed == null);
    }

    /**
     * @param held what a connection was served with until now.
     * @return what it is served with from now on, where it counts too.
     */
    HttpConnectionManager renew(final HttpConnectionManager held)
    {
        final DownstreamConnectionCounters was = held.counters().connections;
        final DownstreamConnectionCounters now = http.counters().connections;
        if (held != http && was.downstreamCxActive != now.downstreamCxActive)
        {
            move(loop.counters(), was, now);
            loop.counters().decrement(was.downstreamCxHttp1Active);
            loop.counters().increment(now.downstreamCxHttp1Active);
        }
        return http;
    }

    /** A connection of any version counts elsewhere. */
    static void move(
        final LoopCounters counters, final DownstreamConnectionCounters from, final DownstreamConnectionCounters to)
    {
        counters.decrement(from.downstreamCxActive);
        counters.increment(to.downstreamCxActive);
    }

    /** What comes and leaves is the connection manager's. */
    static void countBytes(final Connection connection, final HttpConnectionManager http)
    {
        final DownstreamConnectionCounters ids = http.counters().connections;
        connection.count(ids.downstreamCxRxBytesTotal, ids.downstreamCxTxBytesTotal);
    }

    /** What sessions of all versions count at their beginning. */
    static void countOpened(
        final LoopCounters counters, final DownstreamConnectionCounters ids, final Connection opened)
    {
        counters.increment(ids.downstreamCxTotal);
        counters.increment(ids.downstreamCxActive);
        if (opened.tls().isOn())
        {
            counters.increment(ids.downstreamCxSslTotal);
        }
    }

    void countClosed(final DownstreamConnectionCounters ids, final Connection closed, final boolean isByClient)
    {
        loop.counters().decrement(ids.downstreamCxHttp1Active);
        countClosed(loop.counters(), ids, closed, isByClient);
    }

    /** What sessions of all versions count at their end. */
    static void countClosed(
        final LoopCounters counters,
        final DownstreamConnectionCounters ids,
        final Connection closed,
        final boolean isByClient)
    {
        counters.increment(ids.downstreamCxDestroy);
        counters.increment(isByClient ? ids.downstreamCxDestroyRemote : ids.downstreamCxDestroyLocal);
        counters.record(ids.downstreamCxLengthMs, closed.ageMs());
        counters.decrement(ids.downstreamCxActive);
    }

    /** A connection ends with a request on it. */
    void countCut(final DownstreamConnectionCounters ids, final boolean isByClient)
    {
        final LoopCounters counters = loop.counters();
        counters.increment(ids.downstreamCxDestroyActiveRq);
        counters.increment(isByClient ? ids.downstreamCxDestroyRemoteActiveRq : ids.downstreamCxDestroyLocalActiveRq);
    }

    /** A stream for a request of a session, until it is given back. */
    Http1Stream stream(final Http1DownstreamSession session, final Connection connection)
    {
        Http1Stream stream = freeStreams.pollLast();
        if (stream == null)
        {
            stream = new Http1Stream(this);
        }
        stream.body.reset();
        stream.response.open(session, connection);
        return stream;
    }

    void release(final Http1Stream stream)
    {
        freeStreams.addLast(stream);
    }

    void release(final Http1DownstreamSession session)
    {
        open.remove(session);
        free.addLast(session);
    }

    /**
     * {@inheritDoc}
     */
    public void drain(final long longestNs, final DrainRamp freshRamp)
    {
        isDraining = true;
        ramp = freshRamp;
        graceNs = longestNs;
        http2.drain(longestNs, freshRamp);
        if (ramp == DrainRamp.NONE)
        {
            open.drain();
        }
    }

    /**
     * @return bytes of a connection, in each direction, above which their source is no longer read.
     */
    int bufferLimit()
    {
        return bufferLimit(listener);
    }

    static int bufferLimit(final Listener listener)
    {
        return Math.min(listener.perConnectionBufferLimit(), MAX_HIGH_WATER);
    }

    /**
     * {@inheritDoc}
     */
    public void endDrain()
    {
        isDraining = false;
        graceNs = UNTIL_NEXT;
        http2.endDrain();
    }

    /**
     * Hands a connection over whose client begins with HTTP/2.
     *
     * @param connection whose first bytes are still to be used.
     * @param deadlines  when it has lasted as long as it may, or that it has.
     * @param offset     of them.
     * @param length     of them.
     */
    void handOver(final Connection connection, final Http1Deadlines deadlines, final int offset, final int length)
    {
        loop.counters().decrement(http.counters().connections.downstreamCxHttp1Active);
        final Http2DownstreamSession session = http2.take(connection, deadlines.oldAtNs());
        if (deadlines.isOld())
        {
            session.drainOld();
        }
        session.link().connectionHandler().onBytes(connection, offset, length);
    }

    Http1Refuser refuser()
    {
        return refuser;
    }

    UpgradedConnections upgraded()
    {
        return upgraded;
    }

    /** Whether all connections end, each with its next answer. */
    boolean endsAll()
    {
        return isDraining && ramp == DrainRamp.NONE;
    }

    /** Whether the connection of an answer that begins now ends with it. */
    boolean endsNow()
    {
        return isDraining && ramp.endsAt(loop.clock().nowNs());
    }

    /** When a connection has lasted as long as it may. */
    long oldAtNs(final Connection opened)
    {
        return http.age().overAtNs(opened.openedNs());
    }

    /** How long a connection without a request waits for one. */
    long idleNs(final HttpConnectionManager held)
    {
        final long idleNs = held.idleTimeoutNs() == 0 ? Long.MAX_VALUE : held.idleTimeoutNs();
        return endsIdle() ? Math.min(idleNs, Math.min(graceNs, held.drainNs())) : idleNs;
    }

    /** By when a client has to have taken what is left for it on a connection that ends now: it may be idle so long. */
    long flushByNs()
    {
        final long idleNs = http.streamIdleTimeoutNs();
        return idleNs == 0 ? Long.MAX_VALUE : loop.clock().nowNs() + idleNs;
    }

    /** Whether connections without a request end soon. */
    boolean endsIdle()
    {
        return graceNs != UNTIL_NEXT;
    }

    EventLoop loop()
    {
        return loop;
    }

    /** Counts for what is no exchange: read at once, or not at all. */
    ByteMeter spareMeter()
    {
        return spareMeter;
    }

    Exchanges exchanges()
    {
        return exchanges;
    }

    HttpConnectionManager http()
    {
        return http;
    }

    Http1RequestParser parser()
    {
        return parser;
    }

    Http1TrailerParser trailerParser()
    {
        return trailerParser;
    }

    byte[] defaultHost()
    {
        return defaultHost;
    }

    HeaderTable trailers()
    {
        return trailers;
    }

    Http1Limits limits()
    {
        return limits;
    }
}
