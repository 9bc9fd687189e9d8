package dev.ringway.engine.counters;

/**
 * Ids of the gauges {@code cluster.<name>.circuit_breakers.<priority>.remaining_*} of a cluster that has them
 * ({@code track_remaining}).
 */
public final class RemainingCounters
{
    /** Connections that may be opened besides those that there are (with track_remaining only). */
    public final int remainingCx;

    /** Requests that may wait besides those that do (with track_remaining only). */
    public final int remainingPending;

    /** Requests that may be sent besides those in flight (with track_remaining only). */
    public final int remainingRq;

    /** Requests that may be sent again besides those that are now (with track_remaining only). */
    public final int remainingRetries;

    /** Has the ids stay those of these counters. */
    private final Object lease;

    /**
     * @param registry gives out the ids.
     * @param name     of the cluster.
     * @param isHigh   whether of the bounds for priority HIGH.
     */
    public RemainingCounters(final CounterRegistry registry, final String name, final boolean isHigh)
    {
        lease = registry.lease();
        final String prefix = "cluster." + name + ".circuit_breakers." + (isHigh ? "high." : "default.");
        remainingCx = registry.gauge(prefix + "remaining_cx");
        remainingPending = registry.gauge(prefix + "remaining_pending");
        remainingRq = registry.gauge(prefix + "remaining_rq");
        remainingRetries = registry.gauge(prefix + "remaining_retries");
    }
}
