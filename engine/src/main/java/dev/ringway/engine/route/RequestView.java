package dev.ringway.engine.route;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.HttpMethod;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.codecs.text.AsciiScan;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * A request as conditions of routes see it: fields as the client sent them, without those that end here, and what the
 * connection manager has found out. One per loop, reused for each request. Loop thread only.
 */
public final class RequestView
{
    private static final DirectBuffer HTTP = bytes("http");
    private static final UnsafeBuffer HTTPS = bytes("https");
    private static final DirectBuffer TRUE = bytes("true");
    private static final DirectBuffer SLASH = bytes("/");
    private static final DirectBuffer GET = bytes("GET");
    private static final HeaderKey COOKIE = new HeaderKey("cookie");
    private static final int JOINED_LENGTH = 1024;

    private final Matchers matchers = new Matchers();
    /** Grows to the longest value that came in several fields. */
    private final ExpandableArrayBuffer joined = new ExpandableArrayBuffer(JOINED_LENGTH);
    private RequestHead head;
    private HeaderTable headers;
    private long absentMask;
    private boolean isHttps;
    private boolean saysHttps;
    private boolean isInternal;
    private DirectBuffer requestId;
    private int requestIdLength;
    private long random;
    private AddedFields added;
    private boolean isDecoded;
    private boolean isCompleted;
    private final UnsafeBuffer path = new UnsafeBuffer(0, 0);
    private DirectBuffer buffer;
    private int offset;
    private int length;
    private int selected;

    private static UnsafeBuffer bytes(final String text)
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
        saysHttps = fromHttps;
        isInternal = fromInside;
        requestId = null;
        random = number;
        added = null;
        isDecoded = false;
        isCompleted = request.isCompleted();
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
     * Tells what the request says of how it came where that may not be how it did.
     *
     * @param isHttps whether its {@code x-forwarded-proto} is https.
     */
    public void saysHttps(final boolean isHttps)
    {
        saysHttps = isHttps;
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
     * Takes a request that says by itself how it came where its head is {@linkplain RequestHead#isCompleted completed};
     * another one came by HTTPS from outside.
     *
     * @param request with authority and path decoded.
     * @return this.
     */
    public RequestView of(final RequestHead request)
    {
        of(request, 0, true, false, 0);
        isHttps = !isCompleted || request.isHttps();
        return this;
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
        isCompleted = false;
        return this;
    }

    /**
     * Forgets what belongs to routes that there were.
     */
    public void forget()
    {
        matchers.forget();
    }

    /**
     * @return its head.
     */
    public RequestHead head()
    {
        return head;
    }

    /**
     * @return whether it says that it came by HTTPS.
     */
    boolean saysHttps()
    {
        return saysHttps;
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
        final HeaderKey.Kind kind = added == null && !isCompleted ? key.kind() : key.kindAtEnd();
        if (head == null && kind != HeaderKey.Kind.FIELD)
        {
            return takeNone();
        }
        if (added != null && selectChanged(kind))
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

    /** The path or the host that it has got on the way. */
    private boolean selectChanged(final HeaderKey.Kind kind)
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
        return false;
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
        if (requestId != null && key.nameId() == HeaderName.X_REQUEST_ID)
        {
            selected = headers.count();
            return take(requestId, 0, requestIdLength);
        }
        final int first = find(key, -1);
        if (first < 0)
        {
            return takeNone();
        }
        takeValue(first);
        selected = first;
        final int second = key.isJoined() ? find(key, first) : -1;
        return second < 0 || join(key, second);
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
        final int next = find(key, selected);
        if (next < 0)
        {
            return false;
        }
        selected = next;
        return takeValue(next);
    }

    /** As Envoy, without what is empty. */
    private boolean join(final HeaderKey key, final int second)
    {
        joined.putBytes(0, buffer, offset, length);
        int end = length;
        for (int i = second; i >= 0; i = find(key, i))
        {
            takeValue(i);
            if (length > 0 && end > 0)
            {
                joined.putByte(end++, (byte)',');
            }
            joined.putBytes(end, buffer, offset, length);
            end += length;
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
            for (int i = find(key, selected); i >= 0; i = find(key, i))
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
        for (int i = find(key, -1); i >= 0; i = find(key, i))
        {
            int before = 0;
            for (int other = find(key, -1); other >= 0; other = find(key, other))
            {
                final int order = compare(other, i);
                before += order < 0 || order == 0 && other < i ? 1 : 0;
            }
            if (before == rank)
            {
                takeValue(i);
                return;
            }
        }
    }

    private int compare(final int one, final int other)
    {
        takeValue(one);
        final DirectBuffer bytes = buffer;
        final int at = offset;
        final int count = length;
        takeValue(other);
        for (int i = 0, common = Math.min(count, length); i < common; i++)
        {
            final int difference = (bytes.getByte(at + i) & 0xFF) - (buffer.getByte(offset + i) & 0xFF);
            if (difference != 0)
            {
                return difference;
            }
        }
        return count - length;
    }

    /**
     * Selects the value of a cookie, without quotes around it.
     *
     * @param name of it.
     * @return whether there is one.
     */
    boolean selectCookie(final byte[] name)
    {
        for (int i = find(COOKIE, -1); i >= 0; i = find(COOKIE, i))
        {
            takeValue(i);
            for (int at = offset, end = offset + length; at < end; )
            {
                final int next = indexOf(buffer, ';', at, end);
                while (at < next && buffer.getByte(at) == ' ')
                {
                    at++;
                }
                final int nameEnd = indexOf(buffer, '=', at, next);
                if (nameEnd < next && AsciiScan.equal(buffer, at, nameEnd - at, name))
                {
                    return takeUnquoted(buffer, nameEnd + 1, next);
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

    /** Index of the next value: those of the head come first, behind them those that were added. */
    private int find(final HeaderKey key, final int after)
    {
        final int count = headers.count();
        int index = after >= count || isAbsent(key.nameId()) ? -1 : findAny(headers, key, after);
        while (index >= 0 && added != null && headers.nominated(index))
        {
            index = findAny(headers, key, index);
        }
        if (index >= 0 || added == null)
        {
            return index;
        }
        final int next = added.findNext(key.nameId(), key.bytes(), Math.max(-1, after - count));
        return next < 0 ? -1 : count + next;
    }

    /** Whether it has no fields of that name but those that were added. */
    private boolean isAbsent(final int nameId)
    {
        return nameId != HeaderName.OTHER &&
            ((absentMask >>> nameId & 1) != 0 || added != null && added.drops(nameId));
    }

    private boolean takeValue(final int index)
    {
        final int ofAdded = index - headers.count();
        return ofAdded < 0 ? take(headers.buffer(), headers.valueOffset(index), headers.valueLength(index)) :
            take(added.values(), added.valueOffset(ofAdded), added.valueLength(ofAdded));
    }

    private static int findAny(final HeaderTable headers, final HeaderKey key, final int after)
    {
        if (key.nameId() != HeaderName.OTHER)
        {
            return after < 0 ? headers.find(key.nameId()) : headers.findNext(key.nameId(), after);
        }
        for (int i = after + 1, count = headers.count(); i < count; i++)
        {
            if (headers.nameId(i) == HeaderName.OTHER &&
                AsciiScan.equal(headers.buffer(), headers.nameOffset(i), headers.nameLength(i), key.name()))
            {
                return i;
            }
        }
        return -1;
    }

    /**
     * Selects the value of a query parameter, as it stands unless {@link #decoding()} was said.
     *
     * @param name of it.
     * @return whether there is one; an empty one is selected otherwise.
     */
    public boolean selectParameter(final byte[] name)
    {
        final boolean isChanged = added != null && selectChanged(HeaderKey.Kind.PATH);
        final DirectBuffer bytes = isChanged ? buffer : head.headers().buffer();
        final int end = isChanged ? length : head.pathOffset() + head.pathLength();
        final int query = isChanged ? indexOf(bytes, '?', 0, end) : head.queryOffset();
        for (int at = query < 0 ? end : query + 1; at < end; )
        {
            final int next = indexOf(bytes, '&', at, end);
            final int nameEnd = indexOf(bytes, '=', at, next);
            if (AsciiScan.equal(bytes, at, nameEnd - at, name))
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

    /**
     * @return those of the loop.
     */
    Matchers matchers()
    {
        return matchers;
    }
}
