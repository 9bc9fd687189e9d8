package dev.ringway.engine.downstream;

import dev.ringway.codecs.http1.Http1HeadScanner;
import dev.ringway.engine.memory.ByteConsumer;
import dev.ringway.engine.memory.HeldBytes;
import dev.ringway.engine.memory.LoopMemory;
import dev.ringway.engine.memory.PendingBytes;

/**
 * What a client has sent and its session has not used: first the part of a head or of a frame that lacks bytes behind
 * it, then what has to wait its turn, however much it is. Loop thread only.
 */
final class Http1Input
{
    private final PendingBytes partial = new PendingBytes();
    private HeldBytes held = HeldBytes.NONE;
    private int headParsedLength;
    private boolean isProcessing;

    /**
     * Has new bytes walked through, or held behind those that wait.
     *
     * @param memory   of the loop.
     * @param consumer the session.
     * @param offset   of the bytes in a receive buffer.
     * @param length   positive.
     * @return false when a part that lacks bytes does not fit a block or memory has run out.
     */
    boolean feed(final LoopMemory memory, final ByteConsumer consumer, final int offset, final int length)
    {
        int left = length;
        if (held.isEmpty())
        {
            isProcessing = true;
            left = partial.feed(memory, consumer, offset, length);
            isProcessing = false;
        }
        if (left > 0)
        {
            held = held.own();
            held.add(memory, offset + length - left, left);
        }
        return left != PendingBytes.NO_ROOM;
    }

    /**
     * Goes on with what waits, as far as it can now.
     *
     * @param memory   of the loop.
     * @param consumer the session.
     * @return as {@link #feed}.
     */
    boolean resume(final LoopMemory memory, final ByteConsumer consumer)
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
            final int left = partial.feed(memory, consumer, offset, length);
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
     * A head that comes in drops is parsed when it has doubled or may be whole, so its cost stays linear.
     *
     * @param memory of the loop.
     * @param offset of the bytes in the slab.
     * @param length positive.
     * @return whether to parse it now.
     */
    boolean isWorthParsing(final LoopMemory memory, final int offset, final int length)
    {
        return headParsedLength == 0 || length >= headParsedLength << 1 ||
            Http1HeadScanner.findEnd(
                memory.slab().buffer(), offset, length, Math.max(offset, offset + headParsedLength - 3)) >= 0;
    }

    void onPartialHead(final int length)
    {
        headParsedLength = length;
    }

    void onHead()
    {
        headParsedLength = 0;
    }

    /**
     * @return whether bytes are walked through right now: the session goes on by itself.
     */
    boolean isProcessing()
    {
        return isProcessing;
    }

    /**
     * @return bytes not used yet.
     */
    int length()
    {
        return partial.length() + held.length();
    }

    /**
     * @param memory of the loop.
     * @return whether the client is in the middle of a head; empty lines before one are none of it.
     */
    boolean hasPartOfHead(final LoopMemory memory)
    {
        return partial.length() > 0 && memory.slab().buffer().getByte(partial.offset()) > ' ';
    }

    /**
     * @return chunks kept by bytes that wait their turn.
     */
    int heldChunks()
    {
        return held.chunks();
    }

    /**
     * @param memory of the loop.
     * @param limit  bytes.
     * @return whether no more should be read for now: the limit or a connection's share of memory is passed, or
     * memory is short, whose last quarter is not for bytes whose turn has not come.
     */
    boolean isTooMuch(final LoopMemory memory, final int limit)
    {
        return length() > limit || held.chunks() > memory.receiveBuffers().share() ||
            memory.slab().freeCount() <= memory.slab().chunkCount() >> 2;
    }

    /**
     * Drops all. Idempotent.
     *
     * @param memory of the loop.
     */
    void release(final LoopMemory memory)
    {
        partial.release(memory);
        held.release(memory);
    }
}
