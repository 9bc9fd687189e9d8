package dev.ringway.system;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Configurations that take each other's place while a process serves. */
final class ReloadTest
{
    private static final int RELOADS_WITH_LOGS = 8;
    private static final int LOGS = 10;
    /** Ends a cluster. */
    private static final String CHECKED = """
            common_lb_config: { healthy_panic_threshold: { value: 0 } }
            health_checks: [ { timeout: 60s, interval: 3600s, no_traffic_interval: 3600s, unhealthy_threshold: 1,
              healthy_threshold: 1, http_health_check: { path: /hc } } ]
        """;

    @TempDir
    private Path directory;

    private static void awaitAnswer(final Client client, final String text) throws Exception
    {
        final String[] last = {null};
        Patience.await(() -> text.equals(last[0] = client.get("/").text()), () -> text + " instead of " + last[0]);
    }

    /** Each time on another connection: those of the listener that was there before end. */
    private static void awaitAnswer(final int port, final String text) throws Exception
    {
        Patience.await(() ->
        {
            try (Client client = new Client(port))
            {
                final HttpMessage answer = client.get("/");
                return answer != null && text.equals(answer.text());
            }
            catch (final IOException e)
            {
                return false;
            }
        }, () -> text + " on port " + port);
    }

    private static void awaitRefused(final int port) throws Exception
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
        }, () -> "nobody listens on " + port);
    }

    @Test
    void shouldServeLiveConnectionsByNewRoutes() throws Exception
    {
        final int port = Program.freePort();
        try (Reloads reloads = new Reloads(directory, Reloads.direct("in", port, "one"));
            Client client = new Client(port); Http2Client client2 = Http2Client.open(port))
        {
            assertEquals("one", client.get("/").text());
            assertEquals("one", client2.get("/").text());
            reloads.reload(Reloads.direct("in", port, "two"));
            awaitAnswer(client, "two");
            Patience.await(() -> client2.get("/").text().equals("two"), () -> "two over HTTP/2");
            final Map<String, Long> stats = reloads.admin.stats();
            assertEquals(1, stats.get("http.in.downstream_cx_http2_total"));
            assertEquals(0, stats.get("http.in.downstream_cx_destroy"));
            assertEquals(1, stats.get("listener_manager.listener_modified"));
            assertEquals(0, stats.get("listener_manager.total_listeners_draining"));
            assertEquals(0, stats.get("config_file.update_rejected"));
            assertTrue(stats.get("config_file.update_time") > 0);
        }
    }

    @Test
    void shouldEndRequestsWhereTheyBegan() throws Exception
    {
        final int port = Program.freePort();
        try (Origin old = new Origin(Map.of()); Origin fresh = new Origin(Map.of("/", "HTTP/1.1 200 OK\r\n" +
                "content-length: 5\r\n\r\nfresh"));
            Reloads reloads = new Reloads(directory, Reloads.forward("in", port, "old") +
                Reloads.clusters(Map.of("old", old)));
            Client client = new Client(port); Http2Client client2 = Http2Client.open(port))
        {
            final CountDownLatch held = old.hold();
            client.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
            old.awaitHeld();
            final int stream = client2.request(Http2Block.request("GET", "/"), true);
            old.awaitHeld();
            reloads.reload(Reloads.forward("in", port, "fresh") + Reloads.clusters(Map.of("fresh", fresh)));
            assertEquals("fresh", client2.get("/").text());
            old.letGo(held);
            assertEquals("ok", client.read().text());
            assertEquals("ok", client2.answer(stream).text());
            assertEquals("fresh", client.get("/").text());
            reloads.admin.awaitStat("cluster.old.upstream_cx_active", 0);
            assertEquals(1, reloads.admin.stats().get("cluster_manager.cluster_removed"));
        }
    }

    /** The new endpoint is that of another cluster, or takes the place of the only one. */
    @ParameterizedTest
    @ValueSource(strings = {"other", "origin"})
    void shouldUseNewEndpointsOnceTheyHaveBeenChecked(final String name) throws Exception
    {
        final int port = Program.freePort();
        try (Origin old = new Origin(Map.of()); Origin fresh = new Origin(Map.of("/", "HTTP/1.1 200 OK\r\n" +
                "content-length: 5\r\n\r\nfresh"));
            Reloads reloads = new Reloads(directory, Reloads.forward("in", port, "origin") +
                Reloads.clusters(Map.of("origin", old)));
            Client client = new Client(port))
        {
            final CountDownLatch held = fresh.hold();
            reloads.signal(Reloads.forward("in", port, name) + Reloads.clusters(Map.of(name, fresh)) + CHECKED);
            fresh.awaitHeld();
            // The same file does not have the check begin anew.
            reloads.ringway.signal("HUP");
            reloads.ringway.awaitOutput("is read again once");
            assertEquals("ok", client.get("/").text());
            assertEquals(0, reloads.count("update_success"));
            assertEquals(1, reloads.count("update_attempt"));
            fresh.letGo(held);
            awaitAnswer(client, "fresh");
            reloads.awaitCount("update_success", 2);
            assertEquals(0, reloads.admin.stats().get("http.in.downstream_rq_5xx"));
            assertEquals(1, reloads.admin.stats().get("cluster." + name + ".health_check.attempt"));
        }
    }

    /** The check of what came before may take for ever. */
    @Test
    void shouldTakeTheNewestWhileAnotherIsChecked() throws Exception
    {
        final int port = Program.freePort();
        try (Origin first = new Origin(Map.of()); Origin second = new Origin(Map.of());
            Reloads reloads = Reloads.watching(directory, Reloads.direct("in", port, "old"));
            Client client = new Client(port))
        {
            first.hold();
            second.hold();
            reloads.signal(Reloads.forward("in", port, "c") + Reloads.clusters(Map.of("c", first)) + CHECKED);
            first.awaitHeld();
            reloads.write(Bootstraps.admin(reloads.adminPort()) + Reloads.forward("in", port, "c") +
                Reloads.clusters(Map.of("c", second)) + CHECKED);
            second.awaitHeld();
            assertEquals("old", client.get("/").text());
            reloads.reload(Reloads.direct("in", port, "newest"));
            assertEquals("newest", client.get("/").text());
            assertEquals(1, reloads.count("update_success"));
            assertEquals(0, reloads.count("update_rejected"));
        }
    }

    @Test
    void shouldKeepPoolsAndCountersOfWhatStays() throws Exception
    {
        final int port = Program.freePort();
        try (Origin origin = new Origin(Map.of());
            Reloads reloads = new Reloads(directory, Reloads.forward("in", port, "origin") +
                Reloads.clusters(Map.of("origin", origin)));
            Client client = new Client(port))
        {
            assertEquals("ok", client.get("/").text());
            for (int i = 0; i < 5; i++)
            {
                final String name = "other" + i;
                reloads.reload(Reloads.forward("in", port, "origin") +
                    Reloads.clusters(Map.of("origin", origin, name, origin)));
                assertEquals("ok", client.get("/").text());
            }
            final Map<String, Long> stats = reloads.admin.stats();
            assertEquals(1, stats.get("cluster.origin.upstream_cx_total"));
            assertEquals(6, stats.get("cluster.origin.upstream_rq_total"));
            assertEquals(6, stats.get("http.in.downstream_rq_total"));
            assertEquals(1, stats.get("http.in.downstream_cx_total"));
            assertEquals(2, stats.get("cluster_manager.active_clusters"));
        }
    }

    @Test
    void shouldHaveAClusterTakeAnotherType() throws Exception
    {
        final int port = Program.freePort();
        final String original = "  clusters:\n  - { name: c, type: ORIGINAL_DST, lb_policy: CLUSTER_PROVIDED, " +
            "original_dst_lb_config: { use_http_header: true } }\n";
        try (Origin named = new Origin(Map.of("/", "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nnamed"));
            Origin origin = new Origin(Map.of());
            Reloads reloads = new Reloads(
                directory, Reloads.forward("in", port, "c") + Reloads.clusters(Map.of("c", origin)));
            Client client = new Client(port))
        {
            for (int i = 1; i <= 2; i++)
            {
                final String request =
                    "GET / HTTP/1.1\r\nhost: a\r\nx-envoy-original-dst-host: 127.0.0.1:" + named.port() + "\r\n\r\n";
                assertEquals("ok", client.send(request).read().text());
                reloads.reload(Reloads.forward("in", port, "c") + original);
                assertEquals("named", client.send(request).read().text());
                assertEquals(503, client.get("/").status());
                reloads.reload(Reloads.forward("in", port, "c") + Reloads.clusters(Map.of("c", origin)));
                assertEquals("ok", client.get("/").text());
            }
        }
    }

    /** More logs than there can be at once, one after the other. */
    @Test
    void shouldLogToOneFileAfterTheOther() throws Exception
    {
        final int port = Program.freePort();
        try (Reloads reloads = new Reloads(directory, logging(port, 0), "--file-flush-interval-msec", "50");
            Client client = new Client(port))
        {
            for (int i = 1; i <= RELOADS_WITH_LOGS; i++)
            {
                reloads.reload(logging(port, i));
                awaitAnswer(client, "text " + i);
            }
            for (int i = RELOADS_WITH_LOGS - 1; i <= RELOADS_WITH_LOGS; i++)
            {
                for (int log = 0; log < LOGS; log++)
                {
                    final String text = "text " + i + " of " + log;
                    assertTrue(LogLines.await(log(i, log), 1, line -> true).stream().allMatch(text::equals), text);
                }
            }
            assertEquals(0, reloads.admin.stats().get("config_file.update_rejected"));
        }
    }

    private Path log(final int reload, final int number)
    {
        return directory.resolve("log" + reload + "-" + number);
    }

    private String logging(final int port, final int reload)
    {
        final StringBuilder logs = new StringBuilder();
        for (int i = 0; i < LOGS; i++)
        {
            logs.append("{ name: file, typed_config: { \"@type\": ")
                .append("type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog, path: \"")
                .append(log(reload, i)).append("\", log_format: { text_format_source: { inline_string: \"text ")
                .append(reload).append(" of ").append(i).append("\\n\" } } } }, ");
        }
        return Reloads.direct("in", port, "text " + reload).replace(
            "stat_prefix: in\n", "stat_prefix: in\n          access_log: [ " + logs + "]\n");
    }

    @Test
    void shouldRefuseWhatIsBrokenAndServeOn() throws Exception
    {
        final int port = Program.freePort();
        final int other = Program.freePort();
        final ServerSocket taken = new ServerSocket(other, 1, InetAddress.getLoopbackAddress());
        try (Reloads reloads = new Reloads(directory, Reloads.direct("in", port, "one")); Client client = new Client(port))
        {
            reloads.refuse("  clusters: [", reloads.file() + ":");
            reloads.refuse(Reloads.direct("in", port, "two") + "  nonsense: 1\n", "static_resources.nonsense");
            reloads.refuse(Reloads.direct("in", port, "two") + Reloads.direct("other", other, "two"),
                "'other': cannot listen on 127.0.0.1:" + other);
            reloads.ringway.awaitOutput("what was loaded before stays in force");
            assertEquals("one", client.get("/").text());
            final Map<String, Long> stats = reloads.admin.stats();
            assertEquals(3, stats.get("config_file.update_attempt"));
            assertEquals(3, stats.get("config_file.update_rejected"));
            assertEquals(1, stats.get("config_file.refused"));
            assertEquals(1, stats.get("listener_manager.listener_create_failure"));
            final String dump = reloads.admin.get("/config_dump");
            assertTrue(dump.contains("\"error_state\"") && dump.contains("cannot listen on"), dump);
            taken.close();
            reloads.reload(Reloads.direct("in", port, "two") + Reloads.direct("other", other, "two"));
            awaitAnswer(client, "two");
            assertEquals(0, reloads.count("refused"));
            assertFalse(reloads.admin.get("/config_dump").contains("error_state"));
        }
    }

    @Test
    void shouldTakeWhatIsPutInPlaceOfItsFile() throws Exception
    {
        final int port = Program.freePort();
        try (Reloads reloads = Reloads.watching(directory, Reloads.direct("in", port, "one")); Client client = new Client(port))
        {
            assertEquals("one", client.get("/").text());
            reloads.write(Bootstraps.admin(reloads.adminPort()) + Reloads.direct("in", port, "renamed"));
            awaitAnswer(client, "renamed");
            Files.writeString(
                reloads.file(), Bootstraps.admin(reloads.adminPort()) + Reloads.direct("in", port, "written"));
            awaitAnswer(client, "written");
            Files.writeString(reloads.file(), "no: configuration\n");
            reloads.awaitCount("update_rejected", 1);
            assertEquals("written", client.get("/").text());
            reloads.ringway.awaitOutput(reloads.file() + " has changed");
        }
    }

    /** As Kubernetes mounts a ConfigMap: the file is a link into a folder behind a link, and that one is swapped. */
    @Test
    void shouldFollowLinksThatAreSwapped() throws Exception
    {
        final int port = Program.freePort();
        final int adminPort = Program.freePort();
        final Path old = Files.createDirectory(directory.resolve("old"));
        final Path fresh = Files.createDirectory(directory.resolve("fresh"));
        Files.writeString(old.resolve("a.yaml"), Bootstraps.admin(adminPort) + Reloads.direct("in", port, "one"));
        Files.writeString(fresh.resolve("a.yaml"), Bootstraps.admin(adminPort) + Reloads.direct("in", port, "two"));
        final Path data = Files.createSymbolicLink(directory.resolve("..data"), old);
        final Path file = Files.createSymbolicLink(directory.resolve("a.yaml"), Path.of("..data/a.yaml"));
        try (Program ringway = Program.ringway(directory, "-c", file.toString(), "--concurrency", "1"))
        {
            ringway.awaitPort(port).awaitPort(adminPort);
            try (Client client = new Client(port))
            {
                assertEquals("one", client.get("/").text());
                Files.move(Files.createSymbolicLink(directory.resolve("..tmp"), fresh), data,
                    StandardCopyOption.ATOMIC_MOVE);
                awaitAnswer(client, "two");
            }
        }
    }

    @Test
    void shouldWaitForTheSignalWhenToldTo() throws Exception
    {
        final int port = Program.freePort();
        try (Reloads reloads = new Reloads(directory, Reloads.direct("in", port, "one"));
            Client client = new Client(port))
        {
            reloads.write(Bootstraps.admin(reloads.adminPort()) + Reloads.direct("in", port, "two"));
            final long from = reloads.admin.stats().get("server.uptime");
            Patience.await(() -> reloads.admin.stats().get("server.uptime") > from + 3, () -> "time passes");
            assertEquals("one", client.get("/").text());
            reloads.ringway.signal("HUP");
            awaitAnswer(client, "two");
            assertEquals(1, reloads.count("update_attempt"));
            assertFalse(reloads.ringway.output().contains("has changed"));
        }
    }

    /** The same, but clients that ask nothing get little time to end where the listener is gone. */
    private static String soon(final String listener)
    {
        return listener.replaceFirst("( +)stat_prefix: .*\n", "$0$1drain_timeout: 0.5s\n");
    }

    @Test
    void shouldAddMoveAndRemoveListeners() throws Exception
    {
        final int first = Program.freePort();
        final int second = Program.freePort();
        final String one = soon(Reloads.direct("in", first, "one"));
        try (Reloads reloads = new Reloads(directory, one); Client old = new Client(first))
        {
            assertEquals("one", old.get("/").text());
            reloads.reload(one + soon(Reloads.direct("added", second, "added")));
            try (Client added = new Client(second))
            {
                assertEquals("added", added.get("/").text());
                final int third = Program.freePort();
                reloads.reload(Reloads.direct("in", third, "moved"));
                awaitRefused(first);
                awaitRefused(second);
                // Neither had a request under way.
                assertNull(old.read());
                assertNull(added.read());
                try (Client moved = new Client(third))
                {
                    assertEquals("moved", moved.get("/").text());
                }
            }
            final Map<String, Long> stats = reloads.admin.stats();
            assertEquals(2, stats.get("listener_manager.listener_added"));
            assertEquals(1, stats.get("listener_manager.listener_removed"));
            assertEquals(1, stats.get("listener_manager.total_listeners_active"));
            reloads.admin.awaitStat("listener_manager.total_listeners_draining", 0);
        }
    }

    @Test
    void shouldAnswerTheLastRequestOfAListenerThatIsGone() throws Exception
    {
        final int port = Program.freePort();
        try (Origin origin = new Origin(Map.of());
            Reloads reloads = new Reloads(directory, soon(Reloads.forward("in", port, "origin")) +
                Reloads.clusters(Map.of("origin", origin)));
            Client client = new Client(port); Http2Client client2 = Http2Client.open(port))
        {
            final CountDownLatch held = origin.hold();
            client.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
            origin.awaitHeld();
            final int stream = client2.request(Http2Block.request("GET", "/"), true);
            origin.awaitHeld();
            reloads.reload(Reloads.direct("other", Program.freePort(), "other"));
            awaitRefused(port);
            reloads.admin.awaitStat("listener_manager.total_listeners_draining", 1);
            client2.await("GOAWAY", frame -> frame.type() == Http2Frame.GOAWAY);
            origin.letGo(held);
            final HttpMessage answer = client.read();
            assertEquals("ok", answer.text());
            assertEquals("close", answer.field("connection"));
            assertNull(client.read());
            assertEquals("ok", client2.answer(stream).text());
            client2.awaitEnd();
            reloads.admin.awaitStat("listener_manager.total_listeners_draining", 0);
        }
    }

    @Test
    void shouldAnswerWhatIsOnItsWayToAListenerThatIsGone() throws Exception
    {
        final int port = Program.freePort();
        try (Reloads reloads = new Reloads(directory, Bootstraps.http("in", Bootstraps.tcpAddress("127.0.0.1", port),
                "drain_timeout: 120s", "- { match: { prefix: \"/\" }, direct_response: { status: 204 } }"));
            Client client = new Client(port))
        {
            assertEquals(204, client.get("/").status());
            reloads.reload(Reloads.direct("other", Program.freePort(), "other"));
            awaitRefused(port);
            final HttpMessage answer = client.get("/");
            assertEquals(204, answer.status());
            assertEquals("close", answer.field("connection"));
            assertNull(client.read());
            reloads.admin.awaitStat("listener_manager.total_listeners_draining", 0);
        }
    }

    @Test
    void shouldHandAddressesOnToOtherNames() throws Exception
    {
        final int first = Program.freePort();
        final int second = Program.freePort();
        try (Reloads reloads = new Reloads(directory,
                Reloads.direct("a", first, "a") + Reloads.direct("b", second, "b")))
        {
            reloads.reload(Reloads.direct("b", first, "b") + Reloads.direct("c", second, "c"));
            awaitAnswer(first, "b");
            awaitAnswer(second, "c");
        }
    }

    @Test
    void shouldEndWhatIsLeftAfterTheDrainTime() throws Exception
    {
        final int port = Program.freePort();
        try (Origin origin = new Origin(Map.of());
            Reloads reloads = new Reloads(directory,
                Bootstraps.tcp("relay", Bootstraps.tcpAddress("127.0.0.1", port), "origin") +
                Reloads.clusters(Map.of("origin", origin)), "--drain-time-s", "1");
            Client client = new Client(port))
        {
            assertEquals("ok", client.get("/").text());
            reloads.reload(Reloads.direct("other", Program.freePort(), "other") +
                Reloads.clusters(Map.of("origin", origin)));
            final IOException end = assertThrows(IOException.class, () ->
            {
                if (client.read() == null)
                {
                    throw new IOException("ended");
                }
            });
            assertFalse(end instanceof SocketTimeoutException, "still there");
            reloads.admin.awaitStat("cluster.origin.upstream_cx_active", 0);
        }
    }

    @Test
    void shouldKeepAddressesOfNamesAndLookUpNewOnesFirst() throws Exception
    {
        final int port = Program.freePort();
        try (Origin origin = new Origin(Map.of());
            Reloads reloads = new Reloads(directory, Reloads.forward("in", port, "named") + named("named", origin));
            Client client = new Client(port))
        {
            reloads.admin.awaitStat("cluster.named.membership_total", 1);
            for (int i = 0; i < 5; i++)
            {
                final String name = i % 2 == 0 ? "named" : "other";
                reloads.reload(Reloads.forward("in", port, name) + named("named", origin) +
                    named("other", origin).replace("  clusters:\n", ""));
                for (int k = 0; k < 20; k++)
                {
                    assertEquals(200, client.get("/").status());
                }
            }
            assertEquals(0, reloads.admin.stats().get("cluster.named.upstream_cx_none_healthy"));
            assertEquals(0, reloads.admin.stats().get("cluster.other.upstream_cx_none_healthy"));
        }
    }

    private static String named(final String name, final Origin origin)
    {
        return "  clusters:\n" +
            Bootstraps.cluster(name, "STRICT_DNS", Bootstraps.tcpAddress("localhost", origin.port())) +
            "    dns_lookup_family: V4_ONLY\n";
    }

    @Test
    void shouldSayWhatTakesARestart() throws Exception
    {
        final int port = Program.freePort();
        try (Reloads reloads = new Reloads(directory, Reloads.direct("in", port, "one")); Client client = new Client(port))
        {
            final int other = Program.freePort();
            reloads.write("node: { id: fresh }\n" + Bootstraps.admin(other) + Reloads.direct("in", port, "two"));
            reloads.ringway.signal("HUP");
            awaitAnswer(client, "two");
            reloads.ringway.awaitOutput("node, admin changed, which takes a restart; the old value holds until then");
            assertFalse(reloads.admin.get("/server_info").contains("fresh"));
            assertFalse(reloads.admin.get("/config_dump").contains("fresh"));
            awaitRefused(other);
        }
    }
}
