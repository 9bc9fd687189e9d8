package dev.ringway.system;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What a supervisor does to a process. */
final class SignalTest
{
    /** 128 + SIGTERM: ended by the signal before anybody could handle it. */
    private static final int ENDED_BY_TERM = 143;
    private static final String BEFORE_ANY_CODE = "Error occurred during initialization of VM";
    /** All of what a JVM says that finds itself ended while it starts. */
    private static final Pattern END_OF_START = Pattern.compile(BEFORE_ANY_CODE +
        "\njava\\.lang\\.InternalError: Bad level: \\d+\n(\tat (jdk\\.internal\\.misc\\.VM|java\\.lang\\.System)\\..*\n)+\n*");
    /** What it says before or within that when it ends itself before it could log that it does. */
    private static final Pattern LOGGING_OF_EXIT = Pattern.compile("Runtime\\.exit\\(143\\) logging failed: .*\n");

    private static final String CHECKED = """
            health_checks: [ { timeout: 60s, interval: 3600s, no_traffic_interval: 3600s, unhealthy_threshold: 1,
              healthy_threshold: 1, http_health_check: { path: /hc } } ]
        """;
    private static final String LOG =
        "- { name: %1$s, typed_config: { \"@type\": type.googleapis.com/envoy.extensions.access_loggers.%1$s, %2$s" +
            "log_format: { text_format_source: { inline_string: \"%3$s %%REQ(:PATH)%%\\n\" } } } }\n";
    /** Logs to both streams, by their types and by their devices. */
    private static final String STREAMS = LOG.formatted("stream.v3.StdoutAccessLog", "", "out") +
        LOG.formatted("stream.v3.StderrAccessLog", "", "err") +
        LOG.formatted("file.v3.FileAccessLog", "path: /dev/stdout, ", "device out") +
        LOG.formatted("file.v3.FileAccessLog", "path: /dev/stderr, ", "device err");

    @TempDir
    private Path directory;

    private int port;
    private int adminPort;
    /** Where the standard error goes; null to go where the standard output goes. */
    private Path errors;
    /** A signal that the process is started to ignore; null for none. */
    private String ignored;

    private Program serve(final Origin origin, final String options, final String... arguments) throws Exception
    {
        return serve(origin, options, "", arguments);
    }

    /** More of the cluster. */
    private Program serve(
        final Origin origin, final String options, final String cluster, final String[] arguments) throws Exception
    {
        port = Program.freePort();
        adminPort = Program.freePort();
        final Path file = Files.writeString(directory.resolve("ringway.yaml"), Bootstraps.admin(adminPort) +
            Bootstraps.http("in", Bootstraps.tcpAddress("127.0.0.1", port), options, """
                - match: { path: "/direct" }
                  direct_response: { status: 200, body: { inline_string: "direct" } }
                - match: { prefix: "/" }
                  route: { cluster: origin }
                """) + "  clusters:\n" +
            Bootstraps.cluster("origin", "STATIC", Bootstraps.tcpAddress("127.0.0.1", origin.port())) + cluster);
        final Stream<String> all = Stream.concat(
            Stream.of(Program.REPOSITORY.resolve("ringway").toString(), "-c", file.toString(), "--concurrency", "1"),
            Stream.of(arguments));
        return Program.start(directory, Stream.concat(Stream.of("sh", "-c",
            (ignored == null ? "" : "trap '' " + ignored + "; ") + "exec \"$@\"" + (errors == null ? "" : " 2> " + errors),
            "sh"), all).toList());
    }

    private void awaitRefused() throws Exception
    {
        Patience.await(() ->
        {
            try
            {
                new Client(port).close();
                return false;
            }
            catch (final IOException e)
            {
                return true;
            }
        }, () -> "nobody accepts");
    }

    @Test
    void shouldFinishWhatItHasBegunOnTerm() throws Exception
    {
        try (Origin origin = new Origin(Map.of()); Program ringway = serve(origin, ""))
        {
            ringway.awaitPort(port);
            try (Client client = new Client(port))
            {
                final CountDownLatch held = origin.hold();
                client.send("GET /late HTTP/1.1\r\nhost: a\r\n\r\n");
                origin.awaitHeld();
                ringway.signal("TERM");
                awaitRefused();
                assertTrue(ringway.isAlive());
                origin.letGo(held);
                final HttpMessage answer = client.read();
                assertEquals("ok", answer.text());
                assertEquals("close", answer.field("connection"));
                assertNull(client.read());
            }
            assertEquals(0, ringway.awaitExit(), ringway.output());
        }
    }

    @Test
    void shouldAnswerWhatIsOnItsWayOnTerm() throws Exception
    {
        try (Origin origin = new Origin(Map.of());
            Program ringway = serve(origin, "drain_timeout: 60s", "--drain-time-s", "1200"))
        {
            ringway.awaitPort(port);
            try (Client client = new Client(port))
            {
                assertNull(client.get("/direct").field("connection"));
                ringway.signal("TERM");
                awaitRefused();
                final HttpMessage answer = client.get("/direct");
                assertEquals("direct", answer.text());
                assertEquals("close", answer.field("connection"));
                assertNull(client.read());
            }
            assertEquals(0, ringway.awaitExit(), ringway.output());
        }
    }

    @Test
    void shouldNotWaitLongForClientsThatAskNothing() throws Exception
    {
        try (Origin origin = new Origin(Map.of());
            Program ringway = serve(origin, "drain_timeout: 0.5s", "--drain-time-s", "1200"))
        {
            ringway.awaitPort(port);
            try (Client client = new Client(port))
            {
                client.get("/direct");
                ringway.signal("TERM");
                assertNull(client.read());
            }
            assertEquals(0, ringway.awaitExit(), ringway.output());
        }
    }

    @Test
    void shouldEndAtOnceOnTheSecondTerm() throws Exception
    {
        try (Origin origin = new Origin(Map.of()); Program ringway = serve(origin, "", "--drain-time-s", "600"))
        {
            ringway.awaitPort(port);
            try (Client client = new Client(port))
            {
                origin.hold();
                client.send("GET /never HTTP/1.1\r\nhost: a\r\n\r\n");
                origin.awaitHeld();
                ringway.signal("TERM");
                ringway.awaitOutput("draining");
                assertTrue(ringway.isAlive());
                ringway.signal("TERM");
                assertEquals(0, ringway.awaitExit(), ringway.output());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 5, 20, 40, 60, 80, 100, 140, 200, 300})
    void shouldEndInOrderHoweverEarlyTheSignalComes(final int delayMs) throws Exception
    {
        try (Origin origin = new Origin(Map.of()); Program ringway = serve(origin, ""))
        {
            // The moment is the point of this test, so it waits for a time and for no condition.
            TimeUnit.MILLISECONDS.sleep(delayMs);
            ringway.signal("TERM");
            final int code = ringway.awaitExit();
            final String output = ringway.output();
            final String said = LOGGING_OF_EXIT.matcher(output).replaceAll("");
            if (BEFORE_ANY_CODE.startsWith(said.lines().findFirst().orElse("-")))
            {
                // The JVM's own end within its own start: its thread of signals ends it, maybe before it has said why.
                assertTrue(code == ENDED_BY_TERM || code == 1 && END_OF_START.matcher(said).matches(), code + ": " + output);
                assertFalse(output.contains("dev.ringway"), output);
                return;
            }
            assertTrue(code == 0 || code == ENDED_BY_TERM, code + ": " + output);
            assertFalse(said.contains("\tat ") || said.contains("Exception") || said.contains("SIGSEGV"), output);
        }
    }

    /** Whose first check is on its way, so that nothing listens. */
    private Program waiting(final Origin origin) throws Exception
    {
        final Program ringway = serve(origin, "", CHECKED, new String[0]);
        origin.awaitHeld();
        assertThrows(IOException.class, () -> new Client(port).close());
        assertEquals("503 PRE_INITIALIZING\n", ready());
        return ringway;
    }

    private String ready() throws Exception
    {
        try (Client client = new Client(adminPort))
        {
            final HttpMessage answer = client.get("/ready");
            return answer.status() + " " + answer.text();
        }
    }

    @Test
    void shouldEndAtOnceOnTermBeforeItServes() throws Exception
    {
        try (Origin origin = new Origin(Map.of()))
        {
            origin.hold();
            try (Program ringway = waiting(origin))
            {
                ringway.signal("TERM");
                assertEquals(0, ringway.awaitExit(), ringway.output());
            }
        }
    }

    @Test
    void shouldShowWhatItWaitsForAndReloadOnceItServes() throws Exception
    {
        try (Origin origin = new Origin(Map.of()))
        {
            final CountDownLatch held = origin.hold();
            try (Program ringway = waiting(origin))
            {
                final Admin admin = new Admin(adminPort);
                assertTrue(admin.get("/server_info").contains("\"PRE_INITIALIZING\""));
                assertTrue(admin.get("/clusters").contains("::health_flags::/failed_active_hc\n"));
                assertTrue(admin.get("/config_dump").contains("\"origin\""));
                assertEquals("in::127.0.0.1:" + port + '\n', admin.get("/listeners"));
                assertEquals(2, admin.stats().get("server.state"));
                ringway.signal("HUP");
                admin.post("/healthcheck/fail");
                admin.post("/drain_listeners?graceful&skip_exit");
                assertEquals("503 PRE_INITIALIZING\n", ready());
                origin.letGo(held);
                ringway.awaitPort(port).awaitOutput("was reloaded");
                Patience.await(() -> ready().equals("503 DRAINING\n"), () -> "what was asked for meanwhile");
                admin.post("/healthcheck/ok");
                assertEquals("200 LIVE\n", ready());
            }
        }
    }

    @Test
    void shouldEndOnTheAdminsWordBeforeItServes() throws Exception
    {
        try (Origin origin = new Origin(Map.of()))
        {
            origin.hold();
            try (Program ringway = waiting(origin))
            {
                new Admin(adminPort).quit(ringway);
            }
        }
    }

    @Test
    void shouldOpenItsLogsAgainOnUsr1() throws Exception
    {
        final Path access = directory.resolve("access.log");
        final Path own = directory.resolve("own.log");
        errors = directory.resolve("errors");
        try (Origin origin = new Origin(Map.of()); Program ringway = serve(origin, """
            access_log:
            - name: envoy.access_loggers.file
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
                path: "%s"
                log_format: { text_format_source: { inline_string: "%%REQ(:PATH)%%\\n" } }
            """.formatted(access) + STREAMS, "--log-path", own.toString(), "--file-flush-interval-msec", "20"))
        {
            ringway.awaitPort(port);
            try (Client client = new Client(port))
            {
                client.get("/one");
                awaitLine(access, "/one");
                Files.move(access, directory.resolve("access.log.1"));
                Files.move(own, directory.resolve("own.log.1"));
                ringway.signal("USR1");
                awaitExists(access);
                awaitExists(own);
                client.get("/two");
                awaitLine(access, "/two");
                assertEquals("/one\n", Files.readString(directory.resolve("access.log.1")));
                awaitStream("out", ringway::output);
                awaitStream("err", () -> Files.readString(errors));
                ringway.signal("HUP");
                awaitLine(own, "SIGHUP: reloading");
                assertEquals("direct", client.get("/direct").text());
            }
        }
    }

    @Test
    void shouldSayThatItWasStartedToIgnoreHup() throws Exception
    {
        ignored = "HUP";
        try (Origin origin = new Origin(Map.of()); Program ringway = serve(origin, "", "--no-config-watch"))
        {
            ringway.awaitPort(port);
            ringway.signal("HUP");
            ringway.signal("TERM");
            assertEquals(0, ringway.awaitExit(), ringway.output());
            final List<String> said = ringway.output().lines().filter(line -> line.contains("SIGHUP")).toList();
            assertEquals(1, said.size(), said.toString());
            assertTrue(said.get(0).contains("ignored when this process was started"), said.toString());
        }
    }

    /** Each of the two requests is told of by the stream and by the device of that name, and nothing is written over. */
    private static void awaitStream(final String name, final Callable<String> text) throws Exception
    {
        final List<String> expected =
            List.of("device " + name + " /one", "device " + name + " /two", name + " /one", name + " /two");
        Patience.await(() -> text.call().lines().filter(line -> line.matches("(device )?(out|err) /.*")).sorted().toList()
            .equals(expected), () -> expected + " in the standard " + name);
    }

    private static void awaitExists(final Path file) throws Exception
    {
        awaitLine(file, "");
    }

    private static void awaitLine(final Path file, final String text) throws Exception
    {
        Patience.await(() -> Files.exists(file) && Files.readString(file).contains(text),
            () -> "'" + text + "' in " + file);
    }

    @Test
    void shouldEndOnTheAdminsWord() throws Exception
    {
        try (Origin origin = new Origin(Map.of()); Program ringway = serve(origin, ""))
        {
            ringway.awaitPort(port).awaitPort(adminPort);
            try (Client client = new Client(adminPort))
            {
                client.send("POST /quitquitquit HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n");
                assertEquals("OK\n", client.read().text());
            }
            assertEquals(0, ringway.awaitExit(), ringway.output());
            assertThrows(IOException.class, () -> new Client(port).close());
        }
    }
}
