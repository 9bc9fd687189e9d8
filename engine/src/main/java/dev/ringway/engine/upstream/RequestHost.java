package dev.ringway.engine.upstream;

import dev.ringway.codecs.http.RequestHead;
import org.agrona.DirectBuffer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/**
 * The host that a request is for: its authority without the port, an address of IPv6 without its brackets. Stateless.
 */
final class RequestHost
{
    private RequestHost()
    {
    }

    private static int offset(final RequestHead head)
    {
        return head.authorityOffset() + (isBracketed(head) ? 1 : 0);
    }

    private static boolean isBracketed(final RequestHead head)
    {
        return head.authorityLength() > 0 && head.headers().buffer().getByte(head.authorityOffset()) == '[';
    }

    private static int length(final RequestHead head)
    {
        final DirectBuffer buffer = head.headers().buffer();
        final int start = offset(head);
        final int end = head.authorityOffset() + head.authorityLength();
        final int last = isBracketed(head) ? ']' : ':';
        int at = start;
        while (at < end && buffer.getByte(at) != last)
        {
            at++;
        }
        return at - start;
    }

    /**
     * @return whether the request is for this host, letter by letter.
     */
    static boolean is(final RequestHead head, final byte[] host)
    {
        if (length(head) != host.length)
        {
            return false;
        }
        final DirectBuffer buffer = head.headers().buffer();
        final int start = offset(head);
        for (int i = 0; i < host.length; i++)
        {
            if (buffer.getByte(start + i) != host[i])
            {
                return false;
            }
        }
        return true;
    }

    /** The host in a copy. Allocates. */
    static byte[] of(final RequestHead head)
    {
        final byte[] host = new byte[length(head)];
        head.headers().buffer().getBytes(offset(head), host);
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
