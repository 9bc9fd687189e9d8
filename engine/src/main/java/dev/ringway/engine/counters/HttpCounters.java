package dev.ringway.engine.counters;

/**
 * Ids of the counters {@code http.<stat_prefix>.*}; names and meaning as in Envoy's connection-manager statistics.
 */
public final class HttpCounters
{
    /** Connections. */
    public final int downstreamCxTotal;

    /** Connections that exist now. */
    public final int downstreamCxActive;

    /** HTTP/1.1 connections. */
    public final int downstreamCxHttp1Total;

    /** HTTP/1.1 connections that exist now. */
    public final int downstreamCxHttp1Active;

    /** Connections gone. */
    public final int downstreamCxDestroy;

    /** Connections closed from here. */
    public final int downstreamCxDestroyLocal;

    /** Connections closed by the client. */
    public final int downstreamCxDestroyRemote;

    /** Connections gone with a request on them. */
    public final int downstreamCxDestroyActiveRq;

    /** Closed from here with a request on them. */
    public final int downstreamCxDestroyLocalActiveRq;

    /** Closed by the client with a request on them. */
    public final int downstreamCxDestroyRemoteActiveRq;

    /** Connections closed because idle. */
    public final int downstreamCxIdleTimeout;

    /** Connections that broke the protocol. */
    public final int downstreamCxProtocolError;

    /** Connections closed by a drain. */
    public final int downstreamCxDrainClose;

    /** Connections closed because they had served their number of requests. */
    public final int downstreamCxMaxRequestsReached;

    /** Bytes received. */
    public final int downstreamCxRxBytesTotal;

    /** Bytes sent. */
    public final int downstreamCxTxBytesTotal;

    /** Connections whose client did not close in time. */
    public final int downstreamCxDelayedCloseTimeout;

    /** Requests. */
    public final int downstreamRqTotal;

    /** HTTP/1.1 requests. */
    public final int downstreamRqHttp1Total;

    /** Requests in flight. */
    public final int downstreamRqActive;

    /** Requests answered. */
    public final int downstreamRqCompleted;

    /** Responses 1xx. */
    public final int downstreamRq1xx;

    /** Responses 2xx. */
    public final int downstreamRq2xx;

    /** Responses 3xx. */
    public final int downstreamRq3xx;

    /** Responses 4xx. */
    public final int downstreamRq4xx;

    /** Responses 5xx. */
    public final int downstreamRq5xx;

    /** Requests reset by the client. */
    public final int downstreamRqRxReset;

    /** Requests reset from here. */
    public final int downstreamRqTxReset;

    /** Requests that did not arrive in time. */
    public final int downstreamRqTimeout;

    /** Request heads that did not arrive in time. */
    public final int downstreamRqHeaderTimeout;

    /** Streams without progress. */
    public final int downstreamRqIdleTimeout;

    /** Requests that were too large. */
    public final int downstreamRqTooLarge;

    /** Requests in absolute form. */
    public final int downstreamRqNonRelativePath;

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

    /** Direct responses. */
    public final int rqDirectResponse;

    /** Redirects. */
    public final int rqRedirect;

    /** Responses cut after they had begun. */
    public final int rqResetAfterDownstreamResponseStarted;

    /** Access records dropped because the log ring was full. */
    public final int accessLogDropped;

    /**
     * @param registry gives out the ids.
     * @param statPrefix of the connection manager.
     */
    public HttpCounters(final CounterRegistry registry, final String statPrefix)
    {
        final String prefix = "http." + statPrefix + ".";
        downstreamCxTotal = registry.register(prefix + "downstream_cx_total", CounterRegistry.COUNTER);
        downstreamCxActive = registry.register(prefix + "downstream_cx_active", CounterRegistry.GAUGE);
        downstreamCxHttp1Total = registry.register(prefix + "downstream_cx_http1_total", CounterRegistry.COUNTER);
        downstreamCxHttp1Active = registry.register(prefix + "downstream_cx_http1_active", CounterRegistry.GAUGE);
        downstreamCxDestroy = registry.register(prefix + "downstream_cx_destroy", CounterRegistry.COUNTER);
        downstreamCxDestroyLocal = registry.register(prefix + "downstream_cx_destroy_local", CounterRegistry.COUNTER);
        downstreamCxDestroyRemote = registry.register(prefix + "downstream_cx_destroy_remote", CounterRegistry.COUNTER);
        downstreamCxDestroyActiveRq = registry.register(prefix + "downstream_cx_destroy_active_rq", CounterRegistry.COUNTER);
        downstreamCxDestroyLocalActiveRq = registry.register(prefix + "downstream_cx_destroy_local_active_rq", CounterRegistry.COUNTER);
        downstreamCxDestroyRemoteActiveRq = registry.register(prefix + "downstream_cx_destroy_remote_active_rq", CounterRegistry.COUNTER);
        downstreamCxIdleTimeout = registry.register(prefix + "downstream_cx_idle_timeout", CounterRegistry.COUNTER);
        downstreamCxProtocolError = registry.register(prefix + "downstream_cx_protocol_error", CounterRegistry.COUNTER);
        downstreamCxDrainClose = registry.register(prefix + "downstream_cx_drain_close", CounterRegistry.COUNTER);
        downstreamCxMaxRequestsReached = registry.register(prefix + "downstream_cx_max_requests_reached", CounterRegistry.COUNTER);
        downstreamCxRxBytesTotal = registry.register(prefix + "downstream_cx_rx_bytes_total", CounterRegistry.COUNTER);
        downstreamCxTxBytesTotal = registry.register(prefix + "downstream_cx_tx_bytes_total", CounterRegistry.COUNTER);
        downstreamCxDelayedCloseTimeout = registry.register(prefix + "downstream_cx_delayed_close_timeout", CounterRegistry.COUNTER);
        downstreamRqTotal = registry.register(prefix + "downstream_rq_total", CounterRegistry.COUNTER);
        downstreamRqHttp1Total = registry.register(prefix + "downstream_rq_http1_total", CounterRegistry.COUNTER);
        downstreamRqActive = registry.register(prefix + "downstream_rq_active", CounterRegistry.GAUGE);
        downstreamRqCompleted = registry.register(prefix + "downstream_rq_completed", CounterRegistry.COUNTER);
        downstreamRq1xx = registry.register(prefix + "downstream_rq_1xx", CounterRegistry.COUNTER);
        downstreamRq2xx = registry.register(prefix + "downstream_rq_2xx", CounterRegistry.COUNTER);
        downstreamRq3xx = registry.register(prefix + "downstream_rq_3xx", CounterRegistry.COUNTER);
        downstreamRq4xx = registry.register(prefix + "downstream_rq_4xx", CounterRegistry.COUNTER);
        downstreamRq5xx = registry.register(prefix + "downstream_rq_5xx", CounterRegistry.COUNTER);
        downstreamRqRxReset = registry.register(prefix + "downstream_rq_rx_reset", CounterRegistry.COUNTER);
        downstreamRqTxReset = registry.register(prefix + "downstream_rq_tx_reset", CounterRegistry.COUNTER);
        downstreamRqTimeout = registry.register(prefix + "downstream_rq_timeout", CounterRegistry.COUNTER);
        downstreamRqHeaderTimeout = registry.register(prefix + "downstream_rq_header_timeout", CounterRegistry.COUNTER);
        downstreamRqIdleTimeout = registry.register(prefix + "downstream_rq_idle_timeout", CounterRegistry.COUNTER);
        downstreamRqTooLarge = registry.register(prefix + "downstream_rq_too_large", CounterRegistry.COUNTER);
        downstreamRqNonRelativePath = registry.register(prefix + "downstream_rq_non_relative_path", CounterRegistry.COUNTER);
        downstreamRqRedirectedWithNormalizedPath = registry.register(prefix + "downstream_rq_redirected_with_normalized_path", CounterRegistry.COUNTER);
        downstreamRqResponseBeforeRqComplete = registry.register(prefix + "downstream_rq_response_before_rq_complete", CounterRegistry.COUNTER);
        downstreamRqWsOnNonWsRoute = registry.register(prefix + "downstream_rq_ws_on_non_ws_route", CounterRegistry.COUNTER);
        downstreamFlowControlPausedReadingTotal = registry.register(prefix + "downstream_flow_control_paused_reading_total", CounterRegistry.COUNTER);
        downstreamFlowControlResumedReadingTotal = registry.register(prefix + "downstream_flow_control_resumed_reading_total", CounterRegistry.COUNTER);
        noRoute = registry.register(prefix + "no_route", CounterRegistry.COUNTER);
        noCluster = registry.register(prefix + "no_cluster", CounterRegistry.COUNTER);
        rqTotal = registry.register(prefix + "rq_total", CounterRegistry.COUNTER);
        rqDirectResponse = registry.register(prefix + "rq_direct_response", CounterRegistry.COUNTER);
        rqRedirect = registry.register(prefix + "rq_redirect", CounterRegistry.COUNTER);
        rqResetAfterDownstreamResponseStarted = registry.register(prefix + "rq_reset_after_downstream_response_started", CounterRegistry.COUNTER);
        accessLogDropped = registry.register(prefix + "access_log_dropped", CounterRegistry.COUNTER);
    }
}
