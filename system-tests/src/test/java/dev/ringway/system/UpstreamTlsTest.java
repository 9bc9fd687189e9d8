package dev.ringway.system;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.ringway.system.Certificates.Certified;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** One Ringway process whose endpoints are encrypted: nginx, which speaks both versions of HTTP, and the JDK. */
final class UpstreamTlsTest
{
    private static final String LARGE = "0123456789abcde\n".repeat(1 << 16);
    private static final String FAILED =
        "upstream connect error or disconnect/reset before headers. reset reason: remote connection failure";
    private static final int REQUESTS = 40;
    private static final String AUTO_SNI = """
            typed_extension_protocol_options:
              envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                explicit_http_config: { http_protocol_options: {} }
                upstream_http_protocol_options: { auto_sni: true, auto_san_validation: true }
        """;

    @TempDir
    private static Path directory;

    private static final List<Program> STARTED = new ArrayList<>();
    private static final ExecutorService WORKERS = Executors.newCachedThreadPool();
    private static Certificates certificates;
    private static HttpsServer jdk;
    private static Admin admin;
    private static Map<String, Long> gauges;
    private static Program ringway;
    private static int port;
    private static int tlsPort;
    private static int tcpPort;

    @BeforeAll
    static void start() throws Exception
    {
        certificates = new Certificates(directory, "mesh");
        final Path stranger = new Certificates(directory, "elsewhere").authority();
        final Certified server = certificates.ecdsa("server", "dns:server.mesh,dns:localhost");
        final Certified client = certificates.ecdsa("client", "uri:spiffe://mesh/client");
        Files.writeString(directory.resolve("large"), LARGE);
        final int[] nginxPorts = {Program.freePort(), Program.freePort(), Program.freePort(), Program.freePort()};
        final int nginxPort = nginxPorts[0];
        startNginx(nginxPorts, server);
        jdk = HttpsServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        jdk.setHttpsConfigurator(new HttpsConfigurator(certificates.client(server)));
        jdk.setExecutor(WORKERS);
        jdk.createContext("/", exchange ->
        {
            final byte[] body = exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        jdk.start();
        port = Program.freePort();
        tlsPort = Program.freePort();
        tcpPort = Program.freePort();
        final int adminPort = Program.freePort();
        final String routes = """
            - match: { prefix: "/h1/" }
              route: { cluster: h1, timeout: 60s, prefix_rewrite: "/" }
            - match: { prefix: "/h2/" }
              route: { cluster: h2, timeout: 60s, prefix_rewrite: "/" }
            - match: { prefix: "/older/" }
              route: { cluster: older, timeout: 60s, prefix_rewrite: "/" }
            - match: { prefix: "/newer/" }
              route: { cluster: newer, timeout: 60s, prefix_rewrite: "/" }
            - match: { prefix: "/asked/" }
              route: { cluster: asked, timeout: 60s, prefix_rewrite: "/" }
            - match: { prefix: "/mutual/" }
              route: { cluster: mutual, timeout: 60s, prefix_rewrite: "/" }
            - match: { prefix: "/shown/" }
              route: { cluster: unshown, timeout: 60s, prefix_rewrite: "/" }
            - match: { prefix: "/clear/" }
              route: { cluster: clear, timeout: 60s, prefix_rewrite: "/" }
            - match: { prefix: "/jdk/" }
              route: { cluster: jdk, timeout: 60s }
            - match: { prefix: "/stranger/" }
              route: { cluster: stranger, timeout: 60s }
            - match: { prefix: "/renamed/" }
              route: { cluster: renamed, timeout: 60s }
            """;
        final String trusted = "validation_context: { trusted_ca: { filename: \"" + certificates.authority() + "\" } }";
        final String newest = "tls_params: { tls_maximum_protocol_version: TLSv1_3 }, " + trusted;
        final String named = "sni: server.mesh, auto_sni_san_validation: true, ";
        final Path file = Files.writeString(directory.resolve("ringway.yaml"), Bootstraps.admin(adminPort) +
            Bootstraps.http("clear", Bootstraps.tcpAddress("127.0.0.1", port), "", routes) +
            Bootstraps.http("tls", Bootstraps.tcpAddress("127.0.0.1", tlsPort), "", routes) +
            Bootstraps.downstreamTls("common_tls_context: { tls_certificates: [ " + server.yaml() +
                " ], alpn_protocols: [ h2, http/1.1 ] }") +
            Bootstraps.tcp("tcp", Bootstraps.tcpAddress("127.0.0.1", tcpPort), "jdk") + "  clusters:\n" +
            cluster("h1", nginxPort) + Bootstraps.upstreamTls(named + "common_tls_context: { " + trusted + " }") +
            cluster("h2", nginxPorts[1]) + Bootstraps.upstreamTls(named + "common_tls_context: { " + newest + " }") +
            Bootstraps.HTTP2_CLUSTER +
            cluster("mutual", nginxPorts[2]) + Bootstraps.upstreamTls(named + "common_tls_context: { " + newest +
                ", tls_certificates: [ " + client.yaml() + " ] }") +
            cluster("unshown", nginxPorts[2]) +
            Bootstraps.upstreamTls(named + "common_tls_context: { " + newest + " }") +
            cluster("older", nginxPort) + Bootstraps.upstreamTls(named + "common_tls_context: { " + trusted + " }") +
            cluster("newer", nginxPort) + Bootstraps.upstreamTls(named + "common_tls_context: { " + newest + " }") +
            cluster("asked", nginxPort) + Bootstraps.upstreamTls("common_tls_context: { " + trusted + " }") +
            AUTO_SNI +
            cluster("clear", nginxPorts[3]) +
            cluster("jdk", jdk.getAddress().getPort()) +
            Bootstraps.upstreamTls("common_tls_context: { " + newest + " }") +
            cluster("stranger", nginxPort) + Bootstraps.upstreamTls(
                "common_tls_context: { validation_context: { trusted_ca: { filename: \"" + stranger + "\" } } }") +
            cluster("renamed", nginxPort) + Bootstraps.upstreamTls(
                "sni: other.mesh, auto_sni_san_validation: true, common_tls_context: { " + trusted + " }"));
        admin = new Admin(adminPort);
        ringway = Program.ringway(directory, "-c", file.toString(), "--concurrency", "1");
        STARTED.add(ringway);
        ringway.awaitPort(adminPort).awaitPort(port).awaitPort(tlsPort).awaitPort(tcpPort);
        gauges = admin.firstGauges();
    }

    private static String cluster(final String name, final int to)
    {
        return Bootstraps.cluster(name, "STATIC", Bootstraps.tcpAddress("127.0.0.1", to));
    }

    private static void startNginx(final int[] nginxPorts, final Certified server) throws Exception
    {
        final String servers = Peers.tlsServers(
            nginxPorts, List.of("ssl", "ssl http2", "ssl", ""), 2, server, certificates, """
                ssl_protocols TLSv1.2 TLSv1.3;
                keepalive_requests 30;
                root %s;
                set $seen "$server_protocol $ssl_protocol $ssl_server_name $ssl_alpn_protocol";
                location = /seen { return 200 "$seen $ssl_client_s_dn"; }
                """.formatted(directory));
        STARTED.add(Peers.nginx(directory, servers).awaitPort(nginxPorts[0]));
    }

    @AfterAll
    static void stop() throws Exception
    {
        jdk.stop(0);
        WORKERS.shutdownNow();
        STARTED.get(0).close();
        try (Program closed = ringway)
        {
            assertTrue(closed.isAlive(), closed.output());
            admin.awaitNothingLeft(gauges);
        }
    }

    private static long counter(final String name) throws Exception
    {
        return admin.stats().get("cluster." + name);
    }

    private static HttpClient client(final HttpClient.Version version) throws Exception
    {
        return HttpClient.newBuilder().version(version).sslContext(certificates.client(null)).build();
    }

    private static HttpRequest request(final boolean isEncrypted, final String path)
    {
        return HttpRequest.newBuilder(URI.create(isEncrypted ? "https://localhost:" + tlsPort + path :
            "http://localhost:" + port + path)).timeout(Duration.ofSeconds(Patience.S)).build();
    }

    private static HttpResponse<String> get(final String path) throws Exception
    {
        try (HttpClient http = client(HttpClient.Version.HTTP_1_1))
        {
            return http.send(request(false, path), BodyHandlers.ofString());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "false, HTTP_1_1, clear", "false, HTTP_1_1, h1", "false, HTTP_1_1, h2",
        "true, HTTP_1_1, clear", "true, HTTP_1_1, h1", "true, HTTP_1_1, h2",
        "true, HTTP_2, clear", "true, HTTP_2, h1", "true, HTTP_2, h2"})
    void shouldServeEveryPairOfSides(
        final boolean isEncrypted, final HttpClient.Version version, final String cluster) throws Exception
    {
        try (HttpClient http = client(version))
        {
            final List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
            for (int i = 0; i < REQUESTS; i++)
            {
                answers.add(http.sendAsync(request(isEncrypted, "/" + cluster + "/large"), BodyHandlers.ofString()));
            }
            for (final CompletableFuture<HttpResponse<String>> answer : answers)
            {
                assertEquals(200, answer.get().statusCode());
                assertEquals(version, answer.get().version());
                assertEquals(LARGE, answer.get().body());
            }
        }
        assertEquals(0, counter(cluster + ".upstream_rq_5xx"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        h1     | HTTP/1.1 TLSv1.2 server.mesh http/1.1
        h2     | HTTP/2.0 TLSv1.3 server.mesh h2
        mutual | HTTP/1.1 TLSv1.3 server.mesh http/1.1 CN=client
        """)
    void shouldAgreeOnWhatIsConfigured(final String cluster, final String seen) throws Exception
    {
        assertEquals(seen, get("/" + cluster + "/seen").body().strip());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldServeTheServerOfTheJdk(final boolean isEncrypted) throws Exception
    {
        try (HttpClient http = client(HttpClient.Version.HTTP_1_1))
        {
            for (int i = 0; i < 20; i++)
            {
                final String body = LARGE.substring(0, i * 3_000);
                final HttpRequest request = HttpRequest.newBuilder(request(isEncrypted, "/jdk/").uri())
                    .timeout(Duration.ofSeconds(Patience.S)).POST(BodyPublishers.ofString(body)).build();
                assertEquals(body, http.send(request, BodyHandlers.ofString()).body());
            }
        }
    }

    @Test
    void shouldRelayTcp() throws Exception
    {
        try (Client client = new Client(tcpPort))
        {
            final String body = LARGE.substring(0, 300_000);
            client.send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: " + body.length() + "\r\n\r\n" + body);
            assertEquals(body, client.read().text());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"older", "newer"})
    void shouldResumeSessions(final String cluster) throws Exception
    {
        // nginx closes each connection behind its 30th request.
        try (Client client = new Client(port))
        {
            for (int i = 0; i < 91; i++)
            {
                assertEquals(200, client.get("/" + cluster + "/seen").status());
            }
        }
        assertEquals(4, counter(cluster + ".ssl.handshake"));
        assertEquals(3, counter(cluster + ".ssl.session_reused"));
        assertEquals(0, counter(cluster + ".ssl.connection_error"));
    }

    @Test
    void shouldAskForTheHostOfTheRequestAndVerifyIt() throws Exception
    {
        assertEquals("HTTP/1.1 TLSv1.2 localhost http/1.1", get("/asked/seen").body().strip());
        try (Client client = new Client(port))
        {
            client.send("GET /asked/seen HTTP/1.1\r\nhost: server.mesh:443\r\n\r\n");
            assertEquals("HTTP/1.1 TLSv1.2 server.mesh http/1.1", client.read().text().strip());
            client.send("GET /asked/seen HTTP/1.1\r\nhost: other.mesh\r\n\r\n");
            assertEquals(FAILED, client.read().text());
        }
        admin.awaitStat("cluster.asked.ssl.fail_verify_san", 1);
    }

    @ParameterizedTest
    @CsvSource({"stranger, fail_verify_error", "renamed, fail_verify_san"})
    void shouldRefuseEndpointsThatAreNotThoseMeant(final String cluster, final String name) throws Exception
    {
        final HttpResponse<String> answer = get("/" + cluster + "/large");
        assertEquals(503, answer.statusCode());
        assertEquals(FAILED, answer.body());
        assertTrue(counter(cluster + ".ssl." + name) > 0);
        assertEquals(0, counter(cluster + ".ssl.handshake"));
    }

    @Test
    void shouldPassOnThatNoCertificateIsShown() throws Exception
    {
        assertEquals(400, get("/shown/seen").statusCode());
    }
}
