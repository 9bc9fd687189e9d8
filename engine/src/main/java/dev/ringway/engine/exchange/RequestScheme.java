package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.codecs.text.AsciiScan;
import dev.ringway.engine.snapshot.HttpConnectionManager;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * How a request came: as its connection is and, where that is trusted, as {@code x-forwarded-proto} says. Any thread
 * that may read the head.
 */
final class RequestScheme
{
    static final byte[] HTTP = "http".getBytes(US_ASCII);
    static final byte[] HTTPS = "https".getBytes(US_ASCII);

    private RequestScheme()
    {
    }

    /** Whether the client's connection is encrypted. */
    static boolean isEncrypted(final DownstreamSink downstream)
    {
        return downstream.connection().tls().isOn();
    }

    /** What the client's connection is: one of the arrays of this class. */
    static byte[] ofConnection(final DownstreamSink downstream)
    {
        return isEncrypted(downstream) ? HTTPS : HTTP;
    }

    /**
     * Whether a request came by HTTPS: as x-forwarded-proto said where that is trusted and names a scheme, else as the
     * connection is. What filters make of that field later is of no account.
     */
    static boolean isHttps(final DownstreamSink downstream, final RequestHead head, final HttpConnectionManager http)
    {
        if (head.isCompleted())
        {
            return head.isHttps();
        }
        final HeaderTable headers = head.headers();
        final int forwarded = findForwardedProto(head, http);
        return forwarded >= 0 && isScheme(headers, forwarded, HTTPS) ||
            isEncrypted(downstream) && (forwarded < 0 || !isScheme(headers, forwarded, HTTP));
    }

    /**
     * What x-forwarded-proto says once a request is routed: https or http, the very arrays of this class, or null.
     */
    static byte[] forwardedProto(
        final DownstreamSink downstream, final RequestHead head, final HttpConnectionManager http)
    {
        final HeaderTable headers = head.headers();
        final int index = findForwardedProto(head, http);
        if (index < 0)
        {
            return head.isCompleted() ? null : ofConnection(downstream);
        }
        final int offset = headers.valueOffset(index);
        return AsciiScan.equal(headers.buffer(), offset, headers.valueLength(index), HTTPS) ? HTTPS :
            AsciiScan.equal(headers.buffer(), offset, headers.valueLength(index), HTTP) ? HTTP : null;
    }

    /** What others say is replaced on the edge. */
    private static int findForwardedProto(final RequestHead head, final HttpConnectionManager http)
    {
        return http.useRemoteAddress() && http.xffTrustedHops() == 0 && !head.isCompleted() ?
            -1 : head.headers().find(HeaderName.X_FORWARDED_PROTO);
    }

    /** Schemes are the same in any case. */
    private static boolean isScheme(final HeaderTable headers, final int index, final byte[] scheme)
    {
        boolean isEqual = headers.valueLength(index) == scheme.length;
        for (int i = scheme.length - 1; isEqual && i >= 0; i--)
        {
            isEqual = (headers.buffer().getByte(headers.valueOffset(index) + i) | 0x20) == scheme[i];
        }
        return isEqual;
    }
}
