package dev.ringway.engine.httpfilters;

import dev.ringway.codecs.http.RequestHead;
import dev.ringway.engine.filter.FilterPeer;
import dev.ringway.engine.route.RequestView;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Who does what, as {@link AccessRule}s ask for it. One for each filter, reused. Loop thread only.
 */
public final class AccessView
{
    private final RequestView request = new RequestView();
    private final byte[] address = new byte[FilterPeer.MAX_ADDRESS_LENGTH];
    private final UnsafeBuffer text = new UnsafeBuffer(0, 0);
    private FilterPeer peer;

    /**
     * Takes a request.
     *
     * @param client that has sent it.
     * @param head   of it.
     * @return this.
     */
    public AccessView of(final FilterPeer client, final RequestHead head)
    {
        peer = client;
        request.of(head);
        return this;
    }

    /**
     * Takes a connection, whose rules may not ask for what only requests have.
     *
     * @param client that has opened it.
     * @return this.
     */
    public AccessView of(final FilterPeer client)
    {
        peer = client;
        return this;
    }

    RequestView request()
    {
        return request;
    }

    FilterPeer peer()
    {
        return peer;
    }

    /** Takes an address. */
    byte[] address()
    {
        return address;
    }

    /** A buffer to show bytes with, until the next ones. */
    UnsafeBuffer buffer()
    {
        return text;
    }

    /** Bytes as a buffer, until the next ones. */
    UnsafeBuffer buffer(final byte[] bytes)
    {
        text.wrap(bytes);
        return text;
    }
}
