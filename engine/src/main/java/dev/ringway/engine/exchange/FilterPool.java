package dev.ringway.engine.exchange;

import dev.ringway.engine.filter.HttpFilters;

import java.util.ArrayDeque;

/**
 * Filters of one chain on one loop that no exchange uses now. Loop thread only.
 */
final class FilterPool
{
    private final Exchanges exchanges;
    private final HttpFilters chain;
    private final ArrayDeque<FilterRun> free = new ArrayDeque<>();
    private final long[] failures;
    private boolean isUsed;

    FilterPool(final Exchanges exchanges, final HttpFilters chain)
    {
        this.exchanges = exchanges;
        this.chain = chain;
        failures = new long[chain.places().size()];
    }

    FilterRun acquire()
    {
        isUsed = true;
        final FilterRun run = free.pollLast();
        return run == null ? new FilterRun(exchanges, this, chain) : run;
    }

    void release(final FilterRun run)
    {
        free.addLast(run);
    }

    /** Whether it was asked for since the last call of this. */
    boolean takeUsed()
    {
        final boolean was = isUsed;
        isUsed = false;
        return was;
    }

    /** What a filter throws is noted less and less often: noting takes time. */
    void onFailure(final int place, final Throwable error)
    {
        final long count = ++failures[place];
        if ((count & count - 1) == 0)
        {
            chain.errors().onFilterError(chain.places().get(place).name(), error);
        }
    }
}
