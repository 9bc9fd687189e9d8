package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The id of one request, and whether it came from outside. Reused with its exchange. Loop thread only.
 */
final class RequestId
{
    /** Ids of clients that are longer are not sent back to them. */
    static final int MAX_ECHOED = 256;

    private final byte[] bytes = new byte[MAX_ECHOED];
    private final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
    private int length;
    private boolean isOwn;
    private boolean isInternal;
    private boolean isEchoed;

    void reset(final boolean isFromInside)
    {
        length = 0;
        isOwn = false;
        isInternal = isFromInside;
        isEchoed = false;
    }

    /** The response is to carry it. */
    void echo()
    {
        isEchoed = true;
    }

    void generate(final RequestIds ids)
    {
        System.arraycopy(ids.next(), 0, bytes, 0, RequestIds.LENGTH);
        length = RequestIds.LENGTH;
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

    /** Keeps what the head has for the response. */
    void keep(final HeaderTable headers)
    {
        final int index = headers.find(HeaderName.X_REQUEST_ID);
        length = 0;
        if (index >= 0 && headers.valueLength(index) <= MAX_ECHOED)
        {
            length = headers.valueLength(index);
            headers.buffer().getBytes(headers.valueOffset(index), bytes, 0, length);
        }
    }

    /** Whether it was made here, so that it replaces the client's. */
    boolean isOwn()
    {
        return isOwn;
    }

    /** Whether the response carries it. */
    boolean isEchoed()
    {
        return isEchoed && length > 0;
    }

    boolean isInternal()
    {
        return isInternal;
    }

    byte[] bytes()
    {
        return bytes;
    }

    /** The same bytes. */
    UnsafeBuffer buffer()
    {
        return buffer;
    }

    /** 0 when there is none, or it is not needed. */
    int length()
    {
        return length;
    }
}
