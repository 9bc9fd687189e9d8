package dev.ringway.engine.runtime;

import dev.ringway.engine.route.RouteBuilder;
import dev.ringway.engine.route.Upgrades;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

/** Tunnels: those that end at plain bytes, and those that go on, in all pairs of versions. */
@Timeout(180)
final class ConnectTest
{
    private static final int LENGTH = 2_000_000;

    private static TestProxy proxy(final HttpPair pair, final boolean endsTunnels, final TestBackend... backends)
    {
        final TestProxy proxy = pair.proxy(backends);
        proxy.http.tunnels = new RouteBuilder("").cluster(0, "b")
            .upgrades(new Upgrades(Map.of("CONNECT", true), endsTunnels)).build();
        return proxy;
    }

    private static TestBackend echo() throws IOException
    {
        return TestBackend.scripted(link -> link.in.transferTo(link.out));
    }

    private static Http2Peer ask(final TestProxy proxy) throws IOException
    {
        final Http2Peer peer = Http2Peer.client(proxy.connect());
        peer.headers(1, false, ":method", "CONNECT", ":authority", "a:443");
        return peer;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldPassTheBytesOfATunnelThatEndsHere(final boolean isHttp2) throws Exception
    {
        final byte[] sent = new byte[LENGTH];
        for (int i = 0; i < LENGTH; i++)
        {
            sent[i] = (byte)(i * 31 >>> 3);
        }
        try (TestBackend backend = echo();
            TestProxy proxy = proxy(isHttp2 ? HttpPair.HTTP2_TO_HTTP1 : HttpPair.HTTP1_TO_HTTP1, true, backend).start())
        {
            final byte[] back;
            if (isHttp2)
            {
                final Http2Peer peer = ask(proxy);
                peer.body(1, sent, 16_384, true);
                final Http2Message answer = peer.await(1);
                assertEquals(200, answer.status());
                back = answer.body.toByteArray();
            }
            else
            {
                // The first bytes come right behind the head, before there is a connection.
                final TestClient client = proxy.connect()
                    .send("CONNECT a:443 HTTP/1.1\r\nhost: a:443\r\n\r\n" + new String(sent, 0, 10, ISO_8859_1));
                final HttpMessage answer = client.readHead();
                assertEquals("HTTP/1.1 200 OK", answer.startLine());
                assertNull(answer.header("content-length"));
                assertNull(answer.header("transfer-encoding"));
                assertNull(answer.header("connection"));
                final Thread sender = Thread.ofPlatform().start(() -> sendRest(client, sent));
                back = client.in.readAllBytes();
                sender.join();
            }
            assertEquals(0, Arrays.compare(sent, back));
            proxy.awaitCounter("http.in.downstream_cx_upgrades_active", 0);
            assertEquals(1, proxy.counter("http.in.downstream_cx_upgrades_total"));
            assertEquals(1, proxy.counter("http.in.downstream_rq_2xx"));
            assertEquals(1, proxy.counter("cluster.b.upstream_rq_2xx"));
            assertEquals(0, proxy.counter("http.in.downstream_rq_tx_reset"));
        }
    }

    private static void sendRest(final TestClient client, final byte[] all)
    {
        try
        {
            client.send(Arrays.copyOfRange(all, 10, all.length));
            client.halfClose();
        }
        catch (final IOException e)
        {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @EnumSource(HttpPair.class)
    void shouldPassATunnelOn(final HttpPair pair) throws Exception
    {
        final AtomicReference<HttpMessage> asked = new AtomicReference<>();
        try (TestBackend backend = Tunnel.backend(pair, server ->
            {
                asked.set(server.request);
                if (pair.isHttp2Upstream)
                {
                    server.agree();
                }
                else
                {
                    server.send("HTTP/1.1 200 Fine\r\ncontent-length: 7\r\n\r\n", false);
                }
                server.send("hello", true);
            });
            TestProxy proxy = proxy(pair, false, backend).start())
        {
            if (pair.isHttp2)
            {
                final Http2Peer peer = ask(proxy);
                peer.data(1, true, new byte[0]);
                final Http2Message answer = peer.await(1);
                assertEquals(200, answer.status());
                assertNull(answer.toHttp().header("content-length"));
                assertEquals("hello", answer.body.toString(ISO_8859_1));
            }
            else
            {
                final TestClient client = proxy.connect().send("CONNECT a:443 HTTP/1.1\r\nhost: a:443\r\n\r\n");
                final HttpMessage answer = client.readHead();
                assertEquals(200, answer.status());
                assertNull(answer.header("content-length"));
                assertEquals("hello", new String(client.in.readNBytes(5), ISO_8859_1));
                client.halfClose();
                client.assertEnd();
            }
            final HttpMessage request = asked.get();
            assertNull(request.header("upgrade"));
            assertNull(request.header("transfer-encoding"));
            assertNull(request.header(":path"));
            assertNull(request.header(":scheme"));
            assertEquals("a:443", request.header(pair.isHttp2Upstream ? ":authority" : "host"));
            if (!pair.isHttp2Upstream)
            {
                assertEquals("CONNECT a:443 HTTP/1.1", request.startLine());
            }
            proxy.awaitCounter("http.in.downstream_cx_upgrades_active", 0);
        }
    }

    @Test
    void shouldRefuseTunnelsThatNobodyAllows() throws Exception
    {
        try (TestBackend backend = echo(); TestProxy proxy = proxy(HttpPair.HTTP1_TO_HTTP1, true, backend))
        {
            proxy.http.tunnels = proxy.http.toCluster(0);
            proxy.start();
            final String ask = "CONNECT a:443 HTTP/1.1\r\nhost: a:443\r\n\r\n";
            assertEquals(403, proxy.connect().send(ask).readHead().status());
            assertEquals(1, proxy.counter("http.in.downstream_rq_ws_on_non_ws_route"));
            assertEquals(0, proxy.counter("cluster.b.upstream_cx_total"));
        }
    }
}
