package dev.ringway.engine.route;

import org.agrona.DirectBuffer;

import java.nio.ByteOrder;

/**
 * The 64-bit variant of xxHash, by which Envoy hashes keys of requests and names of endpoints: the same bytes give the
 * same endpoint behind either. Source: the algorithm's description, version 0.1.1.
 */
public final class XxHash64
{
    private static final long PRIME_1 = 0x9E3779B185EBCA87L;
    private static final long PRIME_2 = 0xC2B2AE3D27D4EB4FL;
    private static final long PRIME_3 = 0x165667B19E3779F9L;
    private static final long PRIME_4 = 0x85EBCA77C2B2AE63L;
    private static final long PRIME_5 = 0x27D4EB2F165667C5L;
    private static final int STRIPE = 32;

    private XxHash64()
    {
    }

    /**
     * Allocates nothing.
     *
     * @param buffer with the bytes.
     * @param offset of the first.
     * @param length how many, may be 0.
     * @param seed   0 unless there is reason for another.
     * @return the hash.
     */
    public static long hash(final DirectBuffer buffer, final int offset, final int length, final long seed)
    {
        final int end = offset + length;
        int at = offset;
        long hash = seed + PRIME_5;
        if (length >= STRIPE)
        {
            long one = seed + PRIME_1 + PRIME_2;
            long two = seed + PRIME_2;
            long three = seed;
            long four = seed - PRIME_1;
            for (; at <= end - STRIPE; at += STRIPE)
            {
                one = round(one, word(buffer, at));
                two = round(two, word(buffer, at + 8));
                three = round(three, word(buffer, at + 16));
                four = round(four, word(buffer, at + 24));
            }
            hash = Long.rotateLeft(one, 1) + Long.rotateLeft(two, 7) + Long.rotateLeft(three, 12) +
                Long.rotateLeft(four, 18);
            hash = merge(merge(merge(merge(hash, one), two), three), four);
        }
        return mix(rest(buffer, at, end, hash + length));
    }

    private static long rest(final DirectBuffer buffer, final int start, final int end, final long begun)
    {
        int at = start;
        long hash = begun;
        for (; at <= end - 8; at += 8)
        {
            hash = Long.rotateLeft(hash ^ round(0, word(buffer, at)), 27) * PRIME_1 + PRIME_4;
        }
        if (at <= end - 4)
        {
            final long half = buffer.getInt(at, ByteOrder.LITTLE_ENDIAN) & 0xFFFF_FFFFL;
            hash = Long.rotateLeft(hash ^ half * PRIME_1, 23) * PRIME_2 + PRIME_3;
            at += 4;
        }
        for (; at < end; at++)
        {
            hash = Long.rotateLeft(hash ^ (buffer.getByte(at) & 0xFF) * PRIME_5, 11) * PRIME_1;
        }
        return hash;
    }

    private static long word(final DirectBuffer buffer, final int offset)
    {
        return buffer.getLong(offset, ByteOrder.LITTLE_ENDIAN);
    }

    private static long round(final long sum, final long input)
    {
        return Long.rotateLeft(sum + input * PRIME_2, 31) * PRIME_1;
    }

    private static long merge(final long hash, final long sum)
    {
        return (hash ^ round(0, sum)) * PRIME_1 + PRIME_4;
    }

    private static long mix(final long hash)
    {
        final long once = (hash ^ hash >>> 33) * PRIME_2;
        final long twice = (once ^ once >>> 29) * PRIME_3;
        return twice ^ twice >>> 32;
    }
}
