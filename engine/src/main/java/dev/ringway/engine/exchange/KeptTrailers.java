package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.engine.memory.Blocks;
import dev.ringway.engine.memory.LoopMemory;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Trailers that wait, for a filter or for their turn, in a block of their own. The table is made when it is first needed,
 * which most exchanges never do. Loop thread only.
 */
public final class KeptTrailers
{
    private static final int NONE = -1;
    private static final int CRLF_LENGTH = 2;

    private HeaderTable table;
    private int block = NONE;
    private int capacity;

    /**
     * @return whether some are kept.
     */
    public boolean isTaken()
    {
        return block != NONE;
    }

    /**
     * Copies trailers, with all that is known of each field.
     *
     * @param memory   of the loop.
     * @param trailers lines of one buffer, each with its end of line; not empty.
     * @return false when they do not fit a block or memory has run out.
     */
    public boolean keep(final LoopMemory memory, final HeaderTable trailers)
    {
        int start = Integer.MAX_VALUE;
        int end = 0;
        for (int i = 0; i < trailers.count(); i++)
        {
            start = Math.min(start, trailers.nameOffset(i));
            end = Math.max(end, trailers.valueOffset(i) + trailers.valueLength(i) + CRLF_LENGTH);
        }
        final int length = end - start;
        final int fresh = length > Blocks.capacity(length) ? NONE : memory.blocks().take(length);
        if (fresh < 0)
        {
            return false;
        }
        block = fresh;
        capacity = Blocks.capacity(length);
        if (table == null)
        {
            table = new HeaderTable(Exchanges.MAX_HEADERS);
        }
        final UnsafeBuffer buffer = memory.slab().buffer();
        buffer.putBytes(fresh, trailers.buffer(), start, length);
        table.copy(trailers, buffer, fresh - start);
        return true;
    }

    /**
     * @return what is kept, valid until {@link #release}.
     */
    public HeaderTable table()
    {
        return table;
    }

    /**
     * Lets go of them. Idempotent.
     *
     * @param memory of the loop.
     */
    public void release(final LoopMemory memory)
    {
        if (isTaken())
        {
            memory.blocks().release(block, capacity);
            block = NONE;
        }
    }
}
