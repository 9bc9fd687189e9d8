package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.codecs.text.AsciiScan;
import dev.ringway.engine.route.Redirect;
import dev.ringway.engine.route.Route;
import dev.ringway.engine.upstream.AddedValues;
import dev.ringway.engine.upstream.HeaderEdits;
import org.agrona.DirectBuffer;

import java.util.Arrays;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * Writes the {@code location} of a redirect from the request and the parts the route replaces. One per loop. Loop thread
 * only.
 */
final class Redirects
{
    private static final byte[] HTTP_PORT = ":80".getBytes(US_ASCII);
    private static final byte[] HTTPS_PORT = ":443".getBytes(US_ASCII);
    private static final byte[] SEPARATOR = "://".getBytes(US_ASCII);
    private static final byte[] COLON = {':'};

    private final Rewriter rewriter;

    /**
     * @param rewriter of the loop.
     */
    Redirects(final Rewriter rewriter)
    {
        this.rewriter = rewriter;
    }

    /**
     * @param request   to redirect.
     * @param isHttps   whether it came by HTTPS.
     * @param forwarded how it came as it says, see {@link RequestScheme#forwardedProto}.
     * @param route     whose redirect; without one the location is that of the request.
     * @param edits     gains the location.
     */
    void write(
        final RequestHead request,
        final boolean isHttps,
        final byte[] forwarded,
        final Route route,
        final HeaderEdits edits)
    {
        final Redirect redirect = route.kind() == Route.Kind.REDIRECT ? route.answer().redirect() : Redirect.NONE;
        final DirectBuffer buffer = request.headers().buffer();
        final byte[] own = isHttps ? RequestScheme.HTTPS : RequestScheme.HTTP;
        final byte[] scheme = redirect.scheme() != null ? redirect.scheme() : own;
        final AddedValues values = edits.values();
        values.put(scheme);
        values.put(SEPARATOR);
        if (redirect.host() != null)
        {
            values.put(redirect.host());
        }
        else
        {
            final boolean keepsPort = forwarded == null || Arrays.equals(scheme, forwarded);
            final byte[] port = keepsPort ? null : forwarded == RequestScheme.HTTPS ? HTTPS_PORT : HTTP_PORT;
            values.put(buffer, request.authorityOffset(), hostLength(request, port, redirect, buffer));
        }
        if (redirect.port() > 0)
        {
            values.put(COLON);
            values.put(redirect.port());
        }
        putPath(request, route, redirect, buffer, values);
        edits.finish(HeaderName.LOCATION);
    }

    /**
     * As Envoy: a port goes when another comes, or when it is the default of what the request says of how it came and
     * the scheme is another.
     *
     * @param port that goes, or null.
     */
    private static int hostLength(
        final RequestHead request, final byte[] port, final Redirect redirect, final DirectBuffer buffer)
    {
        final int all = request.authorityLength();
        if (redirect == Redirect.TO_HTTPS)
        {
            return all;
        }
        for (int i = all - 1; i >= 0; i--)
        {
            final byte b = buffer.getByte(request.authorityOffset() + i);
            if (b == ':')
            {
                final boolean isDefault = port != null &&
                    AsciiScan.equal(buffer, request.authorityOffset() + i, all - i, port);
                return redirect.port() > 0 || isDefault ? i : all;
            }
            if (b < '0' || b > '9')
            {
                break;
            }
        }
        return all;
    }

    private void putPath(
        final RequestHead request,
        final Route route,
        final Redirect redirect,
        final DirectBuffer buffer,
        final AddedValues values)
    {
        final int query = request.queryOffset();
        final int pathEnd = query < 0 ? request.pathOffset() + request.pathLength() : query;
        final int start = values.position();
        boolean hasQuery = false;
        if (redirect.path() != null)
        {
            putRooted(values, redirect.path());
            hasQuery = hasQuery(redirect.path());
        }
        else if (redirect.prefixRewrite() != null)
        {
            putRooted(values, redirect.prefixRewrite());
            final int from = request.pathOffset() + route.matchedLength(request);
            values.put(buffer, from, pathEnd - from);
        }
        else if (redirect.regexRewrite() == null ||
            !rewriter.putPath(request, redirect.regexRewrite(), pathEnd - request.pathOffset(), values))
        {
            values.put(buffer, request.pathOffset(), pathEnd - request.pathOffset());
        }
        if (redirect.stripQuery() && !hasQuery)
        {
            values.cutAt((byte)'?', start);
        }
        else if (query >= 0 && !hasQuery)
        {
            values.put(buffer, query, request.pathOffset() + request.pathLength() - query);
        }
    }

    /** A location has a whole path, whatever is put for it. */
    private static void putRooted(final AddedValues values, final byte[] path)
    {
        if (path[0] != '/')
        {
            values.put((byte)'/');
        }
        values.put(path);
    }

    private static boolean hasQuery(final byte[] path)
    {
        for (final byte b : path)
        {
            if (b == '?')
            {
                return true;
            }
        }
        return false;
    }
}
