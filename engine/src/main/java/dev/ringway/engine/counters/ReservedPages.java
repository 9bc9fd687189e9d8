package dev.ringway.engine.counters;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Gives a file pages before anyone maps them in: a full file system must show as an error then, not as a signal at the
 * first use. One thread at a time.
 */
final class ReservedPages
{
    private final FileChannel channel;
    private final byte[] zeroPage = new byte[CountersLayout.PAGE];

    ReservedPages(final FileChannel channel)
    {
        this.channel = channel;
    }

    /**
     * Reserves whole pages until there are enough.
     *
     * @param base     where the part of the file begins.
     * @param reserved bytes of the part that have been reserved before.
     * @param needed   bytes of the part that have to be.
     * @return bytes that are reserved now.
     * @throws IOException when there is no room.
     */
    long reserveUpTo(final long base, final long reserved, final long needed) throws IOException
    {
        long end = reserved;
        while (end < needed)
        {
            reserve(base + end, CountersLayout.PAGE);
            end += CountersLayout.PAGE;
        }
        return end;
    }

    /** Writes zeros, through the channel. */
    void reserve(final long offset, final int length) throws IOException
    {
        final ByteBuffer zeros = ByteBuffer.wrap(zeroPage);
        for (long end = offset + length, at = offset; at < end; at += zeros.limit())
        {
            zeros.clear();
            while (zeros.hasRemaining())
            {
                channel.write(zeros, at + zeros.position());
            }
        }
    }
}
