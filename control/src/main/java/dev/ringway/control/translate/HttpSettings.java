package dev.ringway.control.translate;

import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.snapshot.ConnectionAge;
import dev.ringway.engine.snapshot.Http2Options;

/**
 * What a cluster says of HTTP to its endpoints.
 *
 * @param idleTimeoutNs            of connections; 0 means none.
 * @param age                      of connections.
 * @param maxRequestsPerConnection 0 means unbounded.
 * @param enableTrailers           whether trailers pass.
 * @param http2                    options of HTTP/2, or null for HTTP/1.1.
 * @param asksHosts                whether endpoints are asked for the hosts of requests.
 * @param verifiesHost             whether certificates must be for those.
 * @param upstreamPath             where that stands, or null.
 */
record HttpSettings(
    long idleTimeoutNs,
    ConnectionAge age,
    int maxRequestsPerConnection,
    boolean enableTrailers,
    Http2Options http2,
    boolean asksHosts,
    boolean verifiesHost,
    FieldPath upstreamPath)
{
}
