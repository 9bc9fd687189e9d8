package dev.ringway.engine.counters;

/**
 * Ids of the counters {@code http.<stat_prefix>.downstream_cx_*}; names and meaning as in Envoy's connection-manager
 * statistics.
 */
public final class DownstreamConnectionCounters
{
    /** Connections. */
    public final int downstreamCxTotal;

    /** Connections that exist now. */
    public final int downstreamCxActive;

    /** Encrypted connections, once their handshake is over. */
    public final int downstreamCxSslTotal;

    /** HTTP/1.1 connections. */
    public final int downstreamCxHttp1Total;

    /** HTTP/1.1 connections that exist now. */
    public final int downstreamCxHttp1Active;

    /** HTTP/2 connections. */
    public final int downstreamCxHttp2Total;

    /** HTTP/2 connections that exist now. */
    public final int downstreamCxHttp2Active;

    /** Connections gone. */
    public final int downstreamCxDestroy;

    /** Connections closed from here. */
    public final int downstreamCxDestroyLocal;

    /** Connections closed by the client. */
    public final int downstreamCxDestroyRemote;

    /** Connections gone with a request on them. */
    public final int downstreamCxDestroyActiveRq;

    /** Closed from here with a request on them. */
    public final int downstreamCxDestroyLocalActiveRq;

    /** Closed by the client with a request on them. */
    public final int downstreamCxDestroyRemoteActiveRq;

    /** Connections closed because idle. */
    public final int downstreamCxIdleTimeout;

    /** Connections that broke the protocol. */
    public final int downstreamCxProtocolError;

    /** Connections closed by a drain. */
    public final int downstreamCxDrainClose;

    /** Connections closed because they had served their number of requests. */
    public final int downstreamCxMaxRequestsReached;

    /** Connections that have lasted as long as they may. */
    public final int downstreamCxMaxDurationReached;

    /** Bytes received. */
    public final int downstreamCxRxBytesTotal;

    /** Bytes sent. */
    public final int downstreamCxTxBytesTotal;

    /** Connections whose client did not close in time. */
    public final int downstreamCxDelayedCloseTimeout;

    /** Requests that asked for another protocol and were allowed to. */
    public final int downstreamCxUpgradesTotal;

    /** Of these, those under way now. */
    public final int downstreamCxUpgradesActive;

    /** How long connections lasted. */
    public final int downstreamCxLengthMs;

    /**
     * @param registry gives out the ids.
     * @param prefix   of the connection manager, with a dot at its end.
     */
    DownstreamConnectionCounters(final CounterRegistry registry, final String prefix)
    {
        downstreamCxTotal = registry.counter(prefix + "downstream_cx_total");
        downstreamCxActive = registry.gauge(prefix + "downstream_cx_active");
        downstreamCxSslTotal = registry.counter(prefix + "downstream_cx_ssl_total");
        downstreamCxHttp1Total = registry.counter(prefix + "downstream_cx_http1_total");
        downstreamCxHttp1Active = registry.gauge(prefix + "downstream_cx_http1_active");
        downstreamCxHttp2Total = registry.counter(prefix + "downstream_cx_http2_total");
        downstreamCxHttp2Active = registry.gauge(prefix + "downstream_cx_http2_active");
        downstreamCxDestroy = registry.counter(prefix + "downstream_cx_destroy");
        downstreamCxDestroyLocal = registry.counter(prefix + "downstream_cx_destroy_local");
        downstreamCxDestroyRemote = registry.counter(prefix + "downstream_cx_destroy_remote");
        downstreamCxDestroyActiveRq = registry.counter(prefix + "downstream_cx_destroy_active_rq");
        downstreamCxDestroyLocalActiveRq = registry.counter(prefix + "downstream_cx_destroy_local_active_rq");
        downstreamCxDestroyRemoteActiveRq = registry.counter(prefix + "downstream_cx_destroy_remote_active_rq");
        downstreamCxIdleTimeout = registry.counter(prefix + "downstream_cx_idle_timeout");
        downstreamCxProtocolError = registry.counter(prefix + "downstream_cx_protocol_error");
        downstreamCxDrainClose = registry.counter(prefix + "downstream_cx_drain_close");
        downstreamCxMaxRequestsReached = registry.counter(prefix + "downstream_cx_max_requests_reached");
        downstreamCxMaxDurationReached = registry.counter(prefix + "downstream_cx_max_duration_reached");
        downstreamCxRxBytesTotal = registry.counter(prefix + "downstream_cx_rx_bytes_total");
        downstreamCxTxBytesTotal = registry.counter(prefix + "downstream_cx_tx_bytes_total");
        downstreamCxDelayedCloseTimeout = registry.counter(prefix + "downstream_cx_delayed_close_timeout");
        downstreamCxUpgradesTotal = registry.counter(prefix + "downstream_cx_upgrades_total");
        downstreamCxUpgradesActive = registry.gauge(prefix + "downstream_cx_upgrades_active");
        downstreamCxLengthMs = registry.histogram(prefix + "downstream_cx_length_ms");
    }
}
