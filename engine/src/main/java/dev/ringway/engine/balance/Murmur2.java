package dev.ringway.engine.balance;

import org.agrona.DirectBuffer;

import java.nio.ByteOrder;

/**
 * MurmurHash2 with 64 bits, as the C++ library of GCC has it and Envoy uses it for rings of hashes.
 */
final class Murmur2
{
    private static final long SEED = 0xC70F6907L;
    private static final long FACTOR = 0xC6A4A7935BD1E995L;

    private Murmur2()
    {
    }

    static long hash(final DirectBuffer buffer, final int length)
    {
        final int whole = length & ~7;
        long hash = SEED ^ length * FACTOR;
        for (int at = 0; at < whole; at += 8)
        {
            hash = (hash ^ mix(buffer.getLong(at, ByteOrder.LITTLE_ENDIAN) * FACTOR) * FACTOR) * FACTOR;
        }
        if (whole < length)
        {
            long rest = 0;
            for (int at = length - 1; at >= whole; at--)
            {
                rest = rest << 8 | buffer.getByte(at) & 0xFF;
            }
            hash = (hash ^ rest) * FACTOR;
        }
        return mix(mix(hash) * FACTOR);
    }

    private static long mix(final long value)
    {
        return value ^ value >>> 47;
    }
}
