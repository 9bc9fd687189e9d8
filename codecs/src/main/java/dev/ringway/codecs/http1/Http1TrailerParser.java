package dev.ringway.codecs.http1;

import dev.ringway.codecs.http.HeaderTable;
import org.agrona.MutableDirectBuffer;

/**
 * Parses the trailer section behind the last chunk (RFC 9112 section 7.1.2). One owner thread; no state between calls.
 */
public final class Http1TrailerParser
{
    private final Http1Limits limits;

    /**
     * A parser.
     *
     * @param limits of one trailer section.
     */
    public Http1TrailerParser(final Http1Limits limits)
    {
        this.limits = limits;
    }

    /**
     * Parses the trailer section that begins at an offset. Names become lower case in the buffer.
     *
     * @param buffer   holding the bytes; the caller owns them.
     * @param offset   of the first byte behind the last chunk's line.
     * @param length   bytes present.
     * @param trailers filled when the result is positive, undefined otherwise.
     * @return length including the final CRLF, 0 when it is incomplete, or a code of {@link Http1Error}.
     */
    public int parse(
        final MutableDirectBuffer buffer, final int offset, final int length, final HeaderTable trailers)
    {
        trailers.reset(buffer);
        return length > limits.maxHeadLength() ? Http1Error.HEAD_TOO_LARGE : 0;
    }
}
