package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.engine.memory.BufferSlab;
import dev.ringway.engine.route.FieldName;
import dev.ringway.engine.route.HostRewrite;
import dev.ringway.engine.route.RegexRewrite;
import dev.ringway.engine.route.RequestView;
import dev.ringway.engine.route.Route;
import dev.ringway.engine.snapshot.Endpoint;
import dev.ringway.engine.upstream.AddedValues;
import dev.ringway.engine.upstream.HeaderEdits;
import dev.ringway.engine.upstream.RequestHost;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Gives requests the path and the host that their routes say. One per loop. Loop thread only.
 */
final class Rewriter
{
    private static final FieldName ORIGINAL_HOST = new FieldName("x-envoy-original-host");
    private static final byte[] COMMA = {','};
    private static final int MAX_HOST = 4096;

    private final RequestView view = new RequestView();
    /** A host may be that of a field which the route has made. */
    private final LoggedHead shown = new LoggedHead();
    private final byte[] path = new byte[BufferSlab.CHUNK_LENGTH];
    private final UnsafeBuffer name = new UnsafeBuffer(new byte[MAX_HOST]);
    private final byte[] host = new byte[BufferSlab.CHUNK_LENGTH];

    /** What belongs to routes that there were is forgotten. */
    void forget()
    {
        view.forget();
    }

    /**
     * Puts the path without its query, as an expression makes it, into a value, with a slash ahead; false when nothing
     * is left of it, and nothing was put.
     */
    boolean putPath(final RequestHead head, final RegexRewrite rewrite, final int whole, final AddedValues values)
    {
        final int length =
            rewrite.rewrite(view.of(head), head.headers().buffer(), head.pathOffset(), whole, path);
        if (length < 0)
        {
            values.tooLong();
            return true;
        }
        if (length == 0)
        {
            return false;
        }
        if (path[0] != '/')
        {
            values.put((byte)'/');
        }
        values.put(path, length);
        return true;
    }

    void path(final RequestHead head, final Route route, final boolean tells, final HeaderEdits edits)
    {
        if (head.tunnel())
        {
            return;
        }
        final DirectBuffer buffer = head.headers().buffer();
        final int whole = route.wholeLength(head);
        if (route.forward().prefixRewrite() != null)
        {
            final byte[] prefix = route.forward().prefixRewrite();
            final int matched = route.matchedLength(head);
            path(edits, prefix, prefix.length, buffer, head.pathOffset() + matched,
                Math.max(0, head.pathLength() - matched));
        }
        else if (route.forward().regexRewrite() != null)
        {
            final int length = route.forward().regexRewrite().rewrite(
                view.of(head), buffer, head.pathOffset(), whole, path);
            if (length < 0)
            {
                edits.tooLong();
                return;
            }
            if (length == 0)
            {
                // As Envoy: what would be no path at all is none.
                return;
            }
            path(edits, path, length, buffer, head.pathOffset() + whole, head.pathLength() - whole);
        }
        else
        {
            return;
        }
        if (tells)
        {
            edits.drop(HeaderName.X_ENVOY_ORIGINAL_PATH);
            edits.withdraw(HeaderName.X_ENVOY_ORIGINAL_PATH, null);
            edits.addRange(HeaderName.X_ENVOY_ORIGINAL_PATH, buffer, head.pathOffset(), head.pathLength());
        }
    }

    /** One that does not fit is none, and the head is too long. */
    private static void path(
        final HeaderEdits edits,
        final byte[] prefix,
        final int prefixLength,
        final DirectBuffer buffer,
        final int offset,
        final int length)
    {
        if (!edits.target().path(prefix, prefixLength, buffer, offset, length))
        {
            edits.tooLong();
        }
    }

    void host(
        final RequestHead head, final Route route, final Endpoint endpoint, final boolean tells, final HeaderEdits edits)
    {
        final HostRewrite rewrite = route.forward().hostRewrite();
        if (rewrite == null || !select(rewrite, head, endpoint, edits))
        {
            return;
        }
        edits.target().host(view.buffer(), view.offset(), view.length());
        final HeaderTable headers = head.headers();
        if (rewrite.appendsForwarded() && !endsWithHost(head))
        {
            headers.buffer().getBytes(head.authorityOffset(), host, 0, head.authorityLength());
            edits.append(HeaderName.X_FORWARDED_HOST, headers, COMMA, host, head.authorityLength());
        }
        if (tells && rewrite.isTold())
        {
            for (int i = ORIGINAL_HOST.find(headers, -1); i >= 0; i = ORIGINAL_HOST.find(headers, i))
            {
                headers.drop(i);
            }
            edits.withdraw(ORIGINAL_HOST.id(), ORIGINAL_HOST.bytes());
            edits.values().put(headers.buffer(), head.authorityOffset(), head.authorityLength());
            edits.finish(ORIGINAL_HOST.id(), ORIGINAL_HOST.bytes());
        }
    }

    /** What the route says of the host, if it does not depend on the endpoint, or what the client says. */
    void askHost(final RequestHead head, final Route route, final RequestHost host)
    {
        final HostRewrite rewrite = route.forward().hostRewrite();
        if (rewrite != null && select(rewrite, view.of(head), head) > 0)
        {
            host.of(view.buffer(), view.offset(), view.length());
            return;
        }
        host.of(head.headers().buffer(), head.authorityOffset(), head.authorityLength());
    }

    private boolean select(
        final HostRewrite rewrite, final RequestHead head, final Endpoint endpoint, final HeaderEdits edits)
    {
        if (!rewrite.isAutomatic())
        {
            final int length = select(rewrite, view.of(head).with(shown.of(edits)), head);
            if (length < 0)
            {
                edits.tooLong();
            }
            return length > 0;
        }
        // A request that goes nowhere keeps its host.
        final int length = endpoint == null ? 0 : Math.min(endpoint.hostname().length(), name.capacity());
        for (int i = 0; i < length; i++)
        {
            name.putByte(i, (byte)endpoint.hostname().charAt(i));
        }
        view.select(name, length);
        return length > 0;
    }

    /** Bytes of the host, 0 for none, negative for more than there is room for: nobody has such a host. */
    private int select(final HostRewrite rewrite, final RequestView view, final RequestHead head)
    {
        if (rewrite.literal() != null)
        {
            view.select(rewrite.literal(), rewrite.literal().capacity());
            return view.length();
        }
        if (rewrite.field() != null)
        {
            return view.select(rewrite.field()) ? view.length() : 0;
        }
        if (rewrite.path() == null)
        {
            return 0;
        }
        final int query = head.queryOffset();
        final int whole = query < 0 ? head.pathLength() : query - head.pathOffset();
        final int length = rewrite.path().rewrite(
            view, head.headers().buffer(), head.pathOffset(), whole, name.byteArray());
        view.select(name, Math.max(length, 0));
        return length;
    }

    /** As Envoy: the host is not appended twice in a row. */
    private static boolean endsWithHost(final RequestHead head)
    {
        final HeaderTable headers = head.headers();
        final int index = headers.find(HeaderName.X_FORWARDED_HOST);
        final int rest = index < 0 ? -1 : headers.valueLength(index) - head.authorityLength();
        if (rest < 0 || rest > 0 && headers.buffer().getByte(headers.valueOffset(index) + rest - 1) != ',')
        {
            return false;
        }
        for (int i = 0; i < head.authorityLength(); i++)
        {
            if (headers.buffer().getByte(headers.valueOffset(index) + rest + i) !=
                headers.buffer().getByte(head.authorityOffset() + i))
            {
                return false;
            }
        }
        return true;
    }
}
