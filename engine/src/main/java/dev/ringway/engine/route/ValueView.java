package dev.ringway.engine.route;

import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.engine.filter.FilterPeer;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * Finds what the pieces of a value stand for. Reused for exchange after exchange; allocates nothing once it has seen the
 * longest name. Loop thread only.
 */
public final class ValueView
{
    private static final DirectBuffer HTTP10 = new UnsafeBuffer("HTTP/1.0".getBytes(US_ASCII));
    private static final DirectBuffer HTTP11 = new UnsafeBuffer("HTTP/1.1".getBytes(US_ASCII));
    private static final DirectBuffer HTTP2 = new UnsafeBuffer("HTTP/2".getBytes(US_ASCII));

    private final RequestView view = new RequestView();
    private final ExpandableArrayBuffer made = new ExpandableArrayBuffer(FilterPeer.MAX_TEXT_LENGTH);
    private final UnsafeBuffer literal = new UnsafeBuffer(0, 0);
    private RequestHead request;
    private HeaderTable response;
    private int status;
    private FilterPeer peer;
    private String routeName;
    private String clusterName;
    private DirectBuffer buffer;
    private int offset;
    private int length;

    /**
     * Takes an exchange, which has no response yet.
     *
     * @param head    of its request.
     * @param client  that has sent it.
     * @param route   name of its route, may be empty.
     * @param cluster name of its cluster, may be empty.
     * @return this.
     */
    public ValueView of(final RequestHead head, final FilterPeer client, final String route, final String cluster)
    {
        request = head;
        response = null;
        peer = client;
        routeName = route;
        clusterName = cluster;
        return this;
    }

    /**
     * Has fields of the request read.
     *
     * @param absent  mask of names that do not count because they end here.
     * @param isHttps whether it came by HTTPS.
     * @return this.
     */
    public ValueView reading(final long absent, final boolean isHttps)
    {
        view.of(request, absent, isHttps, false, 0);
        return this;
    }

    /**
     * Reads fields of the request as its head has them.
     *
     * @return this.
     */
    public ValueView reading()
    {
        view.of(request);
        return this;
    }

    /**
     * Takes a response.
     *
     * @param fields of it, or null for one that has none yet.
     * @param code   its status.
     * @return this.
     */
    public ValueView response(final HeaderTable fields, final int code)
    {
        response = fields;
        status = code;
        return this;
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
     * Selects what a piece stands for, of a path its field; it stays until the next one is selected.
     *
     * @param part of a value.
     */
    public void select(final ValuePart part)
    {
        switch (part)
        {
            case final ValuePart.Text text ->
            {
                literal.wrap(text.bytes());
                take(literal, 0, text.bytes().length);
            }
            case final ValuePart.Field field ->
            {
                if (!select(field.name(), field) && field.otherwise() != null)
                {
                    select(field.otherwise(), field);
                }
            }
            case final ValuePart.Path path -> select(path.field());
            case final ValuePart.Parameter parameter ->
                select(parameter, request.headers().buffer(), request.pathOffset(), request.pathLength());
            case final ValuePart.Tls tls -> take(made, 0, Math.min(peer.tlsText(tls.item(), made), tls.maxLength()));
            case final ValuePart.Known known -> select(known);
        }
    }

    /**
     * Selects the value of a field.
     *
     * @param key   its name.
     * @param field piece that asks for it.
     * @return whether there is one; an empty one is selected otherwise.
     */
    public boolean select(final HeaderKey key, final ValuePart.Field field)
    {
        if (!field.ofResponse())
        {
            final boolean isThere = view.select(key);
            take(view.buffer(), view.offset(), Math.min(view.length(), field.maxLength()));
            return isThere;
        }
        if (key.kind() == HeaderKey.Kind.STATUS)
        {
            take(made, 0, Math.min(made.putIntAscii(0, status), field.maxLength()));
            return true;
        }
        final int index = response == null ? -1 : key.find(response);
        if (index < 0)
        {
            take(literal, 0, 0);
            return false;
        }
        take(response.buffer(), response.valueOffset(index), Math.min(response.valueLength(index), field.maxLength()));
        return true;
    }

    /**
     * Selects a parameter of a query, an empty one where there is none.
     *
     * @param parameter its name.
     * @param bytes     hold a path with its query.
     * @param start     where the path starts.
     * @param count     bytes of it.
     */
    public void select(
        final ValuePart.Parameter parameter, final DirectBuffer bytes, final int start, final int count)
    {
        final int end = start + count;
        for (int at = indexOf(bytes, (byte)'?', start, end) + 1; at < end; )
        {
            final int next = indexOf(bytes, (byte)'&', at, end);
            final int nameEnd = indexOf(bytes, (byte)'=', at, next);
            if (isMade(parameter.name(), decode(bytes, at, nameEnd)))
            {
                take(made, 0, Math.min(decode(bytes, Math.min(nameEnd + 1, next), next), parameter.maxLength()));
                return;
            }
            at = next + 1;
        }
        take(literal, 0, 0);
    }

    private boolean isMade(final byte[] wanted, final int count)
    {
        boolean isSame = wanted.length == count;
        for (int i = 0; isSame && i < count; i++)
        {
            isSame = made.getByte(i) == wanted[i];
        }
        return isSame;
    }

    /** Writes a range without percent-encoding; what a value may not hold stays encoded. */
    private int decode(final DirectBuffer bytes, final int from, final int to)
    {
        int count = 0;
        for (int at = from; at < to; at++)
        {
            final int value = bytes.getByte(at) == '%' && at + 2 < to ?
                digit(bytes.getByte(at + 1)) << 4 | digit(bytes.getByte(at + 2)) : -1;
            final boolean isDecoded = value >= ' ' && value != 0x7F;
            made.putByte(count++, isDecoded ? (byte)value : bytes.getByte(at));
            at += isDecoded ? 2 : 0;
        }
        return count;
    }

    /** Negative for what is no digit. */
    private static int digit(final byte letter)
    {
        return Character.digit((char)(letter & 0xFF), 16);
    }

    private static int indexOf(final DirectBuffer bytes, final byte wanted, final int from, final int end)
    {
        int at = from;
        while (at < end && bytes.getByte(at) != wanted)
        {
            at++;
        }
        return at;
    }

    private void take(final DirectBuffer bytes, final int at, final int count)
    {
        buffer = bytes;
        offset = at;
        length = count;
    }

    private void select(final ValuePart.Known known)
    {
        switch (known)
        {
            case REMOTE_ADDRESS -> take(made, 0, peer.remoteText(true, made));
            case REMOTE_ADDRESS_WITHOUT_PORT -> take(made, 0, peer.remoteText(false, made));
            case DIRECT_ADDRESS -> take(made, 0, peer.directText(true, made));
            case DIRECT_ADDRESS_WITHOUT_PORT -> take(made, 0, peer.directText(false, made));
            case PROTOCOL ->
            {
                final DirectBuffer protocol = request.http2() ? HTTP2 : request.minorVersion() == 0 ? HTTP10 : HTTP11;
                take(protocol, 0, protocol.capacity());
            }
            case ROUTE_NAME -> take(routeName);
            case CLUSTER -> take(clusterName);
        }
    }

    private void take(final String characters)
    {
        for (int i = 0; i < characters.length(); i++)
        {
            made.putByte(i, (byte)characters.charAt(i));
        }
        take(made, 0, characters.length());
    }
}
