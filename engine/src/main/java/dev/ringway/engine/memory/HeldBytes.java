package dev.ringway.engine.memory;

import java.util.Arrays;

/**
 * Bytes of one connection that have come and whose turn has not. Large pieces stay where they were received, under a
 * lease; small ones are copied to small blocks, so that few bytes never keep a whole chunk. Takes whatever comes: who
 * owns it bounds it by not reading on. Loop thread only.
 */
public final class HeldBytes
{
    /** Pieces below this are copied. */
    public static final int COPY_LIMIT = 2048;

    private static final int INITIAL = 4;

    private int[] offsets = new int[INITIAL];
    private int[] lengths = new int[INITIAL];
    private int first;
    private int count;
    private int bytes;
    private int room;

    /**
     * Adds bytes at the end.
     *
     * @param memory of the loop.
     * @param offset of bytes in a receive buffer, leased during the call.
     * @param length positive.
     */
    public void add(final LoopMemory memory, final int offset, final int length)
    {
        assert length > 0 && !memory.slab().isBlock(offset);
        bytes += length;
        if (count > 0 && room == 0)
        {
            final int last = index(count - 1);
            if (offsets[last] + lengths[last] == offset && (offset & BufferSlab.CHUNK_LENGTH - 1) != 0)
            {
                lengths[last] += length;
                return;
            }
        }
        if (length < COPY_LIMIT && copy(memory, offset, length))
        {
            return;
        }
        memory.slab().retain(offset);
        append(offset, length);
        room = 0;
    }

    private boolean copy(final LoopMemory memory, final int offset, final int length)
    {
        final var buffer = memory.slab().buffer();
        if (room >= length)
        {
            final int last = index(count - 1);
            buffer.putBytes(offsets[last] + lengths[last], buffer, offset, length);
            lengths[last] += length;
            room -= length;
            return true;
        }
        final int block = memory.blocks().take(Blocks.SMALL_LENGTH);
        if (block == -1)
        {
            return false;
        }
        buffer.putBytes(block, buffer, offset, length);
        append(block, length);
        room = Blocks.SMALL_LENGTH - length;
        return true;
    }

    private void append(final int offset, final int length)
    {
        if (count == offsets.length)
        {
            grow();
        }
        final int at = index(count);
        offsets[at] = offset;
        lengths[at] = length;
        count++;
    }

    private void grow()
    {
        final int old = offsets.length;
        final int[] newOffsets = Arrays.copyOf(offsets, old << 1);
        final int[] newLengths = Arrays.copyOf(lengths, old << 1);
        for (int i = 0; i < count; i++)
        {
            newOffsets[i] = offsets[index(i)];
            newLengths[i] = lengths[index(i)];
        }
        offsets = newOffsets;
        lengths = newLengths;
        first = 0;
    }

    private int index(final int position)
    {
        return first + position & offsets.length - 1;
    }

    /**
     * Takes the first range out of the queue, with its hold on the memory: {@link #putBack} or {@link #free} follows.
     */
    public void removeFirst()
    {
        bytes -= lengths[first];
        first = index(1);
        count--;
        if (count == 0)
        {
            room = 0;
        }
    }

    /**
     * Puts what is left of a range that was taken out back to the front.
     *
     * @param offset in the range.
     * @param length up to the end of the range, positive.
     */
    public void putBack(final int offset, final int length)
    {
        if (count == offsets.length)
        {
            grow();
        }
        first = index(offsets.length - 1);
        offsets[first] = offset;
        lengths[first] = length;
        count++;
        bytes += length;
    }

    /**
     * Ends the hold of a range that was taken out.
     *
     * @param memory of the loop.
     * @param offset in the range.
     */
    public static void free(final LoopMemory memory, final int offset)
    {
        if (memory.slab().isBlock(offset))
        {
            memory.blocks().release(offset & -Blocks.SMALL_LENGTH, Blocks.SMALL_LENGTH);
        }
        else
        {
            memory.slab().release(offset);
        }
    }

    /**
     * Lets go of all. Idempotent.
     *
     * @param memory of the loop.
     */
    public void release(final LoopMemory memory)
    {
        while (count > 0)
        {
            free(memory, offsets[first]);
            removeFirst();
        }
    }

    /**
     * @return whether nothing is held.
     */
    public boolean isEmpty()
    {
        return count == 0;
    }

    /**
     * @return bytes held.
     */
    public int length()
    {
        return bytes;
    }

    /**
     * @return offset of the first range in the slab; something is held.
     */
    public int rangeOffset()
    {
        return offsets[first];
    }

    /**
     * @return bytes of the first range.
     */
    public int rangeLength()
    {
        return lengths[first];
    }
}
