package dev.ringway.engine.exchange;

import dev.ringway.engine.filter.HttpFilters;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.IdentityHashMap;

/**
 * The filters of all chains on one loop. Loop thread only.
 */
final class FilterPools
{
    /** Of a field besides its longest value. */
    private static final int LINE_OVERHEAD = 64;

    private final UnsafeBuffer line =
        new UnsafeBuffer(new byte[ResponseHeaderRules.MAX_MESSAGE_LENGTH + LINE_OVERHEAD]);
    private final HeadEdits editor = new HeadEdits();
    private final Exchanges exchanges;
    private final IdentityHashMap<HttpFilters, FilterPool> pools = new IdentityHashMap<>();

    FilterPools(final Exchanges exchanges)
    {
        this.exchanges = exchanges;
    }

    /** Holds any field of an answer that is made here, while it is written. */
    UnsafeBuffer line()
    {
        return line;
    }

    /** Changes heads that filters see. */
    HeadEdits editor()
    {
        return editor;
    }

    FilterRun acquire(final HttpFilters chain)
    {
        FilterPool pool = pools.get(chain);
        if (pool == null)
        {
            pool = new FilterPool(exchanges, chain);
            pools.put(chain, pool);
        }
        return pool.acquire();
    }

    /** A new snapshot came: chains that nobody asked for since the last one are forgotten. */
    void adopt()
    {
        pools.values().removeIf(pool -> !pool.takeUsed());
    }
}
