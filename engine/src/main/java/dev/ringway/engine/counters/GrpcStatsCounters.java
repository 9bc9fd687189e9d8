package dev.ringway.engine.counters;

/**
 * Ids of the counters {@code http.<stat_prefix>.grpc_stats.*}. What the filter counts of calls stands below their
 * clusters, {@code cluster.<name>.grpc.<service>.<method>.*}, with Envoy's names, and comes to be with the first call.
 */
public final class GrpcStatsCounters
{
    /** What could not be counted by its name, because there were too many; Envoy has no bound. */
    public final int overflow;

    /** Has the ids stay those of these counters. */
    private final Object lease;

    /**
     * @param registry   gives out the ids.
     * @param statPrefix of the connection manager.
     */
    public GrpcStatsCounters(final CounterRegistry registry, final String statPrefix)
    {
        lease = registry.lease();
        final String prefix = "http." + statPrefix + ".grpc_stats.";
        overflow = registry.counter(prefix + "overflow");
    }
}
