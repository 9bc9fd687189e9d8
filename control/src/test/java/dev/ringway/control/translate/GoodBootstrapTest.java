package dev.ringway.control.translate;

import dev.ringway.codecs.http.UnderscorePolicy;
import dev.ringway.control.config.BootstrapLoader;
import dev.ringway.control.config.ConfigException;
import dev.ringway.control.config.LoadedBootstrap;
import dev.ringway.engine.route.Redirect;
import dev.ringway.engine.route.RequestRules;
import dev.ringway.engine.route.Route;
import dev.ringway.engine.route.StreamDuration;
import dev.ringway.engine.route.Upgrades;
import dev.ringway.engine.snapshot.CircuitBreakers;
import dev.ringway.engine.snapshot.ConnectionAge;
import dev.ringway.engine.snapshot.Thresholds;
import dev.ringway.engine.snapshot.Cluster;
import dev.ringway.engine.snapshot.CodecType;
import dev.ringway.engine.snapshot.Endpoint;
import dev.ringway.engine.snapshot.HttpConnectionManager;
import dev.ringway.engine.snapshot.Listener;
import dev.ringway.engine.snapshot.Snapshot;
import dev.ringway.engine.snapshot.TcpProxy;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

class GoodBootstrapTest
{
    private static final String FOLDER = "src/test/resources/bootstraps/good/";

    private final NamedCounters counters = new NamedCounters();
    private final BootstrapTranslator translator = new BootstrapTranslator(counters);

    @Test
    void shouldTranslateListenerAndConnectionManager() throws ConfigException
    {
        final Snapshot snapshot = load("everything.yaml").snapshot(7);
        assertEquals(7, snapshot.version());
        final Listener listener = snapshot.listeners().get(0);
        assertEquals("web", listener.name());
        assertEquals("127.0.0.1:10000", listener.address().toString());
        assertEquals(32768, listener.perConnectionBufferLimit());
        assertEquals(128, listener.backlog());
        assertFalse(listener.reusePort());
        assertTrue(listener.transparent());
        final HttpConnectionManager http = (HttpConnectionManager)listener.filterChains().get(0).filter();
        assertEquals("web", http.statPrefix());
        assertEquals(0, http.idleTimeoutNs());
        assertEquals(TimeUnit.SECONDS.toNanos(90), http.maxStreamDurationNs());
        assertEquals(TimeUnit.SECONDS.toNanos(30), http.streamIdleTimeoutNs());
        assertEquals(TimeUnit.SECONDS.toNanos(60), http.requestTimeoutNs());
        assertEquals(0, http.requestHeadersTimeoutNs());
        assertEquals(TimeUnit.MILLISECONDS.toNanos(1500), http.drainTimeoutNs());
        assertEquals(new ConnectionAge(TimeUnit.SECONDS.toNanos(60), 0), http.age());
        assertTrue(http.http1WaitsForNext());
        assertEquals(32 << 10, http.maxRequestHeadersBytes());
        assertEquals(50, http.maxRequestHeaders());
        assertEquals(1000, http.maxRequestsPerConnection());
        assertTrue(http.useRemoteAddress() && http.skipXffAppend() && http.preserveExternalRequestId());
        assertTrue(http.alwaysSetRequestIdInResponse() && http.acceptHttp10() && http.enableTrailers());
        assertTrue(http.suppressEnvoyHeaders());
        assertFalse(http.generateRequestId());
        assertEquals(new RequestRules(
            true, true, RequestRules.EscapedSlashes.REDIRECT, RequestRules.ANY_PORT, true, false,
            UnderscorePolicy.REJECT), http.requestRules());
        assertEquals(1, http.xffTrustedHops());
        assertTrue(http.internalRanges().contains(new byte[]{10, 1, 2, 3}, 4));
        assertTrue(http.internalRanges().contains(
            new byte[]{(byte)0xfc, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5}, 16));
        assertFalse(http.internalRanges().contains(new byte[]{11, 1, 2, 3}, 4));
        assertEquals("1.1 edge", new String(http.via(), StandardCharsets.US_ASCII));
        assertEquals("edge", http.serverName());
        assertEquals(HttpConnectionManager.ServerHeader.PASS_THROUGH, http.serverHeader());
        assertEquals("old.example:80", http.defaultHostForHttp10());
        assertTrue(counters.names.contains("listener.edge.downstream_cx_total"));
        assertTrue(counters.names.contains("http.web.downstream_rq_total"));
    }

    @Test
    void shouldGiveEachDistinctAccessLogOneIndex() throws ConfigException
    {
        final Snapshot snapshot = load("everything.yaml").snapshot(1);
        final HttpConnectionManager http =
            (HttpConnectionManager)snapshot.listeners().get(0).filterChains().get(0).filter();
        final TcpProxy tcp = (TcpProxy)snapshot.listeners().get(1).filterChains().get(0).filter();
        assertEquals(2, snapshot.accessLogs().size());
        assertSame(http.accessLogs().get(0), tcp.accessLogs().get(0));
        assertEquals("/tmp/a.log", snapshot.accessLogs().get(0).path());
        assertTrue(snapshot.accessLogs().get(0).format().startsWith("[%START_TIME%] \"%REQ(:METHOD)% "));
        assertEquals("/dev/stdout", snapshot.accessLogs().get(1).path());
        assertEquals("%RESPONSE_CODE%\n", snapshot.accessLogs().get(1).format());
        assertEquals(1, snapshot.accessLogs().get(1).index());
    }

    @Test
    void shouldTranslateUpgrades() throws ConfigException
    {
        final HttpConnectionManager http = (HttpConnectionManager)load("everything.yaml").snapshot(1).listeners().get(0)
            .filterChains().get(0).filter();
        assertEquals("WebSocket true", upgrade(http.upgrades(), "websocket"));
        assertEquals("SPDY/3.1 false", upgrade(http.upgrades(), "spdy/3.1"));
        assertEquals("unknown", upgrade(http.upgrades(), "spdy"));
        assertEquals("websocket false", upgrade(match(http, "a", "/api").forward().upgrades(), "WEBSOCKET"));
        assertSame(Upgrades.NONE, match(http, "a", "/").forward().upgrades());
    }

    private static String upgrade(final Upgrades upgrades, final String type)
    {
        final byte[] bytes = type.getBytes(StandardCharsets.US_ASCII);
        final int index = upgrades.find(new UnsafeBuffer(bytes), 0, bytes.length);
        return index == Upgrades.UNKNOWN ? "unknown" :
            new String(upgrades.name(index), StandardCharsets.US_ASCII) + " " + upgrades.isAllowed(index);
    }

    @Test
    void shouldTranslateRoutes() throws ConfigException
    {
        final Snapshot snapshot = load("everything.yaml").snapshot(1);
        final HttpConnectionManager http =
            (HttpConnectionManager)snapshot.listeners().get(0).filterChains().get(0).filter();
        final Route health = match(http, "a.example:80", "/health");
        assertEquals(Route.Kind.DIRECT_RESPONSE, health.kind());
        assertEquals(204, health.answer().status());
        final Route old = match(http, "a.example:80", "/old/page");
        assertEquals("old", old.name());
        assertEquals(Route.Kind.REDIRECT, old.kind());
        assertEquals(308, old.answer().status());
        assertEquals(4, old.matchedLength());
        final Redirect redirect = old.answer().redirect();
        assertEquals("https new.example 8443 true", new String(redirect.scheme(), StandardCharsets.US_ASCII) + " " +
            new String(redirect.host(), StandardCharsets.US_ASCII) + " " +
            redirect.port() + " " + redirect.stripQuery());
        assertArrayEquals("/new".getBytes(StandardCharsets.US_ASCII), redirect.prefixRewrite());
        assertNull(redirect.path());
        final Route api = match(http, "a.example:80", "/api/v1");
        assertEquals(Route.Kind.CLUSTER, api.kind());
        assertEquals(snapshot.cluster("app").id(), api.forward().clusterId());
        assertEquals(0, api.forward().timeoutNs());
        assertEquals(TimeUnit.SECONDS.toNanos(7), api.forward().idleTimeoutNs());
        assertEquals(new StreamDuration(0, TimeUnit.SECONDS.toNanos(20), TimeUnit.MILLISECONDS.toNanos(500)),
            api.forward().duration());
        assertArrayEquals(new byte[]{'/'}, api.forward().prefixRewrite());
        final Route later = match(http, "a.example:80", "/other");
        assertEquals(-1, later.forward().clusterId());
        assertEquals("later", later.forward().clusterName());
        assertEquals(TimeUnit.SECONDS.toNanos(15), later.forward().timeoutNs());
        assertEquals(-1, later.forward().idleTimeoutNs());
        assertSame(StreamDuration.NONE, later.forward().duration());
    }

    @Test
    void shouldTranslateTcpProxyOnUnixSocket() throws ConfigException
    {
        final Snapshot snapshot = load("everything.yaml").snapshot(1);
        final Listener listener = snapshot.listeners().get(1);
        assertEquals("/tmp/ringway-test.sock", listener.address().unixPath());
        assertEquals(0660, listener.unixMode());
        assertEquals("only", listener.filterChains().get(0).name());
        final TcpProxy tcp = (TcpProxy)listener.filterChains().get(0).filter();
        assertEquals("relay", tcp.statPrefix());
        assertEquals(new ConnectionAge(TimeUnit.SECONDS.toNanos(60), 0), tcp.age());
        assertEquals(snapshot.cluster("app").id(), tcp.clusterId());
        assertEquals(0, tcp.idleTimeoutNs());
        assertEquals(3, tcp.maxConnectAttempts());
    }

    @Test
    void shouldTranslateFieldsThatTheClassesDoNotHave() throws Exception
    {
        final String yaml = Files.readString(Path.of(FOLDER + "everything.yaml"))
            .replace("drain_timeout: 1.5s", "drain_timeout: 1.5s\n          drain_timeout_jitter: {value: 10}")
            .replace("max_connection_duration: 60s", "max_connection_duration: 60s, max_connection_duration_jitter: {value: 25}")
            .replace("          max_downstream_connection_duration: 60s", "          max_downstream_connection_duration: 60s\n" +
                "          max_downstream_connection_duration_jitter_percentage: {value: 50}");
        final Snapshot snapshot = translator.translate(new BootstrapLoader(false).load(null, yaml)).snapshot(1);
        final HttpConnectionManager http =
            (HttpConnectionManager)snapshot.listeners().get(0).filterChains().get(0).filter();
        final TcpProxy tcp = (TcpProxy)snapshot.listeners().get(1).filterChains().get(0).filter();
        final long minuteNs = TimeUnit.MINUTES.toNanos(1);
        assertEquals(TimeUnit.MILLISECONDS.toNanos(150), http.drainJitterNs());
        assertEquals(new ConnectionAge(minuteNs, minuteNs / 4), http.age());
        assertEquals(new ConnectionAge(minuteNs, minuteNs / 2), tcp.age());
    }

    @Test
    void shouldTranslateClusters() throws ConfigException
    {
        final Snapshot snapshot = load("everything.yaml").snapshot(1);
        final Cluster first = snapshot.clusters().get(0);
        assertEquals("app:v1", first.name());
        assertEquals(TimeUnit.MILLISECONDS.toNanos(250), first.connectTimeoutNs());
        assertEquals(new Thresholds(Integer.MAX_VALUE, 2, 3, 4, null), first.circuitBreakers().normal());
        assertEquals(65536, first.perConnectionBufferLimit());
        assertEquals(TimeUnit.SECONDS.toNanos(20), first.idleTimeoutNs());
        assertEquals(5, first.maxRequestsPerConnection());
        assertTrue(first.enableTrailers());
        assertEquals(List.of("10.0.0.1:80", "[::1]:81", "@abstract"),
            first.endpoints().stream().map(endpoint -> endpoint.address().toString()).toList());
        assertEquals(List.of(3, 1, 1), first.endpoints().stream().map(Endpoint::weight).toList());
        assertEquals("one", first.endpoints().get(0).hostname());
        assertTrue(counters.names.contains("cluster.app.upstream_rq_total"));
        final Cluster second = snapshot.clusters().get(1);
        assertEquals(TimeUnit.SECONDS.toNanos(5), second.connectTimeoutNs());
        assertEquals(CircuitBreakers.DEFAULT, second.circuitBreakers());
        assertFalse(second.enableTrailers());
        assertEquals(TimeUnit.HOURS.toNanos(1), second.idleTimeoutNs());
    }

    @Test
    void shouldPlanLookupsForStrictDns() throws ConfigException
    {
        final ClusterPlan plan = load("everything.yaml").clusters().get(1);
        assertTrue(plan.needsLookup());
        assertEquals(TimeUnit.MILLISECONDS.toNanos(500), plan.lookups().refreshNs());
        assertEquals(Lookups.Family.V4_PREFERRED, plan.lookups().family());
        assertEquals("localhost", plan.targets().get(0).name());
        assertFalse(plan.targets().get(1).isName());
        assertEquals(1, plan.cluster().endpoints().size());
    }

    @Test
    void shouldReadAdminNodeAndRuntime() throws ConfigException
    {
        final Translation translation = load("everything.yaml");
        assertEquals("127.0.0.1:9901", translation.admin().toString());
        assertEquals("n1", translation.bootstrap().getNode().getId());
        assertEquals(100, translation.bootstrap().getLayeredRuntime().getLayers(0).getStaticLayer()
            .getFieldsOrThrow("re2.max_program_size.error_level").getNumberValue());
        assertTrue(translation.bootstrap().getLayeredRuntime().getLayers(1).hasAdminLayer());
    }

    @Test
    void shouldKeepIdsWhenTheConfigurationChanges() throws ConfigException
    {
        final Snapshot before = load("everything.yaml").snapshot(1);
        translator.translate(new BootstrapLoader(false).load(null, "static_resources: {clusters: [{name: new}]}"));
        final Snapshot after = load("everything.yaml").snapshot(2);
        assertEquals(before.cluster("app").id(), after.cluster("app").id());
        assertEquals(before.listeners().get(1).id(), after.listeners().get(1).id());
        assertEquals(before.accessLogs(), after.accessLogs());
    }

    @Test
    void shouldShareWhatHasNotChanged() throws ConfigException
    {
        final Translation before = translator.translate(new BootstrapLoader(false).load(null, two("one", "1s")));
        translator.commit();
        final Translation after = translator.translate(new BootstrapLoader(false).load(null, two("two", "2s")));
        assertSame(before.listeners().get(0), after.listeners().get(0));
        assertNotSame(before.listeners().get(1), after.listeners().get(1));
        assertSame(before.clusters().get(0), after.clusters().get(0));
        assertNotSame(before.clusters().get(1), after.clusters().get(1));
        translator.commit();
        final Translation same = translator.translate(new BootstrapLoader(false).load(null, two("two", "2s")));
        assertSame(after.listeners().get(1), same.listeners().get(1));
        assertSame(after.clusters().get(1), same.clusters().get(1));
    }

    /** The second listener and the second cluster are as is said. */
    private static String two(final String cluster, final String timeout)
    {
        return """
            static_resources:
              listeners:
              - { name: stays, address: { socket_address: { address: 127.0.0.1, port_value: 1 } }, filter_chains: [ { filters: [
                  { name: t, typed_config: { "@type": %1$s, stat_prefix: a, cluster: one } } ] } ] }
              - { name: changes, address: { socket_address: { address: 127.0.0.1, port_value: 2 } }, filter_chains: [ { filters: [
                  { name: t, typed_config: { "@type": %1$s, stat_prefix: b, cluster: %2$s } } ] } ] }
              clusters:
              - { name: one }
              - { name: two, connect_timeout: %3$s }
            """.formatted("type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy", cluster, timeout);
    }

    @Test
    void shouldTakeEmptyConfiguration() throws ConfigException
    {
        final Translation translation = load("empty.yaml");
        assertNull(translation.admin());
        assertEquals(List.of(), translation.listeners());
    }

    @Test
    void shouldFollowAliasesAndDropIgnoredValues() throws ConfigException
    {
        final Translation translation = load("anchors-and-ignored.yaml");
        assertEquals(1, translation.clusters().get(0).targets().size());
        assertEquals(2, translation.clusters().get(1).targets().size());
    }

    @Test
    void shouldReadJsonWithCamelCaseTabsAndEscapes() throws ConfigException
    {
        final ClusterPlan plan = load("camel-case.json").clusters().get(0);
        assertEquals("a/b \ud83d\ude80", plan.cluster().name());
        assertEquals(1000, plan.cluster().perConnectionBufferLimit());
        assertEquals(5, plan.cluster().maxRequestsPerConnection());
        assertEquals(Lookups.Family.V6_ONLY, plan.lookups().family());
    }

    @Test
    void shouldApplyDefaults() throws ConfigException
    {
        final Translation translation = translator.translate(new BootstrapLoader(false).load(null, """
            static_resources:
              listeners:
              - address: {socket_address: {address: "::", port_value: 0}}
                filter_chains:
                - filters:
                  - name: http
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.\
            HttpConnectionManager
                      stat_prefix: a
                      route_config: {}
                      http_filters:
                      - name: router
                        typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
            """));
        final Listener listener = translation.listeners().get(0);
        assertEquals("[::]:0", listener.name());
        assertEquals(1 << 20, listener.perConnectionBufferLimit());
        assertEquals(4096, listener.backlog());
        assertTrue(listener.reusePort());
        final HttpConnectionManager http = (HttpConnectionManager)listener.filterChains().get(0).filter();
        assertEquals(TimeUnit.HOURS.toNanos(1), http.idleTimeoutNs());
        assertEquals(TimeUnit.MINUTES.toNanos(5), http.streamIdleTimeoutNs());
        assertEquals(0, http.requestTimeoutNs());
        assertEquals(TimeUnit.SECONDS.toNanos(10), http.requestHeadersTimeoutNs());
        assertEquals(TimeUnit.SECONDS.toNanos(5), http.drainTimeoutNs());
        assertEquals(0, http.drainJitterNs());
        assertEquals(ConnectionAge.UNBOUNDED, http.age());
        assertFalse(http.http1WaitsForNext());
        assertEquals(60 << 10, http.maxRequestHeadersBytes());
        assertEquals(100, http.maxRequestHeaders());
        assertEquals(0, http.maxRequestsPerConnection());
        assertTrue(http.generateRequestId());
        assertSame(RequestRules.NONE, http.requestRules());
        assertFalse(http.useRemoteAddress() || http.acceptHttp10() || http.enableTrailers());
        assertEquals("ringway", http.serverName());
        assertEquals(HttpConnectionManager.ServerHeader.OVERWRITE, http.serverHeader());
        assertNotNull(http.routeTable());
    }

    @Test
    void shouldTakeThePortOfTheListener() throws ConfigException
    {
        for (final int port : new int[]{8443, -1})
        {
            final String address =
                port < 0 ? "pipe: {path: /tmp/a}" : "socket_address: {address: 127.0.0.1, port_value: " + port + "}";
            final HttpConnectionManager http = (HttpConnectionManager)translator.translate(
                new BootstrapLoader(false).load(null, """
                static_resources:
                  listeners:
                  - address: {%s}
                    filter_chains:
                    - filters:
                      - name: http
                        typed_config:
                          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.\
                HttpConnectionManager
                          stat_prefix: a
                          strip_matching_host_port: true
                          append_x_forwarded_port: true
                          route_config: {}
                          http_filters:
                          - name: router
                            typed_config:
                              "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
                """.formatted(address))).listeners().get(0).filterChains().get(0).filter();
            assertEquals(port, http.forwardedPort());
            assertEquals(port, http.requestRules().strippedPort());
            assertEquals(0, http.via().length);
            assertTrue(http.internalRanges().isEmpty());
        }
    }

    @Test
    void shouldSpeakHttp2WhereAsked() throws ConfigException
    {
        final Snapshot snapshot = load("http2.yaml").snapshot(1);
        final HttpConnectionManager http =
            (HttpConnectionManager)snapshot.listeners().get(0).filterChains().get(0).filter();
        assertEquals(CodecType.HTTP2, http.codecType());
        assertEquals(7, http.http2().maxConcurrentStreams());
        assertEquals(70_000, snapshot.clusters().get(0).http2().initialStreamWindowSize());
    }

    @Test
    void shouldMergeInlineOverFile() throws ConfigException
    {
        final LoadedBootstrap loaded = new BootstrapLoader(false).load(FOLDER + "everything.yaml",
            "node: {id: n2}\nstatic_resources: {clusters: [{name: more}]}");
        final Translation translation = translator.translate(loaded);
        assertEquals("n2", translation.bootstrap().getNode().getId());
        assertEquals("c1", translation.bootstrap().getNode().getCluster());
        assertEquals(List.of("app:v1", "app", "more"),
            translation.clusters().stream().map(plan -> plan.cluster().name()).toList());
    }

    @Test
    void shouldLetTheCommandLineNameTheNode() throws ConfigException
    {
        final LoadedBootstrap loaded = new BootstrapLoader(false).load(FOLDER + "everything.yaml", null);
        assertSame(loaded, loaded.withNode("", "", ""));
        final var node = loaded.withNode("n9", "", "z9").bootstrap().getNode();
        assertEquals("n9 c1 z9", node.getId() + " " + node.getCluster() + " " + node.getLocality().getZone());
        assertEquals(2, node.getMetadata().getFieldsCount());
    }

    @Test
    void shouldIgnoreUnknownFieldsWhenAllowed() throws ConfigException
    {
        final LoadedBootstrap loaded = new BootstrapLoader(true).load(null, "nodes: {}\nnode: {idd: a, id: b}");
        assertEquals("b", loaded.bootstrap().getNode().getId());
        assertEquals(List.of("nodes", "node.idd"), loaded.warnings().stream().map(error -> error.path()).toList());
    }

    private static Route match(final HttpConnectionManager http, final String host, final String path)
    {
        final UnsafeBuffer buffer = new UnsafeBuffer((host + path).getBytes(StandardCharsets.US_ASCII));
        return http.routeTable().match(buffer, 0, host.length(), host.length(), path.length());
    }

    private Translation load(final String name) throws ConfigException
    {
        return translator.translate(new BootstrapLoader(false).load(FOLDER + name, null));
    }
}
