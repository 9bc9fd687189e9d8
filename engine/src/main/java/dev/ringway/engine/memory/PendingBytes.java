package dev.ringway.engine.memory;

import org.agrona.concurrent.UnsafeBuffer;

/**
 * Bytes of one connection that wait for more of their kind, in a block of their own so that receive buffers go back at
 * once. Owns a block only while it holds bytes. What a block cannot take may be held by lease behind it: reading has
 * been paused then, but the kernel has handed over more already. Loop thread only.
 */
public final class PendingBytes
{
    private static final int SLICE_LENGTH = 1024;
    /** Leases are taken while more than one chunk in this many is free, so that they cannot starve other connections. */
    private static final int LEASE_FLOOR = 4;

    private int block = -1;
    private int capacity;
    private int start;
    private int length;
    private long[] leased = new long[0];
    private int leasedHead;
    private int leasedTail;

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

    /**
     * Has bytes walked through, those held first. What is left over is held.
     *
     * @param memory   where blocks come from.
     * @param consumer walks through them; may release this.
     * @param offset   of the bytes in the slab.
     * @param count    how many.
     * @return how many at the end were not taken, because what is left does not fit a block or memory has run out.
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
                return left == 0 || append(memory, end - left, left) ? 0 : left;
            }
            // Held bytes are mostly a head that lacks little: what comes behind it need not be copied.
            final int slice = Math.min(end - at, SLICE_LENGTH);
            if (!append(memory, at, slice))
            {
                return end - at;
            }
            at += slice;
            drain(memory, consumer);
        }
        return 0;
    }

    /**
     * Holds bytes behind all others where they are.
     *
     * @param memory of the slab.
     * @param offset of the bytes in the slab, in a receive buffer.
     * @param count  how many, positive.
     * @return false when memory is short: they are not held.
     */
    public boolean lease(final LoopMemory memory, final int offset, final int count)
    {
        final BufferSlab slab = memory.slab();
        if (slab.freeCount() <= slab.chunkCount() / LEASE_FLOOR)
        {
            return false;
        }
        if (leasedTail == leased.length)
        {
            final long[] larger = leasedHead > 0 ? leased : new long[Math.max(16, leased.length << 1)];
            System.arraycopy(leased, leasedHead, larger, 0, leasedTail - leasedHead);
            leased = larger;
            leasedTail -= leasedHead;
            leasedHead = 0;
        }
        slab.retain(offset);
        leased[leasedTail++] = (long)offset << Integer.SIZE | count;
        return true;
    }

    /**
     * @return whether bytes are held by lease.
     */
    public boolean hasLeased()
    {
        return leasedTail > leasedHead;
    }

    /**
     * Has the first bytes held by lease walked through, behind those of the block.
     *
     * @param memory   where blocks come from.
     * @param consumer walks through them; may release this.
     * @return false when nothing of them was taken, because they do not fit the block or memory has run out.
     */
    public boolean feedLeased(final LoopMemory memory, final ByteConsumer consumer)
    {
        final BufferSlab slab = memory.slab();
        final long range = leased[leasedHead];
        final int offset = (int)(range >>> Integer.SIZE);
        final int count = (int)range;
        slab.retain(offset);
        final int left = feed(memory, consumer, offset, count);
        if (hasLeased())
        {
            if (left > 0)
            {
                leased[leasedHead] = (long)(offset + count - left) << Integer.SIZE | left;
            }
            else
            {
                leasedHead++;
                slab.release(offset);
            }
        }
        slab.release(offset);
        return left < count;
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
            releaseBlock(memory);
        }
    }

    /**
     * Gives the block and the leases back, whatever they hold. Idempotent.
     *
     * @param memory where it goes.
     */
    public void release(final LoopMemory memory)
    {
        releaseBlock(memory);
        while (leasedHead < leasedTail)
        {
            memory.slab().release((int)(leased[leasedHead++] >>> Integer.SIZE));
        }
        leasedHead = 0;
        leasedTail = 0;
    }

    private void releaseBlock(final LoopMemory memory)
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
     * @return bytes held in the block.
     */
    public int length()
    {
        return length;
    }
}
