package dev.ringway.engine.downstream;

import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http2.Http2FieldLimits;
import dev.ringway.codecs.http2.RequestFields;
import dev.ringway.codecs.http2.TrailerFields;
import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.conn.DrainRamp;
import dev.ringway.engine.counters.DownstreamConnectionCounters;
import dev.ringway.engine.counters.LoopCounters;
import dev.ringway.engine.exchange.Exchanges;
import dev.ringway.engine.http2.Http2Context;
import dev.ringway.engine.loop.EventLoop;
import dev.ringway.engine.snapshot.HttpConnectionManager;
import dev.ringway.engine.snapshot.Listener;

import java.util.ArrayDeque;

/**
 * HTTP/2 sessions of one listener on one loop, and what they share. The connection manager is looked up for each request,
 * so a new snapshot holds from the next request on; what was announced to a client stays. Loop thread only.
 */
final class Http2SessionFactory implements SessionFactory
{
    private static final int MAX_LIST_LENGTH = 60 * 1024;
    private static final int MAX_COOKIE_LENGTH = 64 * 1024;

    private final EventLoop loop;
    private final Exchanges exchanges;
    private final Http2Context context;
    private final Http2Tables tables;
    private final OpenSessions open = new OpenSessions();
    private final ArrayDeque<Http2DownstreamSession> free = new ArrayDeque<>(64);
    private final ArrayDeque<Http2Response> freeResponses = new ArrayDeque<>(256);
    private HttpConnectionManager http;
    private Listener listener;
    private Http2FieldLimits limits;
    private boolean isDraining;
    private DrainRamp ramp = DrainRamp.NONE;

    Http2SessionFactory(
        final EventLoop loop, final Exchanges exchanges, final Http2Context context, final Http2Tables tables)
    {
        this.loop = loop;
        this.exchanges = exchanges;
        this.context = context;
        this.tables = tables;
    }

    void adopt(final Listener newListener, final HttpConnectionManager manager)
    {
        listener = newListener;
        if (manager != http)
        {
            http = manager;
            limits = new Http2FieldLimits(
                Math.min(manager.maxRequestHeadersBytes(), MAX_LIST_LENGTH),
                Math.min(manager.maxRequestHeaders(), Exchanges.MAX_HEADERS), MAX_COOKIE_LENGTH);
        }
    }

    /**
     * {@inheritDoc}
     */
    public void open(final Connection connection)
    {
        Http1SessionFactory.countOpened(loop.counters(), http.counters().connections, connection);
        Http1SessionFactory.countBytes(connection, http);
        take(connection, http.age().overAtNs(connection.openedNs()));
    }

    /**
     * Takes over a connection that has been counted already.
     *
     * @param oldAtNs when it has lasted as long as it may.
     * @return its session.
     */
    Http2DownstreamSession take(final Connection connection, final long oldAtNs)
    {
        Http2DownstreamSession session = free.pollLast();
        if (session == null)
        {
            session = new Http2DownstreamSession(this);
        }
        connection.highWaterMark(Http1SessionFactory.bufferLimit(listener));
        connection.note(Exchanges.HTTP2_NOTED);
        open.add(session);
        loop.counters().increment(http.counters().connections.downstreamCxHttp2Total);
        loop.counters().increment(http.counters().connections.downstreamCxHttp2Active);
        session.open(connection, oldAtNs);
        if (isDraining && ramp == DrainRamp.NONE)
        {
            session.drain();
        }
        return session;
    }

    /** See {@link Http1SessionFactory#renew}. */
    HttpConnectionManager renew(final HttpConnectionManager held)
    {
        final DownstreamConnectionCounters was = held.counters().connections;
        final DownstreamConnectionCounters now = http.counters().connections;
        if (held != http && was.downstreamCxActive != now.downstreamCxActive)
        {
            Http1SessionFactory.move(loop.counters(), was, now);
            loop.counters().decrement(was.downstreamCxHttp2Active);
            loop.counters().increment(now.downstreamCxHttp2Active);
        }
        return http;
    }

    void countClosed(final DownstreamConnectionCounters ids, final Connection closed, final boolean isByClient)
    {
        loop.counters().decrement(ids.downstreamCxHttp2Active);
        Http1SessionFactory.countClosed(loop.counters(), ids, closed, isByClient);
    }

    void release(final Http2DownstreamSession session)
    {
        open.remove(session);
        free.addLast(session);
    }

    Http2Response acquire()
    {
        final Http2Response response = freeResponses.pollLast();
        return response != null ? response : new Http2Response(this);
    }

    void release(final Http2Response response)
    {
        freeResponses.addLast(response);
    }

    /**
     * {@inheritDoc}
     */
    public void drain(final long graceNs, final DrainRamp freshRamp)
    {
        isDraining = true;
        ramp = freshRamp;
        if (ramp == DrainRamp.NONE)
        {
            open.drain();
        }
    }

    /** Whether a connection ends with the answer that is whole now; in a drain of all it ends anyway. */
    boolean endsNow()
    {
        return isDraining && ramp != DrainRamp.NONE && ramp.endsAt(loop.clock().nowNs());
    }

    /**
     * {@inheritDoc}
     */
    public void endDrain()
    {
        isDraining = false;
    }

    EventLoop loop()
    {
        return loop;
    }

    Exchanges exchanges()
    {
        return exchanges;
    }

    Http2Context context()
    {
        return context;
    }

    HttpConnectionManager http()
    {
        return http;
    }

    Http2FieldLimits limits()
    {
        return limits;
    }

    RequestFields requestFields()
    {
        return tables.requestFields;
    }

    TrailerFields trailerFields()
    {
        return tables.trailerFields;
    }

    HeaderTable trailers()
    {
        return tables.trailers;
    }
}
