package dev.ringway.engine.counters;

/**
 * Ids of the counters {@code cluster.<name>.*}; names and meaning as in Envoy's cluster statistics.
 */
public final class ClusterCounters
{
    /** Connections opened or being opened. */
    public final int upstreamCxTotal;

    /** Connections that exist now. */
    public final int upstreamCxActive;

    /** HTTP/1.1 connections. */
    public final int upstreamCxHttp1Total;

    /** Connections that could not be established. */
    public final int upstreamCxConnectFail;

    /** Connections that were not established in time. */
    public final int upstreamCxConnectTimeout;

    /** Times the connection bound held a new connection back. */
    public final int upstreamCxOverflow;

    /** Connections closed because idle. */
    public final int upstreamCxIdleTimeout;

    /** Connections closed because they had served their number of requests. */
    public final int upstreamCxMaxRequests;

    /** Times no endpoint was there to pick. */
    public final int upstreamCxNoneHealthy;

    /** Connections gone. */
    public final int upstreamCxDestroy;

    /** Connections closed from here. */
    public final int upstreamCxDestroyLocal;

    /** Connections closed by the endpoint. */
    public final int upstreamCxDestroyRemote;

    /** Connections gone while a request was on them. */
    public final int upstreamCxDestroyWithActiveRq;

    /** Closed from here while a request was on them. */
    public final int upstreamCxDestroyLocalWithActiveRq;

    /** Closed by the endpoint while a request was on them. */
    public final int upstreamCxDestroyRemoteWithActiveRq;

    /** Connections that broke the protocol. */
    public final int upstreamCxProtocolError;

    /** Bytes received. */
    public final int upstreamCxRxBytesTotal;

    /** Bytes sent. */
    public final int upstreamCxTxBytesTotal;

    /** Connections told to close after a response. */
    public final int upstreamCxCloseNotify;

    /** Requests. */
    public final int upstreamRqTotal;

    /** Requests in flight. */
    public final int upstreamRqActive;

    /** Requests that had a response. */
    public final int upstreamRqCompleted;

    /** Requests that waited for a connection. */
    public final int upstreamRqPendingTotal;

    /** Requests that wait now. */
    public final int upstreamRqPendingActive;

    /** Requests refused by a circuit breaker. */
    public final int upstreamRqPendingOverflow;

    /** Waiting requests that failed with their connection. */
    public final int upstreamRqPendingFailureEject;

    /** Requests without a response in time. */
    public final int upstreamRqTimeout;

    /** Requests given up before a connection was there. */
    public final int upstreamRqCancelled;

    /** Requests reset by the endpoint. */
    public final int upstreamRqRxReset;

    /** Requests reset from here. */
    public final int upstreamRqTxReset;

    /** Retries. */
    public final int upstreamRqRetry;

    /** Responses 1xx. */
    public final int upstreamRq1xx;

    /** Responses 2xx. */
    public final int upstreamRq2xx;

    /** Responses 3xx. */
    public final int upstreamRq3xx;

    /** Responses 4xx. */
    public final int upstreamRq4xx;

    /** Responses 5xx. */
    public final int upstreamRq5xx;

    /** Times reading stopped because the other side is slow. */
    public final int upstreamFlowControlPausedReadingTotal;

    /** Times reading went on. */
    public final int upstreamFlowControlResumedReadingTotal;

    /** Endpoints. */
    public final int membershipTotal;

    /** Endpoints that may be picked. */
    public final int membershipHealthy;

    /** Times the endpoints changed. */
    public final int membershipChange;

    /**
     * @param registry gives out the ids.
     * @param name of the cluster.
     */
    public ClusterCounters(final CounterRegistry registry, final String name)
    {
        final String prefix = "cluster." + name + ".";
        upstreamCxTotal = registry.register(prefix + "upstream_cx_total", CounterRegistry.COUNTER);
        upstreamCxActive = registry.register(prefix + "upstream_cx_active", CounterRegistry.GAUGE);
        upstreamCxHttp1Total = registry.register(prefix + "upstream_cx_http1_total", CounterRegistry.COUNTER);
        upstreamCxConnectFail = registry.register(prefix + "upstream_cx_connect_fail", CounterRegistry.COUNTER);
        upstreamCxConnectTimeout = registry.register(prefix + "upstream_cx_connect_timeout", CounterRegistry.COUNTER);
        upstreamCxOverflow = registry.register(prefix + "upstream_cx_overflow", CounterRegistry.COUNTER);
        upstreamCxIdleTimeout = registry.register(prefix + "upstream_cx_idle_timeout", CounterRegistry.COUNTER);
        upstreamCxMaxRequests = registry.register(prefix + "upstream_cx_max_requests", CounterRegistry.COUNTER);
        upstreamCxNoneHealthy = registry.register(prefix + "upstream_cx_none_healthy", CounterRegistry.COUNTER);
        upstreamCxDestroy = registry.register(prefix + "upstream_cx_destroy", CounterRegistry.COUNTER);
        upstreamCxDestroyLocal = registry.register(prefix + "upstream_cx_destroy_local", CounterRegistry.COUNTER);
        upstreamCxDestroyRemote = registry.register(prefix + "upstream_cx_destroy_remote", CounterRegistry.COUNTER);
        upstreamCxDestroyWithActiveRq = registry.register(prefix + "upstream_cx_destroy_with_active_rq", CounterRegistry.COUNTER);
        upstreamCxDestroyLocalWithActiveRq = registry.register(prefix + "upstream_cx_destroy_local_with_active_rq", CounterRegistry.COUNTER);
        upstreamCxDestroyRemoteWithActiveRq = registry.register(prefix + "upstream_cx_destroy_remote_with_active_rq", CounterRegistry.COUNTER);
        upstreamCxProtocolError = registry.register(prefix + "upstream_cx_protocol_error", CounterRegistry.COUNTER);
        upstreamCxRxBytesTotal = registry.register(prefix + "upstream_cx_rx_bytes_total", CounterRegistry.COUNTER);
        upstreamCxTxBytesTotal = registry.register(prefix + "upstream_cx_tx_bytes_total", CounterRegistry.COUNTER);
        upstreamCxCloseNotify = registry.register(prefix + "upstream_cx_close_notify", CounterRegistry.COUNTER);
        upstreamRqTotal = registry.register(prefix + "upstream_rq_total", CounterRegistry.COUNTER);
        upstreamRqActive = registry.register(prefix + "upstream_rq_active", CounterRegistry.GAUGE);
        upstreamRqCompleted = registry.register(prefix + "upstream_rq_completed", CounterRegistry.COUNTER);
        upstreamRqPendingTotal = registry.register(prefix + "upstream_rq_pending_total", CounterRegistry.COUNTER);
        upstreamRqPendingActive = registry.register(prefix + "upstream_rq_pending_active", CounterRegistry.GAUGE);
        upstreamRqPendingOverflow = registry.register(prefix + "upstream_rq_pending_overflow", CounterRegistry.COUNTER);
        upstreamRqPendingFailureEject = registry.register(prefix + "upstream_rq_pending_failure_eject", CounterRegistry.COUNTER);
        upstreamRqTimeout = registry.register(prefix + "upstream_rq_timeout", CounterRegistry.COUNTER);
        upstreamRqCancelled = registry.register(prefix + "upstream_rq_cancelled", CounterRegistry.COUNTER);
        upstreamRqRxReset = registry.register(prefix + "upstream_rq_rx_reset", CounterRegistry.COUNTER);
        upstreamRqTxReset = registry.register(prefix + "upstream_rq_tx_reset", CounterRegistry.COUNTER);
        upstreamRqRetry = registry.register(prefix + "upstream_rq_retry", CounterRegistry.COUNTER);
        upstreamRq1xx = registry.register(prefix + "upstream_rq_1xx", CounterRegistry.COUNTER);
        upstreamRq2xx = registry.register(prefix + "upstream_rq_2xx", CounterRegistry.COUNTER);
        upstreamRq3xx = registry.register(prefix + "upstream_rq_3xx", CounterRegistry.COUNTER);
        upstreamRq4xx = registry.register(prefix + "upstream_rq_4xx", CounterRegistry.COUNTER);
        upstreamRq5xx = registry.register(prefix + "upstream_rq_5xx", CounterRegistry.COUNTER);
        upstreamFlowControlPausedReadingTotal = registry.register(prefix + "upstream_flow_control_paused_reading_total", CounterRegistry.COUNTER);
        upstreamFlowControlResumedReadingTotal = registry.register(prefix + "upstream_flow_control_resumed_reading_total", CounterRegistry.COUNTER);
        membershipTotal = registry.register(prefix + "membership_total", CounterRegistry.GAUGE);
        membershipHealthy = registry.register(prefix + "membership_healthy", CounterRegistry.GAUGE);
        membershipChange = registry.register(prefix + "membership_change", CounterRegistry.COUNTER);
    }
}
