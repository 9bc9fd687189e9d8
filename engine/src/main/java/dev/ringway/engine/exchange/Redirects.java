package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.engine.route.Redirect;
import dev.ringway.engine.route.Route;
import dev.ringway.engine.upstream.HeaderEdits;
import org.agrona.DirectBuffer;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * Writes the {@code location} of a redirect from the request and the parts the route replaces. Loop thread only.
 */
final class Redirects
{
    private static final byte[] HTTP = "http".getBytes(US_ASCII);
    private static final byte[] SEPARATOR = "://".getBytes(US_ASCII);
    private static final int MAX_LENGTH = 1900;

    private final byte[] location = new byte[MAX_LENGTH];
    private int length;

    /**
     * @param request to redirect.
     * @param route   whose redirect.
     * @param edits   gains the location.
     */
    void write(final RequestHead request, final Route route, final HeaderEdits edits)
    {
        final Redirect redirect = route.redirect();
        final DirectBuffer buffer = request.headers().buffer();
        length = 0;
        put(redirect.scheme() == null ? HTTP : redirect.scheme().getBytes(US_ASCII));
        put(SEPARATOR);
        putAuthority(request, redirect, buffer);
        putPath(request, route, redirect, buffer);
        final byte[] value = new byte[length];
        System.arraycopy(location, 0, value, 0, length);
        edits.add(HeaderName.LOCATION, value);
    }

    private void putAuthority(final RequestHead request, final Redirect redirect, final DirectBuffer buffer)
    {
        if (redirect.host() != null)
        {
            put(redirect.host().getBytes(US_ASCII));
        }
        else
        {
            put(buffer, request.authorityOffset(), hostLength(request, redirect, buffer));
        }
        if (redirect.port() > 0)
        {
            put((":" + redirect.port()).getBytes(US_ASCII));
        }
    }

    /** As Envoy: a port goes when another comes, or when it is the old scheme's default and the scheme changes. */
    private static int hostLength(final RequestHead request, final Redirect redirect, final DirectBuffer buffer)
    {
        final int all = request.authorityLength();
        for (int i = all - 1; i >= 0; i--)
        {
            final byte b = buffer.getByte(request.authorityOffset() + i);
            if (b == ':')
            {
                final boolean isDefault = all - i == 3 && buffer.getByte(request.authorityOffset() + i + 1) == '8' &&
                    buffer.getByte(request.authorityOffset() + i + 2) == '0';
                return redirect.port() > 0 || redirect.scheme() != null && isDefault ? i : all;
            }
            if (b < '0' || b > '9')
            {
                break;
            }
        }
        return all;
    }

    private void putPath(
        final RequestHead request, final Route route, final Redirect redirect, final DirectBuffer buffer)
    {
        final int query = request.queryOffset();
        final int pathEnd = query < 0 ? request.pathOffset() + request.pathLength() : query;
        boolean hasQuery = false;
        if (redirect.path() != null)
        {
            put(redirect.path());
            hasQuery = new String(redirect.path(), US_ASCII).indexOf('?') >= 0;
        }
        else if (redirect.prefixRewrite() != null)
        {
            put(redirect.prefixRewrite());
            final int from = request.pathOffset() + route.matchedLength();
            put(buffer, from, pathEnd - from);
        }
        else
        {
            put(buffer, request.pathOffset(), pathEnd - request.pathOffset());
        }
        if (query >= 0 && !redirect.stripQuery() && !hasQuery)
        {
            put(buffer, query, request.pathOffset() + request.pathLength() - query);
        }
    }

    private void put(final byte[] bytes)
    {
        final int count = Math.min(bytes.length, MAX_LENGTH - length);
        System.arraycopy(bytes, 0, location, length, count);
        length += count;
    }

    private void put(final DirectBuffer buffer, final int offset, final int count)
    {
        final int bounded = Math.max(0, Math.min(count, MAX_LENGTH - length));
        buffer.getBytes(offset, location, length, bounded);
        length += bounded;
    }
}
