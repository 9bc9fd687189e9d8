package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.RequestHead;
import dev.ringway.engine.memory.Blocks;
import dev.ringway.engine.memory.BufferSlab;
import dev.ringway.engine.memory.LoopMemory;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A block for a request head that cannot stay in its receive buffer, because the request waits or the head grows.
 * Loop thread only.
 */
final class HeadBlock
{
    private static final int NONE = -1;

    private final LoopMemory memory;
    private int block = NONE;
    private int capacity;
    private int used;

    HeadBlock(final LoopMemory memory)
    {
        this.memory = memory;
    }

    boolean isTaken()
    {
        return block != NONE;
    }

    /**
     * Moves the head here, unless it is here already.
     *
     * @param request whose head.
     * @return false when memory has run out.
     */
    boolean keep(final RequestHead request)
    {
        return isTaken() || append(request, null, 0) >= 0;
    }

    /**
     * Moves the head here and puts bytes behind it.
     *
     * @param request whose head; what it says of offsets holds for the new place.
     * @param bytes   to put behind it, or null for none.
     * @param length  how many of them.
     * @return offset of the bytes, or -1 when memory has run out or a chunk cannot hold both.
     */
    int append(final RequestHead request, final byte[] bytes, final int length)
    {
        final int start = isTaken() ? block : request.headOffset();
        final int old = isTaken() ? used : request.headLength();
        final int fresh = old + length > BufferSlab.CHUNK_LENGTH ? NONE : memory.blocks().take(old + length);
        if (fresh < 0)
        {
            return NONE;
        }
        final UnsafeBuffer buffer = memory.slab().buffer();
        buffer.putBytes(fresh, request.headers().buffer(), start, old);
        request.rebase(buffer, fresh - start);
        release();
        block = fresh;
        capacity = Blocks.capacity(old + length);
        used = old + length;
        if (bytes != null)
        {
            buffer.putBytes(fresh + old, bytes, 0, length);
        }
        return fresh + old;
    }

    /**
     * Gives the request a host that it did not say.
     *
     * @return false when memory has run out.
     */
    boolean takeHost(final RequestHead request, final byte[] host)
    {
        final int at = append(request, host, host.length);
        if (at >= 0)
        {
            request.authority(at, host.length);
        }
        return at >= 0;
    }

    void release()
    {
        if (isTaken())
        {
            memory.blocks().release(block, capacity);
            block = NONE;
        }
    }
}
