package dev.ringway.engine.listen;

import dev.ringway.engine.conn.Connections;
import dev.ringway.engine.downstream.Http2Tables;
import dev.ringway.engine.exchange.Exchanges;
import dev.ringway.engine.http2.Http2Context;
import dev.ringway.engine.loop.EventLoop;
import dev.ringway.engine.snapshot.ChainQuery;

import java.util.ArrayDeque;

/**
 * What all listeners of a loop share. Loop thread only.
 */
public final class ListenContext
{
    private final EventLoop loop;
    private final Connections connections;
    private final Exchanges exchanges;
    private final Http2Context http2;
    private final Http2Tables tables = new Http2Tables();
    private final ChainQuery query = new ChainQuery();
    private final ArrayDeque<Inspection> free = new ArrayDeque<>(64);

    /**
     * @param loop        that owns it.
     * @param connections of that loop.
     * @param exchanges   of that loop.
     * @param http2       of that loop.
     */
    public ListenContext(
        final EventLoop loop, final Connections connections, final Exchanges exchanges, final Http2Context http2)
    {
        this.loop = loop;
        this.connections = connections;
        this.exchanges = exchanges;
        this.http2 = http2;
    }

    EventLoop loop()
    {
        return loop;
    }

    Connections connections()
    {
        return connections;
    }

    Exchanges exchanges()
    {
        return exchanges;
    }

    Http2Context http2()
    {
        return http2;
    }

    Http2Tables tables()
    {
        return tables;
    }

    Inspection acquire()
    {
        final Inspection inspection = free.pollLast();
        return inspection != null ? inspection : new Inspection(this);
    }

    void release(final Inspection inspection)
    {
        free.addLast(inspection);
    }

    /** For one connection at a time. */
    ChainQuery query()
    {
        return query;
    }
}
