package dev.ringway.codecs.http2;

import dev.ringway.codecs.hpack.HeaderSink;
import dev.ringway.codecs.hpack.PseudoHeader;
import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.ResponseHead;
import dev.ringway.codecs.http.UnderscorePolicy;
import org.agrona.MutableDirectBuffer;
import org.agrona.UnsafeApi;

/**
 * Makes a {@link ResponseHead} of the decoded fields of a response (RFC 9113 section 8.3.2). One owner thread; reused
 * response after response.
 */
public final class ResponseFields implements HeaderSink
{
    private static final int SWITCHING_PROTOCOLS = 101;
    private static final int NO_CONTENT = 204;
    private static final int NOT_MODIFIED = 304;

    private final FieldChecker fields = new FieldChecker();
    private ResponseHead head;
    private boolean isFieldSeen;
    private int fault;

    /**
     * Creates one.
     */
    public ResponseFields()
    {
    }

    /**
     * Begins a response.
     *
     * @param response to fill; undefined until {@link #end} returns 0.
     * @param dst      buffer the offsets of {@link #onField} refer to. Its lines stay until {@link #end}.
     * @param limits   of the field section.
     */
    public void begin(final ResponseHead response, final MutableDirectBuffer dst, final Http2FieldLimits limits)
    {
        head = response;
        response.reset(dst);
        response.http2(true);
        fields.begin(response.headers(), dst, limits, UnderscorePolicy.ALLOW);
        isFieldSeen = false;
        fault = 0;
    }

    /**
     * Takes a field, which lies in the buffer as {@code name ": " value CRLF}.
     *
     * @param nameOffset  absolute offset of the name.
     * @param nameLength  bytes.
     * @param valueOffset absolute offset of the value.
     * @param valueLength bytes.
     * @param nameId      a constant of {@link HeaderName} or of {@link PseudoHeader}.
     * @param flags       of {@link HeaderSink}; a never indexed field is marked in the table.
     * @return false from the first fault on; {@link #end} tells it.
     */
    public boolean onField(
        final int nameOffset,
        final int nameLength,
        final int valueOffset,
        final int valueLength,
        final int nameId,
        final int flags)
    {
        if (fault != 0)
        {
            return false;
        }

        int result = fields.count(nameLength, valueOffset, valueLength);
        if (result == 0 && nameId < 0)
        {
            result = onPseudo(nameId, valueOffset, valueLength);
        }
        else if (result == 0)
        {
            isFieldSeen = true;
            result = fields.add(nameOffset, nameLength, valueOffset, valueLength, nameId, flags);
        }
        fault = result;
        return result == 0;
    }

    /**
     * Ends a response.
     *
     * @param isEndStream whether it has neither content nor trailers.
     * @param isHead      whether it answers HEAD, so that Content-Length tells of content that does not come.
     * @return 0 when the head is complete, or a code of {@link Http2Fault}. The head is {@code chunked()} when content
     *     of unknown length follows.
     */
    public int end(final boolean isEndStream, final boolean isHead)
    {
        if (fault == 0)
        {
            fault = finish(isEndStream, isHead);
        }

        return fault;
    }

    /**
     * What was wrong with the fields so far, which tells a decoder's {@code HpackError.TOO_LARGE} apart: 0 means that
     * no field was refused, but the buffer was full.
     *
     * @return 0, or a code of {@link Http2Fault}.
     */
    public int fault()
    {
        return fault;
    }

    /**
     * Where the bytes of the response end.
     *
     * @return absolute offset behind the last field.
     */
    public int endOffset()
    {
        return fields.end();
    }

    private int onPseudo(final int nameId, final int value, final int length)
    {
        if (isFieldSeen)
        {
            return Http2Fault.PSEUDO_AFTER_FIELD;
        }
        if (nameId != PseudoHeader.STATUS)
        {
            return Http2Fault.UNKNOWN_PSEUDO;
        }
        if (head.status() != 0)
        {
            return Http2Fault.DUPLICATE_PSEUDO;
        }

        final int status = length == 3 ? status(value) : 0;
        head.status(status, value + length, 0);
        return status == SWITCHING_PROTOCOLS ? Http2Fault.SWITCHING_PROTOCOLS :
            status < 100 ? Http2Fault.INVALID_STATUS : 0;
    }

    /** Three digits as a number, or 0. */
    private int status(final int offset)
    {
        int status = 0;
        for (int i = 0; i < 3; i++)
        {
            final int digit = UnsafeApi.getByte(fields.array(), fields.base() + offset + i) - '0';
            if (digit < 0 || digit > 9)
            {
                return 0;
            }
            status = status * 10 + digit;
        }

        return status;
    }

    private int finish(final boolean isEndStream, final boolean isHead)
    {
        final int status = head.status();
        if (status == 0)
        {
            return Http2Fault.MISSING_PSEUDO;
        }
        if (status < 200 && isEndStream)
        {
            return Http2Fault.INTERIM_END;
        }

        final long contentLength = fields.contentLength();
        if (contentLength > 0 && (status < 200 || status == NO_CONTENT))
        {
            return Http2Fault.CONTENT_LENGTH_NOT_ALLOWED;
        }
        if (contentLength > 0 && isEndStream && !isHead && status != NOT_MODIFIED)
        {
            return Http2Fault.CONTENT_LENGTH_MISMATCH;
        }

        head.body(contentLength, contentLength < 0 && !isEndStream && !isHead && !head.bodyless());
        head.connection(true, false);
        head.head(fields.start(), fields.end() - fields.start());
        return 0;
    }
}
