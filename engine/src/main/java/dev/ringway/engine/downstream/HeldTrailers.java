package dev.ringway.engine.downstream;

import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.engine.exchange.Exchanges;
import dev.ringway.engine.memory.Blocks;
import dev.ringway.engine.memory.LoopMemory;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Trailers of a request that waits for its turn, in a block of their own. The table is made when it is first needed, which
 * most requests never do. Loop thread only.
 */
final class HeldTrailers
{
    private static final int NONE = -1;

    private HeaderTable table;
    private int block = NONE;
    private int capacity;

    boolean isTaken()
    {
        return block != NONE;
    }

    /** Copies the trailers, whose bytes begin at 0 of their buffer; false when memory has run out. */
    boolean hold(final LoopMemory memory, final HeaderTable trailers, final int length)
    {
        final int fresh = memory.blocks().take(length);
        if (fresh < 0)
        {
            return false;
        }
        block = fresh;
        capacity = Blocks.capacity(length);
        final UnsafeBuffer buffer = memory.slab().buffer();
        buffer.putBytes(fresh, trailers.buffer(), 0, length);
        if (table == null)
        {
            table = new HeaderTable(Exchanges.MAX_HEADERS);
        }
        table.copy(trailers, buffer, fresh);
        return true;
    }

    /** Valid until {@link #release}. */
    HeaderTable table()
    {
        return table;
    }

    void release(final LoopMemory memory)
    {
        if (isTaken())
        {
            memory.blocks().release(block, capacity);
            block = NONE;
        }
    }
}
