package dev.ringway.engine.memory;

import dev.ringway.ffi.libc.Memory;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One mapping cut into equal chunks, each with a count of leases. A range of bytes is named by its offset in the slab;
 * the chunk follows from the offset. Chunks are reused last in, first out, so that the warm ones stay in the cache, and
 * memory is touched only as it is needed. Loop thread only.
 */
public final class BufferSlab implements AutoCloseable
{
    /** Log2 of the length of a chunk. */
    public static final int CHUNK_SHIFT = 16;
    /** Bytes of a chunk. */
    public static final int CHUNK_LENGTH = 1 << CHUNK_SHIFT;

    private final UnsafeBuffer buffer;
    private final long address;
    private final int[] leases;
    private final int[] free;
    private final boolean[] isBlocks;
    private int freeCount;
    private int lowestFreeCount;

    /**
     * @param chunkCount chunks, at most 16384 (1 GiB).
     */
    public BufferSlab(final int chunkCount)
    {
        if (chunkCount < 4 || chunkCount > 16_384)
        {
            throw new IllegalArgumentException("chunkCount must be 4 to 16384: " + chunkCount);
        }
        final long length = (long)chunkCount << CHUNK_SHIFT;
        // One page more than is used: a copy of a whole head may read a few bytes past its end.
        address = Memory.allocate(length + 4096);
        buffer = new UnsafeBuffer(address, (int)length);
        leases = new int[chunkCount];
        free = new int[chunkCount];
        isBlocks = new boolean[chunkCount];
        for (int i = 0; i < chunkCount; i++)
        {
            free[i] = chunkCount - 1 - i;
        }
        freeCount = chunkCount;
        lowestFreeCount = chunkCount;
    }

    /**
     * @return the whole slab; offsets of ranges count from its start.
     */
    public UnsafeBuffer buffer()
    {
        return buffer;
    }

    /**
     * @param offset in the slab.
     * @return address for the kernel.
     */
    public long address(final int offset)
    {
        return address + offset;
    }

    /**
     * Takes a free chunk with one lease.
     *
     * @return offset of the chunk, or -1 when none is free.
     */
    public int take()
    {
        if (freeCount == 0)
        {
            return -1;
        }
        final int chunk = free[--freeCount];
        if (freeCount < lowestFreeCount)
        {
            lowestFreeCount = freeCount;
        }
        leases[chunk] = 1;
        return chunk << CHUNK_SHIFT;
    }

    /**
     * Adds a lease to the chunk of a range.
     *
     * @param offset of the range.
     */
    public void retain(final int offset)
    {
        assert leases[offset >>> CHUNK_SHIFT] > 0;
        leases[offset >>> CHUNK_SHIFT]++;
    }

    /**
     * Ends a lease; the last one frees the chunk.
     *
     * @param offset of the range.
     */
    public void release(final int offset)
    {
        final int chunk = offset >>> CHUNK_SHIFT;
        assert leases[chunk] > 0;
        if (--leases[chunk] == 0)
        {
            free[freeCount++] = chunk;
        }
    }

    /**
     * Says whether a chunk serves {@link Blocks}, whose bytes are gone when the block is given back, lease or not.
     *
     * @param offset of the chunk.
     * @param is     whether it does.
     */
    void blocks(final int offset, final boolean is)
    {
        isBlocks[offset >>> CHUNK_SHIFT] = is;
    }

    /**
     * @param offset of a range.
     * @return whether the range lies in a block: who wants to keep it must copy it, a lease is not enough.
     */
    public boolean isBlock(final int offset)
    {
        return isBlocks[offset >>> CHUNK_SHIFT];
    }

    /**
     * @return chunks without a lease.
     */
    public int freeCount()
    {
        return freeCount;
    }

    /**
     * @return fewest free chunks there have been.
     */
    public int lowestFreeCount()
    {
        return lowestFreeCount;
    }

    /**
     * @return all chunks.
     */
    public int chunkCount()
    {
        return free.length;
    }

    /**
     * Gives the memory back. No operation in the kernel may use it any more.
     */
    public void close()
    {
        Memory.unmap(address, ((long)free.length << CHUNK_SHIFT) + 4096);
    }
}
