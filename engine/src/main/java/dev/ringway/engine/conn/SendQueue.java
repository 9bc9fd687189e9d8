package dev.ringway.engine.conn;

import dev.ringway.engine.memory.BufferSlab;
import dev.ringway.engine.memory.RangeQueue;

/**
 * Ranges of the slab that wait to be sent, in order, each with one lease. The first ones may be in flight. Pooled: a
 * connection has one only while it has something to send. Loop thread only.
 */
final class SendQueue
{
    /** Queues go from connection to connection: each is as long from the start as busy connections make them. */
    private static final int INITIAL = 64;

    private final BufferSlab slab;
    private final RangeQueue ranges = new RangeQueue(INITIAL);
    private int inFlight;
    private int bytes;
    private int inFlightBytes;
    private int lastLaunched;
    private long sendingSinceNs;

    /**
     * @param slab of the ranges.
     */
    SendQueue(final BufferSlab slab)
    {
        this.slab = slab;
    }

    /**
     * Adds a range with its lease. One that continues the last range, and is not in flight, is merged with it.
     *
     * @param offset of the range.
     * @param length positive.
     */
    void add(final int offset, final int length)
    {
        bytes += length;
        if (ranges.count() > inFlight && ranges.continuesLast(offset))
        {
            ranges.extendLast(length);
            slab.release(offset);
        }
        else
        {
            ranges.addLast(offset, length);
        }
    }

    /**
     * Marks bytes from the front as in flight, up to a bound; the last range of them may be cut short by it.
     *
     * @param maxRanges most ranges.
     * @param maxBytes  most bytes.
     * @return how many ranges, the lengths of which {@link #launched} tells.
     */
    int launch(final int maxRanges, final int maxBytes)
    {
        final int most = Math.min(ranges.count(), maxRanges);
        inFlight = 0;
        inFlightBytes = 0;
        while (inFlight < most && inFlightBytes < maxBytes)
        {
            lastLaunched = Math.min(ranges.length(inFlight), maxBytes - inFlightBytes);
            inFlightBytes += lastLaunched;
            inFlight++;
        }
        return inFlight;
    }

    /**
     * @param index of a range in flight.
     * @return bytes of it that are.
     */
    int launched(final int index)
    {
        return index == inFlight - 1 ? lastLaunched : ranges.length(index);
    }

    /**
     * A send ended: what left is released, the rest is no longer in flight.
     *
     * @param sent bytes that left, 0 when it failed.
     */
    void complete(final int sent)
    {
        int left = sent;
        bytes -= sent;
        while (left > 0)
        {
            final int length = ranges.length(0);
            if (length > left)
            {
                ranges.cutFirst(left);
                left = 0;
            }
            else
            {
                left -= length;
                slab.release(ranges.offset(0));
                ranges.removeFirst();
            }
        }
        inFlight = 0;
        inFlightBytes = 0;
    }

    /**
     * Drops what is not in flight.
     */
    void dropWaiting()
    {
        while (ranges.count() > inFlight)
        {
            final int last = ranges.count() - 1;
            bytes -= ranges.length(last);
            slab.release(ranges.offset(last));
            ranges.removeLast();
        }
        ranges.recount();
        if (bytes > inFlightBytes)
        {
            ranges.extendLast(inFlightBytes - bytes);
            bytes = inFlightBytes;
        }
    }

    int offset(final int index)
    {
        return ranges.offset(index);
    }

    int length(final int index)
    {
        return ranges.length(index);
    }

    /** Remembers since when nothing has left. */
    void sendingSince(final long nowNs)
    {
        sendingSinceNs = nowNs;
    }

    long sendingSinceNs()
    {
        return sendingSinceNs;
    }

    boolean isAllInFlight()
    {
        return bytes == inFlightBytes;
    }

    boolean isEmpty()
    {
        return ranges.count() == 0;
    }

    int chunks()
    {
        return ranges.chunks();
    }

    int bytes()
    {
        return bytes;
    }

    int inFlightBytes()
    {
        return inFlightBytes;
    }
}
