package dev.ringway.engine.counters;

/**
 * Ids of the counters {@code http.<stat_prefix>.cors.*}; names and meaning as in Envoy's CORS filter.
 */
public final class CorsCounters
{
    /** Requests of an origin that is allowed. */
    public final int originValid;

    /** Requests of an origin that is not. */
    public final int originInvalid;

    /** Has the ids stay those of these counters. */
    private final Object lease;

    /**
     * @param registry   gives out the ids.
     * @param statPrefix of the connection manager.
     */
    public CorsCounters(final CounterRegistry registry, final String statPrefix)
    {
        lease = registry.lease();
        final String prefix = "http." + statPrefix + ".cors.";
        originValid = registry.counter(prefix + "origin_valid");
        originInvalid = registry.counter(prefix + "origin_invalid");
    }
}
