package dev.ringway.engine.runtime;

import dev.ringway.engine.counters.LoopHealthCounters;
import dev.ringway.engine.tls.TlsContext;
import dev.ringway.engine.tls.TlsFixture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Listeners whose connections are encrypted, with the JDK's clients. */
final class TlsListenerTest
{
    private static final int MUCH = 3_000_000;

    private static SSLSocket connect(final TestProxy proxy, final String version, final boolean shows)
        throws IOException
    {
        final InetSocketAddress address = proxy.listen.inet();
        final SSLSocket socket = (SSLSocket)TlsFixture.jdkClient(shows).getSocketFactory()
            .createSocket(address.getAddress(), address.getPort());
        socket.setSoTimeout(120_000);
        socket.setEnabledProtocols(new String[]{version});
        return socket;
    }

    private static byte[] random(final int length)
    {
        final byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static TestProxy proxy(final TlsContext tls, final TestBackend backend) throws Exception
    {
        final TestProxy proxy = new TestProxy(backend);
        proxy.tls = tls;
        return proxy;
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void shouldAnswerRequestsOnOneConnection(final String version) throws Exception
    {
        final TlsContext tls = TlsFixture.listener(false);
        final String body = "x".repeat(200_000);
        try (TestBackend backend = TestBackend.answering(TestBackend.ok(body));
            TestProxy proxy = proxy(tls, backend).start();
            SSLSocket socket = connect(proxy, version, false))
        {
            for (int i = 0; i < 20; i++)
            {
                socket.getOutputStream().write("GET / HTTP/1.1\r\nhost: a\r\n\r\n".getBytes(ISO_8859_1));
                final HttpMessage answer = HttpMessage.read(socket.getInputStream(), false);
                assertEquals(body, answer.text());
            }
        }
        assertEquals(1, tls.references());
        tls.release();
    }

    /** The client's chain is verified, which is a worker's where there is one. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void shouldVerifyOnTheLoopWhereThereAreNoWorkers(final int workers) throws Exception
    {
        final TlsContext tls = TlsFixture.listener(true);
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x")); TestProxy proxy = proxy(tls, backend))
        {
            proxy.handshakeWorkers = workers;
            proxy.start();
            final LoopHealthCounters ids = new LoopHealthCounters(proxy.registry());
            try (SSLSocket socket = connect(proxy, "TLSv1.3", true))
            {
                socket.getOutputStream().write("GET / HTTP/1.1\r\nhost: a\r\n\r\n".getBytes(ISO_8859_1));
                assertEquals("x", HttpMessage.read(socket.getInputStream(), false).text());
            }
            proxy.engine().publishHealth(ids);
            proxy.awaitCounter("loop.snapshot_version", 1);
            assertEquals(workers == 0, proxy.counter("loop.handshakes_on_loop") > 0);
        }
        assertEquals(1, tls.references());
        tls.release();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void shouldRelayBothWaysAndEndInOrder(final String version) throws Exception
    {
        final TlsContext tls = TlsFixture.listener(false);
        final byte[] bytes = random(MUCH);
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                link.out.write(link.in.readAllBytes());
                link.socket.shutdownOutput();
            });
            TestProxy proxy = proxy(tls, backend).tcp().start();
            SSLSocket socket = connect(proxy, version, false))
        {
            socket.startHandshake();
            final CompletableFuture<byte[]> received = CompletableFuture.supplyAsync(() -> readAll(socket));
            socket.getOutputStream().write(bytes);
            socket.shutdownOutput();
            assertArrayEquals(bytes, received.get());
        }
        assertEquals(1, tls.references());
        tls.release();
    }

    private static byte[] readAll(final SSLSocket socket)
    {
        try
        {
            // Without close_notify this throws.
            return socket.getInputStream().readAllBytes();
        }
        catch (final IOException e)
        {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void shouldSpeakHttp2WhenBothAgreeOnIt() throws Exception
    {
        final TlsContext tls = TlsFixture.listener(false, "h2", "http/1.1");
        final String body = "y".repeat(100_000);
        try (TestBackend backend = TestBackend.answering(TestBackend.ok(body));
            TestProxy proxy = proxy(tls, backend).start();
            HttpClient client = HttpClient.newBuilder().sslContext(TlsFixture.jdkClient(false)).build())
        {
            final URI uri = URI.create("https://localhost:" + proxy.listen.inet().getPort() + "/");
            final List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
            for (int i = 0; i < 50; i++)
            {
                final HttpRequest request =
                    HttpRequest.newBuilder(uri).POST(BodyPublishers.ofByteArray(random(50_000))).build();
                answers.add(client.sendAsync(request, BodyHandlers.ofString()));
            }
            for (final CompletableFuture<HttpResponse<String>> answer : answers)
            {
                assertEquals(HttpClient.Version.HTTP_2, answer.get().version());
                assertEquals(body, answer.get().body());
            }
        }
        tls.release();
    }

    @Test
    void shouldAskForACertificate() throws Exception
    {
        final TlsContext tls = TlsFixture.listener(true);
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("hello"));
            TestProxy proxy = proxy(tls, backend).start())
        {
            try (SSLSocket socket = connect(proxy, "TLSv1.3", true))
            {
                socket.getOutputStream().write("GET / HTTP/1.1\r\nhost: a\r\n\r\n".getBytes(ISO_8859_1));
                assertEquals("hello", HttpMessage.read(socket.getInputStream(), false).text());
            }
            try (SSLSocket socket = connect(proxy, "TLSv1.2", false))
            {
                final IOException refusal = assertThrows(IOException.class, socket::startHandshake);
                assertTrue(refusal instanceof SSLException || refusal instanceof SocketException);
            }
        }
        assertEquals(1, tls.references());
        tls.release();
    }

    @Test
    void shouldEndPlainConnections() throws Exception
    {
        final TlsContext tls = TlsFixture.listener(false);
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("hello"));
            TestProxy proxy = proxy(tls, backend).start())
        {
            proxy.connect().send("GET / HTTP/1.1\r\nhost: a\r\n\r\n").assertGone();
            proxy.awaitCounter("listener.l.downstream_cx_active", 0);
        }
        assertEquals(1, tls.references());
        tls.release();
    }

    @Test
    void shouldKeepNothingOfHandshakesThatEndEarly() throws Exception
    {
        final TlsContext tls = TlsFixture.listener(false);
        final byte[] hello = hello();
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("hello"));
            TestProxy proxy = proxy(tls, backend).start())
        {
            for (int i = 0; i < 300; i++)
            {
                try (TestClient client = new TestClient(proxy.address()))
                {
                    if (i % 3 == 0)
                    {
                        client.reset();
                    }
                    else
                    {
                        client.out.write(hello, 0, 1 + i % hello.length);
                    }
                }
            }
            // None is still to be accepted.
            proxy.awaitCounter("listener.l.downstream_cx_total", 300);
            proxy.awaitCounter("listener.l.downstream_cx_active", 0);
            proxy.awaitReferences(tls, 2);
        }
        assertEquals(1, tls.references());
        tls.release();
    }

    /** What a client of the JDK begins with. */
    private static byte[] hello() throws IOException
    {
        final var engine = TlsFixture.jdkClient(false).createSSLEngine();
        engine.setUseClientMode(true);
        final var out = java.nio.ByteBuffer.allocate(1 << 15);
        engine.wrap(java.nio.ByteBuffer.allocate(0), out);
        final byte[] hello = new byte[out.position()];
        out.flip().get(hello);
        return hello;
    }

    @Test
    void shouldCarryWhatOneSideSendsInSmallPieces() throws Exception
    {
        final TlsContext tls = TlsFixture.listener(false);
        try (TestBackend backend = TestBackend.scripted(link -> link.in.transferTo(link.out));
            TestProxy proxy = proxy(tls, backend).tcp().start();
            SSLSocket socket = connect(proxy, "TLSv1.3", false))
        {
            final InputStream in = socket.getInputStream();
            for (int i = 1; i < 200; i++)
            {
                final byte[] piece = random(i * 7);
                socket.getOutputStream().write(piece);
                assertArrayEquals(piece, in.readNBytes(piece.length));
            }
        }
        tls.release();
    }
}
