package dev.ringway.codecs.http1;

import dev.ringway.codecs.text.AsciiScan;
import org.agrona.DirectBuffer;

/**
 * Finds the end of a head in bytes that trickle in. Any thread.
 */
public final class Http1HeadScanner
{
    /** Most empty lines accepted before a start line (RFC 9112 section 2.2 asks for at least one). */
    public static final int MAX_EMPTY_LINES = 4;

    private Http1HeadScanner()
    {
    }

    /**
     * Finds the empty line that ends a head; says nothing about its validity. Passing the former end of the input as
     * {@code from} makes the cost of a slow sender linear.
     *
     * @param buffer holding the bytes.
     * @param offset where the head begins.
     * @param length bytes present.
     * @param from   where the bytes not searched yet begin, absolute, {@code offset} the first time.
     * @return offset behind CR LF CR LF, or -1 when it is not there yet.
     */
    public static int findEnd(final DirectBuffer buffer, final int offset, final int length, final int from)
    {
        buffer.boundsCheck(offset, length);
        final int limit = offset + length;
        int start = offset;
        for (int i = 0; i < MAX_EMPTY_LINES && start + 2 <= limit && crlf(buffer, start); i++)
        {
            start += 2;
        }

        final byte[] array = buffer.byteArray();
        final long base = buffer.addressOffset();
        int cr = AsciiScan.indexOf(array, base, Math.max(start, from - 3), limit, '\r');
        while (cr >= 0 && cr + 4 <= limit)
        {
            if (crlf(buffer, cr) && crlf(buffer, cr + 2))
            {
                return cr + 4;
            }
            cr = AsciiScan.indexOf(array, base, cr + 1, limit, '\r');
        }

        return -1;
    }

    private static boolean crlf(final DirectBuffer buffer, final int at)
    {
        return buffer.getByte(at) == '\r' && buffer.getByte(at + 1) == '\n';
    }
}
