package dev.ringway.codecs.text;

import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;
import org.agrona.UnsafeApi;

/**
 * Finds the end of a run of allowed bytes. Raw access as in {@link Swar}: the caller has checked that all bytes from
 * {@code from} to {@code limit} exist; {@code base} is the address of index 0. Any thread.
 */
public final class AsciiScan
{
    /** Bytes of a token (RFC 9110 section 5.6.2) other than letters. */
    private static final String TOKEN_OTHERS = "!#$%&'*+-.^_`|~0123456789";
    private static final byte[] LOWER_TOKEN = new byte[256];

    static
    {
        for (final byte b : TOKEN_OTHERS.getBytes(StandardCharsets.US_ASCII))
        {
            LOWER_TOKEN[b] = b;
        }
        for (int b = 'a'; b <= 'z'; b++)
        {
            LOWER_TOKEN[b] = (byte)b;
            LOWER_TOKEN[b - 32] = (byte)b;
        }
    }

    private AsciiScan()
    {
    }

    /**
     * A byte of a token in lower case.
     *
     * @param b any byte.
     * @return the lower-case byte, or 0 when it does not belong in a token.
     */
    public static byte lowerToken(final byte b)
    {
        return LOWER_TOKEN[b & 0xFF];
    }

    /**
     * End of a token.
     *
     * @param array of the buffer, or null.
     * @param base  address of index 0.
     * @param from  index to start at.
     * @param limit index to stop at.
     * @return index of the first byte that does not belong in a token, or {@code limit}.
     */
    public static int tokenEnd(final byte[] array, final long base, final int from, final int limit)
    {
        int at = from;
        while (at < limit && lowerToken(UnsafeApi.getByte(array, base + at)) != 0)
        {
            at++;
        }

        return at;
    }

    /**
     * End of visible text: what may stand in a field value or reason phrase (RFC 9110 section 5.5), that is anything
     * but control characters other than HTAB.
     *
     * @param array of the buffer, or null.
     * @param base  address of index 0.
     * @param from  index to start at.
     * @param limit index to stop at.
     * @return index of the first control character, or {@code limit}.
     */
    public static int textEnd(final byte[] array, final long base, final int from, final int limit)
    {
        int at = from;
        while (at + 8 <= limit)
        {
            final long word = Swar.word(array, base + at);
            final long stops = Swar.below(word, ' ') | Swar.equal(word, 0x7F);
            if (stops == 0)
            {
                at += 8;
                continue;
            }

            at += Swar.first(stops);
            if (UnsafeApi.getByte(array, base + at) != '\t')
            {
                return at;
            }
            at++;
        }
        while (at < limit && isText(UnsafeApi.getByte(array, base + at)))
        {
            at++;
        }

        return at;
    }

    /**
     * End of a request target: visible ASCII without {@code #}.
     *
     * @param array of the buffer, or null.
     * @param base  address of index 0.
     * @param from  index to start at.
     * @param limit index to stop at.
     * @return index of the first other byte, or {@code limit}.
     */
    public static int targetEnd(final byte[] array, final long base, final int from, final int limit)
    {
        int at = from;
        while (at + 8 <= limit)
        {
            final long word = Swar.word(array, base + at);
            final long stops =
                Swar.below(word, '!') | Swar.equal(word, 0x7F) | Swar.equal(word, '#') | word & Swar.HIGHS;
            if (stops != 0)
            {
                return at + Swar.first(stops);
            }
            at += 8;
        }
        while (at < limit && isTarget(UnsafeApi.getByte(array, base + at)))
        {
            at++;
        }

        return at;
    }

    /**
     * Finds a byte.
     *
     * @param array of the buffer, or null.
     * @param base  address of index 0.
     * @param from  index to start at.
     * @param limit index to stop at.
     * @param b     0 to 127.
     * @return index of its first occurrence, or -1.
     */
    public static int indexOf(final byte[] array, final long base, final int from, final int limit, final int b)
    {
        int at = from;
        while (at + 8 <= limit)
        {
            final long matches = Swar.equal(Swar.word(array, base + at), b);
            if (matches != 0)
            {
                return at + Swar.first(matches);
            }
            at += 8;
        }
        for (; at < limit; at++)
        {
            if (UnsafeApi.getByte(array, base + at) == b)
            {
                return at;
            }
        }

        return -1;
    }

    /**
     * Compares bytes with lower-case text, taking upper-case letters as equal.
     *
     * @param array   of the buffer, or null.
     * @param address of the first byte.
     * @param lower   text of letters, digits and hyphens in lower case; all of it is compared.
     * @return true when they are equal.
     */
    public static boolean equalsIgnoreCase(final byte[] array, final long address, final byte[] lower)
    {
        for (int i = 0; i < lower.length; i++)
        {
            if (lowerToken(UnsafeApi.getByte(array, address + i)) != lower[i])
            {
                return false;
            }
        }

        return true;
    }

    /**
     * Whether a range of a buffer is these bytes.
     *
     * @param buffer holds the range, and checks its bounds.
     * @param offset of it.
     * @param length of it.
     * @param bytes  that it may be.
     * @return whether it is.
     */
    public static boolean equal(final DirectBuffer buffer, final int offset, final int length, final byte[] bytes)
    {
        boolean isEqual = length == bytes.length;
        for (int i = length - 1; isEqual && i >= 0; i--)
        {
            isEqual = buffer.getByte(offset + i) == bytes[i];
        }
        return isEqual;
    }

    /**
     * Whether a byte is optional whitespace (OWS, RFC 9110 section 5.6.3).
     *
     * @param b the byte.
     * @return true for space and tab.
     */
    public static boolean isSpace(final byte b)
    {
        return b == ' ' || b == '\t';
    }

    /**
     * Skips optional whitespace.
     *
     * @param array of the buffer, or null.
     * @param base  address of index 0.
     * @param from  index of the first byte.
     * @param end   index behind the last one.
     * @return index of the first byte that is none, or {@code end}.
     */
    public static int skipSpace(final byte[] array, final long base, final int from, final int end)
    {
        int at = from;
        while (at < end && isSpace(UnsafeApi.getByte(array, base + at)))
        {
            at++;
        }

        return at;
    }

    private static boolean isText(final byte b)
    {
        return b < 0 || b >= ' ' && b != 0x7F || b == '\t';
    }

    private static boolean isTarget(final byte b)
    {
        return b > ' ' && b != 0x7F && b != '#';
    }
}
