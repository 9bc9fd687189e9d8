package dev.ringway.engine.counters;

/**
 * Ids of the counters {@code tcp.<stat_prefix>.*}; names and meaning as in Envoy's TCP proxy statistics.
 */
public final class TcpCounters
{
    /** Connections. */
    public final int downstreamCxTotal;

    /** Connections without a cluster. */
    public final int downstreamCxNoRoute;

    /** Bytes received. */
    public final int downstreamCxRxBytesTotal;

    /** Bytes sent. */
    public final int downstreamCxTxBytesTotal;

    /** Times reading stopped because the other side is slow. */
    public final int downstreamFlowControlPausedReadingTotal;

    /** Times reading went on. */
    public final int downstreamFlowControlResumedReadingTotal;

    /** Relays closed because idle. */
    public final int idleTimeout;

    /** Relays closed because they lasted too long. */
    public final int maxDownstreamConnectionDuration;

    /** Relays that kept sending to the endpoint after the client was gone. */
    public final int upstreamFlushTotal;

    /** Access records dropped because the log ring was full. */
    public final int accessLogDropped;

    /** Has the ids stay those of these counters. */
    private final Object lease;

    /**
     * @param registry gives out the ids.
     * @param statPrefix of the TCP proxy.
     */
    public TcpCounters(final CounterRegistry registry, final String statPrefix)
    {
        lease = registry.lease();
        final String prefix = "tcp." + statPrefix + ".";
        downstreamCxTotal = registry.counter(prefix + "downstream_cx_total");
        downstreamCxNoRoute = registry.counter(prefix + "downstream_cx_no_route");
        downstreamCxRxBytesTotal = registry.counter(prefix + "downstream_cx_rx_bytes_total");
        downstreamCxTxBytesTotal = registry.counter(prefix + "downstream_cx_tx_bytes_total");
        downstreamFlowControlPausedReadingTotal =
            registry.counter(prefix + "downstream_flow_control_paused_reading_total");
        downstreamFlowControlResumedReadingTotal =
            registry.counter(prefix + "downstream_flow_control_resumed_reading_total");
        idleTimeout = registry.counter(prefix + "idle_timeout");
        maxDownstreamConnectionDuration = registry.counter(prefix + "max_downstream_connection_duration");
        upstreamFlushTotal = registry.counter(prefix + "upstream_flush_total");
        accessLogDropped = registry.counter(prefix + "access_log_dropped");
    }
}
