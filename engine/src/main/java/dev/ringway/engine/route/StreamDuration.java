package dev.ringway.engine.route;

/**
 * How long a stream may take from its first byte to its last, whatever passes. Immutable.
 * Envoy: {@code config.route.v3.RouteAction.MaxStreamDuration}.
 *
 * @param maxNs        {@code max_stream_duration}: 0 for no limit, {@link #UNSET} for the connection manager's.
 * @param grpcMaxNs    {@code grpc_timeout_header_max}: a client's grpc-timeout is the limit, up to this; 0 for whatever
 *                     it says, {@link #UNSET} when clients are not asked.
 * @param grpcOffsetNs {@code grpc_timeout_header_offset}: taken off what the client says, so that the proxy answers
 *                     first.
 */
public record StreamDuration(long maxNs, long grpcMaxNs, long grpcOffsetNs)
{
    /** Not given; as a limit, none. */
    public static final long UNSET = -1;
    /** A route that says nothing of it. */
    public static final StreamDuration NONE = new StreamDuration(UNSET, UNSET, 0);

    /**
     * @param grpcTimeoutNs what the client says, or negative when it says nothing.
     * @param managerNs     the connection manager's limit; 0 for none.
     * @return limit in nanoseconds, 0 when the time is over at once; {@link #UNSET} for none.
     */
    public long limitNs(final long grpcTimeoutNs, final long managerNs)
    {
        if (grpcTimeoutNs < 0 || grpcMaxNs < 0)
        {
            final long limitNs = maxNs < 0 ? managerNs : maxNs;
            return limitNs == 0 ? UNSET : limitNs;
        }
        final long cappedNs = grpcMaxNs == 0 ? grpcTimeoutNs : Math.min(grpcTimeoutNs, grpcMaxNs);
        return Math.max(0, cappedNs - grpcOffsetNs);
    }
}
