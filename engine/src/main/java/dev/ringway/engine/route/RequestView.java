package dev.ringway.engine.route;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.HttpMethod;
import dev.ringway.codecs.http.RequestHead;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.IdentityHashMap;
import java.util.Map;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * A request as conditions of routes see it: fields as the client sent them, without those that end here, and what the
 * connection manager has found out. One per loop, reused for each request. Loop thread only.
 */
public final class RequestView
{
    private static final DirectBuffer HTTP = bytes("http");
    private static final DirectBuffer HTTPS = bytes("https");
    private static final DirectBuffer TRUE = bytes("true");
    private static final DirectBuffer SLASH = bytes("/");
    private static final DirectBuffer GET = bytes("GET");
    private static final int JOINED_LENGTH = 1024;

    private final Map<Pattern, Matcher> matchers = new IdentityHashMap<>();
    private final RegexText text = new RegexText();
    /** Grows to the longest value that came in several fields. */
    private final ExpandableArrayBuffer joined = new ExpandableArrayBuffer(JOINED_LENGTH);
    private RequestHead head;
    private HeaderTable headers;
    private long absentMask;
    private boolean isHttps;
    private boolean isInternal;
    private DirectBuffer requestId;
    private int requestIdLength;
    private long random;
    private AddedFields added;
    private boolean isDecoded;
    private final UnsafeBuffer path = new UnsafeBuffer(0, 0);
    private DirectBuffer buffer;
    private int offset;
    private int length;
    private int selected;

    private static DirectBuffer bytes(final String text)
    {
        return new UnsafeBuffer(text.getBytes(US_ASCII));
    }

    /**
     * Takes a request.
     *
     * @param request    with authority and path decoded.
     * @param absent     mask of names that do not count because they end here, see {@link HeaderName#mask}.
     * @param fromHttps  whether it came by HTTPS; of no matter without {@link RouteTable#asksScheme}.
     * @param fromInside whether it is internal.
     * @param number     that it has drawn; of no matter without {@link RouteTable#asksRandom}.
     * @return this.
     */
    public RequestView of(
        final RequestHead request,
        final long absent,
        final boolean fromHttps,
        final boolean fromInside,
        final long number)
    {
        head = request;
        headers = request.headers();
        absentMask = absent;
        isHttps = fromHttps;
        isInternal = fromInside;
        requestId = null;
        random = number;
        added = null;
        isDecoded = false;
        return this;
    }

    /**
     * Shows the request as it goes on.
     *
     * @param edits what it loses and gains, as long as it is looked at.
     * @return this.
     */
    public RequestView with(final AddedFields edits)
    {
        added = edits;
        return this;
    }

    /**
     * Says that the request has gained an id, which takes the place of any that the client sent.
     *
     * @param id       holds it at its start, as long as the request is looked at.
     * @param idLength bytes of it.
     */
    public void requestId(final DirectBuffer id, final int idLength)
    {
        requestId = id;
        requestIdLength = idLength;
    }

    /**
     * Has values of query parameters selected without their percent codes.
     *
     * @return this.
     */
    public RequestView decoding()
    {
        isDecoded = true;
        return this;
    }

    /**
     * Takes a request that came by HTTPS from outside.
     *
     * @param request with authority and path decoded.
     * @return this.
     */
    public RequestView of(final RequestHead request)
    {
        return of(request, 0, true, false, 0);
    }

    /**
     * Takes a response, of which there are fields alone.
     *
     * @param response its fields.
     * @return this.
     */
    public RequestView ofResponse(final HeaderTable response)
    {
        head = null;
        headers = response;
        absentMask = 0;
        requestId = null;
        added = null;
        return this;
    }

    /**
     * Forgets what belongs to routes that there were.
     */
    public void forget()
    {
        matchers.clear();
    }

    /**
     * @return its head.
     */
    public RequestHead head()
    {
        return head;
    }

    /**
     * @return whether it came by HTTPS.
     */
    boolean isHttps()
    {
        return isHttps;
    }

    /**
     * @return whether it is internal.
     */
    boolean isInternal()
    {
        return isInternal;
    }

    /**
     * @return the number that it has drawn.
     */
    long random()
    {
        return random;
    }

    /**
     * @return holds what was selected.
     */
    public DirectBuffer buffer()
    {
        return buffer;
    }

    /**
     * @return where what was selected starts.
     */
    public int offset()
    {
        return offset;
    }

    /**
     * @return bytes of what was selected.
     */
    public int length()
    {
        return length;
    }

    /**
     * Selects the value of a field.
     *
     * @param key its name.
     * @return whether there is one; an empty one is selected otherwise. It stays until the next one is selected.
     */
    public boolean select(final HeaderKey key)
    {
        final HeaderKey.Kind kind = added == null ? key.kind() : key.kindAtEnd();
        if (head == null && kind != HeaderKey.Kind.FIELD)
        {
            return takeNone();
        }
        if (added != null && selectChanged(key, kind))
        {
            return true;
        }
        final DirectBuffer bytes = headers.buffer();
        return switch (kind)
        {
            case FIELD -> selectField(key);
            case METHOD -> head.upgrade() && head.methodId() == HttpMethod.CONNECT ?
                // As Envoy, which makes the request of HTTP/1.1 of it that means the same.
                take(GET, 0, GET.capacity()) : take(bytes, head.methodOffset(), head.methodLength());
            case PATH -> head.pathLength() == 0 ?
                take(SLASH, 0, SLASH.capacity()) : take(bytes, head.pathOffset(), head.pathLength());
            case AUTHORITY -> take(bytes, head.authorityOffset(), head.authorityLength());
            case SCHEME -> isHttps ? take(HTTPS, 0, HTTPS.capacity()) : take(HTTP, 0, HTTP.capacity());
            case INTERNAL -> isInternal ? take(TRUE, 0, TRUE.capacity()) : takeNone();
            case STATUS, UNKNOWN -> takeNone();
        };
    }

    /** What has become of it on the way; an added field stands for all of its name. */
    private boolean selectChanged(final HeaderKey key, final HeaderKey.Kind kind)
    {
        if (kind == HeaderKey.Kind.PATH && added.pathLength() >= 0)
        {
            path.wrap(added.path());
            return take(path, 0, added.pathLength());
        }
        if (kind == HeaderKey.Kind.AUTHORITY)
        {
            return take(added.hostBuffer(head), added.hostOffset(head), added.hostLength(head));
        }
        final int index = kind == HeaderKey.Kind.FIELD ? added.find(key.nameId(), key.bytes()) : -1;
        if (index < 0 || !added.drops(key.nameId()) && find(headers, key, -1) >= 0)
        {
            return false;
        }
        selected = headers.count();
        return take(added.values(), added.valueOffset(index), added.valueLength(index));
    }

    private boolean take(final DirectBuffer bytes, final int at, final int count)
    {
        buffer = bytes;
        offset = at;
        length = count;
        return true;
    }

    private boolean takeNone()
    {
        take(SLASH, 0, 0);
        return false;
    }

    private boolean selectField(final HeaderKey key)
    {
        if ((absentMask >>> key.nameId() & 1) != 0 && key.nameId() != HeaderName.OTHER ||
            added != null && added.drops(key.nameId()) && key.nameId() != HeaderName.OTHER)
        {
            return takeNone();
        }
        if (requestId != null && key.nameId() == HeaderName.X_REQUEST_ID)
        {
            selected = headers.count();
            return take(requestId, 0, requestIdLength);
        }
        final int first = find(headers, key, -1);
        if (first < 0)
        {
            return takeNone();
        }
        take(headers.buffer(), headers.valueOffset(first), headers.valueLength(first));
        selected = first;
        final int second = key.isJoined() ? find(headers, key, first) : -1;
        return second < 0 || join(headers, key, second);
    }

    /**
     * Selects the next value of the field that was selected last.
     *
     * @param key its name.
     * @return whether there is one; nothing else is selected otherwise.
     */
    public boolean selectNext(final HeaderKey key)
    {
        if (key.kind() != HeaderKey.Kind.FIELD || key.isJoined())
        {
            return false;
        }
        final int next = find(headers, key, selected);
        if (next < 0)
        {
            return false;
        }
        selected = next;
        return take(headers.buffer(), headers.valueOffset(next), headers.valueLength(next));
    }

    private boolean join(final HeaderTable headers, final HeaderKey key, final int second)
    {
        joined.putBytes(0, buffer, offset, length);
        int end = length;
        for (int i = second; i >= 0; i = find(headers, key, i))
        {
            joined.putByte(end++, (byte)',');
            joined.putBytes(end, headers.buffer(), headers.valueOffset(i), headers.valueLength(i));
            end += headers.valueLength(i);
        }
        return take(joined, 0, end);
    }

    /**
     * @param key of the field that was selected last.
     * @return how many more values it has.
     */
    int countNext(final HeaderKey key)
    {
        int count = 0;
        if (key.kind() == HeaderKey.Kind.FIELD && !key.isJoined())
        {
            for (int i = find(headers, key, selected); i >= 0; i = find(headers, key, i))
            {
                count++;
            }
        }
        return count;
    }

    /**
     * Selects one of several values of a field by its place in the order of their bytes.
     *
     * @param key  its name.
     * @param rank 0 for the first.
     */
    void selectRanked(final HeaderKey key, final int rank)
    {
        for (int i = find(headers, key, -1); i >= 0; i = find(headers, key, i))
        {
            int before = 0;
            for (int other = find(headers, key, -1); other >= 0; other = find(headers, key, other))
            {
                final int order = compare(headers, other, i);
                before += order < 0 || order == 0 && other < i ? 1 : 0;
            }
            if (before == rank)
            {
                take(headers.buffer(), headers.valueOffset(i), headers.valueLength(i));
                return;
            }
        }
    }

    private static int compare(final HeaderTable headers, final int one, final int other)
    {
        final DirectBuffer bytes = headers.buffer();
        final int common = Math.min(headers.valueLength(one), headers.valueLength(other));
        for (int i = 0; i < common; i++)
        {
            final int difference = (bytes.getByte(headers.valueOffset(one) + i) & 0xFF) -
                (bytes.getByte(headers.valueOffset(other) + i) & 0xFF);
            if (difference != 0)
            {
                return difference;
            }
        }
        return headers.valueLength(one) - headers.valueLength(other);
    }

    /**
     * Selects the value of a cookie, without quotes around it.
     *
     * @param name of it.
     * @return whether there is one.
     */
    boolean selectCookie(final byte[] name)
    {
        final int cookie = HeaderName.COOKIE;
        for (int i = headers.find(cookie); i >= 0; i = headers.findNext(cookie, i))
        {
            final int end = headers.valueOffset(i) + headers.valueLength(i);
            for (int at = headers.valueOffset(i); at < end; )
            {
                final int next = indexOf(headers.buffer(), ';', at, end);
                while (at < next && headers.buffer().getByte(at) == ' ')
                {
                    at++;
                }
                final int nameEnd = indexOf(headers.buffer(), '=', at, next);
                if (nameEnd < next && nameEnd - at == name.length && isAt(headers.buffer(), at, name))
                {
                    return takeUnquoted(headers.buffer(), nameEnd + 1, next);
                }
                at = next + 1;
            }
        }
        return takeNone();
    }

    private boolean takeUnquoted(final DirectBuffer bytes, final int from, final int to)
    {
        final boolean isQuoted = to - from >= 2 && bytes.getByte(from) == '"' && bytes.getByte(to - 1) == '"';
        return isQuoted ? take(bytes, from + 1, to - from - 2) : take(bytes, from, to - from);
    }

    /**
     * Selects bytes that are no part of the request.
     *
     * @param bytes that hold it.
     * @param count how many of them.
     */
    public void select(final DirectBuffer bytes, final int count)
    {
        take(bytes, 0, count);
    }

    private int find(final HeaderTable headers, final HeaderKey key, final int after)
    {
        int index = findAny(headers, key, after);
        while (index >= 0 && added != null && headers.nominated(index))
        {
            index = findAny(headers, key, index);
        }
        return index;
    }

    private static int findAny(final HeaderTable headers, final HeaderKey key, final int after)
    {
        if (key.nameId() != HeaderName.OTHER)
        {
            return after < 0 ? headers.find(key.nameId()) : headers.findNext(key.nameId(), after);
        }
        for (int i = after + 1, count = headers.count(); i < count; i++)
        {
            if (headers.nameId(i) == HeaderName.OTHER && headers.nameLength(i) == key.name().length &&
                isAt(headers.buffer(), headers.nameOffset(i), key.name()))
            {
                return i;
            }
        }
        return -1;
    }

    private static boolean isAt(final DirectBuffer buffer, final int offset, final byte[] bytes)
    {
        for (int i = 0; i < bytes.length; i++)
        {
            if (buffer.getByte(offset + i) != bytes[i])
            {
                return false;
            }
        }
        return true;
    }

    /**
     * Selects the value of a query parameter, as it stands unless {@link #decoding()} was said.
     *
     * @param name of it.
     * @return whether there is one; an empty one is selected otherwise.
     */
    public boolean selectParameter(final byte[] name)
    {
        final DirectBuffer bytes = head.headers().buffer();
        final int end = head.pathOffset() + head.pathLength();
        for (int at = head.queryOffset() < 0 ? end : head.queryOffset() + 1; at < end; )
        {
            final int next = indexOf(bytes, '&', at, end);
            final int nameEnd = indexOf(bytes, '=', at, next);
            if (nameEnd - at == name.length && isAt(bytes, at, name))
            {
                final int value = Math.min(nameEnd + 1, next);
                return isDecoded ? takeDecoded(bytes, value, next) : take(bytes, value, next - value);
            }
            at = next + 1;
        }
        return takeNone();
    }

    private boolean takeDecoded(final DirectBuffer bytes, final int from, final int end)
    {
        int count = 0;
        for (int at = from; at < end; at++)
        {
            final boolean isCode = bytes.getByte(at) == '%' && at + 2 < end &&
                digit(bytes.getByte(at + 1)) >= 0 && digit(bytes.getByte(at + 2)) >= 0;
            joined.putByte(count++, isCode ?
                (byte)(digit(bytes.getByte(at + 1)) << 4 | digit(bytes.getByte(at + 2))) : bytes.getByte(at));
            at += isCode ? 2 : 0;
        }
        return take(joined, 0, count);
    }

    private static int digit(final byte letter)
    {
        return Character.digit((char)(letter & 0xFF), 16);
    }

    private static int indexOf(final DirectBuffer bytes, final char wanted, final int from, final int end)
    {
        int at = from;
        while (at < end && bytes.getByte(at) != wanted)
        {
            at++;
        }
        return at;
    }

    /** Whether a regular expression covers a whole value. */
    boolean isCovered(final RegexMatch regex, final DirectBuffer bytes, final int at, final int count)
    {
        return matcher(regex.pattern(), bytes, at, count).matches();
    }

    /** One matcher for each expression and loop. */
    Matcher matcher(final Pattern pattern, final DirectBuffer bytes, final int at, final int count)
    {
        Matcher matcher = matchers.get(pattern);
        text.set(bytes, at, count);
        if (matcher == null)
        {
            matcher = pattern.matcher(text);
            matchers.put(pattern, matcher);
        }
        return matcher.reset();
    }

    /** Bytes as characters. */
    private static final class RegexText implements CharSequence
    {
        private DirectBuffer buffer;
        private int offset;
        private int length;

        private void set(final DirectBuffer bytes, final int at, final int count)
        {
            buffer = bytes;
            offset = at;
            length = count;
        }

        public int length()
        {
            return length;
        }

        public char charAt(final int index)
        {
            return (char)(buffer.getByte(offset + index) & 0xFF);
        }

        public CharSequence subSequence(final int start, final int end)
        {
            return toString().substring(start, end);
        }

        public String toString()
        {
            return buffer.getStringWithoutLengthAscii(offset, length);
        }
    }
}
