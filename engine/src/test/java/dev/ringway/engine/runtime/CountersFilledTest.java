package dev.ringway.engine.runtime;

import dev.ringway.engine.counters.EndpointCounters;
import dev.ringway.engine.snapshot.CidrRanges;
import dev.ringway.engine.snapshot.Endpoint;
import org.junit.jupiter.api.Test;

import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Counters of ends and oddities that no other test reads. */
final class CountersFilledTest
{
    @Test
    void shouldTellWhoClosedAConnectionToAnEndpoint() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(
            "HTTP/1.1 200 OK\r\ncontent-length: 1\r\nconnection: close\r\n\r\nx");
            TestProxy proxy = new TestProxy(backend).start())
        {
            assertEquals(200, proxy.connect().get("/").status());
            proxy.awaitCounter("cluster.b.upstream_cx_destroy", 1);
            assertEquals(1, proxy.counter("cluster.b.upstream_cx_close_notify"));
            assertEquals(1, proxy.counter("cluster.b.upstream_cx_destroy_local") +
                proxy.counter("cluster.b.upstream_cx_destroy_remote"));
        }
    }

    private static String counted(final TestProxy proxy)
    {
        final EndpointCounters counters = proxy.engine().uses().of(0).hosts().newest().health(0).counters();
        final StringBuilder text = new StringBuilder();
        for (int id = 0; id < EndpointCounters.COUNT; id++)
        {
            text.append(counters.sum(id) == 0 ? "" : EndpointCounters.name(id) + '=' + counters.sum(id) + ' ');
        }
        return text.toString();
    }

    @Test
    void shouldCountForEachEndpoint() throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                for (HttpMessage request = link.read(); request != null; request = link.read())
                {
                    if (request.target().equals("/silence"))
                    {
                        link.awaitEnd();
                        return;
                    }
                    link.write("HTTP/1.1 " + request.target().substring(1) + " A\r\ncontent-length: 1\r\n\r\nx");
                }
            });
            TestProxy proxy = new TestProxy(backend))
        {
            proxy.http.useRemoteAddress = true;
            proxy.http.internal = new CidrRanges(List.of(new CidrRanges.Range(new byte[]{127, 0, 0, 0}, 8)));
            proxy.start();
            final TestClient client = proxy.connect();
            for (final String path : new String[]{"/200", "/404", "/500"})
            {
                assertEquals(path, "/" + client.get(path).status());
            }
            assertEquals("cx_total=1 rq_error=1 rq_success=2 rq_total=3 cx_active=1 ", counted(proxy));
            client.send("GET /silence HTTP/1.1\r\nhost: a\r\nx-envoy-upstream-rq-timeout-ms: 2000\r\n\r\n");
            TestProxy.await(() -> counted(proxy).endsWith("rq_total=4 cx_active=1 rq_active=1 "), () -> counted(proxy));
            assertEquals(504, client.read().status());
            TestProxy.await(() -> counted(proxy).equals("cx_total=1 rq_error=2 rq_success=2 rq_timeout=1 rq_total=4 "),
                () -> counted(proxy));
            assertEquals(1, proxy.samples("cluster.b.upstream_cx_connect_ms"));
            proxy.endpoints.set(0, new Endpoint(backend.address(), "other", 1));
            proxy.publish();
            assertEquals("cx_total=1 rq_error=2 rq_success=2 rq_timeout=1 rq_total=4 ", counted(proxy));
        }
    }

    @Test
    void shouldTellThatAnEndpointClosed() throws Exception
    {
        try (TestBackend backend = TestBackend.closingAfter("HTTP/1.1 200 OK\r\n\r\nx");
            TestProxy proxy = new TestProxy(backend).start())
        {
            assertEquals(200, proxy.connect().get("/").status());
            proxy.awaitCounter("cluster.b.upstream_cx_destroy_remote", 1);
            proxy.awaitCounter("cluster.b.upstream_cx_destroy", 1);
            assertEquals(0, proxy.counter("cluster.b.upstream_cx_destroy_local"));
        }
    }

    @Test
    void shouldCountRequestsThatFailWithTheirConnection() throws Exception
    {
        try (TestProxy proxy = new TestProxy().refused().start())
        {
            assertEquals(503, proxy.connect().get("/").status());
            assertEquals(1, proxy.counter("cluster.b.upstream_rq_pending_failure_eject"));
            assertEquals(1, proxy.counter("cluster.b.upstream_cx_connect_fail"));
            TestProxy.await(() -> counted(proxy).equals("cx_connect_fail=1 cx_total=1 rq_error=1 "),
                () -> counted(proxy));
            assertEquals(0, proxy.samples("cluster.b.upstream_cx_connect_ms"));
        }
    }

    @Test
    void shouldCountARequestThatItsClientGaveUp() throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                link.read();
                link.awaitEnd();
            });
            TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient client = proxy.connect().send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\n1");
            proxy.awaitCounter("cluster.b.upstream_rq_active", 1);
            client.close();
            proxy.awaitCounter("cluster.b.upstream_cx_destroy_local_with_active_rq", 1);
            proxy.awaitCounter("http.in.downstream_cx_destroy_remote", 1);
            assertEquals(0, proxy.counter("http.in.downstream_cx_destroy_local"));
            assertEquals(1, proxy.counter("http.in.downstream_cx_destroy_remote_active_rq"));
        }
    }

    @Test
    void shouldCountInterimResponses() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(
            "HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n" + TestBackend.ok("x"));
            TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient client = proxy.connect().send("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
            assertEquals(103, client.read().status());
            assertEquals(200, client.read().status());
            assertEquals(1, proxy.counter("http.in.downstream_rq_1xx"));
            assertEquals(1, proxy.counter("cluster.b.upstream_rq_1xx"));
            assertEquals(1, proxy.counter("cluster.b.upstream_rq_2xx"));
        }
    }

    @Test
    void shouldTellWhoClosedAConnectionOfAClient() throws Exception
    {
        try (TestProxy proxy = new TestProxy())
        {
            proxy.http.routes.put("/", HttpSettings.direct(200, "fine"));
            proxy.start();
            final TestClient closed =
                proxy.connect().send("GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
            assertEquals(200, closed.read().status());
            proxy.awaitCounter("http.in.downstream_cx_destroy", 1);
            assertEquals(1, proxy.counter("http.in.downstream_cx_destroy_local"));
            final TestClient closing = proxy.connect();
            assertEquals(200, closing.get("/").status());
            closing.close();
            proxy.awaitCounter("http.in.downstream_cx_destroy", 2);
            assertEquals(1, proxy.counter("http.in.downstream_cx_destroy_remote"));
        }
    }
}
