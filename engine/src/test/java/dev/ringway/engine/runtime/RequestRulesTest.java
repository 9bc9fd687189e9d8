package dev.ringway.engine.runtime;

import dev.ringway.codecs.http.UnderscorePolicy;
import dev.ringway.engine.route.RequestRules;
import dev.ringway.engine.route.RequestRules.EscapedSlashes;
import org.junit.jupiter.api.Test;

import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What the rules do to a request on its way, in a running engine. */
final class RequestRulesTest
{
    private static RequestRules rules(final EscapedSlashes escaped, final int port, final boolean dot)
    {
        return new RequestRules(true, true, escaped, port, dot, true, UnderscorePolicy.ALLOW);
    }

    private static RequestRules underscores(final UnderscorePolicy policy)
    {
        return new RequestRules(false, false, EscapedSlashes.KEEP, RequestRules.NO_PORT, false, true, policy);
    }

    private static HttpMessage send(final TestProxy proxy, final String host, final String target) throws Exception
    {
        final HttpMessage response =
            proxy.connect().send("GET " + target + " HTTP/1.1\r\nhost: " + host + "\r\nx-end: 1\r\n\r\n").read();
        assertEquals(200, response.status());
        assertEquals("1", proxy.backends.get(0).last().header("x-end"));
        return proxy.backends.get(0).last();
    }

    @Test
    void shouldRouteAndForwardTheNormalPath() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x")); TestProxy proxy = new TestProxy(backend))
        {
            proxy.http.rules = rules(EscapedSlashes.FORWARD, RequestRules.NO_PORT, false);
            proxy.http.routes.put("/admin", HttpSettings.direct(403, ""));
            proxy.http.routes.put("/", proxy.http.toCluster(0));
            proxy.start();
            for (final String evil : List.of("/a/../admin", "/a/%2e%2e/admin", "/a%2f..%2fadmin", "//admin",
                "/x/..;y/admin", "/a\\..\\admin", "/%61dmin", "http://a/b/../admin"))
            {
                assertEquals(403, proxy.connect().get(evil).status(), evil);
            }
            assertEquals("/b?x=/../y", send(proxy, "a", "/a/../b?x=/../y").target());
            assertEquals("/%7Cb%7C?q|", send(proxy, "a", "/a/../|b|?q|").target());
            assertEquals("*", proxy.connect().send("OPTIONS * HTTP/1.1\r\nhost: a\r\n\r\n").read().status() == 404 ?
                "*" : "");
            assertEquals(400, proxy.connect().get("/%00").status());
            final String longer = "/" + "|".repeat(15_000);
            assertEquals(longer.replace("|", "%7C"), send(proxy, "a", longer).target());
        }
    }

    @Test
    void shouldSendTheClientToThePathWithSlashes() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x")); TestProxy proxy = new TestProxy(backend))
        {
            proxy.http.rules = rules(EscapedSlashes.REDIRECT, RequestRules.NO_PORT, false);
            proxy.start();
            final TestClient client = proxy.connect();
            final HttpMessage response = client.get("/a%2f..%2fb?q=%2f");
            assertEquals(307, response.status());
            assertEquals("/b?q=%2f", response.header("location"));
            final String longer = "/%2f" + "b".repeat(60_000);
            assertEquals("/" + "b".repeat(60_000), client.get(longer).header("location"));
            assertEquals(2, proxy.counter("http.in.downstream_rq_redirected_with_normalized_path"));
            assertEquals(200, client.get("/a").status());
            proxy.http.rules = rules(EscapedSlashes.REJECT, RequestRules.NO_PORT, false);
            proxy.publish();
            final HttpMessage refused = client.get("/a%2f..%2fb");
            assertEquals(400, refused.status());
            assertEquals("close", refused.header("connection"));
            client.assertEnd();
            assertEquals(1, proxy.counter("http.in.downstream_rq_failed_path_normalization"));
        }
    }

    @Test
    void shouldStripPortAndDotFromTheHost() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x")); TestProxy proxy = new TestProxy(backend))
        {
            proxy.http.rules = rules(EscapedSlashes.KEEP, RequestRules.ANY_PORT, false);
            proxy.start();
            assertHosts(proxy, "a:80=a", "a:=a:", "a=a", "[::1]:80=[::1]", "[::1]=[::1]", "a.:80=a.");
            assertEquals("q", send(proxy, "a", "http://q:8080/x").header("host"));
            proxy.http.rules = rules(EscapedSlashes.KEEP, 8080, false);
            proxy.publish();
            assertHosts(proxy, "a:80=a:80", "a:8080=a", "a:80800=a:80800".replace("80800", "8081"));
            proxy.http.rules = rules(EscapedSlashes.KEEP, RequestRules.NO_PORT, true);
            proxy.publish();
            assertHosts(proxy, "a.=a", "a.:80=a:80", "a..=a.", "a.b.:=a.b:", "a.b=a.b", "a:80=a:80", "[::1]:1=[::1]:1");
            proxy.http.rules = rules(EscapedSlashes.KEEP, RequestRules.ANY_PORT, true);
            proxy.publish();
            assertHosts(proxy, "a.:80=a", "a.=a", "a:1=a");
        }
    }

    private static void assertHosts(final TestProxy proxy, final String... pairs) throws Exception
    {
        for (final String pair : pairs)
        {
            final int at = pair.indexOf('=');
            assertEquals(pair.substring(at + 1), send(proxy, pair.substring(0, at), "/").header("host"), pair);
        }
    }

    @Test
    void shouldRefuseAbsoluteTargetsWhereTheyAreNotAllowed() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x")); TestProxy proxy = new TestProxy(backend))
        {
            proxy.http.rules = new RequestRules(
                false, false, EscapedSlashes.KEEP, RequestRules.NO_PORT, false, false, UnderscorePolicy.ALLOW);
            proxy.start();
            assertEquals(404, proxy.connect().get("http://a/").status());
            assertEquals(1, proxy.counter("http.in.downstream_rq_non_relative_path"));
            assertEquals(200, proxy.connect().get("/").status());
        }
    }

    @Test
    void shouldTreatUnderscoresInNamesAsToldTo() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x")); TestProxy proxy = new TestProxy(backend))
        {
            proxy.http.rules = underscores(UnderscorePolicy.DROP);
            proxy.start();
            final String fields = "x_y: 1\r\nx-z: 2\r\nContent_Length: 9\r\n";
            final TestClient client = proxy.connect();
            assertEquals(200, client.send("GET / HTTP/1.1\r\nhost: a\r\n" + fields + "\r\n").read().status());
            assertNull(backend.last().header("x_y"));
            assertNull(backend.last().header("content_length"));
            assertEquals("2", backend.last().header("x-z"));
            final String chunked = "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n0\r\n";
            assertEquals(200, client.send(chunked + "x_t: 1\r\nx-t: 2\r\n\r\n").read().status());
            assertNull(backend.last().trailer("x_t"));
            assertEquals("2", backend.last().trailer("x-t"));
            proxy.http.rules = underscores(UnderscorePolicy.REJECT);
            proxy.publish();
            final TestClient refused = proxy.connect();
            assertEquals(400, refused.send("GET / HTTP/1.1\r\nhost: a\r\n" + fields + "\r\n").read().status());
            refused.assertEnd();
            assertTrue(proxy.counter("http.in.downstream_cx_protocol_error") > 0);
            assertEquals(400, proxy.connect().send(chunked + "x_t: 1\r\n\r\n").read().status());
            assertEquals(200, proxy.connect().get("/").status());
        }
    }
}
