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

    /** Connections that listener filters look at now. */
    public final int downstreamPreCxActive;

    /** Connections at which listener filters looked for too long. */
    public final int downstreamPreCxTimeout;

    /** Connections that clients ended while listener filters looked. */
    public final int downstreamListenerFilterRemoteClose;

    /** Connections closed because no filter chain is for them. */
    public final int noFilterChainMatch;

    /** How long connections lasted. */
    public final int downstreamCxLengthMs;

    /** Accepts that failed, for want of descriptors for example. */
    public final int downstreamAcceptError;

    /** Connections closed because their handshake took too long. */
    public final int downstreamCxTransportSocketConnectTimeout;

    /** Records of connections dropped because the log thread did not keep up. */
    public final int accessLogDropped;

    /** Has the ids stay those of these counters. */
    private final Object lease;

    /**
     * @param registry gives out the ids.
     * @param address of the listener, with {@code :} written as {@code _} inside the address as Envoy does.
     */
    public ListenerCounters(final CounterRegistry registry, final String address)
    {
        lease = registry.lease();
        final String prefix = "listener." + address + ".";
        downstreamCxTotal = registry.counter(prefix + "downstream_cx_total");
        downstreamCxActive = registry.gauge(prefix + "downstream_cx_active");
        downstreamCxDestroy = registry.counter(prefix + "downstream_cx_destroy");
        downstreamCxOverflow = registry.counter(prefix + "downstream_cx_overflow");
        downstreamPreCxActive = registry.gauge(prefix + "downstream_pre_cx_active");
        downstreamPreCxTimeout = registry.counter(prefix + "downstream_pre_cx_timeout");
        downstreamListenerFilterRemoteClose =
            registry.counter(prefix + "downstream_listener_filter_remote_close");
        noFilterChainMatch = registry.counter(prefix + "no_filter_chain_match");
        downstreamCxLengthMs = registry.histogram(prefix + "downstream_cx_length_ms");
        downstreamAcceptError = registry.counter(prefix + "downstream_accept_error");
        downstreamCxTransportSocketConnectTimeout =
            registry.counter(prefix + "downstream_cx_transport_socket_connect_timeout");
        accessLogDropped = registry.counter(prefix + "access_log_dropped");
    }
}
