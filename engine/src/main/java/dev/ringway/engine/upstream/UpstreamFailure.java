package dev.ringway.engine.upstream;

/**
 * Why there is no response.
 */
public final class UpstreamFailure
{
    /** The cluster has no endpoint. */
    public static final int NO_ENDPOINT = 1;
    /** A circuit breaker or a bound of this process. */
    public static final int OVERFLOW = 2;
    /** The endpoint refused or could not be reached. */
    public static final int CONNECT_FAILED = 3;
    /** The endpoint did not accept in time. */
    public static final int CONNECT_TIMEOUT = 4;
    /** The endpoint closed the connection before its response ended. */
    public static final int CLOSED = 5;
    /** The endpoint reset the connection. */
    public static final int RESET = 6;
    /** The endpoint broke the protocol. */
    public static final int PROTOCOL = 7;
    /** Memory had run out, and the endpoint had not taken what was sent to it. */
    public static final int OVERLOADED = 8;
    /** The endpoint did not look at the request: it may be sent again (RFC 9113, 8.7). */
    public static final int REFUSED = 9;
    /** The endpoint reset this request alone. */
    public static final int STREAM_RESET = 10;

    private UpstreamFailure()
    {
    }
}
