package dev.ringway.control.translate;

import dev.ringway.control.config.BootstrapLoader;
import dev.ringway.control.config.ConfigException;
import dev.ringway.engine.snapshot.Address;
import dev.ringway.engine.snapshot.Balancing;
import dev.ringway.engine.snapshot.CircuitBreakers;
import dev.ringway.engine.snapshot.Cluster;
import dev.ringway.engine.snapshot.ConnectRules;
import dev.ringway.engine.snapshot.ConnectRules.Option;
import dev.ringway.engine.snapshot.ConnectionAge;
import dev.ringway.engine.snapshot.Thresholds;
import dev.ringway.engine.snapshot.Thresholds.RetryBudget;
import org.junit.jupiter.api.Test;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

/** What a cluster's fields become. */
final class ClusterTranslatorTest
{
    private static Cluster cluster(final String fields) throws ConfigException
    {
        return translate(fields).snapshot(1).cluster("a");
    }

    @Test
    void shouldTakeTheFirstBoundsOfEachPriority() throws ConfigException
    {
        assertEquals(new CircuitBreakers(new Thresholds(1024, 1024, 1024, 5, null),
            new Thresholds(1, 2, 3, 4, new RetryBudget(20, 7))), cluster("""
                circuit_breakers: { thresholds: [
                  { priority: HIGH, max_connections: 1, max_pending_requests: 2, max_requests: 3, max_retries: 4,
                    retry_budget: { min_retry_concurrency: 7 } },
                  { max_retries: 5 }, { max_retries: 6 }, { priority: HIGH } ] }
                """).circuitBreakers());
        assertEquals(CircuitBreakers.DEFAULT, cluster("circuit_breakers: { thresholds: [ {} ] }").circuitBreakers());
    }

    private static Translation translate(final String fields) throws ConfigException
    {
        return new BootstrapTranslator(new NamedCounters()).translate(new BootstrapLoader(false).load(
            null, "static_resources: { clusters: [ { name: a, " + fields + " } ] }"));
    }

    private static ClusterPlan plan(final String fields) throws ConfigException
    {
        return translate(fields).clusters().get(0);
    }

    private static String endpoint(final String name)
    {
        return "load_assignment: { endpoints: [ { lb_endpoints: [ { endpoint: { address: { socket_address: { address: " +
            name + ", port_value: 80 } } } } ] } ] }";
    }

    private static List<InetAddress> addresses(final String... literals)
    {
        return Stream.of(literals).map(InetAddress::ofLiteral).toList();
    }

    private static List<String> places(final Cluster cluster)
    {
        return cluster.endpoints().stream().map(endpoint -> endpoint.address().toString()).toList();
    }

    @Test
    void shouldGiveALogicalEndpointTheFirstAddress() throws ConfigException
    {
        final ClusterPlan plan = plan("type: LOGICAL_DNS, " + endpoint("backend"));
        assertEquals(List.of(), places(plan.resolve(target -> List.of())));
        final Cluster first = plan.resolve(target -> addresses("10.0.0.2", "10.0.0.1"));
        assertEquals(List.of("10.0.0.2:80"), places(first));
        final Cluster second = plan.resolve(target -> addresses("10.0.0.1", "10.0.0.2"));
        assertEquals(List.of("10.0.0.1:80"), places(second));
        assertEquals(first.endpoints().get(0).identity(), second.endpoints().get(0).identity());
        assertEquals("backend", second.endpoints().get(0).hostname());
        assertEquals(List.of("10.0.0.1:80"), places(plan("type: LOGICAL_DNS, " + endpoint("10.0.0.1")).cluster()));
    }

    @Test
    void shouldMakeEachAddressAnEndpointOfItsOwn() throws ConfigException
    {
        final ClusterPlan plan = plan("type: STRICT_DNS, " + endpoint("backend"));
        final Cluster cluster = plan.resolve(target -> addresses("10.0.0.2", "10.0.0.1"));
        assertEquals(List.of("10.0.0.1:80", "10.0.0.2:80"), places(cluster));
        assertEquals(cluster.endpoints(), plan.resolve(target -> addresses("10.0.0.1", "10.0.0.2")).endpoints());
        assertNotEquals(cluster.endpoints().get(0).identity(), cluster.endpoints().get(1).identity());
    }

    @Test
    void shouldTranslateHowNamesAreLookedUp() throws ConfigException
    {
        assertEquals(new Lookups(2_000_000_000L, true, Lookups.Family.V4_ONLY, 3_000_000L, 4_000_000L,
            40_000_000L, NameServers.SYSTEM), plan("""
            type: LOGICAL_DNS, dns_refresh_rate: 2s, dns_lookup_family: V4_ONLY, dns_jitter: 0.003s,
            dns_failure_refresh_rate: { base_interval: 0.004s }, respect_dns_ttl: true,
            """ + endpoint("backend")).lookups());
        assertEquals(new Lookups(5_000_000_000L, false, Lookups.Family.AUTO, 0, 0, 0, NameServers.SYSTEM),
            plan("type: STRICT_DNS, " + endpoint("backend")).lookups());
    }

    @Test
    void shouldTranslateWhoIsAskedForNames() throws ConfigException
    {
        assertEquals(new NameServers(List.of(new InetSocketAddress("10.0.0.1", 53), new InetSocketAddress("::1", 54)),
            true, false, 2_000_000_000L, 3, true), plan("""
            type: STRICT_DNS, typed_dns_resolver_config: { name: x, typed_config: {
            "@type": type.googleapis.com/envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig,
            resolvers: [ { socket_address: { address: 10.0.0.1, port_value: 53 } },
            { socket_address: { address: "::1", port_value: 54 } } ], query_timeout_seconds: 2, query_tries: 3,
            rotate_nameservers: true, udp_max_queries: 7,
            dns_resolver_options: { use_tcp_for_dns_lookups: true, no_default_search_domain: true } } },
            """ + endpoint("backend")).lookups().servers());
    }

    @Test
    void shouldTakeTheFirstPolicyThatIsSupported() throws ConfigException
    {
        final String type = "type.googleapis.com/envoy.extensions.load_balancing_policies.";
        final Translation translation = translate("""
            load_balancing_policy: { policies: [
            { typed_extension_config: { name: x, typed_config: { "@type": %1$sno_such.v3.Policy, a: { b: 1 } } } },
            { typed_extension_config: { name: x, typed_config: { "@type": %1$srandom.v3.Random } } },
            { typed_extension_config: { name: x, typed_config: { "@type": %1$sround_robin.v3.RoundRobin } } } ] },
            """.formatted(type) + endpoint("10.0.0.1"));
        assertEquals(Balancing.Policy.RANDOM, translation.clusters().getFirst().cluster().balancing().policy());
        assertEquals(List.of("static_resources.clusters[0].load_balancing_policy.policies[1]"),
            translation.warnings().stream().map(warning -> warning.path().toString()).toList());
    }

    private static Option option(final int level, final int name, final int value)
    {
        return new Option(
            level, name, ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder()).putInt(value).array());
    }

    @Test
    void shouldTranslateHowConnectionsAreOpened() throws ConfigException
    {
        assertEquals(new ConnectRules(
            List.of(option(0, 15, 1), option(1, 36, 5), option(1, 9, 1), option(6, 6, 3), option(6, 4, 70)),
            List.of(new Option(6, 13, "bbr".getBytes(StandardCharsets.US_ASCII))),
            Address.of(new InetSocketAddress("10.0.0.1", 0)),
            new ConnectionAge(TimeUnit.SECONDS.toNanos(60), TimeUnit.SECONDS.toNanos(15)), 1.5), cluster("""
                upstream_bind_config: { source_address: { address: 10.0.0.1, port_value: 0 }, freebind: true,
                  socket_options: [ { description: mark, level: 1, name: 36, int_value: 5 },
                    { level: 6, name: 13, buf_value: YmJy, state: STATE_BOUND } ] },
                upstream_connection_options: { tcp_keepalive: { keepalive_probes: 3, keepalive_time: 70 } },
                preconnect_policy: { per_upstream_preconnect_ratio: 1.5 },
                typed_extension_protocol_options: { envoy.extensions.upstreams.http.v3.HttpProtocolOptions: {
                  "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions,
                  common_http_protocol_options: { max_connection_duration: 60s,
                    max_connection_duration_jitter: { value: 25 } },
                  explicit_http_config: { http_protocol_options: {} } } }
                """).connect());
        assertSame(ConnectRules.NONE, cluster("lb_policy: ROUND_ROBIN").connect());
        assertSame(ConnectRules.NONE, cluster(
            "upstream_connection_options: { tcp_keepalive: { keepalive_probes: 0, keepalive_time: 70 } }").connect());
        assertEquals(List.of(option(1, 9, 1)),
            cluster("upstream_connection_options: { tcp_keepalive: {} }").connect().options());
    }
}
