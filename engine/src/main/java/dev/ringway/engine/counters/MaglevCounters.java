package dev.ringway.engine.counters;

/**
 * Ids of the gauges {@code cluster.<name>.maglev_lb.*}; names and meaning as in Envoy's cluster statistics.
 */
public final class MaglevCounters
{
    /** Entries of the endpoint that has the fewest. */
    public final int minEntriesPerHost;

    /** Entries of the endpoint that has the most. */
    public final int maxEntriesPerHost;

    /** Has the ids stay those of these counters. */
    private final Object lease;

    /**
     * @param registry gives out the ids.
     * @param name     of the cluster.
     */
    public MaglevCounters(final CounterRegistry registry, final String name)
    {
        lease = registry.lease();
        final String prefix = "cluster." + name + ".maglev_lb.";
        minEntriesPerHost = registry.gauge(prefix + "min_entries_per_host");
        maxEntriesPerHost = registry.gauge(prefix + "max_entries_per_host");
    }
}
