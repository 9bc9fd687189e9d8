package dev.ringway.engine.memory;

import dev.ringway.ffi.uring.IoUring;

/**
 * All memory of one loop, wired: slab, receive buffers, scratch, blocks. Loop thread only.
 */
public final class LoopMemory implements AutoCloseable
{
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
        receiveBuffers = receiveBuffers(uring, slab, visibleReceives);
        scratch = new Scratch(slab);
        blocks = new Blocks(slab, Math.max(1, chunkCount / 4));
    }

    private static ReceiveBuffers receiveBuffers(final IoUring uring, final BufferSlab slab, final int visibleReceives)
    {
        try
        {
            return new ReceiveBuffers(uring, slab, visibleReceives, Math.max(1, slab.chunkCount() / 8));
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
