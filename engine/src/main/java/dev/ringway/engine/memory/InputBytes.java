package dev.ringway.engine.memory;

/**
 * What a peer has sent and its session has not used: first the part of a head or of a frame that lacks bytes behind it,
 * then what has to wait its turn, however much it is. A protocol adds what it has to remember of its own. Loop thread
 * only.
 */
public abstract class InputBytes
{
    private PendingBytes partial = PendingBytes.NONE;
    private HeldBytes held = HeldBytes.NONE;
    private boolean isProcessing;

    /**
     * Has new bytes walked through, or held behind those that wait.
     *
     * @param memory   of the loop.
     * @param consumer the session.
     * @param offset   of the bytes, leased during the call.
     * @param length   positive.
     * @return false when a part that lacks bytes does not fit a block or memory has run out.
     */
    public final boolean feed(
        final LoopMemory memory, final ByteConsumer consumer, final int offset, final int length)
    {
        int left = length;
        if (held.isEmpty())
        {
            isProcessing = true;
            left = walk(memory, consumer, offset, length);
            isProcessing = false;
        }
        if (left > 0)
        {
            held = held.own();
            return held.add(memory, offset + length - left, left);
        }
        return left != PendingBytes.NO_ROOM;
    }

    /** As {@link PendingBytes#feed}, which has no object of its own before something is left over. */
    private int walk(final LoopMemory memory, final ByteConsumer consumer, final int offset, final int length)
    {
        if (partial != PendingBytes.NONE)
        {
            return partial.feed(memory, consumer, offset, length);
        }
        final int left = consumer.process(offset, length);
        if (left == 0 || consumer.isBlocked())
        {
            return left;
        }
        partial = new PendingBytes();
        return partial.append(memory, offset + length - left, left) ? 0 : PendingBytes.NO_ROOM;
    }

    /**
     * Goes on with what waits, as far as it can now.
     *
     * @param memory   of the loop.
     * @param consumer the session.
     * @return as {@link #feed}.
     */
    public final boolean resume(final LoopMemory memory, final ByteConsumer consumer)
    {
        isProcessing = true;
        partial.drain(memory, consumer);
        boolean fits = true;
        while (fits && !held.isEmpty() && !consumer.isBlocked())
        {
            final int offset = held.rangeOffset();
            final int length = held.rangeLength();
            // Out of the queue while it is walked through: the session may let go of all that is held meanwhile.
            held.removeFirst();
            final int left = walk(memory, consumer, offset, length);
            if (left > 0)
            {
                held.putBack(offset + length - left, left);
            }
            else
            {
                HeldBytes.free(memory, offset);
                fits = left != PendingBytes.NO_ROOM;
            }
        }
        isProcessing = false;
        return fits;
    }

    /**
     * @return whether bytes are walked through right now: the session goes on by itself.
     */
    public final boolean isProcessing()
    {
        return isProcessing;
    }

    /**
     * @return bytes not used yet.
     */
    public final int length()
    {
        return partial.length() + held.length();
    }

    /**
     * @return bytes of the part that lacks some behind it.
     */
    public final int partialLength()
    {
        return partial.length();
    }

    /**
     * @return where that part is in the slab, as long as it has bytes.
     */
    public final int partialOffset()
    {
        return partial.offset();
    }

    /**
     * @return chunks kept by bytes that wait their turn.
     */
    public final int heldChunks()
    {
        return held.chunks();
    }

    /**
     * @param memory of the loop.
     * @param limit  bytes.
     * @return whether no more should be read for now: the limit or a connection's share of memory is passed, or
     * memory is short, whose last quarter is not for bytes whose turn has not come.
     */
    public final boolean isTooMuch(final LoopMemory memory, final int limit)
    {
        return length() > limit || held.chunks() > memory.receiveBuffers().share() ||
            memory.slab().freeCount() <= memory.slab().chunkCount() >> 2;
    }

    /**
     * Drops all. Idempotent.
     *
     * @param memory of the loop.
     */
    public final void release(final LoopMemory memory)
    {
        partial.release(memory);
        held.release(memory);
    }
}
