package dev.ringway.engine.httpfilters;

import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.engine.filter.FilterData;
import dev.ringway.engine.filter.FilterExchange;
import dev.ringway.engine.filter.FilterLoop;
import dev.ringway.engine.filter.HttpFilter;
import dev.ringway.engine.filter.HttpFilterFactory;
import dev.ringway.engine.filter.Verdict;

/**
 * Sends requests on when they are whole. Settings of the filter or of a route.
 * Envoy: {@code extensions.filters.http.buffer.v3.Buffer}.
 *
 * @param maxRequestBytes {@code max_request_bytes}: more is answered 413; -1 for a route that sends requests on at once.
 */
public record BufferFilter(int maxRequestBytes) implements HttpFilterFactory
{
    /** What a route says that has the filter disabled. */
    public static final BufferFilter DISABLED = new BufferFilter(-1);

    /**
     * {@inheritDoc}
     */
    public HttpFilter create(final FilterLoop loop)
    {
        return new Gathering(this);
    }

    /** One request at a time. */
    private static final class Gathering implements HttpFilter
    {
        private final BufferFilter own;
        private boolean isGathering;

        private Gathering(final BufferFilter own)
        {
            this.own = own;
        }

        public int onRequestHead(final FilterExchange exchange, final boolean isEnd)
        {
            final BufferFilter used = exchange.settings() instanceof final BufferFilter given ? given : own;
            if (isEnd || used.maxRequestBytes < 0 || exchange.request().head().upgrade())
            {
                return Verdict.CONTINUE;
            }
            exchange.limit(used.maxRequestBytes);
            isGathering = true;
            return Verdict.GATHER;
        }

        public int onRequestData(final FilterExchange exchange, final FilterData data, final boolean isEnd)
        {
            if (isEnd && isGathering)
            {
                exchange.tellLength();
            }
            return isEnd || !isGathering ? Verdict.CONTINUE : Verdict.GATHER;
        }

        public int onRequestTrailers(final FilterExchange exchange, final HeaderTable trailers)
        {
            if (isGathering)
            {
                exchange.tellLength();
            }
            return Verdict.CONTINUE;
        }

        public void onEnd(final FilterExchange exchange)
        {
            isGathering = false;
        }
    }
}
