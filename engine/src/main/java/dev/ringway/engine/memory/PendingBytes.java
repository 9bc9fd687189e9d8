package dev.ringway.engine.memory;

import org.agrona.concurrent.UnsafeBuffer;

/**
 * Bytes of one connection that wait for more of their kind, in a block of their own so that receive buffers go back at
 * once. Owns a block only while it holds bytes. Loop thread only.
 */
public final class PendingBytes
{
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
