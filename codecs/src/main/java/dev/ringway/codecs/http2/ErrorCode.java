package dev.ringway.codecs.http2;

/**
 * Error codes of RST_STREAM and GOAWAY (RFC 9113 section 7). Results that are errors are these, negated; so NO_ERROR
 * is the zero of success. Any thread.
 */
public final class ErrorCode
{
    /** Nothing is wrong. */
    public static final int NO_ERROR = 0x0;
    /** The peer broke a rule that has no code of its own. */
    public static final int PROTOCOL_ERROR = 0x1;
    /** Our own fault. */
    public static final int INTERNAL_ERROR = 0x2;
    /** A window was exceeded. */
    public static final int FLOW_CONTROL_ERROR = 0x3;
    /** SETTINGS were not acknowledged in time. */
    public static final int SETTINGS_TIMEOUT = 0x4;
    /** A frame for a stream that has ended. */
    public static final int STREAM_CLOSED = 0x5;
    /** A frame of the wrong length. */
    public static final int FRAME_SIZE_ERROR = 0x6;
    /** Nothing was done for the stream: it may be tried again. */
    public static final int REFUSED_STREAM = 0x7;
    /** The stream is no longer wanted. */
    public static final int CANCEL = 0x8;
    /** The HPACK state is broken. */
    public static final int COMPRESSION_ERROR = 0x9;
    /** The connection of a CONNECT was reset or closed. */
    public static final int CONNECT_ERROR = 0xa;
    /** Too much load. */
    public static final int ENHANCE_YOUR_CALM = 0xb;
    /** TLS below what HTTP/2 asks for. */
    public static final int INADEQUATE_SECURITY = 0xc;
    /** The peer shall use HTTP/1.1. */
    public static final int HTTP_1_1_REQUIRED = 0xd;
    /** One more than the largest code. */
    public static final int COUNT = 14;

    private static final String[] NAMES =
    {
        "NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED",
        "FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM",
        "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED"
    };

    private ErrorCode()
    {
    }

    /**
     * Name of a code, for counters and people.
     *
     * @param code any 32 bits.
     * @return the name of the constant, or {@code UNKNOWN}.
     */
    public static String name(final int code)
    {
        return code >= 0 && code < COUNT ? NAMES[code] : "UNKNOWN";
    }
}
