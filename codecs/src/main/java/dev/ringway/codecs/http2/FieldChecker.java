package dev.ringway.codecs.http2;

import dev.ringway.codecs.hpack.HeaderSink;
import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.MessageRules;
import dev.ringway.codecs.http.UnderscorePolicy;
import dev.ringway.codecs.text.AsciiScan;
import dev.ringway.codecs.text.Swar;
import java.nio.charset.StandardCharsets;
import org.agrona.MutableDirectBuffer;
import org.agrona.UnsafeApi;

/**
 * What requests, responses and trailers of HTTP/2 have in common: counts each field against the limits before it is
 * looked at, checks name and value (RFC 9113 section 8.2), and adds it to a table. One owner thread.
 */
final class FieldChecker
{
    private static final long CONNECTION_FIELDS = HeaderName.mask(HeaderName.CONNECTION, HeaderName.KEEP_ALIVE,
        HeaderName.PROXY_CONNECTION, HeaderName.TRANSFER_ENCODING, HeaderName.UPGRADE, HeaderName.HTTP2_SETTINGS);
    private static final long CHECKED =
        CONNECTION_FIELDS | HeaderName.mask(HeaderName.TE, HeaderName.CONTENT_LENGTH);
    private static final byte[] TRAILERS = "trailers".getBytes(StandardCharsets.US_ASCII);
    private static final int ENVOY_PREFIX_LENGTH = 8;

    private MutableDirectBuffer buffer;
    private byte[] array;
    private long base;
    private HeaderTable table;
    private Http2FieldLimits limits;
    private UnderscorePolicy underscores;
    private int listLength;
    private int count;
    private int start;
    private int end;
    private long contentLength;

    void begin(
        final HeaderTable table,
        final MutableDirectBuffer dst,
        final Http2FieldLimits limits,
        final UnderscorePolicy underscores)
    {
        this.table = table;
        this.limits = limits;
        this.underscores = underscores;
        buffer = dst;
        array = dst.byteArray();
        base = dst.addressOffset();
        listLength = 0;
        count = 0;
        start = 0;
        end = 0;
        contentLength = -1;
    }

    long contentLength()
    {
        return contentLength;
    }

    /** Offset of the line of the first field. */
    int start()
    {
        return start;
    }

    /** Offset behind the line of the last field. */
    int end()
    {
        return end;
    }

    byte[] array()
    {
        return array;
    }

    long base()
    {
        return base;
    }

    /** Counts a field of any kind; returns 0 or a fault. */
    int count(final int nameLength, final int valueOffset, final int valueLength)
    {
        count++;
        listLength += nameLength + valueLength + Http2FieldLimits.FIELD_OVERHEAD;
        if (count > limits.maxFields())
        {
            return Http2Fault.TOO_MANY_FIELDS;
        }
        if (listLength > limits.maxListLength() || listLength < 0)
        {
            return Http2Fault.FIELDS_TOO_LARGE;
        }

        final int line = valueOffset - nameLength - 2;
        end = valueOffset + valueLength + 2;
        start = count == 1 ? line : start;
        buffer.boundsCheck(line, end - line);
        return 0;
    }

    /** Checks a field that is no pseudo-header and adds it; returns 0 or a fault. */
    int add(
        final int nameOffset,
        final int nameLength,
        final int valueOffset,
        final int valueLength,
        final int nameId,
        final int flags)
    {
        int fault = nameId == HeaderName.OTHER ? checkName(nameOffset, nameLength) : 0;
        if (fault == 0)
        {
            fault = checkValue(valueOffset, valueLength);
        }
        if (fault == 0 && (CHECKED >>> nameId & 1) != 0)
        {
            fault = check(nameId, valueOffset, valueLength);
        }
        if (fault != 0)
        {
            return fault;
        }
        if (!table.addCanonical(nameOffset, nameLength, valueLength, nameId))
        {
            return Http2Fault.TOO_MANY_FIELDS;
        }
        if ((flags & HeaderSink.NEVER_INDEXED) != 0)
        {
            table.markNeverIndexed(table.count() - 1);
        }

        return nameId == HeaderName.OTHER ? noteName(nameOffset, nameLength) : 0;
    }

    /** Whether a value is text without white space at its ends; returns 0 or a fault. */
    int checkValue(final int offset, final int length)
    {
        if (length == 0)
        {
            return 0;
        }

        final int valueEnd = offset + length;
        final boolean isValid = !AsciiScan.isSpace(UnsafeApi.getByte(array, base + offset)) &&
            !AsciiScan.isSpace(UnsafeApi.getByte(array, base + valueEnd - 1)) &&
            AsciiScan.textEnd(array, base, offset, valueEnd) == valueEnd;
        return isValid ? 0 : Http2Fault.INVALID_VALUE;
    }

    boolean isToken(final int offset, final int length)
    {
        return length > 0 && AsciiScan.tokenEnd(array, base, offset, offset + length) == offset + length;
    }

    private int checkName(final int offset, final int length)
    {
        for (int i = offset, nameEnd = offset + length; i < nameEnd; i++)
        {
            final byte b = UnsafeApi.getByte(array, base + i);
            if (b == 0 || AsciiScan.lowerToken(b) != b)
            {
                return Http2Fault.INVALID_NAME;
            }
        }

        return length == 0 ? Http2Fault.INVALID_NAME : 0;
    }

    /** Names that others may want to know of: Envoy's own, and those with an underscore. */
    private int noteName(final int offset, final int length)
    {
        if (length >= ENVOY_PREFIX_LENGTH && Swar.word(array, base + offset) == MessageRules.ENVOY_PREFIX)
        {
            table.noteOtherEnvoyName();
        }
        if (underscores == UnderscorePolicy.ALLOW || AsciiScan.indexOf(array, base, offset, offset + length, '_') < 0)
        {
            return 0;
        }
        if (underscores == UnderscorePolicy.REJECT)
        {
            return Http2Fault.UNDERSCORE_IN_NAME;
        }

        table.nominate(table.count() - 1);
        return 0;
    }

    private int check(final int nameId, final int value, final int valueLength)
    {
        if ((CONNECTION_FIELDS >>> nameId & 1) != 0)
        {
            return Http2Fault.CONNECTION_FIELD;
        }
        if (nameId == HeaderName.TE)
        {
            return valueLength == TRAILERS.length && AsciiScan.equalsIgnoreCase(array, base + value, TRAILERS) ?
                0 : Http2Fault.INVALID_TE;
        }
        if (table.contains(HeaderName.CONTENT_LENGTH))
        {
            return Http2Fault.DUPLICATE_CONTENT_LENGTH;
        }

        contentLength = MessageRules.contentLength(array, base + value, valueLength);
        return contentLength < 0 ? Http2Fault.INVALID_CONTENT_LENGTH : 0;
    }
}
