package dev.ringway.engine.conn;

import dev.ringway.engine.memory.BufferSlab;

import java.util.Arrays;

/**
 * Ranges of the slab that wait to be sent, in order, each with one lease. The first ones may be in flight. Pooled: a
 * connection has one only while it has something to send. Loop thread only.
 */
final class SendQueue
{
    private static final int INITIAL = 16;

    private final BufferSlab slab;
    private int[] offsets = new int[INITIAL];
    private int[] lengths = new int[INITIAL];
    private int first;
    private int count;
    private int inFlight;
    private int bytes;
    private int inFlightBytes;

    /**
     * @param slab of the ranges.
     */
    SendQueue(final BufferSlab slab)
    {
        this.slab = slab;
    }

    /**
     * Adds a range with its lease. One that continues the last range, and is not in flight, is merged with it.
     *
     * @param offset of the range.
     * @param length positive.
     */
    void add(final int offset, final int length)
    {
        bytes += length;
        if (count > inFlight)
        {
            final int last = first + count - 1 & offsets.length - 1;
            if (offsets[last] + lengths[last] == offset && isSameChunk(offsets[last], offset))
            {
                lengths[last] += length;
                slab.release(offset);
                return;
            }
        }
        if (count == offsets.length)
        {
            grow();
        }
        final int at = first + count & offsets.length - 1;
        offsets[at] = offset;
        lengths[at] = length;
        count++;
    }

    private static boolean isSameChunk(final int one, final int other)
    {
        return one >>> BufferSlab.CHUNK_SHIFT == other >>> BufferSlab.CHUNK_SHIFT;
    }

    private void grow()
    {
        final int old = offsets.length;
        final int[] newOffsets = Arrays.copyOf(offsets, old << 1);
        final int[] newLengths = Arrays.copyOf(lengths, old << 1);
        for (int i = 0; i < count; i++)
        {
            newOffsets[i] = offsets[first + i & old - 1];
            newLengths[i] = lengths[first + i & old - 1];
        }
        offsets = newOffsets;
        lengths = newLengths;
        first = 0;
    }

    /**
     * Marks ranges from the front as in flight.
     *
     * @param maxRanges most of them.
     * @return how many.
     */
    int launch(final int maxRanges)
    {
        inFlight = Math.min(count, maxRanges);
        inFlightBytes = 0;
        for (int i = 0; i < inFlight; i++)
        {
            inFlightBytes += lengths[first + i & offsets.length - 1];
        }
        return inFlight;
    }

    /**
     * A send ended: what left is released, the rest is no longer in flight.
     *
     * @param sent bytes that left, 0 when it failed.
     */
    void complete(final int sent)
    {
        int left = sent;
        bytes -= sent;
        while (left > 0)
        {
            final int length = lengths[first];
            if (length > left)
            {
                offsets[first] += left;
                lengths[first] -= left;
                left = 0;
            }
            else
            {
                left -= length;
                slab.release(offsets[first]);
                first = first + 1 & offsets.length - 1;
                count--;
            }
        }
        inFlight = 0;
        inFlightBytes = 0;
    }

    /**
     * Drops the ranges that are not in flight.
     */
    void dropWaiting()
    {
        while (count > inFlight)
        {
            final int last = first + count - 1 & offsets.length - 1;
            bytes -= lengths[last];
            slab.release(offsets[last]);
            count--;
        }
    }

    int offset(final int index)
    {
        return offsets[first + index & offsets.length - 1];
    }

    int length(final int index)
    {
        return lengths[first + index & offsets.length - 1];
    }

    boolean isAllInFlight()
    {
        return count == inFlight;
    }

    boolean isEmpty()
    {
        return count == 0;
    }

    int bytes()
    {
        return bytes;
    }

    int inFlightBytes()
    {
        return inFlightBytes;
    }
}
