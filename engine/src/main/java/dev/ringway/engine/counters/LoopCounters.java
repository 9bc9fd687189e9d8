package dev.ringway.engine.counters;

import org.agrona.concurrent.AtomicBuffer;

/**
 * One loop's column of all counters. The loop is the only writer; other threads may read at any time and sum the
 * columns of all loops. Increments are an ordered load and store, never a locked instruction.
 */
public final class LoopCounters
{
    private final AtomicBuffer buffer;

    /**
     * @param buffer this loop's column: one aligned long per counter id. Borrowed for the life of the loop.
     */
    public LoopCounters(final AtomicBuffer buffer)
    {
        this.buffer = buffer;
    }

    /**
     * Adds one.
     *
     * @param id from {@link CounterRegistry#register}.
     */
    public void increment(final int id)
    {
        add(id, 1);
    }

    /**
     * Takes one away; for gauges.
     *
     * @param id from {@link CounterRegistry#register}.
     */
    public void decrement(final int id)
    {
        add(id, -1);
    }

    /**
     * Adds any amount.
     *
     * @param id    from {@link CounterRegistry#register}.
     * @param delta what to add.
     */
    public void add(final int id, final long delta)
    {
        final int offset = id << 3;
        buffer.putLongOpaque(offset, buffer.getLong(offset) + delta);
    }

    /**
     * @param id from {@link CounterRegistry#register}.
     * @return this loop's value.
     */
    public long get(final int id)
    {
        return buffer.getLongOpaque(id << 3);
    }
}
