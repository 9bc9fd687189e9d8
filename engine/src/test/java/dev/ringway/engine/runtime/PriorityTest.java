package dev.ringway.engine.runtime;

import dev.ringway.engine.route.RetryOn;
import dev.ringway.engine.route.RetryPolicy;
import dev.ringway.engine.route.Route;
import dev.ringway.engine.route.RouteBuilder;
import dev.ringway.engine.snapshot.CircuitBreakers;
import dev.ringway.engine.snapshot.Endpoint;
import dev.ringway.engine.snapshot.Thresholds;
import dev.ringway.engine.upstream.ClusterUse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Requests of priority HIGH have bounds and connections of their own. */
@Timeout(180)
final class PriorityTest
{
    private static final String OVERFLOW =
        "upstream connect error or disconnect/reset before headers. reset reason: overflow";

    private static TestProxy proxy(final TestBackend backend, final Thresholds normal, final Thresholds high)
    {
        final TestProxy proxy = new TestProxy(backend);
        proxy.breakers = new CircuitBreakers(normal, high);
        proxy.http.routes.put("/high", route(true));
        proxy.http.routes.put("/", route(false));
        return proxy;
    }

    private static Route route(final boolean isHigh)
    {
        return new RouteBuilder("").cluster(0, "b").highPriority(isHigh).build();
    }

    private static Thresholds thresholds(final int connections, final int pending, final int requests)
    {
        return new Thresholds(connections, pending, requests, 3, null);
    }

    private static TestBackend gated(final CountDownLatch gate) throws Exception
    {
        return TestBackend.answering(request ->
        {
            gate.await();
            return TestBackend.ok(request.target());
        });
    }

    private static List<TestClient> clients(final TestProxy proxy, final String path, final int count) throws Exception
    {
        final List<TestClient> clients = new ArrayList<>();
        for (int i = 0; i < count; i++)
        {
            clients.add(proxy.connect().send("GET " + path + " HTTP/1.1\r\nhost: a\r\n\r\n"));
        }
        return clients;
    }

    private static int served(final List<TestClient> clients) throws Exception
    {
        int served = 0;
        for (final TestClient client : clients)
        {
            served += client.read().status() == 200 ? 1 : 0;
        }
        return served;
    }

    @Test
    void shouldBoundTheRequestsOfEachPriorityOverAllLoops() throws Exception
    {
        final CountDownLatch gate = new CountDownLatch(1);
        try (TestBackend backend = gated(gate);
            TestProxy proxy = proxy(backend, thresholds(1024, 1024, 2), thresholds(1024, 1024, 3)))
        {
            proxy.loops = 2;
            proxy.start();
            final List<TestClient> normal = clients(proxy, "/", 12);
            final List<TestClient> high = clients(proxy, "/high", 12);
            // Those that got a place have asked for their connections by then, each in the turn of its loop.
            proxy.awaitCounter("cluster.b.upstream_rq_active_overflow", 19);
            final ClusterUse use = proxy.engine().uses().of(0);
            assertEquals(2, use.requests(false));
            assertEquals(3, use.requests(true));
            assertEquals(2, use.connections(false));
            assertEquals(3, use.connections(true));
            gate.countDown();
            assertEquals(2, served(normal));
            assertEquals(3, served(high));
            TestProxy.await(() -> use.requests(false) + use.requests(true) == 0, () -> "no request");
        }
    }

    @Test
    void shouldGiveNoConnectionToRequestsOfAnotherPriority() throws Exception
    {
        final CountDownLatch gate = new CountDownLatch(1);
        try (TestBackend backend = gated(gate);
            TestProxy proxy = proxy(backend, thresholds(1, 1, 1024), thresholds(1, 2, 1024)).start())
        {
            final List<TestClient> normal = clients(proxy, "/", 1);
            final List<TestClient> high = clients(proxy, "/high", 1);
            // As long as those wait for their connections they take the room of others.
            proxy.awaitCounter("cluster.b.upstream_rq_active", 2);
            normal.addAll(clients(proxy, "/", 1));
            high.addAll(clients(proxy, "/high", 2));
            final ClusterUse use = proxy.engine().uses().of(0);
            TestProxy.await(() -> use.pending(false) == 1 && use.pending(true) == 2, () -> "three wait");
            assertEquals(503, proxy.connect().get("/").status());
            assertEquals(OVERFLOW, proxy.connect().get("/high").text());
            gate.countDown();
            assertEquals(2, served(normal));
            assertEquals(3, served(high));
            assertEquals(2, backend.accepted());
            // Kept for the next of the same priority.
            assertEquals("/high", proxy.connect().get("/high").text());
            assertEquals("/", proxy.connect().get("/").text());
            assertEquals(2, backend.accepted());
        }
    }

    @Test
    void shouldBoundTheRetriesOfEachPriority() throws Exception
    {
        try (TestBackend backend = TestBackend.answering("HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n");
            TestProxy proxy = new TestProxy(backend))
        {
            proxy.breakers = new CircuitBreakers(
                new Thresholds(1024, 1024, 1024, 0, null), new Thresholds(1024, 1024, 1024, 1, null));
            final RetryPolicy policy = new RetryPolicy(RetryOn.SERVER_ERROR, 1, new int[0], List.of(), List.of(),
                RetryPolicy.RetryBackoff.DEFAULT, 0, 0, false, 1, 1 << 20, false, false);
            proxy.http.routes.put("/high",
                new RouteBuilder("").cluster(0, "b").highPriority(true).retry(policy).build());
            proxy.http.routes.put("/", new RouteBuilder("").cluster(0, "b").retry(policy).build());
            proxy.start();
            assertEquals(503, proxy.connect().get("/").status());
            assertEquals(1, proxy.counter("cluster.b.upstream_rq_retry_overflow"));
            assertEquals(0, proxy.counter("cluster.b.upstream_rq_retry"));
            assertEquals(503, proxy.connect().get("/high").status());
            assertEquals(1, proxy.counter("cluster.b.upstream_rq_retry_overflow"));
            assertEquals(1, proxy.counter("cluster.b.upstream_rq_retry"));
        }
    }

    @Test
    void shouldKeepServingHighPriorityOverNewSnapshots() throws Exception
    {
        try (TestBackend first = TestBackend.answering(TestBackend.ok("first"));
            TestBackend second = TestBackend.answering(TestBackend.ok("second"));
            TestProxy proxy = proxy(first, Thresholds.DEFAULT, Thresholds.DEFAULT).start())
        {
            final TestClient client = proxy.connect();
            assertEquals("first", client.get("/high").text());
            proxy.backends.add(second);
            proxy.endpoints.set(0, new Endpoint(second.address(), "", 1));
            proxy.breakers = new CircuitBreakers(Thresholds.DEFAULT, thresholds(1024, 1024, 0));
            proxy.publish();
            assertEquals(OVERFLOW, client.get("/high").text());
            assertEquals("second", client.get("/").text());
            proxy.breakers = CircuitBreakers.DEFAULT;
            proxy.publish();
            assertEquals("second", client.get("/high").text());
            TestProxy.await(() -> first.open() == 0, () -> "connections of the endpoint that is gone");
            assertTrue(second.accepted() >= 2);
        }
    }
}
