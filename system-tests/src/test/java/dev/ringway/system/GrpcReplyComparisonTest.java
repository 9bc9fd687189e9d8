package dev.ringway.system;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What Ringway and Envoy answer by themselves to requests of gRPC in both versions of HTTP, and what they log. */
final class GrpcReplyComparisonTest
{
    private static final List<String> CONTENT_TYPES = List.of("application/grpc", "application/grpc+proto",
        "application/grpc-web", "application/grpc;x", "Application/grpc", "application/json");
    private static final List<String> PATHS = List.of("/none", "/dead", "/200", "/204", "/400", "/401", "/403", "/404",
        "/408", "/418", "/429", "/500", "/502", "/503", "/504", "/redirect", "/late");

    /** Calls by what is special of them, with the status of gRPC that Ringway tells and Envoy does not. */
    static final Map<String, String> DIFFERENCES = Map.of("a call whose endpoint resets it when its time is over", "4");

    @TempDir
    private static Path directory;

    private static ServerSocket silent;
    private static NettyServer resetting;
    private static Origin origin;
    private static Pair<Side> sides;

    /** One of the two. */
    private static final class Side implements AutoCloseable
    {
        private final int port = Program.freePort();
        private final Path log;
        private final Admin admin;
        private final Program program;

        private Side(final boolean isEnvoy) throws Exception
        {
            log = directory.resolve(isEnvoy ? "envoy.log" : "ringway.log");
            final int adminPort = Program.freePort();
            final Path file = Files.writeString(directory.resolve(isEnvoy ? "envoy.yaml" : "ringway.yaml"),
                Bootstraps.admin(adminPort) + Bootstraps.http("in", Bootstraps.tcpAddress("127.0.0.1", port), """
                    access_log:
                    - name: envoy.access_loggers.file
                      typed_config:
                        "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
                        path: %s
                        log_format: { text_format_source: { inline_string: "%%REQ(:PATH)%% %%PROTOCOL%% \
                    %%RESPONSE_CODE%% %%RESPONSE_FLAGS%% %%RESPONSE_CODE_DETAILS%% %%BYTES_SENT%% \
                    %%RESP(CONTENT-TYPE)%%\\n" } }
                    """.formatted(log), routes()) + "  clusters:\n" + Bootstraps.cluster(
                    "dead", "STATIC", Bootstraps.tcpAddress("127.0.0.1", Program.freePort())) + Bootstraps.cluster(
                    "silent", "STATIC", Bootstraps.tcpAddress("127.0.0.1", silent.getLocalPort())) + Bootstraps.cluster(
                    "resetting", "STATIC", Bootstraps.tcpAddress("127.0.0.1", resetting.port())) +
                    Bootstraps.HTTP2_CLUSTER + Bootstraps.cluster(
                    "origin", "STATIC", Bootstraps.tcpAddress("127.0.0.1", origin.port())));
            program = Peers.either(isEnvoy, directory, file);
            admin = new Admin(adminPort);
            program.awaitPort(adminPort).awaitPort(port);
        }

        private static String routes()
        {
            final StringBuilder routes = new StringBuilder("""
                - match: { path: "/dead" }
                  route: { cluster: dead }
                - match: { prefix: "/reset" }
                  route: { cluster: resetting }
                - match: { prefix: "/again/reset" }
                  route: { cluster: resetting, retry_policy: { retry_on: reset, num_retries: 2, \
                retry_back_off: { base_interval: 0.001s } } }
                - match: { path: "/timed/late" }
                  route: { cluster: silent, max_stream_duration: { grpc_timeout_header_max: 60s, \
                grpc_timeout_header_offset: 59.9s } }
                - match: { path: "/timed/told" }
                  route: { cluster: origin, max_stream_duration: { grpc_timeout_header_max: 60s, \
                grpc_timeout_header_offset: 1s } }
                - match: { path: "/redirect" }
                  redirect: { host_redirect: "other.example" }
                - match: { path: "/late" }
                  route: { cluster: silent, max_stream_duration: { max_stream_duration: 0.1s } }
                """);
            for (final String path : PATHS)
            {
                if (Character.isDigit(path.charAt(1)))
                {
                    routes.append("- match: { path: \"").append(path).append("\" }\n  direct_response: { status: ")
                        .append(path.substring(1))
                        .append(path.equals("/204") ? " }\n" : ", body: { inline_string: \"a~b%c\\n\u00e9\" } }\n");
                }
            }
            return routes.toString();
        }

        private Map<String, Object> http1(final String path, final String contentType) throws Exception
        {
            try (Client client = new Client(port))
            {
                final HttpMessage answer = client.send("POST " + path + " HTTP/1.1\r\nhost: test\r\ncontent-type: " +
                    contentType + "\r\ncontent-length: 0\r\n\r\n").read();
                return seen(Integer.toString(answer.status()), answer.fields(), answer.text());
            }
        }

        private Map<String, Object> http2(final String path, final String contentType) throws Exception
        {
            try (Http2Client client = Http2Client.open(port))
            {
                final Http2Answer answer = client.answer(client.request(
                    Http2Block.request("POST", path, "content-type", contentType), true));
                return seen(answer.field(":status"), answer.fields(), answer.text());
            }
        }

        private static Map<String, Object> seen(final String status, final List<String> fields, final String text)
        {
            final TreeSet<String> comparable = new TreeSet<>();
            for (final String field : fields)
            {
                final int colon = field.indexOf(':', 1);
                final String name = field.substring(0, colon);
                comparable.add(name + ": " + EnvoyCases.comparable(name, field.substring(colon + 1).strip()));
            }
            return new TreeMap<>(Map.of("status", status, "fields", comparable, "text", text));
        }

        /** Envoy says more of why a connection failed. */
        private List<String> log(final int lines) throws Exception
        {
            return LogLines.await(log, lines, line -> !line.matches("/(reset|again|timed)/.*"));
        }

        /** The answer to a call that says how long it waits. */
        private String timed(final String path, final String type, final String timeout) throws Exception
        {
            try (Http2Client client = Http2Client.open(port))
            {
                final Http2Answer answer = client.answer(client.request(
                    Http2Block.request("POST", path, "content-type", type, "grpc-timeout", timeout), true));
                return answer.status() + " " + answer.field("grpc-status") + " " + answer.field("grpc-message") + " " +
                    answer.text() + " " + (answer.reset() == Http2Answer.NONE);
            }
        }

        private Map<String, Long> counters() throws Exception
        {
            final Map<String, Long> stats = admin.awaitQuiet();
            stats.keySet().removeIf(
                name -> !name.matches("http\\.in\\.downstream_rq_[2345]xx|cluster\\.dead\\.upstream_rq_[2345]xx"));
            stats.values().removeIf(value -> value == 0);
            return stats;
        }

        public void close() throws IOException
        {
            program.close();
        }
    }

    @BeforeAll
    static void start() throws Exception
    {
        // The kernel accepts, nobody answers.
        silent = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
        origin = new Origin(Map.of());
        resetting = new NettyServer(null, 65_535);
        sides = Pair.start(Side::new);
    }

    @AfterAll
    static void stop() throws Exception
    {
        Pair.stop(sides);
        silent.close();
        resetting.close();
        origin.close();
    }

    @ParameterizedTest
    @CsvSource({"application/grpc, 5S", "application/grpc, 2M", "application/grpc, 99999999H", "application/grpc, 5500m",
        "application/grpc, x", "application/json, 5S"})
    void shouldTellEndpointsHowLongTheyHave(final String type, final String timeout) throws Exception
    {
        final List<String> told = new ArrayList<>();
        for (final Side side : List.of(sides.envoy(), sides.ringway()))
        {
            final String answer = side.timed("/timed/told", type, timeout);
            told.add(answer + origin.takeSeen().element().field("grpc-timeout"));
        }
        assertEquals(told.get(0), told.get(1));
    }

    @Test
    void shouldEndACallWhoseTimeIsOver() throws Exception
    {
        for (final String timeout : List.of("100S", "60S", "1S", "0S"))
        {
            final String answer = sides.envoy().timed("/timed/late", "application/grpc", timeout);
            assertTrue(answer.startsWith("200 4 "), answer);
            assertEquals(answer, sides.ringway().timed("/timed/late", "application/grpc", timeout));
        }
    }

    @Test
    void shouldTellOfResetsAsEnvoyDoesUnlessTheTimeIsOver() throws Exception
    {
        for (final String path : List.of("/reset/before", "/reset/behind"))
        {
            for (final String call : List.of("application/grpc 1H", "application/grpc 1x", "application/json 0n"))
            {
                final String[] parts = call.split(" ");
                assertEquals(sides.envoy().timed(path, parts[0], parts[1]), sides.ringway().timed(path, parts[0], parts[1]),
                    path + " " + call);
            }
        }
        for (final String call : List.of("application/grpc 1H", "application/grpc 0n", "application/json 0n"))
        {
            // Time that is over does not keep it from being sent again: that is the route's to say.
            assertEquals(3, attempts(sides.envoy(), call), call);
            assertEquals(3, attempts(sides.ringway(), call), call);
        }
        final String message =
            " upstream connect error or disconnect/reset before headers. reset reason: remote reset  true";
        assertEquals("200 14" + message, sides.envoy().timed("/reset/before", "application/grpc", "0n"));
        for (final String status : DIFFERENCES.values())
        {
            assertEquals("200 " + status + message, sides.ringway().timed("/reset/before", "application/grpc", "0n"));
        }
    }

    /** How often a call that its endpoint resets comes there where the route says that it is sent again. */
    private static int attempts(final Side side, final String call) throws Exception
    {
        final int before = resetting.requests.get();
        final String[] parts = call.split(" ");
        assertTrue(side.timed("/again/reset/before", parts[0], parts[1]).contains("remote reset"), call);
        return resetting.requests.get() - before;
    }

    @Test
    void shouldAnswerCountAndLogAsEnvoyDoes() throws Exception
    {
        final List<String> theirs = new ArrayList<>();
        final List<String> ours = new ArrayList<>();
        for (final String path : PATHS)
        {
            for (final String contentType : CONTENT_TYPES)
            {
                final String what = path + " " + contentType + " ";
                theirs.add(what + "HTTP/1.1 " + sides.envoy().http1(path, contentType));
                ours.add(what + "HTTP/1.1 " + sides.ringway().http1(path, contentType));
                theirs.add(what + "HTTP/2 " + sides.envoy().http2(path, contentType));
                ours.add(what + "HTTP/2 " + sides.ringway().http2(path, contentType));
            }
        }
        assertEquals(String.join("\n", theirs), String.join("\n", ours));
        assertEquals(sides.envoy().counters(), sides.ringway().counters());
        assertEquals(String.join("\n", sides.envoy().log(theirs.size())),
            String.join("\n", sides.ringway().log(ours.size())));
    }
}
