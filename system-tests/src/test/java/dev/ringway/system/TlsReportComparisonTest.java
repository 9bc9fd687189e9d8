package dev.ringway.system;

import dev.ringway.system.Certificates.Certified;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Ringway and Envoy with the same TLS contexts show the same certificates and log the same of connections. */
final class TlsReportComparisonTest
{
    private static final String ACCESS_LOG = """
        access_log:
        - name: file
          typed_config:
            "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
            path: %s
            log_format: { text_format_source: { inline_string: "%s\\n" } }
        """;
    private static final String FORMAT = "%DOWNSTREAM_TLS_VERSION% %DOWNSTREAM_TLS_CIPHER% " +
        "'%DOWNSTREAM_PEER_SUBJECT%' '%DOWNSTREAM_PEER_ISSUER%' %DOWNSTREAM_PEER_FINGERPRINT_256% " +
        "%DOWNSTREAM_PEER_SERIAL% %DOWNSTREAM_PEER_URI_SAN% %DOWNSTREAM_PEER_DNS_SAN% " +
        "%REQUESTED_SERVER_NAME% %DOWNSTREAM_TLS_SESSION_ID%";
    private static final String FORMAT_OF_MORE = "%DOWNSTREAM_TLS_GROUP% " +
        "%DOWNSTREAM_PEER_ISSUER_SERIAL% %DOWNSTREAM_PEER_ISSUER_FINGERPRINT_256% %DOWNSTREAM_PEER_FINGERPRINT_1% " +
        "%DOWNSTREAM_PEER_CHAIN_FINGERPRINTS_256% %DOWNSTREAM_PEER_CHAIN_FINGERPRINTS_1% " +
        "%DOWNSTREAM_PEER_CHAIN_SERIALS% %DOWNSTREAM_PEER_IP_SAN% %DOWNSTREAM_PEER_EMAIL_SAN% " +
        "%DOWNSTREAM_PEER_OTHERNAME_SAN% %DOWNSTREAM_PEER_CERT_V_START% %DOWNSTREAM_PEER_CERT_V_END(%Y/%m/%d)% " +
        "'%DOWNSTREAM_LOCAL_SUBJECT%' %DOWNSTREAM_LOCAL_URI_SAN% %DOWNSTREAM_LOCAL_DNS_SAN% " +
        "%DOWNSTREAM_LOCAL_IP_SAN% %DOWNSTREAM_LOCAL_EMAIL_SAN% %DOWNSTREAM_LOCAL_OTHERNAME_SAN% " +
        "%DOWNSTREAM_PEER_CERT%";
    private static final String FORMAT_OF_ENDPOINT = "%UPSTREAM_TLS_VERSION% %UPSTREAM_TLS_CIPHER% " +
        "%UPSTREAM_TLS_GROUP% %UPSTREAM_SERVER_NAME% '%UPSTREAM_PEER_SUBJECT%' '%UPSTREAM_PEER_ISSUER%' " +
        "%UPSTREAM_PEER_CERT_V_START% %UPSTREAM_PEER_CERT_V_END(%s)% %UPSTREAM_PEER_URI_SAN% " +
        "%UPSTREAM_PEER_DNS_SAN% %UPSTREAM_PEER_IP_SAN% %UPSTREAM_LOCAL_URI_SAN% %UPSTREAM_LOCAL_DNS_SAN% " +
        "%UPSTREAM_LOCAL_IP_SAN% %UPSTREAM_PEER_CERT%";
    /** Each in a field of its own, so that those that are empty are missed. */
    private static final String FIELDS = Arrays.stream((FORMAT + FORMAT_OF_MORE).split("[ ']+|(?<=%)(?=%)"))
        .filter(operator -> operator.matches("%(DOWNSTREAM_(TLS_(?!SESSION)|PEER_(?!CERT_V_END)|LOCAL_)|REQUESTED).*"))
        .map(operator -> "  - { header: { key: x-" + operator.replace("%", "").toLowerCase().replace('_', '-') +
            ", value: \"" + operator + "\" } }\n")
        .collect(Collectors.joining());
    /** A client of the JDK does not have it: each side asks the other one. */
    private static final String HYBRID =
        "tls_params: { tls_maximum_protocol_version: TLSv1_3, ecdh_curves: [ X25519MLKEM768 ] }";
    private static final Pair<Integer> ENDS = new Pair<>(Program.freePort(), Program.freePort());
    /** What Ringway has no counters for: OCSP, and what its library does not tell. */
    private static final String LACKING = ".*\\.ssl\\.(ocsp_.*|sigalgs\\..*|certificate\\..*)";
    /** Without it Envoy does not know which name was asked for. */
    private static final String INSPECTOR = """
            listener_filters:
            - name: envoy.filters.listener.tls_inspector
              typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector }
            filter_chains:
        """;

    @TempDir
    private static Path directory;

    private static Certificates certificates;
    private static Certified client;
    private static String contexts;
    private static Pair<Side> sides;

    /** One of the two. */
    private static final class Side implements AutoCloseable
    {
        private final int port = Program.freePort();
        private final int more = Program.freePort();
        private final int end;
        private final String name;
        private final Program program;
        private final Admin admin;

        private Side(final boolean isEnvoy, final String inline) throws Exception
        {
            name = isEnvoy ? "envoy" : "ringway";
            end = isEnvoy ? ENDS.envoy() : ENDS.ringway();
            final int other = isEnvoy ? ENDS.ringway() : ENDS.envoy();
            final int adminPort = Program.freePort();
            final String clusters = "  clusters:\n" + cluster("none", 1, "sni: localhost") + cluster("inline", 1, inline) +
                cluster("end", other, "sni: localhost, common_tls_context: { " + HYBRID + ", tls_certificates: [ " +
                    client.yaml() + " ], validation_context: { trusted_ca: { filename: \"" + certificates.authority() +
                    "\" } } }");
            final Path file = Files.writeString(directory.resolve(name + ".yaml"), Bootstraps.admin(adminPort) +
                listener("mutual", port, FORMAT, "direct_response: { status: 200 }\n  response_headers_to_add:\n" + FIELDS, "")
                    .replace("    filter_chains:\n", INSPECTOR) +
                listener("more", more, FORMAT_OF_MORE + " " + FORMAT_OF_ENDPOINT, "route: { cluster: end }", "") +
                listener("end", end, "", "direct_response: { status: 200 }", HYBRID + ", ") + clusters);
            program = Peers.either(isEnvoy, directory, file);
            admin = new Admin(adminPort);
            program.awaitPort(adminPort).awaitPort(port).awaitPort(more).awaitPort(end);
        }

        private String listener(
            final String called, final int at, final String format, final String action, final String parameters)
        {
            return Bootstraps.http(called, Bootstraps.tcpAddress("127.0.0.1", at),
                format.isEmpty() ? "" : ACCESS_LOG.formatted(log(called), format),
                "- match: { prefix: \"/\" }\n  " + action + "\n") +
                Bootstraps.downstreamTls("common_tls_context: { " + parameters + contexts + " }");
        }

        private Path log(final String called)
        {
            return directory.resolve(name + "-" + called + ".log");
        }

        /** What was logged, once there are so many lines; sessions have ids of their own. */
        private String logged(final String called, final int lines) throws Exception
        {
            final List<String> logged = LogLines.await(log(called), lines, line -> true);
            return String.join("\n", logged).replaceAll("(?m) [0-9a-f]{64}$", " ID");
        }

        /** What is counted of TLS, with the listeners' names for their ports; without what was never counted. */
        private Map<String, Long> counted() throws Exception
        {
            final Map<String, Long> values = new TreeMap<>();
            for (final Map.Entry<String, Long> stat : admin.stats().entrySet())
            {
                final String shown = stat.getKey().replace("127.0.0.1_" + port, "mutual")
                    .replace("127.0.0.1_" + more, "more").replace("127.0.0.1_" + end, "end");
                if (shown.contains(".ssl.") && !shown.matches(LACKING) && stat.getValue() > 0)
                {
                    values.put(shown, stat.getValue());
                }
            }
            return values;
        }

        public void close()
        {
            program.close();
        }
    }

    @BeforeAll
    static void start() throws Exception
    {
        certificates = new Certificates(directory, "mesh");
        final Certified ecdsa =
            certificates.ecdsa("ecdsa", "ip:2001:db8::1,uri:spiffe://mesh/a,dns:localhost,ip:127.0.0.1,dns:*.a.test,email:a@a.test");
        final Certified rsa = certificates.rsa("rsa", "dns:localhost");
        client = certificates.ecdsa(
            "client,EMAILADDRESS=a@b.test,SERIALNUMBER=77,SURNAME=C,GIVENNAME=D,T=E,OU=mesh,O=A Test,C=DE",
            "uri:spiffe://mesh/client,dns:client.test,uri:https://a.test/,dns:*.client.test,ip:10.1.2.3,ip:fd00::1," +
                "email:c@mesh.test");
        contexts = "tls_certificates: [ " + ecdsa.yaml() + ", " + rsa.yaml() + " ], validation_context: " +
            "{ trusted_ca: { filename: \"" + certificates.authority() + "\" } }";
        final String inline = "common_tls_context: { validation_context: { trusted_ca: { inline_string: \"" +
            Files.readString(certificates.authority()).replace("\n", "\\n") + "\" } } }";
        sides = Pair.start(isEnvoy -> new Side(isEnvoy, inline));
    }

    private static String cluster(final String name, final int port, final String context)
    {
        return Bootstraps.cluster(name, "STATIC", Bootstraps.tcpAddress("127.0.0.1", port)) +
            Bootstraps.upstreamTls(context);
    }

    @AfterAll
    static void stop() throws Exception
    {
        Pair.stop(sides);
    }

    /** Contexts in an order of their own: Envoy has none. */
    private static List<String> shownBy(final Admin admin) throws Exception
    {
        final String page = admin.get("/certs").replaceAll("\\s", "")
            .replace("\\u003c", "<").replace("\\u003e", ">");
        assertEquals("{\"certificates\":[{", page.substring(0, 18));
        return Arrays.stream(page.substring(18, page.length() - 3).split("\\},\\{(?=\"ca_cert\")")).sorted().toList();
    }

    private static String request(final Certified shown, final String version, final int port) throws Exception
    {
        try (SSLSocket socket =
            (SSLSocket)certificates.client(shown).getSocketFactory().createSocket("localhost", port))
        {
            socket.setSoTimeout(Patience.MS);
            final SSLParameters parameters = socket.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName("b.a.test")));
            socket.setSSLParameters(parameters);
            socket.setEnabledProtocols(new String[]{version});
            socket.getOutputStream().write("GET / HTTP/1.1\r\nhost: a\r\n\r\n".getBytes(ISO_8859_1));
            final HttpMessage answer = HttpMessage.read(socket.getInputStream(), false);
            assertEquals("HTTP/1.1 200 OK", answer.start());
            return answer.fields().stream().filter(field -> field.startsWith("x-")).sorted()
                .collect(Collectors.joining("\n"));
        }
    }

    @Test
    void shouldLogTheSameOfConnections() throws Exception
    {
        final List<String> fields = new ArrayList<>();
        for (final Side side : List.of(sides.envoy(), sides.ringway()))
        {
            for (final int port : new int[]{side.port, side.more})
            {
                fields.add(request(client, "TLSv1.2", port) + request(client, "TLSv1.3", port) +
                    request(null, "TLSv1.2", port) + request(null, "TLSv1.3", port));
            }
            openssl(side.more, "-tls1_3 -groups P-256 -sigalgs rsa_pss_rsae_sha256");
            // Behind those of the other test, which name no host.
            LogLines.await(side.log("mutual"), 4, line -> line.contains(" b.a.test "));
        }
        assertTrue(fields.getFirst().contains("x-downstream-peer-cert: -----BEGIN%20CERTIFICATE-----%0AMII"), fields::getFirst);
        assertEquals(fields.get(0), fields.get(2));
        final String expected = sides.envoy().logged("mutual", 4);
        assertTrue(expected.contains("spiffe://mesh/client,https://a.test/ client.test,*.client.test"), expected);
        assertTrue(expected.contains(" b.a.test "), expected);
        assertEquals(expected, sides.ringway().logged("mutual", 4));
        final String more = sides.envoy().logged("more", 5);
        assertTrue(more.contains(" TLSv1.3 TLS_AES_128_GCM_SHA256 X25519MLKEM768 localhost 'CN=ecdsa'"), more);
        assertTrue(more.contains("\nP-256 ") && more.contains(" 'CN=rsa' - localhost - - - "), more);
        assertTrue(more.contains(" 10.1.2.3,fd00::1 c@mesh.test - 20"), more);
        assertTrue(more.contains(" 'CN=ecdsa' spiffe://mesh/a localhost,*.a.test 2001:db8::1,127.0.0.1 a@a.test - -----BEGIN%20CERTIFICATE-----%0AMII"), more);
        assertTrue(more.contains(" 10.1.2.3,fd00::1 -----BEGIN%20CERTIFICATE-----%0AMII"), more);
        assertEquals(more, sides.ringway().logged("more", 5));
    }

    /**
     * What openssl does is the same on both sides, whether it succeeds or not. It leaves as soon as it has its answer:
     * where it waits for the other end to close, Envoy gives it a second to be first.
     */
    private static void openssl(final int port, final String options) throws Exception
    {
        final List<String> command = new ArrayList<>(
            List.of("openssl", "s_client", "-quiet", "-no_ign_eof", "-connect", "127.0.0.1:" + port));
        command.addAll(List.of(options.split(" ")));
        final Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        try (OutputStream out = process.getOutputStream())
        {
            out.write("GET / HTTP/1.1\r\nhost: a\r\n\r\n".getBytes(ISO_8859_1));
            out.flush();
            HttpMessage.read(process.getInputStream(), false);
        }
        catch (final IOException e)
        {
            // The handshake has failed.
        }
        if (!process.waitFor(Patience.S, TimeUnit.SECONDS))
        {
            process.destroyForcibly();
            throw new AssertionError(command + " still runs");
        }
    }

    @Test
    void shouldCountTheSameOfTls() throws Exception
    {
        final Certified known = certificates.ecdsa("known", "dns:known.test");
        final Certified stranger = new Certificates(directory, "strange").ecdsa("stranger", "dns:stranger.test");
        for (final Side side : List.of(sides.envoy(), sides.ringway()))
        {
            final String shown = "-cert " + known.certificate() + " -key " + known.key() + " ";
            final String session = directory.resolve(side.name + ".session").toString();
            openssl(side.port, shown + "-tls1_2 -sess_out " + session);
            openssl(side.port, shown + "-tls1_2 -sess_in " + session);
            openssl(side.port, shown + "-tls1_3 -sess_out " + session);
            openssl(side.port, shown + "-tls1_3 -sess_in " + session);
            openssl(side.port, "-tls1_2 -cipher ECDHE-RSA-AES256-GCM-SHA384 -curves P-256");
            openssl(side.port, "-tls1_2 -cipher AES128-SHA");
            openssl(side.port, "-tls1_3 -ciphersuites TLS_CHACHA20_POLY1305_SHA256");
            openssl(side.port, "-tls1_3 -groups P-521");
            openssl(side.port, "-tls1_1 -cipher ALL:@SECLEVEL=0");
            openssl(side.port, "-tls1_2 -cert " + stranger.certificate() + " -key " + stranger.key());
            openssl(side.port, "-tls1_3 -cert " + stranger.certificate() + " -key " + stranger.key());
            openssl(side.end, "-tls1_3 -groups P-256");
            try (Client clear = new Client(side.port))
            {
                clear.send(Client.PROBE).read();
            }
            catch (final IOException e)
            {
                // A reset, because the request was not read to its end.
            }
        }
        Patience.await(() -> sides.envoy().counted().equals(sides.ringway().counted()),
            () -> "the same:\n" + sides.envoy().counted() + "\n" + sides.ringway().counted());
        final Map<String, Long> counted = sides.envoy().counted();
        assertEquals(2, counted.getOrDefault("listener.mutual.ssl.session_reused", 0L), () -> counted.toString());
    }

    @Test
    void shouldShowTheSameCertificates() throws Exception
    {
        final List<String> expected = shownBy(sides.envoy().admin);
        assertEquals(6, expected.size());
        assertEquals(String.join("\n", expected), String.join("\n", shownBy(sides.ringway().admin)));
    }
}
