package dev.ringway.system;

import dev.ringway.system.Certificates.Certified;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import javax.net.ssl.SSLSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

/** Ringway and Envoy tell the endpoint the same of a client's certificate. */
final class ClientCertComparisonTest
{
    private static final String TOLD = "x-forwarded-client-cert: By=spiffe://mesh/edge;Hash=00\r\n";
    private static final Map<String, String> RULES = rules();

    @TempDir
    private static Path directory;

    private static Certificates certificates;
    private static Certified client;
    private static Origin origin;
    private static Side envoy;
    private static Side ringway;

    private static Map<String, String> rules()
    {
        final Map<String, String> rules = new LinkedHashMap<>();
        rules.put("none", "");
        rules.put("sanitize", "forward_client_cert_details: SANITIZE");
        rules.put("forward", "forward_client_cert_details: FORWARD_ONLY");
        rules.put("always", "forward_client_cert_details: ALWAYS_FORWARD_ONLY");
        rules.put("append", "forward_client_cert_details: APPEND_FORWARD");
        rules.put("appendall", "forward_client_cert_details: APPEND_FORWARD\nset_current_client_cert_details: " +
            "{ subject: true, cert: true, chain: true, dns: true, uri: true }");
        rules.put("set", "forward_client_cert_details: SANITIZE_SET\n" +
            "set_current_client_cert_details: { subject: true, dns: true, uri: true }");
        rules.put("setcert", "forward_client_cert_details: SANITIZE_SET\n" +
            "set_current_client_cert_details: { cert: true, chain: false, subject: false }");
        return rules;
    }

    /** One of the two. */
    private static final class Side implements AutoCloseable
    {
        private final Map<String, Integer> ports = new HashMap<>();
        private final Program program;

        private Side(final boolean isEnvoy, final String context) throws Exception
        {
            final int adminPort = Program.freePort();
            final StringBuilder config = new StringBuilder(Bootstraps.admin(adminPort));
            for (final Map.Entry<String, String> rule : RULES.entrySet())
            {
                final int port = Program.freePort();
                ports.put(rule.getKey(), port);
                config.append(Bootstraps.http(rule.getKey(), Bootstraps.tcpAddress("127.0.0.1", port), rule.getValue(),
                    "- match: { prefix: \"/\" }\n  route: { cluster: b }\n")).append(Bootstraps.downstreamTls(context));
            }
            config.append("  clusters:\n")
                .append(Bootstraps.cluster("b", "STATIC", Bootstraps.tcpAddress("127.0.0.1", origin.port())));
            final Path file = Files.writeString(directory.resolve(isEnvoy ? "envoy.yaml" : "ringway.yaml"), config);
            program = Peers.either(isEnvoy, directory, file);
            program.awaitPort(adminPort);
            for (final int port : ports.values())
            {
                program.awaitPort(port);
            }
        }

        /** What the endpoint saw of two requests on one connection. */
        private List<String> seen(final String rule, final boolean shows, final String told) throws Exception
        {
            try (SSLSocket socket = (SSLSocket)certificates.client(shows ? client : null).getSocketFactory()
                .createSocket("localhost", ports.get(rule)))
            {
                socket.setSoTimeout(Patience.MS);
                for (int i = 0; i < 2; i++)
                {
                    socket.getOutputStream().write(
                        ("GET / HTTP/1.1\r\nhost: a\r\n" + told + "\r\n").getBytes(ISO_8859_1));
                    final HttpMessage answer = HttpMessage.read(socket.getInputStream(), false);
                    assertNotNull(answer, program.output());
                    assertEquals("HTTP/1.1 200 OK", answer.start());
                }
            }
            return origin.takeSeen().stream().map(Side::told).toList();
        }

        /** Two lines mean the same as one with a comma (RFC 9110, 5.3). */
        private static String told(final HttpMessage request)
        {
            return request.fields().stream()
                .filter(field -> field.toLowerCase(Locale.ROOT).startsWith("x-forwarded-client-cert:"))
                .map(field -> field.substring(field.indexOf(':') + 1).strip()).collect(Collectors.joining(","));
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
        client = certificates.ecdsa("client,OU=mesh,O=A Test,C=DE",
            "uri:spiffe://mesh/client,dns:client.test,uri:https://a.test/,dns:*.client.test");
        final Certified server = certificates.ecdsa("server", "uri:spiffe://mesh/server,dns:localhost");
        origin = new Origin(Map.of("/", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"));
        final String context = "common_tls_context: { tls_certificates: [ " + server.yaml() + " ], " +
            "validation_context: { trusted_ca: { filename: \"" + certificates.authority() + "\" } } }";
        envoy = new Side(true, context);
        ringway = new Side(false, context);
    }

    @AfterAll
    static void stop() throws Exception
    {
        envoy.close();
        ringway.close();
        origin.close();
    }

    static Stream<Arguments> cases()
    {
        return RULES.keySet().stream().flatMap(rule -> Stream.of(true, false).flatMap(shows ->
            Stream.of("", TOLD, TOLD + "x-forwarded-client-cert: Hash=11\r\n").map(told ->
                Arguments.of(rule, shows, told))));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void shouldTellTheSame(final String rule, final boolean shows, final String told) throws Exception
    {
        assertEquals(envoy.seen(rule, shows, told), ringway.seen(rule, shows, told));
    }
}
