package dev.ringway.engine.counters;

/**
 * Ids of the counters {@code cluster.<name>.*}; names and meaning as in Envoy's cluster statistics.
 */
public final class ClusterCounters
{
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

    /** Times reading stopped because the other side is slow. */
    public final int upstreamFlowControlPausedReadingTotal;

    /** Times reading went on. */
    public final int upstreamFlowControlResumedReadingTotal;

    /** From the last byte of a request to the last of its response. */
    public final int upstreamRqTime;

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

    /** What is counted of connections. */
    public final UpstreamConnectionCounters connections;

    /** What is counted of requests that are sent again. */
    public final RetryCounters retries;

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
        retryOrShadowAbandoned = registry.counter(prefix + "retry_or_shadow_abandoned");
        upstreamRqRxReset = registry.counter(prefix + "upstream_rq_rx_reset");
        upstreamRqTxReset = registry.counter(prefix + "upstream_rq_tx_reset");
        upstreamRq1xx = registry.counter(prefix + "upstream_rq_1xx");
        upstreamRq2xx = registry.counter(prefix + "upstream_rq_2xx");
        upstreamRq3xx = registry.counter(prefix + "upstream_rq_3xx");
        upstreamRq4xx = registry.counter(prefix + "upstream_rq_4xx");
        upstreamRq5xx = registry.counter(prefix + "upstream_rq_5xx");
        upstreamFlowControlPausedReadingTotal = registry.counter(prefix + "upstream_flow_control_paused_reading_total");
        upstreamFlowControlResumedReadingTotal =
            registry.counter(prefix + "upstream_flow_control_resumed_reading_total");
        upstreamRqTime = registry.histogram(prefix + "upstream_rq_time");
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
        connections = new UpstreamConnectionCounters(registry, prefix);
        retries = new RetryCounters(registry, prefix);
        statuses = new StatusCounters(registry.kept(), prefix);
        breakers = new BreakerCounters(registry, prefix + "circuit_breakers.default.");
        highBreakers = new BreakerCounters(registry, prefix + "circuit_breakers.high.");
        http2 = isHttp2 ? new Http2Counters(registry, prefix + "http2.") : null;
    }
}
