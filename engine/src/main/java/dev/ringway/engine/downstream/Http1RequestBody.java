package dev.ringway.engine.downstream;

import dev.ringway.codecs.http.RequestHead;
import dev.ringway.codecs.http1.Http1BodyDecoder;
import dev.ringway.engine.conn.ByteMeter;
import dev.ringway.engine.exchange.Exchange;
import dev.ringway.engine.snapshot.HttpConnectionManager;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The body of the request under way: where it ends, and its way to the exchange. Loop thread only.
 */
final class Http1RequestBody
{
    private final Http1SessionFactory factory;
    private final Http1BodyDecoder decoder = new Http1BodyDecoder();
    private boolean isEnded;

    Http1RequestBody(final Http1SessionFactory factory)
    {
        this.factory = factory;
    }

    /** No request is under way. */
    void reset()
    {
        isEnded = false;
    }

    void begin(final RequestHead head)
    {
        if (head.chunked())
        {
            decoder.chunked();
        }
        else
        {
            decoder.fixed(Math.max(0, head.contentLength()));
        }
        isEnded = decoder.complete();
    }

    /**
     * @return whether the request under way is whole.
     */
    boolean isEnded()
    {
        return isEnded;
    }

    /**
     * Tells an exchange what there is of its body; it may end meanwhile.
     *
     * @param exchange of the request.
     * @param http     configuration that holds for it.
     * @param meter    counts what is used, before the exchange is told.
     * @param offset   of the bytes in the slab.
     * @param length   positive.
     * @return bytes used, 0 when more are needed, or an error of the client.
     */
    int decode(
        final Exchange exchange,
        final HttpConnectionManager http,
        final ByteMeter meter,
        final int offset,
        final int length)
    {
        final UnsafeBuffer buffer = factory.loop().memory().slab().buffer();
        if (decoder.inTrailers())
        {
            return decodeTrailers(exchange, http, meter, buffer, offset, length);
        }
        final int used = decoder.decode(buffer, offset, length);
        meter.received(Math.max(0, used));
        if (used >= 0 && (decoder.complete() || decoder.dataLength() > 0))
        {
            isEnded = decoder.complete();
            exchange.onRequestData(decoder.dataOffset(), decoder.dataLength(), isEnded);
        }
        return used;
    }

    private int decodeTrailers(
        final Exchange exchange,
        final HttpConnectionManager http,
        final ByteMeter meter,
        final UnsafeBuffer buffer,
        final int offset,
        final int length)
    {
        final int used = factory.trailerParser().parse(buffer, offset, length, factory.trailers());
        if (used > 0)
        {
            decoder.endTrailers();
            meter.received(used);
            if (meter.isAsked())
            {
                meter.receivedTrailers(factory.trailers());
            }
            isEnded = true;
            if (http.enableTrailers() && factory.trailers().count() > 0)
            {
                exchange.onRequestTrailers(factory.trailers());
            }
            else
            {
                exchange.onRequestData(0, 0, true);
            }
        }
        return used;
    }
}
