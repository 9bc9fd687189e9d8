package dev.ringway.engine.runtime;

import dev.ringway.engine.snapshot.Address;
import dev.ringway.engine.snapshot.ConnectRules;
import dev.ringway.engine.snapshot.ConnectRules.Option;
import dev.ringway.engine.snapshot.ConnectionAge;
import dev.ringway.engine.snapshot.Endpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

/** How connections to endpoints are opened, and how long they last. */
@Timeout(180)
final class ConnectRulesTest
{
    private static final int SOL_SOCKET = 1;
    private static final int SO_KEEPALIVE = 9;
    private static final int IPPROTO_TCP = 6;
    private static final int TCP_KEEPIDLE = 4;
    private static final String OVER = "cluster.b.upstream_cx_max_duration_reached";

    private static Option option(final int level, final int name, final int value)
    {
        return new Option(
            level, name, ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder()).putInt(value).array());
    }

    private static ConnectRules rules(final List<Option> options, final Address source)
    {
        return new ConnectRules(options, List.of(), source, ConnectionAge.UNBOUNDED, 1);
    }

    private static ConnectRules aged(final long maxAgeNs)
    {
        return new ConnectRules(List.of(), List.of(), null, new ConnectionAge(maxAgeNs, 0), 1);
    }

    private static ConnectRules ahead(final double ratio)
    {
        return new ConnectRules(List.of(), List.of(), null, ConnectionAge.UNBOUNDED, ratio);
    }

    @Test
    void shouldConnectFromAnAddress() throws Exception
    {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
            TestProxy proxy = new TestProxy())
        {
            server.setSoTimeout(120_000);
            proxy.endpoints.add(new Endpoint(Address.of((InetSocketAddress)server.getLocalSocketAddress()), "", 1));
            final Address source = Address.of(new InetSocketAddress("127.0.0.2", 0));
            proxy.connect = new ConnectRules(List.of(option(SOL_SOCKET, SO_KEEPALIVE, 1)),
                List.of(option(IPPROTO_TCP, TCP_KEEPIDLE, 77)), source, ConnectionAge.UNBOUNDED, 1);
            proxy.start();
            final TestClient client = proxy.connect().send("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
            try (Socket accepted = server.accept())
            {
                assertEquals("127.0.0.2", ((InetSocketAddress)accepted.getRemoteSocketAddress()).getHostString());
                accepted.getOutputStream().write(TestBackend.ok("x").getBytes(US_ASCII));
                assertEquals("x", client.read().text());
            }
            proxy.awaitCounter("cluster.b.upstream_cx_destroy", 1);
        }
    }

    /** Kinds of timers that run for connections to a port, from the kernel's table. */
    private static List<String> timers(final int port) throws IOException
    {
        return Files.readAllLines(Path.of("/proc/net/tcp")).stream().map(line -> line.strip().split("\\s+"))
            .filter(fields -> fields[2].endsWith(":%04X".formatted(port)) && fields[3].equals("01"))
            .map(fields -> fields[5].substring(0, 2)).toList();
    }

    @Test
    void shouldSetOptionsOfSockets() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x"));
            TestProxy proxy = new TestProxy(backend))
        {
            proxy.connect = rules(
                List.of(option(SOL_SOCKET, SO_KEEPALIVE, 1), option(IPPROTO_TCP, TCP_KEEPIDLE, 7_000)), null);
            proxy.start();
            assertEquals("x", proxy.connect().get("/").text());
            // 02 is the timer of keepalive.
            TestProxy.await(() -> proxyTimers(backend).equals(List.of("02")), () -> proxyTimers(backend).toString());
        }
    }

    private static List<String> proxyTimers(final TestBackend backend)
    {
        try
        {
            return timers(backend.port());
        }
        catch (final IOException e)
        {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldMakeNoConnectionWhereAnOptionCannotBeSet() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x"));
            TestProxy proxy = new TestProxy(backend))
        {
            proxy.connect = rules(List.of(option(IPPROTO_TCP, 9999, 1)), null);
            proxy.start();
            assertEquals(503, proxy.connect().get("/").status());
            assertEquals(1, proxy.counter("cluster.b.upstream_cx_connect_fail"));
            assertEquals(0, backend.accepted());
            proxy.connect = ConnectRules.NONE;
            proxy.publish();
            assertEquals("x", proxy.connect().get("/").text());
        }
    }

    @Test
    void shouldEndConnectionsThatAreOldAndBreakNoRequest() throws Exception
    {
        final CountDownLatch gate = new CountDownLatch(1);
        try (TestBackend backend = TestBackend.answering(request ->
            {
                gate.await();
                return TestBackend.ok("x");
            });
            TestProxy proxy = new TestProxy(backend))
        {
            proxy.connect = aged(1);
            proxy.start();
            final TestClient client = proxy.connect().send("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
            TestProxy.await(() -> backend.accepted() == 1, () -> "connected");
            gate.countDown();
            assertEquals("x", client.read().text());
            proxy.awaitCounter(OVER, 1);
            assertEquals("x", client.get("/").text());
            proxy.awaitCounter(OVER, 2);
            assertEquals(2, backend.accepted());
        }
    }

    @Test
    void shouldEndIdleConnectionsThatGrowOld() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x"));
            TestProxy proxy = new TestProxy(backend))
        {
            proxy.connect = aged(300_000_000L);
            proxy.start();
            assertEquals("x", proxy.connect().get("/").text());
            proxy.awaitCounter(OVER, 1);
            TestProxy.await(() -> backend.open() == 0, () -> "the connection ends");
            assertEquals(0, proxy.counter("cluster.b.upstream_cx_idle_timeout"));
        }
    }

    @Test
    void shouldEndOldConnectionsOfHttp2() throws Exception
    {
        try (TestBackend backend = HttpPair.HTTP2_TO_HTTP2.backend(request -> Sent.of("200", "x".getBytes(US_ASCII), true));
            TestProxy proxy = HttpPair.HTTP2_TO_HTTP2.proxy(backend))
        {
            proxy.connect = aged(1);
            proxy.start();
            final HttpPair.Client client = HttpPair.HTTP2_TO_HTTP2.connect(proxy);
            assertEquals(200, client.ask(Sent.of("GET /", null, false)).status());
            proxy.awaitCounter(OVER, 1);
            TestProxy.await(() -> backend.open() == 0, () -> "the connection ends");
            assertEquals(200, client.ask(Sent.of("GET /", null, false)).status());
            proxy.awaitCounter(OVER, 2);
            assertEquals(2, backend.accepted());
        }
    }

    @Test
    void shouldHoldConnectionsReadyForRequestsToCome() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x"));
            TestProxy proxy = new TestProxy(backend))
        {
            proxy.connect = ahead(3);
            proxy.start();
            final TestClient client = proxy.connect();
            assertEquals("x", client.get("/").text());
            TestProxy.await(() -> backend.open() == 3, () -> "three connections");
            assertEquals("x", client.get("/").text());
            assertEquals(3, proxy.counter("cluster.b.upstream_cx_total"));
            assertEquals(0, proxy.counter("cluster.b.upstream_cx_overflow"));
        }
    }

    @Test
    void shouldOpenNoMoreAheadThanTheClusterBears() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x"));
            TestProxy proxy = new TestProxy(backend).bearing(2, 10, 10))
        {
            proxy.connect = ahead(3);
            proxy.start();
            assertEquals("x", proxy.connect().get("/").text());
            TestProxy.await(() -> backend.open() == 2, () -> "two connections");
            assertEquals(2, proxy.counter("cluster.b.upstream_cx_total"));
            assertEquals(1, proxy.counter("cluster.b.upstream_cx_overflow"));
        }
    }

    @Test
    void shouldGiveRequestsTheConnectionsThatWereOpenedAhead() throws Exception
    {
        final CountDownLatch gate = new CountDownLatch(1);
        try (TestBackend backend = TestBackend.answering(request ->
            {
                gate.await();
                return TestBackend.ok(request.target());
            });
            TestProxy proxy = new TestProxy(backend).bearing(3, 10, 10))
        {
            proxy.connect = ahead(3);
            proxy.start();
            final TestClient first = proxy.connect().send("GET /1 HTTP/1.1\r\nhost: a\r\n\r\n");
            proxy.awaitCounter("cluster.b.upstream_cx_total", 3);
            final TestClient second = proxy.connect().send("GET /2 HTTP/1.1\r\nhost: a\r\n\r\n");
            final TestClient third = proxy.connect().send("GET /3 HTTP/1.1\r\nhost: a\r\n\r\n");
            proxy.awaitCounter("cluster.b.upstream_rq_active", 3);
            assertEquals(0, proxy.counter("cluster.b.upstream_rq_pending_active"));
            gate.countDown();
            assertEquals("/1", first.read().text());
            assertEquals("/2", second.read().text());
            assertEquals("/3", third.read().text());
            assertEquals(3, proxy.counter("cluster.b.upstream_cx_total"));
        }
    }

    @Test
    void shouldFailAloneWhenAConnectionAheadFails() throws Exception
    {
        try (TestProxy proxy = new TestProxy().refused())
        {
            proxy.connect = ahead(3);
            proxy.start();
            assertEquals(503, proxy.connect().get("/").status());
            proxy.awaitCounter("cluster.b.upstream_cx_destroy", proxy.counter("cluster.b.upstream_cx_total"));
            assertEquals(0, proxy.counter("cluster.b.upstream_cx_active"));
        }
    }
}
