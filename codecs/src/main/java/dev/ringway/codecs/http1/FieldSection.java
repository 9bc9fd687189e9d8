package dev.ringway.codecs.http1;

import dev.ringway.codecs.http.Authority;
import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.MessageRules;
import dev.ringway.codecs.http.UnderscorePolicy;
import dev.ringway.codecs.text.AsciiScan;
import dev.ringway.codecs.text.Swar;
import org.agrona.UnsafeApi;

/**
 * Parses field lines up to the empty line (RFC 9112 section 5) and checks the fields that frame or route a message as
 * they come. One owner thread; the accessors tell about the last section.
 */
final class FieldSection
{
    private static final long REQUEST_CHECKED = HeaderName.mask(HeaderName.HOST, HeaderName.CONTENT_LENGTH,
        HeaderName.TRANSFER_ENCODING, HeaderName.CONNECTION);
    private static final long RESPONSE_CHECKED = HeaderName.mask(HeaderName.CONTENT_LENGTH,
        HeaderName.TRANSFER_ENCODING, HeaderName.CONNECTION);
    private static final byte[] CHUNKED = { 'c', 'h', 'u', 'n', 'k', 'e', 'd' };

    private final ConnectionOptions options = new ConnectionOptions();
    private final int maxHeaders;
    private final boolean trailers;
    private final long checkedMask;
    private final UnderscorePolicy underscores;

    private byte[] array;
    private long base;
    private int limit;
    private int minorVersion;
    private boolean bodyForbidden;
    private long contentLength;
    private boolean chunked;
    private long nameHead;
    private long nameTail;

    private FieldSection(
        final int maxHeaders, final boolean trailers, final long checkedMask, final UnderscorePolicy underscores)
    {
        this.underscores = underscores;
        this.maxHeaders = maxHeaders;
        this.trailers = trailers;
        this.checkedMask = checkedMask;
    }

    static FieldSection ofRequests(final Http1Limits limits, final UnderscorePolicy underscores)
    {
        return new FieldSection(limits.maxHeaders(), false, REQUEST_CHECKED, underscores);
    }

    static FieldSection ofResponses(final Http1Limits limits)
    {
        return new FieldSection(limits.maxHeaders(), false, RESPONSE_CHECKED, UnderscorePolicy.ALLOW);
    }

    static FieldSection ofTrailers(final Http1Limits limits, final UnderscorePolicy underscores)
    {
        return new FieldSection(limits.maxHeaders(), true, MessageRules.FORBIDDEN_IN_TRAILERS, underscores);
    }

    /**
     * Says what the start line said.
     *
     * @param minorVersion  0 or 1.
     * @param bodyForbidden true for a 1xx or 204 response.
     */
    void begin(final int minorVersion, final boolean bodyForbidden)
    {
        this.minorVersion = minorVersion;
        this.bodyForbidden = bodyForbidden;
        contentLength = -1;
        chunked = false;
        options.reset();
    }

    long contentLength()
    {
        return contentLength;
    }

    boolean chunked()
    {
        return chunked;
    }

    boolean keepAlive()
    {
        return !options.close() && (minorVersion == 1 || options.keepAlive());
    }

    boolean upgrade(final HeaderTable table)
    {
        return options.upgrade() && minorVersion == 1 && table.contains(HeaderName.UPGRADE);
    }

    /**
     * Parses field lines.
     *
     * @param array of the buffer, or null.
     * @param base  address of index 0.
     * @param from  index of the first line.
     * @param limit index behind the last byte present.
     * @param table to add the fields to.
     * @return index behind the empty line, 0 when it is not there yet, or a code of {@link Http1Error}.
     */
    int parse(final byte[] array, final long base, final int from, final int limit, final HeaderTable table)
    {
        this.array = array;
        this.base = base;
        this.limit = limit;
        int at = from;
        while (true)
        {
            final int nameEnd = scanName(array, base, at, limit);
            if (nameEnd >= limit)
            {
                return 0;
            }
            if (nameEnd == at || UnsafeApi.getByte(array, base + nameEnd) != ':')
            {
                return end(table, noField(at, nameEnd));
            }

            final int value = AsciiScan.skipSpace(array, base, nameEnd + 1, limit);
            final int lineEnd = AsciiScan.textEnd(array, base, value, limit);
            if (lineEnd + 1 >= limit)
            {
                return unfinishedLine(lineEnd);
            }
            if (UnsafeApi.getByte(array, base + lineEnd) != '\r' ||
                UnsafeApi.getByte(array, base + lineEnd + 1) != '\n')
            {
                return badLineEnd(lineEnd);
            }

            final int error = addField(table, at, nameEnd, value, lineEnd);
            if (error != 0)
            {
                return error;
            }
            at = lineEnd + 2;
        }
    }

    private int end(final HeaderTable table, final int end)
    {
        if (end <= 0)
        {
            return end;
        }
        final int error = underscores == UnderscorePolicy.ALLOW ? 0 : checkUnderscores(table);
        if (error != 0)
        {
            return error;
        }
        return options.nominating(table) ? options.nominate(array, base, table, end) : end;
    }

    private int checkUnderscores(final HeaderTable table)
    {
        for (int i = 0, count = table.count(); i < count; i++)
        {
            final int name = table.nameOffset(i);
            if (AsciiScan.indexOf(array, base, name, name + table.nameLength(i), '_') < 0)
            {
                continue;
            }
            if (underscores == UnderscorePolicy.REJECT)
            {
                return Http1Error.UNDERSCORE_IN_NAME;
            }
            table.nominate(i);
        }

        return 0;
    }

    private int addField(
        final HeaderTable table, final int name, final int nameEnd, final int value, final int lineEnd)
    {
        final int nameLength = nameEnd - name;
        final int id = HeaderName.idOf(array, base + name, nameLength, nameHead, nameTail);
        if (id == HeaderName.OTHER && nameHead == MessageRules.ENVOY_PREFIX)
        {
            table.noteOtherEnvoyName();
        }
        final int valueEnd = trimSpace(value, lineEnd);
        final int valueLength = valueEnd - value;
        if (table.count() >= maxHeaders)
        {
            return Http1Error.TOO_MANY_HEADERS;
        }

        final boolean canonical =
            valueEnd == lineEnd && value == nameEnd + 2 && UnsafeApi.getByte(array, base + nameEnd + 1) == ' ';
        final boolean first = !table.contains(id);
        final boolean added = canonical ?
            table.addCanonical(name, nameLength, valueLength, id) :
            table.add(name, nameLength, value, valueLength, id);
        if (!added)
        {
            return Http1Error.TOO_MANY_HEADERS;
        }

        return (checkedMask >>> id & 1) == 0 ? 0 : check(id, first, value, valueLength);
    }

    private int check(final int id, final boolean first, final int value, final int valueLength)
    {
        if (trailers)
        {
            return Http1Error.FORBIDDEN_TRAILER;
        }

        switch (id)
        {
            case HeaderName.HOST:
                if (!first)
                {
                    return Http1Error.DUPLICATE_HOST;
                }
                return Authority.valid(array, base + value, valueLength) ? 0 : Http1Error.INVALID_HOST;

            case HeaderName.CONTENT_LENGTH:
                return first ? checkContentLength(value, valueLength) : Http1Error.DUPLICATE_CONTENT_LENGTH;

            case HeaderName.TRANSFER_ENCODING:
                return first ? checkTransferEncoding(value, valueLength) : Http1Error.DUPLICATE_TRANSFER_ENCODING;

            default:
                return options.add(array, base, value, value + valueLength);
        }
    }

    private int checkContentLength(final int value, final int valueLength)
    {
        if (chunked)
        {
            return Http1Error.CONTENT_LENGTH_AND_CHUNKED;
        }
        final long length = MessageRules.contentLength(array, base + value, valueLength);
        if (length < 0)
        {
            return Http1Error.INVALID_CONTENT_LENGTH;
        }

        contentLength = length;
        return bodyForbidden && length != 0 ? Http1Error.CONTENT_LENGTH_NOT_ALLOWED : 0;
    }

    private int checkTransferEncoding(final int value, final int valueLength)
    {
        if (minorVersion == 0 || bodyForbidden)
        {
            return Http1Error.TRANSFER_ENCODING_NOT_ALLOWED;
        }
        if (contentLength >= 0)
        {
            return Http1Error.CONTENT_LENGTH_AND_CHUNKED;
        }
        if (valueLength != CHUNKED.length || !AsciiScan.equalsIgnoreCase(array, base + value, CHUNKED))
        {
            return Http1Error.UNSUPPORTED_TRANSFER_CODING;
        }

        chunked = true;
        return 0;
    }

    /** Finds the end of a name, makes it lower case on the way and keeps its ends for the lookup. */
    private int scanName(final byte[] array, final long base, final int from, final int limit)
    {
        long last = 0;
        int at = from;
        while (at + 8 <= limit)
        {
            final long word = Swar.word(array, base + at);
            final long letters = Swar.letters(word);
            final long lower = word | letters >>> 2;
            final long stops = ~(letters | Swar.digitsAndHyphens(word)) & Swar.HIGHS;
            if (stops == 0)
            {
                if (lower != word)
                {
                    Swar.putWord(array, base + at, lower);
                }
                nameHead = at == from ? lower : nameHead;
                last = lower;
                at += 8;
                continue;
            }

            final int count = Swar.first(stops);
            final int shift = count << 3;
            final long kept = (1L << shift) - 1;
            final long part = lower & kept;
            if (part != (word & kept))
            {
                Swar.putWord(array, base + at, word & ~kept | part);
            }
            if (AsciiScan.lowerToken((byte)(word >>> shift)) != 0)
            {
                return scanRareName(array, base, from, at + count, limit);
            }

            final int end = at + count;
            nameHead = at == from ? part : nameHead;
            nameTail = end - from > 8 ? last >>> shift | part << (64 - shift) : 0;
            return end;
        }

        return scanRareName(array, base, from, at, limit);
    }

    /** The same byte by byte: near the end of the input, and for names with other characters. */
    private int scanRareName(final byte[] array, final long base, final int from, final int resume, final int limit)
    {
        int at = resume;
        while (at < limit)
        {
            final byte b = UnsafeApi.getByte(array, base + at);
            final byte lower = AsciiScan.lowerToken(b);
            if (lower == 0)
            {
                break;
            }
            if (lower != b)
            {
                UnsafeApi.putByte(array, base + at, lower);
            }
            at++;
        }

        final int length = at - from;
        nameHead = Swar.shortWord(array, base + from, Math.min(length, 8));
        nameTail = length > 8 ? Swar.word(array, base + at - 8) : 0;
        return at;
    }

    /** The line has no name or no colon: it is the empty line or an error. */
    private int noField(final int at, final int nameEnd)
    {
        final byte b = UnsafeApi.getByte(array, base + nameEnd);
        final boolean start = nameEnd == at;
        if (start && b == '\r')
        {
            if (at + 1 >= limit)
            {
                return 0;
            }
            return UnsafeApi.getByte(array, base + at + 1) == '\n' ? at + 2 : Http1Error.BARE_CR;
        }
        if (b == '\n')
        {
            return Http1Error.BARE_LF;
        }
        if (AsciiScan.isSpace(b))
        {
            return start ? Http1Error.OBS_FOLD : Http1Error.SPACE_BEFORE_COLON;
        }

        return Http1Error.INVALID_HEADER_NAME;
    }

    /** The input ends at or one byte behind the end of the value: incomplete, unless that byte is wrong already. */
    private int unfinishedLine(final int lineEnd)
    {
        return lineEnd >= limit || UnsafeApi.getByte(array, base + lineEnd) == '\r' ? 0 : badLineEnd(lineEnd);
    }

    private int badLineEnd(final int lineEnd)
    {
        final byte b = UnsafeApi.getByte(array, base + lineEnd);
        if (b == '\r')
        {
            return Http1Error.BARE_CR;
        }

        return b == '\n' ? Http1Error.BARE_LF : Http1Error.INVALID_HEADER_VALUE;
    }

    private int trimSpace(final int from, final int end)
    {
        int at = end;
        while (at > from && AsciiScan.isSpace(UnsafeApi.getByte(array, base + at - 1)))
        {
            at--;
        }

        return at;
    }
}
