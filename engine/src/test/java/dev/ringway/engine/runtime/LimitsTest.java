package dev.ringway.engine.runtime;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

final class LimitsTest
{
    private static final String GET = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";
    private static final int LARGE = 3_000_000;
    private static final String OVERFLOW =
        "upstream connect error or disconnect/reset before headers. reset reason: overflow";

    /** Answers nothing before the gate opens. */
    private static TestBackend gated(final CountDownLatch gate, final Function<HttpMessage, String> text)
        throws Exception
    {
        return TestBackend.answering(request ->
        {
            gate.await();
            return TestBackend.ok(text.apply(request));
        });
    }

    private static TestBackend gated(final CountDownLatch gate) throws Exception
    {
        return gated(gate, HttpMessage::target);
    }

    /** Clients of two loops, each with one request that gets no answer yet, or is refused. */
    private static List<TestClient> clients(final TestProxy proxy, final int count) throws Exception
    {
        final List<TestClient> clients = new ArrayList<>();
        for (int i = 0; i < count; i++)
        {
            clients.add(proxy.connect().send(GET));
        }
        TestProxy.await(() -> proxy.counter(0, "http.in.downstream_rq_total") > 0 &&
            proxy.counter(1, "http.in.downstream_rq_total") > 0 &&
            proxy.counter("http.in.downstream_rq_total") == count, () -> "requests on both loops");
        return clients;
    }

    private static int answers(final List<TestClient> clients, final int status) throws Exception
    {
        int matching = 0;
        for (final TestClient client : clients)
        {
            matching += client.read().status() == status ? 1 : 0;
        }
        return matching;
    }

    @Test
    void shouldBoundTheRequestsOfAllLoopsTogether() throws Exception
    {
        final CountDownLatch gate = new CountDownLatch(1);
        try (TestBackend backend = gated(gate); TestProxy proxy = new TestProxy(backend))
        {
            proxy.loops = 2;
            proxy.bearing(1024, 1024, 3);
            proxy.start();
            final List<TestClient> clients = clients(proxy, 24);
            proxy.awaitCounter("cluster.b.upstream_rq_active_overflow", 21);
            // They are active once they are connected.
            proxy.awaitCounter("cluster.b.upstream_rq_active", 3);
            gate.countDown();
            assertEquals(3, answers(clients, 200));
        }
    }

    @Test
    void shouldBoundTheConnectionsOfAllLoopsTogether() throws Exception
    {
        final CountDownLatch gate = new CountDownLatch(1);
        try (TestBackend backend = gated(gate); TestProxy proxy = new TestProxy(backend))
        {
            proxy.loops = 2;
            proxy.bearing(4, 15, 1024);
            proxy.start();
            final List<TestClient> clients = clients(proxy, 24);
            TestProxy.await(() ->
                proxy.counter("cluster.b.upstream_rq_active") == proxy.counter("cluster.b.upstream_cx_active") &&
                proxy.counter("cluster.b.upstream_rq_active") +
                proxy.counter("cluster.b.upstream_rq_pending_active") +
                proxy.counter("cluster.b.upstream_rq_pending_overflow") == 24, () -> "24 decided on");
            proxy.look();
            // A loop that has none gets one in any case.
            final long connections = proxy.counter("cluster.b.upstream_cx_active");
            assertTrue(connections == 4 || connections == 5, () -> connections + " connections");
            // While those were opened their requests waited as well.
            final long pending = proxy.counter("cluster.b.upstream_rq_pending_active");
            assertTrue(pending <= 15 && pending >= 15 - connections, () -> pending + " wait");
            gate.countDown();
            assertEquals(pending + connections, answers(clients, 200));
        }
    }

    @Test
    void shouldHaveRequestsWaitForAConnectionAndRefuseWhatCannotWait() throws Exception
    {
        final CountDownLatch gate = new CountDownLatch(1);
        try (TestBackend backend = gated(gate); TestProxy proxy = new TestProxy(backend).bearing(2, 3, 1024).start())
        {
            final List<TestClient> clients = new ArrayList<>();
            for (int i = 0; i < 5; i++)
            {
                clients.add(proxy.connect().send("GET /" + i + " HTTP/1.1\r\nhost: a\r\n\r\n"));
                final int sent = i + 1;
                TestProxy.await(() -> proxy.look().exchanges() == sent, () -> sent + " under way");
                proxy.awaitCounter("cluster.b.upstream_rq_active", Math.min(sent, 2));
            }
            assertEquals(3, proxy.counter("cluster.b.upstream_rq_pending_active"));
            assertEquals(5, proxy.counter("cluster.b.upstream_rq_pending_total"));
            assertEquals(3, proxy.counter("cluster.b.upstream_cx_overflow"));
            final HttpMessage refused = proxy.connect().get("/");
            assertEquals(503, refused.status());
            assertEquals(OVERFLOW, refused.text());
            assertEquals(1, proxy.counter("cluster.b.upstream_rq_pending_overflow"));
            gate.countDown();
            for (int i = 0; i < 5; i++)
            {
                assertEquals("/" + i, clients.get(i).read().text());
            }
            assertEquals(2, backend.accepted());
        }
    }

    @Test
    void shouldGiveALoopThatHasNoConnectionOneInAnyCase() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x"));
            TestProxy proxy = new TestProxy(backend).bearing(0, 3, 1024).start())
        {
            assertEquals("x", proxy.connect().get("/").text());
            assertEquals(1, proxy.counter("cluster.b.upstream_cx_overflow"));
        }
    }

    @Test
    void shouldServeAWaitingRequestWithABody() throws Exception
    {
        final CountDownLatch gate = new CountDownLatch(1);
        final String body = "b".repeat(30_000);
        try (TestBackend backend = gated(gate, HttpMessage::text);
            TestProxy proxy = new TestProxy(backend).bearing(1, 3, 1024).start())
        {
            final TestClient first = proxy.connect().send(GET);
            TestProxy.await(() -> proxy.look().exchanges() == 1, () -> "first under way");
            final TestClient second = proxy.connect().send(
                "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 30000\r\n\r\n" + body);
            TestProxy.await(() -> proxy.look().exchanges() == 2, () -> "second under way");
            gate.countDown();
            assertEquals("", first.read().text());
            assertEquals(body, second.read().text());
        }
    }

    @Test
    void shouldServeAWaitingRequestWithALargeBody() throws Exception
    {
        final CountDownLatch gate = new CountDownLatch(1);
        final String body = "0123456789abcde\n".repeat(LARGE >> 4);
        try (TestBackend backend = gated(gate, request -> Boolean.toString(request.text().equals(body)));
            TestProxy proxy = new TestProxy(backend).bearing(1, 3, 1024).start())
        {
            final TestClient first = proxy.connect().send(GET);
            proxy.awaitCounter("cluster.b.upstream_rq_active", 1);
            final TestClient second = proxy.connect();
            final Thread sender =
                send(second, "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: " + LARGE + "\r\n\r\n" + body);
            // More than a block holds, and reading stops somewhere.
            TestProxy.await(() -> proxy.look().chunks() > 2, () -> "body held");
            gate.countDown();
            assertEquals("false", first.read().text());
            assertEquals("true", second.read().text());
            sender.join();
        }
    }

    @Test
    void shouldHoldALargeBodyThatComesBeforeItsTurn() throws Exception
    {
        final CountDownLatch gate = new CountDownLatch(1);
        final String body = "0123456789abcde\n".repeat(LARGE >> 4);
        try (TestBackend backend = gated(gate, request -> request.target() + request.text().equals(body));
            TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient client = proxy.connect();
            final String post = "POST /a HTTP/1.1\r\nhost: a\r\ncontent-length: " + LARGE + "\r\n\r\n" + body;
            final Thread sender = send(client, GET + post + GET.repeat(500) + post + GET);
            TestProxy.await(() -> proxy.counter("http.in.downstream_rq_active") == 1 && proxy.look().chunks() > 2,
                () -> "body held");
            gate.countDown();
            assertEquals("/false", client.read().text());
            assertEquals("/atrue", client.read().text());
            for (int i = 0; i < 500; i++)
            {
                assertEquals("/false", client.read().text());
            }
            assertEquals("/atrue", client.read().text());
            assertEquals("/false", client.read().text());
            sender.join();
        }
    }

    private static Thread send(final TestClient client, final String text)
    {
        return Thread.ofPlatform().start(() ->
        {
            try
            {
                client.send(text);
            }
            catch (final IOException e)
            {
                // The answer tells.
            }
        });
    }

    @Test
    void shouldServeAWaitingRequestWhenAConnectionEnds() throws Exception
    {
        final CountDownLatch gate = new CountDownLatch(1);
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                HttpMessage request;
                while ((request = link.read()) != null && gate.await(40, TimeUnit.SECONDS) &&
                    !request.target().equals("/first"))
                {
                    link.write(TestBackend.ok(request.target()));
                }
            });
            TestProxy proxy = new TestProxy(backend).bearing(1, 3, 1024).start())
        {
            final TestClient first = proxy.connect().send("GET /first HTTP/1.1\r\nhost: a\r\n\r\n");
            proxy.awaitCounter("cluster.b.upstream_rq_active", 1);
            final TestClient second = proxy.connect().send("GET /second HTTP/1.1\r\nhost: a\r\n\r\n");
            proxy.awaitCounter("cluster.b.upstream_rq_pending_active", 1);
            gate.countDown();
            assertEquals(503, first.read().status());
            assertEquals("/second", second.read().text());
            assertEquals("/third", proxy.connect().get("/third").text());
            assertEquals(2, backend.accepted());
        }
    }

    @Test
    void shouldFailRequestsInTimeAlsoWhileTheyWait() throws Exception
    {
        final CountDownLatch gate = new CountDownLatch(1);
        try (TestBackend backend = gated(gate); TestProxy proxy = new TestProxy(backend).bearing(1, 3, 1024))
        {
            proxy.http.routes.put("/patient", proxy.http.toCluster(0));
            proxy.http.routeTimeoutNs = 150_000_000L;
            proxy.http.routes.put("/", proxy.http.toCluster(0));
            proxy.start();
            final TestClient first = proxy.connect().send("GET /patient HTTP/1.1\r\nhost: a\r\n\r\n");
            proxy.awaitCounter("cluster.b.upstream_rq_active", 1);
            for (int i = 0; i < 3; i++)
            {
                assertEquals(504, proxy.connect().get("/").status());
                assertEquals(0, proxy.counter("cluster.b.upstream_rq_pending_active"));
            }
            // The first of a connection of HTTP/2 waits for its turn before it waits for this.
            assertEquals(504, Http2Peer.client(proxy.connect()).ask("/").status());
            gate.countDown();
            assertEquals("/patient", first.read().text());
            assertEquals(1, backend.requests().size());
        }
    }

    @Test
    void shouldForgetAWaitingRequestWhoseClientLeaves() throws Exception
    {
        final CountDownLatch gate = new CountDownLatch(1);
        try (TestBackend backend = gated(gate); TestProxy proxy = new TestProxy(backend).bearing(1, 3, 1024).start())
        {
            final TestClient first = proxy.connect().send(GET);
            proxy.awaitCounter("cluster.b.upstream_rq_active", 1);
            final TestClient second = proxy.connect().send(GET);
            proxy.awaitCounter("cluster.b.upstream_rq_pending_active", 1);
            second.reset();
            proxy.awaitCounter("cluster.b.upstream_rq_pending_active", 0);
            gate.countDown();
            assertEquals(200, first.read().status());
            assertEquals(1, backend.requests().size());
        }
    }

    @Test
    void shouldAnswerThoseThatWaitForAClusterThatIsGone() throws Exception
    {
        final CountDownLatch gate = new CountDownLatch(1);
        try (TestBackend backend = gated(gate); TestProxy proxy = new TestProxy(backend).bearing(1, 1024, 1024).start())
        {
            final TestClient first = proxy.connect().send(GET);
            proxy.awaitCounter("cluster.b.upstream_rq_active", 1);
            final TestClient second = proxy.connect().send(GET);
            proxy.awaitCounter("cluster.b.upstream_rq_pending_active", 1);
            proxy.publishWithoutCluster();
            gate.countDown();
            assertEquals(200, first.read().status());
            assertEquals(503, second.read().status());
            proxy.awaitCounter("cluster.b.upstream_rq_pending_active", 0);
        }
    }

    @Test
    void shouldRefuseMoreRequestsThanAllowed() throws Exception
    {
        final CountDownLatch gate = new CountDownLatch(1);
        try (TestBackend backend = gated(gate); TestProxy proxy = new TestProxy(backend).bearing(1024, 1024, 2).start())
        {
            final TestClient first = proxy.connect().send(GET);
            final TestClient second = proxy.connect().send(GET);
            proxy.awaitCounter("cluster.b.upstream_rq_active", 2);
            assertEquals(OVERFLOW, proxy.connect().get("/").text());
            gate.countDown();
            assertEquals(200, first.read().status());
            assertEquals(200, second.read().status());
            assertEquals(200, proxy.connect().get("/").status());
        }
    }

    @Test
    void shouldCountAPipelinedRequestOnlyWhenItsTurnHasCome() throws Exception
    {
        final CountDownLatch gate = new CountDownLatch(1);
        try (TestBackend backend = gated(gate); TestProxy proxy = new TestProxy(backend).bearing(1, 1, 1).start())
        {
            final TestClient client = proxy.connect().send(GET + GET + GET);
            proxy.awaitCounter("cluster.b.upstream_rq_active", 1);
            gate.countDown();
            for (int i = 0; i < 3; i++)
            {
                assertEquals(200, client.read().status());
            }
            assertEquals(1, backend.accepted());
            assertEquals(0, proxy.counter("cluster.b.upstream_cx_overflow"));
        }
    }

    @Test
    void shouldCloseConnectionsBeyondTheListenersBound() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x"));
            TestProxy proxy = new TestProxy(backend))
        {
            proxy.maxConnections = 2;
            proxy.start();
            final TestClient first = proxy.connect();
            final TestClient second = proxy.connect();
            assertEquals(200, first.get("/").status());
            assertEquals(200, second.get("/").status());
            proxy.connect().assertGone();
            assertEquals(1, proxy.counter("listener.l.downstream_cx_overflow"));
            first.close();
            proxy.awaitCounter("listener.l.downstream_cx_active", 1);
            assertEquals(200, proxy.connect().get("/").status());
        }
    }

    @Test
    void shouldServeOnWhenSlotsRunOut() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x"));
            TestProxy proxy = new TestProxy(backend))
        {
            // 16 armed accepts at rest, so 24 sockets of clients and endpoints beside them.
            proxy.slotLimit = 40;
            proxy.start();
            final TestClient early = proxy.connect();
            assertEquals(200, early.get("/").status());
            final List<TestClient> crowd = new ArrayList<>();
            for (int i = 0; i < 60; i++)
            {
                crowd.add(proxy.connect());
            }
            TestProxy.await(() -> proxy.look().slots() == 40, () -> "all slots taken");
            assertEquals(200, early.get("/").status());
            for (final TestClient client : crowd)
            {
                client.close();
            }
            for (int i = 0; i < 20; i++)
            {
                assertEquals(200, proxy.connect().get("/").status());
            }
        }
    }

    @Test
    void shouldRefuseARequestForWhichNoSlotIsLeft() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x"));
            TestProxy proxy = new TestProxy(backend))
        {
            proxy.slotLimit = 40;
            proxy.start();
            final List<TestClient> crowd = new ArrayList<>();
            for (int i = 0; i < 40; i++)
            {
                crowd.add(proxy.connect());
            }
            TestProxy.await(() -> proxy.look().slots() == 40, () -> "all slots taken");
            assertEquals(503, crowd.get(0).get("/").status());
            for (int i = 1; i < 40; i++)
            {
                crowd.get(i).close();
            }
            // Some are accepted only now, and take a slot once more.
            proxy.awaitCounter("listener.l.downstream_cx_total", 40);
            proxy.awaitCounter("listener.l.downstream_cx_active", 1);
            assertEquals(200, crowd.get(0).get("/").status());
        }
    }

    @Test
    void shouldNotWaitForAConnectionThatIsIdleAtAnotherEndpoint() throws Exception
    {
        try (TestBackend first = TestBackend.answering(TestBackend.ok("hello"));
            TestBackend second = TestBackend.answering(TestBackend.ok("hello"));
            TestProxy proxy = new TestProxy(first, second).bearing(1, 10, 10).start())
        {
            final TestClient client = proxy.connect();
            for (int i = 0; i < 10; i++)
            {
                assertEquals("hello", client.get("/").text());
            }
        }
    }
}
