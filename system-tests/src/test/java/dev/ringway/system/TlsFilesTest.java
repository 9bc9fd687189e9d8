package dev.ringway.system;

import dev.ringway.system.Certificates.Certified;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import javax.net.ssl.SSLSocket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.util.Map;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Certificate files that change under a Ringway process. */
@Timeout(300)
final class TlsFilesTest
{
    @TempDir
    private static Path common;

    private static Certificates certificates;
    private static Certified first;
    private static Certified second;

    @TempDir
    private Path directory;

    private Path shown;
    private Origin origin;
    private Program ringway;
    private Admin admin;
    private Map<String, Long> gauges;
    private int port;

    @BeforeAll
    static void certify() throws Exception
    {
        certificates = new Certificates(common, "ca");
        first = certificates.ecdsa("first", "dns:localhost");
        second = certificates.ecdsa("second", "dns:localhost");
    }

    @BeforeEach
    void start() throws Exception
    {
        origin = new Origin(Map.of());
        port = Program.freePort();
        shown = Files.createDirectory(directory.resolve("shown"));
    }

    private void serve(final Path certificate, final Path key) throws Exception
    {
        serve(certificate, key, "", "");
    }

    private void serve(final Path certificate, final Path key, final String ahead, final String more)
        throws Exception
    {
        serve(certificate, key, ahead, more, "");
    }

    private void serve(
        final Path certificate, final Path key, final String ahead, final String more, final String cluster)
        throws Exception
    {
        final int adminPort = Program.freePort();
        final Path file = Files.writeString(directory.resolve("ringway.yaml"), Bootstraps.admin(adminPort) +
            Bootstraps.http("tls", Bootstraps.tcpAddress("127.0.0.1", port), "drain_timeout: 0.5s",
                "- match: { prefix: \"/\" }\n  route: { cluster: origin }\n") +
            Bootstraps.downstreamTls(ahead + "common_tls_context: { tls_certificates: [ { certificate_chain: { filename: \"" +
                certificate + "\" }, private_key: { filename: \"" + key + "\" } } ]" + more + " }") + "  clusters:\n" +
            Bootstraps.cluster("origin", "STATIC", Bootstraps.tcpAddress("127.0.0.1", origin.port())) + cluster);
        admin = new Admin(adminPort);
        ringway = Program.ringway(directory, "-c", file.toString(), "--concurrency", "2");
        ringway.awaitPort(adminPort).awaitPort(port);
        gauges = admin.firstGauges();
    }

    @AfterEach
    void stop() throws Exception
    {
        origin.close();
        try (Program closed = ringway)
        {
            assertTrue(closed.isAlive(), closed.output());
            admin.awaitNothingLeft(gauges);
        }
    }

    private SSLSocket connect() throws Exception
    {
        return connect(null);
    }

    private SSLSocket connect(final Certified own) throws Exception
    {
        final SSLSocket socket =
            (SSLSocket)certificates.client(own).getSocketFactory().createSocket("localhost", port);
        socket.setSoTimeout(Patience.MS);
        socket.startHandshake();
        return socket;
    }

    private static String shownBy(final SSLSocket socket) throws IOException
    {
        return ((X509Certificate)socket.getSession().getPeerCertificates()[0]).getSubjectX500Principal().getName();
    }

    private String shownNow() throws Exception
    {
        try (SSLSocket socket = connect())
        {
            assertAnswered(socket);
            return shownBy(socket);
        }
    }

    private static void assertAnswered(final SSLSocket socket) throws IOException
    {
        socket.getOutputStream().write("GET / HTTP/1.1\r\nhost: a\r\n\r\n".getBytes(ISO_8859_1));
        assertEquals("ok", HttpMessage.read(socket.getInputStream(), false).text());
    }

    private void awaitShown(final String name) throws Exception
    {
        Patience.await(() -> shownNow().equals(name), () -> name + ": " + ringway.output());
    }

    /** Puts files in place of others, each in one step. */
    private static void rename(final Certified from, final Path certificate, final Path key) throws IOException
    {
        final Path half = certificate.resolveSibling("half");
        Files.copy(from.key(), half);
        Files.move(half, key, StandardCopyOption.ATOMIC_MOVE);
        Files.copy(from.certificate(), half);
        Files.move(half, certificate, StandardCopyOption.ATOMIC_MOVE);
    }

    @Test
    void shouldShowWhatWasRenamedAndKeepConnections() throws Exception
    {
        final Path certificate = Files.copy(first.certificate(), shown.resolve("tls.crt"));
        final Path key = Files.copy(first.key(), shown.resolve("tls.key"));
        serve(certificate, key);
        try (SSLSocket kept = connect())
        {
            assertEquals("CN=first", shownBy(kept));
            assertAnswered(kept);
            rename(second, certificate, key);
            awaitShown("CN=second");
            assertAnswered(kept);
            assertTrue(admin.stats().get("tls_files.updated") >= 1);
            rename(first, certificate, key);
            awaitShown("CN=first");
            assertAnswered(kept);
        }
    }

    /** In one step: what is half written may be looked at too, and is then refused. */
    private static void replace(final Path file, final String text) throws IOException
    {
        Files.move(Files.writeString(file.resolveSibling("half"), text), file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** What was agreed with a client holds for all of its connection, so those of before end. */
    @Test
    void shouldEndConnectionsWhoseTransportChanges() throws Exception
    {
        serve(first.certificate(), first.key());
        final Path file = directory.resolve("ringway.yaml");
        final String encrypted = Files.readString(file);
        try (SSLSocket old = connect())
        {
            assertAnswered(old);
            final int transport = encrypted.indexOf("      transport_socket:");
            replace(
                file, encrypted.substring(0, transport) + encrypted.substring(encrypted.indexOf("  clusters:")));
            assertEquals(-1, old.getInputStream().read());
        }
        try (Client clear = new Client(port))
        {
            assertEquals("ok", clear.get("/").text());
            replace(file, encrypted);
            assertNull(clear.read());
        }
        assertEquals("CN=first", shownNow());
        assertEquals(0, admin.stats().get("config_file.update_rejected"));
    }

    @Test
    void shouldKeepTheLastGoodOneWhenAFileIsBroken() throws Exception
    {
        final Path certificate = Files.copy(first.certificate(), shown.resolve("tls.crt"));
        final Path key = Files.copy(first.key(), shown.resolve("tls.key"));
        serve(certificate, key);
        replace(certificate, "not PEM\n");
        admin.awaitStat("tls_files.update_rejected", 1);
        ringway.awaitOutput(certificate + " holds no certificate in PEM; what was read before stays in use");
        assertEquals("CN=first", shownNow());
        Files.delete(certificate);
        admin.awaitStat("tls_files.update_rejected", 2);
        ringway.awaitOutput("cannot read '" + certificate + "': no such file; what was read before stays in use");
        assertEquals("CN=first", shownNow());
        assertEquals(0, admin.stats().get("tls_files.updated"));
        rename(second, certificate, key);
        awaitShown("CN=second");
    }

    private boolean isTrusted(final Certified own) throws Exception
    {
        try (SSLSocket socket = connect(own))
        {
            assertAnswered(socket);
            return true;
        }
        catch (final IOException e)
        {
            // Refused, which a client of TLS 1.3 learns behind its own handshake.
            return false;
        }
    }

    @Test
    void shouldTrustAnotherAuthorityOnceItsFileIsReplaced() throws Exception
    {
        final Path other = new Certificates(directory, "other").authority();
        final Path trusted = Files.copy(certificates.authority(), shown.resolve("ca.pem"));
        serve(first.certificate(), first.key(), "require_client_certificate: true, ",
            ", validation_context: { trusted_ca: { filename: \"" + trusted + "\" } }");
        try (SSLSocket kept = connect(second))
        {
            assertAnswered(kept);
            Files.move(Files.copy(other, shown.resolve("half")), trusted, StandardCopyOption.ATOMIC_MOVE);
            Patience.await(() -> !isTrusted(second), () -> ringway.output());
            assertAnswered(kept);
            Files.move(Files.copy(certificates.authority(), shown.resolve("half")), trusted,
                StandardCopyOption.ATOMIC_MOVE);
            Patience.await(() -> isTrusted(second), () -> ringway.output());
            assertAnswered(kept);
        }
    }

    @Test
    void shouldFollowLinksThatAreSwapped() throws Exception
    {
        final Path old = Files.createDirectory(directory.resolve("old"));
        final Path fresh = Files.createDirectory(directory.resolve("fresh"));
        rename(first, old.resolve("tls.crt"), old.resolve("tls.key"));
        rename(second, fresh.resolve("tls.crt"), fresh.resolve("tls.key"));
        final Path data = Files.createSymbolicLink(shown.resolve("data"), old);
        final Path certificate = Files.createSymbolicLink(shown.resolve("tls.crt"), Path.of("data/tls.crt"));
        final Path key = Files.createSymbolicLink(shown.resolve("tls.key"), Path.of("data/tls.key"));
        serve(certificate, key);
        assertEquals("CN=first", shownNow());
        final Path half = Files.createSymbolicLink(shown.resolve("half"), fresh);
        Files.move(half, data, StandardCopyOption.ATOMIC_MOVE);
        awaitShown("CN=second");
        admin.awaitStat("tls_files.updated", 1);
        assertEquals(0, admin.stats().get("tls_files.update_rejected"));
    }

    private long checked(final String name) throws Exception
    {
        return admin.stats().getOrDefault("cluster.self." + name, -1L);
    }

    /** The endpoint is the listener itself. */
    @Test
    void shouldCheckEndpointsByTheAuthorityThatIsThereNow() throws Exception
    {
        final Path other = new Certificates(directory, "other").authority();
        final Path trusted = Files.copy(certificates.authority(), shown.resolve("ca.pem"));
        serve(first.certificate(), first.key(), "", "",
            Bootstraps.cluster("self", "STATIC", Bootstraps.tcpAddress("127.0.0.1", port)) +
            Bootstraps.upstreamTls("sni: localhost, common_tls_context: { validation_context: { trusted_ca: { filename: \"" +
                trusted + "\" } } }") +
            "    health_checks: [ { timeout: 50s, interval: 0.2s, no_traffic_interval: 0.2s, unhealthy_threshold: 1, " +
            "healthy_threshold: 1, reuse_connection: false, http_health_check: { path: / } } ]\n");
        Patience.await(() -> checked("health_check.healthy") == 1, () -> "trusted: " + ringway.output());
        assertEquals(0, checked("ssl.fail_verify_error"));
        Files.move(Files.copy(other, shown.resolve("half")), trusted, StandardCopyOption.ATOMIC_MOVE);
        Patience.await(() -> checked("health_check.healthy") == 0, () -> "not trusted: " + ringway.output());
        assertTrue(checked("ssl.fail_verify_error") > 0);
        Files.move(Files.copy(certificates.authority(), shown.resolve("half")), trusted,
            StandardCopyOption.ATOMIC_MOVE);
        Patience.await(() -> checked("health_check.healthy") == 1, () -> "trusted again: " + ringway.output());
    }
}
