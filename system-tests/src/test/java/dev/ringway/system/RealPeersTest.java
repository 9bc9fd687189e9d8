package dev.ringway.system;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** One Ringway process with nginx behind it, and HAProxy before and behind it. */
final class RealPeersTest
{
    private static final int LARGE = 100 * 1024;

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
        Files.writeString(directory.resolve("large"), "x".repeat(LARGE));
        STARTED.add(Peers.nginx(directory, """
            gzip on;
            gzip_types *;
            gzip_min_length 1;
            server
            {
                listen 127.0.0.1:%1$d;
                root %2$s;
                keepalive_requests 40;
                location /upload { client_max_body_size 1k; return 200 "taken"; }
                location /once/ { alias %2$s/; keepalive_timeout 0; }
                location /gone { return 444; }
            }
            """.formatted(nginxPort, directory))).awaitPort(nginxPort);
        STARTED.add(Peers.haproxy(directory, """
            frontend front
                bind 127.0.0.1:%d
                default_backend ringway
            backend ringway
                http-reuse always
                option forwardfor
                server ringway 127.0.0.1:%d
            frontend behind
                bind 127.0.0.1:%d
                use_backend nobody if { path_beg /haproxy/nobody }
                default_backend origin
            backend origin
                http-request set-header x-haproxy behind
                server origin 127.0.0.1:%d
            backend nobody
            """.formatted(frontPort, port, behindPort, origin.port()))).awaitPort(frontPort);
        final Path file = Files.writeString(directory.resolve("ringway.yaml"), Bootstraps.admin(adminPort) +
            Bootstraps.http("in", Bootstraps.tcpAddress("127.0.0.1", port), "", """
                - match: { prefix: "/nginx/" }
                  route: { cluster: nginx, prefix_rewrite: "/" }
                - match: { prefix: "/haproxy/" }
                  route: { cluster: haproxy }
                - match: { prefix: "/" }
                  route: { cluster: origin }
                """) + "  clusters:\n" +
            Bootstraps.cluster("nginx", "STATIC", Bootstraps.tcpAddress("127.0.0.1", nginxPort)) +
            Bootstraps.cluster("haproxy", "STATIC", Bootstraps.tcpAddress("127.0.0.1", behindPort)) +
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

    @Test
    void shouldKeepConnectionsToNginxAndSurviveThatItEndsThem() throws Exception
    {
        final long before = admin.stats().get("cluster.nginx.upstream_cx_total");
        try (Client client = new Client(port))
        {
            for (int i = 0; i < 200; i++)
            {
                final HttpMessage answer = client.get("/nginx/small");
                assertEquals(200, answer.status(), "request " + i);
                assertEquals("small\n", answer.text());
            }
        }
        // nginx ends a connection with its 40th answer and says so.
        final long opened = admin.stats().get("cluster.nginx.upstream_cx_total") - before;
        assertTrue(opened >= 1 && opened <= 8, opened + " connections for 200 requests");
    }

    @Test
    void shouldServeFromConnectionsThatNginxEndsEachTime() throws Exception
    {
        try (Client client = new Client(port))
        {
            for (int i = 0; i < 30; i++)
            {
                final HttpMessage answer = client.get("/nginx/once/small");
                assertEquals("small\n", answer.text());
                assertNull(answer.field("connection"), "the client's connection goes on");
            }
        }
    }

    @Test
    void shouldCarryALargeFile() throws Exception
    {
        try (Client client = new Client(port))
        {
            for (int i = 0; i < 20; i++)
            {
                final HttpMessage answer = client.get("/nginx/large");
                assertEquals(Integer.toString(LARGE), answer.field("content-length"));
                assertEquals("x".repeat(LARGE), answer.text());
            }
        }
    }

    @Test
    void shouldCarryNginxsChunks() throws Exception
    {
        try (Client client = new Client(port))
        {
            final HttpMessage answer = client.send(
                "GET /nginx/large HTTP/1.1\r\nhost: a\r\naccept-encoding: gzip\r\n\r\n").read();
            assertTrue(answer.isChunked());
            assertEquals("gzip", answer.field("content-encoding"));
            final byte[] plain = new java.util.zip.GZIPInputStream(
                new java.io.ByteArrayInputStream(answer.body())).readAllBytes();
            assertEquals(LARGE, plain.length);
            assertEquals("small\n", client.get("/nginx/small").text());
        }
    }

    @Test
    void shouldCarryHeadAndNotModified() throws Exception
    {
        try (Client client = new Client(port))
        {
            final HttpMessage head = client.send("HEAD /nginx/large HTTP/1.1\r\nhost: a\r\n\r\n").readHead();
            assertEquals(Integer.toString(LARGE), head.field("content-length"));
            final HttpMessage unchanged = client.send("GET /nginx/large HTTP/1.1\r\nhost: a\r\nif-none-match: " +
                head.field("etag") + "\r\n\r\n").read();
            assertEquals(304, unchanged.status());
            assertEquals(head.field("etag"), unchanged.field("etag"));
            final HttpMessage part = client.send(
                "GET /nginx/large HTTP/1.1\r\nhost: a\r\nrange: bytes=10-19\r\n\r\n").read();
            assertEquals(206, part.status());
            assertEquals("x".repeat(10), part.text());
        }
    }

    @Test
    void shouldPassOnAnAnswerThatOvertakesItsRequest() throws Exception
    {
        for (int i = 0; i < 10; i++)
        {
            try (Client client = new Client(port))
            {
                client.send("POST /nginx/upload HTTP/1.1\r\nhost: a\r\ncontent-length: 10000000\r\n\r\n" +
                    "x".repeat(20_000));
                final HttpMessage answer = client.read();
                assertEquals(413, answer.status());
                assertEquals("close", answer.field("connection"));
            }
        }
    }

    @Test
    void shouldAnswerForAnUpstreamThatHangsUp() throws Exception
    {
        try (Client client = new Client(port))
        {
            assertEquals(503, client.get("/nginx/gone").status());
            assertEquals("small\n", client.get("/nginx/small").text());
        }
    }

    @Test
    void shouldStandBehindHaproxy() throws Exception
    {
        origin.takeSeen();
        try (Client client = new Client(frontPort))
        {
            for (int i = 0; i < 50; i++)
            {
                assertEquals("ok", client.get("/front/" + i).text());
            }
            final HttpMessage answer = client.send("POST /front/post HTTP/1.1\r\nhost: a\r\n" +
                "transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n").read();
            assertEquals("ok", answer.text());
        }
        final List<HttpMessage> seen = List.copyOf(origin.takeSeen());
        assertEquals(51, seen.size());
        assertEquals("127.0.0.1", seen.getFirst().field("x-forwarded-for"));
        assertNotNull(seen.getFirst().field("x-request-id"));
        assertEquals("abcdef", seen.getLast().text());
    }

    @Test
    void shouldStandBeforeHaproxy() throws Exception
    {
        origin.takeSeen();
        try (Client client = new Client(port))
        {
            assertEquals("ok", client.get("/haproxy/a?b").text());
            final HttpMessage posted = client.send(
                "POST /haproxy/p HTTP/1.1\r\nhost: a\r\ncontent-length: 200000\r\n\r\n" + "b".repeat(200_000)).read();
            assertEquals("ok", posted.text());
            final HttpMessage nobody = client.get("/haproxy/nobody");
            assertEquals(503, nobody.status());
            assertFalse(nobody.text().contains("upstream connect error"), "the answer is HAProxy's own");
        }
        final List<HttpMessage> seen = List.copyOf(origin.takeSeen());
        assertEquals(List.of("GET /haproxy/a?b HTTP/1.1", "POST /haproxy/p HTTP/1.1"),
            seen.stream().map(HttpMessage::start).toList());
        assertEquals("behind", seen.getFirst().field("x-haproxy"));
        assertEquals(200_000, seen.getLast().body().length);
    }
}
