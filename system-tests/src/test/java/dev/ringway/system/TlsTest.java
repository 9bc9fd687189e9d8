package dev.ringway.system;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.ringway.system.Certificates.Certified;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** One Ringway process with encrypted listeners: the JDK, curl and openssl as clients. */
final class TlsTest
{
    private static final String LARGE = "0123456789abcde\n".repeat(1 << 16);
    private static final int HALF_HANDSHAKES = 2_000;
    private static final int WAVES = 5;
    private static final int MANY = 10_000;
    private static final long HANDSHAKE_NS = 10_000_000_000L;
    private static final int RUN_S = 120;
    /** The tag of an element 15 that is explicit. */
    private static final int MAX_EARLY_DATA = 0xa0 | 15;

    @TempDir
    private static Path directory;

    private static Certificates certificates;
    private static Certificates strangers;
    private static Certified client;
    private static Certified wrongName;
    private static Certified expired;
    private static Certified stranger;
    private static Origin origin;
    private static Program ringway;
    private static Admin admin;
    private static Map<String, Long> gauges;
    private static int port;
    private static int mutualPort;
    private static int tcpPort;
    private static int hastyPort;

    @BeforeAll
    static void start() throws Exception
    {
        certificates = new Certificates(directory, "mesh");
        strangers = new Certificates(directory, "elsewhere");
        final String local = "dns:localhost,ip:127.0.0.1";
        final String both = "tls_certificates: [ " + certificates.rsa("rsa", local).yaml() + ", " +
            certificates.ecdsa("ecdsa", local).yaml() + " ]";
        client = certificates.ecdsa("client", "uri:spiffe://mesh/ns/a/sa/client");
        wrongName = certificates.ecdsa("wrong", "uri:spiffe://elsewhere/client");
        expired = certificates.expired("expired", "uri:spiffe://mesh/ns/a/sa/client");
        stranger = strangers.ecdsa("stranger", "uri:spiffe://mesh/ns/a/sa/client");
        origin = new Origin(Map.of("/large",
            "HTTP/1.1 200 OK\r\ncontent-length: " + LARGE.length() + "\r\n\r\n" + LARGE));
        port = Program.freePort();
        mutualPort = Program.freePort();
        tcpPort = Program.freePort();
        hastyPort = Program.freePort();
        final int adminPort = Program.freePort();
        final String routes = "- match: { prefix: \"/\" }\n  route: { cluster: origin }\n";
        final Path file = Files.writeString(directory.resolve("ringway.yaml"), Bootstraps.admin(adminPort) +
            Bootstraps.http("tls", Bootstraps.tcpAddress("127.0.0.1", port), "", routes) +
            Bootstraps.downstreamTls("common_tls_context: { " + both + ", alpn_protocols: [ h2, http/1.1 ] }") +
            Bootstraps.http("mutual", Bootstraps.tcpAddress("127.0.0.1", mutualPort), "", routes) +
            Bootstraps.downstreamTls("require_client_certificate: true, common_tls_context: { " + both +
                ", validation_context: { trusted_ca: { filename: \"" + certificates.authority() +
                "\" }, match_typed_subject_alt_names: [ { san_type: URI, matcher: { prefix: \"spiffe://mesh/\" } } ] } }") +
            Bootstraps.tcp("tcp", Bootstraps.tcpAddress("127.0.0.1", tcpPort), "origin") +
            Bootstraps.downstreamTls("common_tls_context: { " + both + " }") +
            Bootstraps.http("hasty", Bootstraps.tcpAddress("127.0.0.1", hastyPort), "", routes) +
            Bootstraps.downstreamTls("common_tls_context: { " + both + " }") +
            "      transport_socket_connect_timeout: 10s\n" +
            "  clusters:\n" +
            Bootstraps.cluster("origin", "STATIC", Bootstraps.tcpAddress("127.0.0.1", origin.port())));
        admin = new Admin(adminPort);
        ringway = Program.ringway(directory, "-c", file.toString(), "--concurrency", "2");
        ringway.awaitPort(adminPort).awaitPort(port).awaitPort(mutualPort).awaitPort(tcpPort)
            .awaitPort(hastyPort);
        gauges = admin.firstGauges();
    }

    @AfterAll
    static void stop() throws Exception
    {
        origin.close();
        try (Program closed = ringway)
        {
            assertTrue(closed.isAlive(), closed.output());
            admin.awaitNothingLeft(gauges);
        }
    }

    private static long counter(final String name) throws Exception
    {
        return admin.stats().get("listener." + name);
    }

    private static void awaitCounter(final String name, final long value) throws Exception
    {
        Patience.await(() -> counter(name) >= value, () -> name + " is " + counter(name) + " instead of " + value);
    }

    /** What a command prints, and 0 for its end unless it is to fail. */
    private static String run(final boolean fails, final String input, final String... command) throws Exception
    {
        final Path output = Files.createTempFile(directory, "run", ".txt");
        final Path in = Files.writeString(Files.createTempFile(directory, "run", ".in"), input);
        final Process process = new ProcessBuilder(command).redirectErrorStream(true)
            .redirectInput(in.toFile()).redirectOutput(output.toFile()).start();
        if (!process.waitFor(RUN_S, TimeUnit.SECONDS))
        {
            process.destroyForcibly();
            throw new AssertionError(List.of(command) + " still runs: " + new String(Files.readAllBytes(output), UTF_8));
        }
        final String text = new String(Files.readAllBytes(output), UTF_8);
        assertEquals(fails, process.exitValue() != 0, () -> List.of(command) + ": " + text);
        return text;
    }

    private static String openssl(final int to, final String... options) throws Exception
    {
        final List<String> command = new ArrayList<>(List.of("openssl", "s_client", "-connect", "127.0.0.1:" + to,
            "-CAfile", certificates.authority().toString(), "-verify_return_error", "-ign_eof"));
        command.addAll(List.of(options));
        return run(false, "GET /probe HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n",
            command.toArray(new String[0]));
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP_1_1", "HTTP_2"})
    void shouldServeTheClientOfTheJdk(final HttpClient.Version version) throws Exception
    {
        origin.takeSeen();
        try (HttpClient http =
            HttpClient.newBuilder().version(version).sslContext(certificates.client(null)).build())
        {
            final URI uri = URI.create("https://localhost:" + port + "/large");
            final List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
            for (int i = 0; i < 20; i++)
            {
                answers.add(http.sendAsync(HttpRequest.newBuilder(uri).POST(BodyPublishers.ofString(LARGE)).build(),
                    BodyHandlers.ofString()));
            }
            for (final CompletableFuture<HttpResponse<String>> answer : answers)
            {
                assertEquals(version, answer.get().version());
                assertEquals(LARGE, answer.get().body());
            }
        }
        final Queue<HttpMessage> seen = origin.takeSeen();
        assertEquals(20, seen.size());
        assertTrue(seen.stream().allMatch(request -> request.field("x-forwarded-proto").equals("https")));
    }

    @ParameterizedTest
    @CsvSource({"--http1.1, 1.1", "--http2, 2"})
    void shouldServeCurl(final String option, final String version) throws Exception
    {
        final Path sent = Files.writeString(directory.resolve("large"), LARGE);
        final Path received = directory.resolve("received" + version);
        assertEquals("200 " + version + " 0", run(false, "", "curl", "-sS", option, "--cacert",
            certificates.authority().toString(), "--data-binary", "@" + sent, "-o", received.toString(), "-w",
            "%{http_code} %{http_version} %{ssl_verify_result}", "https://localhost:" + port + "/large"));
        assertEquals(LARGE, Files.readString(received));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        -tls1_2 -cipher ECDHE-RSA-AES128-GCM-SHA256     | rsa   | ECDHE-RSA-AES128-GCM-SHA256
        -tls1_2 -cipher ECDHE-ECDSA-AES256-GCM-SHA384   | ecdsa | ECDHE-ECDSA-AES256-GCM-SHA384
        -tls1_2 -cipher ECDHE-ECDSA-CHACHA20-POLY1305   | ecdsa | ECDHE-ECDSA-CHACHA20-POLY1305
        -tls1_3 -sigalgs rsa_pss_rsae_sha256            | rsa   | TLS_AES_
        -tls1_3 -sigalgs ecdsa_secp256r1_sha256         | ecdsa | TLS_AES_
        -tls1_3 -ciphersuites TLS_CHACHA20_POLY1305_SHA256 -groups P-256 | ecdsa | TLS_CHACHA20_POLY1305_SHA256
        """)
    void shouldShowWhatTheClientCanVerify(final String options, final String shown, final String cipher)
        throws Exception
    {
        final String text = openssl(port, options.split(" "));
        assertTrue(text.contains("subject=CN=" + shown) || text.contains("subject=CN = " + shown), text);
        assertTrue(text.contains("Cipher is " + cipher), text);
        assertTrue(text.contains("HTTP/1.1 200 OK"), text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1", "-tls1_1"})
    void shouldNotSpeakOldVersions(final String version) throws Exception
    {
        run(true, "", "openssl", "s_client", "-connect", "127.0.0.1:" + port, version, "-cipher",
            "ALL:@SECLEVEL=0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void shouldResumeSessions(final String version) throws Exception
    {
        final Path session = directory.resolve("session" + version);
        final String name = "127.0.0.1_" + port + ".ssl.session_reused";
        final long before = counter(name);
        assertTrue(openssl(port, version, "-sess_out", session.toString()).contains("New, TLS"));
        assertTrue(openssl(port, version, "-sess_in", session.toString()).contains("Reused, TLS"));
        awaitCounter(name, before + 1);
    }

    /** The openssl client offers early data only with a session whose ticket allows it, so that is written into it. */
    @Test
    void shouldRefuseEarlyDataAndServeItsClient() throws Exception
    {
        final Path session = directory.resolve("session-early");
        openssl(port, "-tls1_3", "-sess_out", session.toString());
        final Path early =
            Files.writeString(directory.resolve("early"), "GET /early HTTP/1.1\r\nhost: a\r\n\r\n");
        assertTrue(openssl(port, "-tls1_3", "-sess_in", session.toString(), "-early_data", early.toString())
            .contains("Early data was not sent"), "what the ticket does not allow is not offered");
        Files.writeString(session, allowingEarlyData(Files.readString(session)));
        origin.takeSeen();
        final String text =
            openssl(port, "-tls1_3", "-sess_in", session.toString(), "-early_data", early.toString());
        assertTrue(text.contains("Early data was rejected"), text);
        assertTrue(text.contains("HTTP/1.1 200 OK"), text);
        assertTrue(origin.takeSeen().isEmpty(), "nothing of it went on");
    }

    /** A session as openssl writes it (SSL_SESSION in ASN.1) with an element [15], max_early_data, in its place. */
    private static String allowingEarlyData(final String pem)
    {
        final byte[] der = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
        final int head = 2 + (der[1] < 0 ? der[1] & 0x7f : 0);
        int at = head;
        while (at < der.length && (der[at] & 0xff) < MAX_EARLY_DATA)
        {
            final int more = der[at + 1] < 0 ? der[at + 1] & 0x7f : 0;
            int length = more == 0 ? der[at + 1] : 0;
            for (int i = 0; i < more; i++)
            {
                length = length << 8 | der[at + 2 + i] & 0xff;
            }
            at += 2 + more + length;
        }
        final byte[] element = {(byte)MAX_EARLY_DATA, 4, 2, 2, 0x40, 0};
        final int length = der.length - head + element.length;
        final ByteBuffer out = ByteBuffer.allocate(4 + length).put(der[0]).put((byte)0x82).putShort((short)length)
            .put(der, head, at - head).put(element).put(der, at, der.length - at);
        return "-----BEGIN SSL SESSION PARAMETERS-----\n" +
            Base64.getMimeEncoder(64, new byte[]{'\n'}).encodeToString(out.array()) +
            "\n-----END SSL SESSION PARAMETERS-----\n";
    }

    @Test
    void shouldServeClientsThatAreTrusted() throws Exception
    {
        for (final String version : List.of("-tls1_2", "-tls1_3"))
        {
            final String text = openssl(
                mutualPort, version, "-cert", client.certificate().toString(), "-key", client.key().toString());
            assertTrue(text.contains("HTTP/1.1 200 OK"), text);
        }
        try (HttpClient http = HttpClient.newBuilder().sslContext(certificates.client(client)).build())
        {
            assertEquals("ok", http.send(
                HttpRequest.newBuilder(URI.create("https://localhost:" + mutualPort + "/")).build(),
                BodyHandlers.ofString()).body());
        }
    }

    private static void shouldRefuse(final Certified shown, final String name) throws Exception
    {
        final String counter = "127.0.0.1_" + mutualPort + ".ssl." + name;
        for (final String version : List.of("-tls1_2", "-tls1_3"))
        {
            final long before = counter(counter);
            final List<String> command =
                new ArrayList<>(List.of("openssl", "s_client", "-connect", "127.0.0.1:" + mutualPort, version, "-ign_eof"));
            if (shown != null)
            {
                command.addAll(List.of("-cert", shown.certificate().toString(), "-key", shown.key().toString()));
            }
            final String text = run(true, "GET / HTTP/1.1\r\nhost: a\r\n\r\n", command.toArray(new String[0]));
            assertTrue(text.contains("alert"), text);
            awaitCounter(counter, before + 1);
        }
    }

    @Test
    void shouldRefuseClientsThatAreNot() throws Exception
    {
        shouldRefuse(null, "fail_verify_no_cert");
        shouldRefuse(wrongName, "fail_verify_san");
        shouldRefuse(expired, "fail_verify_error");
        shouldRefuse(stranger, "fail_verify_error");
    }

    @Test
    void shouldRelayTcp() throws Exception
    {
        final SSLContext context = certificates.client(null);
        try (SSLSocket socket = (SSLSocket)context.getSocketFactory().createSocket("localhost", tcpPort))
        {
            socket.setSoTimeout(Patience.MS);
            socket.getOutputStream().write("GET /large HTTP/1.1\r\nhost: a\r\n\r\n".getBytes(ISO_8859_1));
            assertEquals(LARGE, HttpMessage.read(socket.getInputStream(), false).text());
        }
    }

    @Test
    void shouldCloseConnectionsThatAreNotEncrypted() throws Exception
    {
        final String name = "127.0.0.1_" + port + ".ssl.connection_error";
        final long before = counter(name);
        for (int i = 0; i < 10; i++)
        {
            try (Client plain = new Client(port))
            {
                assertNull(plain.send(Client.PROBE).read());
            }
            catch (final IOException e)
            {
                // A reset, because the request was not read to its end.
            }
        }
        awaitCounter(name, before + 10);
    }

    /** What no client says: a record that is too long, content, noise, an alert, a message of no kind. */
    @ParameterizedTest
    @ValueSource(strings = {
        "16030148000100", "170303000541414141410000", "ffffffffffffffffffff", "15030100020228", "16030100044200000000"})
    void shouldCloseAndCountConnectionsThatBeginWithABadRecord(final String record) throws Exception
    {
        final String name = "127.0.0.1_" + port + ".ssl.connection_error";
        final long before = counter(name);
        try (Socket raw = new Socket(InetAddress.getLoopbackAddress(), port))
        {
            raw.setSoTimeout(Patience.MS);
            raw.getOutputStream().write(HexFormat.of().parseHex(record));
            awaitClosed(raw);
        }
        awaitCounter(name, before + 1);
    }

    @Test
    void shouldCloseConnectionsThatEndWithinTheirHandshake() throws Exception
    {
        final byte[] hello = hello();
        for (int length = 0; length <= hello.length; length += Math.max(1, hello.length / 20))
        {
            try (Socket raw = new Socket(InetAddress.getLoopbackAddress(), port))
            {
                raw.setSoTimeout(Patience.MS);
                raw.getOutputStream().write(hello, 0, length);
                raw.shutdownOutput();
                awaitClosed(raw);
            }
        }
        admin.awaitNothingLeft(gauges, origin);
    }

    private static void awaitClosed(final Socket raw) throws IOException
    {
        try
        {
            raw.getInputStream().readAllBytes();
        }
        catch (final SocketException e)
        {
            // A reset: closed as well.
        }
    }

    /** Whose records are damaged on their way once it is told. */
    private static final class Damaging extends Socket
    {
        private volatile boolean isDamaging;

        Damaging(final int port) throws IOException
        {
            super(InetAddress.getLoopbackAddress(), port);
            setSoTimeout(Patience.MS);
        }

        @Override
        public OutputStream getOutputStream() throws IOException
        {
            return new FilterOutputStream(super.getOutputStream())
            {
                @Override
                public void write(final byte[] bytes, final int offset, final int length) throws IOException
                {
                    final byte[] sent = Arrays.copyOfRange(bytes, offset, offset + length);
                    sent[length - 1] ^= (byte)(isDamaging ? 1 : 0);
                    out.write(sent);
                }
            };
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void shouldCloseAndCountConnectionsWhoseRecordsAreDamaged(final String version) throws Exception
    {
        final String name = "127.0.0.1_" + port + ".ssl.connection_error";
        final long before = counter(name);
        try (Damaging raw = new Damaging(port);
            SSLSocket socket = (SSLSocket)certificates.client(null).getSocketFactory()
                .createSocket(raw, "localhost", port, true))
        {
            socket.setEnabledProtocols(new String[]{version});
            socket.getOutputStream().write(Client.PROBE.getBytes(ISO_8859_1));
            assertEquals(200, HttpMessage.read(socket.getInputStream(), false).status());
            raw.isDamaging = true;
            socket.getOutputStream().write(Client.PROBE.getBytes(ISO_8859_1));
            final SSLException told =
                assertThrows(SSLException.class, () -> HttpMessage.read(socket.getInputStream(), false));
            assertTrue(told.getMessage().contains("bad_record_mac"), told.getMessage());
        }
        awaitCounter(name, before + 1);
    }

    /** What a client of the JDK begins with. */
    private static byte[] hello() throws Exception
    {
        final SSLEngine engine = certificates.client(null).createSSLEngine();
        engine.setUseClientMode(true);
        final ByteBuffer out = ByteBuffer.allocate(1 << 15);
        engine.wrap(ByteBuffer.allocate(0), out);
        return Arrays.copyOf(out.array(), out.position());
    }

    /** Five times as many in all as there are at a time: what those before held is used again. */
    @Test
    void shouldStayWellUnderManyHalfHandshakes() throws Exception
    {
        final byte[] hello = hello();
        final long before = admin.stats().get("server.memory_physical_size");
        for (int wave = 0; wave < WAVES; wave++)
        {
            final List<Socket> half = new ArrayList<>();
            try
            {
                for (int i = 0; i < HALF_HANDSHAKES; i++)
                {
                    final Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
                    half.add(socket);
                    socket.getOutputStream().write(hello, 0, i % 2 == 0 ? hello.length : 1 + i % hello.length);
                }
                awaitCounter("127.0.0.1_" + port + ".downstream_cx_active", HALF_HANDSHAKES);
                final String text = openssl(port);
                assertTrue(text.contains("HTTP/1.1 200 OK"), text);
                final long grown = admin.stats().get("server.memory_physical_size") - before;
                assertTrue(grown < HALF_HANDSHAKES * 64L * 1024, grown + " bytes");
            }
            finally
            {
                for (final Socket socket : half)
                {
                    close(socket);
                }
            }
            admin.awaitNothingLeft(gauges, origin);
        }
    }

    /** As many as descriptors allow, at a time unless the machine takes longer to open them than they may last. */
    @Test
    void shouldEndTenThousandHalfHandshakesWhenTheirTimeIsOver() throws Exception
    {
        final long files = ((UnixOperatingSystemMXBean)ManagementFactory.getOperatingSystemMXBean())
            .getMaxFileDescriptorCount();
        final int count = (int)Math.min(MANY, files - 1000);
        final String prefix = "127.0.0.1_" + hastyPort + ".downstream_cx_";
        final long ended = counter(prefix + "transport_socket_connect_timeout");
        final long before = admin.stats().get("server.memory_physical_size");
        final byte[] hello = hello();
        final List<Socket> half = new ArrayList<>();
        try
        {
            final long startNs = System.nanoTime();
            for (int i = 0; i < count; i++)
            {
                final Socket socket = new Socket(InetAddress.getLoopbackAddress(), hastyPort);
                half.add(socket);
                socket.getOutputStream().write(hello, 0, i % 2 == 0 ? hello.length : 1 + i % hello.length);
            }
            Patience.await(
                () -> counter(prefix + "active") == count || System.nanoTime() - startNs > HANDSHAKE_NS, () -> "all open");
            final long grown = admin.stats().get("server.memory_physical_size") - before;
            assertTrue(grown < count * 64L * 1024, grown + " bytes");
            assertTrue(openssl(port).contains("HTTP/1.1 200 OK"), "a neighbour is served");
            assertTrue(openssl(hastyPort).contains("HTTP/1.1 200 OK"), "a neighbour of the same listener is served");
            awaitCounter(prefix + "transport_socket_connect_timeout", ended + count);
            admin.awaitNothingLeft(gauges, origin);
            for (final Socket socket : half)
            {
                socket.setSoTimeout(Patience.MS);
                awaitClosed(socket);
            }
            assertEquals(ended + count, counter(prefix + "transport_socket_connect_timeout"));
        }
        finally
        {
            for (final Socket socket : half)
            {
                close(socket);
            }
        }
    }

    private static void close(final Socket socket) throws IOException
    {
        socket.setSoLinger(true, 0);
        socket.close();
    }
}
