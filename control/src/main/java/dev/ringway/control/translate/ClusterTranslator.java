package dev.ringway.control.translate;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UInt32Value;
import dev.ringway.control.config.ExtensionTypes;
import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.counters.ClusterCounters;
import dev.ringway.engine.counters.CounterRegistry;
import dev.ringway.engine.counters.TlsCounters;
import dev.ringway.engine.snapshot.Address;
import dev.ringway.engine.snapshot.CircuitBreakers;
import dev.ringway.engine.snapshot.Cluster;
import dev.ringway.engine.snapshot.Endpoint;
import dev.ringway.engine.snapshot.Http2Options;
import dev.ringway.engine.snapshot.UpstreamTls;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.DiscoveryType;
import io.envoyproxy.envoy.config.core.v3.Http1ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions.ExplicitHttpConfig;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Translates {@code config.cluster.v3.Cluster} of the types STATIC and STRICT_DNS.
 */
// Fields that Envoy deprecates are still what most configurations use.
@SuppressWarnings("deprecation")
final class ClusterTranslator
{
    private static final String HTTP_OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
    private static final String ALPN_HTTP1 = "http/1.1";
    private static final String ALPN_HTTP2 = "h2";
    private static final int DEFAULT_BUFFER_LIMIT = 1 << 20;
    private static final long DEFAULT_CONNECT_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(5);
    private static final long DEFAULT_IDLE_TIMEOUT_NS = TimeUnit.HOURS.toNanos(1);
    private static final long DEFAULT_REFRESH_NS = TimeUnit.SECONDS.toNanos(5);
    private static final int MAX_WEIGHT = 1 << 24;

    private final Checks checks;
    private final AddressTranslator addresses;
    private final Http2Translator http2;
    private final UpstreamTlsTranslator tls;
    private final IdTable ids;
    private final CounterRegistry counters;

    /**
     * @param checks   where faults go.
     * @param contexts builds TLS contexts.
     * @param ids      gives clusters their ids.
     * @param counters gives out counters.
     */
    ClusterTranslator(
        final Checks checks, final TlsContexts contexts, final IdTable ids, final CounterRegistry counters)
    {
        this.checks = checks;
        this.addresses = new AddressTranslator(checks);
        this.http2 = new Http2Translator(checks);
        this.tls = new UpstreamTlsTranslator(checks, contexts);
        this.ids = ids;
        this.counters = counters;
    }

    /**
     * @param config message.
     * @param path   where it stands.
     * @return the cluster, or null when it has no name, which is then noted.
     */
    ClusterPlan translate(final io.envoyproxy.envoy.config.cluster.v3.Cluster config, final FieldPath path)
    {
        if (!checks.required(config.getName(), path.field("name")))
        {
            return null;
        }
        final List<ClusterPlan.Target> targets = targets(config, path.field("load_assignment"));
        final HttpSettings http = httpSettings(config, path);
        final List<Endpoint> known = new ArrayList<>();
        for (final ClusterPlan.Target target : targets)
        {
            if (!target.isName())
            {
                known.add(new Endpoint(target.address(), target.hostname(), target.weight()));
            }
        }
        final String statName =
            StatName.of(config.getAltStatName().isEmpty() ? config.getName() : config.getAltStatName());
        final Cluster cluster = new Cluster(
            ids.idOf(config.getName() + '\0' + statName),
            config.getName(),
            List.copyOf(known),
            checks.durationAtLeast(config.hasConnectTimeout(), config.getConnectTimeout(),
                path.field("connect_timeout"), DEFAULT_CONNECT_TIMEOUT_NS, 1_000),
            circuitBreakers(config, path.field("circuit_breakers").field("thresholds")),
            checks.count(config.hasPerConnectionBufferLimitBytes(), config.getPerConnectionBufferLimitBytes(),
                path.field("per_connection_buffer_limit_bytes"), DEFAULT_BUFFER_LIMIT, 1, Integer.MAX_VALUE),
            http.idleTimeoutNs,
            http.maxRequestsPerConnection,
            http.enableTrailers,
            http.http2,
            tls(config, path.field("transport_socket"), http, statName),
            ProxyTransport.version(config),
            new ClusterCounters(counters, statName, http.http2 != null));
        final long refreshNs = checks.durationAtLeast(config.hasDnsRefreshRate(), config.getDnsRefreshRate(),
            path.field("dns_refresh_rate"), DEFAULT_REFRESH_NS, TimeUnit.MILLISECONDS.toNanos(1));
        return new ClusterPlan(cluster, List.copyOf(targets), refreshNs,
            ClusterPlan.DnsFamily.valueOf(config.getDnsLookupFamily().name()));
    }

    private UpstreamTls tls(
        final io.envoyproxy.envoy.config.cluster.v3.Cluster config,
        final FieldPath path,
        final HttpSettings http,
        final String statName)
    {
        final FieldPath options = http.upstreamPath;
        if (http.verifiesHost && !http.asksHosts)
        {
            checks.fault(options.field("auto_san_validation"), "is not supported without auto_sni");
        }
        final TransportSocket socket = ProxyTransport.inner(config, path, checks);
        if (http.asksHosts && socket == null)
        {
            checks.fault(options.field("auto_sni"), "is without effect, for connections are clear; remove it");
        }
        final FieldPath at = ProxyTransport.version(config) == 0 ?
            path : path.field("typed_config").field("transport_socket");
        return socket != null ?
            tls.translate(socket, at, config.getName(), new UpstreamTlsTranslator.HttpPart(
                http.http2 != null ? ALPN_HTTP2 : ALPN_HTTP1, http.asksHosts, http.verifiesHost, options),
                new TlsCounters(counters, "cluster." + statName + ".ssl.")) : null;
    }

    private List<ClusterPlan.Target> targets(
        final io.envoyproxy.envoy.config.cluster.v3.Cluster config, final FieldPath path)
    {
        final boolean names = config.getType() == DiscoveryType.STRICT_DNS;
        final ClusterLoadAssignment assignment = config.getLoadAssignment();
        final List<ClusterPlan.Target> targets = new ArrayList<>();
        for (int i = 0; i < assignment.getEndpointsCount(); i++)
        {
            final FieldPath locality = path.field("endpoints").at(i).field("lb_endpoints");
            final List<LbEndpoint> endpoints = assignment.getEndpoints(i).getLbEndpointsList();
            for (int k = 0; k < endpoints.size(); k++)
            {
                final ClusterPlan.Target target = target(endpoints.get(k), names, locality.at(k));
                if (target != null)
                {
                    targets.add(target);
                }
            }
        }
        return targets;
    }

    private ClusterPlan.Target target(final LbEndpoint lbEndpoint, final boolean names, final FieldPath path)
    {
        final io.envoyproxy.envoy.config.endpoint.v3.Endpoint endpoint = lbEndpoint.getEndpoint();
        final FieldPath addressPath = path.field("endpoint").field("address");
        final int weight = checks.count(lbEndpoint.hasLoadBalancingWeight(), lbEndpoint.getLoadBalancingWeight(),
            path.field("load_balancing_weight"), 1, 1, MAX_WEIGHT);
        if (!checks.required(endpoint.hasAddress(), addressPath))
        {
            return null;
        }
        final SocketAddress socket = endpoint.getAddress().getSocketAddress();
        if (names && endpoint.getAddress().hasSocketAddress() && !socket.getAddress().isEmpty() &&
            AddressTranslator.literal(socket.getAddress()) == null)
        {
            return addresses.checkPort(socket, addressPath.field("socket_address")) ?
                new ClusterPlan.Target(null, socket.getAddress(), socket.getPortValue(),
                    endpoint.getHostname().isEmpty() ? socket.getAddress() : endpoint.getHostname(), weight) : null;
        }
        final Address address = addresses.translate(endpoint.getAddress(), addressPath);
        return address == null ? null :
            new ClusterPlan.Target(address, null, 0, endpoint.getHostname(), weight);
    }

    private CircuitBreakers circuitBreakers(
        final io.envoyproxy.envoy.config.cluster.v3.Cluster config, final FieldPath path)
    {
        if (config.getCircuitBreakers().getThresholdsCount() == 0)
        {
            return CircuitBreakers.DEFAULT;
        }
        final io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers.Thresholds thresholds =
            config.getCircuitBreakers().getThresholds(0);
        final FieldPath first = path.at(0);
        if (config.getCircuitBreakers().getThresholdsCount() > 1)
        {
            checks.fault(path.at(1), "only one set of thresholds is supported, that of default priority");
        }
        final CircuitBreakers unset = CircuitBreakers.DEFAULT;
        return new CircuitBreakers(
            checks.count(thresholds.hasMaxConnections(), thresholds.getMaxConnections(),
                first.field("max_connections"), unset.maxConnections(), 0, Integer.MAX_VALUE),
            checks.count(thresholds.hasMaxPendingRequests(), thresholds.getMaxPendingRequests(),
                first.field("max_pending_requests"), unset.maxPendingRequests(), 0, Integer.MAX_VALUE),
            checks.count(thresholds.hasMaxRequests(), thresholds.getMaxRequests(),
                first.field("max_requests"), unset.maxRequests(), 0, Integer.MAX_VALUE),
            checks.count(thresholds.hasMaxRetries(), thresholds.getMaxRetries(),
                first.field("max_retries"), unset.maxRetries(), 0, Integer.MAX_VALUE));
    }

    private record HttpSettings(
        long idleTimeoutNs,
        int maxRequestsPerConnection,
        boolean enableTrailers,
        Http2Options http2,
        boolean asksHosts,
        boolean verifiesHost,
        FieldPath upstreamPath)
    {
    }

    private HttpSettings httpSettings(
        final io.envoyproxy.envoy.config.cluster.v3.Cluster config, final FieldPath path)
    {
        final FieldPath http2Path = path.field("http2_protocol_options");
        HttpSettings settings = new HttpSettings(
            DEFAULT_IDLE_TIMEOUT_NS,
            maxRequests(config.hasMaxRequestsPerConnection(), config.getMaxRequestsPerConnection(),
                path.field("max_requests_per_connection")),
            config.hasHttp2ProtocolOptions(),
            config.hasHttp2ProtocolOptions() ?
                http2.translate(true, config.getHttp2ProtocolOptions(), http2Path) : null,
            false, false, null);
        for (final Map.Entry<String, Any> entry : config.getTypedExtensionProtocolOptionsMap().entrySet())
        {
            final FieldPath options = path.field("typed_extension_protocol_options").key(entry.getKey());
            if (!entry.getKey().equals(HTTP_OPTIONS) ||
                !ExtensionTypes.nameOf(entry.getValue().getTypeUrl()).equals(HTTP_OPTIONS))
            {
                checks.fault(options, "is not supported; only " + HTTP_OPTIONS + " under its own name is");
                continue;
            }
            if (config.hasHttp2ProtocolOptions())
            {
                checks.fault(http2Path, "is without effect beside " + HTTP_OPTIONS + "; remove it");
            }
            settings = httpOptions(entry.getValue(), settings, options);
        }
        return settings;
    }

    private HttpSettings httpOptions(final Any any, final HttpSettings unset, final FieldPath path)
    {
        final HttpProtocolOptions options;
        try
        {
            options = HttpProtocolOptions.parseFrom(any.getValue());
        }
        catch (final InvalidProtocolBufferException ex)
        {
            checks.fault(path, "cannot be decoded: " + ex.getMessage());
            return unset;
        }
        final ExplicitHttpConfig explicit = options.getExplicitHttpConfig();
        final FieldPath explicitPath = path.field("explicit_http_config");
        final boolean isHttp2 = explicit.hasHttp2ProtocolOptions();
        if (!isHttp2 && !explicit.hasHttpProtocolOptions())
        {
            checks.fault(explicitPath, "needs http_protocol_options or http2_protocol_options");
        }
        checkHttp1(explicit.getHttpProtocolOptions(), explicitPath.field("http_protocol_options"));
        final io.envoyproxy.envoy.config.core.v3.HttpProtocolOptions common = options.getCommonHttpProtocolOptions();
        final FieldPath commonPath = path.field("common_http_protocol_options");
        onlyForListeners(common.hasMaxHeadersCount(), commonPath.field("max_headers_count"));
        onlyForListeners(common.hasMaxStreamDuration(), commonPath.field("max_stream_duration"));
        onlyForListeners(common.getHeadersWithUnderscoresActionValue() != 0,
            commonPath.field("headers_with_underscores_action"));
        final int maxRequests = maxRequests(common.hasMaxRequestsPerConnection(),
            common.getMaxRequestsPerConnection(), commonPath.field("max_requests_per_connection"));
        return new HttpSettings(
            checks.duration(common.hasIdleTimeout(), common.getIdleTimeout(), commonPath.field("idle_timeout"),
                DEFAULT_IDLE_TIMEOUT_NS),
            common.hasMaxRequestsPerConnection() ? maxRequests : unset.maxRequestsPerConnection,
            isHttp2 || explicit.getHttpProtocolOptions().getEnableTrailers(),
            isHttp2 ? http2.translate(true, explicit.getHttp2ProtocolOptions(),
                explicitPath.field("http2_protocol_options")) : null,
            options.getUpstreamHttpProtocolOptions().getAutoSni(),
            options.getUpstreamHttpProtocolOptions().getAutoSanValidation(),
            path.field("upstream_http_protocol_options"));
    }

    private void checkHttp1(final Http1ProtocolOptions http1, final FieldPath path)
    {
        onlyForListeners(http1.getAcceptHttp10(), path.field("accept_http_10"));
        onlyForListeners(!http1.getDefaultHostForHttp10().isEmpty(), path.field("default_host_for_http_10"));
        onlyForListeners(http1.hasAllowAbsoluteUrl(), path.field("allow_absolute_url"));
    }

    private void onlyForListeners(final boolean isSet, final FieldPath path)
    {
        if (isSet)
        {
            checks.fault(path, "is not supported for clusters; remove it");
        }
    }

    private int maxRequests(final boolean isSet, final UInt32Value value, final FieldPath path)
    {
        return checks.count(isSet, value, path, 0, 0, Integer.MAX_VALUE);
    }
}
