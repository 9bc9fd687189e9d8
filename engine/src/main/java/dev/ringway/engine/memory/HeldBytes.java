package dev.ringway.engine.memory;

/**
 * Bytes of one connection that have come and whose turn has not. Large pieces stay where they were received, under a
 * lease; small ones are copied to small blocks, so that few bytes never keep a whole chunk. Takes whatever comes: who
 * owns it bounds it by not reading on. Loop thread only.
 */
public final class HeldBytes
{
    /** What those have that never had to hold anything, which are most. Nothing may be added to it: see {@link #own}. */
    public static final HeldBytes NONE = new HeldBytes();

    /** Pieces below this are copied. */
    public static final int COPY_LIMIT = 2048;

    private static final int PIECE_LENGTH = COPY_LIMIT - 1;
    private static final int INITIAL = 4;

    private final RangeQueue ranges = new RangeQueue(INITIAL);
    private int bytes;
    private int room;

    /**
     * @return this, or a new one instead of {@link #NONE}: what may be added to.
     */
    public HeldBytes own()
    {
        return this == NONE ? new HeldBytes() : this;
    }

    /**
     * Adds bytes at the end.
     *
     * @param memory of the loop.
     * @param offset of bytes in a receive buffer, leased during the call, or in a block.
     * @param length positive.
     * @return false when memory has run out, which bytes in a receive buffer never need; some may be added then.
     */
    public boolean add(final LoopMemory memory, final int offset, final int length)
    {
        assert this != NONE && length > 0;
        if (memory.slab().isBlock(offset))
        {
            return copyAll(memory, offset, length);
        }
        if (!isEmpty() && room == 0 && ranges.continuesLast(offset))
        {
            ranges.extendLast(length);
            bytes += length;
        }
        else if (length >= COPY_LIMIT || !copy(memory, offset, length))
        {
            memory.slab().retain(offset);
            ranges.addLast(offset, length);
            room = 0;
            bytes += length;
        }
        return true;
    }

    /** What lies in a block is copied however much it is: a lease does not keep it. */
    private boolean copyAll(final LoopMemory memory, final int offset, final int length)
    {
        boolean isCopied = true;
        for (int at = 0; isCopied && at < length; at += PIECE_LENGTH)
        {
            isCopied = copy(memory, offset + at, Math.min(PIECE_LENGTH, length - at));
        }
        return isCopied;
    }

    private boolean copy(final LoopMemory memory, final int offset, final int length)
    {
        final var buffer = memory.slab().buffer();
        if (room >= length)
        {
            buffer.putBytes(ranges.endOfLast(), buffer, offset, length);
            ranges.extendLast(length);
            room -= length;
            bytes += length;
            return true;
        }
        final int block = memory.blocks().take(Blocks.SMALL_LENGTH);
        if (block == -1)
        {
            return false;
        }
        buffer.putBytes(block, buffer, offset, length);
        ranges.addLast(block, length);
        room = Blocks.SMALL_LENGTH - length;
        bytes += length;
        return true;
    }

    /**
     * Takes the first range out of the queue, with its hold on the memory: {@link #putBack} or {@link #free} follows.
     */
    public void removeFirst()
    {
        bytes -= rangeLength();
        ranges.removeFirst();
        if (isEmpty())
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
        ranges.addFirst(offset, length);
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
     * Drops bytes at the front.
     *
     * @param memory of the loop.
     * @param length how many, at most those held.
     */
    public void drop(final LoopMemory memory, final int length)
    {
        int left = length;
        while (left > 0)
        {
            final int offset = rangeOffset();
            final int taken = Math.min(left, rangeLength());
            final int rest = rangeLength() - taken;
            removeFirst();
            if (rest > 0)
            {
                putBack(offset + taken, rest);
            }
            else
            {
                free(memory, offset);
            }
            left -= taken;
        }
    }

    /**
     * Lets go of all. Idempotent.
     *
     * @param memory of the loop.
     */
    public void release(final LoopMemory memory)
    {
        while (!isEmpty())
        {
            free(memory, rangeOffset());
            removeFirst();
        }
    }

    /**
     * @return whether nothing is held.
     */
    public boolean isEmpty()
    {
        return ranges.count() == 0;
    }

    /**
     * @return bytes held.
     */
    public int length()
    {
        return bytes;
    }

    /**
     * @return chunks that the bytes held keep from other uses, as {@link RangeQueue#chunks()} counts them.
     */
    public int chunks()
    {
        return ranges.chunks();
    }

    /**
     * @return ranges held.
     */
    public int count()
    {
        return ranges.count();
    }

    /**
     * @param index of a range, from the front.
     * @return its offset in the slab.
     */
    public int rangeOffset(final int index)
    {
        return ranges.offset(index);
    }

    /**
     * @param index of a range, from the front.
     * @return its bytes.
     */
    public int rangeLength(final int index)
    {
        return ranges.length(index);
    }

    /**
     * @return offset of the first range in the slab; something is held.
     */
    public int rangeOffset()
    {
        return ranges.offset(0);
    }

    /**
     * @return bytes of the first range.
     */
    public int rangeLength()
    {
        return ranges.length(0);
    }
}
