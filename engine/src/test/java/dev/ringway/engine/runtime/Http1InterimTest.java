package dev.ringway.engine.runtime;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

final class Http1InterimTest
{
    @Test
    void shouldForwardProcessingAndEarlyHints() throws Exception
    {
        try (TestBackend backend = TestBackend.answering("HTTP/1.1 102 Processing\r\n\r\n" +
                "HTTP/1.1 103 Early Hints\r\nlink: </a.css>; rel=preload\r\ncontent-length: 0\r\n\r\n" + TestBackend.ok("x"));
            TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient client = proxy.connect().send("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
            assertEquals(102, client.read().status());
            final HttpMessage hints = client.read();
            assertEquals(103, hints.status());
            assertEquals("</a.css>; rel=preload", hints.header("link"));
            assertNull(hints.header("transfer-encoding"));
            assertNull(hints.header("content-length"));
            final HttpMessage response = client.read();
            assertEquals(200, response.status());
            assertEquals("x", response.text());
        }
    }

    @Test
    void shouldSwallowContinueOfTheEndpoint() throws Exception
    {
        try (TestBackend backend = TestBackend.answering("HTTP/1.1 100 Continue\r\n\r\n" + TestBackend.ok("x"));
            TestProxy proxy = new TestProxy(backend).start())
        {
            final HttpMessage response = proxy.connect().get("/");
            assertEquals(200, response.status());
            assertEquals("x", response.text());
        }
    }

    @Test
    void shouldAnswerExpectationsItself() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(request -> TestBackend.ok(request.text()));
            TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient client = proxy.connect();
            for (int i = 0; i < 3; i++)
            {
                client.send("POST / HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 4\r\n\r\n");
                final HttpMessage interim = client.read();
                assertEquals(100, interim.status());
                assertEquals(0, interim.fields().size());
                assertEquals("body", client.send("body").read().text());
                assertNull(backend.last().header("expect"));
            }
        }
    }

    @Test
    void shouldNotSayContinueWhenTheBodyIsThereOrEmpty() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(request -> TestBackend.ok(request.text()));
            TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient client = proxy.connect();
            client.send("POST / HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 0\r\n\r\n");
            assertEquals(200, client.read().status());
        }
    }

    @Test
    void shouldRefuseAnUpgradeThatNoRouteServes() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x"));
            TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient client = proxy.connect().send(
                "GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n");
            assertEquals(403, client.read().status());
            assertEquals(0, backend.accepted());
            assertEquals(1, proxy.counter("http.in.downstream_rq_ws_on_non_ws_route"));
        }
    }

    @Test
    void shouldTakeAnUnaskedSwitchOfProtocolsForAnError() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(
                "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n");
            TestProxy proxy = new TestProxy(backend).start())
        {
            final HttpMessage response = proxy.connect().get("/");
            assertEquals(502, response.status());
            assertFalse(response.text().isEmpty());
        }
    }
}
