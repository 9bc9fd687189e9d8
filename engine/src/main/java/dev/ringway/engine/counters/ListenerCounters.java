package dev.ringway.engine.counters;

/**
 * Ids of the counters {@code listener.<address>.*}; names and meaning as in Envoy's listener statistics.
 */
public final class ListenerCounters
{
    /** Connections. */
    public final int downstreamCxTotal;

    /** Connections that exist now. */
    public final int downstreamCxActive;

    /** Connections gone. */
    public final int downstreamCxDestroy;

    /** Connections refused by the listener's bound. */
    public final int downstreamCxOverflow;

    /** Connections refused by the bound of the whole process. */
    public final int downstreamGlobalCxOverflow;

    /** Accepts that failed, for want of descriptors for example. */
    public final int downstreamAcceptError;

    /** Connections that no filter chain matched. */
    public final int noFilterChainMatch;

    /**
     * @param registry gives out the ids.
     * @param address of the listener, with {@code :} written as {@code _} inside the address as Envoy does.
     */
    public ListenerCounters(final CounterRegistry registry, final String address)
    {
        final String prefix = "listener." + address + ".";
        downstreamCxTotal = registry.register(prefix + "downstream_cx_total", CounterRegistry.COUNTER);
        downstreamCxActive = registry.register(prefix + "downstream_cx_active", CounterRegistry.GAUGE);
        downstreamCxDestroy = registry.register(prefix + "downstream_cx_destroy", CounterRegistry.COUNTER);
        downstreamCxOverflow = registry.register(prefix + "downstream_cx_overflow", CounterRegistry.COUNTER);
        downstreamGlobalCxOverflow = registry.register(prefix + "downstream_global_cx_overflow", CounterRegistry.COUNTER);
        downstreamAcceptError = registry.register(prefix + "downstream_accept_error", CounterRegistry.COUNTER);
        noFilterChainMatch = registry.register(prefix + "no_filter_chain_match", CounterRegistry.COUNTER);
    }
}
