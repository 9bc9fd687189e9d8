package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.engine.route.HeaderKey;
import dev.ringway.engine.route.RequestView;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The id of one request, and whether it came from outside. Reused with its exchange. Loop thread only.
 */
final class RequestId
{
    /** Ids of clients that are longer are not sent back to them. */
    static final int MAX_ECHOED = 256;

    private static final HeaderKey KEY = new HeaderKey("x-request-id");

    private final byte[] own = new byte[RequestIds.LENGTH];
    private final UnsafeBuffer buffer = new UnsafeBuffer(own);
    private final byte[] echoed = new byte[MAX_ECHOED];
    private int echoedLength;
    private boolean isOwn;
    private boolean isInternal;
    private boolean isEchoed;

    void reset(final boolean isFromInside)
    {
        echoedLength = 0;
        isOwn = false;
        isInternal = isFromInside;
        isEchoed = false;
    }

    /** The response is to carry it, or what the request came with. */
    void echo(final HeaderTable headers)
    {
        isEchoed = true;
        if (isOwn)
        {
            keep(buffer, 0, own.length);
        }
        else
        {
            keep(headers);
        }
    }

    void generate(final RequestIds ids)
    {
        System.arraycopy(ids.next(), 0, own, 0, RequestIds.LENGTH);
        isOwn = true;
    }

    /** Filters have changed the request: what the response is to carry is what they have left. */
    void onFiltered(final HeaderTable headers)
    {
        if (isEchoed)
        {
            keep(headers);
        }
    }

    /** The route has changed the request: what the response is to carry is what goes on. */
    void onSent(final RequestView request)
    {
        if (isEchoed)
        {
            request.select(KEY);
            keep(request.buffer(), request.offset(), request.length());
        }
    }

    private void keep(final HeaderTable headers)
    {
        final int index = headers.find(HeaderName.X_REQUEST_ID);
        keep(headers.buffer(), index < 0 ? 0 : headers.valueOffset(index), index < 0 ? 0 : headers.valueLength(index));
    }

    private void keep(final DirectBuffer buffer, final int offset, final int length)
    {
        echoedLength = length > MAX_ECHOED ? 0 : length;
        buffer.getBytes(offset, echoed, 0, echoedLength);
    }

    /** Whether it was made here, so that it replaces the client's. */
    boolean isOwn()
    {
        return isOwn;
    }

    /** Whether the response carries it. */
    boolean isEchoed()
    {
        return echoedLength > 0;
    }

    boolean isInternal()
    {
        return isInternal;
    }

    /** That which was made here. */
    byte[] own()
    {
        return own;
    }

    /** The same bytes. */
    UnsafeBuffer buffer()
    {
        return buffer;
    }

    /** What the response carries at its start. */
    byte[] echoed()
    {
        return echoed;
    }

    /** Bytes of that. */
    int echoedLength()
    {
        return echoedLength;
    }
}
