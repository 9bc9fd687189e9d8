package dev.ringway.codecs.http2;

import dev.ringway.codecs.hpack.HeaderSink;
import dev.ringway.codecs.hpack.PseudoHeader;
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
 * Makes a {@link RequestHead} of the decoded fields of a request (RFC 9113 section 8.3.1). Whatever it accepts can be
 * written in HTTP/1.1 and is read there as the same single request: the grammar of each part is that of the parser for
 * HTTP/1. One owner thread; reused request after request.
 *
 * <p>Cookie crumbs become one field (section 8.2.3). A Host field stays in the table; the authority of
 * the head is {@code :authority} where there is one, and the two must be equal.
 */
public final class RequestFields implements HeaderSink
{
    private static final int METHOD = bit(PseudoHeader.METHOD);
    private static final int SCHEME = bit(PseudoHeader.SCHEME);
    private static final int AUTHORITY = bit(PseudoHeader.AUTHORITY);
    private static final int PATH = bit(PseudoHeader.PATH);
    private static final int PROTOCOL = bit(PseudoHeader.PROTOCOL);

    private final FieldChecker fields = new FieldChecker();
    private final CookieCrumbs crumbs;
    private RequestHead head;
    private boolean isProtocolAllowed;
    private boolean isFieldSeen;
    private int seen;
    private int fault;

    /**
     * Creates one.
     *
     * @param maxFields most fields of a request, at least those of any limits it is used with.
     */
    public RequestFields(final int maxFields)
    {
        crumbs = new CookieCrumbs(maxFields);
    }

    /**
     * Begins a request.
     *
     * @param request     to fill; undefined until {@link #end} returns 0.
     * @param dst         buffer the offsets of {@link #onField} refer to. Its lines stay until {@link #end}.
     * @param dstLimit    offset behind the bytes of {@code dst} that are ours, for the cookie.
     * @param limits      of the field section.
     * @param underscores what becomes of names with an underscore.
     */
    public void begin(
        final RequestHead request,
        final MutableDirectBuffer dst,
        final int dstLimit,
        final Http2FieldLimits limits,
        final UnderscorePolicy underscores)
    {
        head = request;
        request.reset(dst);
        request.http2(true);
        fields.begin(request.headers(), dst, limits, underscores);
        crumbs.begin(dst, dstLimit, limits.maxCookieLength());
        isFieldSeen = false;
        seen = 0;
        fault = 0;
    }

    /**
     * Says whether {@code :protocol} is known, for requests to come; at first it is not.
     *
     * @param isAllowed true when we sent SETTINGS_ENABLE_CONNECT_PROTOCOL (RFC 8441 section 3).
     */
    public void allowProtocol(final boolean isAllowed)
    {
        isProtocolAllowed = isAllowed;
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
            result = nameId < 0 ?
                onPseudo(nameId, valueOffset, valueLength, (flags & NEVER_INDEXED) != 0) :
                onOther(nameOffset, nameLength, valueOffset, valueLength, nameId, flags);
        }
        fault = result;
        return result == 0;
    }

    /**
     * Ends a request.
     *
     * @param isEndStream whether it has neither content nor trailers.
     * @return 0 when the head is complete, or a code of {@link Http2Fault}. The head is {@code chunked()} when content
     *     of unknown length follows, but for CONNECT.
     */
    public int end(final boolean isEndStream)
    {
        if (fault == 0)
        {
            fault = finish(isEndStream);
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
     * Where the bytes of the request end.
     *
     * @return absolute offset behind the last field, and behind the cookie when it had to be joined there.
     */
    public int endOffset()
    {
        return Math.max(fields.end(), crumbs.end());
    }

    private static int bit(final int pseudoHeader)
    {
        return 1 << -pseudoHeader;
    }

    private int onPseudo(final int nameId, final int value, final int length, final boolean isNeverIndexed)
    {
        if (isFieldSeen)
        {
            return Http2Fault.PSEUDO_AFTER_FIELD;
        }
        if ((seen & bit(nameId)) != 0)
        {
            return Http2Fault.DUPLICATE_PSEUDO;
        }

        seen |= bit(nameId);
        if (isNeverIndexed)
        {
            markNeverIndexed(nameId);
        }
        final byte[] array = fields.array();
        final long address = fields.base() + value;
        switch (nameId)
        {
            case PseudoHeader.METHOD:
                head.method(HttpMethod.idOf(array, address, length), value, length);
                return fields.isToken(value, length) ? 0 : Http2Fault.INVALID_METHOD;

            case PseudoHeader.SCHEME:
                head.scheme(value, length);
                return MessageRules.servedScheme(array, address, length) ? 0 : Http2Fault.INVALID_SCHEME;

            case PseudoHeader.AUTHORITY:
                head.authority(value, length);
                return Authority.valid(array, address, length) ? 0 : Http2Fault.INVALID_AUTHORITY;

            case PseudoHeader.PATH:
                return onPath(value, length);

            case PseudoHeader.PROTOCOL:
                head.protocol(value, length);
                return !isProtocolAllowed ? Http2Fault.UNKNOWN_PSEUDO :
                    fields.isToken(value, length) ? 0 : Http2Fault.INVALID_PROTOCOL;

            default:
                return Http2Fault.UNKNOWN_PSEUDO;
        }
    }

    /** The values of the others are no secrets: they are among few. */
    private void markNeverIndexed(final int nameId)
    {
        if (nameId == PseudoHeader.PATH)
        {
            head.markPathNeverIndexed();
        }
        else if (nameId == PseudoHeader.AUTHORITY)
        {
            head.markAuthorityNeverIndexed();
        }
    }

    private int onPath(final int value, final int length)
    {
        final byte[] array = fields.array();
        final long base = fields.base();
        final int end = value + length;
        head.target(value, length);
        head.path(value, length, AsciiScan.indexOf(array, base, value, end, '?'));

        return length > 0 && AsciiScan.targetEnd(array, base, value, end) == end ? 0 : Http2Fault.INVALID_PATH;
    }

    private int onOther(
        final int nameOffset,
        final int nameLength,
        final int valueOffset,
        final int valueLength,
        final int nameId,
        final int flags)
    {
        isFieldSeen = true;
        if (nameId == HeaderName.HOST)
        {
            final int result = checkOneHost(valueOffset, valueLength);
            if (result != 0)
            {
                return result;
            }
            if ((flags & NEVER_INDEXED) != 0)
            {
                head.markAuthorityNeverIndexed();
            }
        }
        else if (nameId == HeaderName.COOKIE)
        {
            if (!crumbs.count(valueLength))
            {
                return Http2Fault.COOKIES_TOO_LARGE;
            }
            if (head.headers().contains(HeaderName.COOKIE))
            {
                return addCrumb(valueOffset, valueLength, flags);
            }
        }

        return fields.add(nameOffset, nameLength, valueOffset, valueLength, nameId, flags);
    }

    private int checkOneHost(final int value, final int length)
    {
        if (head.headers().contains(HeaderName.HOST))
        {
            return Http2Fault.DUPLICATE_HOST;
        }

        return Authority.valid(fields.array(), fields.base() + value, length) ? 0 : Http2Fault.INVALID_AUTHORITY;
    }

    private int addCrumb(final int value, final int length, final int flags)
    {
        final int result = fields.checkValue(value, length);
        if (result != 0)
        {
            return result;
        }
        if ((flags & NEVER_INDEXED) != 0)
        {
            head.headers().markNeverIndexed(head.headers().find(HeaderName.COOKIE));
        }

        return crumbs.add(value, length) ? 0 : Http2Fault.TOO_MANY_FIELDS;
    }

    private int finish(final boolean isEndStream)
    {
        final boolean isConnect = head.methodId() == HttpMethod.CONNECT;
        final int result = isConnect && (seen & PROTOCOL) == 0 ? checkTunnel() : checkTarget(isConnect);
        if (result != 0)
        {
            return result;
        }

        final long contentLength = fields.contentLength();
        if (contentLength > 0 && isConnect)
        {
            return Http2Fault.CONNECT_WITH_BODY;
        }
        if (contentLength > 0 && isEndStream)
        {
            return Http2Fault.CONTENT_LENGTH_MISMATCH;
        }

        final HeaderTable headers = head.headers();
        head.body(contentLength, contentLength < 0 && !isEndStream && !isConnect);
        head.connection(true, (seen & PROTOCOL) != 0);
        final int expect = headers.find(HeaderName.EXPECT);
        head.expectContinue(expect >= 0 && MessageRules.expectsContinue(
            fields.array(), fields.base() + headers.valueOffset(expect), headers.valueLength(expect)));
        final boolean isRoom = crumbs.join(headers, fields.end());
        head.head(fields.start(), endOffset() - fields.start());
        return isRoom ? 0 : Http2Fault.FIELDS_TOO_LARGE;
    }

    /** CONNECT has only an authority, with a port (RFC 9113 section 8.5). */
    private int checkTunnel()
    {
        if ((seen & AUTHORITY) == 0)
        {
            return Http2Fault.MISSING_PSEUDO;
        }
        if ((seen & (SCHEME | PATH)) != 0)
        {
            return Http2Fault.FORBIDDEN_PSEUDO;
        }

        final int authority = head.authorityOffset();
        head.target(authority, head.authorityLength());
        return Authority.validWithPort(fields.array(), fields.base() + authority, head.authorityLength()) ?
            checkHost() : Http2Fault.INVALID_AUTHORITY;
    }

    private int checkTarget(final boolean isConnect)
    {
        final int required = METHOD | SCHEME | PATH;
        if ((seen & required) != required)
        {
            return Http2Fault.MISSING_PSEUDO;
        }
        if ((seen & PROTOCOL) != 0 && !isConnect)
        {
            return Http2Fault.FORBIDDEN_PSEUDO;
        }

        final byte first = UnsafeApi.getByte(fields.array(), fields.base() + head.pathOffset());
        final boolean isAsterisk = first == '*' && head.pathLength() == 1 && head.methodId() == HttpMethod.OPTIONS;
        return first == '/' || isAsterisk ? checkHost() : Http2Fault.INVALID_PATH;
    }

    private int checkHost()
    {
        final HeaderTable headers = head.headers();
        final int host = headers.find(HeaderName.HOST);
        if (host < 0)
        {
            return (seen & AUTHORITY) != 0 ? 0 : Http2Fault.MISSING_AUTHORITY;
        }

        final int offset = headers.valueOffset(host);
        final int length = headers.valueLength(host);
        if ((seen & AUTHORITY) == 0)
        {
            head.authority(offset, length);
            return 0;
        }

        return length == head.authorityLength() && equal(offset, head.authorityOffset(), length) ?
            0 : Http2Fault.AUTHORITY_MISMATCH;
    }

    private boolean equal(final int left, final int right, final int length)
    {
        final byte[] array = fields.array();
        final long base = fields.base();
        for (int i = 0; i < length; i++)
        {
            final byte a = UnsafeApi.getByte(array, base + left + i);
            final byte b = UnsafeApi.getByte(array, base + right + i);
            if (a != b && (AsciiScan.lowerToken(a) == 0 || AsciiScan.lowerToken(a) != AsciiScan.lowerToken(b)))
            {
                return false;
            }
        }

        return true;
    }
}
