package dev.ringway.system;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What openssl and Ringway agree on where ciphers, curves and keys of tickets are listed. */
final class TlsParametersTest
{
    private static final int RUN_S = 120;

    @TempDir
    private static Path directory;

    private static final Map<String, Integer> PORTS = new LinkedHashMap<>();

    private static Origin origin;
    private static Program ringway;
    private static Admin admin;
    private static Map<String, Long> gauges;
    private static Path authority;

    @BeforeAll
    static void start() throws Exception
    {
        origin = new Origin(Map.of());
        final Certificates certificates = new Certificates(directory, "mesh");
        authority = certificates.authority();
        final String certificate =
            "tls_certificates: [ " + certificates.ecdsa("server", "dns:localhost,ip:127.0.0.1").yaml() + " ]";
        final int adminPort = Program.freePort();
        final StringBuilder yaml = new StringBuilder(Bootstraps.admin(adminPort));
        add(yaml, "ciphers", "common_tls_context: { " + certificate + ", tls_params: { cipher_suites: " +
            "[ ECDHE-ECDSA-CHACHA20-POLY1305 ] } }");
        add(yaml, "curves", "common_tls_context: { " + certificate + ", tls_params: { ecdh_curves: " +
            "[ P-384, P-521 ] } }");
        // What rotates: the second of the two is tried for what the first does not open.
        add(yaml, "old", tickets(certificate, key(1)));
        add(yaml, "rotated", tickets(certificate, key(2), key(1)));
        add(yaml, "fresh", tickets(certificate, key(2)));
        final Path file = Files.writeString(directory.resolve("ringway.yaml"), yaml + "  clusters:\n" +
            Bootstraps.cluster("origin", "STATIC", Bootstraps.tcpAddress("127.0.0.1", origin.port())));
        ringway = Program.ringway(directory, "-c", file.toString(), "--concurrency", "1");
        admin = new Admin(adminPort);
        ringway.awaitPort(adminPort);
        for (final int port : PORTS.values())
        {
            ringway.awaitPort(port);
        }
        gauges = admin.firstGauges();
    }

    private static void add(final StringBuilder yaml, final String name, final String context)
    {
        PORTS.put(name, Program.freePort());
        yaml.append(Bootstraps.http(name, Bootstraps.tcpAddress("127.0.0.1", PORTS.get(name)), "",
            "- match: { prefix: \"/\" }\n  route: { cluster: origin }\n"));
        yaml.append(Bootstraps.downstreamTls(context));
    }

    private static Path key(final int value) throws IOException
    {
        final byte[] key = new byte[80];
        Arrays.fill(key, (byte)value);
        return Files.write(directory.resolve("key" + value), key);
    }

    private static String tickets(final String certificate, final Path... keys)
    {
        final List<String> files = Arrays.stream(keys).map(key -> "{ filename: \"" + key + "\" }").toList();
        return "session_ticket_keys: { keys: [ " + String.join(", ", files) + " ] }, common_tls_context: { " +
            certificate + " }";
    }

    @AfterAll
    static void stop() throws Exception
    {
        try (Program program = ringway)
        {
            admin.awaitNothingLeft(gauges, origin);
            assertTrue(program.isAlive());
        }
        origin.close();
    }

    /** What openssl prints, whether it succeeds or not. */
    private static String openssl(final String listener, final String... options) throws Exception
    {
        final Path output = Files.createTempFile(directory, "run", ".txt");
        final Path in = Files.writeString(directory.resolve("in"),
            "GET /probe HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
        final List<String> command = new ArrayList<>(List.of("openssl", "s_client", "-connect",
            "127.0.0.1:" + PORTS.get(listener), "-CAfile", authority.toString(), "-verify_return_error", "-ign_eof"));
        command.addAll(List.of(options));
        final Process process = new ProcessBuilder(command).redirectErrorStream(true)
            .redirectInput(in.toFile()).redirectOutput(output.toFile()).start();
        if (!process.waitFor(RUN_S, TimeUnit.SECONDS))
        {
            process.destroyForcibly();
            throw new AssertionError(command + " still runs");
        }
        return new String(Files.readAllBytes(output), UTF_8);
    }

    private static long errors(final String listener) throws Exception
    {
        return admin.stats().get("listener.127.0.0.1_" + PORTS.get(listener) + ".ssl.connection_error");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        ciphers | -tls1_2                                                                       | ECDHE-ECDSA-CHACHA20-POLY1305
        ciphers | -tls1_2 -cipher ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305   | ECDHE-ECDSA-CHACHA20-POLY1305
        ciphers | -tls1_3 -ciphersuites TLS_AES_256_GCM_SHA384                                  | TLS_AES_256_GCM_SHA384
        curves  | -tls1_2 -curves P-256:P-384                                                   | secp384r1
        curves  | -tls1_3 -groups P-256:P-384                                                   | secp384r1
        curves  | -tls1_3 -groups P-521                                                         | secp521r1
        """)
    void shouldAgreeOnWhatIsListed(final String listener, final String options, final String agreed) throws Exception
    {
        final String text = openssl(listener, options.split(" "));
        assertTrue(text.contains(agreed), text);
        assertTrue(text.contains("HTTP/1.1 200 OK"), text);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        ciphers | -tls1_2 -cipher ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384
        curves  | -tls1_2 -curves P-256
        curves  | -tls1_3 -groups P-256:X25519
        """)
    void shouldEndAndCountHandshakesThatFindNothingListed(final String listener, final String options) throws Exception
    {
        final long before = errors(listener);
        final String text = openssl(listener, options.split(" "));
        assertTrue(text.contains("handshake failure"), text);
        Patience.await(() -> errors(listener) == before + 1, () -> "counted once: " + admin.stats("connection_error"));
    }

    private static boolean isResumed(final String listener, final String version, final Path session) throws Exception
    {
        final String text = openssl(listener, version, "-sess_in", session.toString());
        assertTrue(text.contains("HTTP/1.1 200 OK"), text);
        return text.contains("Reused, TLS");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void shouldResumeSessionsWhileTheKeyOfTheirTicketIsListed(final String version) throws Exception
    {
        final Path old = directory.resolve("old" + version);
        final Path rotated = directory.resolve("rotated" + version);
        assertTrue(openssl("old", version, "-sess_out", old.toString()).contains("New, TLS"));
        assertTrue(openssl("rotated", version, "-sess_out", rotated.toString()).contains("New, TLS"));
        assertTrue(isResumed("old", version, old), "the same key");
        assertTrue(isResumed("rotated", version, old), "listed behind another");
        assertTrue(!isResumed("fresh", version, old), "no longer listed");
        assertTrue(isResumed("fresh", version, rotated), "tickets are written with the first");
        assertTrue(!isResumed("old", version, rotated), "not yet listed");
    }
}
