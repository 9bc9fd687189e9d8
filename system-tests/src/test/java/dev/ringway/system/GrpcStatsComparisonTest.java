package dev.ringway.system;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import static org.junit.jupiter.api.Assertions.assertTrue;

/** Ringway and Envoy count the same of calls of gRPC, by the same names. */
final class GrpcStatsComparisonTest
{
    private static final String MESSAGE = "\0\0\0\0\3abc";
    private static final Map<String, String> ANSWERS = new TreeMap<>(Map.of(
        "/a.b.Shop/Buy", answer("", MESSAGE + MESSAGE, "grpc-status: 0\r\n"),
        "/a.b.Shop/Sell", answer("", MESSAGE, "grpc-status: 5\r\n"),
        "/a.b.Shop/Wait", answer("", "", "other: 1\r\n"),
        "/a.b.Shop/Twice", answer("grpc-status: 3\r\n", "", "grpc-status: 16\r\n"),
        "/a.b.Shop/Never", "HTTP/1.1 200 OK\r\ncontent-type: application/grpc\r\ngrpc-status: 14\r\n" +
            "content-length: 0\r\n\r\n",
        "/a.b.Shop/Plain", "HTTP/1.1 503 Unavailable\r\ncontent-type: application/grpc\r\ncontent-length: 8\r\n\r\n" +
            MESSAGE,
        "/too/many/parts", answer("", MESSAGE, "grpc-status: 0\r\n")));
    private static final List<String> PATHS = List.of("/a.b.Shop/Buy", "/a.b.Shop/Sell", "/a.b.Shop/Wait",
        "/a.b.Shop/Twice", "/a.b.Shop/Never", "/a.b.Shop/Plain", "/too/many/parts", "/a.b.Shop/Buy?x=1", "/dead/Call",
        "/denied/Call");
    private static final List<String> FILTERS = List.of(
        "stats_for_all_methods: true, enable_upstream_stats: true",
        "stats_for_all_methods: true, replace_dots_in_grpc_service_name: true",
        "individual_method_stats_allowlist: { services: [ { name: a.b.Shop, method_names: [ Buy, Never ] } ] }",
        "enable_upstream_stats: false");

    @TempDir
    private static Path directory;

    private static String answer(final String head, final String content, final String trailers)
    {
        return "HTTP/1.1 200 OK\r\ncontent-type: application/grpc\r\n" + head + "transfer-encoding: chunked\r\n\r\n" +
            (content.isEmpty() ? "" : Integer.toHexString(content.length()) + "\r\n" + content + "\r\n") + "0\r\n" +
            trailers + "\r\n";
    }

    /** One of the two with a listener for each filter, and clusters for each listener. */
    private static final class Side implements AutoCloseable
    {
        private final int[] ports = new int[FILTERS.size()];
        private final Admin admin;
        private final Program program;

        private Side(final boolean isEnvoy, final Origin origin) throws Exception
        {
            final int adminPort = Program.freePort();
            final StringBuilder listeners = new StringBuilder();
            final StringBuilder clusters = new StringBuilder("  clusters:\n");
            for (int i = 0; i < ports.length; i++)
            {
                ports[i] = Program.freePort();
                listeners.append(listener(i, ports[i]));
                clusters.append(Bootstraps.cluster(
                    "up" + i, "STATIC", Bootstraps.tcpAddress("127.0.0.1", origin.port())))
                    .append("    alt_stat_name: other").append(i).append('\n')
                    .append(Bootstraps.HTTP2_CLUSTER.replace("http2_protocol_options: {}",
                        "http_protocol_options: { enable_trailers: true }"))
                    .append(Bootstraps.cluster("dead" + i, "STATIC", Bootstraps.tcpAddress("127.0.0.1", 1)));
            }
            final Path file = Files.writeString(directory.resolve(isEnvoy ? "envoy.yaml" : "ringway.yaml"),
                Bootstraps.admin(adminPort) + listeners + clusters);
            program = Peers.either(isEnvoy, directory, file);
            admin = new Admin(adminPort);
            program.awaitPort(adminPort);
            for (final int port : ports)
            {
                program.awaitPort(port);
            }
        }

        private static String listener(final int index, final int port)
        {
            final String text = Bootstraps.http("in" + index, Bootstraps.tcpAddress("127.0.0.1", port),
                "http_protocol_options: { enable_trailers: true }",
                "- match: { path: \"/dead/Call\" }\n  route: { cluster: dead" + index + " }\n" +
                "- match: { path: \"/denied/Call\" }\n  direct_response: { status: 403 }\n" +
                "- match: { prefix: \"/\" }\n  route: { cluster: up" + index + " }\n");
            final String filter = "{ name: calls, typed_config: { \"@type\": " + FilterSides.TYPE +
                "grpc_stats.v3.FilterConfig, " + FILTERS.get(index) + " } }";
            final int at = text.indexOf("http_filters:") + "http_filters:".length();
            final int item = text.indexOf('-', at);
            return text.substring(0, item) + "- " + filter + text.substring(at, item) + text.substring(item);
        }

        private void askAll() throws IOException
        {
            for (final int port : ports)
            {
                for (final String path : PATHS)
                {
                    ask(port, path, "application/grpc");
                    ask(port, path, "text/plain");
                }
            }
        }

        private static void ask(final int port, final String path, final String type) throws IOException
        {
            try (Client client = new Client(port))
            {
                client.send("POST " + path + " HTTP/1.1\r\nhost: a\r\ncontent-type: " + type +
                    "\r\ncontent-length: 24\r\n\r\n" + MESSAGE + MESSAGE + MESSAGE).read();
            }
        }

        /** Ringway's counters of calls come to be a little later than what they count. */
        private Map<String, Long> counters() throws Exception
        {
            final Map<String, Long> stats = admin.awaitQuiet();
            stats.keySet().removeIf(name -> !name.matches("cluster\\.\\w+\\.grpc\\..*"));
            stats.values().removeIf(value -> value == 0);
            return stats;
        }

        public void close() throws IOException
        {
            program.close();
        }
    }

    @Test
    void shouldCountAsEnvoyDoes() throws Exception
    {
        final Map<String, Long> expected;
        try (Origin origin = new Origin(ANSWERS); Side envoy = new Side(true, origin))
        {
            envoy.askAll();
            expected = envoy.counters();
        }
        assertTrue(expected.get("cluster.other0.grpc.a.b.Shop.Buy.response_message_count") == 4 &&
            expected.containsKey("cluster.dead1.grpc.dead.Call.14"), expected.toString());
        try (Origin origin = new Origin(ANSWERS); Side ringway = new Side(false, origin))
        {
            ringway.askAll();
            Patience.await(() -> ringway.counters().equals(expected), () -> "as Envoy, " + expected + ", but " +
                ringway.counters());
        }
    }
}
