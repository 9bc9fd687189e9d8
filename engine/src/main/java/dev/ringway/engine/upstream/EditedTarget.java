package dev.ringway.engine.upstream;

import dev.ringway.codecs.http.RequestHead;
import org.agrona.DirectBuffer;

/**
 * Scheme, host and path that a request goes on with, where they are not those it came with. Part of
 * {@link HeaderEdits}, reused for each head; allocates nothing. Loop thread only.
 */
public final class EditedTarget
{
    private final byte[] path;
    private boolean isHttps;
    private int pathLength;
    private DirectBuffer host;
    private int hostOffset;
    private int hostLength;

    EditedTarget(final int pathCapacity)
    {
        path = new byte[pathCapacity];
    }

    /** Starts over: host and path are those the request came with, the scheme is http. */
    void reset()
    {
        isHttps = false;
        pathLength = -1;
        host = null;
    }

    /**
     * @param isHttps whether the request goes on with scheme https.
     */
    public void https(final boolean isHttps)
    {
        this.isHttps = isHttps;
    }

    /**
     * @return whether the request goes on with scheme https.
     */
    public boolean isHttps()
    {
        return isHttps;
    }

    /**
     * Gives the request another path.
     *
     * @param prefix       holds the new beginning at its start.
     * @param prefixLength bytes of it.
     * @param buffer       holds the rest, query included.
     * @param offset       where it starts.
     * @param length       bytes of the rest.
     * @return false when there is no room for it, and the path stays.
     */
    public boolean path(
        final byte[] prefix, final int prefixLength, final DirectBuffer buffer, final int offset, final int length)
    {
        if (prefixLength + length > path.length)
        {
            return false;
        }
        System.arraycopy(prefix, 0, path, 0, prefixLength);
        buffer.getBytes(offset, path, prefixLength, length);
        pathLength = prefixLength + length;
        return true;
    }

    /**
     * Gives the request another host.
     *
     * @param buffer holds it until the head is written.
     * @param offset where it starts.
     * @param length its bytes.
     */
    public void host(final DirectBuffer buffer, final int offset, final int length)
    {
        host = buffer;
        hostOffset = offset;
        hostLength = length;
    }

    /**
     * @param head of the request.
     * @return what holds the host that an endpoint is asked for.
     */
    public DirectBuffer hostBuffer(final RequestHead head)
    {
        return host == null ? head.headers().buffer() : host;
    }

    /**
     * @return whether the request goes on with another path or host.
     */
    public boolean isChanged()
    {
        return pathLength >= 0 || host != null;
    }

    /**
     * @param head of the request.
     * @return where that host starts.
     */
    public int hostOffset(final RequestHead head)
    {
        return host == null ? head.authorityOffset() : hostOffset;
    }

    /**
     * @param head of the request.
     * @return bytes of that host.
     */
    public int hostLength(final RequestHead head)
    {
        return host == null ? head.authorityLength() : hostLength;
    }

    /**
     * @return new path with query, of which {@link #pathLength()} bytes count.
     */
    public byte[] path()
    {
        return path;
    }

    /**
     * @return bytes of the new path, or -1 for none.
     */
    public int pathLength()
    {
        return pathLength;
    }
}
