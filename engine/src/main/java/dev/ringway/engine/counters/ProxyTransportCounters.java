package dev.ringway.engine.counters;

/**
 * Ids of the counters {@code cluster.<name>.upstream.proxyprotocol.*}; names and meaning as in Envoy's transport socket
 * of the PROXY protocol.
 */
public final class ProxyTransportCounters
{
    /** Headers of version 2 that had no room for some of their values. */
    public final int tlvsTooLong;

    /** Has the ids stay those of these counters. */
    private final Object lease;

    /**
     * @param registry gives out the ids.
     * @param cluster  name of the cluster in stats.
     */
    public ProxyTransportCounters(final CounterRegistry registry, final String cluster)
    {
        lease = registry.lease();
        final String prefix = "cluster." + cluster + ".upstream.proxyprotocol.";
        tlvsTooLong = registry.counter(prefix + "v2_tlvs_exceed_max_length");
    }
}
