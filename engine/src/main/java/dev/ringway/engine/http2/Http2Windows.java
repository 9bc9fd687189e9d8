package dev.ringway.engine.http2;

import dev.ringway.codecs.http2.FlowWindow;
import dev.ringway.engine.snapshot.Http2Options;

/**
 * What the peer may send: the window of a connection, and by how much it and those of its streams grow (decision 0024). A
 * window grows when half of it has been received and used in less than a round trip: then it is the window that bounds
 * the transfer, neither the peer nor whoever takes the bytes. The round trip is how long the peer took to acknowledge the
 * settings. Loop thread only.
 */
final class Http2Windows
{
    /** Up to here windows of streams grow. */
    static final int MOST_OF_STREAM = 1 << 20;
    /** Up to here the window of a connection grows, and so much its streams may have beyond what they began with. */
    static final int MOST_OF_CONNECTION = 4 << 20;
    /** A peer that is slow to acknowledge is not far away for that. */
    private static final long MOST_TRIP_NS = 1_000_000_000L;

    private final WindowRoom room;
    private int initialOfStream;
    private int size;
    private int unacknowledged;
    private int unreturned;
    private int grown;
    private long askedNs;
    private long tripNs;
    private long updatedNs;

    Http2Windows(final WindowRoom room)
    {
        this.room = room;
    }

    void open(final Http2Options options, final long nowNs)
    {
        initialOfStream = options.initialStreamWindowSize();
        size = Math.max(FlowWindow.INITIAL_SIZE, options.initialConnectionWindowSize());
        unacknowledged = 0;
        unreturned = 0;
        grown = 0;
        tripNs = 0;
        onAsked(nowNs);
    }

    /** The settings leave now. */
    void onAsked(final long nowNs)
    {
        askedNs = nowNs;
        updatedNs = nowNs;
    }

    /** The settings have been acknowledged. */
    void onAnswered(final long nowNs)
    {
        if (tripNs == 0)
        {
            tripNs = Math.min(nowNs - askedNs, MOST_TRIP_NS);
        }
    }

    /** What a stream may receive at first. */
    int initialOfStream()
    {
        return initialOfStream;
    }

    /** Window of the connection. */
    int size()
    {
        return size;
    }

    /** Bytes come; false when they are more than the connection's window. */
    boolean take(final int length)
    {
        unreturned += length;
        return unreturned <= size;
    }

    /**
     * Bytes have been used that came on the connection.
     *
     * @return by how much the peer's window is to be opened now, or 0.
     */
    int consumed(final int length, final long nowNs)
    {
        unacknowledged += length;
        if (unacknowledged < size >> 1)
        {
            return 0;
        }
        final int growth = nowNs - updatedNs < tripNs ? Math.min(size, Math.max(0, MOST_OF_CONNECTION - size)) : 0;
        final int increment = unacknowledged + growth;
        updatedNs = nowNs;
        size += growth;
        unreturned -= unacknowledged;
        unacknowledged = 0;
        return increment;
    }

    /**
     * Half of a stream's window has been used.
     *
     * @param window  size of it.
     * @param sinceNs when it was last opened.
     * @param nowNs   time of the loop.
     * @return by how much it becomes larger.
     */
    int growth(final int window, final long sinceNs, final long nowNs)
    {
        if (nowNs - sinceNs >= tripNs || window >= MOST_OF_STREAM)
        {
            return 0;
        }
        final int growth = Math.min(window, MOST_OF_STREAM - window);
        if (grown + growth > MOST_OF_CONNECTION || !room.take(growth))
        {
            return 0;
        }
        grown += growth;
        return growth;
    }

    /** A stream has ended that had grown by so much. */
    void onGone(final int growth)
    {
        grown -= growth;
        room.giveBack(growth);
    }
}
