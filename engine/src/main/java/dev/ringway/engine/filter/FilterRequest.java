package dev.ringway.engine.filter;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HttpMethod;
import dev.ringway.codecs.http.RequestHead;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/**
 * Head of a request for filters. Loop thread only.
 */
public final class FilterRequest extends FilterHead
{
    private RequestHead head;

    /**
     * @param request what it shows from now on.
     * @param store   memory that the head may grow into.
     * @return this.
     */
    public FilterRequest wrap(final RequestHead request, final HeadStore store)
    {
        head = request;
        super.wrap(request, store);
        return this;
    }

    /**
     * @return the head itself, to be read.
     */
    public RequestHead head()
    {
        return head;
    }

    /**
     * @return a constant of {@link HttpMethod}.
     */
    public int methodId()
    {
        return head.methodId();
    }

    /**
     * @return method; allocates.
     */
    public String method()
    {
        return text(head.methodOffset(), head.methodLength());
    }

    /**
     * @return where path and query begin.
     */
    public int pathOffset()
    {
        return head.pathOffset();
    }

    /**
     * @return bytes of path and query.
     */
    public int pathLength()
    {
        return head.pathLength();
    }

    /**
     * @return path and query; allocates.
     */
    public String path()
    {
        return text(head.pathOffset(), head.pathLength());
    }

    /**
     * @param path bytes.
     * @return whether path and query are exactly this.
     */
    public boolean pathIs(final byte[] path)
    {
        return isRange(head.pathOffset(), head.pathLength(), path);
    }

    /**
     * @return where the host begins, port included.
     */
    public int authorityOffset()
    {
        return head.authorityOffset();
    }

    /**
     * @return bytes of the host, port included.
     */
    public int authorityLength()
    {
        return head.authorityLength();
    }

    /**
     * @return host with port; allocates.
     */
    public String authority()
    {
        return text(head.authorityOffset(), head.authorityLength());
    }

    /**
     * Gives the request another path; {@link FilterExchange#clearRoute} has it routed by it.
     *
     * @param path with query, begins with a slash.
     * @throws IllegalArgumentException when it cannot be sent.
     * @throws IllegalStateException    when the head has no room for it.
     */
    public void path(final byte[] path)
    {
        checkTarget(path, path.length > 0 && path[0] == '/', "path");
        final int at = grow(path);
        int query = -1;
        for (int i = 0; i < path.length && query < 0; i++)
        {
            query = path[i] == '?' ? at + i : -1;
        }
        head.path(at, path.length, query);
    }

    /**
     * As {@link #path(byte[])}; allocates.
     *
     * @param path with query, begins with a slash.
     */
    public void path(final String path)
    {
        path(path.getBytes(ISO_8859_1));
    }

    /**
     * Gives the request another host; {@link FilterExchange#clearRoute} has it routed by it.
     *
     * @param host with port where it has one.
     * @throws IllegalArgumentException when it cannot be sent.
     * @throws IllegalStateException    when the head has no room for it.
     */
    public void authority(final byte[] host)
    {
        checkTarget(host, host.length > 0, "host");
        head.authority(grow(host), host.length);
    }

    /**
     * As {@link #authority(byte[])}; allocates.
     *
     * @param host with port where it has one.
     */
    public void authority(final String host)
    {
        authority(host.getBytes(ISO_8859_1));
    }

    /**
     * Gives the request another method.
     *
     * @param method one that has a constant in {@link HttpMethod}, not CONNECT.
     * @throws IllegalArgumentException when it is none of these.
     * @throws IllegalStateException    when the head has no room for it.
     */
    public void method(final int method)
    {
        if (method <= HttpMethod.OTHER || method == HttpMethod.CONNECT)
        {
            throw new IllegalArgumentException("no method that a request can be given");
        }
        if (method == HttpMethod.HEAD && head.methodId() != HttpMethod.HEAD)
        {
            throw new IllegalArgumentException("the client waits for content that no answer to HEAD has");
        }
        final byte[] name = HttpMethod.bytes(method);
        head.method(method, grow(name), name.length);
    }

    /**
     * Says how long the content is, where nothing says it. For the proxy itself, which has all of the content: a length
     * that lies makes two requests of one.
     *
     * @param owner  where the head may grow into, which filters do not have.
     * @param length bytes.
     * @throws IllegalArgumentException when it is another's.
     */
    public void contentLength(final HeadStore owner, final long length)
    {
        if (owner != store())
        {
            throw new IllegalArgumentException("a filter asks the exchange to tell the length");
        }
        if (head.contentLength() < 0)
        {
            addFixed(HeaderName.CONTENT_LENGTH, length);
            head.body(length, false);
        }
    }

    private int grow(final byte[] bytes)
    {
        change();
        final int at = store().append(head, bytes, bytes.length);
        if (at < 0)
        {
            throw new IllegalStateException("the head has no room");
        }
        return at;
    }

    private static void checkTarget(final byte[] bytes, final boolean isBegun, final String what)
    {
        boolean isValid = isBegun;
        for (int i = 0; i < bytes.length && isValid; i++)
        {
            isValid = bytes[i] > ' ' && bytes[i] != 0x7F;
        }
        if (!isValid)
        {
            throw new IllegalArgumentException("'" + new String(bytes, ISO_8859_1) + "' is no " + what);
        }
    }
}
