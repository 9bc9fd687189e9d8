package dev.ringway.codecs.http1;

import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.UnderscorePolicy;
import org.agrona.MutableDirectBuffer;

/**
 * Parses the trailer section behind the last chunk (RFC 9112 section 7.1.2). One owner thread; no state between calls.
 */
public final class Http1TrailerParser
{
    private final FieldSection fields;
    private final int maxLength;

    /**
     * A parser.
     *
     * @param limits of one trailer section.
     */
    public Http1TrailerParser(final Http1Limits limits)
    {
        this(limits, UnderscorePolicy.ALLOW);
    }

    /**
     * A parser.
     *
     * @param limits      of one trailer section.
     * @param underscores what becomes of names with an underscore.
     */
    public Http1TrailerParser(final Http1Limits limits, final UnderscorePolicy underscores)
    {
        fields = FieldSection.ofTrailers(limits, underscores);
        maxLength = limits.maxHeadLength();
    }

    /**
     * Parses the trailer section that begins at an offset. Names become lower case in the buffer. Fields that frame,
     * route or authenticate a message, or say how to read its content, are refused (RFC 9110 section 6.5.1).
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
        buffer.boundsCheck(offset, length);
        trailers.reset(buffer);
        fields.begin(1, false);

        final int limit = offset + Math.min(length, maxLength);
        final int end = fields.parse(buffer.byteArray(), buffer.addressOffset(), offset, limit, trailers);
        if (end > 0)
        {
            return end - offset;
        }

        return end == 0 && length >= maxLength ? Http1Error.HEAD_TOO_LARGE : end;
    }
}
