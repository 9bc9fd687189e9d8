package dev.ringway.codecs.http1;

import dev.ringway.codecs.text.Swar;
import java.nio.charset.StandardCharsets;
import org.agrona.UnsafeApi;

/**
 * Pieces of request and status lines. Results as everywhere here: an index, 0 for incomplete, or a code of
 * {@link Http1Error}.
 */
final class StartLine
{
    /** As much of the HTTP/2 preface (RFC 9113 section 3.4) as tells it from any HTTP/1 request. */
    static final byte[] PREFACE = "PRI * HTTP/2".getBytes(StandardCharsets.US_ASCII);
    /** {@code HTTP/1.1} as a word. */
    static final long HTTP_1_1 = Swar.wordOf("HTTP/1.1");
    /** {@code HTTP/1.0} as a word. */
    static final long HTTP_1_0 = Swar.wordOf("HTTP/1.0");

    private static final byte[] HTTP_1 = "HTTP/1.".getBytes(StandardCharsets.US_ASCII);
    private static final int MAJOR = 5;

    private StartLine()
    {
    }

    /** Returns one more than the index of the first byte of the start line (so that 0 stays incomplete). */
    static int skipEmptyLines(final byte[] array, final long base, final int from, final int limit)
    {
        int at = from;
        for (int i = 0; i <= Http1HeadScanner.MAX_EMPTY_LINES; i++)
        {
            if (at >= limit)
            {
                return 0;
            }

            final byte b = UnsafeApi.getByte(array, base + at);
            if (b != '\r')
            {
                return b == '\n' ? Http1Error.BARE_LF : at + 1;
            }
            if (at + 1 >= limit)
            {
                return 0;
            }
            if (UnsafeApi.getByte(array, base + at + 1) != '\n')
            {
                return Http1Error.BARE_CR;
            }
            at += 2;
        }

        return Http1Error.INVALID_START_LINE;
    }

    /** Reads version and CRLF at the end of a request line; returns the index behind. */
    static int requestVersion(final byte[] array, final long base, final int at, final int limit)
    {
        if (at + 10 <= limit)
        {
            final long word = Swar.word(array, base + at);
            if ((word == HTTP_1_1 || word == HTTP_1_0) &&
                UnsafeApi.getByte(array, base + at + 8) == '\r' && UnsafeApi.getByte(array, base + at + 9) == '\n')
            {
                return at + 10;
            }
        }

        final int end = version(array, base, at, limit);
        if (end <= 0 || end == limit)
        {
            return Math.min(end, 0);
        }

        final byte b = UnsafeApi.getByte(array, base + end);
        if (b != '\r')
        {
            return b == '\n' ? Http1Error.BARE_LF : Http1Error.INVALID_START_LINE;
        }
        if (end + 1 == limit)
        {
            return 0;
        }

        return UnsafeApi.getByte(array, base + end + 1) == '\n' ? end + 2 : Http1Error.BARE_CR;
    }

    /** Reads a version byte by byte; returns the index behind, which is not 0. */
    static int version(final byte[] array, final long base, final int at, final int limit)
    {
        for (int i = 0; i < HTTP_1.length; i++)
        {
            if (at + i >= limit)
            {
                return 0;
            }

            final byte b = UnsafeApi.getByte(array, base + at + i);
            if (b != HTTP_1[i])
            {
                return i == MAJOR && isDigit(b) ? Http1Error.UNSUPPORTED_VERSION : Http1Error.INVALID_VERSION;
            }
        }
        if (at + HTTP_1.length >= limit)
        {
            return 0;
        }

        final byte minor = UnsafeApi.getByte(array, base + at + HTTP_1.length);
        if (minor != '0' && minor != '1')
        {
            return isDigit(minor) ? Http1Error.UNSUPPORTED_VERSION : Http1Error.INVALID_VERSION;
        }

        return at + HTTP_1.length + 1;
    }

    static boolean startsWith(
        final byte[] array, final long base, final int at, final int limit, final byte[] text)
    {
        if (limit - at < text.length)
        {
            return false;
        }
        for (int i = 0; i < text.length; i++)
        {
            if (UnsafeApi.getByte(array, base + at + i) != text[i])
            {
                return false;
            }
        }

        return true;
    }

    static boolean isLineEnd(final byte[] array, final long base, final int at)
    {
        final byte b = UnsafeApi.getByte(array, base + at);
        return b == '\r' || b == '\n';
    }

    static boolean isDigit(final byte b)
    {
        return b >= '0' && b <= '9';
    }
}
