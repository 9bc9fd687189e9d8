package dev.ringway.engine.runtime;

import dev.ringway.engine.counters.TlsCounters;
import dev.ringway.engine.tls.TlsContext;
import dev.ringway.engine.tls.TlsFixture;
import dev.ringway.engine.tls.TlsFixture.Asks;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import java.io.IOException;
import java.net.InetSocketAddress;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** What is counted of handshakes on listeners. */
@Timeout(180)
final class TlsCountersTest
{
    private static final String SSL = "listener.l.ssl.";

    private TestBackend backend;
    private TestProxy proxy;

    @BeforeEach
    void start() throws IOException
    {
        backend = TestBackend.answering(TestBackend.ok("hello"));
        proxy = new TestProxy(backend);
    }

    @AfterEach
    void stop() throws IOException
    {
        proxy.close();
        backend.close();
        assertEquals(1, proxy.tls.references());
        proxy.tls.release();
    }

    private void start(final Asks asks) throws Exception
    {
        proxy.tls = TlsFixture.listener(new TlsCounters(proxy.registry(), SSL), asks);
        proxy.start();
    }

    private SSLSocket connect(final SSLContext context, final String version) throws IOException
    {
        final InetSocketAddress address = proxy.listen.inet();
        final SSLSocket socket =
            (SSLSocket)context.getSocketFactory().createSocket(address.getAddress(), address.getPort());
        socket.setSoTimeout(120_000);
        socket.setEnabledProtocols(new String[]{version});
        return socket;
    }

    private void get(final SSLContext context, final String version) throws IOException
    {
        try (SSLSocket socket = connect(context, version))
        {
            socket.getOutputStream().write("GET / HTTP/1.1\r\nhost: a\r\n\r\n".getBytes(ISO_8859_1));
            assertEquals("hello", HttpMessage.read(socket.getInputStream(), false).text());
        }
    }

    private void assertCounted(final String names)
    {
        for (final String name : names.split(" "))
        {
            assertEquals(1, proxy.counter(SSL + name), name);
        }
    }

    @Test
    void shouldCountWhatWasAgreedOn() throws Exception
    {
        start(Asks.NOTHING);
        final SSLContext client = TlsFixture.jdkClient(false);
        try (SSLSocket socket = connect(client, "TLSv1.2"))
        {
            socket.setEnabledCipherSuites(new String[]{"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"});
            socket.startHandshake();
        }
        proxy.awaitCounter(SSL + "handshake", 1);
        assertCounted("versions.TLSv1.2 ciphers.ECDHE-RSA-AES128-GCM-SHA256 no_certificate");
        try (SSLSocket socket = connect(client, "TLSv1.2"))
        {
            socket.setEnabledCipherSuites(new String[]{"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"});
            socket.startHandshake();
        }
        proxy.awaitCounter(SSL + "handshake", 2);
        assertCounted("ciphers.ECDHE-ECDSA-AES256-GCM-SHA384");
        try (SSLSocket socket = connect(TlsFixture.jdkClient(false), "TLSv1.3"))
        {
            socket.setEnabledCipherSuites(new String[]{"TLS_CHACHA20_POLY1305_SHA256"});
            socket.startHandshake();
        }
        proxy.awaitCounter(SSL + "handshake", 3);
        assertCounted("versions.TLSv1.3 ciphers.TLS_CHACHA20_POLY1305_SHA256");
        assertEquals(3, proxy.counter(SSL + "curves.X25519"));
        assertEquals(0, proxy.counter(SSL + "session_reused"));
        assertEquals(0, proxy.counter(SSL + "connection_error"));
    }

    @ParameterizedTest
    @CsvSource({"TLSv1.2, false", "TLSv1.3, false", "TLSv1.2, true", "TLSv1.3, true"})
    void shouldCountResumedSessions(final String version, final boolean isMutual) throws Exception
    {
        start(isMutual ? Asks.ALWAYS : Asks.NOTHING);
        final SSLContext client = TlsFixture.jdkClient(isMutual);
        get(client, version);
        get(client, version);
        proxy.awaitCounter(SSL + "handshake", 2);
        assertCounted("session_reused");
        assertEquals(isMutual ? 0 : 2, proxy.counter(SSL + "no_certificate"));
    }

    @ParameterizedTest
    @CsvSource({
        "ALWAYS, false, TLSv1.2, fail_verify_no_cert", "ALWAYS, false, TLSv1.3, fail_verify_no_cert",
        "FOR_ANOTHER_NAME, true, TLSv1.2, fail_verify_san", "FOR_ANOTHER_NAME, true, TLSv1.3, fail_verify_san",
        "FOR_ANOTHER_PIN, true, TLSv1.3, fail_verify_cert_hash"})
    void shouldCountRefusedClients(final Asks asks, final boolean shows, final String version, final String name)
        throws Exception
    {
        start(asks);
        try (SSLSocket socket = connect(TlsFixture.jdkClient(shows), version))
        {
            assertThrows(IOException.class, () ->
            {
                socket.startHandshake();
                socket.getInputStream().read();
            });
        }
        proxy.awaitCounter(SSL + name, 1);
        assertEquals(0, proxy.counter(SSL + "connection_error"));
        assertEquals(0, proxy.counter(SSL + "handshake"));
    }

    @Test
    void shouldCountClientsWhoseTimeIsOver() throws Exception
    {
        start(Asks.OPTIONALLY);
        get(TlsFixture.jdkClient(false), "TLSv1.3");
        proxy.awaitCounter(SSL + "no_certificate", 1);
        try (SSLSocket socket = connect(TlsFixture.jdkExpired(), "TLSv1.2"))
        {
            assertThrows(IOException.class, socket::startHandshake);
        }
        proxy.awaitCounter(SSL + "fail_verify_error", 1);
        assertEquals(0, proxy.counter(SSL + "connection_error"));
    }

    @Test
    void shouldCountWhatIsNotTls() throws Exception
    {
        start(Asks.NOTHING);
        proxy.connect().send("GET / HTTP/1.1\r\nhost: a\r\n\r\n").assertGone();
        proxy.awaitCounter(SSL + "connection_error", 1);
        assertEquals(0, proxy.counter(SSL + "handshake"));
    }

    @Test
    void shouldCloseAndCountHandshakesThatTakeTooLong() throws Exception
    {
        proxy.handshakeTimeoutNs = 100_000_000L;
        start(Asks.NOTHING);
        proxy.connect().send(new byte[]{22, 3, 1}).assertGone();
        proxy.awaitCounter("listener.l.downstream_cx_transport_socket_connect_timeout", 1);
        assertEquals(0, proxy.counter(SSL + "connection_error"));
    }

    @Test
    void shouldGiveBackTheContextOfAnOldSnapshotWhenItsConnectionsAreGone() throws Exception
    {
        start(Asks.NOTHING);
        final TlsContext old = proxy.tls;
        try (SSLSocket socket = connect(TlsFixture.jdkClient(false), "TLSv1.3"))
        {
            socket.startHandshake();
            proxy.publish();
            proxy.awaitReferences(old, 3);
            proxy.tls = TlsFixture.listener(new TlsCounters(proxy.registry(), SSL), Asks.NOTHING);
            proxy.publish();
            proxy.awaitReferences(old, 2);
            assertEquals(2, proxy.tls.references());
            socket.getOutputStream().write("GET / HTTP/1.1\r\nhost: a\r\n\r\n".getBytes(ISO_8859_1));
            assertEquals("hello", HttpMessage.read(socket.getInputStream(), false).text());
        }
        proxy.awaitReferences(old, 1);
        old.release();
        get(TlsFixture.jdkClient(false), "TLSv1.2");
    }
}
