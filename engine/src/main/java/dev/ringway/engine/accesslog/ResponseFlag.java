package dev.ringway.engine.accesslog;

/**
 * Why a response is not simply what the endpoint sent; one bit each. Codes and long names as Envoy's operators
 * {@code %RESPONSE_FLAGS%} and {@code %RESPONSE_FLAGS_LONG%} print them, bits in the order in which they are printed.
 */
public final class ResponseFlag
{
    /** LH: this process fails its health check. */
    public static final int FAILED_LOCAL_HEALTH_CHECK = 1;
    /** UH: no healthy endpoint. */
    public static final int NO_HEALTHY_UPSTREAM = 1 << 1;
    /** UT: no response in time. */
    public static final int UPSTREAM_REQUEST_TIMEOUT = 1 << 2;
    /** LR: reset from here. */
    public static final int LOCAL_RESET = 1 << 3;
    /** UR: reset by the endpoint. */
    public static final int UPSTREAM_REMOTE_RESET = 1 << 4;
    /** UF: connecting to the endpoint failed. */
    public static final int UPSTREAM_CONNECTION_FAILURE = 1 << 5;
    /** UC: the endpoint closed the connection. */
    public static final int UPSTREAM_CONNECTION_TERMINATION = 1 << 6;
    /** UO: a circuit breaker. */
    public static final int UPSTREAM_OVERFLOW = 1 << 7;
    /** NR: no route, or no filter chain. */
    public static final int NO_ROUTE = 1 << 8;
    /** DI: delayed by fault injection. */
    public static final int DELAY_INJECTED = 1 << 9;
    /** FI: aborted by fault injection. */
    public static final int FAULT_INJECTED = 1 << 10;
    /** RL: over a rate limit. */
    public static final int RATE_LIMITED = 1 << 11;
    /** UAEX: denied by the authorization service. */
    public static final int UNAUTHORIZED_EXTERNAL_SERVICE = 1 << 12;
    /** RLSE: the rate limit service failed. */
    public static final int RATE_LIMIT_SERVICE_ERROR = 1 << 13;
    /** DC: the client closed the connection. */
    public static final int DOWNSTREAM_CONNECTION_TERMINATION = 1 << 14;
    /** URX: no retry left. */
    public static final int UPSTREAM_RETRY_LIMIT_EXCEEDED = 1 << 15;
    /** SI: no progress in time. */
    public static final int STREAM_IDLE_TIMEOUT = 1 << 16;
    /** IH: an x-envoy- header with an invalid value. */
    public static final int INVALID_ENVOY_REQUEST_HEADERS = 1 << 17;
    /** DPE: the client broke the protocol. */
    public static final int DOWNSTREAM_PROTOCOL_ERROR = 1 << 18;
    /** UMSDR: the stream reached its longest duration. */
    public static final int UPSTREAM_MAX_STREAM_DURATION_REACHED = 1 << 19;
    /** RFCF: answered from a cache. */
    public static final int RESPONSE_FROM_CACHE_FILTER = 1 << 20;
    /** NFCF: a filter's configuration did not come in time. */
    public static final int NO_FILTER_CONFIG_FOUND = 1 << 21;
    /** DT: the connection reached its longest duration. */
    public static final int DURATION_TIMEOUT = 1 << 22;
    /** UPE: the endpoint broke the protocol. */
    public static final int UPSTREAM_PROTOCOL_ERROR = 1 << 23;
    /** NC: no such cluster. */
    public static final int NO_CLUSTER = 1 << 24;
    /** OM: refused or ended because a resource has run out. */
    public static final int OVERLOAD = 1 << 25;
    /** DF: name resolution failed. */
    public static final int DNS_RESOLUTION_FAILED = 1 << 26;
    /** DO: dropped by the cluster's overload policy. */
    public static final int DROP_OVERLOAD = 1 << 27;
    /** DR: the client reset the stream. */
    public static final int DOWNSTREAM_REMOTE_RESET = 1 << 28;
    /** UDO: dropped by an overload policy of 100 percent. */
    public static final int UNCONDITIONAL_DROP_OVERLOAD = 1 << 29;

    /** No flag, but a bit of records alone: a filter has said that the request asks for the health of this process. */
    static final int HEALTH_CHECK = 1 << 30;

    private static final String[] CODES = {
        "LH", "UH", "UT", "LR", "UR", "UF", "UC", "UO", "NR", "DI", "FI", "RL", "UAEX", "RLSE", "DC", "URX", "SI", "IH",
        "DPE", "UMSDR", "RFCF", "NFCF", "DT", "UPE", "NC", "OM", "DF", "DO", "DR", "UDO",
    };
    private static final String[] NAMES = {
        "FailedLocalHealthCheck", "NoHealthyUpstream", "UpstreamRequestTimeout", "LocalReset", "UpstreamRemoteReset",
        "UpstreamConnectionFailure", "UpstreamConnectionTermination", "UpstreamOverflow", "NoRouteFound",
        "DelayInjected", "FaultInjected", "RateLimited", "UnauthorizedExternalService", "RateLimitServiceError",
        "DownstreamConnectionTermination", "UpstreamRetryLimitExceeded", "StreamIdleTimeout",
        "InvalidEnvoyRequestHeaders", "DownstreamProtocolError", "UpstreamMaxStreamDurationReached",
        "ResponseFromCacheFilter", "NoFilterConfigFound", "DurationTimeout", "UpstreamProtocolError", "NoClusterFound",
        "OverloadManagerTerminated", "DnsResolutionFailed", "DropOverload", "DownstreamRemoteReset",
        "UnconditionalDropOverload",
    };

    private ResponseFlag()
    {
    }

    /**
     * @return how many flags there are; bits above are never set.
     */
    public static int count()
    {
        return CODES.length;
    }

    /**
     * @param bit number of a flag, from 0.
     * @return its short code.
     */
    public static String code(final int bit)
    {
        return CODES[bit];
    }

    /**
     * @param bit number of a flag, from 0.
     * @return its long name.
     */
    public static String name(final int bit)
    {
        return NAMES[bit];
    }
}
