package dev.ringway.engine.memory;

/**
 * Space for small pieces that are written here and sent once: heads, chunk headers, small bodies. Pieces lie one behind
 * the other in a chunk, so neighbours can leave in one send. Loop thread only.
 */
public final class Scratch
{
    private final BufferSlab slab;
    private int chunk = -1;
    private int position;

    /**
     * @param slab where chunks come from.
     */
    public Scratch(final BufferSlab slab)
    {
        this.slab = slab;
    }

    /**
     * Makes room; nothing is taken until {@link #commit}.
     *
     * @param length bytes wanted.
     * @return offset in the slab where that many bytes may be written, or -1 when memory has run out or they are more
     * than a chunk.
     */
    public int reserve(final int length)
    {
        if (chunk == -1 || position + length > BufferSlab.CHUNK_LENGTH)
        {
            final int next = length > BufferSlab.CHUNK_LENGTH ? -1 : slab.take();
            if (next == -1)
            {
                return -1;
            }
            if (chunk != -1)
            {
                slab.release(chunk);
            }
            chunk = next;
            position = 0;
        }
        return chunk + position;
    }

    /**
     * Takes what was written at the offset that {@link #reserve} gave, with one lease that the caller releases.
     *
     * @param length bytes, at most what was reserved.
     */
    public void commit(final int length)
    {
        position += length;
        slab.retain(chunk);
    }

    /**
     * @return chunks held for writing: 0 or 1.
     */
    public int held()
    {
        return chunk == -1 ? 0 : 1;
    }

    /**
     * Gives the current chunk up, when a loop ends.
     */
    public void reset()
    {
        if (chunk != -1)
        {
            slab.release(chunk);
            chunk = -1;
        }
    }
}
