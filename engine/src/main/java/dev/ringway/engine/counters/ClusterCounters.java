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

    /** HTTP/2 connections. */
    public final int upstreamCxHttp2Total;

    /** Connections that could not be established. */
    public final int upstreamCxConnectFail;

    /** Connections that were not established in time. */
    public final int upstreamCxConnectTimeout;

    /** Relays that looked for a connection as often as they may, and got none. */
    public final int upstreamCxConnectAttemptsExceeded;

    /** Times the connection bound held a new connection back. */
    public final int upstreamCxOverflow;

    /** Connections closed because idle. */
    public final int upstreamCxIdleTimeout;

    /** Connections closed because they had served their number of requests. */
    public final int upstreamCxMaxRequests;

    /** Connections that took no further request because they had lasted as long as they may. */
    public final int upstreamCxMaxDurationReached;

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

    /** Requests refused because none may wait, or because there is no room for a connection. */
    public final int upstreamRqPendingOverflow;

    /** Requests refused because as many as may be have a connection. */
    public final int upstreamRqActiveOverflow;

    /** Waiting requests that failed with their connection. */
    public final int upstreamRqPendingFailureEject;

    /** Requests without a response in time. */
    public final int upstreamRqTimeout;

    /** Attempts without a response head in the time that one has. */
    public final int upstreamRqPerTryTimeout;

    /** Requests given up before a connection was there. */
    public final int upstreamRqCancelled;

    /** Attempts without anything passing for as long as may be. */
    public final int upstreamRqPerTryIdleTimeout;

    /** Requests sent again. */
    public final int upstreamRqRetry;

    /** Requests sent again whose next attempt needed no other. */
    public final int upstreamRqRetrySuccess;

    /** Requests not sent again because of the bound of those. */
    public final int upstreamRqRetryOverflow;

    /** Requests sent as often as they may be. */
    public final int upstreamRqRetryLimitExceeded;

    /** Requests sent again after a time that grows with each attempt. */
    public final int upstreamRqRetryBackoffExponential;

    /** Requests sent again after the time that the endpoint asked for. */
    public final int upstreamRqRetryBackoffRatelimited;

    /** Requests that were not kept to be sent again, and mirrors that were cut, because there was too much of them. */
    public final int retryOrShadowAbandoned;

    /** Requests reset by the endpoint. */
    public final int upstreamRqRxReset;

    /** Requests reset from here. */
    public final int upstreamRqTxReset;

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

    /** Responses that were dropped, for their requests were sent again. */
    public final int retryRqCompleted;

    /** Those of them that were 2xx. */
    public final int retryRq2xx;

    /** Those of them that were 3xx. */
    public final int retryRq3xx;

    /** Those of them that were 4xx. */
    public final int retryRq4xx;

    /** Those of them that were 5xx. */
    public final int retryRq5xx;

    /** Times reading stopped because the other side is slow. */
    public final int upstreamFlowControlPausedReadingTotal;

    /** Times reading went on. */
    public final int upstreamFlowControlResumedReadingTotal;

    /** From the last byte of a request to the last of its response. */
    public final int upstreamRqTime;

    /** How long it took to establish connections. */
    public final int upstreamCxConnectMs;

    /** How long connections lasted. */
    public final int upstreamCxLengthMs;

    /** Endpoints. */
    public final int membershipTotal;

    /** Endpoints that may be picked. */
    public final int membershipHealthy;

    /** Endpoints that may be picked when there are too few healthy ones. */
    public final int membershipDegraded;

    /** Endpoints that count as not there where health is measured. */
    public final int membershipExcluded;

    /** Picks among all endpoints, as too few were healthy. */
    public final int lbHealthyPanic;

    /** Subsets that there are, on all loops together. */
    public final int lbSubsetsActive;

    /** Subsets made. */
    public final int lbSubsetsCreated;

    /** Subsets that are gone. */
    public final int lbSubsetsRemoved;

    /** Picks in a subset. */
    public final int lbSubsetsSelected;

    /** Picks for which there was no subset, by the cluster's fallback. */
    public final int lbSubsetsFallback;

    /** Picks among all endpoints, as the fallback had none. */
    public final int lbSubsetsFallbackPanic;

    /** Times the endpoints changed. */
    public final int membershipChange;

    /** Requests whose field for the address of an endpoint holds none (ORIGINAL_DST). */
    public final int originalDstHostInvalid;

    /** Times there was no room for another endpoint that clients named (ORIGINAL_DST). */
    public final int originalDstHostOverflow;

    /** Look-ups of names. */
    public final int updateAttempt;

    /** Look-ups that had an answer. */
    public final int updateSuccess;

    /** Look-ups that had none. */
    public final int updateFailure;

    /** Which bounds of default priority are reached. */
    public final BreakerCounters breakers;

    /** Which bounds of priority HIGH are reached. */
    public final BreakerCounters highBreakers;

    /** What is counted of HTTP/2 itself; null when the endpoints speak something else. */
    public final Http2Counters http2;

    /** What is counted by status code. */
    public final StatusCounters statuses;

    /** Has the ids stay those of these counters. */
    private final Object lease;

    /**
     * Of a cluster whose endpoints do not speak HTTP/2.
     *
     * @param registry gives out the ids.
     * @param name of the cluster.
     */
    public ClusterCounters(final CounterRegistry registry, final String name)
    {
        this(registry, name, false);
    }

    /**
     * @param registry gives out the ids.
     * @param name of the cluster.
     * @param isHttp2 whether its endpoints speak HTTP/2.
     */
    public ClusterCounters(final CounterRegistry registry, final String name, final boolean isHttp2)
    {
        lease = registry.lease();
        final String prefix = "cluster." + name + ".";
        upstreamCxTotal = registry.counter(prefix + "upstream_cx_total");
        upstreamCxActive = registry.gauge(prefix + "upstream_cx_active");
        upstreamCxHttp1Total = registry.counter(prefix + "upstream_cx_http1_total");
        upstreamCxHttp2Total = registry.counter(prefix + "upstream_cx_http2_total");
        upstreamCxConnectFail = registry.counter(prefix + "upstream_cx_connect_fail");
        upstreamCxConnectTimeout = registry.counter(prefix + "upstream_cx_connect_timeout");
        upstreamCxConnectAttemptsExceeded = registry.counter(prefix + "upstream_cx_connect_attempts_exceeded");
        upstreamCxOverflow = registry.counter(prefix + "upstream_cx_overflow");
        upstreamCxIdleTimeout = registry.counter(prefix + "upstream_cx_idle_timeout");
        upstreamCxMaxRequests = registry.counter(prefix + "upstream_cx_max_requests");
        upstreamCxMaxDurationReached = registry.counter(prefix + "upstream_cx_max_duration_reached");
        upstreamCxNoneHealthy = registry.counter(prefix + "upstream_cx_none_healthy");
        upstreamCxDestroy = registry.counter(prefix + "upstream_cx_destroy");
        upstreamCxDestroyLocal = registry.counter(prefix + "upstream_cx_destroy_local");
        upstreamCxDestroyRemote = registry.counter(prefix + "upstream_cx_destroy_remote");
        upstreamCxDestroyWithActiveRq = registry.counter(prefix + "upstream_cx_destroy_with_active_rq");
        upstreamCxDestroyLocalWithActiveRq = registry.counter(prefix + "upstream_cx_destroy_local_with_active_rq");
        upstreamCxDestroyRemoteWithActiveRq = registry.counter(prefix + "upstream_cx_destroy_remote_with_active_rq");
        upstreamCxProtocolError = registry.counter(prefix + "upstream_cx_protocol_error");
        upstreamCxRxBytesTotal = registry.counter(prefix + "upstream_cx_rx_bytes_total");
        upstreamCxTxBytesTotal = registry.counter(prefix + "upstream_cx_tx_bytes_total");
        upstreamCxCloseNotify = registry.counter(prefix + "upstream_cx_close_notify");
        upstreamRqTotal = registry.counter(prefix + "upstream_rq_total");
        upstreamRqActive = registry.gauge(prefix + "upstream_rq_active");
        upstreamRqCompleted = registry.counter(prefix + "upstream_rq_completed");
        upstreamRqPendingTotal = registry.counter(prefix + "upstream_rq_pending_total");
        upstreamRqPendingActive = registry.gauge(prefix + "upstream_rq_pending_active");
        upstreamRqPendingOverflow = registry.counter(prefix + "upstream_rq_pending_overflow");
        upstreamRqActiveOverflow = registry.counter(prefix + "upstream_rq_active_overflow");
        upstreamRqPendingFailureEject = registry.counter(prefix + "upstream_rq_pending_failure_eject");
        upstreamRqTimeout = registry.counter(prefix + "upstream_rq_timeout");
        upstreamRqPerTryTimeout = registry.counter(prefix + "upstream_rq_per_try_timeout");
        upstreamRqCancelled = registry.counter(prefix + "upstream_rq_cancelled");
        upstreamRqPerTryIdleTimeout = registry.counter(prefix + "upstream_rq_per_try_idle_timeout");
        upstreamRqRetry = registry.counter(prefix + "upstream_rq_retry");
        upstreamRqRetrySuccess = registry.counter(prefix + "upstream_rq_retry_success");
        upstreamRqRetryOverflow = registry.counter(prefix + "upstream_rq_retry_overflow");
        upstreamRqRetryLimitExceeded = registry.counter(prefix + "upstream_rq_retry_limit_exceeded");
        upstreamRqRetryBackoffExponential = registry.counter(prefix + "upstream_rq_retry_backoff_exponential");
        upstreamRqRetryBackoffRatelimited = registry.counter(prefix + "upstream_rq_retry_backoff_ratelimited");
        retryOrShadowAbandoned = registry.counter(prefix + "retry_or_shadow_abandoned");
        upstreamRqRxReset = registry.counter(prefix + "upstream_rq_rx_reset");
        upstreamRqTxReset = registry.counter(prefix + "upstream_rq_tx_reset");
        upstreamRq1xx = registry.counter(prefix + "upstream_rq_1xx");
        upstreamRq2xx = registry.counter(prefix + "upstream_rq_2xx");
        upstreamRq3xx = registry.counter(prefix + "upstream_rq_3xx");
        upstreamRq4xx = registry.counter(prefix + "upstream_rq_4xx");
        upstreamRq5xx = registry.counter(prefix + "upstream_rq_5xx");
        retryRqCompleted = registry.counter(prefix + "retry.upstream_rq_completed");
        retryRq2xx = registry.counter(prefix + "retry.upstream_rq_2xx");
        retryRq3xx = registry.counter(prefix + "retry.upstream_rq_3xx");
        retryRq4xx = registry.counter(prefix + "retry.upstream_rq_4xx");
        retryRq5xx = registry.counter(prefix + "retry.upstream_rq_5xx");
        upstreamFlowControlPausedReadingTotal = registry.counter(prefix + "upstream_flow_control_paused_reading_total");
        upstreamFlowControlResumedReadingTotal =
            registry.counter(prefix + "upstream_flow_control_resumed_reading_total");
        upstreamRqTime = registry.histogram(prefix + "upstream_rq_time");
        upstreamCxConnectMs = registry.histogram(prefix + "upstream_cx_connect_ms");
        upstreamCxLengthMs = registry.histogram(prefix + "upstream_cx_length_ms");
        membershipTotal = registry.gauge(prefix + "membership_total");
        membershipHealthy = registry.gauge(prefix + "membership_healthy");
        membershipDegraded = registry.gauge(prefix + "membership_degraded");
        membershipExcluded = registry.gauge(prefix + "membership_excluded");
        lbHealthyPanic = registry.counter(prefix + "lb_healthy_panic");
        lbSubsetsActive = registry.gauge(prefix + "lb_subsets_active");
        lbSubsetsCreated = registry.counter(prefix + "lb_subsets_created");
        lbSubsetsRemoved = registry.counter(prefix + "lb_subsets_removed");
        lbSubsetsSelected = registry.counter(prefix + "lb_subsets_selected");
        lbSubsetsFallback = registry.counter(prefix + "lb_subsets_fallback");
        lbSubsetsFallbackPanic = registry.counter(prefix + "lb_subsets_fallback_panic");
        membershipChange = registry.counter(prefix + "membership_change");
        originalDstHostInvalid = registry.counter(prefix + "original_dst_host_invalid");
        originalDstHostOverflow = registry.counter(prefix + "original_dst_host_overflow");
        updateAttempt = registry.counter(prefix + "update_attempt");
        updateSuccess = registry.counter(prefix + "update_success");
        updateFailure = registry.counter(prefix + "update_failure");
        statuses = new StatusCounters(registry.kept(), prefix);
        breakers = new BreakerCounters(registry, prefix + "circuit_breakers.default.");
        highBreakers = new BreakerCounters(registry, prefix + "circuit_breakers.high.");
        http2 = isHttp2 ? new Http2Counters(registry, prefix + "http2.") : null;
    }
}
