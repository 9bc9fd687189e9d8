package dev.ringway.engine.runtime;

import dev.ringway.engine.snapshot.CidrRanges;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.concurrent.locks.LockSupport;

import static org.junit.jupiter.api.Assertions.assertEquals;

final class TimeoutTest
{
    private static final long SHORT_NS = 100_000_000L;
    /** Longer than what must come before it ever takes, on a machine that does other things. */
    private static final long LONG_NS = 2_000_000_000L;
    private static final CidrRanges LOOPBACK =
        new CidrRanges(List.of(new CidrRanges.Range(new byte[]{127, 0, 0, 0}, 8)));

    private static TestBackend silent() throws Exception
    {
        return TestBackend.scripted(link ->
        {
            link.readHead();
            link.awaitEnd();
        });
    }

    @Test
    void shouldSay504WhenTheEndpointNeverAnswers() throws Exception
    {
        try (TestBackend backend = silent(); TestProxy proxy = new TestProxy(backend))
        {
            proxy.http.routeTimeoutNs = SHORT_NS;
            proxy.start();
            final TestClient client = proxy.connect();
            for (int i = 0; i < 2; i++)
            {
                final HttpMessage response = client.get("/");
                assertEquals(504, response.status());
                assertEquals("upstream request timeout", response.text());
            }
            assertEquals(2, proxy.counter("cluster.b.upstream_rq_timeout"));
            backend.awaitAccepted(2);
        }
    }

    @Test
    void shouldTakeTimeoutsFromInternalRequests() throws Exception
    {
        try (TestBackend backend = silent(); TestProxy proxy = new TestProxy(backend))
        {
            proxy.http.routeTimeoutNs = 0;
            proxy.http.useRemoteAddress = true;
            proxy.http.internal = LOOPBACK;
            proxy.start();
            final TestClient client = proxy.connect();
            assertEquals(504, client.send("GET / HTTP/1.1\r\nhost: a\r\nx-envoy-upstream-rq-timeout-ms: 100\r\n\r\n")
                .read().status());
            assertEquals(1, proxy.counter("cluster.b.upstream_rq_timeout"));
            assertEquals(0, proxy.counter("cluster.b.upstream_rq_per_try_timeout"));
            assertEquals(504, client.send(
                "GET / HTTP/1.1\r\nhost: a\r\nx-envoy-upstream-rq-per-try-timeout-ms: 100\r\n\r\n").read().status());
            assertEquals(1, proxy.counter("cluster.b.upstream_rq_timeout"));
            assertEquals(1, proxy.counter("cluster.b.upstream_rq_per_try_timeout"));
            assertEquals(204, client.send("GET / HTTP/1.1\r\nhost: a\r\nx-envoy-upstream-rq-timeout-ms: 100\r\n" +
                "x-envoy-upstream-rq-timeout-alt-response: 1\r\n\r\n").read().status());
            assertEquals(504, client.send("GET / HTTP/1.1\r\nhost: a\r\nx-envoy-upstream-rq-timeout-ms: 100\r\n\r\n")
                .read().status());
        }
    }

    @Test
    void shouldGiveAnAttemptNoTimeOnceItsResponseBegan() throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                link.read();
                link.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\na");
                park(LONG_NS + SHORT_NS);
                link.write("b");
                link.awaitEnd();
            });
            TestProxy proxy = new TestProxy(backend))
        {
            proxy.http.useRemoteAddress = true;
            proxy.http.internal = LOOPBACK;
            proxy.start();
            assertEquals("ab", proxy.connect().send(
                "GET / HTTP/1.1\r\nhost: a\r\nx-envoy-upstream-rq-per-try-timeout-ms: 2000\r\n\r\n").read().text());
        }
    }

    private static void park(final long ns)
    {
        for (final long startNs = System.nanoTime(); System.nanoTime() - startNs < ns; )
        {
            LockSupport.parkNanos(ns);
        }
    }

    @Test
    void shouldCutAResponseThatDoesNotEndInTime() throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                link.readHead();
                link.write("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf");
                link.awaitEnd();
            });
            TestProxy proxy = new TestProxy(backend))
        {
            proxy.http.routeTimeoutNs = SHORT_NS;
            proxy.start();
            final TestClient client =
                proxy.connect().send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\n\r\n");
            assertEquals(200, client.readHead().status());
            // The time runs from the end of the request, so that the head comes before it however slow the endpoint is.
            client.send("x").assertGone();
            assertEquals(1, proxy.counter("cluster.b.upstream_rq_timeout"));
        }
    }

    @Test
    void shouldSay408ToASlowSenderOfAHead() throws Exception
    {
        try (TestProxy proxy = new TestProxy())
        {
            proxy.http.headersTimeoutNs = SHORT_NS;
            proxy.start();
            final TestClient client = proxy.connect().send("GET / HTTP/1.1\r\nhost:");
            final HttpMessage response = client.read();
            assertEquals(408, response.status());
            assertEquals("close", response.header("connection"));
            client.assertEnd();
            assertEquals(1, proxy.counter("http.in.downstream_rq_header_timeout"));
        }
    }

    @Test
    void shouldSay408WithItsTextAlsoBehindAHeadRequest() throws Exception
    {
        try (TestBackend backend = TestBackend.answering("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n");
            TestProxy proxy = new TestProxy(backend))
        {
            proxy.http.headersTimeoutNs = SHORT_NS;
            proxy.start();
            final TestClient client = proxy.connect().send("HEAD / HTTP/1.1\r\nhost: a\r\n\r\n");
            assertEquals(200, client.readHead().status());
            final HttpMessage late = client.send("GET / HTTP/1.1\r\nhost:").read();
            assertEquals(408, late.status());
            assertEquals(late.header("content-length"), Integer.toString(late.text().length()));
            client.assertEnd();
        }
    }

    @Test
    void shouldBoundTheTimeOfAHeadHoweverItTrickles() throws Exception
    {
        try (TestProxy proxy = new TestProxy())
        {
            proxy.http.headersTimeoutNs = SHORT_NS;
            proxy.start();
            final TestClient client = proxy.connect().send("GET / HTTP/1.1\r\n");
            for (int i = 0; i < 2000 && client.in.available() == 0; i++)
            {
                client.send("x: y\r\n".substring(i % 6, i % 6 + 1));
                LockSupport.parkNanos(1_000_000L);
            }
            assertEquals(408, client.read().status());
        }
    }

    @Test
    void shouldSay408WhenTheBodyDoesNotCome() throws Exception
    {
        try (TestBackend backend = silent(); TestProxy proxy = new TestProxy(backend))
        {
            proxy.http.streamIdleNs = SHORT_NS;
            proxy.start();
            final TestClient client =
                proxy.connect().send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\nhalf");
            final HttpMessage response = client.read();
            assertEquals(408, response.status());
            assertEquals("stream timeout", response.text());
            client.assertEnd();
            assertEquals(1, proxy.counter("http.in.downstream_rq_idle_timeout"));
        }
    }

    @Test
    void shouldSay504WhenNothingComesBehindAWholeRequest() throws Exception
    {
        try (TestBackend backend = silent(); TestProxy proxy = new TestProxy(backend))
        {
            proxy.http.streamIdleNs = SHORT_NS;
            proxy.start();
            final HttpMessage response = proxy.connect().get("/");
            assertEquals(504, response.status());
            assertEquals("stream timeout", response.text());
            assertEquals(1, proxy.counter("http.in.downstream_rq_idle_timeout"));
        }
    }

    @Test
    void shouldSay408WhenTheRequestAsAWholeTakesTooLong() throws Exception
    {
        try (TestBackend backend = silent(); TestProxy proxy = new TestProxy(backend))
        {
            proxy.http.requestTimeoutNs = SHORT_NS;
            proxy.start();
            final TestClient client =
                proxy.connect().send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\nhalf");
            final HttpMessage response = client.read();
            assertEquals(408, response.status());
            assertEquals("request timeout", response.text());
            client.assertEnd();
            assertEquals(1, proxy.counter("http.in.downstream_rq_timeout"));
        }
    }

    @Test
    void shouldCloseAnIdleClient() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x"));
            TestProxy proxy = new TestProxy(backend))
        {
            proxy.http.idleNs = LONG_NS;
            proxy.start();
            final TestClient fresh = proxy.connect();
            final TestClient used = proxy.connect();
            assertEquals(200, used.get("/").status());
            fresh.assertEnd();
            used.assertEnd();
            assertEquals(2, proxy.counter("http.in.downstream_cx_idle_timeout"));
        }
    }

    @Test
    void shouldCloseAnIdleUpstreamConnection() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x"));
            TestProxy proxy = new TestProxy(backend))
        {
            proxy.upstreamIdleNs = SHORT_NS;
            proxy.start();
            final TestClient client = proxy.connect();
            assertEquals(200, client.get("/").status());
            proxy.awaitCounter("cluster.b.upstream_cx_idle_timeout", 1);
            TestProxy.await(() -> backend.open() == 0, () -> "upstream connection closed");
            assertEquals(200, client.get("/").status());
            assertEquals(2, backend.accepted());
        }
    }

    @Test
    void shouldNotTakeAnIdleTimeoutOfThePastForOneOfABusyConnection() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(request ->
            {
                if (request.target().equals("/slow"))
                {
                    // The endpoint itself is slow here: longer than an idle connection may live.
                    park(LONG_NS + SHORT_NS);
                }
                return TestBackend.ok("x");
            });
            TestProxy proxy = new TestProxy(backend))
        {
            proxy.upstreamIdleNs = LONG_NS;
            proxy.http.idleNs = LONG_NS;
            proxy.start();
            final TestClient client = proxy.connect();
            assertEquals(200, client.get("/").status());
            assertEquals(200, client.get("/slow").status());
            assertEquals(1, backend.accepted());
        }
    }
}
