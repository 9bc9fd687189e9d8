package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.Grpc;
import dev.ringway.engine.accesslog.LogStrings;
import dev.ringway.engine.accesslog.ResponseFlag;
import dev.ringway.engine.upstream.UpstreamFailure;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * Answers made here: status, body, flag and detail, with Envoy's words.
 *
 * @param status HTTP status.
 * @param body   text.
 * @param flag   from {@link dev.ringway.engine.accesslog.ResponseFlag}, or 0.
 * @param detail response code details.
 * @param grpc   status of gRPC that a call gets.
 */
public record LocalReply(int status, byte[] body, int flag, String detail, int grpc)
{
    /** No route matched. */
    public static final LocalReply NO_ROUTE = of(404, "", ResponseFlag.NO_ROUTE, "route_not_found");
    /** The route names a cluster that is not there. */
    public static final LocalReply NO_CLUSTER = of(503, "", ResponseFlag.NO_CLUSTER, "cluster_not_found");
    private static final LocalReply NO_CLUSTER_404 = of(404, "", ResponseFlag.NO_CLUSTER, "cluster_not_found");
    private static final LocalReply NO_CLUSTER_500 = of(500, "", ResponseFlag.NO_CLUSTER, "cluster_not_found");
    /** Headers did not arrive in time. */
    public static final LocalReply HEADER_TIMEOUT = of(
        408, "request header timeout", 0, "request_header_timeout");
    /** The body of the request is not framed as it should be. */
    public static final LocalReply BAD_BODY = of(
        400, "Bad Request", ResponseFlag.DOWNSTREAM_PROTOCOL_ERROR, "http1.codec_error");
    /** The request did not arrive in time. */
    public static final LocalReply REQUEST_TIMEOUT = of(408, "request timeout", 0, "request_overall_timeout");
    /** No progress in time with a request that is not whole. */
    public static final LocalReply STREAM_IDLE = of(
        408, "stream timeout", ResponseFlag.STREAM_IDLE_TIMEOUT, "stream_idle_timeout");
    /** No progress in time after the request. */
    public static final LocalReply STREAM_IDLE_WAITING = of(
        504, "stream timeout", ResponseFlag.STREAM_IDLE_TIMEOUT, "stream_idle_timeout");
    /** The stream took too long as a whole, and the request is not there yet. */
    public static final LocalReply DURATION = ofDuration(408);
    /** The stream took too long as a whole; the client has done its part. */
    public static final LocalReply DURATION_WAITING = ofDuration(504);
    /** No response in time. */
    public static final LocalReply RESPONSE_TIMEOUT = of(
        504, "upstream request timeout", ResponseFlag.UPSTREAM_REQUEST_TIMEOUT, "response_timeout");
    /** No response head in the time that one attempt has. */
    public static final LocalReply TRY_TIMEOUT = of(
        504, "upstream request timeout", ResponseFlag.UPSTREAM_REQUEST_TIMEOUT, "upstream_per_try_timeout");
    /** Nothing passed for as long as may be in one attempt. */
    public static final LocalReply TRY_IDLE_TIMEOUT = of(
        504, "upstream request timeout", ResponseFlag.UPSTREAM_REQUEST_TIMEOUT, "upstream_per_try_idle_timeout");
    private static final LocalReply QUIET_RESPONSE_TIMEOUT = quiet(RESPONSE_TIMEOUT);
    private static final LocalReply QUIET_TRY_TIMEOUT = quiet(TRY_TIMEOUT);
    private static final LocalReply QUIET_TRY_IDLE_TIMEOUT = quiet(TRY_IDLE_TIMEOUT);
    /** Memory has run out. */
    public static final LocalReply OVERLOADED = of(503, "envoy overloaded", ResponseFlag.OVERLOAD, "overload");
    /** With what is added to it, the request's head fits no chunk. */
    public static final LocalReply HEAD_TOO_LONG = of(431, "", 0, "request_headers_too_large");
    /** The path was refused. */
    public static final LocalReply PATH_REJECTED = of(400, "", 0, "path_normalization_failed");
    /** The client is to ask for the normal form of its path. */
    public static final LocalReply PATH_REDIRECTED = of(307, "", 0, "path_normalization_failed");
    /** A target with scheme and authority is not accepted. */
    public static final LocalReply ABSOLUTE_REJECTED = of(404, "", 0, "absolute_path_rejected");
    /** A filter threw. */
    public static final LocalReply FILTER_FAILED = of(500, "", 0, "filter_exception");
    /** CONNECT is not served. */
    public static final LocalReply CONNECT_UNSUPPORTED = of(404, "", ResponseFlag.NO_ROUTE, "route_not_found");
    /** An upgrade is not served by the route. */
    public static final LocalReply UPGRADE_UNSUPPORTED = of(403, "", 0, "upgrade_failed");

    /** Whether one attempt took too long, so that another may do better. */
    boolean isOfTry()
    {
        return this == TRY_TIMEOUT || this == TRY_IDLE_TIMEOUT;
    }

    /** Whether it is the endpoint that took too long. */
    boolean isOfEndpoint()
    {
        return this == RESPONSE_TIMEOUT || isOfTry();
    }

    /** Of an endpoint that took too long, for a client that wants no error. */
    LocalReply quiet()
    {
        return this == RESPONSE_TIMEOUT ? QUIET_RESPONSE_TIMEOUT :
            this == TRY_TIMEOUT ? QUIET_TRY_TIMEOUT : QUIET_TRY_IDLE_TIMEOUT;
    }

    private static LocalReply quiet(final LocalReply reply)
    {
        return of(204, "", reply.flag, reply.detail);
    }

    private static final String RESET = "upstream connect error or disconnect/reset before headers. reset reason: ";
    /** As {@link #RESET}, of a request that was sent before. */
    private static final String RETRIED =
        "upstream connect error or disconnect/reset before headers. retried and the latest reset reason: ";
    private static final String RESET_DETAIL = "upstream_reset_before_response_started{";
    private static final String STARTED_DETAIL = "upstream_reset_after_response_started{";
    private static final Map<Integer, LocalReply> BY_TLS_FAILURE = new ConcurrentHashMap<>();
    private static final Map<Integer, LocalReply> AGAIN_BY_TLS_FAILURE = new ConcurrentHashMap<>();
    private static final LocalReply[] BY_FAILURE = {
        null,
        of(503, "no healthy upstream", ResponseFlag.NO_HEALTHY_UPSTREAM, "no_healthy_upstream"),
        of(503, RESET + "overflow", ResponseFlag.UPSTREAM_OVERFLOW, RESET_DETAIL + "overflow}"),
        of(503, RESET + "remote connection failure", ResponseFlag.UPSTREAM_CONNECTION_FAILURE,
            RESET_DETAIL + "remote_connection_failure}"),
        of(503, RESET + "connection timeout", ResponseFlag.UPSTREAM_CONNECTION_FAILURE,
            RESET_DETAIL + "connection_timeout}"),
        of(503, RESET + "connection termination", ResponseFlag.UPSTREAM_CONNECTION_TERMINATION,
            RESET_DETAIL + "connection_termination}"),
        of(503, RESET + "connection termination", ResponseFlag.UPSTREAM_CONNECTION_TERMINATION,
            RESET_DETAIL + "connection_termination}"),
        of(502, RESET + "protocol error", ResponseFlag.UPSTREAM_PROTOCOL_ERROR, RESET_DETAIL + "protocol_error}"),
        OVERLOADED,
        of(503, RESET + "remote refused stream reset", ResponseFlag.UPSTREAM_REMOTE_RESET,
            RESET_DETAIL + "remote_refused_stream_reset}"),
        of(503, RESET + "remote reset", ResponseFlag.UPSTREAM_REMOTE_RESET, RESET_DETAIL + "remote_reset}"),
        of(503, RESET + "connection termination", ResponseFlag.UPSTREAM_CONNECTION_TERMINATION,
            RESET_DETAIL + "connection_termination}"),
        of(503, RESET + "connection termination", ResponseFlag.UPSTREAM_CONNECTION_TERMINATION,
            RESET_DETAIL + "connection_termination}"),
        of(503, RESET + "overflow", ResponseFlag.UPSTREAM_OVERFLOW, RESET_DETAIL + "overflow}"),
    };

    private static final String[] STARTED_DETAILS =
        Arrays.stream(BY_FAILURE).map(LocalReply::startedDetail).toArray(String[]::new);
    private static final LocalReply[] AGAIN_BY_FAILURE =
        Arrays.stream(BY_FAILURE).map(LocalReply::again).toArray(LocalReply[]::new);

    private static String startedDetail(final LocalReply reply)
    {
        if (reply == null || !reply.detail.startsWith(RESET_DETAIL))
        {
            return null;
        }
        final String detail = STARTED_DETAIL + reply.detail.substring(RESET_DETAIL.length());
        LogStrings.register(detail);
        return detail;
    }

    private static LocalReply again(final LocalReply reply)
    {
        final String text = reply == null ? "" : new String(reply.body, US_ASCII);
        return !text.startsWith(RESET) ? reply : new LocalReply(reply.status,
            (RETRIED + text.substring(RESET.length())).getBytes(US_ASCII), reply.flag, reply.detail, reply.grpc);
    }

    private static LocalReply ofDuration(final int status)
    {
        final LocalReply reply = of(status, "downstream duration timeout", 0, "max_duration_timeout");
        return new LocalReply(reply.status, reply.body, reply.flag, reply.detail, Grpc.DEADLINE_EXCEEDED);
    }

    /**
     * @param status HTTP status.
     * @param body   text.
     * @param flag   from {@link ResponseFlag}, or 0.
     * @param detail response code details, which are registered.
     * @return the answer.
     */
    public static LocalReply of(final int status, final String body, final int flag, final String detail)
    {
        LogStrings.register(detail);
        return new LocalReply(status, body.getBytes(US_ASCII), flag, detail, Grpc.statusOf(status));
    }

    /**
     * @param status 503, 404 or 500.
     * @return what the client is told where the route's cluster is not there.
     */
    static LocalReply noCluster(final int status)
    {
        return switch (status)
        {
            case 404 -> NO_CLUSTER_404;
            case 500 -> NO_CLUSTER_500;
            default -> NO_CLUSTER;
        };
    }

    /**
     * @param failure from {@link UpstreamFailure}.
     * @return what the client is told.
     */
    public static LocalReply of(final int failure)
    {
        return UpstreamFailure.isTls(failure) ?
            BY_TLS_FAILURE.computeIfAbsent(failure, LocalReply::ofTls) : BY_FAILURE[failure];
    }

    /**
     * @param failure of the latest attempt, from {@link UpstreamFailure}.
     * @param isAgain whether there was one before.
     * @return what the client is told.
     */
    static LocalReply of(final int failure, final boolean isAgain)
    {
        if (!isAgain)
        {
            return of(failure);
        }
        return UpstreamFailure.isTls(failure) ?
            AGAIN_BY_TLS_FAILURE.computeIfAbsent(failure, key -> again(of(key))) : AGAIN_BY_FAILURE[failure];
    }

    /**
     * @param failure from {@link UpstreamFailure}.
     * @return detail for an endpoint whose response had begun; null where there cannot be one.
     */
    static String startedDetail(final int failure)
    {
        return UpstreamFailure.isTls(failure) ? null : STARTED_DETAILS[failure];
    }

    /** There are as many as the library knows reasons, and each is made once; its handshake allocated more. */
    private static LocalReply ofTls(final int failure)
    {
        return of(503, RESET + "remote connection failure", ResponseFlag.UPSTREAM_CONNECTION_FAILURE,
            RESET_DETAIL + "remote_connection_failure|" +
            UpstreamFailure.transportText(failure).replace(' ', '_') + '}');
    }
}
