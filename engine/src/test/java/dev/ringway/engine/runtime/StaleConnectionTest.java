package dev.ringway.engine.runtime;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Endpoints that end a connection they have served on when the next request comes, as one does that closes idle ones.
 */
@Timeout(180)
final class StaleConnectionTest
{
    private static final String RETRIES = "cluster.b.upstream_rq_retry";

    /** What becomes of a connection instead of an answer. */
    private enum Ending
    {
        CLOSE(""),
        RESET(""),
        HALF_HEAD("HTTP/1.1 200 OK\r\ncontent-le");

        private final String said;

        Ending(final String said)
        {
            this.said = said;
        }

        void end(final TestBackend.Link link) throws Exception
        {
            link.write(said);
            if (this == RESET)
            {
                link.reset();
            }
        }
    }

    /** Each connection answers one request and ends behind the head of the next. */
    private static TestBackend endingBehindOne(final Ending ending) throws Exception
    {
        return TestBackend.scripted(link ->
        {
            link.write(TestBackend.ok(link.read().target()));
            if (link.read() != null)
            {
                ending.end(link);
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"CLOSE", "RESET"})
    void shouldSendSafeRequestsAgainOnAConnectionOfTheirOwn(final String ending) throws Exception
    {
        try (TestBackend backend = endingBehindOne(Ending.valueOf(ending));
            TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient client = proxy.connect();
            assertEquals("/0", client.get("/0").text());
            for (int i = 1; i < 10; i++)
            {
                final String method = i % 3 == 0 ? "DELETE" : i % 3 == 1 ? "GET" : "OPTIONS";
                client.send(method + " /" + i + " HTTP/1.1\r\nhost: a\r\nx-n: " + i + "\r\n\r\n");
                assertEquals("/" + i, client.read().text());
                assertEquals(Integer.toString(i), backend.last().header("x-n"));
            }
            assertEquals(9, proxy.counter(RETRIES));
            assertEquals(10, backend.accepted());
            assertEquals(0, proxy.counter("cluster.b.upstream_rq_5xx"));
        }
    }

    @Test
    void shouldSendLittleContentAgainAsWell() throws Exception
    {
        try (TestBackend backend = endingBehindOne(Ending.CLOSE); TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient client = proxy.connect();
            assertEquals(200, client.get("/").status());
            client.send("PUT /kept HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nhello");
            assertEquals("/kept", client.read().text());
            assertEquals("hello", backend.last().text());
            assertEquals(1, proxy.counter(RETRIES));
        }
    }

    @Test
    void shouldNotTakeAnotherIdleConnectionForTheSecondTime() throws Exception
    {
        try (TestBackend backend = endingBehindOne(Ending.CLOSE); TestProxy proxy = new TestProxy(backend).start())
        {
            final int count = 5;
            final TestClient[] clients = new TestClient[count];
            for (int i = 0; i < count; i++)
            {
                clients[i] = proxy.connect();
                clients[i].send("GET /" + i + " HTTP/1.1\r\nhost: a\r\n\r\n");
            }
            for (int i = 0; i < count; i++)
            {
                assertEquals("/" + i, clients[i].read().text());
            }
            for (int i = 0; i < count; i++)
            {
                assertEquals("/again", clients[i].get("/again").text());
            }
            assertEquals(0, proxy.counter("cluster.b.upstream_rq_5xx"));
        }
    }

    @Test
    void shouldNotSendAgainWhatMayHaveBeenDone() throws Exception
    {
        try (TestBackend backend = endingBehindOne(Ending.CLOSE); TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient client = proxy.connect();
            assertEquals(200, client.get("/").status());
            client.send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n");
            final HttpMessage answer = client.read();
            assertEquals(503, answer.status());
            assertTrue(answer.text().endsWith("reset reason: connection termination"));
            assertEquals(0, proxy.counter(RETRIES));
        }
    }

    @Test
    void shouldNotSendAgainWhatWasAnsweredInPart() throws Exception
    {
        try (TestBackend backend = endingBehindOne(Ending.HALF_HEAD); TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient client = proxy.connect();
            assertEquals(200, client.get("/").status());
            assertEquals(503, client.get("/").status());
            assertEquals(0, proxy.counter(RETRIES));
        }
    }

    @Test
    void shouldSendAgainWhenASharedConnectionEnds() throws Exception
    {
        final HttpPair pair = HttpPair.HTTP2_TO_HTTP2;
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                final Http2Peer peer = Http2Peer.server(link);
                final int first = peer.awaitRequest();
                peer.headers(first, true, ":status", "200");
                peer.awaitRequest();
            });
            TestProxy proxy = pair.proxy(backend).start())
        {
            final HttpPair.Client client = pair.connect(proxy);
            for (int i = 0; i < 4; i++)
            {
                assertEquals(200, client.ask(Sent.of("GET /", null, false)).status());
            }
            assertEquals(3, proxy.counter(RETRIES));
        }
    }
}
