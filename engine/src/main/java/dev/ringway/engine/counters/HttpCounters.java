package dev.ringway.engine.counters;

/**
 * Ids of the counters {@code http.<stat_prefix>.*}; names and meaning as in Envoy's connection-manager statistics.
 */
public final class HttpCounters
{
    /** Requests. */
    public final int downstreamRqTotal;

    /** HTTP/1.1 requests. */
    public final int downstreamRqHttp1Total;

    /** HTTP/2 requests. */
    public final int downstreamRqHttp2Total;

    /** Requests in flight. */
    public final int downstreamRqActive;

    /** Requests reset by the client. */
    public final int downstreamRqRxReset;

    /** Requests reset from here. */
    public final int downstreamRqTxReset;

    /** Connections closed because too many of their requests were reset early. */
    public final int downstreamRqTooManyPrematureResets;

    /** Requests that did not arrive in time. */
    public final int downstreamRqTimeout;

    /** Request heads that did not arrive in time. */
    public final int downstreamRqHeaderTimeout;

    /** Streams without progress. */
    public final int downstreamRqIdleTimeout;

    /** Streams that took too long as a whole. */
    public final int downstreamRqMaxDurationReached;

    /** Requests that were too large. */
    public final int downstreamRqTooLarge;

    /** Responses of which a filter gathered too much. */
    public final int rsTooLarge;

    /** Times a filter threw. */
    public final int filterException;

    /** Requests in absolute form. */
    public final int downstreamRqNonRelativePath;

    /** Requests whose path could not be normalized. */
    public final int downstreamRqFailedPathNormalization;

    /** Requests redirected to a normalized path. */
    public final int downstreamRqRedirectedWithNormalizedPath;

    /** Responses sent before the request was complete. */
    public final int downstreamRqResponseBeforeRqComplete;

    /** Upgrades refused by the route. */
    public final int downstreamRqWsOnNonWsRoute;

    /** Times reading stopped because the other side is slow. */
    public final int downstreamFlowControlPausedReadingTotal;

    /** Times reading went on. */
    public final int downstreamFlowControlResumedReadingTotal;

    /** Requests that no route matched. */
    public final int noRoute;

    /** Requests whose cluster is unknown. */
    public final int noCluster;

    /** Requests that were routed. */
    public final int rqTotal;

    /** Direct responses, redirects among them. */
    public final int rqDirectResponse;

    /** Never counted; Envoy counts redirects with the other direct responses. */
    public final int rqRedirect;

    /** Responses cut after they had begun. */
    public final int rqResetAfterDownstreamResponseStarted;

    /** From the first byte of a request to the last of its response. */
    public final int downstreamRqTime;

    /** Access records dropped because the log ring was full. */
    public final int accessLogDropped;

    /** What is counted of HTTP/2 itself, for all connection managers together. */
    public final Http2Counters http2;

    /** What is counted of connections. */
    public final DownstreamConnectionCounters connections;

    /** What is counted of responses. */
    private final ResponseCounters responses;

    /** The same for the listener alone. */
    private final ResponseCounters listenerResponses;

    /** Has the ids stay those of these counters. */
    private final Object lease;

    /**
     * @param registry gives out the ids.
     * @param listener   name of its listener in stats.
     * @param statPrefix of the connection manager.
     */
    public HttpCounters(final CounterRegistry registry, final String listener, final String statPrefix)
    {
        lease = registry.lease();
        final String prefix = "http." + statPrefix + ".";
        downstreamRqTotal = registry.counter(prefix + "downstream_rq_total");
        downstreamRqHttp1Total = registry.counter(prefix + "downstream_rq_http1_total");
        downstreamRqHttp2Total = registry.counter(prefix + "downstream_rq_http2_total");
        downstreamRqActive = registry.gauge(prefix + "downstream_rq_active");
        downstreamRqRxReset = registry.counter(prefix + "downstream_rq_rx_reset");
        downstreamRqTxReset = registry.counter(prefix + "downstream_rq_tx_reset");
        downstreamRqTooManyPrematureResets = registry.counter(prefix + "downstream_rq_too_many_premature_resets");
        downstreamRqTimeout = registry.counter(prefix + "downstream_rq_timeout");
        downstreamRqHeaderTimeout = registry.counter(prefix + "downstream_rq_header_timeout");
        downstreamRqIdleTimeout = registry.counter(prefix + "downstream_rq_idle_timeout");
        downstreamRqMaxDurationReached = registry.counter(prefix + "downstream_rq_max_duration_reached");
        downstreamRqTooLarge = registry.counter(prefix + "downstream_rq_too_large");
        rsTooLarge = registry.counter(prefix + "rs_too_large");
        filterException = registry.counter(prefix + "filter_exception");
        downstreamRqNonRelativePath = registry.counter(prefix + "downstream_rq_non_relative_path");
        downstreamRqFailedPathNormalization = registry.counter(prefix + "downstream_rq_failed_path_normalization");
        downstreamRqRedirectedWithNormalizedPath =
            registry.counter(prefix + "downstream_rq_redirected_with_normalized_path");
        downstreamRqResponseBeforeRqComplete = registry.counter(prefix + "downstream_rq_response_before_rq_complete");
        downstreamRqWsOnNonWsRoute = registry.counter(prefix + "downstream_rq_ws_on_non_ws_route");
        downstreamFlowControlPausedReadingTotal =
            registry.counter(prefix + "downstream_flow_control_paused_reading_total");
        downstreamFlowControlResumedReadingTotal =
            registry.counter(prefix + "downstream_flow_control_resumed_reading_total");
        noRoute = registry.counter(prefix + "no_route");
        noCluster = registry.counter(prefix + "no_cluster");
        rqTotal = registry.counter(prefix + "rq_total");
        rqDirectResponse = registry.counter(prefix + "rq_direct_response");
        rqRedirect = registry.counter(prefix + "rq_redirect");
        rqResetAfterDownstreamResponseStarted = registry.counter(prefix + "rq_reset_after_downstream_response_started");
        downstreamRqTime = registry.histogram(prefix + "downstream_rq_time");
        accessLogDropped = registry.counter(prefix + "access_log_dropped");
        connections = new DownstreamConnectionCounters(registry, prefix);
        responses = new ResponseCounters(registry, prefix);
        listenerResponses = new ResponseCounters(registry, "listener." + listener + "." + prefix);
        http2 = new Http2Counters(registry, "http2.");
    }

    /**
     * Counts an answer 1xx, behind which another one comes.
     *
     * @param counters of the loop.
     */
    public void interim(final LoopCounters counters)
    {
        responses.interim(counters);
        listenerResponses.interim(counters);
    }

    /**
     * Counts a request that has ended.
     *
     * @param counters of the loop.
     * @param status   that it was answered with, 0 when no answer was begun.
     */
    public void response(final LoopCounters counters, final int status)
    {
        responses.response(counters, status);
        listenerResponses.response(counters, status);
    }

    /**
     * Counts a request that is answered before it has become one: it was wrong or too late.
     *
     * @param counters of the loop.
     * @param isHttp2  whether it came in HTTP/2.
     * @param isWhole  whether the client has sent all of it.
     * @param status   that it is answered with.
     */
    public void refusal(final LoopCounters counters, final boolean isHttp2, final boolean isWhole, final int status)
    {
        counters.increment(downstreamRqTotal);
        counters.increment(isHttp2 ? downstreamRqHttp2Total : downstreamRqHttp1Total);
        if (!isWhole)
        {
            counters.increment(downstreamRqResponseBeforeRqComplete);
            counters.increment(downstreamRqRxReset);
        }
        response(counters, status);
    }
}
