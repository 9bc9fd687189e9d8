package dev.ringway.system;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Of clients that end their side or reset while they wait, Ringway logs and counts what Envoy does. */
@Timeout(300)
final class GoneClientComparisonTest
{
    private static final String FORMAT = "%REQ(:PATH)% %PROTOCOL% %RESPONSE_CODE% %RESPONSE_FLAGS% " +
        "%RESPONSE_CODE_DETAILS% %BYTES_RECEIVED% %BYTES_SENT% %UPSTREAM_CLUSTER% %UPSTREAM_HOST% " +
        "%UPSTREAM_REQUEST_ATTEMPT_COUNT% %CONNECTION_TERMINATION_DETAILS%";
    private static final String COMPARED = "http\\.in\\.(downstream_|rq_|fault).*|cluster\\.origin\\.upstream_.*";
    /** Bytes are of other names and times, and versions are counted when they are seen. */
    private static final String LEFT_OUT = ".*_bytes_total|.*downstream_cx_http1_total";
    private static final String FAULT = "type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault";
    private static final String SENT = "cluster.origin.upstream_cx_tx_bytes_total";
    private static final String PAUSED = "http.in.downstream_flow_control_paused_reading_total";
    private static final String PART = "HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n0123456789";
    private static final String NO_ANSWER = "";
    private static final Map<String, Case> CASES = new LinkedHashMap<>();

    static
    {
        add("at once behind an answer", "/direct", "GET /direct HTTP/1.1\r\nhost: a\r\n\r\n");
        add("waits", "/never", get(""));
        add("asks for the end", "/never", get("connection: close\r\n"));
        add("pipelined", "/never", get("") + get(""));
        add("pipelined behind an answer", "/never", "GET /direct HTTP/1.1\r\nhost: a\r\n\r\n" + get(""));
        add("waits with a content", "/never", post(3));
        add("within its content", "/never", post(5));
        add("within a head behind it", "/never", get("") + "GET /never HTT");
        add("within a response", "/part", "GET /part HTTP/1.1\r\nhost: a\r\n\r\n");
        add("within a delay", "/delay", "GET /delay HTTP/1.1\r\nhost: a\r\n\r\n");
        add("within a delay before an answer", "/delay/direct", "GET /delay/direct HTTP/1.1\r\nhost: a\r\n\r\n");
        add("waits for an upgrade", "/never", get("connection: upgrade\r\nupgrade: websocket\r\n"));
        add("waits for a tunnel", "/never", "CONNECT a:1 HTTP/1.1\r\nhost: a:1\r\n\r\n");
    }

    @TempDir
    private static Path directory;

    private static Pair<Side> sides;

    /** What a client sends before it is gone. */
    private record Case(String path, String request)
    {
    }

    private static void add(final String name, final String path, final String request)
    {
        CASES.put(name, new Case(path, request));
        if (!name.equals("pipelined") && !name.equals("within a head behind it"))
        {
            // With input that waits its turn Envoy does not look for a reset.
            CASES.put(name + ", reset", new Case(path, request));
        }
    }

    private static String get(final String fields)
    {
        return "GET /never HTTP/1.1\r\nhost: a\r\n" + fields + "\r\n";
    }

    private static String post(final int length)
    {
        return "POST /never HTTP/1.1\r\nhost: a\r\ncontent-length: " + length + "\r\n\r\nabc";
    }

    /** One of the two, with an upstream of its own. */
    private static final class Side implements AutoCloseable
    {
        private final Origin origin = new Origin(Map.of("/never", NO_ANSWER, "a:1", NO_ANSWER, "/part", PART));
        /** Its kernel takes connections and what fits its buffers. */
        private final ServerSocket deaf = new ServerSocket(0, 2, InetAddress.getLoopbackAddress());
        private final int port = Program.freePort();
        private final Path log;
        private final Program program;
        private final Admin admin;

        private Side(final boolean isEnvoy) throws Exception
        {
            final int adminPort = Program.freePort();
            final String name = isEnvoy ? "envoy" : "ringway";
            log = directory.resolve(name + ".log");
            final Path file = Files.writeString(directory.resolve(name + ".yaml"), Bootstraps.admin(adminPort) +
                Bootstraps.http("in", Bootstraps.tcpAddress("127.0.0.1", port), """
                    upgrade_configs: [ { upgrade_type: websocket }, { upgrade_type: CONNECT } ]
                    access_log: [ { name: log, typed_config: { "@type": \
                    type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog, path: "%s", \
                    log_format: { text_format_source: { inline_string: "%s\\n" } } } } ]
                    """.formatted(log, FORMAT), routes()).replace("http_filters:", "http_filters:\n" + """
                          - name: fault
                            typed_config: { "@type": %s }
                """.formatted(FAULT).stripTrailing()) + "  clusters:\n" +
                Bootstraps.cluster("origin", "STATIC", Bootstraps.tcpAddress("127.0.0.1", origin.port())) +
                Bootstraps.cluster("deaf", "STATIC", Bootstraps.tcpAddress("127.0.0.1", deaf.getLocalPort())));
            program = Peers.either(isEnvoy, directory, file);
            program.awaitPort(adminPort).awaitPort(port);
            admin = new Admin(adminPort);
            admin.awaitStat("listener_manager.workers_started", 1);
            // The one that found the port open.
            admin.awaitStat("http.in.downstream_cx_destroy", 1);
        }

        private static String routes()
        {
            final String delay = """
                  typed_per_filter_config:
                    fault: { "@type": %s, delay: { fixed_delay: 3600s, percentage: { numerator: 100 } } }
                """.formatted(FAULT);
            return """
                - match: { path: /direct }
                  direct_response: { status: 200, body: { inline_string: "direct" } }
                - match: { path: /delay/direct }
                  direct_response: { status: 200, body: { inline_string: "direct" } }
                """ + delay + """
                - match: { path: /delay }
                  route: { cluster: origin }
                """ + delay + """
                - match: { path: /deaf }
                  route: { cluster: deaf, timeout: 0s }
                - match: { connect_matcher: {} }
                  route: { cluster: origin }
                - match: { prefix: / }
                  route: { cluster: origin }
                """;
        }

        private Map<String, Long> counted() throws Exception
        {
            final Map<String, Long> counted = new TreeMap<>();
            for (final String line : admin.get("/stats?type=Counters").split("\n"))
            {
                final int colon = line.indexOf(": ");
                final String name = line.substring(0, colon);
                if (name.matches(COMPARED) && !name.matches(LEFT_OUT))
                {
                    counted.put(name, Long.parseLong(line.substring(colon + 2)));
                }
            }
            return counted;
        }

        private void awaitUnderWay(final Case gone, final Socket socket, final long sent) throws Exception
        {
            if (gone.request.contains("/direct HTTP") && !gone.path.startsWith("/delay") || gone.path.equals("/part"))
            {
                final int rest = gone.path.equals("/part") ? 10 : 6;
                assertEquals(rest, HttpMessage.read(socket.getInputStream(), true) == null ? 0 :
                    socket.getInputStream().readNBytes(rest).length);
            }
            if (gone.path.startsWith("/delay"))
            {
                admin.awaitStat("http.in.fault.active_faults", 1);
            }
            else if (!gone.path.equals("/direct"))
            {
                awaitSent(sent);
            }
        }

        /** A request whose content is never whole is not seen by the upstream. */
        private void awaitSent(final long sent) throws Exception
        {
            Patience.await(() -> admin.stats().get(SENT) > sent, () -> "a request on its way to the upstream");
        }

        /** The log's lines, and by how much counters have grown. */
        private String leave(final Case gone, final boolean isReset, final int lines) throws Exception
        {
            final int logged = LogLines.await(log, 0, line -> true).size();
            final Map<String, Long> before = counted();
            final long sent = admin.stats().get(SENT);
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port))
            {
                socket.setSoTimeout(Patience.MS);
                socket.getOutputStream().write(gone.request.getBytes(ISO_8859_1));
                awaitUnderWay(gone, socket, sent);
                if (isReset)
                {
                    socket.setSoLinger(true, 0);
                }
                else
                {
                    socket.shutdownOutput();
                    assertEquals(0, socket.getInputStream().readAllBytes().length);
                }
            }
            return seen(logged, lines, before);
        }

        private String seen(final int logged, final int lines, final Map<String, Long> before) throws Exception
        {
            admin.awaitStat("http.in.downstream_cx_active", 0);
            admin.awaitStat("cluster.origin.upstream_cx_active", 0);
            final List<String> all = LogLines.await(log, logged + lines, line -> true);
            final Map<String, Long> grown = counted();
            before.forEach((name, value) -> grown.merge(name, -value, Long::sum));
            grown.values().removeIf(value -> value == 0);
            final List<String> told = all.subList(logged, all.size()).stream().sorted().toList();
            return String.join("\n", told).replace(":" + origin.port(), ":origin") + "\n" +
                grown.toString().replace(", ", "\n");
        }

        /** Two streams wait on a connection that ends. */
        private String leaveStreams(final boolean isReset) throws Exception
        {
            final int logged = LogLines.await(log, 0, line -> true).size();
            final Map<String, Long> before = counted();
            try (Http2Client client = Http2Client.open(port))
            {
                final long none = admin.stats().get(SENT);
                client.request(Http2Block.request("GET", "/never"), true);
                awaitSent(none);
                final long one = admin.stats().get(SENT);
                client.request(Http2Block.request("POST", "/never/whole"), false);
                awaitSent(one);
                if (isReset)
                {
                    client.cut();
                }
            }
            return seen(logged, 2, before);
        }

        /** What the log says that is no number of bytes. */
        private String leavePaused(final boolean isReset) throws Exception
        {
            final int logged = LogLines.await(log, 0, line -> true).size();
            final long before = admin.stats().get(PAUSED);
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port))
            {
                socket.getOutputStream().write(
                    "POST /deaf HTTP/1.1\r\nhost: a\r\ncontent-length: 1000000000\r\n\r\n".getBytes(ISO_8859_1));
                final byte[] piece = new byte[16 * 1024];
                while (admin.stats().get(PAUSED) == before)
                {
                    socket.getOutputStream().write(piece);
                }
                if (isReset)
                {
                    socket.setSoLinger(true, 0);
                }
                else
                {
                    // What answers that may be an end or, since not all was read, a reset.
                    socket.shutdownOutput();
                    awaitNoConnections();
                }
            }
            awaitNoConnections();
            final String[] words = LogLines.await(log, logged + 1, line -> true).getLast().split(" ");
            return String.join(" ", words[2], words[3], words[4], words[7]);
        }

        private void awaitNoConnections() throws Exception
        {
            admin.awaitStat("http.in.downstream_cx_active", 0);
            admin.awaitStat("cluster.deaf.upstream_cx_active", 0);
        }

        public void close() throws IOException
        {
            program.close();
            origin.close();
            deaf.close();
        }
    }

    @BeforeAll
    static void start() throws Exception
    {
        sides = Pair.start(Side::new);
    }

    @AfterAll
    static void stop() throws Exception
    {
        Pair.stop(sides);
    }

    static Set<String> cases()
    {
        return CASES.keySet();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void shouldGiveUpAsEnvoy(final String name) throws Exception
    {
        final Case gone = CASES.get(name);
        final int lines = gone.request.startsWith("GET /direct") && !gone.path.equals("/direct") ? 2 : 1;
        final boolean isReset = name.endsWith("reset");
        final Pair<String> seen = Pair.of(() -> sides.envoy().leave(gone, isReset, lines),
            () -> sides.ringway().leave(gone, isReset, lines));
        assertEquals(seen.envoy(), seen.ringway());
        assertTrue(gone.path.equals("/direct") || seen.envoy().contains("DC downstream_remote_disconnect"), seen.envoy());
    }

    /** The endpoint takes nothing: reading is paused, and what would resume it never comes. */
    @Test
    void shouldGiveUpWhileReadingIsPausedAsEnvoy() throws Exception
    {
        final Pair<String> seen =
            Pair.of(() -> sides.envoy().leavePaused(false), () -> sides.ringway().leavePaused(false));
        assertEquals(seen.envoy(), seen.ringway());
        assertEquals("0 DC downstream_remote_disconnect deaf", seen.ringway());
        // Envoy would not look for that.
        assertEquals("0 DC downstream_remote_disconnect deaf", sides.ringway().leavePaused(true));
    }

    @ParameterizedTest
    @MethodSource("ends")
    void shouldGiveUpStreamsAsEnvoy(final boolean isReset) throws Exception
    {
        final Pair<String> seen =
            Pair.of(() -> sides.envoy().leaveStreams(isReset), () -> sides.ringway().leaveStreams(isReset));
        assertEquals(seen.envoy(), seen.ringway());
    }

    static List<Boolean> ends()
    {
        return List.of(false, true);
    }
}
