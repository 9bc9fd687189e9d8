package dev.ringway.control.translate;

import dev.ringway.control.config.FieldPath;
import dev.ringway.control.health.CheckTls;
import dev.ringway.control.health.HealthCheck;
import dev.ringway.control.health.OutlierDetection;
import dev.ringway.engine.counters.ClusterCounters;
import dev.ringway.engine.counters.CounterRegistry;
import dev.ringway.engine.counters.HealthCheckCounters;
import dev.ringway.engine.counters.MaglevCounters;
import dev.ringway.engine.counters.OutlierCounters;
import dev.ringway.engine.counters.RemainingCounters;
import dev.ringway.engine.counters.RingHashCounters;
import dev.ringway.engine.snapshot.Balancing.Policy;
import dev.ringway.engine.counters.TlsCounters;
import dev.ringway.engine.snapshot.Cluster;
import dev.ringway.engine.snapshot.UpstreamTls;
import io.envoyproxy.envoy.config.core.v3.HealthCheck.TlsOptions;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;

import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Translates {@code config.cluster.v3.Cluster} of the types STATIC, STRICT_DNS, LOGICAL_DNS and
 * ORIGINAL_DST.
 */
// Fields that Envoy deprecates are still what most configurations use.
@SuppressWarnings("deprecation")
final class ClusterTranslator
{
    private static final String ALPN_HTTP1 = "http/1.1";
    private static final String ALPN_HTTP2 = "h2";
    private static final int DEFAULT_BUFFER_LIMIT = 1 << 20;
    private static final long DEFAULT_CONNECT_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(5);

    private final Checks checks;
    private final EndpointTranslator endpoints;
    private final LookupTranslator lookups;
    private final HttpSettingsTranslator httpSettings;
    private final BalancingTranslator balancing;
    private final HealthCheckTranslator healthChecks;
    private final OutlierTranslator outliers;
    private final BreakerTranslator breakers;
    private final ConnectTranslator connect;
    private final UpstreamTlsTranslator tls;
    private final IdTable ids;
    private final CounterRegistry counters;

    /**
     * @param checks   where faults go.
     * @param contexts builds TLS contexts.
     * @param ids      gives clusters their ids.
     * @param counters gives out counters.
     * @param runtime  what fields may take their values from.
     */
    ClusterTranslator(
        final Checks checks, final TlsContexts contexts, final IdTable ids, final CounterRegistry counters,
        final RuntimeValues runtime)
    {
        this.checks = checks;
        this.endpoints = new EndpointTranslator(checks);
        this.lookups = new LookupTranslator(checks);
        this.httpSettings = new HttpSettingsTranslator(checks);
        this.balancing = new BalancingTranslator(checks, runtime);
        this.healthChecks = new HealthCheckTranslator(checks);
        this.outliers = new OutlierTranslator(checks);
        this.breakers = new BreakerTranslator(checks);
        this.connect = new ConnectTranslator(checks);
        this.tls = new UpstreamTlsTranslator(checks, contexts);
        this.ids = ids;
        this.counters = counters;
    }

    /**
     * @param config message.
     * @return whether it may depend on the runtime: balancing has the fields that do.
     */
    static boolean asksRuntime(final io.envoyproxy.envoy.config.cluster.v3.Cluster config)
    {
        return config.hasLoadBalancingPolicy() || config.hasLeastRequestLbConfig() || config.hasRoundRobinLbConfig();
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
        final List<ClusterPlan.Target> targets = endpoints.translate(
            config.getLoadAssignment(), config.getType(), path.field("load_assignment"));
        final HttpSettings http = httpSettings.translate(config, path);
        final String statName = statName(config);
        final UpstreamTls encryption = tls(config, path.field("transport_socket"), http, statName);
        final Cluster cluster = new Cluster(
            ids.idOf(config.getName() + '\0' + statName),
            config.getName(),
            targets.stream().filter(target -> !target.isName()).map(ClusterPlan.Target::endpoint).toList(),
            checks.durationAtLeast(config.hasConnectTimeout(), config.getConnectTimeout(),
                path.field("connect_timeout"), DEFAULT_CONNECT_TIMEOUT_NS, 1_000),
            breakers.translate(config.getCircuitBreakers(), path.field("circuit_breakers").field("thresholds")),
            checks.count(config.hasPerConnectionBufferLimitBytes(), config.getPerConnectionBufferLimitBytes(),
                path.field("per_connection_buffer_limit_bytes"), DEFAULT_BUFFER_LIMIT, 1, Integer.MAX_VALUE),
            http.idleTimeoutNs(),
            http.maxRequestsPerConnection(),
            http.enableTrailers(),
            http.http2(),
            encryption,
            balancing.translate(config, path),
            ProxyTransport.telling(config, path.field("transport_socket"), statName, checks, counters),
            connect.translate(config, path, http.age()),
            MetadataValues.told(config.getMetadata()),
            new ClusterCounters(counters, statName, http.http2() != null));
        return new ClusterPlan(cluster, List.copyOf(targets), lookups.translate(config, path),
            checked(config, path, http, encryption, statName),
            ejecting(outliers.translate(config, path), statName),
            gauges(config, cluster, statName));
    }

    private ClusterPlan.Gauges gauges(
        final io.envoyproxy.envoy.config.cluster.v3.Cluster config, final Cluster cluster, final String statName)
    {
        final Policy policy = cluster.balancing().policy();
        return new ClusterPlan.Gauges(remaining(config, statName, false), remaining(config, statName, true),
            policy == Policy.RING_HASH ? new RingHashCounters(counters, statName) : null,
            policy == Policy.MAGLEV ? new MaglevCounters(counters, statName) : null);
    }

    private RemainingCounters remaining(
        final io.envoyproxy.envoy.config.cluster.v3.Cluster config, final String statName, final boolean isHigh)
    {
        return BreakerTranslator.tracksRemaining(config.getCircuitBreakers(), isHigh) ?
            new RemainingCounters(counters, statName, isHigh) : null;
    }

    /**
     * @param config message.
     * @return what names of its counters have behind {@code cluster.}
     */
    static String statName(final io.envoyproxy.envoy.config.cluster.v3.Cluster config)
    {
        return StatName.of(config.getAltStatName().isEmpty() ? config.getName() : config.getAltStatName());
    }

    private ClusterPlan.Ejecting ejecting(final OutlierDetection settings, final String statName)
    {
        return settings == null ? null :
            new ClusterPlan.Ejecting(settings, new OutlierCounters(counters, statName));
    }

    private ClusterPlan.HealthChecked checked(
        final io.envoyproxy.envoy.config.cluster.v3.Cluster config,
        final FieldPath path,
        final HttpSettings http,
        final UpstreamTls encryption,
        final String statName)
    {
        final HealthCheck settings = healthChecks.translate(config, path, http.http2() != null);
        if (settings == null)
        {
            return null;
        }
        final TlsOptions options = config.getHealthChecks(0).getTlsOptions();
        final FieldPath at = path.field("health_checks").at(0).field("tls_options");
        final List<String> protocols =
            TlsTranslator.protocols(options.getAlpnProtocolsList(), at.field("alpn_protocols"), checks);
        final boolean isClear = encryption == null || ProxyTransport.isFor(config);
        if (!protocols.isEmpty() && isClear)
        {
            checks.fault(at, "is without effect, for connections are clear; remove it");
        }
        final CheckTls encrypted = isClear ? null :
            tls.checks(config.getTransportSocket(), path.field("transport_socket"), encryption, protocols);
        return new ClusterPlan.HealthChecked(settings, encrypted, new HealthCheckCounters(counters, statName));
    }

    private UpstreamTls tls(
        final io.envoyproxy.envoy.config.cluster.v3.Cluster config,
        final FieldPath path,
        final HttpSettings http,
        final String statName)
    {
        final FieldPath options = http.upstreamPath();
        if (http.verifiesHost() && !http.asksHosts())
        {
            checks.fault(options.field("auto_san_validation"), "is not supported without auto_sni");
        }
        final TransportSocket socket = ProxyTransport.inner(config, path, checks);
        if (http.asksHosts() && socket == null)
        {
            checks.fault(options.field("auto_sni"), "is without effect, for connections are clear; remove it");
        }
        final FieldPath at = !ProxyTransport.isFor(config) ?
            path : path.field("typed_config").field("transport_socket");
        return socket != null ?
            tls.translate(socket, at, config.getName(), new UpstreamTlsTranslator.HttpPart(
                http.http2() != null ? ALPN_HTTP2 : ALPN_HTTP1, http.asksHosts(), http.verifiesHost(), options),
                new TlsCounters(counters, "cluster." + statName + ".ssl.")) : null;
    }
}
