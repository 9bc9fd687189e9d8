package dev.ringway.engine.runtime;

import dev.ringway.engine.route.Route;
import dev.ringway.engine.snapshot.Http2Options;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * How connections of HTTP/2 end, and what ends single streams: drains, limits and time-outs.
 */
final class Http2LifeTest
{
    private static final int LAST = Integer.MAX_VALUE;
    private static final int LONG = 900_000;

    private static Sent ok(final String text)
    {
        return Sent.of("200", text.getBytes(US_ASCII), true);
    }

    private static Http2Options keepingAlive(final long intervalNs, final long timeoutNs)
    {
        final Http2Options d = Http2Options.DEFAULT;
        return new Http2Options(d.maxConcurrentStreams(), d.initialStreamWindowSize(),
            d.initialConnectionWindowSize(), d.headerTableSize(), d.maxOutboundFrames(), d.maxOutboundControlFrames(),
            d.maxConsecutiveEmptyFrames(), d.maxPriorityFramesPerStream(), d.maxWindowUpdatesPerDataFrame(),
            d.streamErrorOnInvalidMessage(), d.allowConnect(), intervalNs, timeoutNs);
    }

    static Http2Options streams(final int most)
    {
        final Http2Options d = Http2Options.DEFAULT;
        return new Http2Options(most, d.initialStreamWindowSize(),
            d.initialConnectionWindowSize(), d.headerTableSize(), d.maxOutboundFrames(), d.maxOutboundControlFrames(),
            d.maxConsecutiveEmptyFrames(), d.maxPriorityFramesPerStream(), d.maxWindowUpdatesPerDataFrame(),
            d.streamErrorOnInvalidMessage(), d.allowConnect(), 0, 0);
    }

    /** Answers at once, but "/late" when it may. */
    private static TestBackend late(final HttpPair pair, final CountDownLatch may) throws IOException
    {
        return pair.backend(request ->
        {
            if (request.target().equals("/late"))
            {
                may.await();
                return Sent.of("200", new byte[LONG], true);
            }
            return ok(request.target());
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP2_TO_HTTP1", "HTTP2_TO_HTTP2"})
    void shouldDrainInTwoStepsAndLoseNothing(final HttpPair pair) throws Exception
    {
        final CountDownLatch may = new CountDownLatch(1);
        try (TestBackend backend = late(pair, may);
            TestProxy proxy = pair.proxy(backend).start())
        {
            final Http2Peer client = Http2Peer.client(proxy.connect());
            client.answersPings = false;
            final int id = client.get("/late");
            client.settle();
            proxy.drain();
            final Http2Frame first = client.await(Http2Frame.GOAWAY, 0);
            assertEquals(LAST, first.number(0));
            assertEquals(0, first.number(4));
            final Http2Frame ping = client.await(Http2Frame.PING, 0);
            final int between = client.get("/late");
            client.frame(Http2Frame.PING, Http2Frame.ACK, 0, ping.payload());
            final Http2Frame second = client.await(Http2Frame.GOAWAY, 0);
            assertEquals(between, second.number(0));
            final int ignored = client.get("/quick");
            client.settle();
            may.countDown();
            assertEquals(LONG, client.await(id).body.size());
            assertEquals(LONG, client.await(between).body.size());
            assertEquals(-1, client.awaitEnd());
            assertTrue(client.stream(ignored).fields == null);
        }
    }

    @Test
    void shouldGoAwayWithAnAnswerInAGradualDrain() throws Exception
    {
        try (TestBackend backend = HttpPair.HTTP2_TO_HTTP1.backend(request -> ok("x"));
            TestProxy proxy = HttpPair.HTTP2_TO_HTTP1.proxy(backend).start())
        {
            final Http2Peer early = Http2Peer.client(proxy.connect());
            early.await(early.get("/a"));
            proxy.drain(1);
            proxy.look();
            early.await(early.get("/b"));
            assertEquals(0, early.awaitEnd());
            proxy.awaitCounter("http.in.downstream_cx_drain_close", 1);
        }
        try (TestBackend backend = HttpPair.HTTP2_TO_HTTP1.backend(request -> ok("x"));
            TestProxy proxy = HttpPair.HTTP2_TO_HTTP1.proxy(backend).start())
        {
            final Http2Peer client = Http2Peer.client(proxy.connect());
            client.await(client.get("/a"));
            proxy.drain(Long.MAX_VALUE / 2);
            proxy.look();
            client.await(client.get("/b"));
            client.await(client.get("/c"));
            proxy.awaitCounter("http.in.downstream_cx_drain_close", 0);
        }
    }

    @Test
    void shouldEndAConnectionWithoutStreamsInADrain() throws Exception
    {
        try (TestBackend backend = HttpPair.HTTP2_TO_HTTP1.backend(request -> ok("x"));
            TestProxy proxy = new TestProxy(backend).start())
        {
            final Http2Peer idle = Http2Peer.client(proxy.connect());
            final Http2Peer used = Http2Peer.client(proxy.connect());
            idle.settle();
            assertEquals(200, used.ask("/").status());
            proxy.stop(0);
            assertEquals(0, idle.awaitEnd());
            assertEquals(0, used.awaitEnd());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void shouldEndAConnectionThatHadItsRequests(final int most) throws Exception
    {
        try (TestBackend backend = HttpPair.HTTP2_TO_HTTP1.backend(request -> Sent.of("200", new byte[LONG], true));
            TestProxy proxy = new TestProxy(backend))
        {
            proxy.http.maxRequests = most;
            proxy.start();
            final Http2Peer client = Http2Peer.client(proxy.connect());
            for (int i = 0; i < most; i++)
            {
                assertEquals(LONG, client.ask("/").body.size());
            }
            assertEquals(0, client.awaitEnd());
            assertEquals(1, proxy.counter("http.in.downstream_cx_max_requests_reached"));
        }
    }

    @Test
    void shouldNotCutALastAnswerThatIsReadSlowly() throws Exception
    {
        final int length = 300_000;
        try (TestBackend backend = HttpPair.HTTP2_TO_HTTP1.backend(request -> Sent.of("200", new byte[length], true));
            TestProxy proxy = new TestProxy(backend))
        {
            proxy.http.maxRequests = 1;
            proxy.start();
            final TestClient socket = proxy.connect(4096);
            final Http2Peer client = Http2Peer.client(socket, Http2Frame.INITIAL_WINDOW, 1 << 20);
            client.window(0, 1 << 20);
            final int id = client.get("/");
            client.awaitBody(id, 1);
            TestProxy.await(() -> proxy.counter("http.in.downstream_rq_active") == 0, () -> "the answer queued");
            final long startNs = System.nanoTime();
            TestProxy.await(() -> System.nanoTime() - startNs > 1_500_000_000L, () -> "time");
            assertEquals(length, client.await(id).body.size());
            assertEquals(0, client.awaitEnd());
        }
    }

    @Test
    void shouldEndAnEndpointsConnectionThatHadItsRequests() throws Exception
    {
        try (TestBackend backend = HttpPair.HTTP2_TO_HTTP2.backend(request -> ok(request.target()));
            TestProxy proxy = HttpPair.HTTP2_TO_HTTP2.proxy(backend))
        {
            proxy.maxRequestsPerUpstream = 4;
            proxy.start();
            final Http2Peer client = Http2Peer.client(proxy.connect());
            final List<Integer> ids = new ArrayList<>();
            for (int i = 0; i < 20; i++)
            {
                ids.add(client.get("/"));
            }
            for (final int id : ids)
            {
                assertEquals("/", client.await(id).text());
            }
            assertEquals(5, backend.accepted());
            TestProxy.await(() -> backend.open() == 0, () -> "connections ended");
        }
    }

    @Test
    void shouldEndIdleConnectionsOnBothSides() throws Exception
    {
        try (TestBackend backend = HttpPair.HTTP2_TO_HTTP2.backend(request -> ok("x"));
            TestProxy proxy = HttpPair.HTTP2_TO_HTTP2.proxy(backend))
        {
            proxy.http.idleNs = 2_000_000_000L;
            proxy.upstreamIdleNs = 200_000_000L;
            proxy.start();
            final Http2Peer client = Http2Peer.client(proxy.connect());
            assertEquals(200, client.ask("/").status());
            assertEquals(0, client.awaitEnd());
            assertEquals(1, proxy.counter("http.in.downstream_cx_idle_timeout"));
            TestProxy.await(() -> backend.open() == 0, () -> "the endpoint's connection ended");
            assertEquals(1, proxy.counter("cluster.b.upstream_cx_idle_timeout"));
        }
    }

    @Test
    void shouldNotCallAConnectionIdleThatHasAStream() throws Exception
    {
        final CountDownLatch may = new CountDownLatch(1);
        try (TestBackend backend = late(HttpPair.HTTP2_TO_HTTP2, may);
            TestProxy proxy = HttpPair.HTTP2_TO_HTTP2.proxy(backend))
        {
            proxy.http.idleNs = 2_000_000_000L;
            proxy.upstreamIdleNs = 100_000_000L;
            proxy.start();
            final Http2Peer client = Http2Peer.client(proxy.connect());
            final int id = client.get("/late");
            final long startNs = System.nanoTime();
            TestProxy.await(() -> System.nanoTime() - startNs > 2_500_000_000L, () -> "time");
            may.countDown();
            assertEquals(LONG, client.await(id).body.size());
        }
    }

    @Test
    void shouldEndAConnectionWhoseHeadDoesNotCome() throws Exception
    {
        try (TestBackend backend = HttpPair.HTTP2_TO_HTTP1.backend(request -> ok("x"));
            TestProxy proxy = new TestProxy(backend))
        {
            proxy.http.headersTimeoutNs = 300_000_000L;
            proxy.start();
            final Http2Peer fragment = Http2Peer.client(proxy.connect());
            assertEquals(200, fragment.ask("/").status());
            fragment.frame(Http2Frame.HEADERS, 0, 3, fragment.encode(":method", "GET"));
            final Http2Peer part = Http2Peer.client(proxy.connect());
            // Longer than what the client may still say, an acknowledgement, which would make it whole.
            part.write(new byte[]{0, 0, 100, 1, 4, 0, 0, 0, 1, 0});
            final TestClient preface = proxy.connect().send("PRI * HTTP/2.0\r\n\r\nSM\r\n");
            assertTrue(fragment.awaitEnd() >= 0);
            assertTrue(part.awaitEnd() >= 0);
            preface.assertGone();
        }
    }

    @Test
    void shouldNotWaitForAHeadWhereEachReceiveEndsInAFrame() throws Exception
    {
        final byte[] ping = Http2Frame.of(Http2Frame.PING, 0, 0, new byte[8]);
        final byte[] across = Arrays.copyOfRange(Arrays.copyOf(ping, 2 * ping.length), 5, 5 + ping.length);
        System.arraycopy(ping, 0, across, ping.length - 5, 5);
        try (TestBackend backend = HttpPair.HTTP2_TO_HTTP1.backend(request -> ok("x"));
            TestProxy proxy = new TestProxy(backend))
        {
            proxy.http.headersTimeoutNs = 2_000_000_000L;
            proxy.start();
            final Http2Peer client = Http2Peer.client(proxy.connect());
            client.settle();
            client.write(Arrays.copyOf(ping, 5));
            for (final long startNs = System.nanoTime(); System.nanoTime() - startNs < 4_500_000_000L; )
            {
                client.write(across);
                client.await(Http2Frame.PING, Http2Frame.ACK);
            }
            client.write(Arrays.copyOfRange(ping, 5, ping.length));
            assertEquals(200, client.ask("/").status());
        }
    }

    @Test
    void shouldEndConnectionsThatDoNotAnswerPings() throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                final Http2Peer peer = Http2Peer.server(link);
                peer.answersPings = false;
                peer.awaitRequest();
                peer.awaitEnd();
            });
            TestProxy proxy = HttpPair.HTTP2_TO_HTTP2.proxy(backend))
        {
            proxy.upstreamHttp2 = keepingAlive(200_000_000L, 200_000_000L);
            proxy.http.http2 = keepingAlive(300_000_000L, 3_000_000_000L);
            proxy.start();
            final Http2Peer client = Http2Peer.client(proxy.connect());
            assertEquals(503, client.ask("/").status());
            assertEquals(1, proxy.counter("cluster.b.http2.keepalive_timeout"));
            client.await(Http2Frame.PING, 0);
            client.settle();
            client.answersPings = false;
            client.awaitEnd();
            assertEquals(1, proxy.counter("http2.keepalive_timeout"));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP2_TO_HTTP1", "HTTP2_TO_HTTP2"})
    void shouldSay504ForTheStreamThatTakesTooLong(final HttpPair pair) throws Exception
    {
        final CountDownLatch may = new CountDownLatch(1);
        try (TestBackend backend = late(pair, may);
            TestProxy proxy = pair.proxy(backend))
        {
            final Route patient = proxy.http.toCluster(0);
            proxy.http.routeTimeoutNs = 300_000_000L;
            proxy.http.routes.put("/late", proxy.http.toCluster(0));
            proxy.http.routes.put("/", patient);
            proxy.start();
            final Http2Peer client = Http2Peer.client(proxy.connect());
            final int id = client.get("/late");
            final int more = client.get("/late");
            assertEquals(504, client.await(id).status());
            assertEquals(504, client.await(more).status());
            may.countDown();
            assertEquals(200, client.ask("/").status());
            assertEquals(2, proxy.counter("cluster.b.upstream_rq_timeout"));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP2_TO_HTTP1", "HTTP2_TO_HTTP2"})
    void shouldKeepToTheBoundsOfTheCluster(final HttpPair pair) throws Exception
    {
        final CountDownLatch may = new CountDownLatch(1);
        try (TestBackend backend = late(pair, may);
            TestProxy proxy = pair.proxy(backend).bearing(10, 10, 2).start())
        {
            final Http2Peer client = Http2Peer.client(proxy.connect());
            final int one = client.get("/late");
            final int two = client.get("/late");
            assertEquals(503, client.ask("/").status());
            assertEquals(1, proxy.counter("cluster.b.upstream_rq_active_overflow"));
            may.countDown();
            assertEquals(LONG, client.await(one).body.size());
            assertEquals(LONG, client.await(two).body.size());
            proxy.awaitCounter("cluster.b.upstream_rq_active", 0);
            assertEquals(200, client.ask("/").status());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP2_TO_HTTP1", "HTTP2_TO_HTTP2"})
    void shouldServeWaitingRequestsWithTheirContent(final HttpPair pair) throws Exception
    {
        final CountDownLatch may = new CountDownLatch(1);
        try (TestBackend backend = pair.backend(request ->
            {
                if (request.target().equals("/late"))
                {
                    may.await();
                }
                return Sent.of("200", request.body(), true);
            });
            TestProxy proxy = pair.proxy(backend).bearing(1, 10, 100))
        {
            proxy.upstreamHttp2 = pair.isHttp2Upstream ? streams(1) : null;
            proxy.start();
            final Http2Peer client = Http2Peer.client(proxy.connect());
            final int first = client.get("/late");
            proxy.awaitCounter("cluster.b.upstream_rq_active", 1);
            final List<Integer> ids = new ArrayList<>();
            for (int i = 0; i < 10; i++)
            {
                final int id = client.open(false, "POST", "/");
                client.data(id, i % 2 == 0, new byte[1000 * i + 1]);
                ids.add(id);
            }
            proxy.awaitCounter("cluster.b.upstream_rq_pending_active", 10);
            assertEquals(503, client.ask("/more").status());
            client.reset(ids.remove(9), 8);
            may.countDown();
            assertEquals(200, client.await(first).status());
            for (int i = 0; i < ids.size(); i++)
            {
                if (i % 2 == 1)
                {
                    client.data(ids.get(i), true, (byte)'x');
                }
                assertEquals(1000 * i + 1 + i % 2, client.await(ids.get(i)).body.size());
            }
            assertEquals(1, backend.accepted());
        }
    }

    @Test
    void shouldKeepTrailersOfRequestsThatWait() throws Exception
    {
        final CountDownLatch may = new CountDownLatch(1);
        try (TestBackend backend = HttpPair.HTTP2_TO_HTTP2.backend(request ->
            {
                if (request.target().equals("/late"))
                {
                    may.await();
                }
                final List<String[]> trailers = request.trailers();
                return Sent.of("200", request.body(), true,
                    "x-seen", trailers.isEmpty() ? "none" : String.join("=", trailers.get(0)));
            });
            TestProxy proxy = HttpPair.HTTP2_TO_HTTP2.proxy(backend).bearing(1, 10, 100))
        {
            proxy.upstreamHttp2 = streams(1);
            proxy.start();
            final Http2Peer client = Http2Peer.client(proxy.connect());
            final int first = client.get("/late");
            proxy.awaitCounter("cluster.b.upstream_rq_active", 1);
            final int[] ids = new int[3];
            for (int i = 0; i < ids.length; i++)
            {
                ids[i] = client.open(false, "POST", "/");
                if (i > 0)
                {
                    client.data(ids[i], false, new byte[2500 * i]);
                }
                client.headers(ids[i], true, "x-sum", "t" + i);
            }
            proxy.awaitCounter("cluster.b.upstream_rq_pending_active", 3);
            may.countDown();
            assertEquals(200, client.await(first).status());
            for (int i = 0; i < ids.length; i++)
            {
                assertEquals("x-sum=t" + i, client.await(ids[i]).header("x-seen"));
                assertEquals(2500 * i, client.stream(ids[i]).body.size());
            }
        }
    }

    @Test
    void shouldRefuseStreamsAboveTheMaximum() throws Exception
    {
        final CountDownLatch may = new CountDownLatch(1);
        try (TestBackend backend = late(HttpPair.HTTP2_TO_HTTP1, may);
            TestProxy proxy = new TestProxy(backend))
        {
            proxy.http.http2 = streams(2);
            proxy.start();
            final Http2Peer client = Http2Peer.client(proxy.connect());
            final int one = client.get("/late");
            final int two = client.get("/late");
            assertEquals(7, client.await(client.get("/")).resetCode);
            may.countDown();
            assertEquals(LONG, client.await(one).body.size());
            assertEquals(LONG, client.await(two).body.size());
            assertEquals(200, client.ask("/").status());
        }
    }
}
