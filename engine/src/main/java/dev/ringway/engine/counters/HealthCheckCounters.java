package dev.ringway.engine.counters;

/**
 * Ids of the counters {@code cluster.<name>.health_check.*}; names and meaning as in Envoy's cluster statistics.
 */
public final class HealthCheckCounters
{
    /** Checks. */
    public final int attempt;

    /** Checks that found an endpoint as it should be. */
    public final int success;

    /** Checks that did not. */
    public final int failure;

    /** Of those the ones without an answer. */
    public final int networkFailure;

    /** Of those the answers to requests that said x-envoy-immediate-health-check-fail. */
    public final int passiveFailure;

    /** Endpoints that are healthy by the last checks. */
    public final int healthy;

    /** Endpoints that say that they are degraded. */
    public final int degraded;

    /** Has the ids stay those of these counters. */
    private final Object lease;

    /**
     * @param registry gives out the ids.
     * @param name     of the cluster.
     */
    public HealthCheckCounters(final CounterRegistry registry, final String name)
    {
        lease = registry.lease();
        final String prefix = "cluster." + name + ".health_check.";
        attempt = registry.counter(prefix + "attempt");
        success = registry.counter(prefix + "success");
        failure = registry.counter(prefix + "failure");
        networkFailure = registry.counter(prefix + "network_failure");
        passiveFailure = registry.counter(prefix + "passive_failure");
        healthy = registry.gauge(prefix + "healthy");
        degraded = registry.gauge(prefix + "degraded");
    }
}
