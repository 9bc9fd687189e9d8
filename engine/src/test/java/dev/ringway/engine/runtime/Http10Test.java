package dev.ringway.engine.runtime;

import org.junit.jupiter.api.Test;

import java.util.List;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

final class Http10Test
{
    private static TestProxy accepting(final TestBackend backend) throws Exception
    {
        final TestProxy proxy = new TestProxy(backend);
        proxy.http.acceptHttp10 = true;
        return proxy.start();
    }

    @Test
    void shouldRefuseByDefault() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x"));
            TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient client = proxy.connect().send("GET / HTTP/1.0\r\nhost: a\r\n\r\n");
            final HttpMessage response = client.read();
            assertEquals(426, response.status());
            assertEquals("close", response.header("connection"));
            client.assertEnd();
            assertEquals(0, backend.accepted());
        }
    }

    @Test
    void shouldCloseAfterTheResponse() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x"));
            TestProxy proxy = accepting(backend))
        {
            final TestClient client = proxy.connect().send("GET / HTTP/1.0\r\nhost: a\r\n\r\n");
            final HttpMessage response = client.read();
            assertTrue(response.startLine().startsWith("HTTP/1.0 200"), response.startLine());
            assertEquals("x", response.text());
            client.assertEnd();
            assertTrue(backend.last().startLine().endsWith("HTTP/1.1"));
        }
    }

    @Test
    void shouldKeepTheConnectionWhenAsked() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x"));
            TestProxy proxy = accepting(backend))
        {
            final TestClient client = proxy.connect();
            for (int i = 0; i < 3; i++)
            {
                client.send("GET / HTTP/1.0\r\nhost: a\r\nconnection: keep-alive\r\n\r\n");
                final HttpMessage response = client.read();
                assertEquals("x", response.text());
                assertEquals("keep-alive", response.header("connection"));
            }
        }
    }

    @Test
    void shouldEndAResponseOfUnknownLengthWithTheConnection() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nfoo\r\n3\r\nbar\r\n0\r\n\r\n");
            TestProxy proxy = accepting(backend))
        {
            final TestClient client =
                proxy.connect().send("GET / HTTP/1.0\r\nhost: a\r\nconnection: keep-alive\r\n\r\n");
            final HttpMessage response = client.read();
            assertNull(response.header("transfer-encoding"));
            assertEquals("foobar", response.text());
            client.assertEnd();
        }
    }

    @Test
    void shouldNotForwardInterimResponses() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(
                "HTTP/1.1 103 Early Hints\r\n\r\n" + TestBackend.ok("x"));
            TestProxy proxy = accepting(backend))
        {
            final TestClient client = proxy.connect().send("GET / HTTP/1.0\r\nhost: a\r\n\r\n");
            assertEquals(200, client.read().status());
            client.assertEnd();
        }
    }

    @Test
    void shouldGiveARequestWithoutHostTheDefault() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(request -> TestBackend.ok(request.text()));
            TestProxy proxy = new TestProxy(backend))
        {
            proxy.http.acceptHttp10 = true;
            proxy.http.defaultHost = "old.example:80";
            proxy.start();
            final TestClient client = proxy.connect();
            client.send("POST /x?y HTTP/1.0\r\nconnection: keep-alive\r\ncontent-length: 3\r\nx-a: b\r\n\r\nabc");
            assertEquals("abc", client.read().text());
            assertEquals(List.of("old.example:80"), backend.last().headers("host"));
            assertEquals("/x?y", backend.last().target());
            assertEquals("b", backend.last().header("x-a"));
            client.send("GET / HTTP/1.0\r\nhost: b\r\nconnection: keep-alive\r\n\r\n").read();
            assertEquals(List.of("b"), backend.last().headers("host"));
            client.send("GET / HTTP/1.1\r\n\r\n");
            assertEquals(400, client.read().status());
        }
    }

    @Test
    void shouldRouteADefaultHostThroughAConnectionThatIsNotThereYet() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x"));
            TestProxy proxy = new TestProxy(backend).bearing(1, 10, 10))
        {
            proxy.http.acceptHttp10 = true;
            proxy.http.defaultHost = "old.example";
            proxy.start();
            final TestClient[] clients = new TestClient[4];
            for (int i = 0; i < clients.length; i++)
            {
                clients[i] = proxy.connect().send("GET /" + i + " HTTP/1.0\r\n\r\n");
            }
            for (final TestClient client : clients)
            {
                assertEquals("x", client.read().text());
                client.assertEnd();
            }
            assertEquals(List.of("old.example"), backend.last().headers("host"));
            proxy.http.routes.put("/", HttpSettings.direct(200, "d"));
            proxy.publish();
            assertEquals("d", proxy.connect().send("GET / HTTP/1.0\r\n\r\n").read().text());
        }
    }

    @Test
    void shouldRefuseAMissingHostWithoutADefault() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x"));
            TestProxy proxy = accepting(backend))
        {
            final TestClient client = proxy.connect().send("GET / HTTP/1.0\r\n\r\n");
            assertEquals(400, client.read().status());
            client.assertEnd();
            assertEquals(0, backend.accepted());
        }
    }

    /** Where only the end tells that a response is whole, an orderly one would lie. */
    @Test
    void shouldResetAClientThatEndsItsSideWithinAResponseThatEndsWithTheConnection() throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                link.readHead();
                link.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n");
                link.awaitEnd();
            });
            TestProxy proxy = accepting(backend))
        {
            final TestClient client = proxy.connect().send("GET /a HTTP/1.0\r\nhost: a\r\n\r\n");
            assertEquals(200, client.readHead().status());
            assertEquals("ok", new String(client.in.readNBytes(2), ISO_8859_1));
            client.halfClose();
            client.assertReset();
        }
    }
}
