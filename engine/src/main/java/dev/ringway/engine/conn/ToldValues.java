package dev.ringway.engine.conn;

import dev.ringway.engine.memory.BufferSlab;
import dev.ringway.engine.memory.HeldBytes;
import dev.ringway.engine.memory.LoopMemory;
import org.agrona.collections.Long2ObjectHashMap;

import java.util.ArrayDeque;

/**
 * Values that clients of a loop told in PROXY headers, for as long as their connections last. They lie in blocks, never
 * in receive buffers; a connection without them costs nothing. Loop thread only.
 */
public final class ToldValues
{
    private static final int PIECE = HeldBytes.COPY_LIMIT - 1;

    private final LoopMemory memory;
    private final Long2ObjectHashMap<HeldBytes> byConnection = new Long2ObjectHashMap<>();
    private final ArrayDeque<HeldBytes> free = new ArrayDeque<>();

    ToldValues(final LoopMemory memory)
    {
        this.memory = memory;
    }

    /**
     * @return memory of the loop.
     */
    public LoopMemory memory()
    {
        return memory;
    }

    /**
     * Keeps a copy.
     *
     * @param connection of the client.
     * @param offset     in the slab, not in a block.
     * @param length     positive.
     * @return false when blocks have run out; nothing is kept then.
     */
    public boolean keep(final Connection connection, final int offset, final int length)
    {
        HeldBytes held = byConnection.get(connection.id());
        if (held == null)
        {
            held = free.isEmpty() ? new HeldBytes() : free.pollLast();
            byConnection.put(connection.id(), held);
        }
        final BufferSlab slab = memory.slab();
        for (int at = 0; at < length; at += PIECE)
        {
            held.add(memory, offset + at, Math.min(PIECE, length - at));
            if (!slab.isBlock(held.rangeOffset(held.count() - 1)))
            {
                release(connection);
                return false;
            }
        }
        return true;
    }

    /**
     * @param connection of the client.
     * @return bytes kept for it.
     */
    public int length(final Connection connection)
    {
        final HeldBytes held = byConnection.get(connection.id());
        return held == null ? 0 : held.length();
    }

    /**
     * Copies what is kept.
     *
     * @param connection of the client.
     * @param target     where in the slab, with room for {@link #length}.
     */
    public void copy(final Connection connection, final int target)
    {
        final HeldBytes held = byConnection.get(connection.id());
        int at = target;
        for (int i = 0; held != null && i < held.count(); i++)
        {
            memory.slab().buffer().putBytes(at, memory.slab().buffer(), held.rangeOffset(i), held.rangeLength(i));
            at += held.rangeLength(i);
        }
    }

    void release(final Connection connection)
    {
        final HeldBytes held = byConnection.isEmpty() ? null : byConnection.remove(connection.id());
        if (held != null)
        {
            held.release(memory);
            free.addLast(held);
        }
    }
}
