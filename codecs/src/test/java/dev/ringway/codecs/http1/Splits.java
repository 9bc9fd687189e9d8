package dev.ringway.codecs.http1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Feeds a parser whole input, every prefix of it, and the same byte by byte into one buffer. */
final class Splits
{
    private static final int OFFSET = 5;

    /** A parser under test. */
    interface Parser
    {
        int parse(MutableDirectBuffer buffer, int offset, int length);
    }

    private Splits()
    {
    }

    /**
     * Checks that every prefix gives the result of the whole or 0, that a result once given stays, that bytes behind
     * the prefix are neither read nor written, and that parsing over one's own lower-cased names changes nothing.
     *
     * @return the result for the whole input.
     */
    static int parse(final String input, final Parser parser)
    {
        final byte[] bytes = Bytes.of(input);
        final UnsafeBuffer whole = Bytes.framed(bytes, bytes.length, OFFSET, 'x');
        final int expected = parser.parse(whole, OFFSET, bytes.length);
        final UnsafeBuffer growing = Bytes.framed(bytes, 0, OFFSET, 0);
        final UnsafeBuffer grown = new UnsafeBuffer(new byte[OFFSET + bytes.length]);
        grown.putBytes(0, growing, 0, OFFSET);

        boolean decided = false;
        for (int length = 0; length <= bytes.length; length++)
        {
            if (length > 0)
            {
                grown.putByte(OFFSET + length - 1, bytes[length - 1]);
            }

            final int result = prefix(bytes, length, 'x', parser);
            final String where = "prefix of " + length + " bytes of " + input;
            assertEquals(result, prefix(bytes, length, '\r', parser), where);
            assertEquals(result, prefix(bytes, length, '\n', parser), where);
            assertEquals(result, parser.parse(grown, OFFSET, length), where);
            assertTrue(result == expected || result == 0 && !decided, where + " gave " + result + ", not " + expected);
            assertEquals(expected > 0 && length >= expected || expected < 0 && result != 0, result != 0, where);
            decided |= result != 0;
        }

        return expected;
    }

    private static int prefix(final byte[] bytes, final int length, final int filler, final Parser parser)
    {
        final UnsafeBuffer buffer = Bytes.framed(bytes, length, OFFSET, filler);
        final int result = parser.parse(buffer, OFFSET, length);
        for (int i = 0; i < OFFSET; i++)
        {
            assertEquals(filler, buffer.getByte(i), "byte before the input");
        }
        for (int i = OFFSET + length; i < buffer.capacity(); i++)
        {
            assertEquals(filler, buffer.getByte(i), "byte behind the input");
        }

        return result;
    }
}
