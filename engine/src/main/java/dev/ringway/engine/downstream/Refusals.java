package dev.ringway.engine.downstream;

import dev.ringway.codecs.http1.Http1Error;
import dev.ringway.codecs.http2.Http2Fault;
import dev.ringway.engine.accesslog.ResponseFlag;
import dev.ringway.engine.exchange.LocalReply;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * What becomes of requests that no exchange comes of: answer, flag and detail, with Envoy's words. A status of 0 stands
 * for no answer.
 */
final class Refusals
{
    /** A version that is right but not accepted here. */
    static final LocalReply LOW_VERSION = http1(426, ResponseFlag.DOWNSTREAM_PROTOCOL_ERROR, "low_version");
    /** The client has gone in the middle of a head. */
    static final LocalReply CUT = LocalReply.of(
        0, "", ResponseFlag.DOWNSTREAM_CONNECTION_TERMINATION, "downstream_remote_disconnect");
    /** A field section that cannot be decoded, so that the connection ends. */
    static final LocalReply COMPRESSION = LocalReply.of(
        0, "", ResponseFlag.DOWNSTREAM_PROTOCOL_ERROR, "codec_error:header_compression");

    private static final LocalReply[] HTTP1 = new LocalReply[Http1Error.COUNT + 1];
    private static final LocalReply[] HTTP2 = new LocalReply[Http2Fault.COUNT + 1];

    static
    {
        for (int i = 1; i < HTTP1.length; i++)
        {
            // The head itself is right, and Envoy has begun with it by then.
            final int flag = -i == Http1Error.MISSING_HOST ? 0 : ResponseFlag.DOWNSTREAM_PROTOCOL_ERROR;
            HTTP1[i] = http1(Http1Error.status(-i), flag, Http1Error.detail(-i));
        }
        for (int i = 1; i < HTTP2.length; i++)
        {
            HTTP2[i] = LocalReply.of(Http2Fault.isTooLarge(-i) ? Http2Fault.status(-i) : 0, "",
                ResponseFlag.DOWNSTREAM_PROTOCOL_ERROR, Http2Fault.detail(-i));
        }
    }

    private Refusals()
    {
    }

    private static LocalReply http1(final int status, final int flag, final String detail)
    {
        return LocalReply.of(status, new String(Http1ResponseWriter.reason(status), US_ASCII), flag, detail);
    }

    /**
     * @param error from {@link Http1Error}.
     * @return what the client is told.
     */
    static LocalReply http1(final int error)
    {
        return HTTP1[-error];
    }

    /**
     * @param fault from {@link Http2Fault}.
     * @return what the client is told; the stream is reset where that is nothing.
     */
    static LocalReply http2(final int fault)
    {
        return HTTP2[-fault];
    }
}
