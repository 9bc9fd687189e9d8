package dev.ringway.engine.counters;

import org.agrona.concurrent.UnsafeBuffer;

/**
 * The column of all threads that are not loops: control, admin, log writers. Any thread; increments are locked
 * instructions. Not for the data path.
 */
public final class SharedCounters
{
    private final UnsafeBuffer buffer;

    SharedCounters(final UnsafeBuffer buffer)
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
     * Adds any amount.
     *
     * @param id    from {@link CounterRegistry#register}.
     * @param delta what to add, may be negative for gauges.
     */
    public void add(final int id, final long delta)
    {
        buffer.getAndAddLong(id << 3, delta);
    }

    /**
     * Sets this column's value; for gauges that no loop writes.
     *
     * @param id    from {@link CounterRegistry#register}.
     * @param value new value.
     */
    public void set(final int id, final long value)
    {
        buffer.putLongVolatile(id << 3, value);
    }

    /**
     * @param id from {@link CounterRegistry#register}.
     * @return this column's value.
     */
    public long get(final int id)
    {
        return buffer.getLongVolatile(id << 3);
    }
}
