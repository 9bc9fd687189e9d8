package dev.ringway.system;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Ringway and Envoy connect to the same addresses for clusters of the type ORIGINAL_DST, and count and log the same. */
@Timeout(300)
final class OriginalDstComparisonTest
{
    private static final String TYPE = "type.googleapis.com/envoy.extensions.";
    private static final String FORMAT = "%RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS% %UPSTREAM_HOST% " +
        "%UPSTREAM_CLUSTER% %DOWNSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_DIRECT_LOCAL_ADDRESS%";
    private static final List<String> COUNTED = List.of(
        "original_dst_host_invalid", "upstream_cx_none_healthy", "upstream_cx_connect_fail", "upstream_cx_total");
    private static final List<String> COUNTED_OF_RELAYS = List.of("upstream_rq_total", "upstream_rq_active",
        "upstream_rq_pending_total", "upstream_rq_pending_failure_eject");
    private static final String ROUTES = """
        - match: { prefix: /field }
          route: { cluster: field }
        - match: { prefix: /made }
          request_headers_to_add:
          - { header: { key: x-envoy-original-dst-host, value: "%REQ(x-where)%" }, append_action: OVERWRITE_IF_EXISTS_OR_ADD }
          route: { cluster: field }
        - match: { prefix: /again }
          request_headers_to_add:
          - { header: { key: x-envoy-original-dst-host, value: "%REQ(x-where)%" }, append_action: OVERWRITE_IF_EXISTS }
          route: { cluster: field, retry_policy: { retry_on: 5xx, num_retries: 2 } }
        - match: { prefix: /named }
          route: { cluster: named }
        - match: { prefix: /one }
          route: { cluster: one }
        - match: { prefix: /brief }
          route: { cluster: brief }
        - match: { prefix: /secure }
          route: { cluster: secure }
        - match: { prefix: /frames }
          route: { cluster: frames }
        - match: { prefix: /both }
          route: { cluster: both }
        - match: { prefix: / }
          route: { cluster: plain }
        """;

    @TempDir
    private static Path directory;

    private static Origin origin;
    private static int nobody;
    private static Program nginx;
    private static String secure;
    private static Pair<Side> sides;

    /** What the servers of nginx speak. */
    private enum Server
    {
        SECURE("ssl"),
        FRAMES("http2"),
        BOTH("ssl http2");

        private final String options;
        private int port;

        Server(final String options)
        {
            this.options = options;
        }
    }

    /** One of the two. */
    private static final class Side implements AutoCloseable
    {
        private final Map<String, Integer> ports = new HashMap<>();
        private final Path log;
        private final Program program;
        private final Admin admin;
        private int logged;

        private Side(final boolean isEnvoy) throws Exception
        {
            final int adminPort = Program.freePort();
            for (final String name : List.of("http", "told", "relay"))
            {
                ports.put(name, Program.freePort());
            }
            log = directory.resolve(isEnvoy ? "envoy.log" : "ringway.log");
            final Path file = Files.writeString(directory.resolve(isEnvoy ? "envoy.yaml" : "ringway.yaml"),
                Bootstraps.admin(adminPort) + http("http") + told(http("told")) +
                    told(Bootstraps.tcp("relay", address("relay"), "plain").replace(
                        "stat_prefix: relay", "stat_prefix: relay\n" + log().indent(10).stripTrailing())) +
                    "  clusters:\n" +
                    cluster("plain", "") +
                    cluster("field", "original_dst_lb_config: { use_http_header: true }") +
                    cluster("named", "original_dst_lb_config: { use_http_header: true, http_header_name: X-To, " +
                        "upstream_port_override: " + origin.port() + " }") +
                    cluster("one", "original_dst_lb_config: { use_http_header: true }\n    circuit_breakers: " +
                        "{ thresholds: [ { max_connections: 1 } ] }") +
                    cluster("brief", "original_dst_lb_config: { use_http_header: true }\n    cleanup_interval: 0.5s") +
                    cluster("secure", "original_dst_lb_config: { use_http_header: true }\n" + secure) +
                    cluster("frames", "original_dst_lb_config: { use_http_header: true }\n" + Bootstraps.HTTP2_CLUSTER) +
                    cluster("both", "original_dst_lb_config: { use_http_header: true }\n" + secure +
                        Bootstraps.HTTP2_CLUSTER));
            program = Peers.either(isEnvoy, directory, file);
            program.awaitPort(adminPort);
            for (final int port : ports.values())
            {
                program.awaitPort(port);
            }
            admin = new Admin(adminPort);
        }

        private String address(final String name)
        {
            return Bootstraps.tcpAddress("127.0.0.1", ports.get(name));
        }

        private String http(final String name)
        {
            return Bootstraps.http(name, address(name), log(), ROUTES);
        }

        private String log()
        {
            return "access_log: [ { name: log, typed_config: { \"@type\": " +
                TYPE + "access_loggers.file.v3.FileAccessLog, path: \"" + log +
                "\", log_format: { text_format_source: { inline_string: \"" + FORMAT + "\\n\" } } } } ]";
        }

        private static String told(final String listener)
        {
            return listener.replace("    filter_chains:\n", "    listener_filters: [ { name: p, typed_config: " +
                "{ \"@type\": " + TYPE + "filters.listener.proxy_protocol.v3.ProxyProtocol } } ]\n" +
                "    filter_chains:\n");
        }

        private static String cluster(final String name, final String more)
        {
            return "  - name: " + name + "\n    type: ORIGINAL_DST\n    lb_policy: CLUSTER_PROVIDED\n" +
                "    connect_timeout: 30s\n" + (more.isEmpty() ? "" : "    " + more + "\n");
        }

        /** What the client is told, what the upstream has seen of it, what is logged and counted. */
        private String ask(final String listener, final String request) throws Exception
        {
            origin.takeSeen();
            final Map<String, Long> before = counts(listener);
            final String bytes = request.replace("~", "\r\n").replace("ITSELF", String.valueOf(ports.get(listener)));
            final String answer = answer(listener, bytes);
            admin.awaitQuiet();
            final List<String> lines = LogLines.await(log, ++logged, line -> true);
            assertEquals(logged, lines.size(), lines.toString());
            final Map<String, Long> counted = counts(listener);
            counted.replaceAll((name, value) -> value - before.getOrDefault(name, 0L));
            counted.values().removeIf(value -> value == 0);
            return answer + '\n' + origin.takeSeen().stream().map(HttpMessage::start).collect(Collectors.joining("\n")) +
                '\n' + lines.getLast().replace(":" + ports.get(listener), ":own") + '\n' + counted;
        }

        private String answer(final String listener, final String bytes) throws IOException
        {
            try (Client client = new Client(ports.get(listener)))
            {
                final HttpMessage message = client.send(bytes).read();
                return message == null ? "closed" : message.start() + ' ' + message.text();
            }
            catch (final SocketException e)
            {
                return "closed";
            }
        }

        private Map<String, Long> counts(final String listener) throws Exception
        {
            final Map<String, Long> counts = new TreeMap<>(admin.stats("^cluster"));
            counts.keySet().removeIf(name ->
            {
                final String last = name.substring(name.lastIndexOf('.') + 1);
                return !COUNTED.contains(last) && !(listener.equals("relay") && COUNTED_OF_RELAYS.contains(last));
            });
            return counts;
        }

        public void close() throws IOException
        {
            program.close();
        }
    }

    @BeforeAll
    static void start() throws Exception
    {
        origin = new Origin(Map.of("/again", "HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n"));
        nobody = Program.freePort();
        final Certificates certificates = new Certificates(directory, "ca");
        final Certificates.Certified own = certificates.ecdsa("server", "dns:server.mesh");
        secure = Bootstraps.upstreamTls("sni: server.mesh, common_tls_context: { alpn_protocols: [ h2, http/1.1 ], " +
            "validation_context: { trusted_ca: { filename: \"" + certificates.authority() + "\" } } }");
        final StringBuilder servers = new StringBuilder();
        for (final Server server : Server.values())
        {
            server.port = Program.freePort();
            servers.append("""
                server
                {
                    listen 127.0.0.1:%d %s;
                    ssl_certificate %s;
                    ssl_certificate_key %s;
                    default_type text/plain;
                    location / { return 200 "$scheme $server_protocol $ssl_server_name $http_host"; }
                }
                """.formatted(server.port, server.options, own.certificate(), own.key()));
        }
        nginx = Peers.nginx(directory, servers.toString());
        for (final Server server : Server.values())
        {
            nginx.awaitPort(server.port);
        }
        sides = Pair.start(Side::new);
    }

    @AfterAll
    static void stop() throws Exception
    {
        Pair.stop(sides);
        nginx.close();
        origin.close();
    }

    private static String compare(final String listener, final String request) throws Exception
    {
        final String text = request.replace("ORIGIN", String.valueOf(origin.port()))
            .replace("NOBODY", String.valueOf(nobody));
        final String theirs = sides.envoy().ask(listener, text);
        assertEquals(theirs, sides.ringway().ask(listener, text));
        return theirs;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        /field | x-envoy-original-dst-host: 127.0.0.1:ORIGIN         | 200
        /field | X-Envoy-Original-Dst-Host: 127.0.0.1:ORIGIN         | 200
        /field | x-other: 1                                          | 503
        /field | x-envoy-original-dst-host: 127.0.0.1                | 503
        /field | x-envoy-original-dst-host: 127.0.0.1:               | 503
        /field | x-envoy-original-dst-host: 127.0.0.1:65536          | 503
        /field | x-envoy-original-dst-host: 127.0.0.1:8x             | 503
        /field | x-envoy-original-dst-host: :ORIGIN                  | 503
        /field | x-envoy-original-dst-host: [127.0.0.1]:ORIGIN       | 503
        /field | x-envoy-original-dst-host: ::1:ORIGIN               | 503
        /field | x-envoy-original-dst-host: [::1]                    | 503
        /field | x-envoy-original-dst-host: [::1]ORIGIN              | 503
        /field | x-envoy-original-dst-host: localhost:ORIGIN         | 503
        /field | x-envoy-original-dst-host: 127.0.0.1:ORIGIN, 127.0.0.1:1 | 503
        /field | x-envoy-original-dst-host:                          | 503
        /field | x-envoy-original-dst-host: 127.0.0.1:ORIGIN~x-envoy-original-dst-host: a | 200
        /field | x-envoy-original-dst-host: a~x-envoy-original-dst-host: 127.0.0.1:ORIGIN | 503
        /field | x-envoy-original-dst-host: 127.0.0.1:NOBODY         | 503
        /field | x-to: 127.0.0.1:ORIGIN                              | 503
        /named | x-to: 127.0.0.1:1                                   | 200
        /named | x-to: 127.0.0.1                                     | 503
        /named | x-envoy-original-dst-host: 127.0.0.1:ORIGIN         | 503
        /plain | x-envoy-original-dst-host: 127.0.0.1:ORIGIN         | 503
        /made  | x-where: 127.0.0.1:ORIGIN                           | 200
        /made  | x-envoy-original-dst-host: 127.0.0.1:ORIGIN~x-where: a | 503
        /again | x-envoy-original-dst-host: a~x-where: 127.0.0.1:ORIGIN | 500
        """)
    void shouldGoWhereTheRequestSays(final String path, final String fields, final int status) throws Exception
    {
        final String told = compare("http", "GET " + path + " HTTP/1.1~host: a~" + fields + "~~");
        assertEquals("HTTP/1.1 " + status, told.substring(0, 12), told);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        /plain | TCP4 1.2.3.4 127.0.0.1 1000 ORIGIN | x-other: 1                                  | 200
        /plain | TCP4 1.2.3.4 127.0.0.1 1000 NOBODY | x-other: 1                                  | 503
        /plain | UNKNOWN                            | x-other: 1                                  | 503
        /field | TCP4 1.2.3.4 127.0.0.1 1000 NOBODY | x-envoy-original-dst-host: 127.0.0.1:ORIGIN | 200
        /field | TCP4 1.2.3.4 127.0.0.1 1000 ORIGIN | x-envoy-original-dst-host: a                | 200
        /field | TCP4 1.2.3.4 127.0.0.1 1000 ORIGIN | x-other: 1                                  | 200
        /named | TCP4 1.2.3.4 127.0.0.1 1000 NOBODY | x-other: 1                                  | 200
        /plain | TCP4 1.2.3.4 127.0.0.1 1000 ITSELF | x-other: 1                                  | 503
        """)
    void shouldGoWhereTheClientWantedToGo(
        final String path, final String proxy, final String fields, final int status) throws Exception
    {
        final String told =
            compare("told", "PROXY " + proxy + "~GET " + path + " HTTP/1.1~host: a~" + fields + "~~");
        assertEquals("HTTP/1.1 " + status, told.substring(0, 12), told);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        TCP4 1.2.3.4 127.0.0.1 1000 ORIGIN | HTTP/1.1 200 OK
        UNKNOWN                            | closed
        """)
    void shouldRelayWhereTheClientWantedToGo(final String proxy, final String expected) throws Exception
    {
        final String told = compare("relay", "PROXY " + proxy + "~GET / HTTP/1.1~host: a~connection: close~~");
        assertTrue(told.startsWith(expected), told);
    }

    /** Twice each: the second goes on the connection of the first. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        /secure | SECURE | 200 | https HTTP/1.1 server.mesh a
        /frames | FRAMES | 200 | http HTTP/2.0  a
        /both   | BOTH   | 200 | https HTTP/2.0 server.mesh a
        /secure | FRAMES | 503 | ''
        """)
    void shouldSpeakWhatTheClusterSays(
        final String path, final Server server, final int status, final String seen) throws Exception
    {
        final String request =
            "GET " + path + " HTTP/1.1~host: a~x-envoy-original-dst-host: 127.0.0.1:" + server.port + "~~";
        for (int i = 0; i < 2; i++)
        {
            final String told = compare("http", request);
            assertTrue(told.startsWith("HTTP/1.1 " + status) && told.contains(seen), told);
        }
    }

    private static String countedForNobody(final Side side) throws Exception
    {
        final String told = side.ask("relay", "PROXY TCP4 1.2.3.4 127.0.0.1 1000 " + nobody + "~hello~~");
        return told.lines().toList().getLast();
    }

    @Test
    void shouldCountNoRequestForARelayThatFindsNobody() throws Exception
    {
        final String theirs = countedForNobody(sides.envoy());
        assertEquals(theirs, countedForNobody(sides.ringway()));
        assertTrue(theirs.contains("upstream_cx_connect_fail=1"), theirs);
        assertFalse(theirs.contains("upstream_rq_total"), theirs);
    }

    @Test
    void shouldNotGiveAConnectionToWhoWantsToGoElsewhere() throws Exception
    {
        final String request = "GET /one HTTP/1.1\r\nhost: a\r\nx-envoy-original-dst-host: 127.0.0.1:%d\r\n\r\n";
        try (Origin other = new Origin(Map.of("/one", "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nother"));
            Client first = new Client(sides.ringway().ports.get("http"));
            Client second = new Client(sides.ringway().ports.get("http")))
        {
            final CountDownLatch held = origin.hold();
            first.send(request.formatted(origin.port()));
            sides.ringway().admin.awaitStat("cluster.one.upstream_rq_active", 1);
            second.send(request.formatted(other.port()));
            sides.ringway().admin.awaitStat("cluster.one.upstream_rq_pending_active", 1);
            held.countDown();
            assertEquals("ok", first.read().text());
            assertEquals("other", second.read().text());
            assertEquals(1, other.takeSeen().size());
        }
        // Their lines come at some time.
        sides.ringway().logged = LogLines.await(sides.ringway().log, sides.ringway().logged + 2, line -> true).size();
    }

    private static String endpoints(final Side side) throws Exception
    {
        return side.admin.get("/clusters?filter=brief").lines().sorted().collect(Collectors.joining("\n"));
    }

    @Test
    void shouldForgetWhatHasNoConnection() throws Exception
    {
        compare("http", "GET /brief HTTP/1.1~host: a~x-envoy-original-dst-host: 127.0.0.1:ORIGIN~~");
        compare("http", "GET /brief HTTP/1.1~host: a~x-envoy-original-dst-host: 127.0.0.1:NOBODY~~");
        for (final Side side : List.of(sides.envoy(), sides.ringway()))
        {
            side.admin.awaitStat("cluster.brief.membership_total", 1);
            side.admin.awaitStat("cluster.brief.membership_healthy", 1);
            side.admin.awaitStat("cluster.brief.membership_change", 3);
        }
        // The one that is left was not asked for any longer, but a connection is there.
        final String theirs = endpoints(sides.envoy());
        assertEquals(theirs, endpoints(sides.ringway()));
        assertTrue(theirs.contains("127.0.0.1:" + origin.port() + "::cx_active::1"), theirs);
        origin.dropConnections();
        for (final Side side : List.of(sides.envoy(), sides.ringway()))
        {
            side.admin.awaitStat("cluster.brief.membership_total", 0);
        }
        assertEquals(endpoints(sides.envoy()), endpoints(sides.ringway()));
    }
}
