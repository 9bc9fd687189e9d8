package dev.ringway.engine.upstream;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/**
 * The host that a request is for: an authority without the port, an address of IPv6 without its brackets. One per loop,
 * of one request at a time. Loop thread only.
 */
public final class RequestHost
{
    private DirectBuffer buffer = new UnsafeBuffer(0, 0);
    private int offset;
    private int length;

    /**
     * Takes an authority.
     *
     * @param bytes hold it, as long as this is looked at.
     * @param at    where it starts.
     * @param count its bytes.
     */
    public void of(final DirectBuffer bytes, final int at, final int count)
    {
        final boolean isBracketed = count > 0 && bytes.getByte(at) == '[';
        final int last = isBracketed ? ']' : ':';
        final int start = isBracketed ? at + 1 : at;
        int end = start;
        while (end < at + count && bytes.getByte(end) != last)
        {
            end++;
        }
        buffer = bytes;
        offset = start;
        length = end - start;
    }

    /** Whether it is this host, letter by letter. */
    boolean is(final byte[] host)
    {
        if (length != host.length)
        {
            return false;
        }
        for (int i = 0; i < host.length; i++)
        {
            if (buffer.getByte(offset + i) != host[i])
            {
                return false;
            }
        }
        return true;
    }

    /** The host in a copy. Allocates. */
    byte[] copy()
    {
        final byte[] host = new byte[length];
        buffer.getBytes(offset, host);
        return host;
    }

    /** Whether a host is an address, which is not asked for as a name (RFC 6066, 3). */
    static boolean isAddress(final byte[] host)
    {
        boolean isV4 = host.length > 0;
        for (final byte letter : host)
        {
            if (letter == ':')
            {
                return true;
            }
            isV4 &= letter == '.' || letter >= '0' && letter <= '9';
        }
        return isV4;
    }

    static String text(final byte[] host)
    {
        return new String(host, ISO_8859_1);
    }
}
