package dev.ringway.system;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

import javax.xml.parsers.DocumentBuilderFactory;

import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * h2spec, the conformance suite of RFC 9113 and RFC 7541, strict, against a whole process; each of its cases is a test.
 * `./ringway test` installs it.
 */
final class H2SpecTest
{
    private static final int CASES = 147;
    private static final int RUN_S = 240;

    /**
     * Not where the preface decides: RFC 9113, section 3.4, says that "an invalid preface indicates that the peer is
     * not using HTTP/2", so it is answered as the HTTP/1.1 that it is.
     */
    private static final String DISPUTED = "Sends invalid connection preface";

    private static final Path H2SPEC = Program.REPOSITORY.resolve(".ringway/tools/h2spec");

    @TempDir
    private static Path directory;

    private static Origin origin;
    private static Program ringway;
    private static Admin admin;
    private static Map<String, Long> gauges;
    private static int http2Port;
    private static int autoPort;
    private static int tlsPort;

    @BeforeAll
    static void start() throws Exception
    {
        // Cases about windows are left out unless the answer has some bytes.
        origin = new Origin(Map.of("/", "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n" + "x".repeat(100)));
        http2Port = Program.freePort();
        autoPort = Program.freePort();
        tlsPort = Program.freePort();
        final String certificate = new Certificates(directory, "ca").ecdsa("localhost", "dns:localhost").yaml();
        final int adminPort = Program.freePort();
        final String routes = "- match: { prefix: \"/\" }\n  route: { cluster: origin }\n";
        final Path file = Files.writeString(directory.resolve("ringway.yaml"), Bootstraps.admin(adminPort) +
            Bootstraps.http("http2", Bootstraps.tcpAddress("127.0.0.1", http2Port), "codec_type: HTTP2", routes) +
            Bootstraps.http("auto", Bootstraps.tcpAddress("127.0.0.1", autoPort), "codec_type: AUTO", routes) +
            Bootstraps.http("tls", Bootstraps.tcpAddress("127.0.0.1", tlsPort), "", routes) +
            Bootstraps.downstreamTls(
                "common_tls_context: { tls_certificates: [ " + certificate + " ], alpn_protocols: [ h2 ] }") +
            "  clusters:\n" +
            Bootstraps.cluster("origin", "STATIC", Bootstraps.tcpAddress("127.0.0.1", origin.port())));
        ringway = Program.ringway(directory, "-c", file.toString(), "--concurrency", "1");
        ringway.awaitPort(adminPort).awaitPort(http2Port).awaitPort(autoPort).awaitPort(tlsPort);
        admin = new Admin(adminPort);
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

    @TestFactory
    List<DynamicTest> shouldConformWhereHttp2IsConfigured() throws Exception
    {
        return run(http2Port);
    }

    @TestFactory
    List<DynamicTest> shouldConformWhereThePrefaceDecides() throws Exception
    {
        return run(autoPort).stream().filter(test -> !test.getDisplayName().endsWith(DISPUTED)).toList();
    }

    @TestFactory
    List<DynamicTest> shouldConformOnTls() throws Exception
    {
        return run(tlsPort, "--tls", "--insecure");
    }

    private static List<DynamicTest> run(final int port, final String... options) throws Exception
    {
        assertTrue(Files.isExecutable(H2SPEC), "h2spec is not installed; ./ringway test installs it");
        final Path report = Files.createTempFile(directory, "h2spec", ".xml");
        final Path output = Files.createTempFile(directory, "h2spec", ".txt");
        final List<String> command = new ArrayList<>(List.of(H2SPEC.toString(), "--host", "127.0.0.1", "--port",
            Integer.toString(port), "--strict", "--timeout", "20", "--junit-report", report.toString()));
        command.addAll(List.of(options));
        final Process h2spec = new ProcessBuilder(command)
            .redirectErrorStream(true).redirectOutput(output.toFile()).start();
        if (!h2spec.waitFor(RUN_S, TimeUnit.SECONDS))
        {
            h2spec.destroyForcibly();
            throw new AssertionError("h2spec still runs: " + new String(Files.readAllBytes(output), UTF_8));
        }
        final List<DynamicTest> tests = new ArrayList<>();
        final NodeList cases = read(report).getElementsByTagName("testcase");
        for (int i = 0; i < cases.getLength(); i++)
        {
            final Element one = (Element)cases.item(i);
            tests.add(DynamicTest.dynamicTest(one.getAttribute("package") + ": " + one.getAttribute("classname"),
                () -> assertEquals("", one.getTextContent().strip())));
            // A case that is skipped tells nothing.
            assertEquals(0, one.getElementsByTagName("skipped").getLength(), one.getAttribute("classname"));
        }
        assertEquals(CASES, tests.size(), "cases that h2spec ran");
        return tests;
    }

    /** Payloads of frames stand in the report as they were, with characters that XML does not allow. */
    private static Document read(final Path report) throws Exception
    {
        final String xml = new String(Files.readAllBytes(report), UTF_8)
            .replaceAll("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\ufffd-\\uffff]", "?");
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(xml)));
    }
}
