package dev.ringway.engine.runtime;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.EOFException;
import java.util.concurrent.CountDownLatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

final class UpstreamFaultTest
{
    private static final String RESET = "upstream connect error or disconnect/reset before headers. reset reason: ";

    @Test
    void shouldSay503WhenTheEndpointRefuses() throws Exception
    {
        try (TestProxy proxy = new TestProxy().refused().start())
        {
            final TestClient client = proxy.connect();
            for (int i = 0; i < 3; i++)
            {
                final HttpMessage response = client.get("/");
                assertEquals(503, response.status());
                assertEquals(RESET + "remote connection failure", response.text());
                assertEquals("text/plain", response.header("content-type"));
            }
            assertEquals(3, proxy.counter("cluster.b.upstream_cx_connect_fail"));
            assertEquals(3, proxy.counter("http.in.downstream_rq_5xx"));
        }
    }

    @Test
    void shouldSay503WhenTheEndpointRefusesARequestWithABody() throws Exception
    {
        try (TestProxy proxy = new TestProxy().refused().start())
        {
            final TestClient client = proxy.connect();
            client.send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\n\r\nbody");
            assertEquals(503, client.read().status());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "garbage\r\n\r\n",
        "HTTP/1.1 abc OK\r\n\r\n",
        "HTTP/3.0 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked, foo\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nx-a : b\r\n\r\n",
        "HTTP/1.1 200 OK\nx-a: b\n\n"})
    void shouldSay502WhenTheEndpointBreaksTheProtocol(final String garbage) throws Exception
    {
        try (TestBackend backend = TestBackend.answering(garbage);
            TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient client = proxy.connect();
            final HttpMessage response = client.get("/");
            assertEquals(502, response.status());
            assertEquals(RESET + "protocol error", response.text());
            assertEquals(502, client.get("/").status());
            assertEquals(2, backend.accepted());
            assertEquals(2, proxy.counter("cluster.b.upstream_cx_protocol_error"));
            assertEquals(2, proxy.counter("cluster.b.upstream_cx_destroy_local_with_active_rq"));
        }
    }

    /** What comes of it after it was refused is no fault of its own. */
    @Test
    void shouldCountAHeadThatIsTooLargeOnce() throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                link.read();
                link.write("HTTP/1.1 200 OK\r\nx: " + "a".repeat(200_000));
                link.awaitEnd();
            });
            TestProxy proxy = new TestProxy(backend).start())
        {
            assertEquals(502, proxy.connect().get("/").status());
            proxy.awaitCounter("cluster.b.upstream_cx_active", 0);
            assertEquals(1, proxy.counter("cluster.b.upstream_cx_protocol_error"));
            assertEquals(1, proxy.counter("cluster.b.upstream_cx_destroy_local_with_active_rq"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokHTTP", "HTTP/1.1 304 Not Modified\r\n\r\nx"})
    void shouldCountBytesBehindAnAnswer(final String answer) throws Exception
    {
        try (TestBackend backend = TestBackend.answering(answer);
            TestProxy proxy = new TestProxy(backend).start())
        {
            assertEquals(answer.substring(9, 12), "" + proxy.connect().get("/").status());
            proxy.awaitCounter("cluster.b.upstream_cx_active", 0);
            assertEquals(1, proxy.counter("cluster.b.upstream_cx_protocol_error"));
            assertEquals(0, proxy.counter("cluster.b.upstream_cx_destroy_local_with_active_rq"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "HTTP/1.1 20", "HTTP/1.1 200 OK\r\ncontent-le"})
    void shouldSay503WhenTheEndpointClosesBeforeTheHeadIsWhole(final String part) throws Exception
    {
        try (TestBackend backend = TestBackend.closingAfter(part);
            TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient client = proxy.connect();
            for (int i = 0; i < 2; i++)
            {
                final HttpMessage response = client.get("/");
                assertEquals(503, response.status());
                assertEquals(RESET + "connection termination", response.text());
            }
            assertEquals(2, proxy.counter("cluster.b.upstream_cx_destroy_remote_with_active_rq"));
        }
    }

    @Test
    void shouldSay503WhenTheEndpointResets() throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                link.read();
                link.reset();
            });
            TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient client = proxy.connect();
            assertEquals(503, client.get("/").status());
            assertEquals(503, client.get("/").status());
        }
    }

    @Test
    void shouldCutTheResponseWhenTheEndpointClosesInABodyOfKnownLength() throws Exception
    {
        try (TestBackend backend = TestBackend.closingAfter("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf");
            TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient client = proxy.connect();
            final EOFException cut = assertThrows(EOFException.class, () -> client.get("/"));
            assertEquals("body ended after 4 of 10 bytes", cut.getMessage());
            assertEquals(1, proxy.counter("http.in.rq_reset_after_downstream_response_started"));
        }
    }

    @Test
    void shouldNotEndAChunkedResponseThatTheEndpointDidNotEnd() throws Exception
    {
        try (TestBackend backend = TestBackend.closingAfter(
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n");
            TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient client = proxy.connect();
            assertThrows(EOFException.class, () -> client.get("/"));
        }
    }

    @Test
    void shouldCutTheResponseWhenTheEndpointResetsInItsBody() throws Exception
    {
        final CountDownLatch isRead = new CountDownLatch(1);
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                link.read();
                link.write("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf");
                isRead.await();
                link.reset();
            });
            TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient client = proxy.connect();
            client.send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n");
            assertEquals(200, client.readHead().status());
            assertEquals("half", new String(client.in.readNBytes(4)));
            isRead.countDown();
            client.assertGone();
        }
    }

    @Test
    void shouldCutTheResponseWhenItsChunksBreakTheProtocol() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\nzz\r\n");
            TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient client = proxy.connect();
            assertThrows(EOFException.class, () -> client.get("/"));
        }
    }

    @Test
    void shouldNotReuseAConnectionWithBytesBehindItsResponse() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(
                request -> TestBackend.ok(request.target()) + "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nwrong");
            TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient client = proxy.connect();
            for (int i = 0; i < 20; i++)
            {
                assertEquals("/" + i, client.get("/" + i).text());
            }
            assertEquals(20, backend.accepted());
        }
    }

    @Test
    void shouldNotReuseAConnectionOnWhichBytesCameWhileIdle() throws Exception
    {
        final CountDownLatch isRead = new CountDownLatch(1);
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                final HttpMessage request = link.read();
                link.write(TestBackend.ok(request.target()));
                if (request.target().equals("/first"))
                {
                    isRead.await();
                    link.write("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nwrong");
                }
                link.awaitEnd();
            });
            TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient client = proxy.connect();
            assertEquals("/first", client.get("/first").text());
            isRead.countDown();
            proxy.awaitCounter("cluster.b.upstream_cx_protocol_error", 1);
            assertEquals("/second", client.get("/second").text());
            assertEquals(2, backend.accepted());
        }
    }

    @Test
    void shouldServeOnAfterAnIdleConnectionWasClosedByTheEndpoint() throws Exception
    {
        try (TestBackend backend = TestBackend.closingAfter(TestBackend.ok("x"));
            TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient client = proxy.connect();
            for (int i = 0; i < 20; i++)
            {
                assertEquals(200, client.get("/").status());
                // Seen before the next request, so no race with it.
                proxy.awaitCounter("cluster.b.upstream_cx_active", 0);
            }
            assertEquals(20, backend.accepted());
        }
    }

    @Test
    void shouldNotKeepAConnectionThatTheEndpointAsksToClose() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(
                "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 1\r\n\r\nx");
            TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient client = proxy.connect();
            for (int i = 0; i < 5; i++)
            {
                assertEquals("x", client.get("/").text());
            }
            assertEquals(5, backend.accepted());
            assertEquals(5, proxy.counter("cluster.b.upstream_cx_total"));
        }
    }

    @Test
    void shouldCloseTheUpstreamConnectionWhenTheClientLeaves() throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                link.read();
                link.awaitEnd();
            });
            TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient client = proxy.connect();
            client.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
            TestProxy.await(() -> backend.requests().size() == 1, () -> "request at the backend");
            client.reset();
            TestProxy.await(() -> backend.open() == 0, () -> "upstream connection closed");
            assertEquals(1, proxy.counter("http.in.downstream_rq_rx_reset"));
        }
    }

    @Test
    void shouldCloseTheUpstreamConnectionWhenTheClientLeavesInItsBody() throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                link.readHead();
                link.awaitEnd();
            });
            TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient client = proxy.connect();
            client.send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\nhalf");
            TestProxy.await(() -> backend.requests().size() == 1, () -> "request at the backend");
            client.close();
            TestProxy.await(() -> backend.open() == 0, () -> "upstream connection closed");
        }
    }
}
