package dev.ringway.engine.memory;

import dev.ringway.ffi.uring.IoUring;

/**
 * All memory of one loop, wired: slab, receive buffers, scratch, blocks. Loop thread only.
 */
public final class LoopMemory implements AutoCloseable
{
    /** Pieces below this are copied behind their neighbours: cheaper than one more vector and a lease. */
    public static final int COPY_LIMIT = 2048;

    /** The chunk that scratch memory writes to, and the next one while sends hold the last. */
    private static final int SCRATCH_CHUNKS = 2;

    private final BufferSlab slab;
    private final ReceiveBuffers receiveBuffers;
    private final Scratch scratch;
    private final Blocks blocks;

    /**
     * @param uring           ring that receives.
     * @param chunkCount      chunks of the slab.
     * @param visibleReceives most chunks visible to the kernel, a power of two.
     */
    public LoopMemory(final IoUring uring, final int chunkCount, final int visibleReceives)
    {
        slab = new BufferSlab(chunkCount);
        final int mostBlocks = Math.max(1, chunkCount / 4);
        receiveBuffers = receiveBuffers(uring, slab, visibleReceives, mostBlocks + SCRATCH_CHUNKS);
        scratch = new Scratch(slab);
        blocks = new Blocks(slab, mostBlocks);
    }

    private static ReceiveBuffers receiveBuffers(
        final IoUring uring, final BufferSlab slab, final int visibleReceives, final int kept)
    {
        try
        {
            return new ReceiveBuffers(uring, slab, visibleReceives, Math.max(1, slab.chunkCount() / 8), kept);
        }
        catch (final RuntimeException e)
        {
            slab.close();
            throw e;
        }
    }

    /**
     * @return the slab.
     */
    public BufferSlab slab()
    {
        return slab;
    }

    /**
     * @return buffers of receives.
     */
    public ReceiveBuffers receiveBuffers()
    {
        return receiveBuffers;
    }

    /**
     * @return space for pieces sent once.
     */
    public Scratch scratch()
    {
        return scratch;
    }

    /**
     * Gives bytes a lease of their own: where they are when they are many, otherwise as a copy in scratch memory.
     *
     * @param offset of the bytes in the slab; the caller's lease is untouched.
     * @param length positive.
     * @return offset of the bytes under the new lease, or -1 when memory has run out.
     */
    public int lease(final int offset, final int length)
    {
        if (length >= COPY_LIMIT && !slab.isBlock(offset))
        {
            slab.retain(offset);
            return offset;
        }
        final int copy = scratch.reserve(length);
        if (copy >= 0)
        {
            slab.buffer().putBytes(copy, slab.buffer(), offset, length);
            scratch.commit(length);
        }
        return copy;
    }

    /**
     * @return blocks for bytes that wait.
     */
    public Blocks blocks()
    {
        return blocks;
    }

    /**
     * @return chunks that traffic holds: 0 when all is quiet, whatever the kernel and the loop itself hold.
     */
    public int chunksHeldByTraffic()
    {
        return slab.chunkCount() - slab.freeCount() - receiveBuffers.visible() - blocks.chunks() - scratch.held();
    }

    /**
     * Frees all. No operation may be in flight.
     */
    public void close()
    {
        receiveBuffers.close();
        slab.close();
    }
}
