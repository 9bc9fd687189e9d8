package dev.ringway.engine.counters;

/**
 * Ids of the counters {@code http.<stat_prefix>.rbac.*}; names and meaning as in Envoy's RBAC filter.
 */
public final class RbacCounters
{
    /** Requests that the rules allow. */
    public final int allowed;

    /** Requests that they deny. */
    public final int denied;

    /** Requests that the shadow rules would allow. */
    public final int shadowAllowed;

    /** Requests that they would deny. */
    public final int shadowDenied;

    /** Has the ids stay those of these counters. */
    private final Object lease;

    /**
     * @param registry     gives out the ids.
     * @param statPrefix   of the connection manager.
     * @param rulesPrefix  {@code rules_stat_prefix} with a dot behind it, or empty.
     * @param shadowPrefix {@code shadow_rules_stat_prefix} with a dot behind it, or empty.
     */
    public RbacCounters(
        final CounterRegistry registry, final String statPrefix, final String rulesPrefix, final String shadowPrefix)
    {
        lease = registry.lease();
        String prefix = "http." + statPrefix + ".rbac." + rulesPrefix;
        allowed = registry.counter(prefix + "allowed");
        denied = registry.counter(prefix + "denied");
        prefix = "http." + statPrefix + ".rbac." + shadowPrefix;
        shadowAllowed = registry.counter(prefix + "shadow_allowed");
        shadowDenied = registry.counter(prefix + "shadow_denied");
    }
}
