package dev.ringway.engine.runtime;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.List;
import java.util.concurrent.CountDownLatch;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Interim responses, answers that overtake their request, and old clients, where one side speaks HTTP/2.
 */
final class Http2InterimTest
{
    private static final byte[] HELLO = "hello".getBytes(US_ASCII);

    private static TestBackend hinting(final HttpPair pair) throws Exception
    {
        return pair.isHttp2Upstream ?
            Http2Peer.answering((peer, id, request) ->
            {
                peer.headers(id, false, ":status", "103", "link", "</a.css>");
                peer.headers(id, false, ":status", "103", "link", "</b.css>");
                Sent.of("200", HELLO, true).answerHttp2(peer, id);
            }) :
            TestBackend.answering("HTTP/1.1 103 Early Hints\r\nlink: </a.css>\r\n\r\n" +
                "HTTP/1.1 103 Early Hints\r\nlink: </b.css>\r\n\r\n" + TestBackend.ok("hello"));
    }

    @ParameterizedTest
    @EnumSource(HttpPair.class)
    void shouldPassInterimResponsesOn(final HttpPair pair) throws Exception
    {
        try (TestBackend backend = hinting(pair);
            TestProxy proxy = pair.proxy(backend).start())
        {
            final HttpPair.Client client = pair.connect(proxy);
            for (int i = 0; i < 2; i++)
            {
                final List<HttpMessage> heads;
                final HttpMessage last;
                if (pair.isHttp2)
                {
                    final Http2Message answer = client.peer().ask("/");
                    heads = answer.interim;
                    last = answer.toHttp();
                }
                else
                {
                    client.client().send("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
                    heads = List.of(client.client().read(), client.client().read());
                    last = client.client().read();
                }
                assertEquals(2, heads.size());
                assertEquals(103, heads.get(0).status());
                assertEquals("</a.css>", heads.get(0).header("link"));
                assertEquals("</b.css>", heads.get(1).header("link"));
                assertEquals("hello", last.text());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(HttpPair.class)
    void shouldLetAClientContinueThatAsks(final HttpPair pair) throws Exception
    {
        try (TestBackend backend = pair.backend(request -> Sent.of("200", request.body(), true,
                "x-expect", String.valueOf(request.header("expect"))));
            TestProxy proxy = pair.proxy(backend).start())
        {
            final HttpPair.Client client = pair.connect(proxy);
            if (pair.isHttp2)
            {
                final Http2Peer peer = client.peer();
                final int id = peer.open(false, "POST", "/", "expect", "100-continue");
                while (peer.stream(id).interim.isEmpty())
                {
                    peer.next();
                }
                assertEquals(100, peer.stream(id).interim.get(0).status());
                peer.data(id, true, HELLO);
                assertEquals("hello", peer.await(id).text());
                assertEquals(1, peer.stream(id).interim.size());
            }
            else
            {
                final TestClient plain = client.client();
                plain.send("POST / HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 5\r\n\r\n");
                assertEquals(100, plain.readHead().status());
                assertEquals("hello", plain.send(HELLO).read().text());
            }
        }
    }

    /** Answers as soon as the head is there; takes what follows. */
    private static TestBackend early(final HttpPair pair, final CountDownLatch seen) throws Exception
    {
        return TestBackend.scripted(link ->
        {
            if (!pair.isHttp2Upstream)
            {
                link.readHead();
                link.write(TestBackend.ok("early"));
                link.awaitEnd();
                seen.countDown();
                return;
            }
            final Http2Peer peer = Http2Peer.server(link);
            while (peer.streams.isEmpty())
            {
                peer.next();
            }
            Sent.of("200", "early".getBytes(US_ASCII), true).answerHttp2(peer, 1);
            final Http2Message request = peer.await(1);
            assertNotEquals(-1, request.resetCode);
            seen.countDown();
            peer.serve((same, id, whole) -> Sent.of("200", HELLO, true).answerHttp2(same, id));
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP2_TO_HTTP1", "HTTP2_TO_HTTP2"})
    void shouldPassAnAnswerThatOvertakesItsRequest(final HttpPair pair) throws Exception
    {
        final CountDownLatch seen = new CountDownLatch(1);
        try (TestBackend backend = early(pair, seen);
            TestProxy proxy = pair.proxy(backend).start())
        {
            final Http2Peer client = Http2Peer.client(proxy.connect());
            final int id = client.open(false, "POST", "/");
            client.data(id, false, new byte[1000]);
            assertEquals("early", client.await(id).text());
            while (client.stream(id).resetCode < 0)
            {
                client.next();
            }
            assertEquals(0, client.stream(id).resetCode);
            assertTrue(client.stream(id).isEnded);
            client.data(id, true, new byte[1000]);
            client.settle();
            seen.await();
        }
    }

    @Test
    void shouldPassAnAnswerThatOvertakesItsRequestToAnOlderClient() throws Exception
    {
        final CountDownLatch seen = new CountDownLatch(1);
        try (TestBackend backend = early(HttpPair.HTTP1_TO_HTTP2, seen);
            TestProxy proxy = HttpPair.HTTP1_TO_HTTP2.proxy(backend).start())
        {
            final TestClient client = proxy.connect();
            client.send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 2000\r\n\r\n").send(new byte[1000]);
            assertEquals("early", client.read().text());
            seen.await();
            assertEquals("hello", proxy.connect().get("/").text());
        }
    }

    @Test
    void shouldServeOldClients() throws Exception
    {
        try (TestBackend backend = Http2Peer.answering((peer, id, request) ->
                Sent.of("200", request.body(), false).answerHttp2(peer, id));
            TestProxy proxy = HttpPair.HTTP1_TO_HTTP2.proxy(backend))
        {
            proxy.http.acceptHttp10 = true;
            proxy.start();
            final TestClient client = proxy.connect();
            client.send("POST / HTTP/1.0\r\nhost: a\r\ncontent-length: 5\r\n\r\nhello");
            final HttpMessage answer = client.read();
            assertEquals("hello", answer.text());
            assertEquals(null, answer.header("transfer-encoding"));
            client.assertEnd();
        }
    }
}
