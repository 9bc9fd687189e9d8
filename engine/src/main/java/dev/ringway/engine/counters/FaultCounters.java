package dev.ringway.engine.counters;

/**
 * Ids of the counters {@code http.<stat_prefix>.fault.*}; names and meaning as in Envoy's fault filter.
 */
public final class FaultCounters
{
    /** Requests that were delayed. */
    public final int delaysInjected;

    /** Requests that were aborted. */
    public final int abortsInjected;

    /** Responses that were slowed down: always 0. */
    public final int responseRlInjected;

    /** Requests that were spared because there were faults enough. */
    public final int faultsOverflow;

    /** Faults under way. */
    public final int activeFaults;

    /** Has the ids stay those of these counters. */
    private final Object lease;

    /**
     * @param registry   gives out the ids.
     * @param statPrefix of the connection manager.
     */
    public FaultCounters(final CounterRegistry registry, final String statPrefix)
    {
        lease = registry.lease();
        final String prefix = "http." + statPrefix + ".fault.";
        delaysInjected = registry.counter(prefix + "delays_injected");
        abortsInjected = registry.counter(prefix + "aborts_injected");
        responseRlInjected = registry.counter(prefix + "response_rl_injected");
        faultsOverflow = registry.counter(prefix + "faults_overflow");
        activeFaults = registry.gauge(prefix + "active_faults");
    }
}
