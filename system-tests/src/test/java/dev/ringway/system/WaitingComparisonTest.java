package dev.ringway.system;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What waits for a connection, or never gets one, is bounded, counted and logged as by Envoy. */
@Timeout(300)
final class WaitingComparisonTest
{
    private static final String FORMAT =
        "%RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS% %UPSTREAM_HOST% %UPSTREAM_REQUEST_ATTEMPT_COUNT% " +
        "%DOWNSTREAM_LOCAL_CLOSE_REASON% %DOWNSTREAM_DETECTED_CLOSE_TYPE% %UPSTREAM_LOCAL_CLOSE_REASON% " +
        "%UPSTREAM_DETECTED_CLOSE_TYPE% ready=%UPSTREAM_CONNECTION_POOL_READY_DURATION%";
    /** Not where a bound refuses: Envoy has picked an endpoint then. */
    private static final String ATTEMPTED = " " +
        "%UPSTREAM_HOSTS_ATTEMPTED% %UPSTREAM_HOSTS_ATTEMPTED_WITHOUT_PORT% %UPSTREAM_HOST_NAMES_ATTEMPTED% " +
        "%UPSTREAM_HOST_NAMES_ATTEMPTED_WITHOUT_PORT%";
    private static final String BOUND = "    circuit_breakers: { thresholds: [ { max_pending_requests: 1 } ] }\n";

    @TempDir
    private static Path directory;

    private static Full full;
    private static Origin origin;
    private static RetryOrigin ending;
    private static int nobody;
    private static Pair<Side> sides;

    /** A port where connections are not refused and not accepted either: its queue is full. */
    private static final class Full implements AutoCloseable
    {
        private static final int ENOUGH = 8;

        private final ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        private final List<SocketChannel> queue = new ArrayList<>();

        private Full() throws IOException
        {
            for (int i = 0; i < ENOUGH; i++)
            {
                final SocketChannel channel = SocketChannel.open();
                channel.configureBlocking(false);
                channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getLocalPort()));
                queue.add(channel);
            }
        }

        public void close() throws IOException
        {
            for (final SocketChannel channel : queue)
            {
                channel.close();
            }
            server.close();
        }
    }

    /** One of the two. */
    private static final class Side implements AutoCloseable
    {
        private final Map<String, Integer> ports = new HashMap<>();
        private final Path log;
        private final Program program;
        private final Admin admin;

        private Side(final boolean isEnvoy) throws Exception
        {
            final int adminPort = Program.freePort();
            final StringBuilder text = new StringBuilder(Bootstraps.admin(adminPort));
            text.append(Bootstraps.http("in", address("in"), log("in"), """
                - match: { prefix: /one }
                  route: { cluster: one }
                - match: { prefix: /two }
                  route: { cluster: two }
                - match: { prefix: /nobody }
                  route: { cluster: nobody }
                - match: { prefix: /again }
                  route: { cluster: again, retry_policy: { retry_on: connect-failure, num_retries: 2 } }
                """));
            relay("waits", 2, text);
            relay("unreached", 3, text);
            relay("half", 2, text);
            relay("ended", 1, text);
            relay("idle", 1, text);
            relay("old", 1, text);
            text.append("  clusters:\n");
            final int waiting = full.server.getLocalPort();
            cluster("one", BOUND, text, waiting);
            cluster("two", BOUND + Bootstraps.HTTP2_CLUSTER, text, waiting);
            cluster("waits", BOUND, text, waiting);
            cluster("nobody", "", text, nobody);
            cluster("again", "", text, nobody);
            cluster("unreached", "", text, nobody);
            cluster("half", "", text, nobody, origin.port());
            cluster("ended", "", text, ending.port());
            cluster("idle", "", text, origin.port());
            cluster("old", "", text, origin.port());
            final Path file = Files.writeString(directory.resolve(isEnvoy ? "envoy.yaml" : "ringway.yaml"),
                isEnvoy ? text : text.toString().replace("envoy.log.", "ringway.log."));
            log = directory.resolve(isEnvoy ? "envoy.log." : "ringway.log.");
            program = Peers.either(isEnvoy, directory, file);
            program.awaitPort(adminPort).awaitPort(ports.get("in"));
            admin = new Admin(adminPort);
            admin.awaitStat("listener_manager.workers_started", 1);
        }

        private String address(final String name)
        {
            ports.put(name, Program.freePort());
            return Bootstraps.tcpAddress("127.0.0.1", ports.get(name));
        }

        private static String log(final String name)
        {
            return "access_log: [ { name: log, typed_config: { \"@type\": " +
                "type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog, path: \"" +
                directory.resolve("envoy.log." + name) + "\", log_format: { text_format_source: { inline_string: \"" +
                FORMAT + (name.equals("waits") ? "" : ATTEMPTED) + "\\n\" } } } } ]";
        }

        private void relay(final String name, final int attempts, final StringBuilder text)
        {
            text.append(Bootstraps.tcp(name, address(name), name).replace("cluster: " + name, "cluster: " + name +
                "\n          max_connect_attempts: " + attempts +
                (name.equals("idle") ? "\n          idle_timeout: 2s" : "") +
                (name.equals("old") ? "\n          max_downstream_connection_duration: 2s" : "") + "\n          " + log(name)));
        }

        private static void cluster(
            final String name, final String more, final StringBuilder text, final int... endpoints)
        {
            text.append("  - name: ").append(name).append("\n    type: STATIC\n    connect_timeout: 3600s\n")
                .append(more).append("    load_assignment:\n      cluster_name: ").append(name)
                .append("\n      endpoints:\n      - lb_endpoints:\n");
            for (final int port : endpoints)
            {
                text.append("        - { endpoint: { address: ").append(Bootstraps.tcpAddress("127.0.0.1", port))
                    .append(" } }\n");
            }
        }

        private Client client(final String name) throws IOException
        {
            return new Client(ports.get(name));
        }

        /** What its clients are told, and what is counted. */
        private String counted(final String cluster) throws Exception
        {
            final Map<String, Long> stats = new TreeMap<>(admin.stats("cluster." + cluster + ".upstream_"));
            stats.values().removeIf(value -> value == 0);
            final String endpoints = admin.get("/clusters").lines()
                .filter(line -> line.matches(cluster + "::127.*::(cx|rq)_.*") && !line.endsWith("::0"))
                .sorted().toList().toString();
            return stats + "\n" + endpoints;
        }

        private String lastLine(final String name, final int count) throws Exception
        {
            final List<String> lines = LogLines.await(Path.of(log + name), count, line -> true);
            return lines.size() + " " + lines.getLast().replaceFirst("ready=\\d+", "ready=some").replaceFirst("127\\.\\S+", "host");
        }

        public void close() throws IOException
        {
            program.close();
        }
    }

    @BeforeAll
    static void start() throws Exception
    {
        full = new Full();
        origin = new Origin(Map.of());
        ending = new RetryOrigin();
        nobody = Program.freePort();
        sides = Pair.start(Side::new);
    }

    @AfterAll
    static void stop() throws Exception
    {
        Pair.stop(sides);
        origin.close();
        ending.close();
        full.close();
    }

    private static String waitFor(final Side side, final String cluster) throws Exception
    {
        final String pending = "cluster." + cluster + ".upstream_rq_pending_active";
        final StringBuilder text = new StringBuilder();
        try (Client first = side.client("in"))
        {
            first.send("GET /" + cluster + " HTTP/1.1\r\nhost: a\r\n\r\n");
            side.admin.awaitStat(pending, 1);
            try (Client second = side.client("in"))
            {
                final HttpMessage answer = second.get("/" + cluster);
                text.append(answer.start()).append(' ').append(answer.field("x-envoy-overloaded")).append(' ')
                    .append(answer.text()).append('\n');
            }
            side.admin.awaitStat("cluster." + cluster + ".upstream_rq_503", 1);
            text.append(side.counted(cluster));
        }
        side.admin.awaitStat(pending, 0);
        side.admin.awaitStat("cluster." + cluster + ".upstream_rq_cancelled", 1);
        return text.toString();
    }

    @ParameterizedTest
    @CsvSource({"one", "two"})
    void shouldBoundWhatWaitsForAConnection(final String cluster) throws Exception
    {
        final String theirs = waitFor(sides.envoy(), cluster);
        assertEquals(theirs, waitFor(sides.ringway(), cluster));
        assertTrue(theirs.startsWith("HTTP/1.1 503 Service Unavailable true "), theirs);
    }

    @ParameterizedTest
    @CsvSource({"nobody", "again"})
    void shouldCountNoRequestThatFindsNobody(final String cluster) throws Exception
    {
        final List<String> seen = new ArrayList<>();
        for (final Side side : List.of(sides.envoy(), sides.ringway()))
        {
            try (Client client = side.client("in"))
            {
                assertEquals(503, client.get("/" + cluster).status());
            }
            side.admin.awaitStat("cluster." + cluster + ".upstream_rq_503", 1);
            side.admin.awaitStat("cluster." + cluster + ".upstream_cx_active", 0);
            seen.add(side.counted(cluster));
        }
        assertEquals(seen.get(0), seen.get(1));
    }

    private static String end(final Client client)
    {
        try
        {
            return client.send("hello").text(1);
        }
        catch (final SocketException e)
        {
            return "";
        }
        catch (final IOException e)
        {
            return e.toString();
        }
    }

    @Test
    void shouldBoundRelaysThatWait() throws Exception
    {
        final List<String> seen = new ArrayList<>();
        for (final Side side : List.of(sides.envoy(), sides.ringway()))
        {
            try (Client first = side.client("waits"))
            {
                first.send("hello");
                side.admin.awaitStat("cluster.waits.upstream_rq_pending_active", 1);
                try (Client second = side.client("waits"))
                {
                    assertEquals("", end(second));
                }
                seen.add(side.lastLine("waits", 1) + side.counted("waits"));
            }
        }
        assertEquals(seen.get(0), seen.get(1));
    }

    @Test
    void shouldConnectRelaysAsOftenAsTheyMay() throws Exception
    {
        final List<String> seen = new ArrayList<>();
        for (final Side side : List.of(sides.envoy(), sides.ringway()))
        {
            try (Client client = side.client("unreached"))
            {
                assertEquals("", end(client));
            }
            side.admin.awaitStat("cluster.unreached.upstream_cx_active", 0);
            seen.add(side.lastLine("unreached", 1) + side.counted("unreached"));
        }
        assertEquals(seen.get(0), seen.get(1));
        assertTrue(seen.get(0).contains("UF,URX"), seen.get(0));
    }

    @Test
    void shouldLoseNothingThatWasSentWhileARelayLookedForAnEndpoint() throws Exception
    {
        for (int i = 0; i < 4; i++)
        {
            for (final Side side : List.of(sides.envoy(), sides.ringway()))
            {
                try (Client client = side.client("half"))
                {
                    assertEquals(200, client.get("/").status());
                }
            }
        }
    }

    private static String rest(final Client client) throws IOException
    {
        try
        {
            return client.text(1);
        }
        catch (final SocketException e)
        {
            return "";
        }
    }

    /** By the endpoint, by a reset of it, by a reset of the client, because nothing passes, and because of their age. */
    private static List<String> ended(final Side side) throws Exception
    {
        final List<String> seen = new ArrayList<>();
        try (Client idle = side.client("idle"); Client old = side.client("old"))
        {
            for (final String step : List.of("close", "reset", "200"))
            {
                try (Client client = side.client("ended"))
                {
                    client.send("GET /" + step + " HTTP/1.1\r\nx-envoy-attempt-count: 1\r\n\r\n");
                    if (step.equals("200"))
                    {
                        assertEquals(200, client.read().status());
                        client.reset();
                    }
                    else
                    {
                        // Nothing more is sent: an end with something unread would be a reset.
                        assertEquals("", rest(client));
                    }
                }
                seen.add(side.lastLine("ended", seen.size() + 1));
            }
            assertEquals("", idle.text(1));
            assertEquals("", old.text(1));
        }
        seen.add(side.lastLine("idle", 1));
        seen.add(side.lastLine("old", 1));
        return seen;
    }

    @Test
    void shouldLogHowRelaysEnd() throws Exception
    {
        final Pair<List<String>> both = Pair.of(() -> ended(sides.envoy()), () -> ended(sides.ringway()));
        final List<String> seen = both.envoy();
        assertEquals(String.join("\n", seen), String.join("\n", both.ringway()));
        assertTrue(seen.get(1).contains(" LocalReset - RemoteReset "), seen.get(1));
        assertTrue(seen.get(2).contains(" RemoteReset - Normal "), seen.get(2));
        assertTrue(seen.get(4).contains(" max_connection_duration_reached Normal max_connection"), seen.get(4));
        assertTrue(seen.get(3).contains(" tcp_session_idle_timeout Normal "), seen.get(3));
    }
}
