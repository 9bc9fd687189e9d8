package dev.ringway.engine.route;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

class WordsTest
{
    @Test
    void shouldLowerEveryByteInEveryPlace()
    {
        for (int place = 0; place < Long.BYTES; place++)
        {
            for (int b = 0; b < 256; b++)
            {
                final long expected = b >= 'A' && b <= 'Z' ? b + 32 : b;
                // Neighbours at both ends of the range must not disturb it.
                final long others = 0x5A41_FF00_7F5B_40C1L & ~(0xFFL << (place << 3));
                assertEquals(expected, Words.lower(others | (long)b << (place << 3)) >>> (place << 3) & 0xFF);
            }
        }
    }

    @Test
    void shouldTakeTheSameBytesFromBufferAndArray()
    {
        final byte[] bytes = {1, -2, 3, -4, 5, -6, 7, -8, 9, -10};
        final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
        for (int from = 0; from < bytes.length; from++)
        {
            for (int length = 1; length <= bytes.length - from; length++)
            {
                assertEquals(Words.load(bytes, from) & Words.mask(length), Words.load(buffer, from, length));
            }
        }
    }
}
