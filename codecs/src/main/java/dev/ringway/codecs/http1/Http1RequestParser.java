package dev.ringway.codecs.http1;

import dev.ringway.codecs.http.Authority;
import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.HttpMethod;
import dev.ringway.codecs.http.MessageRules;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.codecs.http.UnderscorePolicy;
import dev.ringway.codecs.text.AsciiScan;
import org.agrona.MutableDirectBuffer;
import org.agrona.UnsafeApi;

/**
 * Parses request heads (RFC 9112 sections 2, 3 and 5). One owner thread; no state between calls, so input that was
 * incomplete is parsed again from its start; use {@link Http1HeadScanner} for senders that trickle.
 *
 * <p>What the grammar forbids is refused, and some of what it allows because others read it differently: a bare LF,
 * more than {@link Http1HeadScanner#MAX_EMPTY_LINES} empty lines in front, user info in an authority, a scheme other
 * than http and https, an absolute form whose query follows the authority at once, CONNECT with a body, HTTP/1 versions
 * after 1.1.
 */
public final class Http1RequestParser
{
    private static final byte[] H2C = { 'h', '2', 'c' };

    private final FieldSection fields;
    private final int maxHeadLength;

    /**
     * A parser.
     *
     * @param limits of one head.
     */
    public Http1RequestParser(final Http1Limits limits)
    {
        this(limits, UnderscorePolicy.ALLOW);
    }

    /**
     * A parser.
     *
     * @param limits      of one head.
     * @param underscores what becomes of names with an underscore.
     */
    public Http1RequestParser(final Http1Limits limits, final UnderscorePolicy underscores)
    {
        fields = FieldSection.ofRequests(limits, underscores);
        maxHeadLength = limits.maxHeadLength();
    }

    /**
     * Parses the head that begins at an offset. Header names become lower case in the buffer; nothing else changes.
     * An error is reported as soon as the bytes present make it certain, whatever follows.
     *
     * @param buffer holding the bytes; the caller owns them.
     * @param offset of the first byte.
     * @param length bytes present.
     * @param head   filled when the result is positive, undefined otherwise.
     * @return length of the head including the empty line, 0 when it is incomplete, or a code of {@link Http1Error}.
     */
    public int parse(
        final MutableDirectBuffer buffer, final int offset, final int length, final RequestHead head)
    {
        buffer.boundsCheck(offset, length);
        head.reset(buffer);

        final byte[] array = buffer.byteArray();
        final long base = buffer.addressOffset();
        final int limit = offset + Math.min(length, maxHeadLength);
        final int start = StartLine.skipEmptyLines(array, base, offset, limit);
        int end = start > 0 ? requestLine(array, base, start - 1, limit, head) : start;
        if (end > 0)
        {
            end = fields.parse(array, base, end, limit, head.headers());
        }
        if (end > 0)
        {
            head.head(offset, end - offset);
            return finish(array, base, head);
        }

        return end == 0 && length >= maxHeadLength ? Http1Error.HEAD_TOO_LARGE : end;
    }

    /** Returns the index behind the line, 0 when it is incomplete, or an error. */
    private int requestLine(
        final byte[] array, final long base, final int at, final int limit, final RequestHead head)
    {
        final int methodEnd = AsciiScan.tokenEnd(array, base, at, limit);
        if (methodEnd == limit)
        {
            return 0;
        }
        if (methodEnd == at || UnsafeApi.getByte(array, base + methodEnd) != ' ')
        {
            return Http1Error.INVALID_METHOD;
        }

        final int target = methodEnd + 1;
        final int targetEnd = AsciiScan.targetEnd(array, base, target, limit);
        if (targetEnd == limit)
        {
            return 0;
        }
        if (UnsafeApi.getByte(array, base + targetEnd) != ' ')
        {
            return StartLine.isLineEnd(array, base, targetEnd) ?
                Http1Error.INVALID_START_LINE : Http1Error.INVALID_TARGET;
        }
        if (targetEnd == target)
        {
            return Http1Error.INVALID_TARGET;
        }

        head.method(HttpMethod.idOf(array, base + at, methodEnd - at), at, methodEnd - at);
        head.target(target, targetEnd - target);
        final int end = StartLine.requestVersion(array, base, targetEnd + 1, limit);
        if (end <= 0)
        {
            return end == Http1Error.UNSUPPORTED_VERSION && isPreface(array, base, at, limit) ?
                Http1Error.HTTP2_PREFACE : end;
        }

        final int minorVersion = UnsafeApi.getByte(array, base + end - 3) - '0';
        head.minorVersion(minorVersion);
        fields.begin(minorVersion, false);
        final int error = target(array, base, target, targetEnd, head);
        return error == 0 ? end : error;
    }

    private static int target(
        final byte[] array, final long base, final int from, final int end, final RequestHead head)
    {
        final byte first = UnsafeApi.getByte(array, base + from);
        if (head.methodId() == HttpMethod.CONNECT)
        {
            head.authority(from, end - from);
            return Authority.validWithPort(array, base + from, end - from) ? 0 : Http1Error.INVALID_TARGET;
        }
        if (first == '/')
        {
            head.path(from, end - from, AsciiScan.indexOf(array, base, from, end, '?'));
            return 0;
        }
        if (first == '*' && end - from == 1)
        {
            head.path(from, 1, -1);
            return head.methodId() == HttpMethod.OPTIONS ? 0 : Http1Error.INVALID_TARGET;
        }

        return absoluteForm(array, base, from, end, head);
    }

    private static int absoluteForm(
        final byte[] array, final long base, final int from, final int end, final RequestHead head)
    {
        final int colon = AsciiScan.indexOf(array, base, from, end, ':');
        if (colon <= from || colon + 3 > end ||
            UnsafeApi.getByte(array, base + colon + 1) != '/' || UnsafeApi.getByte(array, base + colon + 2) != '/')
        {
            return Http1Error.INVALID_TARGET;
        }

        if (!MessageRules.servedScheme(array, base + from, colon - from))
        {
            return Http1Error.INVALID_SCHEME;
        }

        final int authority = colon + 3;
        final int slash = AsciiScan.indexOf(array, base, authority, end, '/');
        final int path = slash < 0 ? end : slash;
        if (!Authority.valid(array, base + authority, path - authority))
        {
            return Http1Error.INVALID_TARGET;
        }

        head.absoluteForm(true);
        head.scheme(from, colon - from);
        head.authority(authority, path - authority);
        head.path(path, end - path, AsciiScan.indexOf(array, base, path, end, '?'));
        return 0;
    }

    private static boolean isPreface(final byte[] array, final long base, final int at, final int limit)
    {
        return StartLine.startsWith(array, base, at, limit, StartLine.PREFACE);
    }

    private int finish(final byte[] array, final long base, final RequestHead head)
    {
        final HeaderTable headers = head.headers();
        final int host = headers.find(HeaderName.HOST);
        if (host < 0 && head.minorVersion() == 1)
        {
            return Http1Error.MISSING_HOST;
        }
        if (host >= 0 && head.authorityLength() == 0)
        {
            head.authority(headers.valueOffset(host), headers.valueLength(host));
        }

        final boolean body = fields.chunked() || fields.contentLength() > 0;
        if (body && head.methodId() == HttpMethod.CONNECT)
        {
            return Http1Error.CONNECT_WITH_BODY;
        }

        head.body(fields.contentLength(), fields.chunked());
        head.connection(fields.keepAlive(), offersUpgrade(array, base, head));
        final int expect = headers.find(HeaderName.EXPECT);
        if (expect >= 0 && head.minorVersion() == 1)
        {
            head.expectContinue(MessageRules.expectsContinue(
                array, base + headers.valueOffset(expect), headers.valueLength(expect)));
        }

        return head.headLength();
    }

    /**
     * HTTP/2 is not offered this way any more (RFC 9113 section 3.1): a request that does so is served as it is. CONNECT
     * asks for a tunnel already.
     */
    private boolean offersUpgrade(final byte[] array, final long base, final RequestHead head)
    {
        final HeaderTable headers = head.headers();
        if (!fields.upgrade(headers) || head.methodId() == HttpMethod.CONNECT)
        {
            return false;
        }

        final int field = headers.find(HeaderName.UPGRADE);
        if (headers.findNext(HeaderName.UPGRADE, field) >= 0)
        {
            return true;
        }

        final int offset = headers.valueOffset(field);
        final int length = headers.valueLength(field);
        if (length == H2C.length && AsciiScan.equalsIgnoreCase(array, base + offset, H2C))
        {
            return false;
        }

        head.protocol(offset, length);
        return true;
    }
}
