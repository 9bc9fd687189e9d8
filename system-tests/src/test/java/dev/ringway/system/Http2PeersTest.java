package dev.ringway.system;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** One Ringway process that speaks HTTP/2: curl, nghttp, h2load and HAProxy before it, nginx and HAProxy behind it. */
final class Http2PeersTest
{
    private static final int LARGE = 3 << 20;
    private static final int RUN_S = 120;

    private static final Started STARTED = new Started();

    @TempDir
    private static Path directory;

    private static Origin origin;
    private static Admin admin;
    private static Map<String, Long> gauges;
    private static int port;
    private static int frontPort;

    @BeforeAll
    static void start() throws Exception
    {
        origin = STARTED.add(new Origin(Map.of()));
        port = Program.freePort();
        frontPort = Program.freePort();
        final int nginxPort = Program.freePort();
        final int behindPort = Program.freePort();
        final int adminPort = Program.freePort();
        Files.writeString(directory.resolve("small"), "small\n");
        Files.write(directory.resolve("large"), "0123456789abcde\n".repeat(LARGE / 16).getBytes(UTF_8));
        STARTED.add(Peers.nginx(directory, """
            server
            {
                listen 127.0.0.1:%1$d http2;
                root %2$s;
                client_max_body_size 100m;
                keepalive_requests 100000;
                location /few/ { alias %2$s/; keepalive_requests 40; }
                location /upload { client_max_body_size 1k; return 200 "taken"; }
            }
            """.formatted(nginxPort, directory))).awaitPort(nginxPort);
        STARTED.add(Peers.haproxy(directory, """
            frontend front
                bind 127.0.0.1:%d
                bind 127.0.0.1:%d proto h2
                default_backend ringway
            backend ringway
                http-reuse always
                server ringway 127.0.0.1:%d proto h2
            frontend behind
                bind 127.0.0.1:%d proto h2
                default_backend origin
            backend origin
                http-request set-header x-haproxy behind
                server origin 127.0.0.1:%d
            """.formatted(Program.freePort(), frontPort, port, behindPort, origin.port()))).awaitPort(frontPort);
        final Path file = Files.writeString(directory.resolve("ringway.yaml"), Bootstraps.admin(adminPort) +
            Bootstraps.http("in", Bootstraps.tcpAddress("127.0.0.1", port), "codec_type: HTTP2", """
                - match: { prefix: "/nginx/" }
                  route: { cluster: nginx, timeout: 60s, prefix_rewrite: "/" }
                - match: { prefix: "/haproxy/" }
                  route: { cluster: haproxy, timeout: 60s }
                - match: { prefix: "/" }
                  route: { cluster: origin, timeout: 60s }
                """) + "  clusters:\n" +
            Bootstraps.cluster("nginx", "STATIC", Bootstraps.tcpAddress("127.0.0.1", nginxPort)) +
            Bootstraps.HTTP2_CLUSTER +
            Bootstraps.cluster("haproxy", "STATIC", Bootstraps.tcpAddress("127.0.0.1", behindPort)) +
            Bootstraps.HTTP2_CLUSTER +
            Bootstraps.cluster("origin", "STATIC", Bootstraps.tcpAddress("127.0.0.1", origin.port())));
        admin = new Admin(adminPort);
        final Program ringway = STARTED.add(Program.ringway(directory, "-c", file.toString(), "--concurrency", "2"));
        ringway.awaitPort(adminPort).awaitPort(port);
        gauges = admin.firstGauges();
    }

    @AfterAll
    static void stop() throws Exception
    {
        STARTED.stop(admin, gauges);
    }

    /** What a command prints; it must end with 0. */
    private static String run(final List<String> command) throws Exception
    {
        final Path output = Files.createTempFile(directory, "run", ".txt");
        final Process process = new ProcessBuilder(command).redirectErrorStream(true)
            .redirectOutput(output.toFile()).start();
        if (!process.waitFor(RUN_S, TimeUnit.SECONDS))
        {
            process.destroyForcibly();
            throw new AssertionError(command + " still runs");
        }
        final String text = new String(Files.readAllBytes(output), UTF_8);
        assertEquals(0, process.exitValue(), () -> command + ": " + text);
        return text;
    }

    private static String curl(final String path, final String... options) throws Exception
    {
        final List<String> command = new ArrayList<>(List.of("curl", "-sS", "--http2-prior-knowledge"));
        command.addAll(List.of(options));
        command.add("http://127.0.0.1:" + port + path);
        return run(command);
    }

    private static void load(final int requests, final int connections, final int streams, final String path,
        final int toPort) throws Exception
    {
        final String summary = run(List.of("h2load", "-n", "" + requests, "-c", "" + connections, "-m", "" + streams,
            "http://127.0.0.1:" + toPort + path));
        assertTrue(summary.contains(requests + " succeeded, 0 failed, 0 errored, 0 timeout"), summary);
        assertTrue(summary.contains("status codes: " + requests + " 2xx"), summary);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nginx/small", "/nginx/few/small"})
    void shouldServeManyStreamsOfManyConnections(final String path) throws Exception
    {
        load(3000, 8, 50, path, port);
    }

    /** As many connections at a time as its upstream queues. */
    @ParameterizedTest
    @ValueSource(strings = {"/haproxy/small", "/small"})
    void shouldServeStreamsFromConnectionsOfHttp1(final String path) throws Exception
    {
        load(2000, 4, 15, path, port);
    }

    @Test
    void shouldServeStreamsOfDifferentLengthsSideBySide() throws Exception
    {
        load(40, 2, 10, "/nginx/large", port);
    }

    @Test
    void shouldStandBehindHaproxy() throws Exception
    {
        load(2000, 4, 20, "/nginx/small", frontPort);
        load(2000, 4, 20, "/haproxy/small", frontPort);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nginx/large", "/nginx/few/large"})
    void shouldCarryALargeFile(final String path) throws Exception
    {
        assertEquals(Files.readString(directory.resolve("large")), curl(path));
    }

    @Test
    void shouldCarryALargeBodyUp() throws Exception
    {
        origin.takeSeen();
        final String upload = "@" + directory.resolve("large");
        assertEquals("ok", curl("/haproxy/up", "--data-binary", upload));
        assertEquals("ok", curl("/up", "--data-binary", upload));
        for (final HttpMessage request : origin.takeSeen())
        {
            assertEquals("POST", request.start().split(" ")[0]);
            assertEquals(LARGE, request.body().length);
        }
    }

    @Test
    void shouldPassOnAnAnswerThatOvertakesItsRequest() throws Exception
    {
        for (int i = 0; i < 5; i++)
        {
            final String frames = run(List.of("nghttp", "-v", "-d", directory.resolve("large").toString(),
                "http://127.0.0.1:" + port + "/nginx/upload"));
            assertTrue(frames.contains(":status: 413"), frames);
            assertTrue(frames.contains("</html>"), frames);
        }
    }

    @Test
    void shouldCarryHeadAndNotModifiedAndARange() throws Exception
    {
        final String head = curl("/nginx/large", "--head");
        assertTrue(head.contains("content-length: " + LARGE), head);
        final String etag = head.lines().filter(line -> line.startsWith("etag: ")).findFirst().orElseThrow();
        assertEquals("304 0", curl("/nginx/large", "-H", "if-none-match: " + etag.substring(6).strip(), "-o",
            "/dev/null", "-w", "%{http_code} %{size_download}"));
        assertEquals("abcde\n01", curl("/nginx/large", "-r", "10-17"));
    }

    @Test
    void shouldNeedFewConnectionsForManyRequests() throws Exception
    {
        final long before = admin.stats().get("cluster.nginx.upstream_cx_total");
        load(2000, 4, 20, "/nginx/small", port);
        final long opened = admin.stats().get("cluster.nginx.upstream_cx_total") - before;
        assertTrue(opened <= 4, opened + " connections for 80 streams at a time");
    }
}
