package dev.ringway.codecs.http1;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.HttpMethod;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.codecs.text.AsciiNumbers;
import dev.ringway.codecs.text.ShortCopy;
import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Writes HTTP/1.1 messages. Every method writes at an offset and returns the offset behind what it wrote; the caller
 * guarantees room, with the {@code ...Length} helpers where the size is not obvious. What is written is not checked
 * again: ranges come from a parser, constants from {@link #prefix} or the caller's code. Any thread.
 */
public final class Http1Encoder
{
    /** Most bytes of a status line without a given reason phrase. */
    public static final int MAX_STATUS_LINE_LENGTH = 64;
    /** Most bytes of a chunk header. */
    public static final int MAX_CHUNK_HEADER_LENGTH = AsciiNumbers.MAX_HEX_LENGTH + 2;

    private static final int FIRST_STATUS = 100;
    private static final int LAST_STATUS = 999;
    private static final byte[][] STATUS_LINES = new byte[LAST_STATUS - FIRST_STATUS + 1][];
    private static final byte[][] PREFIXES = new byte[HeaderName.COUNT][];
    private static final UnsafeBuffer[] PREFIX_BUFFERS = new UnsafeBuffer[HeaderName.COUNT];
    private static final byte[] REQUEST_LINE_END = ascii(" HTTP/1.1\r\n");
    private static final byte[] VERSION = ascii("HTTP/1.1 ");
    private static final byte[] CRLF = ascii("\r\n");
    private static final byte[] LAST_CHUNK = ascii("0\r\n\r\n");
    private static final String[] REASONS =
    {
        "100 Continue", "101 Switching Protocols", "102 Processing", "103 Early Hints",
        "200 OK", "201 Created", "202 Accepted", "203 Non-Authoritative Information", "204 No Content",
        "205 Reset Content", "206 Partial Content", "207 Multi-Status", "208 Already Reported", "226 IM Used",
        "300 Multiple Choices", "301 Moved Permanently", "302 Found", "303 See Other", "304 Not Modified",
        "305 Use Proxy", "307 Temporary Redirect", "308 Permanent Redirect",
        "400 Bad Request", "401 Unauthorized", "402 Payment Required", "403 Forbidden", "404 Not Found",
        "405 Method Not Allowed", "406 Not Acceptable", "407 Proxy Authentication Required", "408 Request Timeout",
        "409 Conflict", "410 Gone", "411 Length Required", "412 Precondition Failed", "413 Payload Too Large",
        "414 URI Too Long", "415 Unsupported Media Type", "416 Range Not Satisfiable", "417 Expectation Failed",
        "421 Misdirected Request", "422 Unprocessable Entity", "423 Locked", "424 Failed Dependency",
        "425 Too Early", "426 Upgrade Required", "428 Precondition Required", "429 Too Many Requests",
        "431 Request Header Fields Too Large", "451 Unavailable For Legal Reasons",
        "500 Internal Server Error", "501 Not Implemented", "502 Bad Gateway", "503 Service Unavailable",
        "504 Gateway Timeout", "505 HTTP Version Not Supported", "506 Variant Also Negotiates",
        "507 Insufficient Storage", "508 Loop Detected", "511 Network Authentication Required"
    };

    static
    {
        for (int i = 0; i < STATUS_LINES.length; i++)
        {
            STATUS_LINES[i] = ascii("HTTP/1.1 " + (FIRST_STATUS + i) + " Unknown\r\n");
        }
        for (final String reason : REASONS)
        {
            final int status = Integer.parseInt(reason.substring(0, 3));
            STATUS_LINES[status - FIRST_STATUS] = ascii("HTTP/1.1 " + reason + "\r\n");
        }
        for (int id = 0; id < PREFIXES.length; id++)
        {
            PREFIXES[id] = ascii(new String(HeaderName.bytes(id), StandardCharsets.US_ASCII) + ": ");
            PREFIX_BUFFERS[id] = new UnsafeBuffer(PREFIXES[id]);
        }
    }

    private Http1Encoder()
    {
    }

    /**
     * Room for a request line.
     *
     * @param head       of the request.
     * @param pathLength of the path to write.
     * @return most bytes either variant of {@code putRequestLine} writes.
     */
    public static int requestLineLength(final RequestHead head, final int pathLength)
    {
        return head.methodLength() + 1 + Math.max(1, Math.max(pathLength, head.authorityLength())) +
            REQUEST_LINE_END.length;
    }

    /**
     * Writes a request line in origin form, or in authority form for CONNECT.
     *
     * @param dst  to write to.
     * @param at   offset.
     * @param head of the request; an empty path is written as {@code /}, or {@code *} for OPTIONS.
     * @return offset behind the CRLF.
     */
    public static int putRequestLine(final MutableDirectBuffer dst, final int at, final RequestHead head)
    {
        final MutableDirectBuffer src = head.headers().buffer();
        if (head.methodId() == HttpMethod.CONNECT)
        {
            return putRequestLine(dst, at, head, src, head.authorityOffset(), head.authorityLength());
        }

        return putRequestLine(dst, at, head, src, head.pathOffset(), head.pathLength());
    }

    /**
     * Writes a request line with a given target, for a rewritten path.
     *
     * @param dst        to write to.
     * @param at         offset.
     * @param head       of the request; only its method is used.
     * @param path       buffer holding the target.
     * @param pathOffset of its first byte.
     * @param pathLength bytes; an empty path is written as {@code /}, or {@code *} for OPTIONS.
     * @return offset behind the CRLF.
     */
    public static int putRequestLine(
        final MutableDirectBuffer dst,
        final int at,
        final RequestHead head,
        final DirectBuffer path,
        final int pathOffset,
        final int pathLength)
    {
        dst.putBytes(at, head.headers().buffer(), head.methodOffset(), head.methodLength());
        int position = at + head.methodLength();
        dst.putByte(position++, (byte)' ');
        if (pathLength == 0)
        {
            dst.putByte(position++, (byte)(head.methodId() == HttpMethod.OPTIONS ? '*' : '/'));
        }
        else
        {
            dst.putBytes(position, path, pathOffset, pathLength);
            position += pathLength;
        }

        return putLine(dst, position, REQUEST_LINE_END);
    }

    /**
     * Writes a status line with the standard reason phrase ("Unknown" where there is none).
     *
     * @param dst    to write to.
     * @param at     offset.
     * @param status 100 to 999.
     * @return offset behind the CRLF.
     */
    public static int putStatusLine(final MutableDirectBuffer dst, final int at, final int status)
    {
        return putLine(dst, at, STATUS_LINES[status - FIRST_STATUS]);
    }

    /**
     * Writes a status line with a given reason phrase.
     *
     * @param dst          to write to.
     * @param at           offset.
     * @param status       100 to 999.
     * @param reason       buffer holding the phrase.
     * @param reasonOffset of its first byte.
     * @param reasonLength bytes, may be 0.
     * @return offset behind the CRLF; {@code MAX_STATUS_LINE_LENGTH + reasonLength} is room enough.
     */
    public static int putStatusLine(
        final MutableDirectBuffer dst,
        final int at,
        final int status,
        final DirectBuffer reason,
        final int reasonOffset,
        final int reasonLength)
    {
        int position = putLine(dst, at, VERSION);
        position = AsciiNumbers.putDecimal(dst, position, status);
        dst.putByte(position++, (byte)' ');
        dst.putBytes(position, reason, reasonOffset, reasonLength);

        return putEnd(dst, position + reasonLength);
    }

    /**
     * What a header line begins with, for {@code putHeader}.
     *
     * @param nameId a constant of {@link HeaderName} other than {@code OTHER}.
     * @return {@code name ": "}, shared, not to be changed.
     */
    public static byte[] prefix(final int nameId)
    {
        return PREFIXES[nameId];
    }

    /**
     * Writes what a header line begins with.
     *
     * @param dst    to write to.
     * @param at     offset.
     * @param nameId a constant of {@link HeaderName} other than {@code OTHER}.
     * @return offset behind it.
     */
    public static int putPrefix(final MutableDirectBuffer dst, final int at, final int nameId)
    {
        final UnsafeBuffer prefix = PREFIX_BUFFERS[nameId];
        ShortCopy.copy(prefix, 0, dst, at, prefix.capacity());
        return at + prefix.capacity();
    }

    /**
     * Writes a header line.
     *
     * @param dst    to write to.
     * @param at     offset.
     * @param prefix {@code name ": "}, as from {@link #prefix}.
     * @param value  all of it is the value.
     * @return offset behind the CRLF.
     */
    public static int putHeader(
        final MutableDirectBuffer dst, final int at, final byte[] prefix, final byte[] value)
    {
        return putEnd(dst, putLine(dst, putLine(dst, at, prefix), value));
    }

    /**
     * Writes a header line.
     *
     * @param dst         to write to.
     * @param at          offset.
     * @param prefix      {@code name ": "}, as from {@link #prefix}.
     * @param value       buffer holding the value.
     * @param valueOffset of its first byte.
     * @param valueLength bytes.
     * @return offset behind the CRLF.
     */
    public static int putHeader(
        final MutableDirectBuffer dst,
        final int at,
        final byte[] prefix,
        final DirectBuffer value,
        final int valueOffset,
        final int valueLength)
    {
        final int position = putLine(dst, at, prefix);
        dst.putBytes(position, value, valueOffset, valueLength);

        return putEnd(dst, position + valueLength);
    }

    /**
     * Writes a header line.
     *
     * @param dst    to write to.
     * @param at     offset.
     * @param prefix {@code name ": "}, as from {@link #prefix}.
     * @param value  0 or more, written in decimal.
     * @return offset behind the CRLF.
     */
    public static int putHeader(final MutableDirectBuffer dst, final int at, final byte[] prefix, final long value)
    {
        return putEnd(dst, AsciiNumbers.putDecimal(dst, putLine(dst, at, prefix), value));
    }

    /**
     * Writes bytes as they are, a whole header line for instance.
     *
     * @param dst   to write to.
     * @param at    offset.
     * @param bytes all are written.
     * @return offset behind them.
     */
    public static int putLine(final MutableDirectBuffer dst, final int at, final byte[] bytes)
    {
        dst.putBytes(at, bytes, 0, bytes.length);

        return at + bytes.length;
    }

    /**
     * Writes CRLF: the end of a line, of a head, of a chunk or of a trailer section.
     *
     * @param dst to write to.
     * @param at  offset.
     * @return offset behind it.
     */
    public static int putEnd(final MutableDirectBuffer dst, final int at)
    {
        dst.putByte(at, CRLF[0]);
        dst.putByte(at + 1, CRLF[1]);

        return at + 2;
    }

    /**
     * Room for the header lines of a table.
     *
     * @param headers to be copied.
     * @return most bytes {@link #copyHeaders} writes for them.
     */
    public static int headersLength(final HeaderTable headers)
    {
        int length = 0;
        for (int i = 0, count = headers.count(); i < count; i++)
        {
            length += headers.nameLength(i) + headers.valueLength(i) + 4;
        }

        return length;
    }

    /**
     * Writes all header fields but those in a set of names and those named by Connection. Neighbours that lie in the
     * source as they are to be written go in one copy.
     *
     * @param headers  to copy.
     * @param dropMask names to leave out, see {@link HeaderName#mask}.
     * @param dst      to write to; another buffer than the source, or ranges that do not overlap.
     * @param at       offset.
     * @return offset behind the last line; no empty line is written.
     */
    public static int copyHeaders(
        final HeaderTable headers, final long dropMask, final MutableDirectBuffer dst, final int at)
    {
        final DirectBuffer src = headers.buffer();
        final int count = headers.count();
        int position = at;
        int runStart = 0;
        int runEnd = 0;
        for (int i = 0; i < count; i++)
        {
            if ((dropMask >>> headers.nameId(i) & 1) != 0 || headers.nominated(i))
            {
                continue;
            }

            final int nameOffset = headers.nameOffset(i);
            if (!headers.canonical(i))
            {
                position = copyRun(src, runStart, runEnd, dst, position);
                position = copyField(headers, i, dst, position);
                runStart = 0;
                runEnd = 0;
                continue;
            }
            if (nameOffset != runEnd || runEnd == runStart)
            {
                position = copyRun(src, runStart, runEnd, dst, position);
                runStart = nameOffset;
            }
            runEnd = headers.valueOffset(i) + headers.valueLength(i) + 2;
        }

        return copyRun(src, runStart, runEnd, dst, position);
    }

    /**
     * Writes the line before the data of a chunk.
     *
     * @param dst    to write to.
     * @param at     offset.
     * @param length of the data, more than 0; {@link #putEnd} follows the data.
     * @return offset behind the CRLF.
     */
    public static int putChunkHeader(final MutableDirectBuffer dst, final int at, final long length)
    {
        return putEnd(dst, AsciiNumbers.putHex(dst, at, length));
    }

    /**
     * Writes the last chunk and an empty trailer section.
     *
     * @param dst to write to.
     * @param at  offset.
     * @return offset behind it: 5 bytes.
     */
    public static int putLastChunk(final MutableDirectBuffer dst, final int at)
    {
        return putLine(dst, at, LAST_CHUNK);
    }

    /**
     * Writes the last chunk's line only; trailer fields and {@link #putEnd} follow.
     *
     * @param dst to write to.
     * @param at  offset.
     * @return offset behind it: 3 bytes.
     */
    public static int putLastChunkHeader(final MutableDirectBuffer dst, final int at)
    {
        dst.putByte(at, LAST_CHUNK[0]);

        return putEnd(dst, at + 1);
    }

    private static int copyRun(
        final DirectBuffer src, final int start, final int end, final MutableDirectBuffer dst, final int at)
    {
        final int length = end - start;
        if (length > 0)
        {
            dst.putBytes(at, src, start, length);
        }

        return at + length;
    }

    private static int copyField(
        final HeaderTable headers, final int index, final MutableDirectBuffer dst, final int at)
    {
        final int nameLength = headers.nameLength(index);
        final int valueLength = headers.valueLength(index);
        dst.putBytes(at, headers.buffer(), headers.nameOffset(index), nameLength);
        int position = at + nameLength;
        dst.putByte(position++, (byte)':');
        dst.putByte(position++, (byte)' ');
        dst.putBytes(position, headers.buffer(), headers.valueOffset(index), valueLength);

        return putEnd(dst, position + valueLength);
    }

    private static byte[] ascii(final String text)
    {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
