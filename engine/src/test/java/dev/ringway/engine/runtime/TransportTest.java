package dev.ringway.engine.runtime;

import dev.ringway.engine.snapshot.Address;
import dev.ringway.engine.snapshot.Endpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * Other sockets than those of IPv4, and endpoints by turns.
 */
final class TransportTest
{
    @TempDir
    private Path folder;

    /** What a connection of a server on a unix socket does. */
    private interface Talk
    {
        void with(SocketChannel channel) throws IOException;
    }

    private static ServerSocketChannel serve(final Path path, final Talk talk) throws IOException
    {
        final ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(path));
        Thread.ofPlatform().daemon().start(() ->
        {
            try
            {
                while (true)
                {
                    try (SocketChannel channel = server.accept())
                    {
                        talk.with(channel);
                    }
                }
            }
            catch (final IOException e)
            {
                // Closed: the test is over.
            }
        });
        return server;
    }

    private TestProxy unixProxy(final Path upstream) throws Exception
    {
        final TestProxy proxy = new TestProxy();
        proxy.listen = Address.unix(folder.resolve("listen.sock").toString());
        proxy.endpoints.add(new Endpoint(Address.unix(upstream.toString()), "", 1));
        return proxy;
    }

    @Test
    void shouldServeHttpOverUnixSocketsOnBothSides() throws Exception
    {
        final Path upstream = folder.resolve("upstream.sock");
        final AtomicReference<HttpMessage> seen = new AtomicReference<>();
        try (ServerSocketChannel server = serve(upstream, channel ->
            {
                seen.set(HttpMessage.read(new BufferedInputStream(Channels.newInputStream(channel)), false));
                write(channel, ("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 5\r\n\r\n" +
                    seen.get().text()).getBytes(ISO_8859_1));
            });
            TestProxy proxy = unixProxy(upstream).start())
        {
            assertEquals(true, server.isOpen());
            for (int i = 0; i < 3; i++)
            {
                final TestClient client = proxy.connect();
                final HttpMessage answer =
                    client.send("POST /p HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nhello").read();
                assertEquals(200, answer.status());
                assertEquals("hello", answer.text());
                assertEquals("/p", seen.get().target());
                client.halfClose();
                client.assertEnd();
            }
        }
    }

    @Test
    void shouldRelayBytesOverUnixSocketsOnBothSides() throws Exception
    {
        final Path upstream = folder.resolve("upstream.sock");
        final byte[] bytes = new byte[3_000_000];
        new Random(5).nextBytes(bytes);
        try (ServerSocketChannel server = serve(upstream, channel ->
            Channels.newInputStream(channel).transferTo(Channels.newOutputStream(channel)));
            TestProxy proxy = unixProxy(upstream).tcp().start())
        {
            assertEquals(true, server.isOpen());
            final TestClient client = proxy.connect();
            final Thread sender = Thread.ofPlatform().start(() ->
            {
                try
                {
                    client.send(bytes).halfClose();
                }
                catch (final IOException e)
                {
                    throw new AssertionError(e);
                }
            });
            final byte[] back = client.in.readAllBytes();
            sender.join();
            assertArrayEquals(bytes, back);
        }
    }

    @Test
    void shouldSay503WhenNobodyListensOnTheUnixSocket() throws Exception
    {
        try (TestProxy proxy = unixProxy(folder.resolve("nobody.sock")).start())
        {
            final TestClient client = proxy.connect();
            assertEquals(503, client.get("/").status());
            assertEquals(503, client.get("/").status());
            assertEquals(2, proxy.counter("cluster.b.upstream_cx_connect_fail"));
        }
    }

    private static void write(final SocketChannel channel, final byte[] bytes) throws IOException
    {
        final ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining())
        {
            channel.write(buffer);
        }
    }

    @Test
    void shouldServeHttpOverIpv6OnBothSides() throws Exception
    {
        try (TestBackend backend = TestBackend.on("::1", link -> link.serve(request ->
                TestBackend.ok(request.header("x-forwarded-for") == null ? "none" : request.header("x-forwarded-for"))));
            TestProxy proxy = new TestProxy(backend))
        {
            proxy.http.useRemoteAddress = true;
            proxy.listen = Address.of(new InetSocketAddress("::1", TestProxy.freePort("::1")));
            proxy.start();
            final TestClient client = proxy.connect();
            assertEquals("::1", client.get("/").text());
            assertEquals("::1", client.get("/").text());
            assertEquals(1, backend.accepted());
        }
    }

    @Test
    void shouldRelayBytesOverIpv6OnBothSides() throws Exception
    {
        try (TestBackend backend = TestBackend.on("::1", link -> link.in.transferTo(link.out));
            TestProxy proxy = new TestProxy(backend).tcp())
        {
            proxy.listen = Address.of(new InetSocketAddress("::1", TestProxy.freePort("::1")));
            proxy.start();
            final TestClient client = proxy.connect();
            client.send("six").halfClose();
            final InputStream in = client.in;
            assertEquals("six", new String(in.readAllBytes(), ISO_8859_1));
        }
    }

    @Test
    void shouldTakeEndpointsByTurns() throws Exception
    {
        try (TestBackend one = TestBackend.answering(TestBackend.ok("1"));
            TestBackend two = TestBackend.answering(TestBackend.ok("2"));
            TestBackend three = TestBackend.answering(TestBackend.ok("3"));
            TestProxy proxy = new TestProxy(one, two, three).start())
        {
            final TestClient client = proxy.connect();
            final String[] turn = new String[3];
            for (int i = 0; i < 30; i++)
            {
                final String text = client.get("/").text();
                if (i < 3)
                {
                    turn[i] = text;
                }
                assertEquals(turn[i % 3], text, "request " + i);
            }
            Arrays.sort(turn);
            assertArrayEquals(new String[]{"1", "2", "3"}, turn);
            assertEquals(3, proxy.counter("cluster.b.upstream_cx_total"), "one connection to each is kept");
        }
    }
}
