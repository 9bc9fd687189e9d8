package dev.ringway.engine.runtime;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

final class Http1BodyTest
{
    private static final String CHUNKED_POST = "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n";

    private static byte[] bytes(final int length)
    {
        final byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    @Test
    void shouldCarryBodiesOfKnownLengthBothWays() throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                HttpMessage request;
                while ((request = link.read()) != null)
                {
                    link.write("HTTP/1.1 200 OK\r\ncontent-length: " + request.body().length + "\r\n\r\n");
                    link.out.write(request.body());
                }
            });
            TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient client = proxy.connect();
            for (final int length : new int[]{0, 1, 2047, 2048, 4096, 65_535, 65_536, 65_537, 300_000})
            {
                final byte[] body = bytes(length);
                client.send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: " + length + "\r\n\r\n").send(body);
                final HttpMessage response = client.read();
                assertArrayEquals(body, response.body(), "length " + length);
                assertEquals(String.valueOf(length), backend.last().header("content-length"));
                assertNull(response.header("transfer-encoding"));
            }
        }
    }

    @Test
    void shouldFrameAChunkedRequestAnew() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(request -> TestBackend.ok(request.text()));
            TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient client = proxy.connect();
            client.send(CHUNKED_POST + "3;name=value\r\nfoo\r\n00004\r\nbars\r\n0\r\n\r\n");
            assertEquals("foobars", client.read().text());
            assertEquals("chunked", backend.last().header("transfer-encoding"));
            assertNull(backend.last().header("content-length"));
        }
    }

    @Test
    void shouldTakeAChunkedRequestSplitAnywhere() throws Exception
    {
        final byte[] message =
            (CHUNKED_POST + "5\r\nhello\r\n1\r\n!\r\n0\r\nx-sum: 1\r\n\r\n").getBytes(ISO_8859_1);
        try (TestBackend backend = TestBackend.answering(
                request -> TestBackend.ok(request.text() + request.trailer("x-sum")));
            TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient client = proxy.connect();
            for (int split = 1; split < message.length; split++)
            {
                client.out.write(message, 0, split);
                proxy.look();
                client.out.write(message, split, message.length - split);
                final String text = client.read().text();
                assertEquals("hello!1", text, "split at " + split);
            }
        }
    }

    @Test
    void shouldTakeAChunkedResponseSplitAnywhere() throws Exception
    {
        final byte[] message = ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" +
            "5\r\nhello\r\n1\r\n!\r\n0\r\nx-sum: 1\r\n\r\n").getBytes(ISO_8859_1);
        final TestProxy[] running = new TestProxy[1];
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                for (int split = 1; link.read() != null; split++)
                {
                    link.out.write(message, 0, split);
                    running[0].look();
                    link.out.write(message, split, message.length - split);
                }
            });
            TestProxy proxy = new TestProxy(backend).start())
        {
            running[0] = proxy;
            final TestClient client = proxy.connect();
            for (int split = 1; split < message.length; split++)
            {
                final HttpMessage response = client.get("/");
                assertEquals("hello!", response.text(), "split at " + split);
                assertEquals("1", response.trailer("x-sum"), "split at " + split);
            }
            assertEquals(1, backend.accepted());
        }
    }

    @Test
    void shouldCarryALargeChunkedResponse() throws Exception
    {
        final byte[] body = bytes(1_000_000);
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                while (link.read() != null)
                {
                    link.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
                    for (int at = 0; at < body.length; at += 77_777)
                    {
                        final byte[] piece = Arrays.copyOfRange(body, at, Math.min(body.length, at + 77_777));
                        link.write(Integer.toHexString(piece.length) + "\r\n");
                        link.out.write(piece);
                        link.write("\r\n");
                    }
                    link.write("0\r\n\r\n");
                }
            });
            TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient client = proxy.connect();
            assertArrayEquals(body, client.get("/").body());
            assertArrayEquals(body, client.get("/").body());
        }
    }

    @Test
    void shouldPassTrailersOnlyWhereBothSidesEnableThem() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n0\r\nx-sum: 1\r\n\r\n");
            TestProxy proxy = new TestProxy(backend))
        {
            proxy.start();
            for (int i = 0; i < 4; i++)
            {
                proxy.http.enableTrailers = (i & 1) != 0;
                proxy.enableUpstreamTrailers = (i & 2) != 0;
                proxy.publish();
                final TestClient client = proxy.connect();
                for (int round = 0; round < 2; round++)
                {
                    client.send(CHUNKED_POST + "3\r\nfoo\r\n0\r\nX-Sum: 2\r\nx-empty:\r\n\r\n");
                    final HttpMessage response = client.read();
                    assertEquals("ab", response.text());
                    assertEquals(i == 3 ? "1" : null, response.trailer("x-sum"), "case " + i);
                    assertEquals("foo", backend.last().text());
                    assertEquals(i == 3 ? "2" : null, backend.last().trailer("x-sum"), "case " + i);
                    assertEquals(i == 3 ? "" : null, backend.last().trailer("x-empty"), "case " + i);
                }
            }
        }
    }

    @Test
    void shouldCarryTrailersOfARequestThatWaited() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(request -> TestBackend.ok(request.trailer("x-sum")));
            TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient client = proxy.connect();
            client.send(CHUNKED_POST + "0\r\nx-sum: " + "s".repeat(20_000) + "\r\n\r\n");
            assertEquals("s".repeat(20_000), client.read().text());
        }
    }

    @Test
    void shouldSendNoBodyForHeadButKeepItsLength() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(request -> request.method().equals("HEAD") ?
                "HTTP/1.1 200 OK\r\ncontent-length: 1234\r\n\r\n" : TestBackend.ok("next"));
            TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient client = proxy.connect().send("HEAD / HTTP/1.1\r\nhost: a\r\n\r\n");
            final HttpMessage response = client.readHead();
            assertEquals(200, response.status());
            assertEquals("1234", response.header("content-length"));
            assertEquals("next", client.get("/").text());
            assertEquals(1, backend.accepted());
        }
    }

    @Test
    void shouldNotFrameAHeadResponseWithoutALength() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(request -> request.method().equals("HEAD") ?
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" : TestBackend.ok("next"));
            TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient client = proxy.connect().send("HEAD / HTTP/1.1\r\nhost: a\r\n\r\n");
            assertEquals(200, client.readHead().status());
            assertEquals("next", client.get("/").text());
            assertEquals(1, backend.accepted());
        }
    }

    @Test
    void shouldTake204And304AsWhole() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(request -> switch (request.target())
            {
                case "/204" -> "HTTP/1.1 204 No Content\r\n\r\n";
                case "/204/0" -> "HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n";
                case "/304" -> "HTTP/1.1 304 Not Modified\r\ncontent-length: 77\r\netag: \"x\"\r\n\r\n";
                default -> TestBackend.ok("next");
            });
            TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient client = proxy.connect();
            for (final String path : List.of("/204", "/204/0"))
            {
                final HttpMessage noContent = client.get(path);
                assertEquals(204, noContent.status());
                assertNull(noContent.header("content-length"));
                assertNull(noContent.header("transfer-encoding"));
            }
            final HttpMessage notModified = client.get("/304");
            assertEquals(304, notModified.status());
            assertEquals("\"x\"", notModified.header("etag"));
            assertEquals("next", client.get("/").text());
            assertEquals(1, backend.accepted());
        }
    }

    @Test
    void shouldFrameACloseDelimitedResponse() throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                link.read();
                link.write("HTTP/1.1 200 OK\r\n\r\nsome");
                link.write(" text");
            });
            TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient client = proxy.connect();
            for (int i = 0; i < 3; i++)
            {
                final HttpMessage response = client.get("/");
                assertEquals("some text", response.text());
                assertEquals("chunked", response.header("transfer-encoding"));
            }
            assertEquals(3, backend.accepted());
        }
    }

    @Test
    void shouldPassAnAnswerThatComesBeforeTheRequestEnds() throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                link.readHead();
                link.write("HTTP/1.1 413 Content Too Large\r\ncontent-length: 2\r\n\r\nno");
                link.awaitEnd();
            });
            TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient client =
                proxy.connect().send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100000\r\n\r\nsome");
            final HttpMessage response = client.read();
            assertEquals(413, response.status());
            assertEquals("no", response.text());
            assertEquals("close", response.header("connection"));
            client.assertEnd();
            assertEquals(1, proxy.counter("http.in.downstream_rq_response_before_rq_complete"));
        }
    }

    @Test
    void shouldStreamAResponseWhileTheRequestBodyStillFlows() throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                link.readHead();
                link.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
                for (int i = 0; i < 10; i++)
                {
                    final byte[] piece = link.in.readNBytes(10);
                    link.write("a\r\n" + new String(piece, ISO_8859_1) + "\r\n");
                }
                link.write("0\r\n\r\n");
                link.awaitEnd();
            });
            TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient client =
                proxy.connect().send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\n");
            assertEquals(200, client.readHead().status());
            for (int i = 0; i < 10; i++)
            {
                client.send("0123456789");
                assertEquals("a\r\n0123456789\r\n", new String(client.in.readNBytes(15), ISO_8859_1));
            }
            assertEquals("0\r\n\r\n", new String(client.in.readNBytes(5), ISO_8859_1));
        }
    }
}
