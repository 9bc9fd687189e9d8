package dev.ringway.engine.counters;

/**
 * Ids of the counters {@code local_rate_limit.<stat_prefix>.*}; names and meaning as in Envoy's network filter of that
 * name.
 */
public final class ConnectionRateLimitCounters
{
    /** Connections that were refused. */
    public final int rateLimited;

    /** Has the ids stay those of these counters. */
    private final Object lease;

    /**
     * @param registry   gives out the ids.
     * @param statPrefix of the filter.
     */
    public ConnectionRateLimitCounters(final CounterRegistry registry, final String statPrefix)
    {
        lease = registry.lease();
        final String prefix = "local_rate_limit." + statPrefix + ".";
        rateLimited = registry.counter(prefix + "rate_limited");
    }
}
