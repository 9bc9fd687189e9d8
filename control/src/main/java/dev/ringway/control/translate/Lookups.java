package dev.ringway.control.translate;

/**
 * How and how often the names of a cluster are looked up. Immutable.
 *
 * @param refreshNs     {@code dns_refresh_rate}.
 * @param respectsTtl   {@code respect_dns_ttl}: whether an answer says itself how long it holds.
 * @param family        {@code dns_lookup_family}.
 * @param jitterNs      {@code dns_jitter}: most that is added to that by chance.
 * @param failureBaseNs {@code dns_failure_refresh_rate.base_interval}; 0 where failures change nothing.
 * @param failureMostNs {@code dns_failure_refresh_rate.max_interval}.
 * @param servers       who is asked.
 */
public record Lookups(long refreshNs, boolean respectsTtl, Family family, long jitterNs, long failureBaseNs,
    long failureMostNs, NameServers servers)
{
    /** Which addresses of a name are used. Envoy: {@code Cluster.DnsLookupFamily}. */
    public enum Family
    {
        /** v6, and v4 when there is no v6. */
        AUTO,
        /** Only v4. */
        V4_ONLY,
        /** Only v6. */
        V6_ONLY,
        /** v4, and v6 when there is no v4. */
        V4_PREFERRED,
        /** Both. */
        ALL
    }
}
