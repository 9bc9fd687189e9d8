package dev.ringway.system;

import dev.ringway.system.Certificates.Certified;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Ringway and Envoy check the health of nginx and grpc-java over TLS with the same results. */
final class TlsHealthComparisonTest
{
    private static final String NAMED = "sni: server.mesh, auto_sni_san_validation: true, ";
    private static final List<String> COUNTED = List.of("ssl.handshake", "ssl.connection_error", "ssl.fail_verify_san",
        "ssl.fail_verify_error", "health_check.success", "health_check.failure", "health_check.network_failure");

    @TempDir
    private static Path directory;

    private final Map<String, String> clusters = new LinkedHashMap<>();

    private void add(final String name, final int port, final String tls, final String check)
    {
        final boolean isHttp2 = name.startsWith("grpc");
        clusters.put(name, Bootstraps.cluster(name, "STATIC", Bootstraps.tcpAddress("127.0.0.1", port)) +
            Bootstraps.upstreamTls(tls) + (isHttp2 ? Bootstraps.HTTP2_CLUSTER : "") +
            "    health_checks: [ { timeout: " + (name.equals("silent") ? "0.2" : "50") + "s, interval: 0.05s, no_traffic_interval: 0.05s, " +
            "unhealthy_threshold: 3, healthy_threshold: 1, " + check + " } ]\n");
    }

    private static String http(final String path)
    {
        return "http_health_check: { path: " + path + " }";
    }

    private static String offers(final String protocol)
    {
        return ", tls_options: { alpn_protocols: [ " + protocol + " ] }";
    }

    private void addAll(final Certificates certificates, final int[] ports, final int grpc) throws Exception
    {
        final String trusted =
            "validation_context: { trusted_ca: { filename: \"" + certificates.authority() + "\" } }";
        final String good = NAMED + "common_tls_context: { " + trusted + " }";
        final Path stranger = new Certificates(directory, "elsewhere").authority();
        final Certified client = certificates.ecdsa("client", "uri:spiffe://mesh/client");
        final String get = HexFormat.of().formatHex("GET /hc HTTP/1.1\r\nhost: a\r\n\r\n".getBytes(US_ASCII));
        add("good", ports[0], good, http("/hc"));
        add("asked", ports[0], good, http("/named"));
        add("plain", ports[0], good, http("/no-alpn"));
        add("offered", ports[0], good, http("/alpn-http1") + offers("http/1.1"));
        add("tcp", ports[0], good, "tcp_health_check: {}");
        add("bytes", ports[0], good, "tcp_health_check: { send: { text: \"" + get + "\" }, receive: [ { text: \"" +
            HexFormat.of().formatHex("200 OK".getBytes(US_ASCII)) + "\" } ] }");
        add("stranger", ports[0], "common_tls_context: { validation_context: { trusted_ca: { filename: \"" + stranger +
            "\" } } }", http("/hc"));
        add("renamed", ports[0], good.replace("server.mesh", "other.mesh"), http("/hc"));
        add("mutual", ports[1], good.replace(trusted, trusted + ", tls_certificates: [ " + client.yaml() + " ]"),
            http("/hc"));
        add("unshown", ports[1], good, http("/hc"));
        add("http2", ports[2], good, "http_health_check: { path: /http2, codec_client_type: HTTP2 }" + offers("h2"));
        add("clear", ports[3], good, http("/hc"));
        add("cleartcp", ports[3], good, "tcp_health_check: {}");
        add("dead", 1, good, "tcp_health_check: {}");
        add("silent", ports[4], good, "tcp_health_check: {}");
        add("grpc", grpc, good, "grpc_health_check: {}");
        add("grpc_offered", grpc, good, "grpc_health_check: {}" + offers("h2"));
        add("grpc_context", grpc, good.replace(trusted, trusted + ", alpn_protocols: [ h2 ]"), "grpc_health_check: {}");
        add("grpc_not", grpc, good, "grpc_health_check: { service_name: not }" + offers("h2"));
    }

    private static Program nginx(final int[] ports, final Certificates certificates, final Certified server)
        throws Exception
    {
        final List<String> options = List.of("ssl", "ssl", "ssl http2", "");
        final String servers = Peers.tlsServers(ports, options, 1, server, certificates, """
            keepalive_requests 1000000;
            location = /hc { return 200; }
            location = /named { if ($ssl_server_name = "server.mesh") { return 200; } return 503; }
            location = /no-alpn { if ($ssl_alpn_protocol = "") { return 200; } return 503; }
            location = /alpn-http1 { if ($ssl_alpn_protocol = "http/1.1") { return 200; } return 503; }
            location = /http2 { if ($http2 = "h2") { return 200; } return 503; }
            """);
        return Peers.nginx(directory, servers).awaitPort(ports[0]);
    }

    /** What became of the checks, by cluster. */
    private Map<String, String> observe(final boolean isEnvoy) throws Exception
    {
        final int adminPort = Program.freePort();
        final Path file = Files.writeString(directory.resolve(isEnvoy ? "envoy.yaml" : "ringway.yaml"),
            Bootstraps.admin(adminPort).replace("  listeners:\n", "") + "  clusters:\n" +
            String.join("", clusters.values()));
        try (Program program = Peers.either(isEnvoy, directory, file))
        {
            program.awaitPort(adminPort);
            final Admin admin = new Admin(adminPort);
            final Map<String, String> found = new TreeMap<>();
            for (final String name : clusters.keySet())
            {
                Patience.await(() -> count(admin, name, "health_check.success") +
                    count(admin, name, "health_check.failure") > 3, () -> "checks of " + name);
                Patience.await(() -> count(admin, name, "health_check.healthy") ==
                    (count(admin, name, "health_check.success") > 0 ? 1 : 0),
                    () -> "what checks of " + name + " found");
                final StringBuilder text = new StringBuilder("healthy " + count(admin, name, "health_check.healthy"));
                for (final String counted : COUNTED)
                {
                    text.append(count(admin, name, counted) > 0 ? " " + counted : "");
                }
                found.put(name, text.toString());
            }
            return found;
        }
    }

    private static long count(final Admin admin, final String cluster, final String what) throws Exception
    {
        return admin.stats().getOrDefault("cluster." + cluster + "." + what, 0L);
    }

    @Test
    void shouldJudgeAsEnvoyDoes() throws Exception
    {
        final Certificates certificates = new Certificates(directory, "mesh");
        final Certified server = certificates.ecdsa("server", "dns:server.mesh");
        final int[] ports =
            {Program.freePort(), Program.freePort(), Program.freePort(), Program.freePort(), 0};
        final HealthStatusManager health = new HealthStatusManager();
        health.setStatus("not", ServingStatus.NOT_SERVING);
        final Server grpc = ServerBuilder.forPort(0).useTransportSecurity(
            server.certificate().toFile(), server.key().toFile()).addService(health.getHealthService()).build().start();
        try (ServerSocket silent = new ServerSocket(0, 1000, InetAddress.getLoopbackAddress());
            Program nginx = nginx(ports, certificates, server))
        {
            assertTrue(nginx.isAlive(), nginx.output());
            ports[4] = silent.getLocalPort();
            addAll(certificates, ports, grpc.getPort());
            final Map<String, String> expected = observe(true);
            for (final String name : List.of(
                "good", "asked", "plain", "offered", "bytes", "tcp", "mutual", "http2", "grpc_offered", "grpc_context"))
            {
                assertTrue(expected.get(name).startsWith("healthy 1"), expected.toString());
            }
            assertEquals(expected.toString().replace(", ", ",\n"), observe(false).toString().replace(", ", ",\n"));
        }
        finally
        {
            grpc.shutdownNow();
        }
    }
}
