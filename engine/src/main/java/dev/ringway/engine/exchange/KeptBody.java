package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.engine.memory.HeldBytes;
import dev.ringway.engine.memory.LoopMemory;
import dev.ringway.engine.upstream.UpstreamSession;

/**
 * Content and trailers of a request that may have to be sent again: as it was sent, by reference but for small pieces. What holds it
 * is let go of when there is to be no other attempt, or when memory becomes short: it is the attempt that is given up
 * then, never the request. Loop thread only.
 */
final class KeptBody
{
    /** One body may keep so much less than what nobody else holds. */
    private static final int SHARE_SHIFT = 3;
    /** Pieces of blocks are below this, as whoever takes bytes of blocks expects. */
    private static final int PIECE = HeldBytes.COPY_LIMIT - 1;

    private final LoopMemory memory;
    private final HeldBytes held = new HeldBytes();
    private final KeptTrailers trailers = new KeptTrailers();
    private int limit;
    private boolean isWhole;

    KeptBody(final LoopMemory memory)
    {
        this.memory = memory;
    }

    /**
     * A head has been sent.
     *
     * @param isEnd whether that was all of the request.
     * @param most  bytes that are kept.
     */
    void begin(final boolean isEnd, final int most)
    {
        isWhole = isEnd;
        limit = most;
    }

    /**
     * Content has been sent.
     *
     * @return false when it cannot be kept.
     */
    boolean add(final int offset, final int length, final boolean isEnd)
    {
        isWhole |= isEnd;
        if (length == 0)
        {
            return true;
        }
        if (length > limit - held.length() || held.chunks() > memory.slab().freeCount() >> SHARE_SHIFT)
        {
            return false;
        }
        return held.add(memory, offset, length);
    }

    /**
     * Trailers have been sent, and end the request.
     *
     * @return false when they cannot be kept.
     */
    boolean add(final HeaderTable last)
    {
        isWhole = true;
        return trailers.keep(memory, last);
    }

    boolean isEmpty()
    {
        return held.isEmpty() && !trailers.isTaken();
    }

    /** Whether the end of the request has been sent. */
    boolean isWhole()
    {
        return isWhole;
    }

    /**
     * Sends all of it, behind a head.
     *
     * @return false when memory has run out.
     */
    boolean replay(final UpstreamSession session)
    {
        boolean isSent = true;
        for (int i = 0, count = held.count(); isSent && i < count; i++)
        {
            isSent = send(session, held.rangeOffset(i), held.rangeLength(i),
                isWhole && i == count - 1 && !trailers.isTaken());
        }
        return isSent && (!trailers.isTaken() || session.sendTrailers(trailers.table()));
    }

    private boolean send(final UpstreamSession session, final int offset, final int length, final boolean isEnd)
    {
        final int piece = memory.slab().isBlock(offset) ? PIECE : length;
        boolean isSent = true;
        for (int at = 0; isSent && at < length; at += piece)
        {
            final int part = Math.min(piece, length - at);
            isSent = session.sendData(offset + at, part, isEnd && at + part == length);
        }
        return isSent;
    }

    void release()
    {
        held.release(memory);
        trailers.release(memory);
    }
}
