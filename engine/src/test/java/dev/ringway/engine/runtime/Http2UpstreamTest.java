package dev.ringway.engine.runtime;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Many requests on few connections to an endpoint, and what the endpoint may say about them.
 */
final class Http2UpstreamTest
{
    private static final int REFUSED = 7;

    private static Sent ok(final String text)
    {
        return Sent.of("200", text.getBytes(US_ASCII), true);
    }

    private static int[] open(final Http2Peer client, final int count) throws Exception
    {
        final int[] ids = new int[count];
        for (int i = 0; i < count; i++)
        {
            ids[i] = client.get("/" + i);
        }
        return ids;
    }

    private static void assertAllAnswered(final Http2Peer client, final int... ids) throws Exception
    {
        for (int i = 0; i < ids.length; i++)
        {
            final Http2Message answer = client.await(ids[i]);
            assertEquals(200, answer.status());
            assertEquals("/" + i, answer.text());
        }
    }

    @Test
    void shouldShareOneConnectionAmongManyRequests() throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                final Http2Peer peer = Http2Peer.server(link);
                final List<Integer> ids = new ArrayList<>();
                while (ids.size() < 100)
                {
                    ids.add(peer.awaitRequest());
                }
                for (final int id : ids.reversed())
                {
                    ok(peer.stream(id).header(":path")).answerHttp2(peer, id);
                }
                link.awaitEnd();
            });
            TestProxy proxy = HttpPair.HTTP2_TO_HTTP2.proxy(backend).start())
        {
            final Http2Peer client = Http2Peer.client(proxy.connect());
            assertAllAnswered(client, open(client, 100));
            assertEquals(1, backend.accepted());
            assertEquals(100, proxy.counter("cluster.b.upstream_rq_total"));
        }
    }

    /** Serves as a peer that takes no more streams at a time than it said, and tells when it was given more. */
    private static TestBackend bounded(final int most, final AtomicInteger highest) throws Exception
    {
        return TestBackend.scripted(link ->
        {
            final Http2Peer peer = Http2Peer.server(link, Http2Frame.MAX_STREAMS, most);
            int answered = 0;
            for (int id = peer.awaitRequest(); id > 0; id = peer.awaitRequest())
            {
                // Once all that are allowed come together, however slowly they were asked for.
                while (answered == 1 && highest.get() < most && peer.streams.size() - answered < most)
                {
                    peer.next();
                }
                peer.settle();
                highest.accumulateAndGet(peer.streams.size() - answered, Math::max);
                ok(peer.stream(id).header(":path")).answerHttp2(peer, id);
                answered++;
            }
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void shouldKeepToTheStreamsThatTheEndpointAllows(final int most) throws Exception
    {
        final AtomicInteger highest = new AtomicInteger();
        try (TestBackend backend = bounded(most, highest);
            TestProxy proxy = HttpPair.HTTP2_TO_HTTP2.proxy(backend).bearing(1, 1024, 1024).start())
        {
            final Http2Peer client = Http2Peer.client(proxy.connect());
            assertEquals(200, client.ask("/").status());
            assertAllAnswered(client, open(client, 40));
            assertEquals(most, highest.get());
            assertEquals(1, backend.accepted());
        }
    }

    @Test
    void shouldOpenMoreConnectionsWhereStreamsAreFew() throws Exception
    {
        final AtomicInteger connections = new AtomicInteger();
        final CountDownLatch areMore = new CountDownLatch(1);
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                if (connections.incrementAndGet() > 1)
                {
                    areMore.countDown();
                }
                Http2Peer.server(link, Http2Frame.MAX_STREAMS, 3).serve((peer, id, request) ->
                {
                    if (request.target().compareTo("/2") > 0)
                    {
                        areMore.await();
                    }
                    ok(request.target()).answerHttp2(peer, id);
                });
            });
            TestProxy proxy = HttpPair.HTTP2_TO_HTTP2.proxy(backend).start())
        {
            final Http2Peer client = Http2Peer.client(proxy.connect());
            assertEquals(200, client.ask("/").status());
            assertAllAnswered(client, open(client, 3));
            assertEquals(1, backend.accepted());
            assertAllAnswered(client, open(client, 40));
            assertTrue(backend.accepted() > 1);
        }
    }

    @Test
    void shouldFollowAMaximumOfStreamsThatChanges() throws Exception
    {
        final CountDownLatch isShut = new CountDownLatch(1);
        final CountDownLatch areWaiting = new CountDownLatch(1);
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                final Http2Peer peer = Http2Peer.server(link, Http2Frame.MAX_STREAMS, 1);
                ok("/").answerHttp2(peer, peer.awaitRequest());
                final int first = peer.awaitRequest();
                peer.settle();
                assertEquals(2, peer.streams.size());
                peer.settings(Http2Frame.MAX_STREAMS, 4);
                final List<Integer> ids = new ArrayList<>(List.of(first));
                while (ids.size() < 4)
                {
                    ids.add(peer.awaitRequest());
                }
                peer.settle();
                assertEquals(5, peer.streams.size());
                peer.settings(Http2Frame.MAX_STREAMS, 0);
                peer.settle();
                // One that came while the connection is idle and takes none would have it closed, to have another.
                isShut.countDown();
                areWaiting.await();
                for (final int id : ids)
                {
                    ok(peer.stream(id).header(":path")).answerHttp2(peer, id);
                }
                peer.settle();
                assertEquals(5, peer.streams.size());
                peer.settings(Http2Frame.MAX_STREAMS, 100);
                peer.serve((same, id, request) -> ok(request.target()).answerHttp2(same, id));
            });
            TestProxy proxy = HttpPair.HTTP2_TO_HTTP2.proxy(backend).bearing(1, 1024, 1024).start())
        {
            final Http2Peer client = Http2Peer.client(proxy.connect());
            assertEquals(200, client.ask("/").status());
            client.settle();
            final int[] ids = open(client, 10);
            isShut.await();
            // Read is not begun: requests take turns.
            proxy.awaitCounter("cluster.b.upstream_rq_pending_active", 6);
            areWaiting.countDown();
            assertAllAnswered(client, ids);
            assertEquals(1, backend.accepted());
        }
    }

    @Test
    void shouldTryRequestsElsewhereThatTheEndpointGoesAwayFrom() throws Exception
    {
        final AtomicInteger connections = new AtomicInteger();
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                final Http2Peer peer = Http2Peer.server(link);
                if (connections.incrementAndGet() == 1)
                {
                    final int first = peer.awaitRequest();
                    peer.awaitRequest();
                    peer.awaitRequest();
                    peer.goAway(first, 0);
                    peer.settle();
                    ok("/0").answerHttp2(peer, first);
                    peer.awaitEnd();
                    return;
                }
                peer.serve((same, id, request) -> ok(request.target()).answerHttp2(same, id));
            });
            TestProxy proxy = HttpPair.HTTP2_TO_HTTP2.proxy(backend).start())
        {
            final Http2Peer client = Http2Peer.client(proxy.connect());
            final int[] ids = open(client, 3);
            assertAllAnswered(client, ids);
            assertEquals(2, proxy.counter("cluster.b.upstream_rq_retry"));
            assertAllAnswered(client, open(client, 3));
            assertEquals(2, connections.get());
        }
    }

    @Test
    void shouldServeWaitingRequestsOnANewConnectionWhenOneGoesAway() throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                final Http2Peer peer = Http2Peer.server(link);
                for (int i = 0; i < 3; i++)
                {
                    final int id = peer.awaitRequest();
                    if (id == 0)
                    {
                        return;
                    }
                    if (i == 2)
                    {
                        peer.goAway(id, 0);
                    }
                    ok(peer.stream(id).header(":path")).answerHttp2(peer, id);
                }
                peer.awaitEnd();
            });
            TestProxy proxy = HttpPair.HTTP2_TO_HTTP2.proxy(backend).bearing(1, 1024, 1024))
        {
            proxy.upstreamHttp2 = Http2LifeTest.streams(1);
            proxy.start();
            final Http2Peer client = Http2Peer.client(proxy.connect());
            assertAllAnswered(client, open(client, 12));
            assertEquals(4, backend.accepted());
        }
    }

    private static void assertFails(final HttpPair pair, final TestBackend.Script script, final int... statuses)
        throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(script);
            TestProxy proxy = pair.proxy(backend).start())
        {
            final HttpPair.Client client = pair.connect(proxy);
            for (int i = 0; i < 2; i++)
            {
                final int status = client.ask(Sent.of("GET /", null, false)).status();
                assertTrue(Arrays.stream(statuses).anyMatch(s -> s == status), "status " + status);
            }
            // A connection that is reset at once may never have been one.
            assertEquals(2, proxy.counter("cluster.b.upstream_rq_total") +
                proxy.counter("cluster.b.upstream_rq_pending_failure_eject"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n",
        "garbage that is no frame at all, and more of it\r\n",
        "\0\0\0\4\1\0\0\0\0", "\0\0\0\6\0\0\0\0\0", "\0\0\1\4\0\0\0\0\0x", "\0\0\0\4\0\0\0\0\1",
        "\377\377\377\4\0\0\0\0\0"})
    void shouldSay502WhereTheEndpointDoesNotSpeakHttp2(final String garbage) throws Exception
    {
        for (final HttpPair pair : new HttpPair[]{HttpPair.HTTP1_TO_HTTP2, HttpPair.HTTP2_TO_HTTP2})
        {
            assertFails(pair, link ->
            {
                link.in.readNBytes(Http2Peer.PREFACE.length);
                link.write(garbage);
                link.awaitEnd();
            }, 502);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void shouldSay503WhereTheConnectionEndsBeforeTheHead(final int step) throws Exception
    {
        for (final HttpPair pair : new HttpPair[]{HttpPair.HTTP1_TO_HTTP2, HttpPair.HTTP2_TO_HTTP2})
        {
            for (final boolean isReset : new boolean[]{false, true})
            {
                assertFails(pair, link ->
                {
                    if (step > 0)
                    {
                        final Http2Peer peer = Http2Peer.server(link);
                        final int id = step > 1 ? peer.awaitRequest() : 0;
                        if (step > 2)
                        {
                            peer.headers(id, false, ":status", "103", "link", "</a>");
                        }
                        if (!isReset && step > 3)
                        {
                            peer.write(new byte[]{0, 0, 10, 1});
                        }
                    }
                    if (isReset)
                    {
                        link.reset();
                    }
                }, 503);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8, 11, 13})
    void shouldFailARequestThatIsReset(final int code) throws Exception
    {
        for (final HttpPair pair : new HttpPair[]{HttpPair.HTTP1_TO_HTTP2, HttpPair.HTTP2_TO_HTTP2})
        {
            final AtomicInteger connections = new AtomicInteger();
            assertFails(pair, link ->
            {
                connections.incrementAndGet();
                final Http2Peer peer = Http2Peer.server(link);
                for (int id = peer.awaitRequest(); id > 0; id = peer.awaitRequest())
                {
                    peer.reset(id, code);
                }
            }, 503);
            assertEquals(1, connections.get());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shouldTryARefusedRequestOnceMore(final int refusals) throws Exception
    {
        for (final HttpPair pair : new HttpPair[]{HttpPair.HTTP1_TO_HTTP2, HttpPair.HTTP2_TO_HTTP2})
        {
            final AtomicInteger requests = new AtomicInteger();
            try (TestBackend backend = Http2Peer.answering((peer, id, request) ->
                {
                    if (requests.incrementAndGet() <= refusals)
                    {
                        peer.reset(id, REFUSED);
                        return;
                    }
                    ok("tried").answerHttp2(peer, id);
                });
                TestProxy proxy = pair.proxy(backend).start())
            {
                final HttpPair.Client client = pair.connect(proxy);
                assertEquals(refusals == 1 ? 200 : 503, client.ask(Sent.of("GET /", null, false)).status());
                assertEquals(2, requests.get());
                assertEquals("tried", client.ask(Sent.of("GET /", null, false)).text());
                assertEquals(1, proxy.counter("cluster.b.upstream_rq_retry"));
            }
        }
    }

    @Test
    void shouldIgnoreAResetBehindTheEnd() throws Exception
    {
        try (TestBackend backend = Http2Peer.answering((peer, id, request) ->
            {
                ok("whole").answerHttp2(peer, id);
                peer.reset(id, 0);
                peer.window(id, 10);
            });
            TestProxy proxy = HttpPair.HTTP2_TO_HTTP2.proxy(backend).start())
        {
            final Http2Peer client = Http2Peer.client(proxy.connect());
            for (int i = 0; i < 20; i++)
            {
                assertEquals("whole", client.ask("/").text());
            }
            assertEquals(1, backend.accepted());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "x-a 1", ":status 20", ":status 2000", ":status abc", ":status 200 X-Upper 1", ":status 200 :status 200",
        ":status 200 connection close", ":status 200 transfer-encoding chunked", ":status 200 upgrade h2c",
        ":status 200 content-length x", ":status 200 content-length 1 content-length 2",
        ":status 200 :path /", ":status 101", ":status 200 x-a a\rb", ":status 200 keep-alive 5"})
    void shouldSay502WhereTheHeadIsMalformed(final String head) throws Exception
    {
        for (final HttpPair pair : new HttpPair[]{HttpPair.HTTP1_TO_HTTP2, HttpPair.HTTP2_TO_HTTP2})
        {
            assertFails(pair, link ->
            {
                final Http2Peer peer = Http2Peer.server(link);
                for (int id = peer.awaitRequest(); id > 0; id = peer.awaitRequest())
                {
                    peer.headers(id, true, head.split(" "));
                }
            }, 502);
        }
    }

    @Test
    void shouldSay502WhereContentComesBeforeTheHead() throws Exception
    {
        for (final HttpPair pair : new HttpPair[]{HttpPair.HTTP1_TO_HTTP2, HttpPair.HTTP2_TO_HTTP2})
        {
            assertFails(pair, link ->
            {
                final Http2Peer peer = Http2Peer.server(link);
                for (int id = peer.awaitRequest(); id > 0; id = peer.awaitRequest())
                {
                    peer.data(id, true, (byte)'x');
                }
            }, 502);
        }
    }

    /** All that a server says to one request, three bytes of content and trailers at the end. */
    private static byte[] conversation() throws Exception
    {
        final Http2Peer coder = Http2Peer.recording(new ByteArrayOutputStream());
        final ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(Http2Frame.of(Http2Frame.SETTINGS, 0, 0));
        all.writeBytes(Http2Frame.of(Http2Frame.SETTINGS, Http2Frame.ACK, 0));
        all.writeBytes(Http2Frame.of(Http2Frame.HEADERS, Http2Frame.END_HEADERS, 1, coder.encode(":status", "103")));
        all.writeBytes(Http2Frame.of(Http2Frame.HEADERS, 0, 1, coder.encode(":status", "200")));
        all.writeBytes(Http2Frame.of(Http2Frame.CONTINUATION, Http2Frame.END_HEADERS, 1, coder.encode("x-a", "b")));
        all.writeBytes(Http2Frame.of(Http2Frame.DATA, Http2Frame.PADDED, 1, new byte[]{2, 'a', 'b', 0, 0}));
        all.writeBytes(Http2Frame.of(Http2Frame.PING, 0, 0, new byte[8]));
        all.writeBytes(Http2Frame.of(Http2Frame.DATA, 0, 1, (byte)'c'));
        all.writeBytes(Http2Frame.of(Http2Frame.HEADERS, Http2Frame.END_HEADERS | Http2Frame.END_STREAM, 1,
            coder.encode("x-sum", "3")));
        return all.toByteArray();
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP1_TO_HTTP2", "HTTP2_TO_HTTP2"})
    void shouldUnderstandAnAnswerThatEndsAnywhere(final HttpPair pair) throws Exception
    {
        final byte[] all = conversation();
        final AtomicInteger cut = new AtomicInteger();
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                // All of the request, so that closing is no reset: settings, its window and one head.
                final Http2Peer peer = Http2Peer.server(link);
                peer.awaitRequest();
                link.out.write(all, Http2Frame.HEAD, cut.get() - Http2Frame.HEAD);
                if (cut.get() == all.length)
                {
                    // The acknowledgement of these settings may not be read yet: closing would be a reset after all.
                    link.awaitEnd();
                }
            });
            TestProxy proxy = pair.proxy(backend).start())
        {
            for (int at = Http2Frame.HEAD; at <= all.length; at++)
            {
                cut.set(at);
                final HttpPair.Client client = pair.connect(proxy);
                client.client().socket.setSoTimeout(120_000);
                final HttpMessage answer = askOrNull(client);
                if (at == all.length)
                {
                    assertEquals("abc", answer.text());
                    assertEquals("3", answer.trailer("x-sum"));
                    assertEquals("b", answer.header("x-a"));
                }
                else
                {
                    final int end = at;
                    assertTrue(answer == null || answer.status() == 503, () -> "whole at " + end + " of " + all.length);
                }
                client.client().close();
            }
        }
    }

    /** An answer that is whole, or null. */
    private static HttpMessage askOrNull(final HttpPair.Client client) throws Exception
    {
        if (client.peer() != null)
        {
            final Http2Message answer = client.peer().await(client.peer().get("/"));
            return answer.isEnded ? answer.toHttp() : null;
        }
        try
        {
            return client.ask(Sent.of("GET /", null, false));
        }
        catch (final EOFException | SocketException e)
        {
            return null;
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP1_TO_HTTP2", "HTTP2_TO_HTTP2"})
    void shouldUnderstandAnAnswerByteByByte(final HttpPair pair) throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                link.in.readNBytes(Http2Peer.PREFACE.length);
                for (final byte b : conversation())
                {
                    link.out.write(b);
                }
                link.awaitEnd();
            });
            TestProxy proxy = pair.proxy(backend).start())
        {
            final HttpMessage answer = pair.connect(proxy).ask(Sent.of("GET /", null, false));
            assertEquals("abc", answer.text());
            assertEquals("3", answer.trailer("x-sum"));
        }
    }

    @Test
    void shouldEndTheConnectionThatPushes() throws Exception
    {
        assertFails(HttpPair.HTTP2_TO_HTTP2, link ->
        {
            final Http2Peer peer = Http2Peer.server(link);
            final int id = peer.awaitRequest();
            peer.frame(Http2Frame.PUSH_PROMISE, Http2Frame.END_HEADERS, id, new byte[]{0, 0, 0, 2, (byte)0x82});
            assertEquals(1, peer.awaitEnd());
        }, 502);
    }
}
