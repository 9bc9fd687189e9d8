package dev.ringway.system;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * Ringway and Envoy count the same of the same traffic, and of what Envoy has names for Ringway lacks what is listed.
 * Counters are compared from the beginning on, so that nothing that is counted late goes unseen.
 */
@Timeout(300)
final class StatsComparisonTest
{
    private static final String OK = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
    private static final String NONE = "\r\ncontent-length: 0\r\n\r\n";
    private static final Map<String, String> ANSWERS = Map.of("/", OK, "/fails", "HTTP/1.1 503 Unavailable" + NONE,
        "/again", "HTTP/1.1 503 Unavailable" + NONE, "/full/fails", "HTTP/1.1 500 No" + NONE,
        "/missing", "HTTP/1.1 404 Not Found" + NONE, "/moved", "HTTP/1.1 302 Found" + NONE, "/never", "",
        "/chunked", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n");
    /** Fields of a cluster that has all that adds to what is counted. */
    private static final String FULL = """
            lb_policy: RING_HASH
            health_checks:
            - { timeout: 60s, interval: 3600s, no_traffic_interval: 3600s, unhealthy_threshold: 1, \
        healthy_threshold: 1, http_health_check: { path: / } }
            outlier_detection: { consecutive_5xx: 2, interval: 3600s, max_ejection_percent: 0, \
        always_eject_one_host: false }
            dns_refresh_rate: 3600s
            dns_lookup_family: V4_ONLY
            circuit_breakers: { thresholds: [ { track_remaining: true }, { priority: HIGH, track_remaining: true } ] }
        """;
    /** Compared: what traffic moves, but for what follows: own names and times have other lengths. */
    private static final String COMPARED = "(cluster|http|listener|tcp|r|local_rate_limit)\\.(?!admin\\.|async).*";
    private static final String LEFT_OUT = ".*_bytes_total|.*downstream_cx_http1_total" +
        "|cluster\\.relayed\\..*active_rq" +
        // Who closes first of those who both want to is chance.
        "|http\\..*\\.downstream_cx_(destroy_.*|delayed_close_timeout)";

    /** Names of Envoy's that Ringway does not have, by what docs/differences.md says of them. */
    static final Map<String, String> LACKING = new LinkedHashMap<>();

    static
    {
        LACKING.put("the administration's own connections", "(http|listener)\\.admin\\..*");
        LACKING.put("Envoy's own HTTP client, threads, watchdogs and process", "http\\.async-client\\..*" +
            "|(main_thread|workers|thread_local_cluster_manager|overload|envoy\\.overload_actions)\\..*" +
            "|listener\\..*\\.(worker_\\d+|main_thread)\\..*|listener_manager\\.workers_pinned" +
            "|server\\.((main_thread|worker_\\d+)\\..*|compilation_settings\\..*|debug_assertion_failures" +
            "|dropped_stat_flushes|(dynamic|static)_unknown_fields|envoy_(bug_failures|notifications)|wip_protos" +
            "|hot_restart_epoch|parent_connections|seconds_until_first_ocsp_response_expiring|stats_recent_lookups" +
            "|version|state)");
        LACKING.put("what only configuration from a control plane, runtime layers, tracing, HTTP/3, OCSP, internal " +
            "redirects, zones, overload managers or maintenance mode would move",
            "runtime\\..*|cluster\\..*\\.(assignment_.*|lb_(zone|local|recalculate)_.*|version|warming_state" +
            "|.*http3.*|upstream_(rq_0rtt|cx_connect_with_0_rtt)|upstream_internal_redirect_.*" +
            "|upstream_rq_maintenance_mode|update_(empty|no_rebuild)|default\\.total_match_count)" +
            "|cluster_manager\\.(warming_clusters|.*merge.*)|http\\..*\\.(tracing\\..*|.*http3.*" +
            "|passthrough_internal_redirect_.*|.*overload.*|downstream_rq_rejected_via_ip_detection)" +
            "|listener\\..*\\.(.*overload.*|downstream_global_cx_overflow|(network_)?extension_config_missing" +
            "|downstream_listener_filter_error|.*ocsp.*|server_ssl_socket_factory\\..*|.*_secrets_not_ready)" +
            "|listener_manager\\.(listener_in_place_updated|total_(filter_chains_draining|listeners_warming))" +
            "|tcp\\..*\\.(.*overload.*|early_data_received_count_total|route_delayed_total)");
        LACKING.put("bytes that wait in buffers now", ".*_(rx|tx)_bytes_buffered|.*http2\\.pending_send_bytes");
        LACKING.put("what Envoy's codecs and its resolver count of themselves", "dns\\.cares\\..*" +
            "|(cluster\\..*\\.)?http1\\..*" +
            "|(cluster\\..*\\.)?http2\\.(cookie_.*|deferred_stream_close|.*underscores.*|header_(count|list_size)" +
            "|metadata_empty_frames|n?g?o?g?http2_.*connections|outbound_(control_)?frames_active" +
            "|stream_refused_errors)");
    }

    static
    {
        LACKING.put("what is not counted here", "cluster\\..*\\.(bind_errors|circuit_breakers\\..*\\.cx_pool_open" +
            "|circuit_breakers\\..*\\.remaining_cx_pools|external\\.upstream_rq_time|max_host_weight" +
            "|health_check\\.verify_cluster" +
            "|outlier_detection\\..*_degradation|upstream_cx_(pool_overflow|preconnect_skipped)" +
            "|upstream_flow_control_(backed_up|drained)_total|upstream_queue_overloaded" +
            "|upstream_rq_(max_duration_reached|per_cx|rx_reset_no_error))" +
            "|http\\..*\\.downstream_cx_(http1_soft_drain|ssl_active)" +
            "|listener\\..*\\.connections_accepted_per_socket_event" +
            "|tcp\\..*\\.(downstream_cx_drain_close|upstream_flush_active)");
    }

    private static final Map<String, Action> ACTIONS = new LinkedHashMap<>();

    static
    {
        for (final String path : List.of("/", "/direct", "/redirect", "/nowhere", "/dead", "/gone", "/fails", "/again",
            "/missing", "/moved", "/never", "/chunked", "/full", "/full/fails"))
        {
            ACTIONS.put("GET " + path, side -> side.ask("GET " + path + " HTTP/1.1\r\nhost: a\r\n\r\n"));
        }
        ACTIONS.put("two requests", side ->
        {
            try (Client client = new Client(side.ports.get("in")))
            {
                client.get("/");
                client.get("/direct");
            }
        });
        ACTIONS.put("POST", side -> side.ask("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n\r\nabc"));
        ACTIONS.put("close", side -> side.ask("GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"));
        ACTIONS.put("no head", side -> side.ask("GET\u0001 / HTTP/1.1\r\n\r\n"));
        ACTIONS.put("head too large",
            side -> side.ask("GET / HTTP/1.1\r\nhost: a\r\nx: " + "y".repeat(70_000) + "\r\n\r\n"));
        for (final String path : List.of("/", "/direct", "/nowhere", "/dead", "/fails"))
        {
            ACTIONS.put("HTTP/2 " + path, side ->
            {
                try (Http2Client client = Http2Client.open(side.ports.get("in")))
                {
                    final int stream = client.request(Http2Block.request("GET", path), true);
                    client.awaitOrEnd("an end", frame -> frame.stream() == stream && frame.endsStream());
                }
            });
        }
        ACTIONS.put("relay", side ->
        {
            try (Client client = new Client(side.ports.get("relay")))
            {
                client.get("/");
            }
        });
        ACTIONS.put("relay that is limited", side ->
        {
            for (int i = 0; i < 2; i++)
            {
                side.ask("limited", "GET / HTTP/1.1\r\nhost: a\r\n\r\n");
            }
        });
    }

    @TempDir
    private static Path directory;

    private static Side envoy;
    private static Side ringway;

    /** What a client does. */
    @FunctionalInterface
    private interface Action
    {
        void on(Side side) throws Exception;
    }

    /** One proxy before an upstream of its own. */
    private static final class Side
    {
        private final Map<String, Integer> ports = new TreeMap<>();
        private final Origin origin = new Origin(ANSWERS);
        private final Program program;
        private final Admin admin;

        private Side(final boolean isEnvoy) throws Exception
        {
            for (final String name : List.of("admin", "in", "relay", "limited"))
            {
                ports.put(name, Program.freePort());
            }
            final Path file =
                Files.writeString(directory.resolve(isEnvoy ? "envoy.yaml" : "ringway.yaml"), bootstrap());
            program = Peers.either(isEnvoy, directory, file);
            admin = new Admin(ports.get("admin"));
            program.awaitPort(ports.get("admin"));
            Patience.await(() -> admin.stats().getOrDefault("listener_manager.workers_started", 0L) == 1 &&
                admin.get("/server_info").contains("\"LIVE\""), () -> "started");
        }

        private String bootstrap()
        {
            final String limit = "- { name: l, typed_config: { \"@type\": type.googleapis.com/envoy.extensions." +
                "filters.network.local_ratelimit.v3.LocalRateLimit, stat_prefix: l, " +
                "token_bucket: { max_tokens: 1, fill_interval: 3600s } } }\n        ";
            return Bootstraps.admin(ports.get("admin")) + Bootstraps.http("in", address("in"), "server_name: same", """
                - match: { path: "/direct" }
                  direct_response: { status: 200, body: { inline_string: "direct" } }
                - match: { path: "/redirect" }
                  redirect: { path_redirect: "/" }
                - match: { path: "/dead" }
                  route: { cluster: dead }
                - match: { path: "/gone" }
                  route: { cluster_header: x-gone }
                - match: { prefix: "/full" }
                  route: { cluster: full, hash_policy: [ { header: { header_name: a } } ] }
                - match: { path: "/again" }
                  route: { cluster: origin, retry_policy: { retry_on: 5xx, num_retries: 1 } }
                - match: { path: "/never" }
                  route: { cluster: origin, timeout: 1s }
                - match: { safe_regex: { regex: "/|/fails|/missing|/moved|/chunked" } }
                  route: { cluster: origin }
                """).replaceFirst("    address:", "    stat_prefix: in\n    address:") +
                Bootstraps.tcp("relay", address("relay"), "relayed") +
                Bootstraps.tcp("limited", address("limited"), "relayed").replace("- filters:\n        -",
                    "- filters:\n        " + limit + "-") +
                "  clusters:\n" + Bootstraps.cluster("origin", "STATIC",
                    Bootstraps.tcpAddress("127.0.0.1", origin.port())) +
                Bootstraps.cluster("relayed", "STATIC", Bootstraps.tcpAddress("127.0.0.1", origin.port())) +
                Bootstraps.cluster("full", "STRICT_DNS",
                    Bootstraps.tcpAddress("localhost", origin.port())) + FULL +
                Bootstraps.cluster("dead", "STATIC", Bootstraps.tcpAddress("127.0.0.1", 1));
        }

        private String address(final String name)
        {
            return Bootstraps.tcpAddress("127.0.0.1", ports.get(name));
        }

        void ask(final String request) throws IOException
        {
            ask("in", request);
        }

        /** Has an answer or an end. */
        void ask(final String listener, final String request) throws IOException
        {
            try (Client client = new Client(ports.get(listener)))
            {
                client.send(request).read();
            }
            catch (final IOException e)
            {
                // Cut off, as some are.
            }
        }

        /** By name, with the listeners' names for their ports. */
        Map<String, Long> counted(final String query) throws Exception
        {
            final Map<String, Long> values = new TreeMap<>();
            for (final String line : admin.get("/stats" + query).split("\n"))
            {
                final int colon = line.indexOf(": ");
                final String value = line.substring(colon + 2);
                values.put(named(line.substring(0, colon)), value.matches("\\d+") ? Long.parseUnsignedLong(value) : 0);
            }
            return values;
        }

        private String named(final String stat)
        {
            String name = stat;
            for (final Map.Entry<String, Integer> port : ports.entrySet())
            {
                name = name.replace("127.0.0.1_" + port.getValue(), port.getKey());
            }
            return name;
        }

        void end() throws Exception
        {
            program.close();
            origin.close();
        }
    }

    @BeforeAll
    static void start() throws Exception
    {
        envoy = new Side(true);
        ringway = new Side(false);
    }

    @AfterAll
    static void end() throws Exception
    {
        for (final Side side : new Side[] {envoy, ringway})
        {
            if (side != null)
            {
                side.end();
            }
        }
    }

    static Set<String> actions()
    {
        return ACTIONS.keySet();
    }

    /** "name: Envoy's -> Ringway's" where they differ. */
    private static List<String> differences() throws Exception
    {
        final Map<String, Long> theirs = envoy.counted("?type=Counters");
        final Map<String, Long> ours = ringway.counted("?type=Counters");
        final String lacking = String.join("|", LACKING.values());
        final Set<String> names = new TreeSet<>(theirs.keySet());
        names.addAll(ours.keySet());
        final List<String> differences = new ArrayList<>();
        for (final String name : names)
        {
            final long their = theirs.getOrDefault(name, 0L);
            final long our = ours.getOrDefault(name, 0L);
            if (their != our && name.matches(COMPARED) && !name.matches(LEFT_OUT) && !name.matches(lacking))
            {
                differences.add(name + ": " + their + " -> " + our);
            }
        }
        return differences;
    }

    @ParameterizedTest
    @MethodSource("actions")
    void shouldCountWhatEnvoyCounts(final String action) throws Exception
    {
        ACTIONS.get(action).on(envoy);
        ACTIONS.get(action).on(ringway);
        Patience.await(() -> differences().isEmpty(), () -> "the same counters: " + differences());
    }

    @Test
    void shouldHaveAllNamesOfEnvoysBesidesThoseThatAreListed() throws Exception
    {
        final Set<String> lacking = new TreeSet<>(envoy.counted("").keySet());
        lacking.removeAll(ringway.counted("").keySet());
        final List<String> unused = new ArrayList<>(LACKING.keySet());
        for (final Map.Entry<String, String> group : LACKING.entrySet())
        {
            if (lacking.removeIf(name -> name.matches(group.getValue())))
            {
                unused.remove(group.getKey());
            }
        }
        assertEquals(Set.of(), lacking);
        assertEquals(List.of(), unused);
    }
}
