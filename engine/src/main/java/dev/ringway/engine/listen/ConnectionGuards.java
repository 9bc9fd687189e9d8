package dev.ringway.engine.listen;

import dev.ringway.engine.counters.LoopCounters;
import dev.ringway.engine.exchange.ConnectionPeer;
import dev.ringway.engine.filter.ConnectionFilter;
import dev.ringway.engine.filter.ConnectionFilterFactory;
import dev.ringway.engine.filter.FilterLoop;
import dev.ringway.engine.loop.EventLoop;

import java.util.ArrayDeque;
import java.util.List;

/**
 * The filters of a filter chain before its last one, on one loop. Connections keep those that they came to. Loop thread
 * only.
 */
final class ConnectionGuards implements FilterLoop
{
    private final EventLoop loop;
    private final ChainSessions chain;
    private final ArrayDeque<ConnectionGuard> free = new ArrayDeque<>(64);
    private List<ConnectionFilterFactory> factories = List.of();
    private ConnectionFilter[] filters = {};

    ConnectionGuards(final EventLoop loop, final ChainSessions chain)
    {
        this.loop = loop;
        this.chain = chain;
    }

    void adopt(final List<ConnectionFilterFactory> fresh)
    {
        if (!fresh.equals(factories))
        {
            factories = fresh;
            filters = fresh.stream().map(factory -> factory.create(this)).toArray(ConnectionFilter[]::new);
        }
    }

    boolean isEmpty()
    {
        return filters.length == 0;
    }

    ConnectionFilter[] filters()
    {
        return filters;
    }

    ConnectionGuard acquire()
    {
        final ConnectionGuard pooled = free.pollLast();
        return pooled == null ? new ConnectionGuard(this, chain, new ConnectionPeer(loop.slotAddresses().buffer())) : pooled;
    }

    void release(final ConnectionGuard guard)
    {
        free.addLast(guard);
    }

    /**
     * {@inheritDoc}
     */
    public long nowNs()
    {
        return loop.clock().nowNs();
    }

    /**
     * {@inheritDoc}
     */
    public LoopCounters counters()
    {
        return loop.counters();
    }

    /**
     * {@inheritDoc}
     */
    public int index()
    {
        return loop.index();
    }
}
