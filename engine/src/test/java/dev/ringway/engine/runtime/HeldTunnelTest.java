package dev.ringway.engine.runtime;

import dev.ringway.engine.filter.FilterExchange;
import dev.ringway.engine.filter.FilterSignal;
import dev.ringway.engine.filter.HttpFilter;
import dev.ringway.engine.filter.HttpFilters;
import dev.ringway.engine.filter.HttpFilters.Place;
import dev.ringway.engine.filter.Verdict;
import dev.ringway.engine.route.RouteBuilder;
import dev.ringway.engine.route.Upgrades;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;

/** Tunnels whose answer a filter holds: what either side does meanwhile, in all pairs of versions. */
@Timeout(60)
final class HeldTunnelTest
{
    private static final String EARLY = "early";

    private final Queue<FilterSignal> signals = new ConcurrentLinkedQueue<>();
    private final Queue<String> ends = new ConcurrentLinkedQueue<>();
    private final CountDownLatch isHeld = new CountDownLatch(1);

    /** Who asks whom for what. */
    private enum Kind
    {
        UPGRADE(HttpPair.HTTP1_TO_HTTP1, false),
        UPGRADE_TO_HTTP2(HttpPair.HTTP1_TO_HTTP2, false),
        EXTENDED_CONNECT_TO_HTTP1(HttpPair.HTTP2_TO_HTTP1, false),
        EXTENDED_CONNECT(HttpPair.HTTP2_TO_HTTP2, false),
        CONNECT_THAT_ENDS_HERE(HttpPair.HTTP1_TO_HTTP1, true),
        CONNECT_OF_HTTP2_THAT_ENDS_HERE(HttpPair.HTTP2_TO_HTTP1, true);

        private final HttpPair pair;
        private final boolean isConnect;

        Kind(final HttpPair pair, final boolean isConnect)
        {
            this.pair = pair;
            this.isConnect = isConnect;
        }
    }

    private interface Script
    {
        void run(TestBackend.Link link, Http2Peer peer, int id) throws Exception;
    }

    /** Agrees, and does the rest once the answer is held. */
    private TestBackend backend(final Kind kind, final Script rest) throws IOException
    {
        return kind.isConnect ? TestBackend.scripted(link ->
        {
            isHeld.await();
            rest.run(link, null, 0);
        }) : Tunnel.backend(kind.pair, server ->
        {
            server.agree();
            isHeld.await();
            rest.run(server.link, server.peer, server.id);
        });
    }

    private TestProxy proxy(final Kind kind, final TestBackend backend)
    {
        final TestProxy proxy = Tunnel.proxy(kind.pair, backend);
        if (kind.isConnect)
        {
            proxy.http.tunnels = new RouteBuilder("").cluster(0, "b")
                .upgrades(new Upgrades(Map.of("CONNECT", true), true)).build();
        }
        final HttpFilter holding = new HttpFilter()
        {
            public int onResponseHead(final FilterExchange exchange, final boolean isEnd)
            {
                if (exchange.isAnswered())
                {
                    return Verdict.CONTINUE;
                }
                signals.add(exchange.signal());
                return Verdict.HOLD;
            }

            public void onEnd(final FilterExchange exchange)
            {
                ends.add(exchange.status() + " " + exchange.detail());
            }
        };
        proxy.http.filters = new HttpFilters(proxy.registry(), "in",
            List.of(new Place("f", loop -> holding, false)), (name, error) -> ends.add(error.toString()));
        return proxy;
    }

    /** A client that has asked, and whose answer is held. */
    private final class Asker
    {
        private final TestClient client;
        private final Http2Peer peer;
        private int id;

        Asker(final Kind kind, final TestProxy proxy) throws IOException
        {
            client = proxy.connect();
            peer = kind.pair.isHttp2 ? Http2Peer.client(client) : null;
            if (peer == null)
            {
                client.send((kind.isConnect ? "CONNECT a:443 HTTP/1.1\r\nhost: a:443\r\n\r\n" :
                    "GET /chat HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n") + EARLY);
            }
            else
            {
                id = 1;
                if (kind.isConnect)
                {
                    peer.headers(id, false, ":method", "CONNECT", ":authority", "a:443");
                }
                else
                {
                    id = peer.open(false, "CONNECT", "/chat", ":protocol", "websocket");
                }
                peer.data(id, false, EARLY.getBytes(ISO_8859_1));
            }
            TestProxy.await(() -> signals.size() == 1, () -> "answer held, " + ends);
            proxy.look();
            isHeld.countDown();
        }

        int status() throws IOException
        {
            return peer == null ? client.readHead().status() : peer.await(id).status();
        }

        void reset() throws IOException
        {
            if (peer == null)
            {
                client.reset();
            }
            else
            {
                peer.reset(id, 8);
            }
        }
    }

    private void assertOver(final TestProxy proxy, final String end)
    {
        proxy.awaitCounter("http.in.downstream_cx_upgrades_active", 0);
        proxy.awaitCounter("http.in.downstream_rq_active", 0);
        proxy.awaitCounter("cluster.b.upstream_rq_active", 0);
        signals.forEach(FilterSignal::send);
        proxy.look();
        assertEquals(List.of(end), List.copyOf(ends));
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void shouldTellOfAnEndpointThatResetsMeanwhile(final Kind kind) throws Exception
    {
        try (TestBackend backend = backend(kind, (link, peer, id) ->
            {
                if (peer == null)
                {
                    link.reset();
                }
                else
                {
                    peer.reset(id, 2);
                }
            });
            TestProxy proxy = proxy(kind, backend).start())
        {
            assertEquals(503, new Asker(kind, proxy).status());
            assertOver(proxy, "503 upstream_reset_after_response_started{" +
                (kind.pair.isHttp2Upstream ? "remote_reset" : "connection_termination") + "}");
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void shouldEndWithAClientThatResetsMeanwhile(final Kind kind) throws Exception
    {
        try (TestBackend backend = backend(kind, (link, peer, id) -> link.awaitEnd());
            TestProxy proxy = proxy(kind, backend).start())
        {
            new Asker(kind, proxy).reset();
            // With a stream alone nothing of the connection is known to have failed.
            assertOver(proxy, (kind.isConnect ? "200 " : "101 ") +
                (kind.pair.isHttp2 ? "via_upstream" : "downstream_remote_disconnect"));
        }
    }

    @ParameterizedTest
    @EnumSource(value = Kind.class, names = {"EXTENDED_CONNECT", "CONNECT_OF_HTTP2_THAT_ENDS_HERE"})
    void shouldEndInTimeMeanwhile(final Kind kind) throws Exception
    {
        try (TestBackend backend = backend(kind, (link, peer, id) -> link.awaitEnd());
            TestProxy proxy = proxy(kind, backend))
        {
            // The answer is held by then, also where the machine is slow.
            proxy.http.streamIdleNs = 1_500_000_000L;
            proxy.start();
            assertEquals(408, new Asker(kind, proxy).status());
            assertOver(proxy, "408 stream_idle_timeout");
        }
    }

    /** The endpoint has said something and ended: in order, all of it gets there. */
    @ParameterizedTest
    @EnumSource(Kind.class)
    void shouldSendAllOfAnEndpointThatEndsMeanwhile(final Kind kind) throws Exception
    {
        try (TestBackend backend = backend(kind, (link, peer, id) ->
            {
                if (peer == null)
                {
                    link.write("hello");
                    link.socket.shutdownOutput();
                    link.awaitEnd();
                }
                else
                {
                    peer.data(id, true, "hello".getBytes(ISO_8859_1));
                    peer.awaitBody(id, EARLY.length());
                }
            });
            TestProxy proxy = proxy(kind, backend).start())
        {
            final Asker asker = new Asker(kind, proxy);
            proxy.look();
            signals.peek().send();
            if (asker.peer == null)
            {
                assertEquals(kind.isConnect ? 200 : 101, asker.client.readHead().status());
                assertEquals("hello", new String(asker.client.in.readNBytes(5), ISO_8859_1));
                asker.client.halfClose();
                asker.client.assertEnd();
            }
            else
            {
                assertEquals("hello", asker.peer.await(asker.id).body.toString(ISO_8859_1));
                asker.peer.data(asker.id, true);
            }
            proxy.awaitCounter("http.in.downstream_cx_upgrades_active", 0);
            proxy.awaitCounter("cluster.b.upstream_rq_active", 0);
        }
    }
}
