package dev.ringway.engine.exchange;

/**
 * Why a response is not what the endpoint sent; Envoy's two-letter flags as bits.
 */
public final class ResponseFlag
{
    /** UH: no healthy endpoint. */
    public static final int NO_HEALTHY_UPSTREAM = 1;
    /** UF: connecting failed. */
    public static final int UPSTREAM_CONNECTION_FAILURE = 1 << 1;
    /** UC: the endpoint closed the connection. */
    public static final int UPSTREAM_CONNECTION_TERMINATION = 1 << 2;
    /** UO: a circuit breaker. */
    public static final int UPSTREAM_OVERFLOW = 1 << 3;
    /** UT: no response in time. */
    public static final int UPSTREAM_REQUEST_TIMEOUT = 1 << 4;
    /** UR: the endpoint reset the request. */
    public static final int UPSTREAM_REMOTE_RESET = 1 << 5;
    /** NR: no route. */
    public static final int NO_ROUTE = 1 << 6;
    /** NC: no such cluster. */
    public static final int NO_CLUSTER = 1 << 7;
    /** DC: the client closed the connection. */
    public static final int DOWNSTREAM_CONNECTION_TERMINATION = 1 << 8;
    /** DPE: the client broke the protocol. */
    public static final int DOWNSTREAM_PROTOCOL_ERROR = 1 << 9;
    /** UPE: the endpoint broke the protocol. */
    public static final int UPSTREAM_PROTOCOL_ERROR = 1 << 10;
    /** SI: no progress in time. */
    public static final int STREAM_IDLE_TIMEOUT = 1 << 11;
    /** OM: out of memory, refused by the overload rule. */
    public static final int OVERLOAD = 1 << 12;

    private ResponseFlag()
    {
    }
}
