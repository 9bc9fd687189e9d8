package dev.ringway.engine.counters;

import dev.ringway.ffi.libc.Memory;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * All histograms of one process: for each loop an array of buckets for each histogram, off-heap, written by the loop
 * alone. Memory is taken page by page as values come. Registering: control thread only; reading: any thread.
 */
public final class Histograms
{
    /** Id of a histogram that is not kept. */
    public static final int NONE = -1;

    /** Most histograms: about 10,000 clusters. */
    public static final int CAPACITY = 1 << 15;

    static final int STRIDE = HistogramBuckets.COUNT * Long.BYTES;

    private final UnsafeBuffer[] loops;
    /** By id; null where none is shown. */
    private final AtomicReferenceArray<String> names = new AtomicReferenceArray<>(CAPACITY);
    private final ArrayDeque<Integer> free = new ArrayDeque<>();
    private final Map<String, Integer> registered = new HashMap<>();
    private volatile int count;

    /**
     * @param loopCount number of event loops.
     */
    public Histograms(final int loopCount)
    {
        loops = new UnsafeBuffer[loopCount];
        for (int i = 0; i < loopCount; i++)
        {
            loops[i] = new UnsafeBuffer(Memory.allocate((long)CAPACITY * STRIDE), CAPACITY * STRIDE);
        }
    }

    /**
     * One for the life of the process.
     *
     * @param name full stat name; the same name always gets the same id.
     * @return id for {@link LoopCounters#record}, {@link #NONE} when no more fit.
     */
    public int register(final String name)
    {
        final Integer known = registered.get(name);
        if (known != null)
        {
            return known;
        }
        final int id = give();
        if (id != NONE)
        {
            registered.put(name, id);
            show(id, name);
        }
        return id;
    }

    /** An id without values for {@link LoopCounters#record}, {@link #NONE} when no more fit. */
    int give()
    {
        final Integer again = free.poll();
        if (again != null)
        {
            clear(again);
            return again;
        }
        return count == CAPACITY ? NONE : count++;
    }

    private void clear(final int id)
    {
        for (final UnsafeBuffer loop : loops)
        {
            for (int at = id * STRIDE, end = at + STRIDE; at < end; at += Long.BYTES)
            {
                // Only what was written has memory of its own.
                if (loop.getLong(at) != 0)
                {
                    loop.putLongRelease(at, 0);
                }
            }
        }
    }

    void takeBack(final int id)
    {
        free.add(id);
    }

    /** Readers see it under this name, or no more when it is null. */
    void show(final int id, final String name)
    {
        names.set(id, name);
    }

    UnsafeBuffer loop(final int index)
    {
        return loops[index];
    }

    /**
     * @return names, by id; grows. Null where none is shown.
     */
    public String[] names()
    {
        final String[] all = new String[count];
        for (int id = 0; id < all.length; id++)
        {
            all[id] = names.get(id);
        }
        return all;
    }

    /**
     * @param id   of a histogram.
     * @param name that it had before its values were read.
     * @return whether they are of that.
     */
    public boolean isStill(final int id, final String name)
    {
        return name.equals(names.get(id));
    }

    /**
     * @param id of a histogram.
     * @return how many values are in each bucket, over all loops.
     */
    public long[] counts(final int id)
    {
        final long[] counts = new long[HistogramBuckets.COUNT];
        for (final UnsafeBuffer loop : loops)
        {
            for (int i = 0; i < counts.length; i++)
            {
                counts[i] += loop.getLongOpaque(id * STRIDE + (i << 3));
            }
        }
        return counts;
    }

    /**
     * Gives the memory back. Only when no thread writes or reads any more.
     */
    public void free()
    {
        for (final UnsafeBuffer loop : loops)
        {
            Memory.unmap(loop.addressOffset(), loop.capacity());
        }
    }
}
