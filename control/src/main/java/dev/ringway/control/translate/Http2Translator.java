package dev.ringway.control.translate;

import com.google.protobuf.UInt32Value;
import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.snapshot.CodecType;
import dev.ringway.engine.snapshot.Http2Options;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.KeepaliveSettings;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;

import java.util.concurrent.TimeUnit;

/**
 * Translates {@code config.core.v3.Http2ProtocolOptions} of either side, and the codec type that leads to it.
 */
// Fields that Envoy deprecates are still what most configurations use.
@SuppressWarnings("deprecation")
final class Http2Translator
{
    private static final int LEAST_WINDOW = 65_535;
    private static final int MOST_TABLE = 65_536;
    private static final long LEAST_KEEPALIVE_NS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Checks checks;

    /**
     * @param checks where faults go.
     */
    Http2Translator(final Checks checks)
    {
        this.checks = checks;
    }

    /**
     * @param type of the message.
     * @return what it means here.
     */
    static CodecType codecType(final HttpConnectionManager.CodecType type)
    {
        return switch (type)
        {
            case HTTP1 -> CodecType.HTTP1;
            case HTTP2 -> CodecType.HTTP2;
            default -> CodecType.AUTO;
        };
    }

    /**
     * @param isSet  whether the message is there.
     * @param config message.
     * @param path   where it stands.
     * @return settings, those for what is not set when it is not there.
     */
    Http2Options translate(final boolean isSet, final Http2ProtocolOptions config, final FieldPath path)
    {
        final Http2Options unset = Http2Options.DEFAULT;
        if (!isSet)
        {
            return unset;
        }
        final KeepaliveSettings keepalive = config.getConnectionKeepalive();
        final FieldPath keepalivePath = path.field("connection_keepalive");
        return new Http2Options(
            count31(config.hasMaxConcurrentStreams(), config.getMaxConcurrentStreams(),
                path.field("max_concurrent_streams"), unset.maxConcurrentStreams(), 1),
            count31(config.hasInitialStreamWindowSize(), config.getInitialStreamWindowSize(),
                path.field("initial_stream_window_size"), unset.initialStreamWindowSize(), LEAST_WINDOW),
            count31(config.hasInitialConnectionWindowSize(), config.getInitialConnectionWindowSize(),
                path.field("initial_connection_window_size"), unset.initialConnectionWindowSize(), LEAST_WINDOW),
            checks.count(config.hasHpackTableSize(), config.getHpackTableSize(),
                path.field("hpack_table_size"), unset.headerTableSize(), 0, MOST_TABLE),
            count(config.hasMaxOutboundFrames(), config.getMaxOutboundFrames(),
                path.field("max_outbound_frames"), unset.maxOutboundFrames(), 1),
            count(config.hasMaxOutboundControlFrames(), config.getMaxOutboundControlFrames(),
                path.field("max_outbound_control_frames"), unset.maxOutboundControlFrames(), 1),
            count(config.hasMaxConsecutiveInboundFramesWithEmptyPayload(),
                config.getMaxConsecutiveInboundFramesWithEmptyPayload(),
                path.field("max_consecutive_inbound_frames_with_empty_payload"), unset.maxConsecutiveEmptyFrames(), 0),
            count(config.hasMaxInboundPriorityFramesPerStream(), config.getMaxInboundPriorityFramesPerStream(),
                path.field("max_inbound_priority_frames_per_stream"), unset.maxPriorityFramesPerStream(), 0),
            count(config.hasMaxInboundWindowUpdateFramesPerDataFrameSent(),
                config.getMaxInboundWindowUpdateFramesPerDataFrameSent(),
                path.field("max_inbound_window_update_frames_per_data_frame_sent"),
                unset.maxWindowUpdatesPerDataFrame(), 1),
            !config.hasOverrideStreamErrorOnInvalidHttpMessage() ||
                config.getOverrideStreamErrorOnInvalidHttpMessage().getValue(),
            config.getAllowConnect(),
            keepalive.hasInterval() ? checks.durationAtLeast(true, keepalive.getInterval(),
                keepalivePath.field("interval"), unset.keepaliveIntervalNs(), LEAST_KEEPALIVE_NS) : 0,
            config.hasConnectionKeepalive() && checks.required(keepalive.hasTimeout(), keepalivePath.field("timeout")) ?
                checks.durationAtLeast(true, keepalive.getTimeout(), keepalivePath.field("timeout"),
                    unset.keepaliveTimeoutNs(), LEAST_KEEPALIVE_NS) : 0);
    }

    private int count(
        final boolean isSet, final UInt32Value value, final FieldPath path, final int unset, final int least)
    {
        return checks.count(isSet, value, path, unset, least, Integer.MAX_VALUE);
    }

    /** What the protocol carries in 31 bits. */
    private int count31(
        final boolean isSet, final UInt32Value value, final FieldPath path, final int unset, final int least)
    {
        if (value.getValue() < 0)
        {
            checks.fault(path, "must be from " + least + " to " + Integer.MAX_VALUE + ", not " +
                Integer.toUnsignedLong(value.getValue()));
            return unset;
        }
        return count(isSet, value, path, unset, least);
    }
}
