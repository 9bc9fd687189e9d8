package dev.ringway.engine.runtime;

import dev.ringway.engine.route.Upgrades;
import dev.ringway.engine.snapshot.Http2Options;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Upgrades and extended CONNECT (RFC 8441) in all four pairs of versions. */
@Timeout(180)
final class Http2UpgradeTest
{
    private static final int PROTOCOL_ERROR = 1;
    /** More than windows and buffers of either side hold. */
    private static final int LENGTH = 1_500_000;

    @ParameterizedTest
    @EnumSource(HttpPair.class)
    void shouldAskInTheWordsOfTheOtherVersion(final HttpPair pair) throws Exception
    {
        final AtomicReference<HttpMessage> asked = new AtomicReference<>();
        try (TestBackend backend = Tunnel.backend(pair, server ->
            {
                asked.set(server.request);
                server.agree();
                server.echo();
            });
            TestProxy proxy = Tunnel.proxy(pair, backend).start())
        {
            final Tunnel tunnel = Tunnel.ask(pair, proxy, "");
            assertTrue(tunnel.isOpen(), tunnel.answer.head());
            final HttpMessage request = asked.get();
            if (pair.isHttp2Upstream)
            {
                assertEquals("CONNECT", request.header(":method"));
                assertEquals("websocket", request.header(":protocol"));
                assertEquals("/chat", request.header(":path"));
                assertEquals("a", request.header(":authority"));
                assertEquals("http", request.header(":scheme"));
                assertNull(request.header("upgrade"));
                assertNull(request.header("connection"));
            }
            else
            {
                assertEquals("GET /chat HTTP/1.1", request.startLine());
                assertEquals("websocket", request.header("upgrade"));
                assertEquals("upgrade", request.header("connection"));
                assertNull(request.header("transfer-encoding"));
                assertNull(request.header("content-length"));
            }
            if (pair.isHttp2)
            {
                assertNull(tunnel.answer.header("upgrade"));
                assertNull(tunnel.answer.header("connection"));
            }
            else
            {
                assertEquals("websocket", tunnel.answer.header("upgrade"));
                assertEquals("upgrade", tunnel.answer.header("connection"));
            }
            tunnel.send("abc", false);
            assertEquals("abc", tunnel.text(3));
            assertEquals(1, proxy.counter("http.in.downstream_cx_upgrades_active"));
            tunnel.send("def", true);
            assertEquals("def", tunnel.rest());
            proxy.awaitCounter("http.in.downstream_cx_upgrades_active", 0);
            assertEquals(1, proxy.counter("http.in.downstream_rq_1xx"));
            assertEquals(1, proxy.counter("cluster.b.upstream_rq_1xx"));
            assertEquals(0, proxy.counter("cluster.b.upstream_rq_tx_reset"));
        }
    }

    @Test
    void shouldGiveWebSocketAKeyThatHttp2DoesNotHave() throws Exception
    {
        final Upgrades upgrades = new Upgrades(Map.of("WebSocket", true, "webpocket", true));
        final List<String> keys = new ArrayList<>();
        try (TestBackend backend = TestBackend.answering(request ->
            {
                keys.add(String.join(",", request.headers("sec-websocket-key")));
                return "HTTP/1.1 404 No\r\ncontent-length: 0\r\n\r\n";
            });
            TestProxy proxy = Tunnel.proxy(HttpPair.HTTP2_TO_HTTP1, backend))
        {
            proxy.http.upgrades = upgrades;
            proxy.start();
            final Http2Peer peer = Http2Peer.client(proxy.connect());
            for (int i = 0; i < 3; i++)
            {
                peer.await(peer.open(false, "CONNECT", "/", ":protocol", i == 2 ? "webpocket" : "websocket"));
            }
            peer.await(peer.open(false, "CONNECT", "/", ":protocol", "websocket", "sec-websocket-key", "mine",
                "x-ab-websocket-key", "1"));
        }
        assertEquals(16, Base64.getDecoder().decode(keys.get(0)).length, keys.get(0));
        assertEquals(keys.get(0), Base64.getEncoder().encodeToString(Base64.getDecoder().decode(keys.get(0))));
        assertNotEquals(keys.get(0), keys.get(1));
        assertEquals(List.of("", "mine"), keys.subList(2, 4));
    }

    @ParameterizedTest
    @EnumSource(HttpPair.class)
    void shouldSendNothingBeforeTheAnswer(final HttpPair pair) throws Exception
    {
        final CountDownLatch isLooked = new CountDownLatch(1);
        try (TestBackend backend = Tunnel.backend(pair, server ->
            {
                isLooked.await();
                assertEquals(0, server.link.in.available());
                assertTrue(server.peer == null || server.peer.stream(server.id).body.size() == 0);
                server.agree();
                server.echo();
            });
            TestProxy proxy = Tunnel.proxy(pair, backend).start())
        {
            final Thread release = Thread.ofPlatform().start(() ->
            {
                proxy.awaitCounter("cluster.b.upstream_rq_active", 1);
                proxy.look();
                isLooked.countDown();
            });
            final Tunnel tunnel = Tunnel.ask(pair, proxy, "early");
            release.join();
            assertEquals("early", tunnel.text(5));
            tunnel.send("", true);
            assertEquals("", tunnel.rest());
        }
    }

    @ParameterizedTest
    @EnumSource(HttpPair.class)
    void shouldCarryManyBytes(final HttpPair pair) throws Exception
    {
        final byte[] bytes = new byte[LENGTH];
        new java.util.Random(4).nextBytes(bytes);
        try (TestBackend backend = Tunnel.backend(pair, server ->
            {
                server.agree();
                final String all = server.rest();
                server.send(all, true);
            });
            TestProxy proxy = Tunnel.proxy(pair, backend).start())
        {
            final Tunnel tunnel = Tunnel.ask(pair, proxy, "");
            tunnel.send(bytes, true);
            assertTrue(Arrays.equals(bytes, tunnel.rest().getBytes(ISO_8859_1)));
        }
    }

    @ParameterizedTest
    @EnumSource(HttpPair.class)
    void shouldPassTheEndpointsEndAndStillCarryWhatTheClientSends(final HttpPair pair) throws Exception
    {
        final AtomicReference<String> received = new AtomicReference<>();
        try (TestBackend backend = Tunnel.backend(pair, server ->
            {
                server.agree();
                server.send("hello", true);
                received.set(server.rest());
            });
            TestProxy proxy = Tunnel.proxy(pair, backend).start())
        {
            final Tunnel tunnel = Tunnel.ask(pair, proxy, "early");
            assertEquals("hello", tunnel.rest());
            tunnel.send("late", true);
            TestProxy.await(() -> received.get() != null, () -> "all at the endpoint");
            assertEquals("earlylate", received.get());
        }
    }

    @ParameterizedTest
    @EnumSource(HttpPair.class)
    void shouldPassTheClientsReset(final HttpPair pair) throws Exception
    {
        final AtomicReference<String> seen = new AtomicReference<>();
        try (TestBackend backend = Tunnel.backend(pair, server ->
            {
                server.agree();
                server.send("x", false);
                try
                {
                    seen.set(server.peer == null ? "end " + server.rest() :
                        "reset " + server.peer.await(server.id).resetCode);
                }
                catch (final IOException e)
                {
                    seen.set("reset " + 10);
                    throw e;
                }
            });
            TestProxy proxy = Tunnel.proxy(pair, backend).start())
        {
            final Tunnel tunnel = Tunnel.ask(pair, proxy, "");
            assertEquals("x", tunnel.text(1));
            tunnel.reset();
            TestProxy.await(() -> seen.get() != null, () -> "end at the endpoint");
            assertEquals("reset 10", seen.get());
        }
    }

    @ParameterizedTest
    @EnumSource(HttpPair.class)
    void shouldPassTheEndpointsReset(final HttpPair pair) throws Exception
    {
        try (TestBackend backend = Tunnel.backend(pair, server ->
            {
                server.agree();
                if (server.peer == null)
                {
                    server.link.in.read();
                    server.link.reset();
                    return;
                }
                server.peer.awaitBody(server.id, 1);
                server.peer.reset(server.id, 8);
            });
            TestProxy proxy = Tunnel.proxy(pair, backend).start())
        {
            final Tunnel tunnel = Tunnel.ask(pair, proxy, "");
            tunnel.send("x", false);
            tunnel.assertReset();
        }
    }

    @ParameterizedTest
    @EnumSource(HttpPair.class)
    void shouldEndAnIdleTunnelWithBothSides(final HttpPair pair) throws Exception
    {
        try (TestBackend backend = Tunnel.echo(pair); TestProxy proxy = Tunnel.proxy(pair, backend))
        {
            proxy.http.streamIdleNs = 3_000_000_000L;
            proxy.http.requestTimeoutNs = 2_000_000_000L;
            proxy.start();
            final Tunnel tunnel = Tunnel.ask(pair, proxy, "abc");
            assertEquals("abc", tunnel.text(3));
            if (pair.isHttp2)
            {
                tunnel.assertReset();
            }
            else
            {
                assertEquals("", tunnel.rest());
            }
            assertEquals(1, proxy.counter("http.in.downstream_rq_idle_timeout"));
        }
    }

    @ParameterizedTest
    @EnumSource(HttpPair.class)
    void shouldPassAnotherAnswer(final HttpPair pair) throws Exception
    {
        try (TestBackend backend = Tunnel.backend(pair, server ->
            {
                if (server.peer == null)
                {
                    server.link.write("HTTP/1.1 404 No\r\ncontent-length: 2\r\n\r\nno");
                    return;
                }
                server.peer.headers(server.id, false, ":status", "404");
                server.peer.data(server.id, true, (byte)'n', (byte)'o');
            });
            TestProxy proxy = Tunnel.proxy(pair, backend).start())
        {
            final Tunnel tunnel = Tunnel.ask(pair, proxy, "early");
            assertTrue(!tunnel.isOpen());
            final String text = tunnel.rest();
            assertTrue(text.contains("no") && !text.contains("early"), text);
            assertEquals(0, proxy.counter("cluster.b.upstream_rq_1xx"));
            assertEquals(1, proxy.counter("cluster.b.upstream_rq_4xx"));
        }
    }

    @ParameterizedTest
    @EnumSource(value = HttpPair.class, names = {"HTTP2_TO_HTTP1", "HTTP2_TO_HTTP2"})
    void shouldKnowTheProtocolOnlyWhereItIsAllowed(final HttpPair pair) throws Exception
    {
        try (TestBackend backend = Tunnel.echo(pair); TestProxy proxy = Tunnel.proxy(pair, backend))
        {
            proxy.http.http2 = Http2Options.DEFAULT;
            proxy.start();
            final Http2Peer peer = Http2Peer.client(proxy.connect());
            final int id = peer.open(false, "CONNECT", "/chat", ":protocol", "websocket");
            assertEquals(PROTOCOL_ERROR, peer.await(id).resetCode);
            assertEquals(0, backend.accepted());
        }
    }

    @Test
    void shouldTellThatItTakesExtendedConnect() throws Exception
    {
        try (TestProxy proxy = Tunnel.proxy(HttpPair.HTTP2_TO_HTTP1).start())
        {
            final TestClient client = proxy.connect();
            final Http2Peer peer = Http2Peer.client(client);
            final Http2Frame settings = peer.await(Http2Frame.SETTINGS, 0);
            boolean isTold = false;
            for (int at = 0; at < settings.payload().length; at += 6)
            {
                isTold |= settings.payload()[at + 1] == Tunnel.ENABLE_CONNECT_PROTOCOL && settings.number(at + 2) == 1;
            }
            assertTrue(isTold);
        }
    }

    @Test
    void shouldRefuseAProtocolThatIsNotServed() throws Exception
    {
        try (TestProxy proxy = Tunnel.proxy(HttpPair.HTTP2_TO_HTTP1).start())
        {
            final Http2Peer peer = Http2Peer.client(proxy.connect());
            assertEquals(403, peer.await(peer.open(false, "CONNECT", "/", ":protocol", "foo")).status());
            assertEquals(1, proxy.counter("http.in.downstream_rq_ws_on_non_ws_route"));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldTakeOnlyContentOnATunnel(final boolean isEarly) throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                link.readHead();
                if (!isEarly)
                {
                    link.write(Tunnel.AGREED);
                }
                link.awaitEnd();
            });
            TestProxy proxy = Tunnel.proxy(HttpPair.HTTP2_TO_HTTP1, backend).start())
        {
            final Http2Peer peer = Http2Peer.client(proxy.connect());
            final int id = peer.open(false, "CONNECT", "/", ":protocol", "websocket");
            if (!isEarly)
            {
                peer.awaitHead(id);
            }
            peer.headers(id, true, "x-trailer", "1");
            assertEquals(PROTOCOL_ERROR, peer.await(id).resetCode);
            TestProxy.await(() -> backend.open() == 0, () -> "the endpoint's connection ends");
        }
    }

    @Test
    void shouldTakeOnlyContentFromTheEndpoint() throws Exception
    {
        try (TestBackend backend = Tunnel.backend(HttpPair.HTTP1_TO_HTTP2, server ->
            {
                server.agree();
                server.peer.headers(server.id, true, "x-trailer", "1");
                server.peer.await(server.id);
            });
            TestProxy proxy = Tunnel.proxy(HttpPair.HTTP1_TO_HTTP2, backend).start())
        {
            final Tunnel tunnel = Tunnel.ask(HttpPair.HTTP1_TO_HTTP2, proxy, "");
            tunnel.client.assertGone();
            assertEquals(1, proxy.counter("cluster.b.upstream_cx_protocol_error"));
        }
    }

    @Test
    void shouldTakeARequestThatEndsAtOnce() throws Exception
    {
        for (final HttpPair pair : new HttpPair[]{HttpPair.HTTP2_TO_HTTP1, HttpPair.HTTP2_TO_HTTP2})
        {
            try (TestBackend backend = Tunnel.echo(pair); TestProxy proxy = Tunnel.proxy(pair, backend).start())
            {
                final Http2Peer peer = Http2Peer.client(proxy.connect());
                final int id = peer.open(true, "CONNECT", "/", ":protocol", "websocket", "content-length", "0");
                final Http2Message answer = peer.await(id);
                assertEquals(200, answer.status());
                assertTrue(answer.isEnded);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = HttpPair.class, names = {"HTTP1_TO_HTTP2", "HTTP2_TO_HTTP2"})
    void shouldSay503WhereTheEndpointTakesNoExtendedConnect(final HttpPair pair) throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                final Http2Peer peer = Http2Peer.server(link);
                while (peer.next() != null)
                {
                    assertEquals(0, peer.streams.size());
                }
            });
            TestProxy proxy = Tunnel.proxy(pair, backend).start())
        {
            for (int i = 0; i < 2; i++)
            {
                final Tunnel tunnel = Tunnel.ask(pair, proxy, "early");
                assertEquals("503", pair.isHttp2 ? tunnel.answer.header(":status") :
                    Integer.toString(tunnel.answer.status()));
            }
            assertEquals(0, proxy.counter("cluster.b.upstream_rq_active"));
            assertEquals(1, backend.accepted());
        }
    }

    @ParameterizedTest
    @EnumSource(value = HttpPair.class, names = {"HTTP1_TO_HTTP2", "HTTP2_TO_HTTP2"})
    void shouldLetGoWhereNoSettingsCome(final HttpPair pair) throws Exception
    {
        final CountDownLatch isOver = new CountDownLatch(1);
        try (TestBackend backend = TestBackend.scripted(link -> isOver.await());
            TestProxy proxy = Tunnel.proxy(pair, backend))
        {
            proxy.http.routeTimeoutNs = 100_000_000L;
            proxy.http.streamIdleNs = 100_000_000L;
            proxy.start();
            final Tunnel tunnel = Tunnel.ask(pair, proxy, "early");
            assertEquals(pair.isHttp2 ? "408" : "504", pair.isHttp2 ? tunnel.answer.header(":status") :
                Integer.toString(tunnel.answer.status()));
            assertEquals(1, proxy.counter("cluster.b.upstream_rq_cancelled"));
            assertEquals(0, proxy.counter("cluster.b.upstream_rq_active"));
            isOver.countDown();
        }
    }

    /** Only the connection beside it is idle, though settings are long in coming. */
    @ParameterizedTest
    @EnumSource(value = HttpPair.class, names = {"HTTP1_TO_HTTP2", "HTTP2_TO_HTTP2"})
    void shouldNotCallAConnectionIdleThatWaitsForSettings(final HttpPair pair) throws Exception
    {
        final CountDownLatch isIdle = new CountDownLatch(1);
        final AtomicInteger connections = new AtomicInteger();
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                if (connections.incrementAndGet() > 1)
                {
                    Http2Peer.server(link).serve((peer, id, request) -> peer.headers(id, true, ":status", "204"));
                    return;
                }
                isIdle.await();
                final Http2Peer peer = Http2Peer.server(link, Tunnel.ENABLE_CONNECT_PROTOCOL, 1);
                peer.awaitHead(1);
                peer.headers(1, false, ":status", "200");
                peer.data(1, true, (byte)'x');
                peer.await(1);
            });
            TestProxy proxy = Tunnel.proxy(pair, backend))
        {
            proxy.upstreamHttp2 = Tunnel.options(1, false);
            proxy.upstreamIdleNs = 200_000_000L;
            proxy.start();
            final Thread release = Thread.ofPlatform().start(() ->
            {
                proxy.awaitCounter("cluster.b.upstream_cx_idle_timeout", 1);
                isIdle.countDown();
            });
            final TestClient asking = proxy.connect();
            final Thread other = Thread.ofPlatform().start(() ->
            {
                proxy.awaitCounter("cluster.b.upstream_rq_active", 1);
                // Each connection of the endpoint has a thread: the second could take its number before the first.
                TestProxy.await(() -> connections.get() == 1, () -> "the first connection at the endpoint");
                assertEquals(204, askPlainly(proxy));
            });
            final Tunnel tunnel = Tunnel.ask(pair, asking, "");
            assertTrue(tunnel.isOpen(), tunnel.answer.head());
            other.join();
            release.join();
            assertEquals("x", tunnel.text(1));
            tunnel.send("", true);
            assertEquals("", tunnel.rest());
        }
    }

    private static int askPlainly(final TestProxy proxy)
    {
        try
        {
            return Http2Peer.client(proxy.connect()).ask("/").status();
        }
        catch (final IOException e)
        {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @CsvSource({"HTTP1_TO_HTTP2, 1", "HTTP1_TO_HTTP2, 2", "HTTP1_TO_HTTP2, 3", "HTTP2_TO_HTTP2, 2"})
    void shouldAskAgainWhereTheConnectionEndsBeforeItsSettings(final HttpPair pair, final int cuts) throws Exception
    {
        final AtomicInteger connections = new AtomicInteger();
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                link.in.readNBytes(Http2Peer.PREFACE.length);
                if (connections.incrementAndGet() > cuts)
                {
                    final Http2Peer peer = Http2Peer.serverBehindPreface(link, Tunnel.ENABLE_CONNECT_PROTOCOL, 1);
                    peer.awaitHead(1);
                    peer.headers(1, false, ":status", "200");
                    peer.body(1, peer.awaitBody(1, 5).body.toByteArray(), 5, true);
                    peer.await(1);
                }
            });
            TestProxy proxy = Tunnel.proxy(pair, backend).start())
        {
            final Tunnel tunnel = Tunnel.ask(pair, proxy, "early");
            assertEquals(cuts < 3, tunnel.isOpen());
            if (cuts < 3)
            {
                tunnel.send("", true);
                assertEquals("early", tunnel.rest());
            }
            assertEquals(Math.min(cuts, 2), proxy.counter("cluster.b.upstream_rq_retry"));
        }
    }

    @ParameterizedTest
    @EnumSource(value = HttpPair.class, names = {"HTTP1_TO_HTTP2", "HTTP2_TO_HTTP2"})
    void shouldSay503WithoutAnEndpoint(final HttpPair pair) throws Exception
    {
        try (TestProxy proxy = Tunnel.proxy(pair).refused().start())
        {
            final Tunnel tunnel = Tunnel.ask(pair, proxy, "");
            assertEquals("503", pair.isHttp2 ? tunnel.answer.header(":status") :
                Integer.toString(tunnel.answer.status()));
        }
    }

    @Test
    void shouldServeStreamsBesideTunnels() throws Exception
    {
        final HttpPair pair = HttpPair.HTTP2_TO_HTTP1;
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                final HttpMessage request = link.readHead();
                link.write(request.header("upgrade") == null ? TestBackend.ok("plain") : Tunnel.AGREED);
                link.in.transferTo(link.out);
            });
            TestProxy proxy = Tunnel.proxy(pair, backend).start())
        {
            final Tunnel tunnel = Tunnel.ask(pair, proxy, "");
            assertEquals("plain", tunnel.peer.ask("/").text());
            tunnel.send("abc", true);
            assertEquals("abc", tunnel.rest());
        }
    }
}
