package dev.ringway.engine.runtime;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

final class LatencyTest
{
    @Test
    void shouldRecordRequestsAndConnections() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(request -> TestBackend.ok("x"));
            TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient client = proxy.connect();
            assertEquals(200, client.get("/").status());
            assertEquals(200, client.get("/").status());
            proxy.awaitCounter("http.in.downstream_rq_completed", 2);
            TestProxy.await(() -> proxy.samples("http.in.downstream_rq_time") == 2, () -> "two requests");
            proxy.look();
            assertEquals(2, proxy.samples("cluster.b.upstream_rq_time"));
            assertEquals(0, proxy.samples("http.in.downstream_cx_length_ms"));
            client.close();
            TestProxy.await(() -> proxy.samples("listener.l.downstream_cx_length_ms") == 1, () -> "one connection");
            proxy.look();
            assertEquals(1, proxy.samples("http.in.downstream_cx_length_ms"));
            assertEquals(0, proxy.samples("cluster.b.upstream_cx_length_ms"));
        }
    }

    @Test
    void shouldNotRecordAnEndpointThatWasNotAsked() throws Exception
    {
        try (TestProxy proxy = new TestProxy())
        {
            proxy.http.routes.put("/", HttpSettings.direct(200, "fine"));
            proxy.start();
            assertEquals(200, proxy.connect().get("/").status());
            TestProxy.await(() -> proxy.samples("http.in.downstream_rq_time") == 1, () -> "one request");
            proxy.look();
            assertEquals(0, proxy.samples("cluster.b.upstream_rq_time"));
        }
    }
}
