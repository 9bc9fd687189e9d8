package dev.ringway.engine.runtime;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

final class Http1KeepAliveTest
{
    @Test
    void shouldServeManyRequestsOnOneConnectionOverOneUpstreamConnection() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(request -> TestBackend.ok("for " + request.target()));
            TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient client = proxy.connect();
            for (int i = 0; i < 200; i++)
            {
                final HttpMessage response = client.get("/" + i);
                assertEquals(200, response.status());
                assertEquals("for /" + i, response.text());
                assertNull(response.header("connection"));
            }
            assertEquals(1, backend.accepted());
            assertEquals(200, proxy.counter("http.in.downstream_rq_total"));
            assertEquals(200, proxy.counter("http.in.downstream_rq_2xx"));
            assertEquals(1, proxy.counter("cluster.b.upstream_cx_total"));
        }
    }

    @Test
    void shouldCountBytesAsTheyPass() throws Exception
    {
        final String request = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";
        final String response = "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nbody";
        try (TestBackend backend = TestBackend.answering(response); TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient client = proxy.connect();
            for (int i = 1; i <= 3; i++)
            {
                assertEquals("body", client.send(request).read().text());
                proxy.awaitCounter("http.in.downstream_cx_rx_bytes_total", (long)i * request.length());
                proxy.awaitCounter("cluster.b.upstream_cx_rx_bytes_total", (long)i * response.length());
                final long before = i;
                TestProxy.await(() -> proxy.counter("http.in.downstream_cx_tx_bytes_total") >= before * response.length(),
                    () -> "bytes to the client");
                TestProxy.await(() -> proxy.counter("cluster.b.upstream_cx_tx_bytes_total") >= before * request.length(),
                    () -> "bytes to the endpoint");
            }
        }
    }

    @Test
    void shouldCloseWhenTheClientAsksForIt() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x"));
            TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient client = proxy.connect();
            final HttpMessage response = client.send("GET / HTTP/1.1\r\nhost: a\r\nConnection: close\r\n\r\n").read();
            assertEquals("close", response.header("connection"));
            assertEquals("x", response.text());
            client.assertEnd();
            assertNull(backend.last().header("connection"));
            assertEquals(1, backend.open());
        }
    }

    @Test
    void shouldIgnoreARequestBehindOneThatAskedForTheEnd() throws Exception
    {
        final String large = "x".repeat(48 << 20);
        final CountDownLatch held = new CountDownLatch(1);
        try (TestBackend backend = TestBackend.answering(request ->
            {
                if (request.target().equals("/second"))
                {
                    held.await(2, TimeUnit.SECONDS);
                }
                return TestBackend.ok(request.target().equals("/first") ? large : "ok");
            });
            TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient client = proxy.connect(1 << 16);
            client.send("GET /first HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
            // The exchange ends when the last of the response is queued; the client reads just so far.
            while (proxy.counter("http.in.downstream_rq_completed") == 0)
            {
                client.skip(1 << 14);
            }
            client.send("GET /second HTTP/1.1\r\nhost: a\r\n\r\n");
            client.assertGone();
            held.countDown();
            assertEquals("ok", proxy.connect().get("/third").text());
            assertEquals(2, proxy.counter("http.in.downstream_rq_total"));
        }
    }

    /** The endpoint must see the end, and what waits behind must not begin. */
    @ParameterizedTest
    @ValueSource(strings = {
        "GET /a HTTP/1.1\r\nhost: a\r\n\r\n", "GET /a HTTP/1.1\r\nhost: a\r\n\r\nGET /b HTTP/1.1\r\nhost: a\r\n\r\n",
        "POST /a HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\n\r\nx",
        "POST /a HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\nx"})
    void shouldGiveUpWhatAClientWaitsForThatHasEndedItsSide(final String asked) throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                link.readHead();
                link.awaitEnd();
            });
            TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient client = proxy.connect().send(asked);
            TestProxy.await(() -> backend.requests().size() == 1, () -> "request at the backend");
            client.halfClose();
            client.assertEnd();
            TestProxy.await(() -> backend.open() == 0, () -> "upstream connection closed");
            proxy.awaitCounter("http.in.downstream_cx_destroy_remote", 1);
            assertEquals(1, proxy.counter("http.in.downstream_cx_destroy_remote_active_rq"));
            assertEquals(1, proxy.counter("http.in.downstream_rq_rx_reset"));
            assertEquals(1, proxy.counter("http.in.downstream_rq_total"));
        }
    }

    @Test
    void shouldSendWhatWasAnsweredToAClientThatEndsItsSideAndWaitsForMore() throws Exception
    {
        final int length = 24 << 20;
        final String whole = TestBackend.ok("x".repeat(length));
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                link.readHead();
                link.write(whole);
                link.readHead();
                link.awaitEnd();
            });
            TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient client = proxy.connect(1 << 16);
            client.send("GET /a HTTP/1.1\r\nhost: a\r\n\r\nGET /b HTTP/1.1\r\nhost: a\r\n\r\n");
            assertEquals(200, client.readHead().status());
            int got = 0;
            final byte[] piece = new byte[1 << 14];
            // Just so far that all of it is queued: whoever reads on may find nothing left.
            while (proxy.counter("http.in.downstream_rq_completed") == 0)
            {
                got += client.in.read(piece);
            }
            TestProxy.await(() -> backend.requests().size() == 2, () -> "the second request at the backend");
            client.halfClose();
            proxy.awaitCounter("http.in.downstream_rq_rx_reset", 1);
            for (int count = client.in.read(piece); count > 0; count = client.in.read(piece))
            {
                got += count;
            }
            assertEquals(length, got);
        }
    }

    @Test
    void shouldSendWhatIsQueuedWhenTheClientEndsItsSide() throws Exception
    {
        final int length = 24 << 20;
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x".repeat(length)));
            TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient client = proxy.connect(1 << 16);
            client.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
            assertEquals(200, client.readHead().status());
            int got = 0;
            final byte[] piece = new byte[1 << 14];
            while (proxy.counter("http.in.downstream_rq_completed") == 0)
            {
                got += client.in.read(piece);
            }
            client.halfClose();
            for (int count = client.in.read(piece); count > 0; count = client.in.read(piece))
            {
                got += count;
            }
            assertEquals(length, got);
        }
    }

    /** First the stream is idle for too long, then what is queued of its answer. */
    @Test
    void shouldNotHoldAConnectionWhoseClientDoesNotReadWhatIsLeftOfAnAnswer() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x".repeat(7 << 20)));
            TestProxy proxy = new TestProxy(backend))
        {
            proxy.http.streamIdleNs = 500_000_000L;
            proxy.start();
            final String request = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";
            int late = 0;
            while (proxy.connect(1 << 16).send(request).readHead().status() == 504)
            {
                // The endpoint itself was slow: nothing is queued of an answer that has not begun.
                late++;
            }
            proxy.awaitCounter("http.in.downstream_rq_idle_timeout", 1 + late);
            proxy.awaitCounter("http.in.downstream_cx_destroy", 1);
            assertEquals(1, proxy.counter("http.in.downstream_cx_delayed_close_timeout"));
        }
    }

    @Test
    void shouldAnswerPipelinedRequestsInOrder() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(
                request -> TestBackend.ok(request.method() + request.target() + request.text()));
            TestProxy proxy = new TestProxy(backend).start())
        {
            final StringBuilder all = new StringBuilder();
            for (int i = 0; i < 50; i++)
            {
                all.append("GET /g").append(i).append(" HTTP/1.1\r\nhost: a\r\n\r\n");
                all.append("POST /p HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n\r\nb").append(i + 10);
            }
            final TestClient client = proxy.connect().send(all.toString());
            for (int i = 0; i < 50; i++)
            {
                assertEquals("GET/g" + i, client.read().text());
                assertEquals("POST/pb" + (i + 10), client.read().text());
            }
            assertEquals(1, backend.accepted());
        }
    }

    @Test
    void shouldAnswerMorePipelinedBytesThanOneBlockHolds() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(
                request -> TestBackend.ok(request.target() + " " + request.text().length()));
            TestProxy proxy = new TestProxy(backend).start())
        {
            final int[] lengths = {0, 100, 20_000, 3, 20_000, 0, 20_000, 100, 20_000, 60_000, 1, 20_000};
            final StringBuilder all = new StringBuilder();
            for (int i = 0; i < lengths.length; i++)
            {
                all.append("POST /").append(i).append(" HTTP/1.1\r\nhost: a\r\ncontent-length: ").append(lengths[i])
                    .append("\r\n\r\n").append("p".repeat(lengths[i]));
            }
            for (int round = 0; round < 50; round++)
            {
                final TestClient client = proxy.connect().send(all.toString());
                for (int i = 0; i < lengths.length; i++)
                {
                    assertEquals("/" + i + " " + lengths[i], client.read().text(), "round " + round);
                }
                client.close();
            }
        }
    }

    @Test
    void shouldServePipelinedRequestsSplitAtEveryByte() throws Exception
    {
        final String all = "GET /a HTTP/1.1\r\nhost: a\r\n\r\n" +
            "POST /b HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nhello" +
            "POST /c HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n3\r\nfoo\r\n4\r\nbars\r\n0\r\n\r\n" +
            "GET /d HTTP/1.1\r\nhost: a\r\n\r\n";
        final byte[] bytes = all.getBytes(ISO_8859_1);
        try (TestBackend backend = TestBackend.answering(
                request -> TestBackend.ok(request.target() + request.text()));
            TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient client = proxy.connect();
            for (int split = 1; split < bytes.length; split++)
            {
                final long received = proxy.look().sequence();
                client.out.write(bytes, 0, split);
                // Two looks are two turns of the loop at least, so both parts are received apart.
                assertEquals(received + 1, proxy.look().sequence());
                client.out.write(bytes, split, bytes.length - split);
                assertEquals("/a", client.read().text(), "split at " + split);
                assertEquals("/bhello", client.read().text(), "split at " + split);
                assertEquals("/cfoobars", client.read().text(), "split at " + split);
                assertEquals("/d", client.read().text(), "split at " + split);
            }
            assertEquals(1, backend.accepted());
        }
    }

    @Test
    void shouldServeARequestThatComesByteByByte() throws Exception
    {
        final String request = "POST /b?q=1 HTTP/1.1\r\nhost: a\r\nx-long: " + "v".repeat(300) +
            "\r\ntransfer-encoding: chunked\r\n\r\n3\r\nfoo\r\n0\r\n\r\n";
        try (TestBackend backend = TestBackend.answering(
                received -> TestBackend.ok(received.target() + received.text()));
            TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient client = proxy.connect();
            for (final byte b : request.getBytes(ISO_8859_1))
            {
                client.out.write(b);
                proxy.look();
            }
            assertEquals("/b?q=1foo", client.read().text());
            assertEquals("v".repeat(300), backend.last().header("x-long"));
        }
    }

    @Test
    void shouldEndTheConnectionAfterTheConfiguredNumberOfRequests() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x"));
            TestProxy proxy = new TestProxy(backend))
        {
            proxy.http.maxRequests = 2;
            proxy.start();
            final TestClient client = proxy.connect();
            assertNull(client.get("/").header("connection"));
            assertEquals("close", client.get("/").header("connection"));
            client.assertEnd();
            assertEquals(1, proxy.counter("http.in.downstream_cx_max_requests_reached"));
        }
    }

    @Test
    void shouldOpenANewUpstreamConnectionAfterItsNumberOfRequests() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x"));
            TestProxy proxy = new TestProxy(backend))
        {
            proxy.maxRequestsPerUpstream = 3;
            proxy.start();
            final TestClient client = proxy.connect();
            for (int i = 0; i < 9; i++)
            {
                assertEquals(200, client.get("/").status());
            }
            assertEquals(3, backend.accepted());
        }
    }
}
