package dev.ringway.engine.snapshot;

import dev.ringway.engine.counters.ClusterCounters;
import dev.ringway.engine.tls.TlsContext;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A named group of endpoints that serve the same thing. Envoy: {@code config.cluster.v3.Cluster}.
 *
 * @param id                       number that stands for the name for the life of the process; indexes runtime state.
 * @param name                      unique name; the identity under which runtime state survives a new snapshot.
 * @param endpoints                 current endpoints; for STRICT_DNS those last resolved.
 * @param connectTimeoutNs          {@code connect_timeout}, default 5 s.
 * @param circuitBreakers           bounds.
 * @param perConnectionBufferLimit  {@code per_connection_buffer_limit_bytes}, default 1 MiB.
 * @param idleTimeoutNs             idle time-out of pooled connections, default 1 h; 0 means none.
 * @param maxRequestsPerConnection  requests after which a connection is closed; 0 means unbounded.
 * @param enableTrailers            {@code http_protocol_options.enable_trailers}: trailers pass in both directions;
 *                                  always with HTTP/2.
 * @param http2                     {@code explicit_http_config.http2_protocol_options}: HTTP/2 is spoken with its
 *                                  endpoints; null for HTTP/1.1.
 * @param tls                       {@code transport_socket}: how connections are encrypted; null for clear ones.
 * @param balancing                 how its endpoints share requests.
 * @param proxyTelling              the PROXY protocol in front of relays; null for none.
 * @param connect                   how connections are opened and how long they last.
 * @param metadata                  what is said of it for access logs, a JSON object by namespaces; null for nothing.
 * @param counters                  ids of this cluster's counters.
 */
public record Cluster(
    int id,
    String name,
    List<Endpoint> endpoints,
    long connectTimeoutNs,
    CircuitBreakers circuitBreakers,
    int perConnectionBufferLimit,
    long idleTimeoutNs,
    int maxRequestsPerConnection,
    boolean enableTrailers,
    Http2Options http2,
    UpstreamTls tls,
    Balancing balancing,
    ProxyTelling proxyTelling,
    ConnectRules connect,
    String metadata,
    ClusterCounters counters)
{
    /**
     * One whose endpoints take turns.
     *
     * @param id                       number that stands for the name.
     * @param name                     unique name.
     * @param endpoints                current endpoints.
     * @param connectTimeoutNs         time to connect.
     * @param circuitBreakers          bounds.
     * @param perConnectionBufferLimit bytes that a connection holds.
     * @param idleTimeoutNs            idle time-out of pooled connections; 0 means none.
     * @param maxRequestsPerConnection requests after which a connection is closed; 0 means unbounded.
     * @param enableTrailers           whether trailers pass.
     * @param http2                    options of HTTP/2; null for HTTP/1.1.
     * @param tls                      how connections are encrypted; null for clear ones.
     * @param counters                 ids of this cluster's counters.
     */
    public Cluster(
        final int id,
        final String name,
        final List<Endpoint> endpoints,
        final long connectTimeoutNs,
        final CircuitBreakers circuitBreakers,
        final int perConnectionBufferLimit,
        final long idleTimeoutNs,
        final int maxRequestsPerConnection,
        final boolean enableTrailers,
        final Http2Options http2,
        final UpstreamTls tls,
        final ClusterCounters counters)
    {
        this(id, name, endpoints, connectTimeoutNs, circuitBreakers, perConnectionBufferLimit, idleTimeoutNs,
            maxRequestsPerConnection, enableTrailers, http2, tls, Balancing.DEFAULT, null, ConnectRules.NONE, null,
            counters);
    }

    /**
     * @param fresh endpoints.
     * @return this cluster with those.
     */
    public Cluster withEndpoints(final List<Endpoint> fresh)
    {
        return new Cluster(id, name, fresh, connectTimeoutNs, circuitBreakers, perConnectionBufferLimit, idleTimeoutNs,
            maxRequestsPerConnection, enableTrailers, http2, tls, balancing, proxyTelling, connect, metadata,
            counters);
    }

    /**
     * @param replaced contexts by those that they take the place of.
     * @return this cluster with those; itself when it has none of them.
     */
    public Cluster withContexts(final Map<TlsContext, TlsContext> replaced)
    {
        final UpstreamTls fresh = tls == null ? null : tls.withContexts(replaced);
        return Objects.equals(fresh, tls) ? this : new Cluster(
            id, name, endpoints, connectTimeoutNs, circuitBreakers, perConnectionBufferLimit, idleTimeoutNs,
            maxRequestsPerConnection, enableTrailers, http2, fresh, balancing, proxyTelling, connect, metadata,
            counters);
    }
}
