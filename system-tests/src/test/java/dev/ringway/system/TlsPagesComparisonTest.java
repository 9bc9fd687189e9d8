package dev.ringway.system;

import dev.ringway.system.Certificates.Certified;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Ringway and Envoy with the same TLS contexts show the same certificates. */
@Timeout(120)
final class TlsPagesComparisonTest
{
    @TempDir
    private static Path directory;

    private static String contexts;
    private static Program envoy;
    private static Program ringway;
    private static Admin ofEnvoy;
    private static Admin ofRingway;

    @BeforeAll
    static void start() throws Exception
    {
        final Certificates certificates = new Certificates(directory, "mesh");
        final Certified ecdsa =
            certificates.ecdsa("ecdsa", "ip:2001:db8::1,uri:spiffe://mesh/a,dns:localhost,ip:127.0.0.1,dns:*.a.test");
        final Certified rsa = certificates.rsa("rsa", "dns:localhost");
        contexts = "tls_certificates: [ " + ecdsa.yaml() + ", " + rsa.yaml() + " ], validation_context: " +
            "{ trusted_ca: { filename: \"" + certificates.authority() + "\" } }";
        final String inline = "common_tls_context: { validation_context: { trusted_ca: { inline_string: \"" +
            Files.readString(certificates.authority()).replace("\n", "\\n") + "\" } } }";
        final String clusters = "  clusters:\n" + cluster("none", "sni: localhost") + cluster("inline", inline);
        final int envoyPort = Program.freePort();
        final int ringwayPort = Program.freePort();
        envoy = Peers.envoy(directory, bootstrap("envoy.yaml", envoyPort, clusters));
        ringway = Program.ringway(
            directory, "-c", bootstrap("ringway.yaml", ringwayPort, clusters).toString(), "--concurrency", "1");
        envoy.awaitPort(envoyPort);
        ringway.awaitPort(ringwayPort);
        ofEnvoy = new Admin(envoyPort);
        ofRingway = new Admin(ringwayPort);
    }

    private static String cluster(final String name, final String context)
    {
        return Bootstraps.cluster(name, "STATIC", Bootstraps.tcpAddress("127.0.0.1", 1)) +
            Bootstraps.upstreamTls(context);
    }

    private static Path bootstrap(final String file, final int adminPort, final String clusters) throws Exception
    {
        return Files.writeString(directory.resolve(file), Bootstraps.admin(adminPort) +
            Bootstraps.http("mutual", Bootstraps.tcpAddress("127.0.0.1", Program.freePort()), "",
                "- match: { prefix: \"/\" }\n  direct_response: { status: 200 }\n") +
            Bootstraps.downstreamTls("require_client_certificate: true, common_tls_context: { " + contexts + " }") +
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

    @Test
    void shouldShowTheSameCertificates() throws Exception
    {
        final List<String> expected = shownBy(ofEnvoy);
        assertEquals(3, expected.size());
        assertEquals(String.join("\n", expected), String.join("\n", shownBy(ofRingway)));
    }
}
