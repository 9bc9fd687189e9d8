package dev.ringway.engine.counters;

/**
 * Ids of the counters {@code <stat_prefix>.http_local_rate_limit.*}; names and meaning as in Envoy's local rate limit
 * filter.
 */
public final class LocalRateLimitCounters
{
    /** Requests that were looked at. */
    public final int enabled;

    /** Requests that were refused. */
    public final int enforced;

    /** Requests that had a token. */
    public final int ok;

    /** Requests without a token. */
    public final int rateLimited;

    /** Of descriptors, which there are none of: always 0. */
    public final int shadowMode;

    /** Has the ids stay those of these counters. */
    private final Object lease;

    /**
     * @param registry   gives out the ids.
     * @param statPrefix of the filter or of what a route says to it.
     */
    public LocalRateLimitCounters(final CounterRegistry registry, final String statPrefix)
    {
        lease = registry.lease();
        final String prefix = statPrefix + ".http_local_rate_limit.";
        enabled = registry.counter(prefix + "enabled");
        enforced = registry.counter(prefix + "enforced");
        ok = registry.counter(prefix + "ok");
        rateLimited = registry.counter(prefix + "rate_limited");
        shadowMode = registry.counter(prefix + "shadow_mode");
    }
}
