package dev.ringway.engine.counters;

/**
 * Ids of what is counted of HTTP/2 itself; names as in Envoy's HTTP/2 codec statistics: {@code http2.*} for all clients
 * together, {@code cluster.<name>.http2.*} for the endpoints of a cluster.
 */
public final class Http2Counters
{
    /** Streams reset for more header fields than allowed, cookies counted one by one. */
    public final int headerOverflow;

    /** Streams reset for header fields larger than allowed. */
    public final int headerListSizeTooLarge;

    /** Streams reset for cookies larger than allowed. */
    public final int cookiesTotalBytesTooLarge;

    /** Connections closed for a header block in too many frames (older versions of Envoy have this name). */
    public final int tooManyHeaderFrames;

    /** Header blocks for a stream that is not there. */
    public final int headersCbNoStream;

    /** Messages that broke HTTP. */
    public final int rxMessagingError;

    /** Streams reset by the peer. */
    public final int rxReset;

    /** Streams reset from here. */
    public final int txReset;

    /** Trailers received. */
    public final int trailers;

    /** GOAWAY frames sent. */
    public final int goawaySent;

    /** Connections closed because the peer did not answer a PING in time. */
    public final int keepaliveTimeout;

    /** Streams reset because the peer's window stayed closed too long. */
    public final int txFlushTimeout;

    /** Connections closed for too many frames without payload one behind the other. */
    public final int inboundEmptyFramesFlood;

    /** Connections closed for too many PRIORITY frames. */
    public final int inboundPriorityFramesFlood;

    /** Connections closed for too many WINDOW_UPDATE frames. */
    public final int inboundWindowUpdateFramesFlood;

    /** Connections closed for too many frames of kinds that are not known (not in Envoy). */
    public final int inboundUnknownFramesFlood;

    /** Connections closed because too many frames waited to be sent. */
    public final int outboundFlood;

    /** Connections closed because too many control frames waited to be sent. */
    public final int outboundControlFlood;

    /** Connections closed because there was no memory for a frame that the peer had to be sent (not in Envoy). */
    public final int outboundStarved;

    /** Streams that exist now. */
    public final int streamsActive;

    /** Has the ids stay those of these counters. */
    private final Object lease;

    /**
     * @param registry gives out the ids.
     * @param prefix   with its dot at the end.
     */
    public Http2Counters(final CounterRegistry registry, final String prefix)
    {
        lease = registry.lease();
        headerOverflow = registry.counter(prefix + "header_overflow");
        headerListSizeTooLarge = registry.counter(prefix + "header_list_size_too_large");
        cookiesTotalBytesTooLarge = registry.counter(prefix + "cookies_total_bytes_too_large");
        tooManyHeaderFrames = registry.counter(prefix + "too_many_header_frames");
        headersCbNoStream = registry.counter(prefix + "headers_cb_no_stream");
        rxMessagingError = registry.counter(prefix + "rx_messaging_error");
        rxReset = registry.counter(prefix + "rx_reset");
        txReset = registry.counter(prefix + "tx_reset");
        trailers = registry.counter(prefix + "trailers");
        goawaySent = registry.counter(prefix + "goaway_sent");
        keepaliveTimeout = registry.counter(prefix + "keepalive_timeout");
        txFlushTimeout = registry.counter(prefix + "tx_flush_timeout");
        inboundEmptyFramesFlood = registry.counter(prefix + "inbound_empty_frames_flood");
        inboundPriorityFramesFlood = registry.counter(prefix + "inbound_priority_frames_flood");
        inboundWindowUpdateFramesFlood = registry.counter(prefix + "inbound_window_update_frames_flood");
        inboundUnknownFramesFlood = registry.counter(prefix + "inbound_unknown_frames_flood");
        outboundFlood = registry.counter(prefix + "outbound_flood");
        outboundControlFlood = registry.counter(prefix + "outbound_control_flood");
        outboundStarved = registry.counter(prefix + "outbound_starved");
        streamsActive = registry.gauge(prefix + "streams_active");
    }
}
