package dev.ringway.engine.route;

import org.agrona.DirectBuffer;

import java.nio.ByteOrder;

/**
 * Bytes taken eight at a time, the first in the lowest bits. Pure functions; any thread; nothing is allocated.
 */
final class Words
{
    private static final long EACH = 0x0101_0101_0101_0101L;
    private static final long LOW_BITS = 0x7F * EACH;
    private static final long TOP_BITS = 0x80 * EACH;
    private static final long PAST_Z = (0x7F - 'Z') * EACH;
    private static final long FROM_A = (0x80 - 'A') * EACH;

    private Words()
    {
    }

    /**
     * @param buffer that holds the bytes.
     * @param offset of the first.
     * @param length how many there are, at least 1; of more than eight the first eight are taken.
     * @return them, with zeros above the last.
     */
    static long load(final DirectBuffer buffer, final int offset, final int length)
    {
        if (offset + Long.BYTES <= buffer.capacity())
        {
            return buffer.getLong(offset, ByteOrder.LITTLE_ENDIAN) & mask(length);
        }
        long word = 0;
        for (int i = 0; i < Math.min(length, Long.BYTES); i++)
        {
            word |= (buffer.getByte(offset + i) & 0xFFL) << (i << 3);
        }
        return word;
    }

    /**
     * @param bytes that are taken.
     * @param from  index of the first.
     * @return up to eight of them, with zeros above the last.
     */
    static long load(final byte[] bytes, final int from)
    {
        long word = 0;
        for (int i = 0; i < Math.min(bytes.length - from, Long.BYTES); i++)
        {
            word |= (bytes[from + i] & 0xFFL) << (i << 3);
        }
        return word;
    }

    /**
     * @param length in bytes.
     * @return ones for the bytes of a word that many bytes fill.
     */
    static long mask(final int length)
    {
        return length >= Long.BYTES ? -1L : (1L << (length << 3)) - 1;
    }

    /**
     * @param word eight bytes.
     * @return them with the letters A to Z in lower case; bytes above 127 stay as they are.
     */
    static long lower(final long word)
    {
        final long low = word & LOW_BITS;
        // The top bit of each byte is set in the first sum from A on and in the second past Z, and no sum carries over.
        final long upper = (low + FROM_A ^ low + PAST_Z) & ~word & TOP_BITS;
        return word | upper >>> 2;
    }
}
