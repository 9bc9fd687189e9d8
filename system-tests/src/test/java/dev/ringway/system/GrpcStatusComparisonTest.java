package dev.ringway.system;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Ringway and Envoy log the same status of gRPC, whoever told it and wherever, and filter by the same. */
final class GrpcStatusComparisonTest
{
    private static final String TYPE = "content-type: application/grpc\r\n";
    private static final Map<String, String> ANSWERS = new TreeMap<>(Map.ofEntries(
        Map.entry("/trailers", trailers("", "grpc-status: 0\r\n")),
        Map.entry("/missing", trailers("", "grpc-status: 5\r\n")),
        Map.entry("/unnamed", trailers("", "grpc-status: 42\r\n")),
        Map.entry("/nonsense", trailers("", "grpc-status: x\r\n")),
        Map.entry("/void", trailers("", "grpc-status:\r\n")),
        Map.entry("/silent", trailers("", "other: 1\r\n")),
        Map.entry("/both", trailers("grpc-status: 3\r\n", "grpc-status: 16\r\n")),
        Map.entry("/early", trailers("grpc-status: 1\r\n", "other: 1\r\n")),
        Map.entry("/only", "HTTP/1.1 200 OK\r\n" + TYPE + "grpc-status: 14\r\ncontent-length: 0\r\n\r\n"),
        Map.entry("/plain", "HTTP/1.1 503 Unavailable\r\ncontent-length: 0\r\n\r\n"),
        Map.entry("/fine", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")));
    private static final List<String> PATHS = List.of("/trailers", "/missing", "/unnamed", "/nonsense", "/void",
        "/silent", "/both", "/early", "/only", "/plain", "/fine", "/none", "/denied", "/dead");
    private static final String TEXT = "log_format: { text_format_source: { inline_string: \"%REQ(:PATH)% " +
        "%PROTOCOL% %RESPONSE_CODE% %GRPC_STATUS% %GRPC_STATUS(CAMEL_STRING)% %GRPC_STATUS(SNAKE_STRING)% " +
        "%GRPC_STATUS(NUMBER)% %GRPC_STATUS_NUMBER%\\n\" } }";

    /** Logs by name: what a line looks like, and the filter. */
    private static final Map<String, String[]> LOGS = new LinkedHashMap<>();

    static
    {
        LOGS.put("text", new String[] {TEXT, ""});
        LOGS.put("json", new String[] {"log_format: { json_format: { path: \"%REQ(:PATH)%\", a: \"%GRPC_STATUS%\", " +
            "b: \"%GRPC_STATUS(NUMBER)%\", c: \"%GRPC_STATUS_NUMBER%\", d: \"s%GRPC_STATUS_NUMBER%\" } }", ""});
        LOGS.put("some", new String[] {TEXT, "grpc_status_filter: { statuses: [ UNAVAILABLE, OK, NOT_FOUND ] }"});
        LOGS.put("others", new String[] {TEXT, "grpc_status_filter: { statuses: [ OK, UNKNOWN ], exclude: true }"});
        LOGS.put("nothing", new String[] {TEXT, "grpc_status_filter: {}"});
        LOGS.put("within", new String[] {"log_format: { text_format_source: { inline_string: \"%REQ(:PATH)%\\n\" } }",
            "or_filter: { filters: [ { grpc_status_filter: { statuses: [ UNKNOWN ] } }, " +
            "{ and_filter: { filters: [ { grpc_status_filter: { statuses: [ CANCELED ] } }, " +
            "{ status_code_filter: { comparison: { op: LE, value: { default_value: 200, runtime_key: none } } } } ] } } ] }"});
    }

    @TempDir
    private static Path directory;

    private static String trailers(final String head, final String trailers)
    {
        return "HTTP/1.1 200 OK\r\n" + TYPE + head + "transfer-encoding: chunked\r\n\r\n0\r\n" + trailers + "\r\n";
    }

    @BeforeAll
    static void askBoth() throws Exception
    {
        try (Origin origin = new Origin(ANSWERS))
        {
            ask(true, origin);
            ask(false, origin);
        }
    }

    @AfterAll
    static void checkThatAllWereAsked() throws Exception
    {
        assertEquals(4 * PATHS.size(), Files.readAllLines(file("ringway", "text")).size());
    }

    private static void ask(final boolean isEnvoy, final Origin origin) throws Exception
    {
        final int port = Program.freePort();
        final int adminPort = Program.freePort();
        try (Program program =
            Peers.either(isEnvoy, directory, bootstrap(isEnvoy ? "envoy" : "ringway", port, adminPort, origin)))
        {
            program.awaitPort(adminPort).awaitPort(port);
            for (final String path : PATHS)
            {
                for (final String type : List.of("application/grpc", "text/plain"))
                {
                    try (Client client = new Client(port); Http2Client other = Http2Client.open(port))
                    {
                        client.send("POST " + path + " HTTP/1.1\r\nhost: a\r\ncontent-type: " + type +
                            "\r\ncontent-length: 0\r\n\r\n").read();
                        other.answer(other.request(Http2Block.request("POST", path, "content-type", type), true));
                    }
                }
            }
            final Admin admin = new Admin(adminPort);
            admin.awaitQuiet();
            admin.quit(program);
        }
    }

    private static Path bootstrap(final String name, final int port, final int adminPort, final Origin origin)
        throws Exception
    {
        final StringBuilder logs =
            new StringBuilder("http_protocol_options: { enable_trailers: true }\naccess_log:\n");
        LOGS.forEach((log, config) -> logs.append("- name: ").append(log).append('\n')
            .append(config[1].isEmpty() ? "" : "  filter: { " + config[1] + " }\n")
            .append("  typed_config: { \"@type\": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog, ")
            .append("path: \"").append(file(name, log)).append("\", ").append(config[0]).append(" }\n"));
        return Files.writeString(directory.resolve(name + ".yaml"), Bootstraps.admin(adminPort) +
            Bootstraps.http("in", Bootstraps.tcpAddress("127.0.0.1", port), logs.toString(), """
                - match: { path: "/denied" }
                  direct_response: { status: 403, body: { inline_string: "no" } }
                - match: { path: "/dead" }
                  route: { cluster: dead }
                - match: { prefix: "/none" }
                  route: { cluster_header: no-cluster }
                - match: { prefix: "/" }
                  route: { cluster: origin }
                """) + "  clusters:\n" +
            Bootstraps.cluster("origin", "STATIC", Bootstraps.tcpAddress("127.0.0.1", origin.port())) +
            Bootstraps.HTTP2_CLUSTER.replace("http2_protocol_options: {}",
                "http_protocol_options: { enable_trailers: true }") +
            Bootstraps.cluster("dead", "STATIC", Bootstraps.tcpAddress("127.0.0.1", 1)));
    }

    private static Path file(final String name, final String log)
    {
        return directory.resolve(name + "." + log + ".log");
    }

    static Set<String> logs()
    {
        return LOGS.keySet();
    }

    @ParameterizedTest
    @MethodSource("logs")
    void shouldLogWhatEnvoyLogs(final String log) throws Exception
    {
        final String expected = Files.readString(file("envoy", log));
        assertEquals(expected, Files.readString(file("ringway", log)));
        assertEquals(log.equals("nothing"), expected.isEmpty());
        assertTrue(!log.equals("text") || expected.contains("UNAUTHENTICATED") && expected.contains("PermissionDenied"),
            expected);
    }
}
