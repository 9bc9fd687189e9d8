package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.MessageHead;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.engine.filter.HeadStore;
import dev.ringway.engine.memory.Blocks;
import dev.ringway.engine.memory.BufferSlab;
import dev.ringway.engine.memory.LoopMemory;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A block for a head that cannot stay in its receive buffer, because the message waits or the head grows. Loop thread
 * only.
 */
final class HeadBlock implements HeadStore
{
    private static final int NONE = -1;

    private final LoopMemory memory;
    private int block = NONE;
    private int capacity;
    private int used;
    private boolean isPinned;

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
     * @param head to move.
     * @return false when memory has run out.
     */
    boolean keep(final MessageHead head)
    {
        return isTaken() || append(head, null, 0) >= 0;
    }

    /**
     * Moves a request's head here for as long as the exchange lives: only {@link #end} gives the block back.
     *
     * @return false when memory has run out.
     */
    boolean pin(final RequestHead request)
    {
        isPinned = keep(request);
        return isPinned;
    }

    /**
     * Moves the head here and puts bytes behind it.
     *
     * @param head   what it says of offsets holds for the new place.
     * @param bytes  to put behind it, or null for none.
     * @param length how many of them.
     * @return offset of the bytes, or -1 when memory has run out or a chunk cannot hold both.
     */
    public int append(final MessageHead head, final byte[] bytes, final int length)
    {
        final int old = isTaken() ? used : head.headLength();
        if (!(isTaken() && old + length <= capacity) && !move(head, old, old + length))
        {
            return NONE;
        }
        used = old + length;
        if (bytes != null)
        {
            memory.slab().buffer().putBytes(block + old, bytes, 0, length);
        }
        return block + old;
    }

    /** Whether a chunk is long enough for the head and as many bytes behind it. */
    boolean holds(final MessageHead head, final int more)
    {
        return (isTaken() ? used : head.headLength()) + more <= BufferSlab.CHUNK_LENGTH;
    }

    private boolean move(final MessageHead head, final int old, final int length)
    {
        final int start = isTaken() ? block : head.headOffset();
        final int fresh = length > BufferSlab.CHUNK_LENGTH ? NONE : memory.blocks().take(length);
        if (fresh < 0)
        {
            return false;
        }
        final UnsafeBuffer buffer = memory.slab().buffer();
        buffer.putBytes(fresh, head.headers().buffer(), start, old);
        head.rebase(buffer, fresh - start);
        free();
        block = fresh;
        capacity = Blocks.capacity(length);
        return true;
    }

    /**
     * Has a copy of a head point to a copy of its bytes here.
     *
     * @param head that says the same as one in the other block.
     * @param from that block; this one is free.
     * @return false when memory has run out.
     */
    boolean copy(final MessageHead head, final HeadBlock from)
    {
        final int length = from.isTaken() ? from.used : head.headLength();
        used = length;
        return move(head, length, length);
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
        if (!isPinned)
        {
            free();
        }
    }

    /** The exchange is over. */
    void end()
    {
        isPinned = false;
        free();
    }

    private void free()
    {
        if (isTaken())
        {
            memory.blocks().release(block, capacity);
            block = NONE;
        }
    }
}
