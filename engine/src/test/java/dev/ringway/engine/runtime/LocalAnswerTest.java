package dev.ringway.engine.runtime;

import dev.ringway.engine.route.Redirect;
import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

final class LocalAnswerTest
{
    @Test
    void shouldAnswerDirectlyAndKeepTheConnection() throws Exception
    {
        try (TestProxy proxy = new TestProxy())
        {
            proxy.http.routes.put("/health", HttpSettings.direct(200, "fine"));
            proxy.http.routes.put("/gone", HttpSettings.direct(410, ""));
            proxy.start();
            final TestClient client = proxy.connect();
            for (int i = 0; i < 3; i++)
            {
                final HttpMessage response = client.get("/health");
                assertEquals(200, response.status());
                assertEquals("fine", response.text());
                assertEquals("text/plain", response.header("content-type"));
                assertEquals("ringway", response.header("server"));
                assertNotNull(response.header("date"));
                assertEquals(410, client.get("/gone").status());
            }
            client.send("HEAD /health HTTP/1.1\r\nhost: a\r\n\r\n");
            final HttpMessage head = client.readHead();
            assertEquals("4", head.header("content-length"));
            assertEquals("fine", client.get("/health").text());
            assertEquals(8, proxy.counter("http.in.rq_direct_response"));
        }
    }

    @Test
    void shouldAnswerDirectlyBeforeALongBodyAndClose() throws Exception
    {
        try (TestProxy proxy = new TestProxy())
        {
            proxy.http.routes.put("/", HttpSettings.direct(403, "no"));
            proxy.start();
            final TestClient client =
                proxy.connect().send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100000\r\n\r\nsome");
            final HttpMessage response = client.read();
            assertEquals(403, response.status());
            assertEquals("close", response.header("connection"));
            client.assertEnd();
        }
    }

    @Test
    void shouldKeepTheConnectionWhenABodyCameWithTheHead() throws Exception
    {
        try (TestProxy proxy = new TestProxy())
        {
            proxy.http.routes.put("/", HttpSettings.direct(403, "no"));
            proxy.start();
            final TestClient client =
                proxy.connect().send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\n\r\nsomeGET / HTTP/1.1\r\n");
            final HttpMessage response = client.read();
            assertEquals(403, response.status());
            // Either is right as long as the bytes of the body are never taken for a request.
            if (response.header("connection") == null)
            {
                assertEquals(403, client.send("host: a\r\n\r\n").read().status());
            }
            else
            {
                client.assertEnd();
            }
        }
    }

    @Test
    void shouldRedirect() throws Exception
    {
        try (TestProxy proxy = new TestProxy())
        {
            proxy.http.routes.put("/https",
                HttpSettings.redirecting(301, Redirect.of("https", null, -1, null, null, false), 6));
            proxy.http.routes.put("/host",
                HttpSettings.redirecting(302, Redirect.of(null, "new.example", 8080, null, null, false), 5));
            proxy.http.routes.put("/path", HttpSettings.redirecting(
                307, Redirect.of(null, null, -1, "/elsewhere".getBytes(US_ASCII), null, true), 5));
            proxy.http.routes.put("/prefix", HttpSettings.redirecting(
                308, Redirect.of(null, null, -1, null, "/new".getBytes(US_ASCII), false), 7));
            proxy.start();
            final TestClient client = proxy.connect();
            assertRedirect(client.get("/https/x?q=1"), 301, "https://a/https/x?q=1");
            assertRedirect(client.get("/host/x"), 302, "http://new.example:8080/host/x");
            assertRedirect(client.get("/path/x?q=1"), 307, "http://a/elsewhere");
            assertRedirect(client.get("/prefix/x?q=1"), 308, "http://a/new/x?q=1");
            assertEquals(4, proxy.counter("http.in.rq_direct_response"));
        }
    }

    private static void assertRedirect(final HttpMessage response, final int status, final String location)
    {
        assertEquals(status, response.status());
        assertEquals(location, response.header("location"));
        assertEquals("0", response.header("content-length"));
    }

    @Test
    void shouldRewriteThePrefix() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(request -> TestBackend.ok(request.target()));
            TestProxy proxy = new TestProxy(backend))
        {
            proxy.http.routes.put("/api/", proxy.http.rewriting("/api/", "/"));
            proxy.http.routes.put("/long", proxy.http.rewriting("/long", "/" + "l".repeat(3000)));
            proxy.start();
            final TestClient client = proxy.connect();
            assertEquals("/v1/x?q=1", client.get("/api/v1/x?q=1").text());
            assertEquals("/api/v1/x?q=1", backend.last().header("x-envoy-original-path"));
            assertEquals("/" + "l".repeat(3000) + "/y", client.get("/long/y").text());
        }
    }

    @Test
    void shouldSay404WithoutARoute() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x"));
            TestProxy proxy = new TestProxy(backend))
        {
            proxy.http.routes.put("/known", proxy.http.toCluster(0));
            proxy.start();
            final TestClient client = proxy.connect();
            final HttpMessage response = client.get("/unknown");
            assertEquals(404, response.status());
            assertEquals("0", response.header("content-length"));
            assertNull(response.header("content-type"));
            assertEquals(200, client.get("/known").status());
            assertEquals(1, proxy.counter("http.in.no_route"));
            assertEquals(1, proxy.counter("http.in.downstream_rq_4xx"));
        }
    }

    @Test
    void shouldSay503WithoutACluster() throws Exception
    {
        try (TestProxy proxy = new TestProxy())
        {
            proxy.http.routes.put("/", proxy.http.toCluster(-1));
            proxy.start();
            assertEquals(503, proxy.connect().get("/").status());
            assertEquals(1, proxy.counter("http.in.no_cluster"));
        }
    }

    @Test
    void shouldSay503WithoutAnEndpoint() throws Exception
    {
        try (TestProxy proxy = new TestProxy().start())
        {
            final TestClient client = proxy.connect();
            final HttpMessage response = client.get("/");
            assertEquals(503, response.status());
            assertEquals("no healthy upstream", response.text());
            assertEquals(503, client.get("/").status());
            assertEquals(2, proxy.counter("cluster.b.upstream_cx_none_healthy"));
        }
    }

    @Test
    void shouldSendLongLocationsWhole() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x")); TestProxy proxy = new TestProxy(backend))
        {
            proxy.http.routes.put("/to", HttpSettings.redirecting(301,
                Redirect.of("https", "h".repeat(255), 65535, null, ("/" + "p".repeat(1023)).getBytes(US_ASCII), false), 3));
            proxy.http.routes.put("/new", proxy.http.rewriting("/new", "/old"));
            proxy.start();
            for (final int length : new int[]{1800, 1900, 2048, 10_000, 61_000})
            {
                final String rest = "r".repeat(length);
                assertEquals("https://" + "h".repeat(255) + ":65535/" + "p".repeat(1023) + rest,
                    proxy.connect().get("/to" + rest).header("location"), "length " + length);
            }
            final String rest = "/" + "r".repeat(20_000);
            assertEquals(200, proxy.connect().get("/new" + rest).status());
            assertEquals("/old" + rest, backend.last().target());
            assertEquals("/new" + rest, backend.last().header("x-envoy-original-path"));
            assertEquals(431, proxy.connect().get("/new/" + "r".repeat(40_000)).status());
            assertEquals(200, proxy.connect().get("/new").status());
        }
    }
}
