package dev.ringway.engine.runtime;

import dev.ringway.engine.snapshot.ConnectionAge;
import dev.ringway.engine.snapshot.Endpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Snapshots that change and loops that drain while connections live, and several loops.
 */
final class LifecycleTest
{
    private static final int LOOPS = 2;
    private static final int MANY = 64;

    /** Answers requests for /slow when told to. */
    private static TestBackend held(final String text, final CountDownLatch go) throws IOException
    {
        return TestBackend.answering(request ->
        {
            if (request.target().equals("/slow"))
            {
                assertTrue(go.await(120, TimeUnit.SECONDS));
            }
            return TestBackend.ok(text);
        });
    }

    @Test
    void shouldEndAnExchangeOnTheSnapshotItBeganWith() throws Exception
    {
        final CountDownLatch go = new CountDownLatch(1);
        try (TestBackend old = held("old", go);
            TestBackend fresh = TestBackend.answering(TestBackend.ok("fresh"));
            TestProxy proxy = new TestProxy(old).start())
        {
            final TestClient idle = proxy.connect();
            assertEquals("old", idle.get("/").text());
            final TestClient busy = proxy.connect().send("GET /slow HTTP/1.1\r\nhost: a\r\n\r\n");
            TestProxy.await(() -> old.requests().size() == 2, () -> "the slow request arrives");

            proxy.endpoints.set(0, new Endpoint(fresh.address(), "", 1));
            proxy.backends.add(fresh);
            proxy.publish();

            assertEquals("fresh", idle.get("/").text());
            go.countDown();
            assertEquals("old", busy.read().text());
            assertEquals("fresh", busy.get("/").text());
            TestProxy.await(() -> old.open() == 0, () -> "sessions of an endpoint that is gone end");
        }
    }

    @Test
    void shouldRouteTheNextRequestOfALiveConnectionByTheNewTable() throws Exception
    {
        final CountDownLatch go = new CountDownLatch(1);
        try (TestBackend backend = held("routed", go);
            TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient client = proxy.connect();
            // The second waits behind the first and is routed when its turn has come.
            client.send("GET /slow HTTP/1.1\r\nhost: a\r\n\r\nGET /x HTTP/1.1\r\nhost: a\r\n\r\n");
            TestProxy.await(() -> backend.requests().size() == 1, () -> "the slow request arrives");

            proxy.http.routes.put("/", HttpSettings.direct(418, "direct"));
            proxy.publish();
            assertEquals(2, proxy.engine().epoch(), "the loop holds the new snapshot alone");
            go.countDown();

            assertEquals("routed", client.read().text());
            final HttpMessage second = client.read();
            assertEquals(418, second.status());
            assertEquals("direct", second.text());
        }
    }

    @Test
    void shouldBoundTheAgeOfConnectionsThatComeUnderTheNewSnapshot() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x"));
            TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient before = proxy.connect();
            assertEquals("x", before.get("/").text());

            proxy.http.age = new ConnectionAge(1, 0);
            proxy.publish();

            proxy.connect().assertEnd();
            proxy.awaitCounter("http.in.downstream_cx_max_duration_reached", 1);
            assertNull(before.get("/").header("connection"));
            assertEquals(1, proxy.counter("http.in.downstream_cx_max_duration_reached"));
        }
    }

    @Test
    void shouldDrainLiveConnections() throws Exception
    {
        final CountDownLatch go = new CountDownLatch(1);
        try (TestBackend backend = held("x", go);
            TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient idle = proxy.connect();
            assertNull(idle.get("/").header("connection"));
            final TestClient fresh = proxy.connect();
            final TestClient busy = proxy.connect().send("GET /slow HTTP/1.1\r\nhost: a\r\n\r\n");
            final TestClient half = proxy.connect().send("GET /half HTTP/1.1\r\nhost");
            TestProxy.await(() -> backend.requests().size() == 2, () -> "the slow request arrives");
            proxy.awaitCounter("http.in.downstream_cx_active", 4);
            TestProxy.await(() -> proxy.look().blocks() == 2, () -> "half a head is held, and one to send again");

            final TestClient silent = proxy.connect();
            proxy.awaitCounter("http.in.downstream_cx_active", 5);

            proxy.drain();
            proxy.look();

            // Their requests may be on their way: they are answered.
            assertEndsWith(idle.get("/idle"), idle);
            assertEndsWith(fresh.get("/fresh"), fresh);
            go.countDown();
            assertEndsWith(busy.read(), busy);
            half.send(": a\r\n\r\n");
            assertEndsWith(half.read(), half);
            final TestClient late = proxy.connect();
            assertEndsWith(late.get("/late"), late);
            proxy.awaitCounter("http.in.downstream_cx_drain_close", 5);

            proxy.stop(0);

            silent.assertEnd();
            proxy.awaitCounter("http.in.downstream_cx_drain_close", 6);

            TestProxy.await(() -> isRefused(proxy), () -> "new connections are refused");
        }
    }

    @Test
    void shouldEndConnectionsGraduallyAndAllOfThemInTheEnd() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x"));
            TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient client = proxy.connect();
            client.get("/");
            proxy.drain(Long.MAX_VALUE / 2);
            proxy.look();
            assertNull(client.get("/").header("connection"));
            assertNull(proxy.connect().get("/").header("connection"));
            // It is not begun anew, and a drain at once is not taken for a gradual one.
            proxy.drain();
            proxy.drain(Long.MAX_VALUE / 2);
            proxy.look();
            assertEndsWith(client.get("/"), client);
        }
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x"));
            TestProxy proxy = new TestProxy(backend).start())
        {
            proxy.drain(1);
            proxy.look();
            final TestClient late = proxy.connect();
            assertEndsWith(late.get("/"), late);
            proxy.awaitCounter("http.in.downstream_cx_drain_close", 1);
        }
    }

    @Test
    void shouldAnswerWhatIsOnItsWayWhenItStops() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x")); TestProxy proxy = new TestProxy(backend))
        {
            proxy.http.drainTimeoutNs = TimeUnit.MINUTES.toNanos(2);
            proxy.start();
            final TestClient used = proxy.connect();
            used.get("/");
            final TestClient fresh = proxy.connect();
            proxy.awaitCounter("http.in.downstream_cx_active", 2);

            proxy.stop(Long.MAX_VALUE);
            proxy.look();

            assertEndsWith(used.get("/idle"), used);
            assertEndsWith(fresh.get("/fresh"), fresh);
            proxy.awaitCounter("http.in.downstream_cx_drain_close", 2);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 9223372036854775807", "120000000000, 1"})
    void shouldEndWhenTheShorterGraceIsOver(final long drainTimeoutNs, final long graceNs) throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x")); TestProxy proxy = new TestProxy(backend))
        {
            proxy.http.drainTimeoutNs = drainTimeoutNs;
            proxy.start();
            final TestClient idle = proxy.connect();
            idle.get("/");

            proxy.stop(graceNs);

            idle.assertEnd();
            proxy.awaitCounter("http.in.downstream_cx_drain_close", 1);
            assertEquals(0, proxy.counter("http.in.downstream_cx_idle_timeout"));
        }
    }

    private static void assertEndsWith(final HttpMessage answer, final TestClient client) throws IOException
    {
        assertEquals(200, answer.status());
        assertEquals("close", answer.header("connection"));
        client.assertEnd();
    }

    private static boolean isRefused(final TestProxy proxy)
    {
        try (TestClient client = new TestClient(proxy.address()))
        {
            return client.in.read() < 0 && false;
        }
        catch (final ConnectException e)
        {
            return true;
        }
        catch (final IOException e)
        {
            return false;
        }
    }

    @Test
    void shouldSpreadConnectionsOverLoopsAndSumTheirCounters() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x"));
            TestProxy proxy = new TestProxy(backend))
        {
            proxy.loops = LOOPS;
            proxy.start();
            final List<TestClient> clients = new ArrayList<>();
            for (int i = 0; i < MANY; i++)
            {
                clients.add(proxy.connect());
            }
            for (final TestClient client : clients)
            {
                assertEquals("x", client.get("/").text());
            }
            assertEquals(MANY, proxy.counter("listener.l.downstream_cx_total"));
            assertEquals(MANY, proxy.counter("http.in.downstream_rq_2xx"));
            assertEquals(MANY, proxy.engine().activeConnections());
            for (int loop = 0; loop < LOOPS; loop++)
            {
                final long own = proxy.counter(loop, "http.in.downstream_cx_total");
                assertTrue(own > 0 && own < MANY, "loop " + loop + " has " + own);
                assertEquals(own, proxy.counter(loop, "http.in.downstream_rq_2xx"), "requests stay on their loop");
            }
            assertEquals(LOOPS, proxy.engine().threads().stream().distinct().count());
            assertThrows(IllegalArgumentException.class, () -> proxy.counter("no such counter"));
        }
    }
}
