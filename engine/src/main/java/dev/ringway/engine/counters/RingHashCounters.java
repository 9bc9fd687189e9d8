package dev.ringway.engine.counters;

/**
 * Ids of the gauges {@code cluster.<name>.ring_hash_lb.*}; names and meaning as in Envoy's cluster statistics.
 */
public final class RingHashCounters
{
    /** Points of the ring. */
    public final int size;

    /** Points of the endpoint that has the fewest. */
    public final int minHashesPerHost;

    /** Points of the endpoint that has the most. */
    public final int maxHashesPerHost;

    /** Has the ids stay those of these counters. */
    private final Object lease;

    /**
     * @param registry gives out the ids.
     * @param name     of the cluster.
     */
    public RingHashCounters(final CounterRegistry registry, final String name)
    {
        lease = registry.lease();
        final String prefix = "cluster." + name + ".ring_hash_lb.";
        size = registry.gauge(prefix + "size");
        minHashesPerHost = registry.gauge(prefix + "min_hashes_per_host");
        maxHashesPerHost = registry.gauge(prefix + "max_hashes_per_host");
    }
}
