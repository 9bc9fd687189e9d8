package dev.ringway.codecs.http1;

import dev.ringway.codecs.http.ResponseHead;
import dev.ringway.codecs.text.AsciiScan;
import dev.ringway.codecs.text.Swar;
import org.agrona.MutableDirectBuffer;
import org.agrona.UnsafeApi;

/**
 * Parses response heads (RFC 9112 sections 2, 4 and 5). One owner thread; no state between calls, so input that was
 * incomplete is parsed again from its start; use {@link Http1HeadScanner} for senders that trickle.
 *
 * <p>Content-Length beside Transfer-Encoding is refused although RFC 9112 section 6.3 lets a proxy drop Content-Length:
 * no honest server sends both, and two readers who disagree about the end of a response share a poisoned connection.
 * For the same reason a 1xx or 204 response with Transfer-Encoding or a Content-Length above 0 is refused. The one
 * leniency is a missing space behind a status code without reason phrase, which many servers omit and which is written
 * anew anyway.
 */
public final class Http1ResponseParser
{
    private static final int VERSION_LENGTH = 8;

    private final FieldSection fields;
    private final int maxHeadLength;

    /**
     * A parser.
     *
     * @param limits of one head.
     */
    public Http1ResponseParser(final Http1Limits limits)
    {
        fields = FieldSection.ofResponses(limits);
        maxHeadLength = limits.maxHeadLength();
    }

    /**
     * Parses the head that begins at an offset. Header names become lower case in the buffer; nothing else changes.
     * An error is reported as soon as the bytes present make it certain, whatever follows.
     *
     * @param buffer holding the bytes; the caller owns them.
     * @param offset of the first byte.
     * @param length bytes present.
     * @param head   filled when the result is positive, undefined otherwise. Its {@code contentLength} and
     *               {@code chunked} say what the fields say; see {@link ResponseHead#bodyless()}.
     * @return length of the head including the empty line, 0 when it is incomplete, or a code of {@link Http1Error}.
     */
    public int parse(
        final MutableDirectBuffer buffer, final int offset, final int length, final ResponseHead head)
    {
        buffer.boundsCheck(offset, length);
        head.reset(buffer);

        final byte[] array = buffer.byteArray();
        final long base = buffer.addressOffset();
        final int limit = offset + Math.min(length, maxHeadLength);
        int end = statusLine(array, base, offset, limit, head);
        if (end > 0)
        {
            end = fields.parse(array, base, end, limit, head.headers());
        }
        if (end > 0)
        {
            head.body(fields.contentLength(), fields.chunked());
            head.connection(fields.keepAlive(), fields.upgrade(head.headers()));
            head.head(offset, end - offset);
            return end - offset;
        }

        return end == 0 && length >= maxHeadLength ? Http1Error.HEAD_TOO_LARGE : end;
    }

    /** Returns the index behind the line, 0 when it is incomplete, or an error. */
    private int statusLine(
        final byte[] array, final long base, final int at, final int limit, final ResponseHead head)
    {
        final int versionEnd = versionEnd(array, base, at, limit);
        if (versionEnd <= 0)
        {
            return versionEnd;
        }

        final int status = status(array, base, versionEnd, limit);
        final int statusEnd = versionEnd + 4;
        if (status <= 0 || statusEnd >= limit)
        {
            return Math.min(status, 0);
        }

        int reason = statusEnd;
        if (UnsafeApi.getByte(array, base + statusEnd) == ' ')
        {
            reason++;
        }
        else if (!StartLine.isLineEnd(array, base, statusEnd))
        {
            return Http1Error.INVALID_STATUS;
        }

        final int lineEnd = AsciiScan.textEnd(array, base, reason, limit);
        if (lineEnd >= limit)
        {
            return 0;
        }
        if (UnsafeApi.getByte(array, base + lineEnd) != '\r')
        {
            return UnsafeApi.getByte(array, base + lineEnd) == '\n' ?
                Http1Error.BARE_LF : Http1Error.INVALID_START_LINE;
        }
        if (lineEnd + 1 >= limit)
        {
            return 0;
        }
        if (UnsafeApi.getByte(array, base + lineEnd + 1) != '\n')
        {
            return Http1Error.BARE_CR;
        }

        final int minorVersion = UnsafeApi.getByte(array, base + versionEnd - 1) - '0';
        head.minorVersion(minorVersion);
        head.status(status, reason, lineEnd - reason);
        fields.begin(minorVersion, status < 200 || status == 204);
        return lineEnd + 2;
    }

    private static int versionEnd(final byte[] array, final long base, final int at, final int limit)
    {
        if (at + VERSION_LENGTH <= limit)
        {
            final long word = Swar.word(array, base + at);
            if (word == StartLine.HTTP_1_1 || word == StartLine.HTTP_1_0)
            {
                return at + VERSION_LENGTH;
            }
        }

        return StartLine.version(array, base, at, limit);
    }

    /** Reads a space and three digits; returns the number, 0 when incomplete, or an error. */
    private static int status(final byte[] array, final long base, final int at, final int limit)
    {
        int status = 0;
        for (int i = 0; i < 4; i++)
        {
            if (at + i >= limit)
            {
                return 0;
            }

            final byte b = UnsafeApi.getByte(array, base + at + i);
            if (i == 0 ? b != ' ' : !StartLine.isDigit(b) || i == 1 && b == '0')
            {
                return i == 0 ? Http1Error.INVALID_START_LINE : Http1Error.INVALID_STATUS;
            }
            status = i == 0 ? 0 : status * 10 + b - '0';
        }

        return status;
    }
}
