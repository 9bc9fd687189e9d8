package dev.ringway.engine.exchange;

import dev.ringway.engine.memory.Blocks;
import dev.ringway.engine.memory.BufferSlab;
import dev.ringway.engine.memory.LoopMemory;
import dev.ringway.engine.route.HeaderKey;
import dev.ringway.engine.route.RequestView;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.List;

/**
 * What the answer to a request is to say of it: values of its fields as it went on, kept apart from its head, which need
 * not last that long. Reused with its exchange. Loop thread only.
 */
final class AskedValues
{
    private static final int NONE = -1;

    private final LoopMemory memory;
    private List<HeaderKey> keys = List.of();
    private int block = NONE;
    private int capacity;
    private int offset;
    private int length;

    AskedValues(final LoopMemory memory)
    {
        this.memory = memory;
    }

    boolean isKept()
    {
        return block != NONE;
    }

    /**
     * Keeps values, in place of those that were kept before.
     *
     * @param asked   names of fields, not empty.
     * @param request as it goes on.
     * @return false when memory has run out or a chunk cannot hold them: then none is there.
     */
    boolean keep(final List<HeaderKey> asked, final RequestView request)
    {
        end();
        int bytes = 0;
        for (int i = 0; i < asked.size(); i++)
        {
            request.select(asked.get(i));
            bytes += Integer.BYTES + request.length();
        }
        final int taken = bytes > BufferSlab.CHUNK_LENGTH ? NONE : memory.blocks().take(bytes);
        if (taken < 0)
        {
            return false;
        }
        block = taken;
        capacity = Blocks.capacity(bytes);
        keys = asked;
        copy(request);
        return true;
    }

    /** Each value stands behind its length, which is negative for one that is not there. */
    private void copy(final RequestView request)
    {
        final UnsafeBuffer buffer = memory.slab().buffer();
        int at = block;
        for (int i = 0; i < keys.size(); i++)
        {
            final boolean isThere = request.select(keys.get(i));
            final int count = isThere ? request.length() : 0;
            buffer.putInt(at, isThere ? count : NONE);
            buffer.putBytes(at + Integer.BYTES, request.buffer(), request.offset(), count);
            at += Integer.BYTES + count;
        }
    }

    /**
     * Selects a value.
     *
     * @param key the very one that was asked for.
     * @return whether it is there; an empty one is selected otherwise.
     */
    boolean select(final HeaderKey key)
    {
        final UnsafeBuffer buffer = memory.slab().buffer();
        int at = block;
        length = 0;
        for (int i = 0; i < keys.size(); i++)
        {
            final int count = buffer.getInt(at);
            offset = at + Integer.BYTES;
            if (keys.get(i) == key)
            {
                length = Math.max(count, 0);
                return count >= 0;
            }
            at = offset + Math.max(count, 0);
        }
        return false;
    }

    /** Holds what was selected. */
    DirectBuffer buffer()
    {
        return memory.slab().buffer();
    }

    /** Where what was selected starts. */
    int offset()
    {
        return offset;
    }

    /** Bytes of what was selected. */
    int length()
    {
        return length;
    }

    /** The exchange is over. */
    void end()
    {
        if (isKept())
        {
            memory.blocks().release(block, capacity);
            block = NONE;
            keys = List.of();
        }
    }
}
