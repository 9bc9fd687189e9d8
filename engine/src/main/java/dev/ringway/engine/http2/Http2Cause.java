package dev.ringway.engine.http2;

/**
 * Why a stream ended before its time. Any thread.
 */
public final class Http2Cause
{
    /** The peer reset it. */
    public static final int PEER_RESET = 1;
    /** The peer did not take it up: nothing of it was looked at, it may be tried elsewhere. */
    public static final int REFUSED = 2;
    /** The peer broke a rule of HTTP on this stream alone. */
    public static final int MALFORMED = 3;
    /** The connection broke a rule and ends. */
    public static final int CONNECTION_ERROR = 4;
    /** The peer closed the connection. */
    public static final int CLOSED = 5;
    /** The connection failed. */
    public static final int RESET = 6;
    /** The connection was cut because memory had run out. */
    public static final int OVERLOADED = 7;
    /** Connecting failed. */
    public static final int CONNECT_FAILED = 8;
    /** Connecting took too long. */
    public static final int CONNECT_TIMEOUT = 9;
    /** The peer no longer answers. */
    public static final int KEEPALIVE_TIMEOUT = 10;
    /** The peer had too many streams reset. */
    public static final int RESET_FLOOD = 11;

    private Http2Cause()
    {
    }
}
