package dev.ringway.engine.counters;

/**
 * Ids of the counters {@code cluster.<name>.upstream_rq_retry*} and {@code cluster.<name>.retry.*}; names and meaning as
 * in Envoy's cluster statistics.
 */
public final class RetryCounters
{
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

    /**
     * @param registry gives out the ids.
     * @param prefix   of the cluster, with a dot at its end.
     */
    RetryCounters(final CounterRegistry registry, final String prefix)
    {
        upstreamRqRetry = registry.counter(prefix + "upstream_rq_retry");
        upstreamRqRetrySuccess = registry.counter(prefix + "upstream_rq_retry_success");
        upstreamRqRetryOverflow = registry.counter(prefix + "upstream_rq_retry_overflow");
        upstreamRqRetryLimitExceeded = registry.counter(prefix + "upstream_rq_retry_limit_exceeded");
        upstreamRqRetryBackoffExponential = registry.counter(prefix + "upstream_rq_retry_backoff_exponential");
        upstreamRqRetryBackoffRatelimited = registry.counter(prefix + "upstream_rq_retry_backoff_ratelimited");
        retryRqCompleted = registry.counter(prefix + "retry.upstream_rq_completed");
        retryRq2xx = registry.counter(prefix + "retry.upstream_rq_2xx");
        retryRq3xx = registry.counter(prefix + "retry.upstream_rq_3xx");
        retryRq4xx = registry.counter(prefix + "retry.upstream_rq_4xx");
        retryRq5xx = registry.counter(prefix + "retry.upstream_rq_5xx");
    }
}
