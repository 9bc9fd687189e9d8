package dev.ringway.engine.snapshot;

import dev.ringway.engine.route.HeaderKey;

/**
 * How a cluster of the type ORIGINAL_DST, whose endpoints are the addresses that clients want, finds them.
 * Envoy: {@code Cluster.original_dst_lb_config} and {@code Cluster.cleanup_interval}.
 *
 * @param header    field of requests that tells the address before that of the connection counts, or null.
 * @param port      that is connected to whatever the port of the address; -1 for that of the address.
 * @param cleanupNs an endpoint that was not picked for so long and has no connection is forgotten, default 5 s.
 */
public record OriginalDst(HeaderKey header, int port, long cleanupNs)
{
    /** Envoy's default for the name of the field. */
    public static final String DEFAULT_HEADER = "x-envoy-original-dst-host";
    /** {@link #port} where that of the address counts. */
    public static final int SAME_PORT = -1;
}
