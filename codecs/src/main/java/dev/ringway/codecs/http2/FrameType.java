package dev.ringway.codecs.http2;

/**
 * Types of frames (RFC 9113 section 6). Frames of other types are skipped (section 4.1). Any thread.
 */
public final class FrameType
{
    /** Content. */
    public static final int DATA = 0x0;
    /** Starts a field section. */
    public static final int HEADERS = 0x1;
    /** Deprecated, its payload is ignored. */
    public static final int PRIORITY = 0x2;
    /** Ends a stream early. */
    public static final int RST_STREAM = 0x3;
    /** Configuration of the connection. */
    public static final int SETTINGS = 0x4;
    /** Server push, refused here. */
    public static final int PUSH_PROMISE = 0x5;
    /** Round trip and liveness. */
    public static final int PING = 0x6;
    /** No more streams. */
    public static final int GOAWAY = 0x7;
    /** Flow control. */
    public static final int WINDOW_UPDATE = 0x8;
    /** Goes on with a field section. */
    public static final int CONTINUATION = 0x9;

    private FrameType()
    {
    }
}
