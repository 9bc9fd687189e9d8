package dev.ringway.system;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The PROXY protocol between Ringway and HAProxy, nginx and curl. */
final class ProxyProtocolPeersTest
{
    private static final String CLIENT = "127.0.0.7";
    private static final String FORMAT =
        "log %DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT% %DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT% " +
            "%DOWNSTREAM_LOCAL_ADDRESS%\\n";
    private static final String TYPE = "type.googleapis.com/envoy.extensions.";

    private static final List<AutoCloseable> STARTED = new ArrayList<>();
    private static final Map<String, Integer> PORTS = new HashMap<>();

    @TempDir
    private static Path directory;

    private static Origin origin;
    private static Admin admin;
    private static Map<String, Long> gauges;

    @BeforeAll
    static void start() throws Exception
    {
        for (final String name : List.of("admin", "http", "relay1", "relay2", "through1", "through2", "one", "two",
            "tlv", "before1", "before2", "nginx", "haproxy"))
        {
            PORTS.put(name, Program.freePort());
        }
        origin = started(new Origin(Map.of()));
        started(Peers.nginx(directory, """
            server
            {
                listen 127.0.0.1:%d proxy_protocol;
                location / { return 200 "$proxy_protocol_addr $proxy_protocol_server_addr:$proxy_protocol_server_port"; }
            }
            """.formatted(PORTS.get("nginx")))).awaitPort(PORTS.get("nginx"));
        started(Peers.haproxy(directory, haproxy("one", "http", "send-proxy") +
            haproxy("two", "http", "send-proxy-v2") +
            haproxy("tlv", "http", "send-proxy-v2 proxy-v2-options crc32c,unique-id") +
            haproxy("before1", "through1", "send-proxy") + haproxy("before2", "through2", "send-proxy-v2") + """
            frontend behind
                bind 127.0.0.1:%d accept-proxy
                http-request return status 200 content-type text/plain lf-string "%%[src] %%[dst]:%%[dst_port]"
            """.formatted(PORTS.get("haproxy")))).awaitPort(PORTS.get("one"));
        final Path file = Files.writeString(directory.resolve("ringway.yaml"), Bootstraps.admin(PORTS.get("admin")) +
            Bootstraps.http("http", Bootstraps.tcpAddress("127.0.0.1", PORTS.get("http")), """
                use_remote_address: true
                access_log: [ { name: f, typed_config: { "@type": %saccess_loggers.stream.v3.StdoutAccessLog,
                  log_format: { text_format_source: { inline_string: "%s" } } } } ]
                """.formatted(TYPE, FORMAT), """
                - match: { prefix: "/" }
                  route: { cluster: origin }
                """) + filters() + relay("relay1", "nginx", 1, false) + relay("relay2", "haproxy", 2, false) +
            relay("through1", "nginx", 2, true) + relay("through2", "haproxy", 1, true) + "  clusters:\n" +
            Bootstraps.cluster("origin", "STATIC", Bootstraps.tcpAddress("127.0.0.1", origin.port())) +
            cluster("nginx", 1) + cluster("nginx", 2) + cluster("haproxy", 1) + cluster("haproxy", 2));
        admin = new Admin(PORTS.get("admin"));
        final Program ringway = started(Program.ringway(
            directory, "-c", file.toString(), "--concurrency", "1", "--file-flush-interval-msec", "50"));
        ringway.awaitPort(PORTS.get("admin"));
        ringway.awaitPort(PORTS.get("through2"));
        gauges = admin.firstGauges();
    }

    /** In front of a listener of Ringway. */
    private static String haproxy(final String name, final String listener, final String options)
    {
        return """
            frontend %1$s
                mode tcp
                bind 127.0.0.1:%2$d
                unique-id-format %%rt
                default_backend to-%1$s
            backend to-%1$s
                mode tcp
                server ringway 127.0.0.1:%3$d %4$s
            """.formatted(name, PORTS.get(name), PORTS.get(listener), options);
    }

    private static String filters()
    {
        return "    listener_filters: [ { name: p, typed_config: { \"@type\": " + TYPE +
            "filters.listener.proxy_protocol.v3.ProxyProtocol } } ]\n";
    }

    private static String relay(final String name, final String to, final int version, final boolean isTold)
    {
        return Bootstraps.tcp(name, Bootstraps.tcpAddress("127.0.0.1", PORTS.get(name)), to + version) +
            (isTold ? filters() : "");
    }

    private static String cluster(final String to, final int version)
    {
        return Bootstraps.cluster(to + version, "STATIC", Bootstraps.tcpAddress("127.0.0.1", PORTS.get(to))) + """
                transport_socket:
                  name: p
                  typed_config:
                    "@type": %1$stransport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport
                    config: { version: V%2$d }
                    transport_socket: { name: r, typed_config: { "@type": %1$stransport_sockets.raw_buffer.v3.RawBuffer } }
            """.formatted(TYPE, version);
    }

    private static <T extends AutoCloseable> T started(final T one)
    {
        STARTED.add(one);
        return one;
    }

    @AfterAll
    static void stop() throws Exception
    {
        if (admin != null && gauges != null)
        {
            admin.awaitNothingLeft(gauges, origin);
        }
        for (int i = STARTED.size() - 1; i >= 0; i--)
        {
            STARTED.get(i).close();
        }
    }

    private static String get(final String name) throws IOException
    {
        try (Socket socket = new Socket())
        {
            socket.setSoTimeout(Patience.MS);
            socket.bind(new InetSocketAddress(InetAddress.ofLiteral(CLIENT), 0));
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), PORTS.get(name)));
            socket.getOutputStream().write(
                "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n".getBytes(ISO_8859_1));
            return HttpMessage.read(socket.getInputStream(), false).text();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"one", "two", "tlv"})
    void shouldTakeWhatHaproxyTells(final String name) throws Exception
    {
        origin.takeSeen();
        assertEquals("ok", get(name));
        assertEquals(CLIENT, origin.takeSeen().element().field("x-forwarded-for"));
    }

    @Test
    void shouldLogWhoAsksAndThePeerItself() throws Exception
    {
        assertEquals("ok", get("two"));
        final Program ringway = (Program)STARTED.get(STARTED.size() - 1);
        ringway.awaitOutput("log " + CLIENT + " 127.0.0.1 127.0.0.1:" + PORTS.get("two"));
    }

    @Test
    void shouldTakeWhatCurlTells() throws Exception
    {
        origin.takeSeen();
        final Process curl = new ProcessBuilder("curl", "-sS", "--haproxy-protocol", "--interface", CLIENT,
            "http://127.0.0.1:" + PORTS.get("http") + "/").redirectErrorStream(true).start();
        assertEquals("ok", new String(curl.getInputStream().readAllBytes(), ISO_8859_1));
        assertTrue(curl.waitFor(Patience.S, TimeUnit.SECONDS));
        assertEquals(CLIENT, origin.takeSeen().element().field("x-forwarded-for"));
    }

    @ParameterizedTest
    @CsvSource({"relay1, relay1", "relay2, relay2", "before1, before1", "before2, before2"})
    void shouldTellPeersBehindWhoAsks(final String name, final String connectedTo) throws Exception
    {
        assertEquals(CLIENT + " 127.0.0.1:" + PORTS.get(connectedTo), get(name));
    }
}
