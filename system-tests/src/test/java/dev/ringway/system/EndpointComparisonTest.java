package dev.ringway.system;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What Envoy and Ringway say of endpoints with the same bootstrap, and how they check their health. */
final class EndpointComparisonTest
{
    private static final String INTERNAL = "use_remote_address: true\ninternal_address_config: " +
        "{ cidr_ranges: [ { address_prefix: 127.0.0.0, prefix_len: 8 } ] }\n";
    private static final String GIVEN = """
              - name: given
                type: STATIC
                connect_timeout: 30s
                load_assignment:
                  cluster_name: given
                  endpoints:
                  - locality: { region: r, zone: z, sub_zone: s }
                    load_balancing_weight: 3
                    lb_endpoints:
                    - { health_status: DRAINING, load_balancing_weight: 7, endpoint: { hostname: h, address: %1$s } }
                    - { health_status: DEGRADED, metadata: { filter_metadata: { envoy.lb: { canary: true } } }, endpoint: { address: %2$s } }
                  - priority: 1
                    lb_endpoints:
                    - { health_status: UNHEALTHY, endpoint: { address: %3$s } }
                    - { health_status: HEALTHY, endpoint: { address: %4$s } }
            """.formatted(at(2), at(3), at(4), at(5));
    private static final String NO_PANIC = "common_lb_config: { healthy_panic_threshold: { value: 0 } }";

    @TempDir
    private static Path directory;

    @RegisterExtension
    private static final Sides<Side> SIDES = new Sides<>(Side::new);

    private static String at(final int port)
    {
        return Bootstraps.tcpAddress("127.0.0.1", port);
    }

    /** One of the two, with an upstream of its own. */
    private static final class Side implements AutoCloseable
    {
        private final Map<String, String> answers = new ConcurrentHashMap<>();
        private final Origin origin = new Origin(answers);
        private final Program program;
        private final Admin admin;
        private final int port = Program.freePort();

        Side(final boolean isEnvoy) throws Exception
        {
            final int adminPort = Program.freePort();
            final Path file = Files.writeString(directory.resolve(isEnvoy ? "envoy.yaml" : "ringway.yaml"),
                Bootstraps.admin(adminPort) + Bootstraps.http("in", at(port), INTERNAL,
                    "- match: { prefix: \"/given\" }\n  route: { cluster: given }\n" +
                    "- match: { prefix: \"/high\" }\n  route: { cluster: bounded, priority: HIGH }\n" +
                    "- match: { prefix: \"/normal\" }\n  route: { cluster: bounded }\n" +
                    "- match: { prefix: \"/ejected\" }\n  route: { cluster: ejected }\n" +
                    "- match: { prefix: \"/absent\" }\n  route: { cluster: absent }\n" +
                    "- match: { prefix: \"/leaving\" }\n  route: { cluster: leaving }\n" +
                    "- match: { prefix: \"/\" }\n  route: { cluster: checked }\n") +
                    "  clusters:\n" + clusters());
            program = Peers.either(isEnvoy, directory, file);
            admin = new Admin(adminPort);
            program.awaitPort(adminPort);
            program.awaitPort(port);
        }

        /** A cluster with one endpoint. */
        private static String cluster(final String name, final int endpoint, final String fields)
        {
            return "  - { name: " + name + ", type: STATIC, connect_timeout: 30s, " + fields + ", load_assignment: { " +
                "cluster_name: " + name + ", endpoints: [ { lb_endpoints: [ { endpoint: { address: " + at(endpoint) +
                " } } ] } ] } }\n";
        }

        private static String checks(final String interval, final String probe)
        {
            return NO_PANIC + ", health_checks: [ { timeout: 60s, interval: " + interval + ", no_traffic_interval: " +
                interval + ", unhealthy_threshold: 2, healthy_threshold: 2, http_health_check: { " + probe + " } } ]";
        }

        private String clusters() throws Exception
        {
            return GIVEN + cluster("checked", origin.port(), checks("0.05s", "path: /hc, host: hc.example, " +
                    "request_headers_to_add: [ { header: { key: X-A, value: b } }, " +
                    "{ header: { key: User-Agent, value: mine } }, { header: { key: accept, value: c } }, " +
                    "{ header: { key: accept, value: d } } ], retriable_statuses: [ { start: 200, end: 300 } ]")) +
                // Checked once, when it is healthy.
                cluster("leaving", origin.port(), checks("3600s", "path: /probe")) +
                cluster("ejected", origin.port(), NO_PANIC +
                    ", outlier_detection: { consecutive_5xx: 3, interval: 3600s, max_ejection_percent: 100 }") +
                // Nobody is behind its endpoint.
                cluster("absent", Program.freePort(), NO_PANIC +
                    ", outlier_detection: { split_external_local_origin_errors: true, " +
                    "consecutive_local_origin_failure: 2, consecutive_5xx: 1, interval: 3600s, max_ejection_percent: 100 }") +
                cluster("idle", origin.port(), "outlier_detection: {}") +
                cluster("bounded", origin.port(), "circuit_breakers: { thresholds: [ { priority: HIGH, max_requests: 0, " +
                    "retry_budget: { min_retry_concurrency: 7 } }, { max_connections: 17, max_retries: 5, " +
                    "track_remaining: true }, { max_connections: 18 } ] }");
        }

        /** All lines of /clusters for a cluster. */
        private String lines(final String cluster) throws Exception
        {
            return admin.get("/clusters?filter=^" + cluster + "$").replace(":" + origin.port() + "::", ":origin::");
        }

        /** The same in JSON. */
        private JsonElement json(final String cluster) throws Exception
        {
            return JsonParser.parseString(admin.get("/clusters?format=json&filter=^" + cluster + "$")
                .replace(Integer.toString(origin.port()), "1"));
        }

        /** Lines of /clusters that tell what an endpoint is. */
        private List<String> endpoints(final String cluster) throws Exception
        {
            final List<String> lines = new ArrayList<>();
            for (final String line : admin.get("/clusters").split("\n"))
            {
                if (line.startsWith(cluster + "::127.") && !line.matches(".*::(cx|rq)_\\w+::\\d+"))
                {
                    lines.add(line.replace(":" + origin.port() + "::", ":origin::"));
                }
            }
            return lines;
        }

        private Map<String, Long> stats(final String prefix) throws Exception
        {
            final Map<String, Long> stats = new TreeMap<>(admin.stats());
            stats.keySet().removeIf(name -> !name.startsWith(prefix));
            return stats;
        }

        /** What is counted of outliers, besides endpoints that are degraded for their answers, which is not supported. */
        private Map<String, Long> ejections(final String cluster) throws Exception
        {
            final Map<String, Long> stats = stats("cluster." + cluster + ".outlier_detection.");
            stats.keySet().removeIf(name -> name.endsWith("_degradation"));
            return stats;
        }

        private String firstCheck() throws Exception
        {
            final HttpMessage first =
                origin.takeSeen().stream().filter(seen -> seen.start().startsWith("GET /hc ")).findFirst().orElseThrow();
            return first.start() + first.fields();
        }

        private void awaitFlags(final String flags) throws Exception
        {
            Patience.await(() -> endpoints("checked").contains("checked::127.0.0.1:origin::health_flags::" + flags),
                () -> flags);
        }

        private String status(final String path) throws Exception
        {
            return status(path, "");
        }

        private String status(final String path, final String fields) throws Exception
        {
            try (Client client = new Client(port))
            {
                final HttpMessage answer =
                    client.send("GET " + path + " HTTP/1.1\r\nhost: a\r\n" + fields + "connection: close\r\n\r\n")
                        .read();
                return answer.status() + " " + answer.text();
            }
        }

        public void close() throws IOException
        {
            program.close();
            origin.close();
        }
    }

    @Test
    void shouldSaySameOfEndpointsAndFollowTheirHealth() throws Exception
    {
        final Side envoy = SIDES.envoy();
        final Side ringway = SIDES.ringway();
        final List<Side> sides = List.of(envoy, ringway);
        assertEquals(envoy.endpoints("given"), ringway.endpoints("given"));
        for (final String name : List.of("total", "healthy", "degraded", "excluded"))
        {
            final String stat = "cluster.given.membership_" + name;
            assertEquals(envoy.admin.stats().get(stat), ringway.admin.stats().get(stat), stat);
        }
        for (final Side side : sides)
        {
            side.awaitFlags("healthy");
        }
        assertEquals(envoy.endpoints("checked"), ringway.endpoints("checked"));
        assertEquals(envoy.firstCheck(), ringway.firstCheck());
        assertSameStatus(envoy, ringway, "200 ok");
        for (final Side side : sides)
        {
            side.answers.put("/hc", "HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n");
            side.awaitFlags("/failed_active_hc");
            side.admin.awaitStat("cluster.checked.membership_healthy", 0);
        }
        assertEquals(envoy.endpoints("checked"), ringway.endpoints("checked"));
        assertSameStatus(envoy, ringway, "503 no healthy upstream");
        for (final Side side : sides)
        {
            side.answers.remove("/hc");
            side.awaitFlags("healthy");
            side.admin.awaitStat("cluster.checked.health_check.healthy", 1);
        }
        assertSameStatus(envoy, ringway, "200 ok");
    }

    @Test
    void shouldLeaveOutAnEndpointWhoseAnswerAsksForItAsEnvoyDoes() throws Exception
    {
        final Side envoy = SIDES.envoy();
        final Side ringway = SIDES.ringway();
        final List<String> seen = new ArrayList<>();
        for (final Side side : List.of(envoy, ringway))
        {
            side.answers.put("/leaving/last",
                "HTTP/1.1 200 OK\r\nx-envoy-immediate-health-check-fail: true\r\ncontent-length: 2\r\n\r\nok");
            try (Client client = new Client(side.port))
            {
                final HttpMessage answer = client.get("/leaving/last");
                seen.add(answer.start() + answer.field("x-envoy-immediate-health-check-fail"));
            }
            Patience.await(() -> side.status("/leaving").equals("503 no healthy upstream"), () -> "the exclusion");
            side.admin.awaitStat("cluster.leaving.health_check.passive_failure", 1);
            side.admin.awaitStat("cluster.leaving.membership_healthy", 0);
            // Those who check count it behind those who serve.
            side.admin.awaitStat("cluster.leaving.health_check.healthy", 0);
        }
        assertEquals(seen.get(0), seen.get(1));
        assertEquals(envoy.endpoints("leaving"), ringway.endpoints("leaving"));
        final Map<String, Long> stats = envoy.stats("cluster.leaving.health_check.");
        stats.keySet().removeIf(name -> name.endsWith(".verify_cluster"));
        assertEquals(stats, ringway.stats("cluster.leaving.health_check."));
        assertEquals(envoy.stats("cluster.leaving.membership_"), ringway.stats("cluster.leaving.membership_"));
    }

    @Test
    void shouldHaveBoundsOfEachPriorityAsEnvoyHas() throws Exception
    {
        final Side envoy = SIDES.envoy();
        final Side ringway = SIDES.ringway();
        for (final String cluster : List.of("bounded", "idle", "given"))
        {
            assertEquals(envoy.lines(cluster), ringway.lines(cluster));
            assertEquals(envoy.json(cluster), ringway.json(cluster));
        }
        assertEquals("200 ok", ringway.status("/normal"));
        assertEquals("200 ok", envoy.status("/normal"));
        assertEquals(envoy.status("/high"), ringway.status("/high"));
        final String refused = "cluster.bounded.upstream_rq_active_overflow";
        ringway.admin.awaitStat(refused, 1);
        envoy.admin.awaitStat(refused, 1);
        ringway.admin.awaitQuiet();
        envoy.admin.awaitQuiet();
        final Map<String, Long> gauges = envoy.stats("cluster.bounded.circuit_breakers.");
        gauges.keySet().removeIf(name -> name.contains(".cx_pool_open") || name.endsWith(".remaining_cx_pools"));
        assertEquals(gauges, ringway.stats("cluster.bounded.circuit_breakers."));
    }

    @Test
    void shouldEjectAfterErrorsInARowAsEnvoyDoes() throws Exception
    {
        final Side envoy = SIDES.envoy();
        final Side ringway = SIDES.ringway();
        for (final Side side : List.of(envoy, ringway))
        {
            side.answers.put("/ejected/late", "");
            side.answers.put("/ejected/bad", "HTTP/1.1 503 No\r\ncontent-length: 2\r\n\r\nno");
            assertEquals("503 no", side.status("/ejected/bad"));
            assertEquals("503 no", side.status("/ejected/bad"));
            assertEquals("200 ok", side.status("/ejected/good"));
            assertEquals("503 no", side.status("/ejected/bad"));
            assertEquals("503 no", side.status("/ejected/bad"));
            assertEquals("204 ", side.status("/ejected/late",
                "x-envoy-upstream-rq-timeout-ms: 20\r\nx-envoy-upstream-rq-timeout-alt-response: 1\r\n"));
            assertEquals("503 no", side.status("/ejected/bad"));
            assertEquals("503 no", side.status("/ejected/bad"));
            assertEquals(0, side.admin.stats().get("cluster.ejected.outlier_detection.ejections_active"));
            assertEquals("503 no", side.status("/ejected/bad"));
            Patience.await(
                () -> side.status("/ejected/good").equals("503 no healthy upstream"), () -> "the ejection");
            side.admin.awaitStat("cluster.ejected.outlier_detection.ejections_active", 1);
        }
        assertEquals(envoy.endpoints("ejected"), ringway.endpoints("ejected"));
        assertEquals(envoy.ejections("ejected"), ringway.ejections("ejected"));
    }

    @Test
    void shouldEjectEndpointsThatAreNotThereAsEnvoyDoes() throws Exception
    {
        final String prefix = "cluster.absent.outlier_detection.";
        final Side envoy = SIDES.envoy();
        final Side ringway = SIDES.ringway();
        for (final Side side : List.of(envoy, ringway))
        {
            assertTrue(side.status("/absent").startsWith("503 upstream connect error"));
            assertEquals(0, side.admin.stats().get(prefix + "ejections_active"));
            assertTrue(side.status("/absent").startsWith("503 upstream connect error"));
            Patience.await(
                () -> side.status("/absent").equals("503 no healthy upstream"), () -> "the ejection");
            side.admin.awaitStat(prefix + "ejections_active", 1);
        }
        final Map<String, Long> actual = ringway.ejections("absent");
        assertEquals(envoy.ejections("absent"), actual);
        assertEquals(1, actual.get(prefix + "ejections_enforced_consecutive_local_origin_failure"));
    }

    /** Those who serve know of an endpoint's health somewhat later than the administration. */
    private static void assertSameStatus(final Side envoy, final Side ringway, final String status) throws Exception
    {
        Patience.await(() -> envoy.status("/").equals(status), () -> status + " of Envoy");
        Patience.await(() -> ringway.status("/").equals(status), () -> status + " of Ringway");
        assertEquals(status, envoy.status("/"));
        assertEquals(status, ringway.status("/"));
    }
}
