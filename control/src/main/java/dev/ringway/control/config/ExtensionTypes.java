package dev.ringway.control.config;

import com.github.xds.type.v3.TypedStruct;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.route.v3.FilterConfig;
import io.envoyproxy.envoy.extensions.access_loggers.file.v3.FileAccessLog;
import io.envoyproxy.envoy.extensions.access_loggers.stream.v3.StderrAccessLog;
import io.envoyproxy.envoy.extensions.access_loggers.stream.v3.StdoutAccessLog;
import io.envoyproxy.envoy.extensions.filters.http.buffer.v3.Buffer;
import io.envoyproxy.envoy.extensions.filters.http.buffer.v3.BufferPerRoute;
import io.envoyproxy.envoy.extensions.filters.http.cors.v3.Cors;
import io.envoyproxy.envoy.extensions.filters.http.cors.v3.CorsPolicy;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.HeaderMutation;
import io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.HeaderMutationPerRoute;
import io.envoyproxy.envoy.extensions.filters.http.health_check.v3.HealthCheck;
import io.envoyproxy.envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit;
import io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC;
import io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBACPerRoute;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.listener.http_inspector.v3.HttpInspector;
import io.envoyproxy.envoy.extensions.filters.listener.original_dst.v3.OriginalDst;
import io.envoyproxy.envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol;
import io.envoyproxy.envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.connection_limit.v3.ConnectionLimit;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.envoyproxy.envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest;
import io.envoyproxy.envoy.extensions.load_balancing_policies.maglev.v3.Maglev;
import io.envoyproxy.envoy.extensions.load_balancing_policies.random.v3.Random;
import io.envoyproxy.envoy.extensions.load_balancing_policies.ring_hash.v3.RingHash;
import io.envoyproxy.envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin;
import io.envoyproxy.envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig;
import io.envoyproxy.envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate;
import io.envoyproxy.envoy.extensions.transport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport;
import io.envoyproxy.envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * The message types that may stand in a {@code typed_config}. A type's classes are loaded when a configuration first
 * names it, so that start-up pays only for what is used.
 */
public final class ExtensionTypes
{
    private static final String ANY = "google.protobuf.Any";

    // Lambdas, for a method reference loads the class when it is made.
    private static final Map<String, Supplier<Descriptor>> TYPES = new TreeMap<>(Map.ofEntries(
        Map.entry("envoy.extensions.access_loggers.file.v3.FileAccessLog", () -> FileAccessLog.getDescriptor()),
        Map.entry("envoy.extensions.access_loggers.stream.v3.StderrAccessLog", () -> StderrAccessLog.getDescriptor()),
        Map.entry("envoy.extensions.access_loggers.stream.v3.StdoutAccessLog", () -> StdoutAccessLog.getDescriptor()),
        Map.entry("envoy.config.route.v3.FilterConfig", () -> FilterConfig.getDescriptor()),
        Map.entry("envoy.extensions.filters.http.buffer.v3.Buffer", () -> Buffer.getDescriptor()),
        Map.entry("envoy.extensions.filters.http.buffer.v3.BufferPerRoute", () -> BufferPerRoute.getDescriptor()),
        Map.entry("envoy.extensions.filters.http.cors.v3.Cors", () -> Cors.getDescriptor()),
        Map.entry("envoy.extensions.filters.http.cors.v3.CorsPolicy", () -> CorsPolicy.getDescriptor()),
        Map.entry("envoy.extensions.filters.http.fault.v3.HTTPFault", () -> HTTPFault.getDescriptor()),
        Map.entry("envoy.extensions.filters.http.rbac.v3.RBAC", () -> RBAC.getDescriptor()),
        Map.entry("envoy.extensions.filters.http.rbac.v3.RBACPerRoute", () -> RBACPerRoute.getDescriptor()),
        Map.entry("envoy.extensions.filters.http.grpc_stats.v3.FilterConfig",
            () -> io.envoyproxy.envoy.extensions.filters.http.grpc_stats.v3.FilterConfig.getDescriptor()),
        Map.entry("envoy.extensions.filters.http.header_mutation.v3.HeaderMutation",
            () -> HeaderMutation.getDescriptor()),
        Map.entry("envoy.extensions.filters.http.header_mutation.v3.HeaderMutationPerRoute",
            () -> HeaderMutationPerRoute.getDescriptor()),
        Map.entry("envoy.extensions.filters.http.health_check.v3.HealthCheck", () -> HealthCheck.getDescriptor()),
        Map.entry("envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit",
            () -> LocalRateLimit.getDescriptor()),
        Map.entry("envoy.extensions.filters.http.router.v3.Router", () -> Router.getDescriptor()),
        Map.entry("envoy.extensions.filters.listener.http_inspector.v3.HttpInspector",
            () -> HttpInspector.getDescriptor()),
        Map.entry("envoy.extensions.filters.listener.original_dst.v3.OriginalDst", () -> OriginalDst.getDescriptor()),
        Map.entry("envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol",
            () -> ProxyProtocol.getDescriptor()),
        Map.entry("envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector",
            () -> TlsInspector.getDescriptor()),
        Map.entry("envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
            () -> HttpConnectionManager.getDescriptor()),
        Map.entry("envoy.extensions.filters.network.connection_limit.v3.ConnectionLimit",
            () -> ConnectionLimit.getDescriptor()),
        Map.entry("envoy.extensions.filters.network.local_ratelimit.v3.LocalRateLimit",
            () -> io.envoyproxy.envoy.extensions.filters.network.local_ratelimit.v3.LocalRateLimit.getDescriptor()),
        Map.entry("envoy.extensions.filters.network.rbac.v3.RBAC",
            () -> io.envoyproxy.envoy.extensions.filters.network.rbac.v3.RBAC.getDescriptor()),
        Map.entry("envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy", () -> TcpProxy.getDescriptor()),
        Map.entry("envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest",
            () -> LeastRequest.getDescriptor()),
        Map.entry("envoy.extensions.load_balancing_policies.maglev.v3.Maglev", () -> Maglev.getDescriptor()),
        Map.entry("envoy.extensions.load_balancing_policies.random.v3.Random", () -> Random.getDescriptor()),
        Map.entry("envoy.extensions.load_balancing_policies.ring_hash.v3.RingHash", () -> RingHash.getDescriptor()),
        Map.entry("envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin",
            () -> RoundRobin.getDescriptor()),
        Map.entry("envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig",
            () -> CaresDnsResolverConfig.getDescriptor()),
        Map.entry("envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate",
            () -> PreviousHostsPredicate.getDescriptor()),
        Map.entry("envoy.extensions.transport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport",
            () -> ProxyProtocolUpstreamTransport.getDescriptor()),
        Map.entry("envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer", () -> RawBuffer.getDescriptor()),
        Map.entry("envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
            () -> DownstreamTlsContext.getDescriptor()),
        Map.entry("envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
            () -> UpstreamTlsContext.getDescriptor()),
        Map.entry("xds.type.v3.TypedStruct", () -> TypedStruct.getDescriptor()),
        Map.entry("envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
            () -> HttpProtocolOptions.getDescriptor())));

    private ExtensionTypes()
    {
    }

    /**
     * @param typeUrl of an {@code Any}, for example {@code type.googleapis.com/envoy...Router}.
     * @return the type's descriptor, or null when it is not supported.
     */
    public static Descriptor find(final String typeUrl)
    {
        final Supplier<Descriptor> type = TYPES.get(nameOf(typeUrl));
        return type == null ? null : type.get();
    }

    /**
     * @param message of any class, be it made from a descriptor alone.
     * @return whether it is an {@code Any}.
     */
    public static boolean isAny(final Message message)
    {
        return message.getDescriptorForType().getFullName().equals(ANY);
    }

    /**
     * @param typeUrl of an {@code Any}.
     * @return the full name of the message type.
     */
    public static String nameOf(final String typeUrl)
    {
        return typeUrl.substring(typeUrl.lastIndexOf('/') + 1);
    }

    /**
     * @return full names of all supported types, sorted.
     */
    public static Set<String> names()
    {
        return TYPES.keySet();
    }
}
