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

    /**
     * @return filters for one exchange, or null when one of them could not be made, which has been counted and noted.
     */
    FilterRun acquire()
    {
        isUsed = true;
        final FilterRun pooled = free.pollLast();
        final FilterRun run = pooled == null ? new FilterRun(exchanges, this, chain) : pooled;
        return run.isStopped() ? null : run;
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
            note(chain.places().get(place).name(), error);
        }
    }

    /** What was thrown is of the filter's own making, and may throw itself when it is asked what it says. */
    private void note(final String name, final Throwable error)
    {
        try
        {
            chain.errors().onFilterError(name, error);
        }
        catch (final Throwable e)
        {
            chain.errors().onFilterError(name,
                new IllegalStateException(error.getClass().getName() + " was thrown, and cannot be shown"));
        }
    }
}
