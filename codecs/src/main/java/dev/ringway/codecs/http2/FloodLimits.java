package dev.ringway.codecs.http2;

/**
 * Limits of {@link FloodGuard} that Envoy lets configure, by the names of {@code Http2ProtocolOptions}. Immutable.
 *
 * @param maxOutboundFrames         most frames of all kinds that wait to be sent: {@code max_outbound_frames}; 1 or
 *                                  more.
 * @param maxOutboundControlFrames  most PING, SETTINGS and RST_STREAM that wait to be sent:
 *                                  {@code max_outbound_control_frames}; 1 or more.
 * @param maxEmptyFrames            most frames in a row that carry nothing and end nothing:
 *                                  {@code max_consecutive_inbound_frames_with_empty_payload}; 0 or more.
 * @param maxPriorityPerStream      most PRIORITY for each stream opened:
 *                                  {@code max_inbound_priority_frames_per_stream}; 0 or more.
 * @param maxWindowUpdatesPerData   most WINDOW_UPDATE for each DATA sent:
 *                                  {@code max_inbound_window_update_frames_per_data_frame_sent}; 1 or more.
 */
public record FloodLimits(
    int maxOutboundFrames,
    int maxOutboundControlFrames,
    int maxEmptyFrames,
    int maxPriorityPerStream,
    int maxWindowUpdatesPerData)
{
    /** Envoy's defaults. */
    public static final FloodLimits DEFAULT = new FloodLimits(10_000, 1_000, 1, 100, 10);

    /** Checks the ranges. */
    public FloodLimits
    {
        check("maxOutboundFrames", maxOutboundFrames, 1);
        check("maxOutboundControlFrames", maxOutboundControlFrames, 1);
        check("maxEmptyFrames", maxEmptyFrames, 0);
        check("maxPriorityPerStream", maxPriorityPerStream, 0);
        check("maxWindowUpdatesPerData", maxWindowUpdatesPerData, 1);
    }

    private static void check(final String name, final int value, final int min)
    {
        if (value < min)
        {
            throw new IllegalArgumentException(name + " must be at least " + min + ", is " + value);
        }
    }
}
