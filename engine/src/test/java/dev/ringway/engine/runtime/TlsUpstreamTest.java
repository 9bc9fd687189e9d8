package dev.ringway.engine.runtime;

import com.google.re2j.Pattern;
import dev.ringway.engine.counters.TlsCounters;
import dev.ringway.engine.route.HeaderKey;
import dev.ringway.engine.route.HostRewrite;
import dev.ringway.engine.route.RegexRewrite;
import dev.ringway.engine.route.Route;
import dev.ringway.engine.route.RouteBuilder;
import dev.ringway.engine.snapshot.Endpoint;
import dev.ringway.engine.snapshot.Http2Options;
import dev.ringway.engine.snapshot.UpstreamTls.Names;
import dev.ringway.engine.snapshot.UpstreamTls;
import dev.ringway.engine.tls.TlsContext;
import dev.ringway.engine.tls.TlsFixture.Shown;
import dev.ringway.engine.tls.TlsFixture;
import dev.ringway.engine.tls.TlsSettings;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLSocket;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

/** Endpoints whose connections are encrypted, with the JDK's servers. */
@Timeout(180)
final class TlsUpstreamTest
{
    private static final String SSL = "cluster.b.ssl.";
    private static final int MUCH = 3_000_000;
    private static final String FAILED =
        "upstream connect error or disconnect/reset before headers. reset reason: remote connection failure";

    private TlsContext context;
    private int version = TlsSettings.TLS_1_3;
    private String[] alpn = {};
    private Names names = Names.CONFIGURED;
    private boolean verifiesName;

    @AfterEach
    void shouldHoldNoContext()
    {
        assertEquals(1, context.references());
        context.release();
    }

    private TestProxy proxy(final TestBackend... backends)
    {
        return proxy("localhost", 1, backends);
    }

    private TestProxy proxy(final String sni, final int maxSessionKeys, final TestBackend... backends)
    {
        final TestProxy proxy = new TestProxy(backends);
        context = TlsFixture.toEndpoint(new TlsCounters(proxy.registry(), SSL), version, alpn);
        proxy.upstreamTls = new UpstreamTls(context, context, sni, names, verifiesName, maxSessionKeys);
        // The JDK takes long for its first handshakes.
        proxy.connectTimeoutNs = 30_000_000_000L;
        return proxy;
    }

    /** The endpoints are no longer configured: nothing may be held for them. */
    private void retire(final TestProxy proxy) throws ListenException
    {
        proxy.endpoints.clear();
        proxy.publish();
        proxy.awaitReferences(context, 2);
    }

    private static TestBackend server(final Shown shown, final TestBackend.Script script) throws IOException
    {
        return TestBackend.encrypted(TlsFixture.jdkServer(shown), script);
    }

    private static byte[] random(final int length)
    {
        final byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static ExtendedSSLSession session(final Socket socket)
    {
        return (ExtendedSSLSession)((SSLSocket)socket).getSession();
    }

    @ParameterizedTest
    @ValueSource(ints = {TlsSettings.TLS_1_2, TlsSettings.TLS_1_3})
    void shouldSendManyRequestsOnOneConnection(final int version) throws Exception
    {
        this.version = version;
        final String body = "x".repeat(200_000);
        try (TestBackend backend = server(Shown.GOOD, link -> link.serve(request -> TestBackend.ok(body)));
            TestProxy proxy = proxy(backend).start())
        {
            final TestClient client = proxy.connect();
            for (int i = 0; i < 20; i++)
            {
                client.send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: " + body.length() + "\r\n\r\n" + body);
                assertEquals(body, client.read().text());
                assertEquals(body, backend.last().text());
            }
            assertEquals(1, backend.accepted());
            retire(proxy);
        }
    }

    @Test
    void shouldAskForTheConfiguredName() throws Exception
    {
        final List<String> names = new ArrayList<>();
        try (TestBackend backend = server(Shown.GOOD, link ->
            {
                session(link.socket).getRequestedServerNames().forEach(name -> names.add(name.toString()));
                link.serve(request -> TestBackend.ok("hello"));
            });
            TestProxy proxy = proxy(backend).start())
        {
            assertEquals("hello", proxy.connect().get("/").text());
            assertEquals(List.of("type=host_name (0), value=localhost"), names);
            retire(proxy);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldShareOneConnectionWithHttp2(final boolean isHttp2Downstream) throws Exception
    {
        alpn = new String[]{"h2"};
        try (TestBackend backend = server(Shown.GOOD, link ->
                Http2Peer.server(link).serve((peer, id, request) ->
                    Sent.of("200", request.body(), true).answerHttp2(peer, id)));
            TestProxy proxy = proxy(backend))
        {
            proxy.upstreamHttp2 = Http2Options.DEFAULT;
            proxy.start();
            final TestClient client = proxy.connect();
            final Http2Peer peer = isHttp2Downstream ? Http2Peer.client(client) : null;
            for (int i = 0; i < 20; i++)
            {
                final String body = "y".repeat(1 + i * 3_000);
                if (isHttp2Downstream)
                {
                    final int id = Sent.of("POST /", body.getBytes(US_ASCII), true).openHttp2(peer);
                    assertEquals(body, peer.await(id).toHttp().text());
                }
                else
                {
                    client.send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: " + body.length() + "\r\n\r\n" + body);
                    assertEquals(body, client.read().text());
                }
            }
            assertEquals(1, backend.accepted());
            retire(proxy);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {TlsSettings.TLS_1_2, TlsSettings.TLS_1_3})
    void shouldRelayBothWaysAndEndInOrder(final int version) throws Exception
    {
        this.version = version;
        final byte[] bytes = random(MUCH);
        final AtomicReference<byte[]> received = new AtomicReference<>();
        try (TestBackend backend = server(Shown.GOOD, link ->
            {
                // A server of the JDK ends both directions of TLS 1.2 when the client ends one.
                received.set(link.in.readNBytes(MUCH));
                link.out.write(received.get());
                link.socket.shutdownOutput();
            });
            TestProxy proxy = proxy(backend).tcp().start())
        {
            final TestClient client = proxy.connect().send(bytes);
            assertArrayEquals(bytes, client.in.readAllBytes());
            assertArrayEquals(bytes, received.get());
        }
    }

    @Test
    void shouldPassAnEndThatComesBeforeTheHandshakeIsOver() throws Exception
    {
        try (TestBackend backend = server(Shown.GOOD, link -> link.out.write(link.in.readAllBytes()));
            TestProxy proxy = proxy(backend).tcp().start())
        {
            for (int i = 0; i < 30; i++)
            {
                final byte[] bytes = random(i);
                final TestClient client = proxy.connect().send(bytes);
                client.halfClose();
                assertArrayEquals(bytes, client.in.readAllBytes());
                client.close();
            }
            assertEquals(30, backend.accepted());
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 772", "1, 4, 772", "3, 4, 772", "1, 4, 771"})
    void shouldResumeSessionsAsManyAsAreKept(final int kept, final int reused, final int version) throws Exception
    {
        this.version = version;
        final Set<Long> begun = ConcurrentHashMap.newKeySet();
        try (TestBackend backend = server(Shown.GOOD, link ->
            {
                // A session that is resumed keeps the time of the first handshake.
                begun.add(session(link.socket).getCreationTime());
                link.read();
                link.write("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 1\r\n\r\nx");
            });
            TestProxy proxy = proxy("localhost", kept, backend).start())
        {
            for (int i = 0; i < 5; i++)
            {
                assertEquals(200, proxy.connect().get("/").status());
                TestProxy.await(() -> backend.open() == 0, () -> "connection closed");
                final long now = System.currentTimeMillis();
                TestProxy.await(() -> System.currentTimeMillis() > now, () -> "another time");
            }
            assertEquals(5, backend.accepted());
            assertEquals(5 - reused, begun.size());
            assertEquals(5, proxy.counter(SSL + "handshake"));
            assertEquals(reused, proxy.counter(SSL + "session_reused"));
            assertEquals(0, proxy.counter(SSL + "no_certificate"));
        }
    }

    @ParameterizedTest
    @EnumSource(value = Shown.class, names = {"STRANGER", "EXPIRED"})
    void shouldRefuseBadCertificates(final Shown shown) throws Exception
    {
        try (TestBackend backend = server(shown, link -> link.serve(request -> TestBackend.ok("secret")));
            TestProxy proxy = proxy(backend).start())
        {
            for (int i = 0; i < 3; i++)
            {
                final HttpMessage answer = proxy.connect().get("/");
                assertEquals(503, answer.status());
                assertEquals(FAILED, answer.text());
            }
            assertEquals(3, proxy.counter("cluster.b.upstream_cx_connect_fail"));
            assertEquals(3, proxy.counter(SSL + "fail_verify_error"));
            assertEquals(0, proxy.counter(SSL + "handshake") + proxy.counter(SSL + "connection_error"));
            assertEquals(0, backend.requests().size());
            proxy.awaitCounter("cluster.b.upstream_cx_active", 0);
        }
    }

    @ParameterizedTest
    @CsvSource({"localhost, 200", "LocalHost, 200", "other.example.org, 503"})
    void shouldVerifyTheNameThatItAsksFor(final String name, final int status) throws Exception
    {
        verifiesName = true;
        try (TestBackend backend = server(Shown.GOOD, link -> link.serve(request -> TestBackend.ok("hello")));
            TestProxy proxy = proxy(name, 1, backend).start())
        {
            assertEquals(status, proxy.connect().get("/").status());
            assertEquals(status == 200 ? 0 : 1, proxy.counter(SSL + "fail_verify_san"));
            retire(proxy);
        }
    }

    @Test
    void shouldAskForHostsAsTheyAreRewritten() throws Exception
    {
        names = Names.OF_REQUESTS;
        final Queue<String> asked = new ConcurrentLinkedQueue<>();
        try (TestBackend backend = server(Shown.GOOD, link ->
            {
                asked.add(session(link.socket).getRequestedServerNames().stream()
                    .map(name -> new String(name.getEncoded(), US_ASCII)).findFirst().orElse("none"));
                link.serve(request -> TestBackend.ok("hello"));
            });
            TestProxy proxy = proxy("configured.example.org", 1, backend))
        {
            proxy.http.routes.put("/literal", rewriting(new HostRewrite(
                new UnsafeBuffer("literal.example.org:1".getBytes(US_ASCII)), null, null, false, false)));
            proxy.http.routes.put("/field", rewriting(
                new HostRewrite(null, new HeaderKey("x-host"), null, false, false)));
            proxy.http.routes.put("/path/", rewriting(new HostRewrite(
                null, null, new RegexRewrite(Pattern.compile("/path/(.*)"), "\\1"), false, false)));
            proxy.http.routes.put("/automatic", rewriting(new HostRewrite(null, null, null, true, false)));
            proxy.start();
            final TestClient client = proxy.connect();
            for (int i = 0; i < 2; i++)
            {
                for (final String path : List.of("/literal", "/field", "/path/of.path?q", "/automatic"))
                {
                    assertEquals(200, client.send("GET " + path +
                        " HTTP/1.1\r\nhost: a.example.org\r\nx-host: field.example.org\r\n\r\n").read().status());
                }
            }
            assertEquals(List.of("literal.example.org", "field.example.org", "of.path", "a.example.org"),
                List.copyOf(asked));
            retire(proxy);
        }
    }

    private static Route rewriting(final HostRewrite rewrite)
    {
        return new RouteBuilder("").cluster(0, "b").hostRewrite(rewrite).build();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldAskForTheHostsOfRequests(final boolean isHttp2) throws Exception
    {
        names = Names.OF_REQUESTS;
        final Queue<String> asked = new ConcurrentLinkedQueue<>();
        try (TestBackend backend = server(Shown.GOOD, link ->
            {
                asked.add(session(link.socket).getRequestedServerNames().stream()
                    .map(name -> new String(name.getEncoded(), US_ASCII)).findFirst().orElse("none"));
                if (isHttp2)
                {
                    Http2Peer.server(link).serve((peer, id, request) ->
                        Sent.of("200", "hello".getBytes(US_ASCII), true).answerHttp2(peer, id));
                }
                else
                {
                    link.serve(request -> TestBackend.ok("hello"));
                }
            });
            TestProxy proxy = proxy("configured.example.org", 1, backend))
        {
            proxy.upstreamHttp2 = isHttp2 ? Http2Options.DEFAULT : null;
            proxy.start();
            final TestClient client = proxy.connect();
            for (int i = 0; i < 3; i++)
            {
                for (final String host : List.of("a.example.org", "b.example.org:8443", "10.0.0.1", "[::1]:443"))
                {
                    assertEquals(200, client.send("GET / HTTP/1.1\r\nhost: " + host + "\r\n\r\n").read().status());
                }
            }
            assertEquals(List.of("a.example.org", "b.example.org", "none", "none"), List.copyOf(asked));
            retire(proxy);
        }
    }

    @ParameterizedTest
    @CsvSource({"localhost, 200", "localhost:80, 200", "other.example.org, 503", "127.0.0.1, 503"})
    void shouldVerifyTheHostsOfRequests(final String host, final int status) throws Exception
    {
        names = Names.OF_REQUESTS;
        verifiesName = true;
        try (TestBackend backend = server(Shown.GOOD, link -> link.serve(request -> TestBackend.ok("hello")));
            TestProxy proxy = proxy(backend).start())
        {
            final TestClient client = proxy.connect();
            assertEquals(status, client.send("GET / HTTP/1.1\r\nhost: " + host + "\r\n\r\n").read().status());
            assertEquals(status == 200 ? 0 : 1, proxy.counter(SSL + "fail_verify_san"));
            retire(proxy);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldServeMoreHostsThanItHasConnectionsAndPools(final boolean isHttp2) throws Exception
    {
        names = Names.OF_REQUESTS;
        try (TestBackend backend = server(Shown.GOOD, link ->
            {
                if (isHttp2)
                {
                    Http2Peer.server(link).serve((peer, id, request) ->
                        Sent.of("200", "hello".getBytes(US_ASCII), true).answerHttp2(peer, id));
                }
                else
                {
                    link.serve(request -> TestBackend.ok("hello"));
                }
            });
            TestProxy proxy = proxy(backend).bearing(2, 100, 100))
        {
            proxy.upstreamHttp2 = isHttp2 ? Http2Options.DEFAULT : null;
            proxy.start();
            final TestClient first = proxy.connect();
            final TestClient second = proxy.connect();
            for (int i = 0; i < 100; i++)
            {
                first.send("GET / HTTP/1.1\r\nhost: h" + i + "\r\n\r\n");
                second.send("GET / HTTP/1.1\r\nhost: h" + (i * 7 + 1) + "\r\n\r\n");
                assertEquals(200, first.read().status());
                assertEquals(200, second.read().status());
            }
            retire(proxy);
        }
    }

    @ParameterizedTest
    @CsvSource({"localhost, localhost", "'', fallback.example.org"})
    void shouldAskEndpointsForTheirNames(final String hostname, final String asked) throws Exception
    {
        final List<String> names = new ArrayList<>();
        try (TestBackend backend = server(Shown.GOOD, link ->
            {
                session(link.socket).getRequestedServerNames().forEach(name -> names.add(name.toString()));
                link.serve(request -> TestBackend.ok("hello"));
            });
            TestProxy proxy = proxy(backend))
        {
            proxy.endpoints.set(0, new Endpoint(backend.address(), hostname, 1));
            proxy.upstreamTls = new UpstreamTls(context, context, "fallback.example.org", Names.OF_ENDPOINTS, false, 1);
            proxy.start();
            assertEquals("hello", proxy.connect().get("/").text());
            assertEquals(List.of("type=host_name (0), value=" + asked), names);
            retire(proxy);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldFailWhenTheServerDoesNotSpeakTls(final boolean isHttp2) throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                link.in.read();
                link.write("HTTP/1.1 400 Bad Request\r\n\r\n");
                link.awaitEnd();
            });
            TestProxy proxy = proxy(backend))
        {
            proxy.upstreamHttp2 = isHttp2 ? Http2Options.DEFAULT : null;
            proxy.start();
            assertEquals(FAILED, proxy.connect().get("/").text());
            assertEquals(1, proxy.counter("cluster.b.upstream_cx_connect_fail"));
            assertEquals(1, proxy.counter(SSL + "connection_error"));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldFailWhenTheServerEndsTheHandshake(final boolean isReset) throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                link.in.read(new byte[1 << 14]);
                if (isReset)
                {
                    link.reset();
                }
            });
            TestProxy proxy = proxy(backend).start())
        {
            final HttpMessage answer = proxy.connect().get("/");
            assertEquals(503, answer.status());
            assertEquals(FAILED, answer.text());
            assertEquals(1, proxy.counter("cluster.b.upstream_cx_connect_fail"));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldGiveTheHandshakeTheTimeOfConnecting(final boolean isHttp2) throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(TestBackend.Link::awaitEnd);
            TestProxy proxy = proxy(backend))
        {
            proxy.upstreamHttp2 = isHttp2 ? Http2Options.DEFAULT : null;
            proxy.connectTimeoutNs = 100_000_000L;
            proxy.start();
            final HttpMessage answer = proxy.connect().get("/");
            assertEquals(503, answer.status());
            assertEquals("upstream connect error or disconnect/reset before headers. reset reason: connection timeout",
                answer.text());
            assertEquals(1, proxy.counter("cluster.b.upstream_cx_connect_timeout"));
        }
    }

    @Test
    void shouldEndARelayWhoseHandshakeFails() throws Exception
    {
        try (TestBackend backend = server(Shown.STRANGER, TestBackend.Link::awaitEnd);
            TestProxy proxy = proxy(backend).tcp().start())
        {
            for (int i = 0; i < 3; i++)
            {
                proxy.connect().send("some bytes").assertGone();
            }
            assertEquals(3, proxy.counter("cluster.b.upstream_cx_connect_fail"));
        }
    }

    @Test
    void shouldLeaveNothingBehindClientsThatGoDuringTheHandshake() throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(TestBackend.Link::awaitEnd);
            TestProxy proxy = proxy(backend).start())
        {
            for (int i = 0; i < 20; i++)
            {
                final TestClient client = proxy.connect().send(
                    "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100000\r\n\r\n" + "z".repeat(50_000 * (i % 2)));
                final int before = i;
                TestProxy.await(() -> backend.accepted() > before, () -> "connected");
                client.close();
            }
            proxy.awaitCounter("cluster.b.upstream_cx_active", 0);
        }
    }

    @Test
    void shouldKeepConnectionsWhenCertificatesAreReplaced() throws Exception
    {
        try (TestBackend backend = server(Shown.GOOD, link -> link.serve(request -> TestBackend.ok("hello")));
            TestProxy proxy = proxy(backend).start())
        {
            final TestClient client = proxy.connect();
            assertEquals(200, client.get("/").status());
            final TlsContext first = context;
            context = TlsFixture.again(first, new TlsCounters(proxy.registry(), SSL), version);
            proxy.upstreamTls = new UpstreamTls(context, context, "localhost", names, verifiesName, 1);
            proxy.publish();
            assertEquals(200, client.get("/").status());
            assertEquals(1, backend.accepted());
            backend.dropConnections();
            proxy.awaitCounter("cluster.b.upstream_cx_active", 0);
            assertEquals(200, client.get("/").status());
            assertEquals(2, proxy.counter(SSL + "handshake"));
            assertEquals(0, proxy.counter(SSL + "session_reused"));
            proxy.awaitReferences(first, 1);
            first.release();
            retire(proxy);
        }
    }

    @Test
    void shouldUseNoConnectionOfAnEarlierConfiguration() throws Exception
    {
        try (TestBackend backend = server(Shown.GOOD, link -> link.serve(request -> TestBackend.ok("hello")));
            TestProxy proxy = proxy(backend).start())
        {
            final TestClient client = proxy.connect();
            assertEquals(200, client.get("/").status());
            final TlsContext first = context;
            context = TlsFixture.toEndpoint();
            proxy.upstreamTls = new UpstreamTls(context, context, null, Names.CONFIGURED, false, 1);
            proxy.publish();
            assertEquals(200, client.get("/").status());
            assertEquals(2, backend.accepted());
            proxy.awaitReferences(first, 1);
            first.release();
            proxy.upstreamTls = null;
            proxy.publish();
            assertNotEquals(200, client.get("/").status());
        }
    }

    @Test
    void shouldAnswerWhatTheEndpointSaysBesideItsHandshake() throws Exception
    {
        try (TestBackend backend = server(Shown.GOOD, link ->
            {
                link.write("hello");
                link.out.flush();
                link.awaitEnd();
            });
            TestProxy proxy = proxy(backend).tcp().start())
        {
            final TestClient client = proxy.connect();
            assertEquals("hello", new String(client.in.readNBytes(5), ISO_8859_1));
        }
    }
}
