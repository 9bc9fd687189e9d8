package dev.ringway.engine.snapshot;

import dev.ringway.codecs.http.UnderscorePolicy;
import dev.ringway.engine.counters.HttpCounters;
import dev.ringway.engine.filter.HttpFilters;
import dev.ringway.engine.route.RequestRules;
import dev.ringway.engine.route.RouteTable;
import dev.ringway.engine.route.Upgrades;

import java.util.List;

/**
 * How HTTP connections of a filter chain are served.
 * Envoy: {@code extensions.filters.network.http_connection_manager.v3.HttpConnectionManager} (HCM).
 *
 * @param statPrefix              prefix of its stats: {@code http.<prefix>.}.
 * @param routeTable              compiled {@code route_config}.
 * @param idleTimeoutNs           {@code common_http_protocol_options.idle_timeout}, default 1 h; 0 means none.
 * @param streamIdleTimeoutNs     {@code stream_idle_timeout}, default 5 min; 0 means none.
 * @param maxStreamDurationNs     {@code common_http_protocol_options.max_stream_duration}, default none (0).
 * @param requestTimeoutNs        {@code request_timeout} for the whole request to arrive, default none (0).
 * @param requestHeadersTimeoutNs {@code request_headers_timeout} for a head once its first byte came; default 10 s here
 *                                (Envoy: none); 0 means none.
 * @param drainTimeoutNs          {@code drain_timeout}, default 5 s.
 * @param drainJitterNs           any time up to that is added to it: {@code drain_timeout_jitter}, default 0.
 * @param age                     of connections.
 * @param http1WaitsForNext       {@code http1_safe_max_connection_duration}: a connection of HTTP/1.1 that has its age
 *                                waits for its next request, however long that takes.
 * @param maxRequestHeadersBytes  {@code max_request_headers_kb} in bytes, default 60 KiB.
 * @param maxRequestHeaders       {@code common_http_protocol_options.max_headers_count}, default 100.
 * @param maxRequestsPerConnection {@code max_requests_per_connection}; 0 means unbounded.
 * @param useRemoteAddress        {@code use_remote_address}.
 * @param xffTrustedHops          {@code xff_num_trusted_hops}.
 * @param skipXffAppend           {@code skip_xff_append}.
 * @param forwardedPort           port for x-forwarded-port where the connection tells of none, or -1:
 *                                {@code append_x_forwarded_port}.
 * @param internalRanges          {@code internal_address_config}, default none.
 * @param via                     {@code via}, may be empty.
 * @param forwardClientCert       {@code forward_client_cert_details}, default {@link ForwardClientCert#SANITIZE}.
 * @param generateRequestId       {@code generate_request_id}, default true.
 * @param preserveExternalRequestId {@code preserve_external_request_id}.
 * @param alwaysSetRequestIdInResponse {@code always_set_request_id_in_response}.
 * @param serverName              {@code server_name}, default {@code ringway}.
 * @param serverHeader            {@code server_header_transformation}.
 * @param acceptHttp10            {@code http_protocol_options.accept_http_10}.
 * @param defaultHostForHttp10    {@code default_host_for_http_10}, or the empty string.
 * @param requestRules            what happens to target and host before routing; {@link RequestRules#NONE} itself when
 *                                nothing does.
 * @param enableTrailers          {@code enable_trailers}.
 * @param suppressEnvoyHeaders    router's {@code suppress_envoy_headers}.
 * @param codecType               {@code codec_type}.
 * @param http2                   {@code http2_protocol_options}; without meaning for {@link CodecType#HTTP1}.
 * @param upgrades                {@code upgrade_configs}, default none.
 * @param filters                 {@code http_filters} before the router, or null when it stands alone.
 * @param accessLogs              where finished requests are recorded.
 * @param counters                ids of its counters.
 */
public record HttpConnectionManager(
    String statPrefix,
    RouteTable routeTable,
    long idleTimeoutNs,
    long streamIdleTimeoutNs,
    long maxStreamDurationNs,
    long requestTimeoutNs,
    long requestHeadersTimeoutNs,
    long drainTimeoutNs,
    long drainJitterNs,
    ConnectionAge age,
    boolean http1WaitsForNext,
    int maxRequestHeadersBytes,
    int maxRequestHeaders,
    int maxRequestsPerConnection,
    boolean useRemoteAddress,
    int xffTrustedHops,
    boolean skipXffAppend,
    int forwardedPort,
    CidrRanges internalRanges,
    byte[] via,
    ForwardClientCert forwardClientCert,
    boolean generateRequestId,
    boolean preserveExternalRequestId,
    boolean alwaysSetRequestIdInResponse,
    String serverName,
    ServerHeader serverHeader,
    boolean acceptHttp10,
    String defaultHostForHttp10,
    RequestRules requestRules,
    boolean enableTrailers,
    boolean suppressEnvoyHeaders,
    CodecType codecType,
    Http2Options http2,
    Upgrades upgrades,
    HttpFilters filters,
    List<AccessLogSink> accessLogs,
    HttpCounters counters) implements NetworkFilter
{
    /**
     * {@inheritDoc}
     */
    public boolean readsLocalAddress()
    {
        return forwardedPort >= 0 || filters != null && filters.places().stream().anyMatch(place -> place.factory().readsLocalAddress());
    }

    /**
     * @return how long a connection that is to end waits for what is on its way to it, another time for each.
     */
    public long drainNs()
    {
        return drainTimeoutNs + ConnectionAge.upTo(drainJitterNs);
    }

    /**
     * @return whether routes or filters look at heads of requests, which must be
     *         {@linkplain dev.ringway.codecs.http.RequestHead#isCompleted completed} before.
     */
    public boolean completesHeads()
    {
        return filters != null || routeTable.asksCompleted();
    }

    /**
     * @return {@code common_http_protocol_options.headers_with_underscores_action}, which the parser applies.
     */
    public UnderscorePolicy underscores()
    {
        return requestRules.underscores();
    }

    /** Envoy: {@code ServerHeaderTransformation}. */
    public enum ServerHeader
    {
        /** Replace whatever the upstream sent (default). */
        OVERWRITE,
        /** Set only when the upstream sent none. */
        APPEND_IF_ABSENT,
        /** Leave as it is. */
        PASS_THROUGH
    }
}
