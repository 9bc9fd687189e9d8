package dev.ringway.codecs.http2;

import dev.ringway.codecs.hpack.HeaderSink;
import dev.ringway.codecs.hpack.PseudoHeader;
import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.MessageRules;
import dev.ringway.codecs.http.UnderscorePolicy;
import org.agrona.MutableDirectBuffer;

/**
 * Makes a table of the decoded fields of a trailer section (RFC 9113 section 8.1). It has no pseudo-headers, and
 * refuses the same fields as trailers of HTTP/1. One owner thread; reused section after section.
 */
public final class TrailerFields implements HeaderSink
{
    private final FieldChecker fields = new FieldChecker();
    private int fault;

    /**
     * Creates one.
     */
    public TrailerFields()
    {
    }

    /**
     * Begins a trailer section.
     *
     * @param trailers    to fill; undefined until {@link #end} returns 0.
     * @param dst         buffer the offsets of {@link #onField} refer to. Its lines stay until {@link #end}.
     * @param limits      of the field section.
     * @param underscores what becomes of names with an underscore.
     */
    public void begin(
        final HeaderTable trailers,
        final MutableDirectBuffer dst,
        final Http2FieldLimits limits,
        final UnderscorePolicy underscores)
    {
        trailers.reset(dst);
        fields.begin(trailers, dst, limits, underscores);
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
        if (result == 0)
        {
            result = nameId < 0 ? Http2Fault.UNKNOWN_PSEUDO :
                (MessageRules.FORBIDDEN_IN_TRAILERS >>> nameId & 1) != 0 ? Http2Fault.FORBIDDEN_TRAILER :
                fields.add(nameOffset, nameLength, valueOffset, valueLength, nameId, flags);
        }
        fault = result;
        return result == 0;
    }

    /**
     * Ends the trailer section.
     *
     * @return 0 when the table is complete, or a code of {@link Http2Fault}.
     */
    public int end()
    {
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
     * Where the bytes of the section end.
     *
     * @return absolute offset behind the last field.
     */
    public int endOffset()
    {
        return fields.end();
    }
}
