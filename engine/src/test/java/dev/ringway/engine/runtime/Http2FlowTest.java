package dev.ringway.engine.runtime;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.EOFException;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Windows of HTTP/2: what may leave leaves, nothing else does, and what waits is bounded and nobody else's trouble.
 */
final class Http2FlowTest
{
    private static final int FRAME = 16_384;
    private static final int WINDOW = 65_535;
    private static final int MOST_CHUNKS = 24;
    private static final int MOST_CHUNKS_WITHOUT_LIMIT = 128;
    private static final int CANCEL = 8;
    private static final int MANY = 99;
    /** 64 KiB may be queued and a window of 64 KiB come behind them. */
    private static final int MOST_CHUNKS_OF_STREAM = 3;

    private static byte[] bytes(final int length)
    {
        final byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    /** Answers with as many bytes as the path says. */
    private static Sent sized(final HttpMessage request)
    {
        return Sent.of("200", bytes(Integer.parseInt(request.target().substring(1))), true);
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP2_TO_HTTP1", "HTTP2_TO_HTTP2"})
    void shouldSendInDripsWhereTheWindowOpensInDrips(final HttpPair pair) throws Exception
    {
        try (TestBackend backend = pair.backend(Http2FlowTest::sized);
            TestProxy proxy = pair.proxy(backend).start())
        {
            final Http2Peer client = Http2Peer.client(proxy.connect(), Http2Frame.INITIAL_WINDOW, 0);
            client.opensWindows = false;
            client.window(0, 1 << 20);
            final int id = client.get("/100000");
            assertEquals(200, client.awaitHead(id).status());
            int sum = 0;
            for (int drip = 1; sum < 100_000; drip *= 3)
            {
                client.settle();
                assertEquals(sum, client.stream(id).body.size());
                client.window(id, drip);
                sum = Math.min(sum + drip, 100_000);
                client.awaitBody(id, sum);
            }
            assertArrayEquals(bytes(100_000), client.await(id).body.toByteArray());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP2_TO_HTTP1", "HTTP2_TO_HTTP2"})
    void shouldShareTheWindowOfTheConnection(final HttpPair pair) throws Exception
    {
        try (TestBackend backend = pair.backend(Http2FlowTest::sized);
            TestProxy proxy = pair.proxy(backend).start())
        {
            final Http2Peer client = Http2Peer.client(proxy.connect(), Http2Frame.INITIAL_WINDOW, 1 << 20);
            client.opensWindows = false;
            final int[] ids = {client.get("/100000"), client.get("/100001"), client.get("/100002")};
            for (final int id : ids)
            {
                client.awaitHead(id);
            }
            int open = WINDOW;
            for (int i = 0; i < 3; i++)
            {
                final int expected = open;
                while (sum(client, ids) < expected)
                {
                    client.next();
                }
                client.settle();
                assertEquals(expected, sum(client, ids));
                client.window(0, 70_000);
                open += 70_000;
            }
            client.window(0, 1 << 20);
            for (int i = 0; i < ids.length; i++)
            {
                assertArrayEquals(bytes(100_000 + i), client.await(ids[i]).body.toByteArray());
            }
        }
    }

    private static int sum(final Http2Peer client, final int... ids)
    {
        return Arrays.stream(ids).map(id -> client.stream(id).body.size()).sum();
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP2_TO_HTTP1", "HTTP2_TO_HTTP2"})
    void shouldFollowInitialWindowsThatChangeInFlight(final HttpPair pair) throws Exception
    {
        try (TestBackend backend = pair.backend(Http2FlowTest::sized);
            TestProxy proxy = pair.proxy(backend).start())
        {
            final Http2Peer client = Http2Peer.client(proxy.connect(), Http2Frame.INITIAL_WINDOW, 100);
            client.opensWindows = false;
            client.window(0, 1 << 20);
            final int one = client.get("/50000");
            final int two = client.get("/60000");
            client.awaitBody(one, 100);
            client.awaitBody(two, 100);
            client.settings(Http2Frame.INITIAL_WINDOW, 110);
            client.awaitBody(one, 110);
            client.awaitBody(two, 110);
            client.settings(Http2Frame.INITIAL_WINDOW, 60);
            client.window(one, 50);
            client.settle();
            assertEquals(110, client.stream(one).body.size());
            client.window(one, 3);
            client.awaitBody(one, 113);
            client.settle();
            assertEquals(113, client.stream(one).body.size());
            assertEquals(110, client.stream(two).body.size());
            client.settings(Http2Frame.INITIAL_WINDOW, 1 << 20);
            assertArrayEquals(bytes(50_000), client.await(one).body.toByteArray());
            assertArrayEquals(bytes(60_000), client.await(two).body.toByteArray());
        }
    }

    @Test
    void shouldEndTheConnectionWhereAWindowGrowsTooLarge() throws Exception
    {
        try (TestBackend backend = HttpPair.HTTP2_TO_HTTP1.backend(Http2FlowTest::sized);
            TestProxy proxy = new TestProxy(backend).start())
        {
            final Http2Peer stream = Http2Peer.client(proxy.connect(), Http2Frame.INITIAL_WINDOW, 0);
            final int id = stream.get("/10");
            stream.window(id, Integer.MAX_VALUE);
            stream.window(id, 1);
            assertTrue(stream.await(id).isOver());
            stream.settle();
            final Http2Peer connection = Http2Peer.client(proxy.connect());
            connection.window(0, Integer.MAX_VALUE);
            assertEquals(3, connection.awaitEnd());
            final Http2Peer initial = Http2Peer.client(proxy.connect(), Http2Frame.INITIAL_WINDOW, 0);
            initial.window(initial.open(false, "POST", "/100"), 10);
            initial.settings(Http2Frame.INITIAL_WINDOW, Integer.MAX_VALUE);
            assertEquals(3, initial.awaitEnd());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP2_TO_HTTP1", "HTTP2_TO_HTTP2"})
    void shouldHoldLittleForAClientThatOpensNoWindow(final HttpPair pair) throws Exception
    {
        try (TestBackend backend = pair.backend(Http2FlowTest::sized);
            TestProxy proxy = pair.proxy(backend).start())
        {
            final Http2Peer client = Http2Peer.client(proxy.connect());
            client.opensWindows = false;
            client.window(0, 1 << 28);
            final int id = client.get("/50000000");
            client.awaitBody(id, WINDOW);
            TestProxy.await(() -> proxy.counter("cluster.b.upstream_flow_control_paused_reading_total") > 0,
                () -> "the endpoint was paused");
            for (int i = 0; i < 20; i++)
            {
                client.settle();
                assertTrue(proxy.look().chunks() <= mostChunks(proxy), "chunks " + proxy.look().chunks());
            }
            if (!pair.isHttp2Upstream)
            {
                // The other backend answers one request after the other.
                assertEquals(100, client.await(client.get("/100")).body.size());
            }
            client.reset(id, CANCEL);
            assertEquals(100, client.await(client.get("/100")).body.size());
            assertEquals(WINDOW, client.stream(id).body.size());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP2_TO_HTTP1", "HTTP2_TO_HTTP2"})
    void shouldResetAnAnswerForWhichNoWindowOpens(final HttpPair pair) throws Exception
    {
        try (TestBackend backend = pair.backend(Http2FlowTest::sized);
            TestProxy proxy = pair.proxy(backend))
        {
            final long patientNs = proxy.http.streamIdleNs;
            proxy.http.streamIdleNs = 3_000_000_000L;
            proxy.start();
            final Http2Peer client = Http2Peer.client(proxy.connect());
            client.opensWindows = false;
            client.window(0, 1 << 28);
            final int id = client.get("/5000000");
            client.awaitBody(id, WINDOW);
            // Nobody else is to run out of time.
            proxy.http.streamIdleNs = patientNs;
            proxy.publish();
            assertTrue(client.await(id).resetCode >= 0, "was reset");
            assertEquals(WINDOW, client.stream(id).body.size());
            assertEquals(100, client.await(client.get("/100")).body.size());
        }
    }

    static int mostChunks(final TestProxy proxy)
    {
        return proxy.engine().probe().limitsReceives() ? MOST_CHUNKS : MOST_CHUNKS_WITHOUT_LIMIT;
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP2_TO_HTTP1", "HTTP2_TO_HTTP2"})
    void shouldResetAWholeAnswerThatIsNotTakenInTime(final HttpPair pair) throws Exception
    {
        try (TestBackend backend = pair.backend(Http2FlowTest::sized);
            TestProxy proxy = pair.proxy(backend))
        {
            proxy.http.streamIdleNs = 2_000_000_000L;
            proxy.start();
            final Http2Peer client = Http2Peer.client(proxy.connect(), Http2Frame.INITIAL_WINDOW, 1000);
            client.opensWindows = false;
            final int id = client.get("/20000");
            final Http2Message answer = client.await(id);
            assertEquals(CANCEL, answer.resetCode);
            assertEquals(1000, answer.body.size());
            assertEquals(1, proxy.counter("http2.tx_flush_timeout"));
            client.opensWindows = true;
            assertEquals(900, client.ask("/900").body.size());
        }
    }

    @Test
    void shouldNotLetASmallAnswerWaitForLargeOnes() throws Exception
    {
        try (TestBackend backend = HttpPair.HTTP2_TO_HTTP1.backend(Http2FlowTest::sized);
            TestProxy proxy = new TestProxy(backend).start())
        {
            final Http2Peer client = Http2Peer.client(proxy.connect(), Http2Frame.INITIAL_WINDOW, 1 << 24);
            client.opensWindows = false;
            final int[] large = {client.get("/5000000"), client.get("/5000001")};
            while (sum(client, large) < WINDOW)
            {
                client.next();
            }
            final int small = client.get("/1000");
            client.awaitHead(small);
            client.settle();
            client.window(0, 3 * FRAME);
            assertArrayEquals(bytes(1000), client.await(small).body.toByteArray());
            client.window(0, 1 << 24);
            for (int i = 0; i < large.length; i++)
            {
                assertArrayEquals(bytes(5_000_000 + i), client.await(large[i]).body.toByteArray());
                assertTrue(client.stream(large[i]).longestData <= FRAME);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP2_TO_HTTP1", "HTTP2_TO_HTTP2"})
    void shouldPauseOnlyTheStreamThatTheEndpointDoesNotTake(final HttpPair pair) throws Exception
    {
        final CountDownLatch isReading = new CountDownLatch(1);
        try (TestBackend backend = slow(pair, isReading);
            TestProxy proxy = pair.proxy(backend).start())
        {
            final Http2Peer client = Http2Peer.client(proxy.connect());
            final int quick = client.get("/quick");
            assertEquals(200, client.await(quick).status());
            final int id = client.open(false, "POST", "/slow");
            final byte[] body = bytes(24 << 20);
            int at = 0;
            // As far as it goes: the endpoint takes nothing.
            for (long room = client.stream(id).sendWindow; room > 0; room = client.stream(id).sendWindow)
            {
                final int count = (int)Math.min(room, FRAME);
                client.data(id, false, Arrays.copyOfRange(body, at, at + count));
                at += count;
                client.settle();
                client.settle();
                assertTrue(at < body.length - FRAME, "paused before all has gone");
            }
            assertEquals(200, client.ask("/quick").status());
            assertTrue(proxy.look().chunks() <= MOST_CHUNKS_WITHOUT_LIMIT, "chunks " + proxy.look().chunks());
            assertEquals(200, client.ask("/go").status());
            client.body(id, Arrays.copyOfRange(body, at, body.length), FRAME, true);
            assertEquals(String.valueOf(body.length), client.await(id).text());
        }
    }

    /**
     * Each stream has its water mark and its window, the connection's window is not theirs: what it allows is given back as
     * soon as streams have taken their bytes, so those that stand still leave it to the others.
     */
    @Test
    void shouldHoldABoundedAmountForAllStreamsThatTheEndpointDoesNotTake() throws Exception
    {
        try (TestBackend backend = slow(HttpPair.HTTP2_TO_HTTP2, null);
            TestProxy proxy = HttpPair.HTTP2_TO_HTTP2.proxy(backend).start())
        {
            final Http2Peer client = Http2Peer.client(proxy.connect());
            final Map<Integer, Integer> sent = new TreeMap<>();
            for (int i = 0; i < MANY; i++)
            {
                sent.put(client.open(false, "POST", "/slow"), 0);
            }
            // Requests that wait for their turn hold what belongs to the connection's window.
            proxy.awaitCounter("cluster.b.upstream_rq_active", MANY);
            boolean isSending = true;
            while (isSending)
            {
                isSending = false;
                for (final Map.Entry<Integer, Integer> stream : sent.entrySet())
                {
                    final int count = (int)Math.min(client.stream(stream.getKey()).sendWindow, FRAME);
                    if (count > 0)
                    {
                        client.data(stream.getKey(), false, new byte[count]);
                        stream.setValue(stream.getValue() + count);
                        isSending = true;
                    }
                }
                client.settle();
                client.settle();
            }
            assertTrue(proxy.look().chunks() <= MANY * MOST_CHUNKS_OF_STREAM, "chunks " + proxy.look().chunks());
            assertEquals(200, client.ask("/quick").status());
            assertEquals(200, client.ask("/go").status());
            for (final Map.Entry<Integer, Integer> stream : sent.entrySet())
            {
                client.data(stream.getKey(), true, new byte[0]);
                assertEquals(stream.getValue().toString(), client.await(stream.getKey()).text());
            }
        }
    }

    /** Takes nothing of the slow request before it is asked to go; on HTTP/2 on the same connection. */
    private static TestBackend slow(final HttpPair pair, final CountDownLatch isReading) throws Exception
    {
        return TestBackend.scripted(pair.isHttp2Upstream ? Http2FlowTest::takeSlowly : link ->
        {
            for (HttpMessage head = link.readHead(); head != null; head = link.readHead())
            {
                int length = 0;
                if (head.target().equals("/go"))
                {
                    isReading.countDown();
                }
                else if (head.target().equals("/slow"))
                {
                    isReading.await();
                    for (String line = line(link); !line.equals("0"); line = line(link))
                    {
                        length += link.in.readNBytes(Integer.parseInt(line, 16)).length;
                        line(link);
                    }
                    line(link);
                }
                link.write(TestBackend.ok(String.valueOf(length)));
            }
        });
    }

    private static void takeSlowly(final TestBackend.Link link) throws Exception
    {
        final Http2Peer peer = Http2Peer.server(link);
        peer.opensWindows = false;
        for (int id = peer.awaitRequest(); id > 0; id = peer.awaitRequest())
        {
            final Http2Message request = peer.stream(id);
            if (request.header(":path").equals("/go"))
            {
                peer.opensWindows = true;
                peer.window(0, 1 << 20);
                for (final Map.Entry<Integer, Http2Message> stream : peer.streams.entrySet())
                {
                    if (!stream.getValue().isOver())
                    {
                        peer.window(stream.getKey(), 1 << 20);
                    }
                }
            }
            Sent.of("200", String.valueOf(request.body.size()).getBytes(US_ASCII), true).answerHttp2(peer, id);
        }
    }

    private static String line(final TestBackend.Link link) throws Exception
    {
        final StringBuilder line = new StringBuilder();
        for (int b = link.in.read(); b != '\n'; b = link.in.read())
        {
            if (b < 0)
            {
                throw new EOFException("ended in a line");
            }
            line.append(b == '\r' ? "" : (char)b);
        }
        return line.toString();
    }
}
