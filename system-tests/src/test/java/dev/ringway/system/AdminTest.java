package dev.ringway.system;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What the admin paths do to a process that serves. */
final class AdminTest
{
    private static final String LISTENER = """
          - name: %s
            traffic_direction: %s
            address: { socket_address: { address: 127.0.0.1, port_value: %d } }
            filter_chains:
            - filters:
              - name: http
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                  stat_prefix: %s
                  access_log:
                  - name: file
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
                      path: %s
                      log_format: { text_format_source: { inline_string: "%%ROUTE_NAME%% %%DOWNSTREAM_LOCAL_PORT%%\\n" } }
                  route_config:
                    virtual_hosts:
                    - name: all
                      domains: ["*"]
                      routes:
                      - { name: the-route, match: { prefix: "/" }, direct_response: { status: 200 } }
                  http_filters:
                  - name: router
                    typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
        """;

    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    private Path directory;

    private int adminPort;
    private int inPort;
    private int outPort;
    private Path log;
    private Program ringway;

    @BeforeEach
    void setUp() throws Exception
    {
        adminPort = Program.freePort();
        inPort = Program.freePort();
        outPort = Program.freePort();
        log = directory.resolve("access.log");
        final Path bootstrap = Files.writeString(directory.resolve("b.yaml"), """
            admin: { address: { socket_address: { address: 127.0.0.1, port_value: %d } } }
            static_resources:
              listeners:
            """.formatted(adminPort) + LISTENER.formatted("in", "INBOUND", inPort, "in", log).indent(0) +
            LISTENER.formatted("out", "OUTBOUND", outPort, "out", log).indent(0));
        start(bootstrap, "600", "immediate");
    }

    private void start(final Path bootstrap, final String drainTimeS, final String drainStrategy) throws Exception
    {
        ringway = Program.ringway(directory, "-c", bootstrap.toString(), "--concurrency", "1", "--drain-time-s",
            drainTimeS, "--drain-strategy", drainStrategy, "--file-flush-interval-msec", "50");
        ringway.awaitPort(adminPort);
        await(() -> get("/ready").statusCode() == 200);
    }

    @AfterEach
    void tearDown()
    {
        ringway.close();
    }

    private void await(final Callable<Boolean> condition) throws Exception
    {
        Patience.await(condition, ringway::output);
    }

    private HttpResponse<String> send(final String method, final int port, final String path) throws Exception
    {
        return client.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(Patience.S)).method(method, HttpRequest.BodyPublishers.noBody()).build(),
            HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> get(final String path) throws Exception
    {
        return send("GET", adminPort, path);
    }

    private void post(final String path) throws Exception
    {
        assertEquals("OK\n", send("POST", adminPort, path).body());
    }

    private boolean isEnded(final int port) throws Exception
    {
        return send("GET", port, "/").headers().firstValue("connection").orElse("").equals("close");
    }

    private static boolean isOpen(final int port) throws Exception
    {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port))
        {
            return socket.isConnected();
        }
        catch (final SocketException e)
        {
            // Refused, or reset by a listener that was closed meanwhile.
            return false;
        }
    }

    @Test
    void shouldEndConnectionsWhileHealthChecksFail() throws Exception
    {
        assertFalse(isEnded(inPort));
        post("/healthcheck/fail");
        assertEquals(503, get("/ready").statusCode());
        await(() -> isEnded(inPort) && isEnded(outPort));
        post("/healthcheck/ok");
        assertEquals("LIVE\n", get("/ready").body());
        await(() -> !isEnded(inPort) && !isEnded(outPort));
    }

    @Test
    void shouldEndConnectionsOfInboundListenersInTheDrainTime() throws Exception
    {
        post("/drain_listeners?graceful&inboundonly");
        await(() -> isEnded(inPort));
        assertTrue(isOpen(inPort));
        assertFalse(isEnded(outPort));
    }

    /** So long that next to nothing of the time is over. */
    @Test
    void shouldEndConnectionsGraduallyInTheDrainTime() throws Exception
    {
        startAgain("1000000000", "gradual");
        send("GET", inPort, "/");
        await(() -> Files.exists(log));
        Files.delete(log);
        post("/drain_listeners?graceful&inboundonly");
        // What is done in turn: the drain has begun when the log is there again.
        post("/reopen_logs");
        await(() -> Files.exists(log));
        assertFalse(isEnded(inPort));
        assertTrue(isOpen(inPort));
        post("/healthcheck/fail");
        await(() -> isEnded(inPort));
    }

    private void startAgain(final String drainTimeS, final String drainStrategy) throws Exception
    {
        ringway.terminate();
        ringway.close();
        start(directory.resolve("b.yaml"), drainTimeS, drainStrategy);
    }

    @Test
    void shouldStopInboundListenersAfterTheDrainTime() throws Exception
    {
        startAgain("1", "gradual");
        post("/drain_listeners?graceful&inboundonly");
        await(() -> !isOpen(inPort));
        assertTrue(isOpen(outPort));
        assertFalse(isEnded(outPort));
        await(() -> get("/stats?filter=total_listeners_dr").body().equals(
            "listener_manager.total_listeners_draining: 1\n"));
        post("/drain_listeners");
        await(() -> !isOpen(outPort));
        assertEquals("LIVE\n", get("/ready").body());
    }

    @Test
    void shouldReopenLogsAndPrintWhatFormatsAskFor() throws Exception
    {
        send("GET", inPort, "/");
        await(() -> Files.exists(log) && Files.readString(log).endsWith("\n"));
        final Path moved = directory.resolve("moved.log");
        Files.move(log, moved);
        post("/reopen_logs");
        await(() -> Files.exists(log));
        send("GET", outPort, "/");
        await(() -> Files.readString(log).endsWith("\n"));
        post("/drain_listeners");
        post("/quitquitquit");
        assertEquals(0, ringway.awaitExit(), ringway.output());
        assertEquals("the-route " + inPort + "\n", Files.readString(moved));
        assertEquals("the-route " + outPort + "\n", Files.readString(log));
    }

    @Test
    void shouldBeReadFromOutside() throws Exception
    {
        send("GET", inPort, "/");
        try (Program stat = Program.ringway(directory, "stat", Long.toString(ringway.pid()), "downstream_rq_total"))
        {
            assertEquals(0, stat.awaitExit(), stat.output());
            assertTrue(stat.output().contains("process " + ringway.pid() + ", running"), stat.output());
            assertTrue(stat.output().contains("\nhttp.in.downstream_rq_total: 1\n"), stat.output());
        }
    }
}
