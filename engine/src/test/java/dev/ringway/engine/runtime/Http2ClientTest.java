package dev.ringway.engine.runtime;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Clients of HTTP/2 that say odd things, give up, or speak one byte at a time.
 */
final class Http2ClientTest
{
    private static final int PROTOCOL_ERROR = 1;
    private static final int STREAM_CLOSED = 5;
    private static final int CANCEL = 8;
    private static final int LONG = 400_000;

    private static Sent echo(final HttpMessage request)
    {
        return Sent.of("200", request.body(), true, "x-path", request.target());
    }

    /** Steps of an exchange after which a client gives up. */
    private enum Step
    {
        HEAD, SOME_CONTENT, WHOLE_REQUEST, RESPONSE_HEAD, SOME_RESPONSE
    }

    /** Goes as far as the step; gives the stream. */
    private static int go(final Http2Peer client, final Step step) throws IOException
    {
        client.opensWindows = false;
        final int id = client.open(false, "POST", "/" + step);
        if (step.compareTo(Step.SOME_CONTENT) >= 0)
        {
            client.data(id, false, new byte[5000]);
        }
        if (step.compareTo(Step.WHOLE_REQUEST) >= 0)
        {
            client.data(id, true, new byte[5000]);
        }
        if (step.compareTo(Step.RESPONSE_HEAD) >= 0)
        {
            client.awaitHead(id);
        }
        if (step.compareTo(Step.SOME_RESPONSE) >= 0)
        {
            client.awaitBody(id, 50_000);
        }
        return id;
    }

    /** Answers long, and only to what is to be answered. */
    private static TestBackend backend(final HttpPair pair) throws IOException
    {
        final byte[] body = new byte[LONG];
        if (pair.isHttp2Upstream)
        {
            return Http2Peer.answering((peer, id, request) ->
            {
                if (!request.target().endsWith(Step.WHOLE_REQUEST.name()))
                {
                    Sent.of("200", body, false).answerHttp2(peer, id);
                }
            });
        }
        return TestBackend.scripted(link ->
        {
            for (HttpMessage request = link.read(); request != null; request = link.read())
            {
                if (request.target().endsWith(Step.WHOLE_REQUEST.name()))
                {
                    link.awaitEnd();
                    return;
                }
                Sent.of("200", body, false).writeHttp1(link.out);
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void shouldLetAClientResetItsStreamAtAnyStep(final Step step) throws Exception
    {
        for (final HttpPair pair : new HttpPair[]{HttpPair.HTTP2_TO_HTTP1, HttpPair.HTTP2_TO_HTTP2})
        {
            try (TestBackend backend = backend(pair);
                TestProxy proxy = pair.proxy(backend).start())
            {
                final Http2Peer client = Http2Peer.client(proxy.connect());
                for (int i = 0; i < 5; i++)
                {
                    client.reset(go(client, step), CANCEL);
                    proxy.awaitCounter("http.in.downstream_rq_active", 0);
                    proxy.awaitCounter("cluster.b.upstream_rq_active", 0);
                    client.window(0, 60_000);
                }
                proxy.awaitCounter("http2.rx_reset", 5);
                client.opensWindows = true;
                client.window(0, 1 << 20);
                assertEquals(LONG, client.ask("/").body.size());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldLetAClientGoAtAnyStep(final Step step) throws Exception
    {
        for (final HttpPair pair : new HttpPair[]{HttpPair.HTTP2_TO_HTTP1, HttpPair.HTTP2_TO_HTTP2})
        {
            for (final boolean isReset : new boolean[]{false, true})
            {
                try (TestBackend backend = backend(pair);
                    TestProxy proxy = pair.proxy(backend).start())
                {
                    final TestClient socket = proxy.connect();
                    final Http2Peer client = Http2Peer.client(socket);
                    go(client, step);
                    client.get("/");
                    if (isReset)
                    {
                        socket.reset();
                    }
                    else
                    {
                        socket.close();
                    }
                    proxy.awaitCounter("http.in.downstream_cx_active", 0);
                    proxy.awaitCounter("cluster.b.upstream_rq_active", 0);
                    assertEquals(LONG, Http2Peer.client(proxy.connect()).ask("/").body.size());
                }
            }
        }
    }

    /** A short conversation of all kinds of frames, three answers long. */
    private static byte[] conversation() throws IOException
    {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        final Http2Peer client = Http2Peer.recording(bytes, Http2Frame.INITIAL_WINDOW, 100_000);
        client.get("/one");
        client.frame(Http2Frame.PRIORITY, 0, 3, new byte[]{0, 0, 0, 1, 16});
        final int two = client.open(false, "POST", "/two", "cookie", "a=b", "x-a", "1");
        client.frame(0x2A, 0x55, two, new byte[20]);
        client.data(two, false, "hel".getBytes(US_ASCII));
        client.window(0, 1000);
        client.frame(Http2Frame.DATA, Http2Frame.PADDED, two, new byte[]{3, 'l', 0, 0, 0});
        client.settings(Http2Frame.INITIAL_WINDOW, 90_000);
        client.data(two, false, "o".getBytes(US_ASCII));
        client.headers(two, true, "x-end", "1");
        final int three = client.nextId;
        final byte[] block = client.encode(Http2Peer.request("POST", "/three"));
        client.frame(Http2Frame.HEADERS, Http2Frame.PADDED | Http2Frame.PRIORITIZED, three, padded(block, 0, 5));
        client.frame(Http2Frame.CONTINUATION, 0, three, Arrays.copyOfRange(block, 5, 6));
        client.frame(Http2Frame.CONTINUATION, Http2Frame.END_HEADERS, three,
            Arrays.copyOfRange(block, 6, block.length));
        client.frame(Http2Frame.DATA, Http2Frame.END_STREAM | Http2Frame.PADDED, three, new byte[]{2, '!', 0, 0});
        client.frame(Http2Frame.PING, 0, 0, "ping-pon".getBytes(US_ASCII));
        return bytes.toByteArray();
    }

    private static byte[] padded(final byte[] block, final int from, final int to)
    {
        final byte[] payload = new byte[1 + 5 + to - from + 7];
        payload[0] = 7;
        payload[5] = 16;
        System.arraycopy(block, from, payload, 6, to - from);
        return payload;
    }

    private static void assertAnswered(final TestClient socket) throws IOException
    {
        final Http2Peer client = Http2Peer.reading(socket, Http2Frame.INITIAL_WINDOW, 100_000);
        assertEquals("/one", client.await(1).header("x-path"));
        assertEquals("/two", client.await(3).header("x-path"));
        assertEquals("hello", client.stream(3).text());
        assertEquals("/three", client.await(5).header("x-path"));
        assertEquals("!", client.stream(5).text());
        assertArrayEquals("ping-pon".getBytes(US_ASCII),
            client.await(Http2Frame.PING, Http2Frame.ACK).payload());
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP2_TO_HTTP1", "HTTP2_TO_HTTP2"})
    void shouldUnderstandAConversationCutAnywhere(final HttpPair pair) throws Exception
    {
        final byte[] all = conversation();
        try (TestBackend backend = pair.backend(Http2ClientTest::echo);
            TestProxy proxy = pair.proxy(backend).start())
        {
            for (int at = 1; at <= all.length; at++)
            {
                try (TestClient socket = proxy.connect())
                {
                    socket.send(Arrays.copyOf(all, at));
                    if (at < all.length)
                    {
                        proxy.awaitCounter("http.in.downstream_cx_active", 1);
                        proxy.look();
                    }
                    socket.send(Arrays.copyOfRange(all, at, all.length));
                    assertAnswered(socket);
                }
                catch (final IOException | AssertionError e)
                {
                    throw new AssertionError("cut at " + at + " of " + all.length, e);
                }
                proxy.awaitCounter("http.in.downstream_cx_active", 0);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP2_TO_HTTP1", "HTTP2_TO_HTTP2"})
    void shouldUnderstandAConversationByteByByte(final HttpPair pair) throws Exception
    {
        try (TestBackend backend = pair.backend(Http2ClientTest::echo);
            TestProxy proxy = pair.proxy(backend).start())
        {
            final TestClient socket = proxy.connect();
            for (final byte b : conversation())
            {
                socket.send(new byte[]{b});
                proxy.look();
            }
            assertAnswered(socket);
        }
    }

    @Test
    void shouldJoinABlockOfFieldsCutAnywhere() throws Exception
    {
        try (TestBackend backend = HttpPair.HTTP2_TO_HTTP1.backend(Http2ClientTest::echo);
            TestProxy proxy = new TestProxy(backend).start())
        {
            final Http2Peer client = Http2Peer.client(proxy.connect());
            int length = 1;
            for (int cut = 0; cut < length; cut++)
            {
                final byte[] block = client.encode(Http2Peer.request("GET", "/" + cut, "x-a", "b"));
                length = block.length;
                final int id = client.nextId;
                client.nextId += 2;
                client.frame(Http2Frame.HEADERS, Http2Frame.END_STREAM, id, Arrays.copyOf(block, cut));
                client.frame(Http2Frame.CONTINUATION, Http2Frame.END_HEADERS, id,
                    Arrays.copyOfRange(block, cut, length));
                assertEquals("/" + cut, client.await(id).header("x-path"));
            }
        }
    }

    @Test
    void shouldRefuseFramesBetweenFragmentsAndTooManyOfThem() throws Exception
    {
        try (TestBackend backend = HttpPair.HTTP2_TO_HTTP1.backend(Http2ClientTest::echo);
            TestProxy proxy = new TestProxy(backend).start())
        {
            final Http2Peer mixed = Http2Peer.client(proxy.connect());
            mixed.frame(Http2Frame.HEADERS, 0, 1, mixed.encode(":method", "GET"));
            mixed.frame(Http2Frame.PING, 0, 0, new byte[8]);
            assertEquals(PROTOCOL_ERROR, mixed.awaitEnd());
            final Http2Peer many = Http2Peer.client(proxy.connect());
            many.frame(Http2Frame.HEADERS, 0, 1, many.encode(":method", "GET"));
            for (int i = 0; i < 9; i++)
            {
                many.frame(Http2Frame.CONTINUATION, 0, 1, many.encode("x-a", "b"));
            }
            assertEquals(11, many.awaitEnd());
            assertEquals(1, proxy.counter("http2.header_overflow") + proxy.counter("http2.too_many_header_frames"));
        }
    }

    @Test
    void shouldTakeStreamsInRisingOrderOnly() throws Exception
    {
        try (TestBackend backend = HttpPair.HTTP2_TO_HTTP1.backend(Http2ClientTest::echo);
            TestProxy proxy = new TestProxy(backend).start())
        {
            final Http2Peer skipping = Http2Peer.client(proxy.connect());
            skipping.nextId = 101;
            assertEquals(200, skipping.ask("/").status());
            skipping.nextId = Integer.MAX_VALUE - 2;
            assertEquals(200, skipping.ask("/").status());
            final Http2Peer back = Http2Peer.client(proxy.connect());
            back.nextId = 5;
            assertEquals(200, back.ask("/").status());
            back.nextId = 3;
            back.get("/");
            assertEquals(PROTOCOL_ERROR, back.awaitEnd());
            final Http2Peer again = Http2Peer.client(proxy.connect());
            assertEquals(200, again.ask("/").status());
            again.nextId = 1;
            again.streams.clear();
            again.get("/");
            assertEquals(STREAM_CLOSED, again.awaitEnd());
            for (final int id : new int[]{0, 2})
            {
                final Http2Peer even = Http2Peer.client(proxy.connect());
                even.nextId = id;
                even.get("/");
                assertEquals(PROTOCOL_ERROR, even.awaitEnd());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {Http2Frame.DATA, Http2Frame.RST_STREAM, Http2Frame.WINDOW_UPDATE})
    void shouldRefuseFramesOnStreamsThatWereNeverOpened(final int type) throws Exception
    {
        try (TestBackend backend = HttpPair.HTTP2_TO_HTTP1.backend(Http2ClientTest::echo);
            TestProxy proxy = new TestProxy(backend).start())
        {
            final Http2Peer client = Http2Peer.client(proxy.connect());
            assertEquals(200, client.ask("/").status());
            client.frame(type, 0, 7, Http2Frame.numbers(1));
            assertEquals(PROTOCOL_ERROR, client.awaitEnd());
        }
    }

    @Test
    void shouldEndRunningStreamsOfAClientThatGoesAway() throws Exception
    {
        try (TestBackend backend = HttpPair.HTTP2_TO_HTTP1.backend(Http2ClientTest::echo);
            TestProxy proxy = new TestProxy(backend).start())
        {
            final Http2Peer client = Http2Peer.client(proxy.connect());
            final int id = client.open(false, "POST", "/");
            client.goAway(0, 0);
            client.settle();
            client.data(id, true, (byte)'x');
            assertEquals("x", client.await(id).text());
            assertEquals(0, client.awaitEnd());
        }
    }

    @Test
    void shouldBearContentOfManyStreamsThatWereAnsweredEarly() throws Exception
    {
        final int streams = 90;
        try (TestProxy proxy = new TestProxy())
        {
            proxy.http.routes.put("/", HttpSettings.direct(403, "no"));
            proxy.start();
            final Http2Peer client = Http2Peer.client(proxy.connect());
            for (int i = 0; i < streams; i++)
            {
                client.open(false, "POST", "/");
            }
            for (int i = 0; i < streams; i++)
            {
                assertEquals(403, client.await(1 + 2 * i).status());
            }
            for (int i = 0; i < streams; i++)
            {
                client.frame(Http2Frame.DATA, Http2Frame.END_STREAM, 1 + 2 * i, (byte)'x');
            }
            client.settle();
            assertEquals(403, client.ask("/").status());
        }
    }

    @Test
    void shouldNotMistakeAnswersThatAreReadForAFlood() throws Exception
    {
        final int length = 48_000_000;
        final byte[] ping = Http2Frame.of(Http2Frame.PING, 0, 0, new byte[8]);
        try (TestBackend backend = HttpPair.HTTP2_TO_HTTP1.backend(request -> Sent.of("200", new byte[length], true));
            TestProxy proxy = new TestProxy(backend).start())
        {
            // The download keeps the connection's queue from ever being empty: only the socket holds it back.
            final Http2Peer client = Http2Peer.client(proxy.connect(1 << 16), Http2Frame.INITIAL_WINDOW, 1 << 28);
            client.opensWindows = false;
            client.window(0, 1 << 28);
            final int id = client.get("/");
            while (!client.stream(id).isOver())
            {
                final Http2Frame frame = client.next();
                assertTrue(frame != null, () -> "ended with code " + client.goneAway());
                if (frame.type() == Http2Frame.DATA)
                {
                    client.write(ping);
                }
            }
            assertEquals(length, client.stream(id).body.size());
        }
    }
}
