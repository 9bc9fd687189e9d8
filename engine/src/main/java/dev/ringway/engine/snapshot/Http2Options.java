package dev.ringway.engine.snapshot;

/**
 * How HTTP/2 is spoken with one side. Envoy: {@code config.core.v3.Http2ProtocolOptions}, whose fields are named here.
 *
 * @param maxConcurrentStreams         {@code max_concurrent_streams}, default 100 (Envoy: 1024), at least 1: streams a
 *                                     client may have open; towards an upstream the most on one connection, fewer when
 *                                     the upstream allows fewer.
 * @param initialStreamWindowSize      {@code initial_stream_window_size} in bytes, default 64 KiB (Envoy: 16 MiB);
 *                                     65,535 to 2^31 - 1.
 * @param initialConnectionWindowSize  {@code initial_connection_window_size} in bytes, default 1 MiB (Envoy: 24 MiB);
 *                                     65,535 to 2^31 - 1.
 * @param headerTableSize              {@code hpack_table_size} in bytes, default 4096: most that the peer's encoder may
 *                                     have in its table, and the encoder here in its own; 0 for none.
 * @param maxOutboundFrames            {@code max_outbound_frames}, default 10,000, at least 1: frames of all types that
 *                                     wait to be sent; a peer that lets more gather loses its connection.
 * @param maxOutboundControlFrames     {@code max_outbound_control_frames}, default 1000, at least 1: of these the PING,
 *                                     SETTINGS and RST_STREAM frames.
 * @param maxConsecutiveEmptyFrames    {@code max_consecutive_inbound_frames_with_empty_payload}, default 1: HEADERS,
 *                                     CONTINUATION and DATA frames without payload, one behind the other, that do not
 *                                     end a stream.
 * @param maxPriorityFramesPerStream   {@code max_inbound_priority_frames_per_stream}, default 100: the peer may send
 *                                     this many PRIORITY frames for each stream it opened, and once more.
 * @param maxWindowUpdatesPerDataFrame {@code max_inbound_window_update_frames_per_data_frame_sent}, default 10, at
 *                                     least 1: the peer may send 5 + 2 * (streams opened + this * DATA frames sent)
 *                                     WINDOW_UPDATE frames.
 * @param streamErrorOnInvalidMessage  {@code override_stream_error_on_invalid_http_message}, default true (Envoy:
 *                                     false): whether a message that breaks HTTP ends its stream only, not its
 *                                     connection.
 * @param allowConnect                 {@code allow_connect}, default false: clients may send extended CONNECT
 *                                     (RFC 8441); towards an upstream its own settings decide.
 * @param keepaliveIntervalNs          {@code connection_keepalive.interval}: time between PINGs; 0 means none, the
 *                                     default.
 * @param keepaliveTimeoutNs           {@code connection_keepalive.timeout}: a connection is closed when a PING is not
 *                                     answered for so long; 0 when not set.
 */
public record Http2Options(
    int maxConcurrentStreams,
    int initialStreamWindowSize,
    int initialConnectionWindowSize,
    int headerTableSize,
    int maxOutboundFrames,
    int maxOutboundControlFrames,
    int maxConsecutiveEmptyFrames,
    int maxPriorityFramesPerStream,
    int maxWindowUpdatesPerDataFrame,
    boolean streamErrorOnInvalidMessage,
    boolean allowConnect,
    long keepaliveIntervalNs,
    long keepaliveTimeoutNs)
{
    /** What holds where nothing is said. */
    public static final Http2Options DEFAULT = new Http2Options(
        100, 64 << 10, 1 << 20, 4096, 10_000, 1000, 1, 100, 10, true, false, 0, 0);
}
