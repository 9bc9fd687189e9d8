package dev.ringway.engine.exchange;

/**
 * Random version-4 UUIDs for {@code x-request-id}, from xoroshiro128+ (they identify, they do not protect). Loop thread
 * only.
 */
final class RequestIds
{
    /** Bytes of an id. */
    static final int LENGTH = 36;

    private static final byte[] HEX = "0123456789abcdef".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    private final byte[] text = new byte[LENGTH];
    private long s0;
    private long s1;

    RequestIds(final long seed)
    {
        s0 = mix(seed);
        s1 = mix(s0 + 1) | 1;
    }

    private static long mix(final long seed)
    {
        long z = seed + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** Any number. */
    long nextLong()
    {
        final long a = s0;
        final long b = s1 ^ a;
        final long result = s0 + s1;
        s0 = Long.rotateLeft(a, 24) ^ b ^ (b << 16);
        s1 = Long.rotateLeft(b, 37);
        return result;
    }

    /**
     * @return text of a fresh id, written over by the next call.
     */
    byte[] next()
    {
        final long high = (nextLong() & ~0xF000L) | 0x4000L;
        final long low = (nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
        hex(high >>> 32, text, 0, 8);
        text[8] = '-';
        hex(high >>> 16, text, 9, 4);
        text[13] = '-';
        hex(high, text, 14, 4);
        text[18] = '-';
        hex(low >>> 48, text, 19, 4);
        text[23] = '-';
        hex(low, text, 24, 12);
        return text;
    }

    /** Writes the lower digits of a number. */
    static void hex(final long value, final byte[] text, final int at, final int digits)
    {
        for (int i = 0; i < digits; i++)
        {
            text[at + i] = HEX[(int)(value >>> ((digits - 1 - i) << 2)) & 0xF];
        }
    }
}
