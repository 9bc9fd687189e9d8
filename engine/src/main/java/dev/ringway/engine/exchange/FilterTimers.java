package dev.ringway.engine.exchange;

import java.util.Arrays;

/**
 * When the filters of one exchange want to be woken, by their places in the chain. Reused with its {@link FilterRun}. Loop
 * thread only.
 */
final class FilterTimers
{
    private static final long NEVER = Long.MAX_VALUE;

    private final long[] dueNs;
    private long nextNs = NEVER;

    FilterTimers(final int count)
    {
        dueNs = new long[count];
        Arrays.fill(dueNs, NEVER);
    }

    /** When the first of them is due, or {@link Long#MAX_VALUE}. */
    long nextNs()
    {
        return nextNs;
    }

    /** A filter wants to be woken in that time from now, and not when it wanted before. */
    void set(final int place, final long nowNs, final long delayNs)
    {
        dueNs[place] = nowNs + Math.min(delayNs, NEVER >> 1);
        nextNs = Math.min(nextNs, dueNs[place]);
    }

    /**
     * Takes one that is due.
     *
     * @param from first place that is looked at.
     * @return its place, or -1 for none.
     */
    int take(final long nowNs, final int from)
    {
        int place = from;
        while (place < dueNs.length && dueNs[place] > nowNs)
        {
            place++;
        }
        final boolean isTaken = place < dueNs.length;
        if (isTaken)
        {
            dueNs[place] = NEVER;
        }
        // Also where none was due: what was waited for may have been set again for later.
        findNext();
        return isTaken ? place : -1;
    }

    private void findNext()
    {
        nextNs = NEVER;
        for (final long due : dueNs)
        {
            nextNs = Math.min(nextNs, due);
        }
    }

    /** Nobody wants to be woken any more. */
    void clear()
    {
        if (nextNs != NEVER)
        {
            Arrays.fill(dueNs, NEVER);
            nextNs = NEVER;
        }
    }
}
