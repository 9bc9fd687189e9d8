package dev.ringway.engine.counters;

/**
 * Ids of the counters {@code connection_limit.<stat_prefix>.*}; names and meaning as in Envoy's connection limit filter.
 */
public final class ConnectionLimitCounters
{
    /** Connections that were refused. */
    public final int limitedConnections;

    /** Gauge of connections that are open, those that are about to be closed included. */
    public final int activeConnections;

    /** Has the ids stay those of these counters. */
    private final Object lease;

    /**
     * @param registry   gives out the ids.
     * @param statPrefix of the filter.
     */
    public ConnectionLimitCounters(final CounterRegistry registry, final String statPrefix)
    {
        lease = registry.lease();
        final String prefix = "connection_limit." + statPrefix + ".";
        limitedConnections = registry.counter(prefix + "limited_connections");
        activeConnections = registry.gauge(prefix + "active_connections");
    }
}
