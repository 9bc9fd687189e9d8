package dev.ringway.engine.counters;

/**
 * Ids of the counters {@code cluster.<name>.upstream_cx_*}; names and meaning as in Envoy's cluster statistics.
 */
public final class UpstreamConnectionCounters
{
    /** Connections opened or being opened. */
    public final int upstreamCxTotal;

    /** Connections that exist now. */
    public final int upstreamCxActive;

    /** HTTP/1.1 connections. */
    public final int upstreamCxHttp1Total;

    /** HTTP/2 connections. */
    public final int upstreamCxHttp2Total;

    /** Connections that could not be established. */
    public final int upstreamCxConnectFail;

    /** Connections that were not established in time. */
    public final int upstreamCxConnectTimeout;

    /** Relays that looked for a connection as often as they may, and got none. */
    public final int upstreamCxConnectAttemptsExceeded;

    /** Times the connection bound held a new connection back. */
    public final int upstreamCxOverflow;

    /** Connections closed because idle. */
    public final int upstreamCxIdleTimeout;

    /** Connections closed because they had served their number of requests. */
    public final int upstreamCxMaxRequests;

    /** Connections that took no further request because they had lasted as long as they may. */
    public final int upstreamCxMaxDurationReached;

    /** Times no endpoint was there to pick. */
    public final int upstreamCxNoneHealthy;

    /** Connections gone. */
    public final int upstreamCxDestroy;

    /** Connections closed from here. */
    public final int upstreamCxDestroyLocal;

    /** Connections closed by the endpoint. */
    public final int upstreamCxDestroyRemote;

    /** Connections gone while a request was on them. */
    public final int upstreamCxDestroyWithActiveRq;

    /** Closed from here while a request was on them. */
    public final int upstreamCxDestroyLocalWithActiveRq;

    /** Closed by the endpoint while a request was on them. */
    public final int upstreamCxDestroyRemoteWithActiveRq;

    /** Connections that broke the protocol. */
    public final int upstreamCxProtocolError;

    /** Bytes received. */
    public final int upstreamCxRxBytesTotal;

    /** Bytes sent. */
    public final int upstreamCxTxBytesTotal;

    /** Connections told to close after a response. */
    public final int upstreamCxCloseNotify;

    /** How long it took to establish connections. */
    public final int upstreamCxConnectMs;

    /** How long connections lasted. */
    public final int upstreamCxLengthMs;

    /**
     * @param registry gives out the ids.
     * @param prefix   of the cluster, with a dot at its end.
     */
    UpstreamConnectionCounters(final CounterRegistry registry, final String prefix)
    {
        upstreamCxTotal = registry.counter(prefix + "upstream_cx_total");
        upstreamCxActive = registry.gauge(prefix + "upstream_cx_active");
        upstreamCxHttp1Total = registry.counter(prefix + "upstream_cx_http1_total");
        upstreamCxHttp2Total = registry.counter(prefix + "upstream_cx_http2_total");
        upstreamCxConnectFail = registry.counter(prefix + "upstream_cx_connect_fail");
        upstreamCxConnectTimeout = registry.counter(prefix + "upstream_cx_connect_timeout");
        upstreamCxConnectAttemptsExceeded = registry.counter(prefix + "upstream_cx_connect_attempts_exceeded");
        upstreamCxOverflow = registry.counter(prefix + "upstream_cx_overflow");
        upstreamCxIdleTimeout = registry.counter(prefix + "upstream_cx_idle_timeout");
        upstreamCxMaxRequests = registry.counter(prefix + "upstream_cx_max_requests");
        upstreamCxMaxDurationReached = registry.counter(prefix + "upstream_cx_max_duration_reached");
        upstreamCxNoneHealthy = registry.counter(prefix + "upstream_cx_none_healthy");
        upstreamCxDestroy = registry.counter(prefix + "upstream_cx_destroy");
        upstreamCxDestroyLocal = registry.counter(prefix + "upstream_cx_destroy_local");
        upstreamCxDestroyRemote = registry.counter(prefix + "upstream_cx_destroy_remote");
        upstreamCxDestroyWithActiveRq = registry.counter(prefix + "upstream_cx_destroy_with_active_rq");
        upstreamCxDestroyLocalWithActiveRq = registry.counter(prefix + "upstream_cx_destroy_local_with_active_rq");
        upstreamCxDestroyRemoteWithActiveRq = registry.counter(prefix + "upstream_cx_destroy_remote_with_active_rq");
        upstreamCxProtocolError = registry.counter(prefix + "upstream_cx_protocol_error");
        upstreamCxRxBytesTotal = registry.counter(prefix + "upstream_cx_rx_bytes_total");
        upstreamCxTxBytesTotal = registry.counter(prefix + "upstream_cx_tx_bytes_total");
        upstreamCxCloseNotify = registry.counter(prefix + "upstream_cx_close_notify");
        upstreamCxConnectMs = registry.histogram(prefix + "upstream_cx_connect_ms");
        upstreamCxLengthMs = registry.histogram(prefix + "upstream_cx_length_ms");
    }
}
