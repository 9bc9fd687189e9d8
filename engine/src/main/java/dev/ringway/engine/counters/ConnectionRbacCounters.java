package dev.ringway.engine.counters;

/**
 * Ids of the counters {@code <stat_prefix>.rbac.*}; names and meaning as in Envoy's RBAC filter of connections.
 */
public final class ConnectionRbacCounters
{
    /** Connections that the rules allow. */
    public final int allowed;

    /** Connections that they deny. */
    public final int denied;

    /** Connections that the shadow rules would allow. */
    public final int shadowAllowed;

    /** Connections that they would deny. */
    public final int shadowDenied;

    /** Has the ids stay those of these counters. */
    private final Object lease;

    /**
     * @param registry     gives out the ids.
     * @param statPrefix   of the filter.
     * @param shadowPrefix {@code shadow_rules_stat_prefix} with a dot behind it, or empty.
     */
    public ConnectionRbacCounters(final CounterRegistry registry, final String statPrefix, final String shadowPrefix)
    {
        lease = registry.lease();
        String prefix = statPrefix + ".rbac.";
        allowed = registry.counter(prefix + "allowed");
        denied = registry.counter(prefix + "denied");
        prefix = statPrefix + ".rbac." + shadowPrefix;
        shadowAllowed = registry.counter(prefix + "shadow_allowed");
        shadowDenied = registry.counter(prefix + "shadow_denied");
    }
}
