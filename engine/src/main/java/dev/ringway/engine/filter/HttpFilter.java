package dev.ringway.engine.filter;

import dev.ringway.codecs.http.HeaderTable;

/**
 * One place in the filter chain of a connection manager, for one request at a time: made once, used for request after
 * request on the same loop. What it knows of a request it must forget in {@link #onEnd}.
 *
 * <p>Loop thread only, as all of {@link FilterExchange}; must not wait: a filter that needs something which takes long
 * holds the request, has another thread do it and is told by {@link FilterSignal}. All that is shown is a view, valid
 * during the call. A filter that throws costs its request: it is answered with 500, or cut when the answer has begun.
 *
 * <p>Requests pass the filters of a chain in its order, responses in the reverse order. Envoy:
 * {@code Http::StreamFilter}.
 */
public interface HttpFilter
{
    /**
     * A request head.
     *
     * @param exchange it belongs to.
     * @param isEnd    whether nothing follows.
     * @return a constant of {@link Verdict}.
     */
    default int onRequestHead(final FilterExchange exchange, final boolean isEnd)
    {
        return Verdict.CONTINUE;
    }

    /**
     * A piece of a request's content.
     *
     * @param exchange it belongs to.
     * @param data     the bytes.
     * @param isEnd    whether nothing follows.
     * @return a constant of {@link Verdict}.
     */
    default int onRequestData(final FilterExchange exchange, final FilterData data, final boolean isEnd)
    {
        return Verdict.CONTINUE;
    }

    /**
     * A request ends with trailers. They cannot be held alone: what holds them is what holds the content before them.
     *
     * @param exchange they belong to.
     * @param trailers not empty.
     * @return a constant of {@link Verdict}.
     */
    default int onRequestTrailers(final FilterExchange exchange, final HeaderTable trailers)
    {
        return Verdict.CONTINUE;
    }

    /**
     * The head of the final response, the endpoint's or one made here, with the changes of the route. One made here
     * cannot be held or gathered.
     *
     * <p>What follows a head that agrees to an upgrade or a tunnel (101, or 2xx to CONNECT) is of another protocol, and no
     * filter is shown any of it, nor an end: one that gathers content has to let such a head pass, or to let go of it by a
     * timer or a signal. Until then nothing passes in either direction, and only the time-outs of the stream
     * ({@code stream_idle_timeout}, {@code max_stream_duration}) end that, not those of the route.
     *
     * @param exchange it belongs to.
     * @param isEnd    whether nothing follows.
     * @return a constant of {@link Verdict}.
     */
    default int onResponseHead(final FilterExchange exchange, final boolean isEnd)
    {
        return Verdict.CONTINUE;
    }

    /**
     * The answer that this filter gave is about to pass all filters, this one too: they see what is done to its head here.
     *
     * @param exchange whose response is the answer.
     */
    default void onAnswer(final FilterExchange exchange)
    {
    }

    /**
     * A piece of a response's content, one that came from an endpoint; nothing of what an upgrade or a tunnel carries.
     * Content is not brought into the loop's memory where no filter has this method.
     *
     * @param exchange it belongs to.
     * @param data     the bytes.
     * @param isEnd    whether nothing follows.
     * @return a constant of {@link Verdict}.
     */
    default int onResponseData(final FilterExchange exchange, final FilterData data, final boolean isEnd)
    {
        return Verdict.CONTINUE;
    }

    /**
     * A response ends with trailers.
     *
     * @param exchange they belong to.
     * @param trailers not empty.
     * @return a constant of {@link Verdict}.
     */
    default int onResponseTrailers(final FilterExchange exchange, final HeaderTable trailers)
    {
        return Verdict.CONTINUE;
    }

    /**
     * The time of {@link FilterExchange#timer} has come.
     *
     * @param exchange that was asked for it.
     * @return {@link Verdict#CONTINUE} to let go of what this filter holds, or another constant of {@link Verdict}.
     */
    default int onTimer(final FilterExchange exchange)
    {
        return Verdict.CONTINUE;
    }

    /**
     * Another thread has sent the {@link FilterSignal}.
     *
     * @param exchange whose signal it is.
     * @return {@link Verdict#CONTINUE} to let go of what this filter holds, or another constant of {@link Verdict}.
     */
    default int onSignal(final FilterExchange exchange)
    {
        return Verdict.CONTINUE;
    }

    /**
     * The exchange is over, however it ended: also when the client left, a time-out came or this filter never saw
     * anything of it.
     *
     * @param exchange that tells what became of it.
     */
    default void onEnd(final FilterExchange exchange)
    {
    }
}
