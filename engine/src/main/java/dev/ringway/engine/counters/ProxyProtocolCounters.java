package dev.ringway.engine.counters;

/**
 * Ids of the counters {@code proxy_proto.*}, of all listeners with the same prefix together; names and meaning as in
 * Envoy's proxy protocol filter.
 */
public final class ProxyProtocolCounters
{
    /** Connections closed because they began without a header. */
    public final int notFoundDisallowed;

    /** Connections that began without a header and may. */
    public final int notFoundAllowed;

    /** Connections with a header of version 1. */
    public final int version1Found;

    /** Connections closed because version 1 is not allowed. */
    public final int version1Disallowed;

    /** Connections closed because of a faulty header of version 1. */
    public final int version1Error;

    /** Connections with a header of version 2. */
    public final int version2Found;

    /** Connections closed because version 2 is not allowed. */
    public final int version2Disallowed;

    /** Connections closed because of a faulty header of version 2. */
    public final int version2Error;

    /** Has the ids stay those of these counters. */
    private final Object lease;

    /**
     * @param registry   gives out the ids.
     * @param statPrefix {@code stat_prefix} of the filter, may be empty.
     */
    public ProxyProtocolCounters(final CounterRegistry registry, final String statPrefix)
    {
        lease = registry.lease();
        final String prefix = "proxy_proto." + (statPrefix.isEmpty() ? "" : statPrefix + ".");
        notFoundDisallowed = registry.counter(prefix + "not_found_disallowed");
        notFoundAllowed = registry.counter(prefix + "not_found_allowed");
        version1Found = registry.counter(prefix + "versions.v1.found");
        version1Disallowed = registry.counter(prefix + "versions.v1.disallowed");
        version1Error = registry.counter(prefix + "versions.v1.error");
        version2Found = registry.counter(prefix + "versions.v2.found");
        version2Disallowed = registry.counter(prefix + "versions.v2.disallowed");
        version2Error = registry.counter(prefix + "versions.v2.error");
    }
}
