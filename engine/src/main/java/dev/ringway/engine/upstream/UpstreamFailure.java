package dev.ringway.engine.upstream;

import dev.ringway.engine.tls.TlsEngine;

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
    /**
     * The endpoint closed or reset a connection that had served other requests, and said nothing to this one: it may have
     * closed the connection because it was idle.
     */
    public static final int UNANSWERED = 11;
    /** The connection ended before a byte of the request had left. */
    public static final int UNSENT = 12;
    /** As many wait for a connection as may. */
    public static final int PENDING_OVERFLOW = 13;

    /** From here on: the handshake of TLS failed, and what is above is the library's number of the reason. */
    private static final int TLS = 1 << 30;

    private UpstreamFailure()
    {
    }

    /**
     * @param failure of a relay's endpoint.
     * @return whether the client is to see a reset as well.
     */
    public static boolean isReset(final int failure)
    {
        return failure == RESET || failure == STREAM_RESET || failure == OVERLOADED;
    }

    /**
     * @param failure one of these.
     * @return whether there was no connection yet.
     */
    public static boolean isConnecting(final int failure)
    {
        return failure == CONNECT_FAILED || failure == CONNECT_TIMEOUT || isTls(failure);
    }

    static int ofTls(final int errorId)
    {
        return TLS | errorId;
    }

    /**
     * @param failure one of these.
     * @return whether a handshake failed.
     */
    public static boolean isTls(final int failure)
    {
        return failure >= TLS;
    }

    /**
     * Allocates.
     *
     * @param failure of a handshake.
     * @return what Envoy says for it ({@code %UPSTREAM_TRANSPORT_FAILURE_REASON%}).
     */
    public static String transportText(final int failure)
    {
        final int errorId = failure & ~TLS;
        // The library's text begins with "error:" and the number in hexadecimal digits.
        final String text = TlsEngine.errorText(errorId);
        return "TLS_error:|" + errorId + text.substring(text.indexOf(':', text.indexOf(':') + 1)) + ":TLS_error_end";
    }
}
