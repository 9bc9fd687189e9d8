package dev.ringway.codecs.text;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * UTF-8 (RFC 3629). Pure functions; any thread; allocates nothing.
 */
public final class Utf8Text
{
    private static final byte REPLACEMENT = '!';

    private Utf8Text()
    {
    }

    /**
     * Puts an exclamation mark in the place of each byte that belongs to no character, as Envoy does.
     *
     * @param buffer holds the text.
     * @param offset where it starts.
     * @param length its bytes.
     */
    public static void replaceFaulty(final MutableDirectBuffer buffer, final int offset, final int length)
    {
        final int end = offset + length;
        for (int at = offset; at < end; )
        {
            final int taken = buffer.getByte(at) >= 0 ? 1 : sequenceLength(buffer, at, end);
            if (taken == 0)
            {
                buffer.putByte(at, REPLACEMENT);
            }
            at += Math.max(1, taken);
        }
    }

    /** Bytes of the character that begins here and is not of ASCII, 0 when none does. */
    private static int sequenceLength(final DirectBuffer buffer, final int at, final int end)
    {
        final int first = buffer.getByte(at) & 0xFF;
        final int length = first < 0xC2 || first > 0xF4 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
        if (length == 0 || at + length > end)
        {
            return 0;
        }
        final int second = buffer.getByte(at + 1) & 0xFF;
        // Neither longer than needed, nor half of a pair, nor beyond the last character.
        final int lowest = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
        final int highest = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
        if (second < lowest || second > highest)
        {
            return 0;
        }
        for (int i = 2; i < length; i++)
        {
            if ((buffer.getByte(at + i) & 0xC0) != 0x80)
            {
                return 0;
            }
        }
        return length;
    }
}
