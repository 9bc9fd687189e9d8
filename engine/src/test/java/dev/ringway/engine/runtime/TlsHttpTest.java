package dev.ringway.engine.runtime;

import dev.ringway.engine.route.Redirect;
import dev.ringway.engine.snapshot.CodecType;
import dev.ringway.engine.snapshot.Http2Options;
import dev.ringway.engine.tls.TlsFixture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import java.io.IOException;
import java.net.InetSocketAddress;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;

/** HTTP on encrypted listeners: which version is spoken, and what requests are told of it. */
@Timeout(180)
final class TlsHttpTest
{
    private TestProxy proxy;

    @AfterEach
    void shouldHoldNoContext()
    {
        assertEquals(1, proxy.tls.references());
        proxy.tls.release();
    }

    private TestProxy proxy(final TestBackend backend, final String... alpn)
    {
        proxy = new TestProxy(backend);
        proxy.tls = TlsFixture.listener(false, alpn);
        return proxy;
    }

    private SSLSocket connect(final String... alpn) throws IOException
    {
        final InetSocketAddress address = proxy.listen.inet();
        final SSLSocket socket = (SSLSocket)TlsFixture.jdkClient(false).getSocketFactory()
            .createSocket(address.getAddress(), address.getPort());
        socket.setSoTimeout(120_000);
        final SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(alpn);
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private HttpMessage get(final String fields) throws IOException
    {
        try (SSLSocket socket = connect())
        {
            socket.getOutputStream()
                .write(("GET /x HTTP/1.1\r\nhost: a:8443\r\n" + fields + "\r\n").getBytes(ISO_8859_1));
            return HttpMessage.read(socket.getInputStream(), false);
        }
    }

    @ParameterizedTest
    @CsvSource({"false, '', https", "false, http, http", "true, http, https", "true, '', https"})
    void shouldTellTheProtocolThatTheClientCameBy(
        final boolean isEdge, final String claimed, final String expected) throws Exception
    {
        try (TestBackend backend = TestBackend.answering(
                request -> TestBackend.ok(String.join(",", request.headers("x-forwarded-proto"))));
            TestProxy started = proxy(backend))
        {
            started.http.useRemoteAddress = isEdge;
            started.start();
            assertEquals(expected, get(claimed.isEmpty() ? "" : "x-forwarded-proto: " + claimed + "\r\n").text());
        }
    }

    @Test
    void shouldTellHttp2EndpointsTheScheme() throws Exception
    {
        try (TestBackend backend = Http2Peer.answering((peer, id, request) ->
            {
                final byte[] scheme = peer.streams.get(id).header(":scheme").getBytes(ISO_8859_1);
                peer.headers(id, false, ":status", "200");
                peer.data(id, true, scheme);
            });
            TestProxy started = proxy(backend))
        {
            started.upstreamHttp2 = Http2Options.DEFAULT;
            started.start();
            assertEquals("https", get("").text());
            assertEquals("http", get("x-forwarded-proto: http\r\n").text());
        }
    }

    @Test
    void shouldKeepTheSchemeInRedirects() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("")); TestProxy started = proxy(backend))
        {
            started.http.routes.put("/", HttpSettings.redirecting(
                302, Redirect.of(null, "b.example", -1, (byte[])null, (byte[])null, false), 1));
            started.start();
            assertEquals("https://b.example/x", get("").header("location"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"AUTO", "HTTP2"})
    void shouldSpeakHttp2WithClientsThatBeginWithItWhenNothingWasAgreed(final CodecType type) throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("hello")); TestProxy started = proxy(backend))
        {
            started.http.codecType = type;
            started.start();
            try (SSLSocket socket = connect())
            {
                assertEquals("hello", getByHttp2(socket));
            }
        }
    }

    private static String getByHttp2(final SSLSocket socket) throws IOException
    {
        final Http2Peer peer = Http2Peer.client(socket.getInputStream(), socket.getOutputStream());
        return peer.ask("/").text();
    }

    @Test
    void shouldSpeakWhatWasAgreedOn() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("hello"));
            TestProxy started = proxy(backend, "h2", "http/1.1").start())
        {
            try (SSLSocket socket = connect("http/1.1", "h2"))
            {
                assertEquals("h2", socket.getApplicationProtocol());
                assertEquals("hello", getByHttp2(socket));
            }
            try (SSLSocket socket = connect("http/1.1"))
            {
                assertEquals("http/1.1", socket.getApplicationProtocol());
                socket.getOutputStream().write(Http2Peer.PREFACE);
                assertEquals(505, HttpMessage.read(socket.getInputStream(), false).status());
            }
            try (SSLSocket socket = connect("spdy"))
            {
                assertEquals("", socket.getApplicationProtocol());
                assertEquals("hello", getByHttp2(socket));
            }
            // The first bytes of the last one tell what it is.
            assertEquals(2, started.counter("http.in.downstream_cx_http1_total"));
            assertEquals(2, started.counter("http.in.downstream_cx_http2_total"));
        }
    }
}
