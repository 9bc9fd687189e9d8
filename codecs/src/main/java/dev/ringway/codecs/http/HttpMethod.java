package dev.ringway.codecs.http;

import dev.ringway.codecs.text.Swar;
import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;

/**
 * Request methods as ints. Method names are case-sensitive (RFC 9110 section 9.1). Any thread.
 */
public final class HttpMethod
{
    /** No method was read yet. */
    public static final int UNKNOWN = 0;
    /** A valid token that is none of the methods below. */
    public static final int OTHER = 1;
    /** GET. */
    public static final int GET = 2;
    /** HEAD. */
    public static final int HEAD = 3;
    /** POST. */
    public static final int POST = 4;
    /** PUT. */
    public static final int PUT = 5;
    /** DELETE. */
    public static final int DELETE = 6;
    /** CONNECT. */
    public static final int CONNECT = 7;
    /** OPTIONS. */
    public static final int OPTIONS = 8;
    /** TRACE. */
    public static final int TRACE = 9;
    /** PATCH (RFC 5789). */
    public static final int PATCH = 10;

    private static final String[] NAMES =
    {
        "", "", "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"
    };
    private static final byte[][] BYTES = new byte[NAMES.length][];
    private static final long[] WORDS = new long[NAMES.length];

    static
    {
        for (int i = 0; i < NAMES.length; i++)
        {
            BYTES[i] = NAMES[i].getBytes(StandardCharsets.US_ASCII);
            WORDS[i] = Swar.wordOf(NAMES[i]);
        }
    }

    private HttpMethod()
    {
    }

    /**
     * Id of a method.
     *
     * @param buffer holding the name.
     * @param offset of its first byte.
     * @param length in bytes; the caller has checked that the bytes form a token.
     * @return one of the constants, {@link #OTHER} when it is not a well-known one.
     */
    public static int idOf(final DirectBuffer buffer, final int offset, final int length)
    {
        return idOf(buffer.byteArray(), buffer.addressOffset() + offset, length);
    }

    /**
     * The same over raw memory, for parsers that have checked the bounds already.
     *
     * @param array   of the buffer, null when it is off-heap.
     * @param address of the first byte, as {@link DirectBuffer#addressOffset()} counts.
     * @param length  in bytes.
     * @return as above.
     */
    public static int idOf(final byte[] array, final long address, final int length)
    {
        if (length < 3 || length > 7)
        {
            return OTHER;
        }

        final long word = Swar.shortWord(array, address, length);
        for (int id = GET; id < WORDS.length; id++)
        {
            if (WORDS[id] == word)
            {
                return id;
            }
        }

        return OTHER;
    }

    /**
     * Bytes of a well-known method.
     *
     * @param id one of the constants.
     * @return its bytes, shared, not to be changed; empty for {@link #OTHER} and {@link #UNKNOWN}.
     */
    public static byte[] bytes(final int id)
    {
        return BYTES[id];
    }
}
