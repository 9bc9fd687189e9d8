package dev.ringway.system;

import dev.ringway.system.Certificates.Certified;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

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
            log_format: { text_format_source: { inline_string: "%%DOWNSTREAM_TLS_VERSION%% %%DOWNSTREAM_TLS_CIPHER%% \
        '%%DOWNSTREAM_PEER_SUBJECT%%' '%%DOWNSTREAM_PEER_ISSUER%%' %%DOWNSTREAM_PEER_FINGERPRINT_256%% \
        %%DOWNSTREAM_PEER_SERIAL%% %%DOWNSTREAM_PEER_URI_SAN%% %%DOWNSTREAM_PEER_DNS_SAN%% \
        %%REQUESTED_SERVER_NAME%% %%DOWNSTREAM_TLS_SESSION_ID%%\\n" } }
        """;
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
    private static int toEnvoy;
    private static int toRingway;
    private static Program envoy;
    private static Program ringway;
    private static Admin ofEnvoy;
    private static Admin ofRingway;

    @BeforeAll
    static void start() throws Exception
    {
        certificates = new Certificates(directory, "mesh");
        final Certified ecdsa =
            certificates.ecdsa("ecdsa", "ip:2001:db8::1,uri:spiffe://mesh/a,dns:localhost,ip:127.0.0.1,dns:*.a.test");
        final Certified rsa = certificates.rsa("rsa", "dns:localhost");
        client = certificates.ecdsa(
            "client,EMAILADDRESS=a@b.test,SERIALNUMBER=77,SURNAME=C,GIVENNAME=D,T=E,OU=mesh,O=A Test,C=DE",
            "uri:spiffe://mesh/client,dns:client.test,uri:https://a.test/,dns:*.client.test");
        toEnvoy = Program.freePort();
        toRingway = Program.freePort();
        contexts = "tls_certificates: [ " + ecdsa.yaml() + ", " + rsa.yaml() + " ], validation_context: " +
            "{ trusted_ca: { filename: \"" + certificates.authority() + "\" } }";
        final String inline = "common_tls_context: { validation_context: { trusted_ca: { inline_string: \"" +
            Files.readString(certificates.authority()).replace("\n", "\\n") + "\" } } }";
        final String clusters = "  clusters:\n" + cluster("none", "sni: localhost") + cluster("inline", inline);
        final int envoyPort = Program.freePort();
        final int ringwayPort = Program.freePort();
        envoy = Peers.either(true, directory, bootstrap("envoy", envoyPort, toEnvoy, clusters));
        ringway = Peers.either(false, directory, bootstrap("ringway", ringwayPort, toRingway, clusters));
        envoy.awaitPort(envoyPort).awaitPort(toEnvoy);
        ringway.awaitPort(ringwayPort).awaitPort(toRingway);
        ofEnvoy = new Admin(envoyPort);
        ofRingway = new Admin(ringwayPort);
    }

    private static String cluster(final String name, final String context)
    {
        return Bootstraps.cluster(name, "STATIC", Bootstraps.tcpAddress("127.0.0.1", 1)) +
            Bootstraps.upstreamTls(context);
    }

    private static Path bootstrap(final String name, final int adminPort, final int port, final String clusters)
        throws Exception
    {
        return Files.writeString(directory.resolve(name + ".yaml"), Bootstraps.admin(adminPort) +
            Bootstraps.http("mutual", Bootstraps.tcpAddress("127.0.0.1", port),
                ACCESS_LOG.formatted(directory.resolve(name + ".log")),
                "- match: { prefix: \"/\" }\n  direct_response: { status: 200 }\n")
                .replace("    filter_chains:\n", INSPECTOR) +
            Bootstraps.downstreamTls("common_tls_context: { " + contexts + " }") +
            clusters);
    }

    @AfterAll
    static void stop()
    {
        envoy.close();
        ringway.close();
    }

    /** Contexts in an order of their own: Envoy has none. */
    private static List<String> shownBy(final Admin admin) throws Exception
    {
        final String page = admin.get("/certs").replaceAll("\\s", "")
            .replace("\\u003c", "<").replace("\\u003e", ">");
        assertEquals("{\"certificates\":[{", page.substring(0, 18));
        return Arrays.stream(page.substring(18, page.length() - 3).split("\\},\\{(?=\"ca_cert\")")).sorted().toList();
    }

    private static void request(final Certified shown, final String version, final int port) throws Exception
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
            assertEquals("HTTP/1.1 200 OK", HttpMessage.read(socket.getInputStream(), false).start());
        }
    }

    /** What was logged, once there are so many lines; sessions have ids of their own. */
    private static String logOf(final String name, final int lines) throws Exception
    {
        final List<String> logged = LogLines.await(directory.resolve(name + ".log"), lines, line -> true);
        return String.join("\n", logged).replaceAll("(?m) [0-9a-f]{64}$", " ID");
    }

    @Test
    void shouldLogTheSameOfConnections() throws Exception
    {
        for (final int port : new int[]{toEnvoy, toRingway})
        {
            request(client, "TLSv1.2", port);
            request(client, "TLSv1.3", port);
            request(null, "TLSv1.2", port);
            request(null, "TLSv1.3", port);
        }
        final String expected = logOf("envoy", 4);
        assertTrue(expected.contains("spiffe://mesh/client,https://a.test/ client.test,*.client.test"), expected);
        assertTrue(expected.contains(" b.a.test "), expected);
        assertEquals(expected, logOf("ringway", 4));
    }

    @Test
    void shouldShowTheSameCertificates() throws Exception
    {
        final List<String> expected = shownBy(ofEnvoy);
        assertEquals(3, expected.size());
        assertEquals(String.join("\n", expected), String.join("\n", shownBy(ofRingway)));
    }
}
