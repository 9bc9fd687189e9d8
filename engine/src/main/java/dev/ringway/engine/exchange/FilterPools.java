package dev.ringway.engine.exchange;

import dev.ringway.engine.filter.HttpFilters;

import java.util.IdentityHashMap;

/**
 * The filters of all chains on one loop. Loop thread only.
 */
final class FilterPools
{
    private final Exchanges exchanges;
    private final IdentityHashMap<HttpFilters, FilterPool> pools = new IdentityHashMap<>();

    FilterPools(final Exchanges exchanges)
    {
        this.exchanges = exchanges;
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
