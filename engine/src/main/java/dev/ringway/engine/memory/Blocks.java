package dev.ringway.engine.memory;

/**
 * Blocks for bytes that wait for more of their kind: half a head, the next pipelined request. Two sizes: small blocks
 * cut from chunks, and whole chunks. Both are bounded, so that many slow senders cannot take all memory.
 * Loop thread only.
 */
public final class Blocks
{
    /** Bytes of a small block. */
    public static final int SMALL_LENGTH = 4096;

    private static final int PER_CHUNK = BufferSlab.CHUNK_LENGTH / SMALL_LENGTH;

    private final BufferSlab slab;
    private final int[] freeSmall;
    private final int maxChunks;
    private int freeSmallCount;
    private int chunks;
    private int inUse;

    /**
     * @param slab      where chunks come from.
     * @param maxChunks most chunks used for blocks of both sizes.
     */
    public Blocks(final BufferSlab slab, final int maxChunks)
    {
        this.slab = slab;
        this.maxChunks = maxChunks;
        freeSmall = new int[maxChunks * PER_CHUNK];
    }

    /**
     * Takes a block.
     *
     * @param length bytes wanted, at most a chunk.
     * @return offset in the slab, or -1 when the bound is reached.
     */
    public int take(final int length)
    {
        if (length > SMALL_LENGTH)
        {
            if (chunks == maxChunks)
            {
                return -1;
            }
            final int chunk = slab.take();
            if (chunk != -1)
            {
                slab.blocks(chunk, true);
                chunks++;
                inUse++;
            }
            return chunk;
        }
        if (freeSmallCount == 0 && !cutChunk())
        {
            return -1;
        }
        inUse++;
        return freeSmall[--freeSmallCount];
    }

    private boolean cutChunk()
    {
        if (chunks == maxChunks)
        {
            return false;
        }
        final int chunk = slab.take();
        if (chunk == -1)
        {
            return false;
        }
        slab.blocks(chunk, true);
        chunks++;
        for (int i = PER_CHUNK - 1; i >= 0; i--)
        {
            freeSmall[freeSmallCount++] = chunk + i * SMALL_LENGTH;
        }
        return true;
    }

    /**
     * Gives a block back. Small blocks stay cut for the next use.
     *
     * @param offset   from {@link #take}.
     * @param capacity from {@link #capacity} of the length asked for.
     */
    public void release(final int offset, final int capacity)
    {
        inUse--;
        if (capacity == SMALL_LENGTH)
        {
            freeSmall[freeSmallCount++] = offset;
        }
        else
        {
            chunks--;
            slab.blocks(offset, false);
            slab.release(offset);
        }
    }

    /**
     * @param length bytes asked for.
     * @return bytes of the block that serves them.
     */
    public static int capacity(final int length)
    {
        return length > SMALL_LENGTH ? BufferSlab.CHUNK_LENGTH : SMALL_LENGTH;
    }

    /**
     * @return blocks taken and not given back.
     */
    public int inUse()
    {
        return inUse;
    }

    /**
     * @return chunks held, cut or whole.
     */
    public int chunks()
    {
        return chunks;
    }
}
