package dev.ringway.engine.memory;

import java.util.Arrays;

/**
 * Ranges of the slab in order. Knows nothing of leases: who adds a range holds its memory. Grows with use and stays so.
 * What lies in a chunk comes in one run, but for ranges of one other chunk between (frames between pieces of a body),
 * so two chunks remembered at either end are enough to count the chunks well enough. Loop thread only.
 */
public final class RangeQueue
{
    private static final int NONE = -1;
    private static final int[] EMPTY = new int[0];

    private final int initial;
    private int[] offsets = EMPTY;
    private int[] lengths = EMPTY;
    private int first;
    private int count;
    private int chunks;
    private int lastAdded = NONE;
    private int addedBefore = NONE;
    private int lastRemoved = NONE;
    private int removedBefore = NONE;

    /**
     * @param capacity ranges it can hold before it grows, a power of two; room for them is made with the first.
     */
    public RangeQueue(final int capacity)
    {
        initial = capacity;
    }

    /**
     * Adds a range at the end.
     *
     * @param offset of the range.
     * @param length of it.
     */
    public void addLast(final int offset, final int length)
    {
        ensureRoom();
        final int at = index(count);
        offsets[at] = offset;
        lengths[at] = length;
        count++;
        onAdded(offset >>> BufferSlab.CHUNK_SHIFT);
    }

    private void onAdded(final int chunk)
    {
        if (chunk != lastAdded)
        {
            if (chunk != addedBefore)
            {
                chunks++;
            }
            addedBefore = lastAdded;
            lastAdded = chunk;
        }
    }

    /**
     * Puts a range that was just removed, or the rest of it, back to the front.
     *
     * @param offset of the range.
     * @param length of it.
     */
    public void addFirst(final int offset, final int length)
    {
        ensureRoom();
        first = index(offsets.length - 1);
        offsets[first] = offset;
        lengths[first] = length;
        count++;
    }

    private void ensureRoom()
    {
        if (count == offsets.length)
        {
            offsets = grown(offsets);
            lengths = grown(lengths);
            first = 0;
        }
    }

    private int[] grown(final int[] full)
    {
        final int[] grown = Arrays.copyOf(full, Math.max(initial, full.length << 1));
        for (int i = 0; i < count; i++)
        {
            grown[i] = full[first + i & full.length - 1];
        }
        return grown;
    }

    private int index(final int position)
    {
        return first + position & offsets.length - 1;
    }

    /**
     * Removes the first range.
     */
    public void removeFirst()
    {
        final int chunk = offsets[first] >>> BufferSlab.CHUNK_SHIFT;
        if (chunk != lastRemoved)
        {
            if (chunk != removedBefore)
            {
                chunks--;
            }
            removedBefore = lastRemoved;
            lastRemoved = chunk;
        }
        first = index(1);
        count--;
    }

    /**
     * Removes the last range. {@link #recount} follows when all that should be removed is.
     */
    public void removeLast()
    {
        count--;
    }

    /**
     * Counts the chunks anew.
     */
    public void recount()
    {
        chunks = 0;
        lastAdded = lastRemoved;
        addedBefore = removedBefore;
        for (int i = 0; i < count; i++)
        {
            onAdded(offset(i) >>> BufferSlab.CHUNK_SHIFT);
        }
    }

    /**
     * Takes bytes off the beginning of the first range.
     *
     * @param bytes fewer than it has.
     */
    public void cutFirst(final int bytes)
    {
        offsets[first] += bytes;
        lengths[first] -= bytes;
    }

    /**
     * Adds bytes to the last range, those behind it in the slab, or takes some of its own from its end.
     *
     * @param bytes how many, negative to take away.
     */
    public void extendLast(final int bytes)
    {
        lengths[index(count - 1)] += bytes;
    }

    /**
     * @param offset of a range.
     * @return whether it begins where the last range ends, in the same chunk.
     */
    public boolean continuesLast(final int offset)
    {
        return endOfLast() == offset && (offset & BufferSlab.CHUNK_LENGTH - 1) != 0;
    }

    /**
     * @return offset behind the last range.
     */
    public int endOfLast()
    {
        final int last = index(count - 1);
        return offsets[last] + lengths[last];
    }

    /**
     * @param position from 0, the first range.
     * @return offset of that range.
     */
    public int offset(final int position)
    {
        return offsets[index(position)];
    }

    /**
     * @param position from 0, the first range.
     * @return bytes of that range.
     */
    public int length(final int position)
    {
        return lengths[index(position)];
    }

    /**
     * @return chunks in which the ranges lie: at most two too few, and at most twice as many where frames lie between.
     */
    public int chunks()
    {
        return count == 0 ? 0 : Math.max(1, chunks);
    }

    /**
     * @return ranges.
     */
    public int count()
    {
        return count;
    }
}
