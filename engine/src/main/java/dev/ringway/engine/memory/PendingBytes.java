package dev.ringway.engine.memory;

import org.agrona.concurrent.UnsafeBuffer;

/**
 * Bytes of one connection that wait for more of their kind, in a block of their own so that receive buffers go back at
 * once. Owns a block only while it holds bytes. Loop thread only.
 */
public final class PendingBytes
{
    /** What those have that never had to hold anything, which are most. Nothing may be added to it. */
    public static final PendingBytes NONE = new PendingBytes();

    /** What {@link #feed} returns when bytes could not be held. */
    public static final int NO_ROOM = -1;

    private static final int SLICE_LENGTH = 1024;

    private int block = -1;
    private int capacity;
    private int start;
    private int length;

    /**
     * Appends a copy.
     *
     * @param memory where blocks come from.
     * @param offset of the bytes in the slab.
     * @param count  how many.
     * @return false when they do not fit a block or memory has run out; what was held is still held.
     */
    public boolean append(final LoopMemory memory, final int offset, final int count)
    {
        assert this != NONE;
        final UnsafeBuffer buffer = memory.slab().buffer();
        if (block == -1 || start + length + count > capacity)
        {
            if (!makeRoom(memory, buffer, count))
            {
                return false;
            }
        }
        buffer.putBytes(block + start + length, buffer, offset, count);
        length += count;
        return true;
    }

    /**
     * Has bytes walked through, those held first. What lacks bytes behind it is held.
     *
     * @param memory   where blocks come from.
     * @param consumer walks through them; may release this.
     * @param offset   of the bytes in the slab.
     * @param count    how many.
     * @return how many at the end were not taken because the consumer is blocked, or {@link #NO_ROOM} when what is left
     * does not fit a block or memory has run out.
     */
    public int feed(final LoopMemory memory, final ByteConsumer consumer, final int offset, final int count)
    {
        int at = offset;
        final int end = offset + count;
        while (at < end)
        {
            if (length == 0)
            {
                final int left = consumer.process(at, end - at);
                if (left == 0 || consumer.isBlocked())
                {
                    return left;
                }
                return append(memory, end - left, left) ? 0 : NO_ROOM;
            }
            if (consumer.isBlocked())
            {
                return end - at;
            }
            // Held bytes are mostly a head that lacks little: what comes behind it need not be copied.
            final int slice = Math.min(end - at, SLICE_LENGTH);
            if (!append(memory, at, slice))
            {
                return NO_ROOM;
            }
            at += slice;
            drain(memory, consumer);
        }
        return 0;
    }

    /**
     * Has the bytes held walked through.
     *
     * @param memory   where the block goes when nothing is left.
     * @param consumer walks through them; may release this.
     */
    public void drain(final LoopMemory memory, final ByteConsumer consumer)
    {
        final int held = length;
        if (held > 0)
        {
            final int left = consumer.process(offset(), held);
            if (length > 0)
            {
                consume(memory, held - left);
            }
        }
    }

    private boolean makeRoom(final LoopMemory memory, final UnsafeBuffer buffer, final int count)
    {
        final int wanted = length + count;
        if (wanted > BufferSlab.CHUNK_LENGTH)
        {
            return false;
        }
        final int fresh = memory.blocks().take(wanted);
        if (fresh == -1)
        {
            return false;
        }
        if (block != -1)
        {
            buffer.putBytes(fresh, buffer, block + start, length);
            memory.blocks().release(block, capacity);
        }
        block = fresh;
        capacity = Blocks.capacity(wanted);
        start = 0;
        return true;
    }

    /**
     * Drops bytes from the front.
     *
     * @param memory where the block goes when nothing is left.
     * @param count  at most {@link #length()}.
     */
    public void consume(final LoopMemory memory, final int count)
    {
        start += count;
        length -= count;
        if (length == 0)
        {
            release(memory);
        }
    }

    /**
     * Gives the block back, whatever it holds. Idempotent.
     *
     * @param memory where it goes.
     */
    public void release(final LoopMemory memory)
    {
        if (block != -1)
        {
            memory.blocks().release(block, capacity);
            block = -1;
            start = 0;
            length = 0;
        }
    }

    /**
     * @return offset of the first byte in the slab.
     */
    public int offset()
    {
        return block + start;
    }

    /**
     * @return bytes held.
     */
    public int length()
    {
        return length;
    }
}
