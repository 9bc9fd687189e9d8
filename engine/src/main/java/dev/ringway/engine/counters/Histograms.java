package dev.ringway.engine.counters;

import dev.ringway.ffi.libc.Memory;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

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
    private final Map<String, Integer> ids = new HashMap<>();
    private String[] names = new String[256];
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
     * @param name full stat name; the same name always gets the same id.
     * @return id for {@link LoopCounters#record}, {@link #NONE} when no more fit.
     */
    public int register(final String name)
    {
        final Integer known = ids.get(name);
        if (known != null)
        {
            return known;
        }
        final int id = count;
        if (id == CAPACITY)
        {
            return NONE;
        }
        if (id == names.length)
        {
            names = Arrays.copyOf(names, id << 1);
        }
        names[id] = name;
        ids.put(name, id);
        count = id + 1;
        return id;
    }

    UnsafeBuffer loop(final int index)
    {
        return loops[index];
    }

    /**
     * @return names, by id; grows.
     */
    public String[] names()
    {
        // The count is read first: what it covers is in any array that is seen after it.
        final int length = count;
        return Arrays.copyOf(names, length);
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
