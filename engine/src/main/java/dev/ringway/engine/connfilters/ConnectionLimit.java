package dev.ringway.engine.connfilters;

import dev.ringway.engine.counters.ConnectionLimitCounters;
import dev.ringway.engine.filter.ConnectionFilter;
import dev.ringway.engine.filter.ConnectionFilterFactory;
import dev.ringway.engine.filter.FilterLoop;
import dev.ringway.engine.filter.FilterPeer;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds the connections that are open at once, over all loops. Envoy:
 * {@code extensions.filters.network.connection_limit.v3.ConnectionLimit}.
 *
 * @param maxConnections {@code max_connections}.
 * @param delayNs        {@code delay}: how long a connection too many is kept.
 * @param counters       ids of its counters.
 * @param open           connections that are open and not refused.
 */
public record ConnectionLimit(
    long maxConnections, long delayNs, ConnectionLimitCounters counters, AtomicLong open)
    implements ConnectionFilterFactory
{
    /**
     * {@inheritDoc}
     */
    public ConnectionFilter create(final FilterLoop loop)
    {
        return new Limiting(this, loop);
    }

    /** Of one loop. */
    private record Limiting(ConnectionLimit limit, FilterLoop loop) implements ConnectionFilter
    {
        public long onAccepted(final FilterPeer peer)
        {
            loop.counters().increment(limit.counters.activeConnections);
            if (limit.open.incrementAndGet() <= limit.maxConnections)
            {
                return PASS;
            }
            limit.open.decrementAndGet();
            loop.counters().increment(limit.counters.limitedConnections);
            return limit.delayNs;
        }

        public void onGone(final boolean isRefused)
        {
            loop.counters().decrement(limit.counters.activeConnections);
            if (!isRefused)
            {
                limit.open.decrementAndGet();
            }
        }
    }
}
