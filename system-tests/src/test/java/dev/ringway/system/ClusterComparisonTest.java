package dev.ringway.system;

import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type;
import dev.ringway.control.config.NewerField;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Ringway and Envoy open connections to endpoints in the same way, keep them as long, bring endpoints in as slowly, and
 * serve when they know where to send requests.
 */
@Timeout(300)
final class ClusterComparisonTest
{
    private static final int WINDOW_MS = 1500;
    private static final String BOUND = "upstream_bind_config: { source_address: { address: 127.0.0.6, port_value: 0 }, " +
        "socket_options: [ { level: 1, name: 36, int_value: 11 } ] }, " +
        "upstream_connection_options: { tcp_keepalive: { keepalive_time: 6600 } }";
    private static final String CHECK = "health_checks: [ { timeout: 60s, interval: 0.05s, no_traffic_interval: 0.05s, " +
        "unhealthy_threshold: 1, healthy_threshold: 1, http_health_check: { path: /hc } } ], " +
        "common_lb_config: { healthy_panic_threshold: { value: 0 } }";
    private static final String ONCE = CHECK.replace("0.05s", "3600s");
    private static final String SLOW =
        "round_robin_lb_config: { slow_start_config: { slow_start_window: 1.5s, min_weight_percent: { value: 10 } } }";

    /** Fields of clusters; each has an endpoint of its own, and "slow" one more. */
    private static final Map<String, String> CLUSTERS = new LinkedHashMap<>();

    static
    {
        CLUSTERS.put("plain", "");
        CLUSTERS.put("bound", BOUND);
        CLUSTERS.put("checked", BOUND + ", " + ONCE);
        CLUSTERS.put("named", "type: STRICT_DNS, dns_lookup_family: V4_ONLY");
        CLUSTERS.put("logical", "type: LOGICAL_DNS, dns_lookup_family: V4_ONLY");
        CLUSTERS.put("plain-keepalive", "upstream_connection_options: { tcp_keepalive: {} }");
        CLUSTERS.put("no-keepalive", "upstream_connection_options: { tcp_keepalive: { keepalive_time: 0 } }");
        CLUSTERS.put("counted", "max_requests_per_connection: 2");
        CLUSTERS.put("aged", options("max_connection_duration: 0.2s, max_connection_duration_jitter: { value: 50 }"));
        CLUSTERS.put("idle", options("idle_timeout: 0.2s"));
        CLUSTERS.put("ahead", "preconnect_policy: { per_upstream_preconnect_ratio: 3 }");
        CLUSTERS.put("slow", CHECK + ", " + SLOW);
        CLUSTERS.put("alt", "alt_stat_name: other");
    }

    @TempDir
    private static Path directory;

    @RegisterExtension
    private static final Sides<Side> SIDES = new Sides<>(Side::new);

    private static String options(final String common)
    {
        final String type = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
        return "typed_extension_protocol_options: { " + type + ": { \"@type\": type.googleapis.com/" + type +
            ", common_http_protocol_options: { " + common + " }, explicit_http_config: { http_protocol_options: {} } } }";
    }

    /** An endpoint that says its name, late to the first check. */
    private static final class Server implements AutoCloseable
    {
        private final String name;
        private final ServerSocket server = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
        private final BlockingQueue<InetSocketAddress> peers = new LinkedBlockingQueue<>();
        private volatile boolean isHealthy = true;

        private Server(final String name) throws IOException
        {
            this.name = name;
            Thread.ofPlatform().daemon().name("server").start(this::acceptAll);
        }

        private void acceptAll()
        {
            try
            {
                while (true)
                {
                    final Socket socket = server.accept();
                    peers.add((InetSocketAddress)socket.getRemoteSocketAddress());
                    Thread.ofPlatform().daemon().name("server-connection").start(() -> serve(socket));
                }
            }
            catch (final IOException e)
            {
                // Closed: the test is over.
            }
        }

        private void serve(final Socket socket)
        {
            try (socket)
            {
                boolean isFirst = true;
                for (HttpMessage request = HttpMessage.read(socket.getInputStream(), false); request != null;
                    request = HttpMessage.read(socket.getInputStream(), false))
                {
                    final boolean isCheck = request.start().contains(" /hc ");
                    if (isCheck && isFirst)
                    {
                        TimeUnit.MILLISECONDS.sleep(300);
                    }
                    isFirst = false;
                    socket.getOutputStream().write(("HTTP/1.1 " + (isCheck && !isHealthy ? "503 No" : "200 OK") +
                        "\r\ncontent-length: " + name.length() + "\r\n\r\n" + name).getBytes(ISO_8859_1));
                }
            }
            catch (final IOException | InterruptedException e)
            {
                // The proxy ended it.
            }
        }

        /**
         * The next connection: whence it comes, its timer and its mark. The timer runs from the beginning of the
         * connection, so that looks at two of them may tell other minutes: tens of them are compared.
         */
        private String nextPeer() throws Exception
        {
            final InetSocketAddress peer = peers.poll(Patience.S, TimeUnit.SECONDS);
            final Process process = new ProcessBuilder("ss", "-tneoH", "state", "established", "sport", "=",
                ":" + peer.getPort(), "dport", "=", ":" + server.getLocalPort()).start();
            final String line = new String(process.getInputStream().readAllBytes(), UTF_8);
            final Matcher timer = Pattern.compile("timer:\\((keepalive),(\\d+[a-z]+)").matcher(line);
            final Matcher mark = Pattern.compile("fwmark:(\\w+)").matcher(line);
            return peer.getHostString() + (timer.find() ? " " + timer.group(1) + " " + tens(timer.group(2)) : "") +
                (mark.find() ? " " + mark.group(1) : "");
        }

        /** To whole tens of minutes, which it has just begun, however slow the machine is. */
        private static String tens(final String left)
        {
            final Matcher minutes = Pattern.compile("(\\d+)min").matcher(left);
            return minutes.matches() ? (Integer.parseInt(minutes.group(1)) + 9) / 10 * 10 + "min" : left;
        }

        public void close() throws IOException
        {
            server.close();
        }
    }

    /** One of the two, with endpoints of its own. */
    private static final class Side implements AutoCloseable
    {
        private final Map<String, Server> servers = new LinkedHashMap<>();
        private final int port = Program.freePort();
        private final Program program;
        private final Admin admin;
        /** What the first requests are answered with, as soon as there is somebody who takes them. */
        private final List<String> first = new ArrayList<>();
        private final long startNs;

        private Side(final boolean isEnvoy) throws Exception
        {
            final int adminPort = Program.freePort();
            final StringBuilder routes = new StringBuilder();
            final StringBuilder clusters = new StringBuilder("  clusters:\n");
            for (final String name : CLUSTERS.keySet())
            {
                servers.put(name, new Server(name));
                routes.append("- match: { path: /").append(name).append(" }\n  route: { cluster: ").append(name)
                    .append(" }\n");
                clusters.append(cluster(name));
            }
            final Path file = Files.writeString(directory.resolve(isEnvoy ? "envoy.yaml" : "ringway.yaml"),
                Bootstraps.admin(adminPort) + Bootstraps.http("in", Bootstraps.tcpAddress("127.0.0.1", port), "",
                    routes.toString()) + clusters);
            program = Peers.either(isEnvoy, directory, file);
            program.awaitPort(port);
            for (final String name : List.of("checked", "named", "logical"))
            {
                first.add(get(name));
            }
            startNs = System.nanoTime();
            program.awaitPort(adminPort);
            admin = new Admin(adminPort);
        }

        private String cluster(final String name) throws IOException
        {
            final String host = CLUSTERS.get(name).contains("DNS") ? "localhost" : "127.0.0.1";
            String endpoints = endpoint(host, servers.get(name));
            if (name.equals("slow"))
            {
                servers.put("new", new Server("new"));
                servers.get("new").isHealthy = false;
                endpoints += ", " + endpoint(host, servers.get("new"));
            }
            final String fields = CLUSTERS.get(name);
            return "  - { name: " + name + ", connect_timeout: 60s, " + fields + (fields.isEmpty() ? "" : ", ") +
                "load_assignment: { cluster_name: " + name + ", endpoints: [ { lb_endpoints: [ " + endpoints + " ] } ] } }\n";
        }

        private static String endpoint(final String host, final Server server)
        {
            return "{ endpoint: { address: " + Bootstraps.tcpAddress(host, server.server.getLocalPort()) + " } }";
        }

        private String get(final String name) throws Exception
        {
            try (Client client = new Client(port))
            {
                final HttpMessage answer = client.get("/" + name);
                return answer.status() + " " + answer.text();
            }
        }

        private Map<String, Long> stats(final String cluster, final String filter) throws Exception
        {
            final Map<String, Long> stats = admin.stats("cluster." + cluster + "." + filter);
            stats.values().removeIf(value -> value == 0);
            return stats;
        }

        /** Each endpoint's line of what is said of a cluster, and of it in JSON, without ports. */
        private String named(final String cluster) throws Exception
        {
            return admin.get("/clusters?filter=^" + cluster + "$").lines().findFirst().orElse("") +
                admin.get("/clusters?format=json&filter=^" + cluster + "$").lines()
                    .filter(line -> line.contains("observability_name")).toList();
        }

        public void close() throws IOException
        {
            program.close();
            for (final Server server : servers.values())
            {
                server.close();
            }
        }
    }

    @Test
    void shouldServeWhenItIsKnownWhereRequestsGo()
    {
        final List<String> served = List.of("200 checked", "200 named", "200 logical");
        assertEquals(served, SIDES.envoy().first);
        assertEquals(served, SIDES.ringway().first);
    }

    @ParameterizedTest
    @CsvSource({"plain", "bound", "plain-keepalive", "no-keepalive"})
    void shouldOpenConnectionsInTheSameWay(final String cluster) throws Exception
    {
        final List<String> seen = new ArrayList<>();
        for (final Side side : List.of(SIDES.envoy(), SIDES.ringway()))
        {
            assertEquals("200 " + cluster, side.get(cluster));
            seen.add(side.servers.get(cluster).nextPeer());
        }
        assertEquals(seen.get(0), seen.get(1));
    }

    @Test
    void shouldOpenConnectionsOfChecksInTheSameWay() throws Exception
    {
        final String check = SIDES.envoy().servers.get("checked").nextPeer();
        assertEquals(check, SIDES.ringway().servers.get("checked").nextPeer());
        assertTrue(check.matches("127.0.0.6 keepalive .* 0xb"), check);
    }

    @Test
    void shouldEndConnectionsThatHaveServedTheirNumberOfRequests() throws Exception
    {
        final List<Map<String, Long>> seen = new ArrayList<>();
        for (final Side side : List.of(SIDES.envoy(), SIDES.ringway()))
        {
            for (int i = 0; i < 5; i++)
            {
                side.get("counted");
            }
            side.admin.awaitStat("cluster.counted.upstream_cx_destroy_local", 2);
            side.admin.awaitQuiet();
            seen.add(side.stats("counted", "upstream_(cx|rq)_(max|total|destroy|active|completed)"));
        }
        assertEquals(seen.get(0), seen.get(1));
    }

    @ParameterizedTest
    @CsvSource({"aged, max_duration_reached", "idle, idle_timeout"})
    void shouldEndConnectionsOfTheirAge(final String cluster, final String stat) throws Exception
    {
        final List<Map<String, Long>> seen = new ArrayList<>();
        for (final Side side : List.of(SIDES.envoy(), SIDES.ringway()))
        {
            side.get(cluster);
            side.admin.awaitStat("cluster." + cluster + ".upstream_cx_" + stat, 1);
            side.admin.awaitStat("cluster." + cluster + ".upstream_cx_active", 0);
            seen.add(side.stats(cluster, "upstream_(cx|rq)_(max|idle|total|destroy|completed)"));
        }
        assertEquals(seen.get(0), seen.get(1));
    }

    @Test
    void shouldKnowNewerFieldsByEnvoysNumbers() throws Exception
    {
        final String program = new String(Files.readAllBytes(Path.of(Peers.envoyBinary())), ISO_8859_1);
        for (final NewerField field : NewerField.values())
        {
            // As each definition stands in Envoy's program.
            final byte[] definition = FieldDescriptorProto.newBuilder().setName(field.fieldName())
                .setNumber(field.number()).setLabel(Label.LABEL_OPTIONAL).setType(Type.TYPE_MESSAGE)
                .setTypeName("." + field.type().getFullName()).build().toByteArray();
            assertTrue(program.contains(new String(definition, ISO_8859_1)), field.fieldName());
        }
    }

    @Test
    void shouldHoldAsManyConnectionsReady() throws Exception
    {
        for (final Side side : List.of(SIDES.envoy(), SIDES.ringway()))
        {
            side.get("ahead");
            side.admin.awaitStat("cluster.ahead.upstream_cx_active", 3);
            side.get("ahead");
            side.admin.awaitQuiet();
            assertEquals(3, side.admin.stats().get("cluster.ahead.upstream_cx_total"));
        }
    }

    @Test
    void shouldNameClustersAsStatsDo() throws Exception
    {
        final String theirs = SIDES.envoy().named("alt").replace(" ", "");
        assertTrue(theirs.contains("observability_name::other"), theirs);
        assertEquals(theirs, SIDES.ringway().named("alt").replace(" ", ""));
    }

    /** What comes when all others have been there for long gets little at first. */
    @Test
    void shouldBringAnEndpointInSlowly() throws Exception
    {
        Pair.of(() -> bringIn(SIDES.envoy()), () -> bringIn(SIDES.ringway()));
    }

    private static Void bringIn(final Side side) throws Exception
    {
        Patience.await(() -> msSince(side.startNs) > WINDOW_MS, () -> "the others' window");
        final long startNs = System.nanoTime();
        side.servers.get("new").isHealthy = true;
        try (Client client = new Client(side.port))
        {
            Patience.await(() -> isNew(client), () -> "a request for the new one");
            // Its window began when it was found to be healthy, which may have taken long.
            final long foundNs = System.nanoTime();
            final int first = countNew(client);
            // Of weights 1 and what has passed of the window, at least a tenth.
            final double most = Math.clamp((double)msSince(startNs) / WINDOW_MS, 0.1, 1);
            assertTrue(first >= 8 && first <= 100 * most / (1 + most) + 2, first + " of 100, most " + most);
            Patience.await(() -> msSince(foundNs) > 3 * WINDOW_MS / 2, () -> "its own window");
            // Its first turn was put off by the weight that it had.
            assertEquals(50, countNew(client), 8);
        }
        return null;
    }

    private static boolean isNew(final Client client) throws IOException
    {
        return client.get("/slow").text().equals("new");
    }

    private static int countNew(final Client client) throws IOException
    {
        int count = 0;
        for (int i = 0; i < 100; i++)
        {
            count += isNew(client) ? 1 : 0;
        }
        return count;
    }

    private static long msSince(final long startNs)
    {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs);
    }
}
