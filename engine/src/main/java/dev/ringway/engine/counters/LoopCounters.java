package dev.ringway.engine.counters;

import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One loop's column of all counters. Loop thread only for the writing methods; any thread may read at any time. An
 * increment is a plain load and an ordered store, never a locked instruction, so there may be one writer only.
 */
public final class LoopCounters
{
    private final UnsafeBuffer buffer;
    private final UnsafeBuffer histograms;

    /**
     * @param buffer this loop's column: one aligned long per counter id. Borrowed for the life of the loop.
     */
    public LoopCounters(final AtomicBuffer buffer)
    {
        this(buffer, null, 0);
    }

    /**
     * @param buffer     this loop's column.
     * @param histograms of the process, or null when no histogram is registered.
     * @param loop       index of the loop.
     */
    public LoopCounters(final AtomicBuffer buffer, final Histograms histograms, final int loop)
    {
        this.histograms = histograms == null ? new UnsafeBuffer(0, 0) : histograms.loop(loop);
        // An own final-class view of the same memory: every call below is a direct one.
        this.buffer = new UnsafeBuffer(buffer);
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
        buffer.putLongRelease(offset, buffer.getLong(offset) + delta);
    }

    /**
     * Sets this loop's value; for gauges of which the loop knows the whole.
     *
     * @param id    from {@link CounterRegistry#register}.
     * @param value new value.
     */
    public void set(final int id, final long value)
    {
        buffer.putLongRelease(id << 3, value);
    }

    /**
     * Raises this loop's value to at least the given one; for high-water marks.
     *
     * @param id    from {@link CounterRegistry#register}.
     * @param value seen now.
     */
    public void max(final int id, final long value)
    {
        final int offset = id << 3;
        if (buffer.getLong(offset) < value)
        {
            buffer.putLongRelease(offset, value);
        }
    }

    /**
     * @param id from {@link CounterRegistry#register}.
     * @return this loop's value.
     */
    public long get(final int id)
    {
        return buffer.getLongOpaque(id << 3);
    }

    /**
     * Puts a value into a histogram: a load and an ordered store.
     *
     * @param id    from {@link CounterRegistry#histogram}; {@link Histograms#NONE} is left out.
     * @param value not negative.
     */
    public void record(final int id, final long value)
    {
        if (id >= 0)
        {
            final int bucket = id * Histograms.STRIDE + (HistogramBuckets.index(value) << 3);
            histograms.putLongRelease(bucket, histograms.getLong(bucket) + 1);
        }
    }
}
