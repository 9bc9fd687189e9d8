package dev.ringway.codecs.http2;

/**
 * Judges a frame by its header alone: the rules for length and stream of RFC 9113 sections 4.2 and 6. What depends on
 * the state of the stream or on the payload is judged elsewhere. Any thread.
 */
public final class FrameChecker
{
    private static final int PRIORITY_LENGTH = 5;
    private static final int RESET_LENGTH = 4;
    private static final int PING_LENGTH = 8;
    private static final int MIN_GOAWAY_LENGTH = 8;
    private static final int WINDOW_UPDATE_LENGTH = 4;

    private FrameChecker()
    {
    }

    /**
     * Checks a frame.
     *
     * @param type         0 to 255; unknown types are bound by {@code maxFrameSize} only.
     * @param flags        of the frame.
     * @param length       of the payload.
     * @param streamId     of the frame, without the reserved bit.
     * @param maxFrameSize our SETTINGS_MAX_FRAME_SIZE.
     * @return 0, or an {@link ErrorCode} negated: an error of the connection unless {@link #isStreamError} says
     *     otherwise. PUSH_PROMISE is always one: as a client we disable push, and a server never receives it.
     */
    public static int check(
        final int type, final int flags, final int length, final int streamId, final int maxFrameSize)
    {
        if (length > maxFrameSize)
        {
            return -ErrorCode.FRAME_SIZE_ERROR;
        }

        switch (type)
        {
            case FrameType.DATA:
            case FrameType.HEADERS:
            case FrameType.CONTINUATION:
                return onStream(streamId, true);

            case FrameType.PRIORITY:
                return onStream(streamId, length == PRIORITY_LENGTH);

            case FrameType.RST_STREAM:
                return onStream(streamId, length == RESET_LENGTH);

            case FrameType.SETTINGS:
                return onConnection(streamId, FrameFlag.isSet(flags, FrameFlag.ACK) ?
                    length == 0 : length % Http2Settings.ENTRY_LENGTH == 0);

            case FrameType.PUSH_PROMISE:
                return -ErrorCode.PROTOCOL_ERROR;

            case FrameType.PING:
                return onConnection(streamId, length == PING_LENGTH);

            case FrameType.GOAWAY:
                return onConnection(streamId, length >= MIN_GOAWAY_LENGTH);

            case FrameType.WINDOW_UPDATE:
                return length == WINDOW_UPDATE_LENGTH ? 0 : -ErrorCode.FRAME_SIZE_ERROR;

            default:
                return 0;
        }
    }

    /**
     * Whether an error that {@link #check} found ends the stream only: that of a PRIORITY of a wrong length (section
     * 6.3), whose payload is to be skipped. An idle stream is not to be reset: its PRIORITY is skipped silently.
     *
     * @param error        result of {@link #check}.
     * @param type         of the frame.
     * @param length       of the payload.
     * @param maxFrameSize our SETTINGS_MAX_FRAME_SIZE.
     * @return false for an error of the connection.
     */
    public static boolean isStreamError(final int error, final int type, final int length, final int maxFrameSize)
    {
        return type == FrameType.PRIORITY && error == -ErrorCode.FRAME_SIZE_ERROR && length <= maxFrameSize;
    }

    private static int onStream(final int streamId, final boolean isLengthRight)
    {
        return streamId == 0 ? -ErrorCode.PROTOCOL_ERROR : isLengthRight ? 0 : -ErrorCode.FRAME_SIZE_ERROR;
    }

    private static int onConnection(final int streamId, final boolean isLengthRight)
    {
        return streamId != 0 ? -ErrorCode.PROTOCOL_ERROR : isLengthRight ? 0 : -ErrorCode.FRAME_SIZE_ERROR;
    }
}
