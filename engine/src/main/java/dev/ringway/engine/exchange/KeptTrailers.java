package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.engine.memory.Blocks;
import dev.ringway.engine.memory.LoopMemory;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Trailers that wait at a filter, as lines in a block of their own. The table is made when it is first needed, which most
 * exchanges never do. Loop thread only.
 */
final class KeptTrailers
{
    private static final int NONE = -1;
    private static final int LINE_LENGTH = 4;

    private HeaderTable table;
    private int block = NONE;
    private int capacity;

    boolean isTaken()
    {
        return block != NONE;
    }

    /** Copies trailers; false when memory has run out. */
    boolean keep(final LoopMemory memory, final HeaderTable trailers)
    {
        int length = 0;
        for (int i = 0; i < trailers.count(); i++)
        {
            length += trailers.nameLength(i) + trailers.valueLength(i) + LINE_LENGTH;
        }
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
        copy(trailers, memory.slab().buffer());
        return true;
    }

    private void copy(final HeaderTable trailers, final UnsafeBuffer buffer)
    {
        table.reset(buffer);
        int at = block;
        for (int i = 0; i < trailers.count(); i++)
        {
            final int nameLength = trailers.nameLength(i);
            final int valueLength = trailers.valueLength(i);
            buffer.putBytes(at, trailers.buffer(), trailers.nameOffset(i), nameLength);
            buffer.putByte(at + nameLength, (byte)':');
            buffer.putByte(at + nameLength + 1, (byte)' ');
            buffer.putBytes(at + nameLength + 2, trailers.buffer(), trailers.valueOffset(i), valueLength);
            final int end = at + nameLength + 2 + valueLength;
            buffer.putByte(end, (byte)'\r');
            buffer.putByte(end + 1, (byte)'\n');
            table.addCanonical(at, nameLength, valueLength, trailers.nameId(i));
            at = end + 2;
        }
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
