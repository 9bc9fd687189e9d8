package dev.ringway.engine.runtime;

import dev.ringway.engine.accesslog.AccessRecord;
import dev.ringway.engine.accesslog.ResponseFlag;
import dev.ringway.engine.route.Route;
import dev.ringway.engine.route.RouteBuilder;
import dev.ringway.engine.route.Upgrades;
import dev.ringway.engine.snapshot.AccessLogSink;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

/** Upgrades in HTTP/1.1 on both sides: what is asked for, refused, agreed to, and the relay behind. */
@Timeout(180)
final class UpgradeTest
{
    private static final String ASK = "GET /chat HTTP/1.1\r\nhost: a\r\nconnection: Upgrade\r\nupgrade: WebSocket\r\n";
    private static final String AGREED =
        "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n";
    private static final Upgrades WEBSOCKET = new Upgrades(Map.of("websocket", true));
    private static final int QUIET_MS = 200;

    private static TestProxy proxy(final TestBackend... backends)
    {
        final TestProxy proxy = new TestProxy(backends);
        proxy.http.upgrades = WEBSOCKET;
        return proxy;
    }

    /** Agrees to the first request, then sends back what comes up to the client's end. */
    private static TestBackend echo() throws IOException
    {
        return TestBackend.scripted(link ->
        {
            link.readHead();
            link.write(AGREED);
            link.in.transferTo(link.out);
        });
    }

    private static TestClient upgraded(final TestProxy proxy) throws IOException
    {
        final TestClient client = proxy.connect().send(ASK + "\r\n");
        assertEquals(101, client.readHead().status());
        return client;
    }

    private static String text(final TestClient client, final int length) throws IOException
    {
        return new String(client.in.readNBytes(length), StandardCharsets.ISO_8859_1);
    }

    private static AccessRecord next(final TestProxy proxy)
    {
        final AccessRecord[] copy = new AccessRecord[1];
        TestProxy.await(() -> proxy.records.poll(record ->
        {
            final byte[] bytes = new byte[AccessRecord.DEFAULT_CAPACITY];
            record.buffer().getBytes(record.offset(), bytes, 0, record.length());
            copy[0] = new AccessRecord().wrap(new UnsafeBuffer(bytes), 0, bytes.length);
        }, 1) == 1, () -> "a record");
        return copy[0];
    }

    @Test
    void shouldPassTheRequestAndTheAnswerWithTheirProtocol() throws Exception
    {
        try (TestBackend backend = echo(); TestProxy proxy = proxy(backend).start())
        {
            final TestClient client = proxy.connect().send(
                ASK + "sec-websocket-key: k\r\nconnection: keep-alive, x-y\r\nx-y: 1\r\ncontent-length: 0\r\n\r\n");
            final HttpMessage answer = client.readHead();
            assertEquals("HTTP/1.1 101 Switching Protocols", answer.startLine());
            assertEquals(List.of("upgrade"), answer.headers("connection"));
            assertEquals(List.of("websocket"), answer.headers("upgrade"));
            assertEquals(List.of("ringway"), answer.headers("server"));
            assertNull(answer.header("content-length"));
            assertNull(answer.header("x-envoy-upstream-service-time"));
            final HttpMessage request = backend.last();
            assertEquals("GET /chat HTTP/1.1", request.startLine());
            assertEquals(List.of("upgrade"), request.headers("connection"));
            assertEquals(List.of("WebSocket"), request.headers("upgrade"));
            assertEquals(List.of("k"), request.headers("sec-websocket-key"));
            assertNull(request.header("x-y"));
            assertEquals("abc", text(client.send("abc"), 3));
            assertEquals(1, proxy.counter("http.in.downstream_cx_upgrades_total"));
            assertEquals(1, proxy.counter("http.in.downstream_cx_upgrades_active"));
            assertEquals(1, proxy.counter("cluster.b.upstream_rq_active"));
            assertEquals(1, proxy.counter("cluster.b.upstream_rq_1xx"));
            client.halfClose();
            client.assertEnd();
            proxy.awaitCounter("http.in.downstream_cx_upgrades_active", 0);
            assertEquals(1, proxy.counter("http.in.downstream_rq_1xx"));
            assertEquals(1, proxy.counter("http.in.downstream_rq_completed"));
            assertEquals(0, proxy.counter("http.in.downstream_rq_tx_reset"));
        }
    }

    @Test
    void shouldSendNothingBehindTheRequestBeforeTheAnswer() throws Exception
    {
        final AtomicReference<String> early = new AtomicReference<>();
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                link.readHead();
                link.socket.setSoTimeout(QUIET_MS);
                try
                {
                    early.set("got " + link.in.read());
                }
                catch (final SocketTimeoutException e)
                {
                    early.set("nothing");
                }
                link.socket.setSoTimeout(0);
                link.write(AGREED + "hello");
                link.in.transferTo(link.out);
            });
            TestProxy proxy = proxy(backend).start())
        {
            final TestClient client = proxy.connect().send(ASK + "\r\nGET /other HTTP/1.1\r\nhost: a\r\n\r\n");
            client.send("more");
            assertEquals(101, client.readHead().status());
            assertEquals("nothing", early.get());
            final String raw = "GET /other HTTP/1.1\r\nhost: a\r\n\r\nmore";
            assertEquals("hello" + raw, text(client, 5 + raw.length()));
            client.halfClose();
            client.assertEnd();
            assertEquals(1, backend.requests().size());
        }
    }

    @Test
    void shouldTakeTheAnswerAtEverySplit() throws Exception
    {
        final String answer = AGREED + "hello";
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                final HttpMessage request = link.readHead();
                final int split = Integer.parseInt(request.header("x-split"));
                link.write(answer.substring(0, split));
                link.out.flush();
                Thread.yield();
                link.write(answer.substring(split));
                link.in.transferTo(link.out);
            });
            TestProxy proxy = proxy(backend).start())
        {
            for (int split = 0; split <= answer.length(); split++)
            {
                final TestClient client = proxy.connect().send(ASK + "x-split: " + split + "\r\n\r\n!");
                assertEquals(101, client.readHead().status());
                client.halfClose();
                assertEquals("hello!", new String(client.in.readAllBytes(), StandardCharsets.ISO_8859_1));
                client.close();
            }
        }
    }

    @Test
    void shouldPassBothEndsOneByOne() throws Exception
    {
        final AtomicReference<String> received = new AtomicReference<>();
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                link.readHead();
                link.write(AGREED + "hello");
                link.socket.shutdownOutput();
                received.set(new String(link.in.readAllBytes(), StandardCharsets.ISO_8859_1));
            });
            TestProxy proxy = proxy(backend).start())
        {
            final TestClient client = upgraded(proxy);
            assertEquals("hello", new String(client.in.readAllBytes(), StandardCharsets.ISO_8859_1));
            client.send("late").halfClose();
            TestProxy.await(() -> received.get() != null, () -> "all at the backend");
            assertEquals("late", received.get());
        }
    }

    @Test
    void shouldPassResets() throws Exception
    {
        final AtomicReference<Throwable> seen = new AtomicReference<>();
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                link.readHead();
                link.write(AGREED);
                if (link.in.read() == 'r')
                {
                    link.reset();
                    return;
                }
                link.write("x");
                try
                {
                    link.awaitEnd();
                    seen.set(new IOException("orderly end"));
                }
                catch (final IOException e)
                {
                    seen.set(e);
                }
            });
            TestProxy proxy = proxy(backend).start())
        {
            upgraded(proxy).send("r").assertReset();
            assertEquals(1, proxy.counter("http.in.rq_reset_after_downstream_response_started"));
            final TestClient client = upgraded(proxy).send("x");
            assertEquals("x", text(client, 1));
            client.reset();
            TestProxy.await(() -> seen.get() != null, () -> "end at the backend");
            assertInstanceOf(SocketException.class, seen.get());
            proxy.awaitCounter("http.in.downstream_cx_destroy_remote_active_rq", 1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "connection: upgrade\r\nupgrade: foo\r\n", "connection: upgrade\r\nupgrade: websocket, foo\r\n",
        "connection: upgrade\r\nupgrade: websocket\r\nupgrade: websocket\r\n", "connection: upgrade\r\nupgrade:\r\n",
        "connection: upgrade\r\nupgrade: web\r\n", "connection: upgrade\r\nupgrade: websockets\r\n"
    })
    void shouldRefuseWhatIsNotServed(final String fields) throws Exception
    {
        try (TestBackend backend = echo(); TestProxy proxy = proxy(backend).start())
        {
            final TestClient client = proxy.connect().send("GET / HTTP/1.1\r\nhost: a\r\n" + fields + "\r\nGET /");
            final HttpMessage answer = client.read();
            assertEquals(403, answer.status());
            assertEquals("close", answer.header("connection"));
            client.assertEnd();
            assertEquals(1, proxy.counter("http.in.downstream_rq_ws_on_non_ws_route"));
            assertEquals(0, proxy.counter("http.in.downstream_cx_upgrades_total"));
            assertEquals(0, backend.accepted());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "upgrade: websocket\r\n", "connection: upgrade\r\n", "connection: upgrade, http2-settings\r\nupgrade: h2c\r\n"
    })
    void shouldServeWhatAsksForNoUpgradeAsItIs(final String fields) throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("plain"));
            TestProxy proxy = proxy(backend).start())
        {
            final TestClient client = proxy.connect();
            for (int i = 0; i < 2; i++)
            {
                final String request = "GET / HTTP/1.1\r\nhost: a\r\n" + fields + "\r\n";
                assertEquals("plain", client.send(request).read().text());
                assertNull(backend.last().header("upgrade"));
                assertNull(backend.last().header("connection"));
            }
            assertEquals(1, backend.accepted());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "content-length: 5\r\n\r\n12345", "transfer-encoding: chunked\r\n\r\n5\r\n12345\r\n0\r\n\r\n"
    })
    void shouldRefuseARequestWithABody(final String rest) throws Exception
    {
        try (TestBackend backend = echo(); TestProxy proxy = proxy(backend).start())
        {
            final TestClient client = proxy.connect().send(ASK.replace("GET", "POST") + rest);
            assertEquals(400, client.read().status());
            client.assertEnd();
            assertEquals(0, backend.accepted());
        }
    }

    /** The client takes it for granted that it is upgraded, or smuggles a request: neither gets through. */
    @ParameterizedTest
    @ValueSource(strings = {
        "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nno",
        "HTTP/1.1 426 No\r\nupgrade: x\r\ncontent-length: 2\r\n\r\nno",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 401 No\r\ntransfer-encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\nno"
    })
    void shouldPassAnotherAnswerAndEnd(final String response) throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                link.readHead();
                link.write(response);
                if (!response.contains("200 OK\r\n\r\n"))
                {
                    link.serve(request -> TestBackend.ok("smuggled"));
                }
            });
            TestProxy proxy = proxy(backend).start())
        {
            final TestClient client = proxy.connect().send(ASK + "\r\nGET /smuggled HTTP/1.1\r\nhost: a\r\n\r\n");
            final HttpMessage answer = client.read();
            assertEquals("no", answer.text());
            assertEquals("close", answer.header("connection"));
            client.assertEnd();
            assertEquals(1, backend.requests().size());
            TestProxy.await(() -> backend.open() == 0, () -> "the upstream connection is not used again");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "HTTP/1.1 101 S\r\n\r\n", "HTTP/1.1 101 S\r\nconnection: upgrade\r\n\r\n",
        "HTTP/1.1 101 S\r\nupgrade: websocket\r\n\r\n",
        "HTTP/1.1 101 S\r\nconnection: upgrade\r\nupgrade: other\r\n\r\n",
        "HTTP/1.1 101 S\r\nconnection: upgrade\r\nupgrade: websocket\r\nupgrade: websocket\r\n\r\n",
        "HTTP/1.1 101 S\r\nconnection: upgrade\r\nupgrade: websocket\r\ncontent-length: 2\r\n\r\n",
        "HTTP/1.1 101 S\r\nconnection: upgrade\r\nupgrade: websocket\r\ntransfer-encoding: chunked\r\n\r\n",
        "HTTP/1.0 101 S\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n"
    })
    void shouldRefuseASwitchToWhatWasNotAskedFor(final String response) throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                link.readHead();
                link.write(response + "raw");
                link.awaitEnd();
            });
            TestProxy proxy = proxy(backend).start())
        {
            final TestClient client = proxy.connect().send(ASK + "\r\nraw");
            final HttpMessage answer = client.read();
            assertEquals(502, answer.status());
            assertEquals("close", answer.header("connection"));
            client.assertEnd();
            assertEquals(1, proxy.counter("cluster.b.upstream_cx_protocol_error"));
        }
    }

    @Test
    void shouldRefuseASwitchThatNobodyAskedFor() throws Exception
    {
        try (TestBackend backend = TestBackend.closingAfter(AGREED + "raw"); TestProxy proxy = proxy(backend).start())
        {
            assertEquals(502, proxy.connect().get("/").status());
        }
    }

    @ParameterizedTest
    @CsvSource({"/off, websocket, false", "/foo, FOO, true", "/foo, websocket, true", "/, foo, false",
        "/direct, foo, false"})
    void shouldLetTheRouteSayFirst(final String path, final String type, final boolean isAllowed) throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                final HttpMessage request = link.readHead();
                link.write(AGREED.replace("websocket", request.header("upgrade")));
                link.in.transferTo(link.out);
            });
            TestProxy proxy = proxy(backend))
        {
            proxy.http.routes.put("/off", route(Map.of("websocket", false)));
            proxy.http.routes.put("/foo", route(Map.of("foo", true)));
            proxy.http.routes.put("/direct", HttpSettings.direct(200, "direct"));
            proxy.http.routes.put("/", proxy.http.toCluster(0));
            proxy.start();
            final TestClient client = proxy.connect().send(
                "GET " + path + " HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: " + type + "\r\n\r\n");
            assertEquals(isAllowed ? 101 : 403, client.readHead().status());
        }
    }

    private static Route route(final Map<String, Boolean> types)
    {
        return new RouteBuilder("").cluster(0, "b").timeoutNs(0).upgrades(new Upgrades(types)).build();
    }

    @Test
    void shouldAnswerByItselfAndEnd() throws Exception
    {
        try (TestBackend backend = echo(); TestProxy proxy = proxy(backend))
        {
            proxy.http.routes.put("/", HttpSettings.direct(200, "direct"));
            proxy.start();
            final TestClient client = proxy.connect().send(ASK + "\r\nGET / HTTP/1.1\r\nhost: a\r\n\r\n");
            final HttpMessage answer = client.read();
            assertEquals("direct", answer.text());
            assertEquals("close", answer.header("connection"));
            client.assertEnd();
            assertEquals(0, proxy.counter("http.in.downstream_cx_upgrades_active"));
        }
    }

    @Test
    void shouldEndAnIdleRelayOnly() throws Exception
    {
        try (TestBackend backend = echo(); TestProxy proxy = proxy(backend))
        {
            proxy.http.streamIdleNs = 3_000_000_000L;
            proxy.http.requestTimeoutNs = 2_000_000_000L;
            proxy.http.routeTimeoutNs = 2_000_000_000L;
            proxy.http.accessLogs = List.of(new AccessLogSink(0, "/dev/null", "x", 0));
            proxy.start();
            final TestClient client = upgraded(proxy);
            client.send("abc");
            assertEquals("abc", new String(client.in.readAllBytes(), StandardCharsets.ISO_8859_1));
            assertEquals(1, proxy.counter("http.in.downstream_rq_idle_timeout"));
            assertEquals(0, proxy.counter("http.in.downstream_rq_timeout"));
            assertEquals(0, proxy.counter("cluster.b.upstream_rq_timeout"));
            final AccessRecord record = next(proxy);
            assertEquals(101, record.status());
            assertEquals(ResponseFlag.STREAM_IDLE_TIMEOUT, record.flags());
            assertEquals(3, record.bytesReceived());
            assertEquals(3, record.bytesSent());
        }
    }

    @Test
    void shouldBoundTheTimeToTheAnswer() throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                link.readHead();
                link.awaitEnd();
            });
            TestProxy proxy = proxy(backend))
        {
            proxy.http.routeTimeoutNs = 100_000_000L;
            proxy.start();
            final TestClient client = proxy.connect().send(ASK + "\r\n");
            assertEquals(504, client.read().status());
            client.assertEnd();
        }
    }

    @Test
    void shouldSay503WithoutAnEndpoint() throws Exception
    {
        try (TestProxy proxy = proxy().refused().start())
        {
            final TestClient client = proxy.connect().send(ASK + "\r\nearly");
            assertEquals(503, client.read().status());
            client.assertEnd();
            assertEquals(0, proxy.counter("http.in.downstream_cx_upgrades_active"));
        }
    }

    @Test
    void shouldFollowARequestOnAKeptConnection() throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                HttpMessage request = link.read();
                while (request.header("upgrade") == null)
                {
                    link.write(TestBackend.ok("plain"));
                    request = link.read();
                }
                link.write(AGREED);
                link.in.transferTo(link.out);
            });
            TestProxy proxy = proxy(backend).start())
        {
            final TestClient client = proxy.connect().send("GET / HTTP/1.1\r\nhost: a\r\n\r\n" + ASK + "\r\nraw");
            assertEquals("plain", client.read().text());
            assertEquals(101, client.readHead().status());
            assertEquals("raw", text(client, 3));
            assertEquals(1, backend.accepted());
        }
    }

    @Test
    void shouldGoOnThroughADrain() throws Exception
    {
        try (TestBackend backend = echo(); TestProxy proxy = proxy(backend).start())
        {
            final TestClient client = upgraded(proxy);
            proxy.stop(0);
            assertEquals("abc", text(client.send("abc"), 3));
            client.halfClose();
            client.assertEnd();
        }
    }

    @Test
    void shouldEndWithItsClientWhileTheEndpointThinks() throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                link.readHead();
                link.awaitEnd();
            });
            TestProxy proxy = proxy(backend).start())
        {
            final TestClient client = proxy.connect().send(ASK + "\r\nearly");
            TestProxy.await(() -> backend.last() != null, () -> "asked");
            client.reset();
            proxy.awaitCounter("http.in.downstream_cx_upgrades_active", 0);
            TestProxy.await(() -> backend.open() == 0, () -> "the endpoint's connection ends");
        }
    }
}
