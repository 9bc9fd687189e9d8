package dev.ringway.system;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The process with what the machine around it gives, denies and changes. */
final class ProcessTest
{
    private static final String DIRECT = """
        - match: { prefix: "/" }
          direct_response: { status: 200, body: { inline_string: "direct" } }
        """;

    private static final int ROUNDS = 12;
    /** Requests of a client: together they fit the ring that records go through. */
    private static final int AT_ONCE = 200;

    @TempDir
    private Path directory;

    private final int port = Program.freePort();
    private final int adminPort = Program.freePort();

    private Path file(final String text) throws IOException
    {
        return Files.writeString(directory.resolve("ringway.yaml"), text);
    }

    private Path direct(final String address) throws IOException
    {
        return file(Bootstraps.admin(adminPort) + Bootstraps.http("in", address, "", DIRECT));
    }

    private Program run(final List<String> before, final Path bootstrap, final String... more) throws IOException
    {
        final List<String> command = new ArrayList<>(before);
        command.addAll(List.of(Program.REPOSITORY.resolve("ringway").toString(), "-c", bootstrap.toString(),
            "--concurrency", "1"));
        command.addAll(List.of(more));
        return Program.start(directory, command);
    }

    @Test
    void shouldServeOnAUnixSocket() throws Exception
    {
        final Path socket = directory.resolve("in.sock");
        try (Program ringway = run(List.of(), direct("{ pipe: { path: \"" + socket + "\" } }")))
        {
            ringway.awaitPort(adminPort);
            try (Client client = new Client(socket))
            {
                assertEquals("direct", client.get("/").text());
                assertEquals("direct", client.get("/").text());
            }
            ringway.terminate();
            assertEquals(0, ringway.awaitExit(), ringway.output());
        }
        // A socket that is left behind must not keep the next process from starting.
        try (Program ringway = run(List.of(), direct("{ pipe: { path: \"" + socket + "\" } }")))
        {
            ringway.awaitPort(adminPort);
            try (Client client = new Client(socket))
            {
                assertEquals("direct", client.get("/").text());
            }
        }
    }

    @Test
    void shouldServeOnIpv6() throws Exception
    {
        try (Program ringway = run(List.of(), direct(Bootstraps.tcpAddress("::1", port))))
        {
            ringway.awaitPort(adminPort);
            try (Client client = new Client(InetAddress.getByName("::1"), port))
            {
                assertEquals("direct", client.get("/").text());
            }
        }
    }

    @Test
    void shouldMergeYamlFromTheCommandLineOverTheFile() throws Exception
    {
        final Path bootstrap = direct(Bootstraps.tcpAddress("127.0.0.1", port));
        final int other = Program.freePort();
        try (Program ringway = run(List.of(), bootstrap, "--config-yaml",
            "node: { id: merged }\nadmin: { address: { socket_address: { port_value: " + other + " } } }"))
        {
            ringway.awaitPort(other).awaitPort(port);
            assertTrue(new Admin(other).get("/config_dump").contains("\"merged\""));
            try (Client client = new Client(port))
            {
                assertEquals("direct", client.get("/").text());
            }
        }
    }

    @Test
    void shouldSayInOneSentenceThatIoUringIsForbidden() throws Exception
    {
        final Path script = Path.of("src/test/resources/forbid-io-uring.py").toAbsolutePath();
        try (Program ringway = run(List.of("python3", script.toString()),
            direct(Bootstraps.tcpAddress("127.0.0.1", port))))
        {
            assertEquals(1, ringway.awaitExit(), ringway.output());
            assertTrue(ringway.output().startsWith("error: "), ringway.output());
            assertTrue(ringway.output().contains("io_uring"), ringway.output());
            assertEquals(1, ringway.output().lines().count(), ringway.output());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"STRICT_DNS", "LOGICAL_DNS"})
    void shouldFollowANameWhoseAddressChanges(final String type) throws Exception
    {
        try (NameServer names = NameServer.saying("backend.test", "0 A 127.0.0.1");
            Origin first = new Origin("127.0.0.1", 0, Map.of("/", "HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\none"));
            Origin second = new Origin("127.0.0.2", first.port(),
                Map.of("/", "HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\ntwo"));
            Program ringway = run(List.of(), file(Bootstraps.admin(adminPort) +
                    Bootstraps.http("in", Bootstraps.tcpAddress("127.0.0.1", port), "",
                        "- match: { prefix: \"/\" }\n  route: { cluster: named }\n") + "  clusters:\n" +
                    Bootstraps.cluster("named", type, Bootstraps.tcpAddress("backend.test", first.port())) +
                    "    " + names.asResolver("query_tries: 1") + "\n" +
                    "    dns_refresh_rate: 0.1s\n    dns_lookup_family: V4_ONLY\n" +
                    "    max_requests_per_connection: 1\n")))
        {
            ringway.awaitPort(port);
            awaitAnswer("one");
            names.say("backend.test", "0 A 127.0.0.2");
            awaitAnswer("two");
            names.say("backend.test", "SERVFAIL");
            ringway.awaitOutput("name backend.test not found");
            awaitAnswer("two");
            ringway.awaitPort(adminPort);
            final Map<String, Long> stats = new Admin(adminPort).stats();
            assertTrue(stats.get("cluster.named.update_success") >= 2, stats::toString);
            assertTrue(stats.get("cluster.named.update_failure") >= 1, stats::toString);
            assertEquals(second.port(), first.port());
        }
    }

    private void awaitAnswer(final String text) throws Exception
    {
        final String[] last = {""};
        Patience.await(() ->
        {
            try (Client client = new Client(port))
            {
                last[0] = client.get("/").text();
                return last[0].equals(text);
            }
        }, () -> text + " instead of " + last[0]);
    }

    @Test
    void shouldTakeNoMoreConnectionsThanItHasDescriptorsForAndGoOn() throws Exception
    {
        try (Program ringway = run(List.of("sh", "-c", "ulimit -n 300; exec \"$@\"", "sh"),
            direct(Bootstraps.tcpAddress("127.0.0.1", port))))
        {
            ringway.awaitPort(adminPort).awaitPort(port);
            final Admin admin = new Admin(adminPort);
            final Map<String, Long> before = admin.firstGauges();
            for (int round = 0; round < 3; round++)
            {
                final List<Client> clients = new ArrayList<>();
                for (int i = 0; i < 400; i++)
                {
                    clients.add(new Client(port).send("GET / HTTP/1.1\r\nhost: a\r\n\r\n"));
                }
                // Those that got a place are served while others wait for one.
                for (int i = 0; i < 100; i++)
                {
                    assertEquals("direct", clients.get(i).read().text());
                }
                assertFalse(admin.stats().isEmpty(), "admin answers when all places are taken");
                for (int i = 0; i < 200; i++)
                {
                    clients.get(i).close();
                }
                for (final Client client : clients.subList(200, 400))
                {
                    assertEquals("direct", client.read().text());
                    client.close();
                }
            }
            admin.awaitNothingLeft(before);
        }
    }

    /** Whose requests leave a line with their path in a file. */
    private Path logging(final Path log) throws IOException
    {
        return file(Bootstraps.admin(adminPort) +
            Bootstraps.http("in", Bootstraps.tcpAddress("127.0.0.1", port), """
                access_log:
                - name: file
                  typed_config:
                    "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
                    path: "%s"
                    log_format: { text_format_source: { inline_string: "%%REQ(:PATH)%%\\n" } }
                """.formatted(log), DIRECT));
    }

    /** As many at a time as there is room for, however late the thread is that writes them. */
    @Test
    void shouldHaveEachRequestInOneOfItsLogsWhileTheyRotate() throws Exception
    {
        final Path log = directory.resolve("access.log");
        final List<Path> logs = new ArrayList<>(List.of(log));
        final List<String> asked = new ArrayList<>();
        try (Program ringway = Program.ringway(directory, "-c", logging(log).toString(), "--concurrency", "2",
            "--file-flush-interval-msec", "5"))
        {
            ringway.awaitPort(adminPort).awaitPort(port);
            try (Client first = new Client(port); Client second = new Client(port))
            {
                for (int round = 0; round < ROUNDS; round++)
                {
                    ask(first, "/first" + round + "-", asked);
                    ask(second, "/second" + round + "-", asked);
                    if (round % 4 == 1)
                    {
                        logs.add(Files.move(log, directory.resolve("access.log." + round)));
                        ringway.signal("USR1");
                        Patience.await(() -> Files.exists(log), () -> log + " is opened again");
                    }
                    answers(first);
                    answers(second);
                    Patience.await(() -> lines(logs).size() >= asked.size(), () -> asked.size() + " lines: " + lines(logs));
                }
            }
            final List<String> logged = lines(logs);
            Collections.sort(asked);
            Collections.sort(logged);
            assertEquals(asked, logged);
            assertEquals(0, new Admin(adminPort).stats("http.in.access_log_dropped").get("http.in.access_log_dropped"));
        }
    }

    private static void ask(final Client client, final String path, final List<String> asked) throws IOException
    {
        final StringBuilder requests = new StringBuilder();
        for (int i = 0; i < AT_ONCE; i++)
        {
            requests.append("GET ").append(path).append(i).append(" HTTP/1.1\r\nhost: a\r\n\r\n");
            asked.add(path + i);
        }
        client.send(requests.toString());
    }

    private static void answers(final Client client) throws IOException
    {
        for (int i = 0; i < AT_ONCE; i++)
        {
            assertEquals("direct", client.read().text());
        }
    }

    private static List<String> lines(final List<Path> logs) throws IOException
    {
        final List<String> lines = new ArrayList<>();
        for (final Path log : logs)
        {
            final String text = Files.readString(log);
            text.substring(0, text.lastIndexOf('\n') + 1).lines().forEach(lines::add);
        }
        return lines;
    }

    @Test
    void shouldLoseWholeLinesOfTheAccessLogWhenThereIsNoRoomAndGoOn() throws Exception
    {
        final Path log = directory.resolve("access.log");
        final Path bootstrap = logging(log);
        try (Program ringway = run(List.of(), bootstrap, "--file-flush-interval-msec", "20"))
        {
            ringway.awaitPort(adminPort).awaitPort(port);
            final Admin admin = new Admin(adminPort);
            try (Client client = new Client(port))
            {
                assertEquals("direct", client.get("/one").text());
                awaitText(log, "/one\n");
                limitFiles(ringway, "8");
                assertEquals("direct", client.get("/second").text());
                admin.awaitStat("filesystem.write_dropped", 1);
                assertEquals("/one\n/se", Files.readString(log));
                limitFiles(ringway, "unlimited");
                assertEquals("direct", client.get("/three").text());
                awaitText(log, "/one\n/se\n/three\n");
                assertEquals(1L, admin.stats("filesystem.write_failed").get("filesystem.write_failed"));
                admin.awaitStat("filesystem.write_total_buffered", 0);
            }
        }
    }

    /** Bounds the size of what the process writes, as a disk that fills does. */
    private static void limitFiles(final Program program, final String bytes) throws Exception
    {
        final Process process = new ProcessBuilder(
            "prlimit", "--pid", Long.toString(program.pid()), "--fsize=" + bytes + ":unlimited").start();
        assertEquals(0, process.waitFor());
    }

    private static void awaitText(final Path file, final String text) throws Exception
    {
        Patience.await(() -> Files.readString(file).equals(text), () -> text + " in " + file);
    }
}
