package dev.ringway.system;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * What Ringway and Envoy make of CONNECT, in both versions of HTTP: tunnels that end here, and those that go on over
 * either version. The answer, what reaches the endpoint, counters and log.
 */
@Timeout(240)
final class ConnectComparisonTest
{
    /** Where requests are to go, as the field {@code x-to} says. */
    private static final List<String> CASES =
        List.of("end", "on1", "on2", "refused1", "dead", "dead-on", "off", "direct", "nowhere");
    private static final String HELLO = "hello";
    /** Idle connections end soon, so that none is taken for one that is busy. */
    private static final String HTTP2_CLUSTER = Bootstraps.HTTP2_CLUSTER.replace("explicit_http_config",
        "common_http_protocol_options: { idle_timeout: 0.3s }\n        explicit_http_config");

    @TempDir
    private static Path directory;

    private static Endpoint endpoint;
    private static Pair<Side> sides;

    /** Says hello and sends back what comes: at once to plain bytes, behind an answer to a CONNECT. */
    private static final class Endpoint implements AutoCloseable
    {
        private final ServerSocket plain = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
        private final ServerSocket proxy = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
        private volatile HttpMessage last;

        private Endpoint() throws IOException
        {
            for (final ServerSocket server : List.of(plain, proxy))
            {
                AcceptLoop.start(server, "endpoint", socket -> serve(socket, server == plain));
            }
        }

        private void serve(final Socket socket, final boolean isPlain)
        {
            try (socket)
            {
                final InputStream in = socket.getInputStream();
                String answer = HELLO;
                if (!isPlain)
                {
                    last = HttpMessage.read(in, true);
                    answer = last.start().contains("refused") ?
                        "HTTP/1.1 403 Forbidden\r\nx-endpoint: 1\r\ncontent-length: 2\r\n\r\nno" :
                        "HTTP/1.1 200 OK\r\nx-endpoint: 1\r\n\r\n" + HELLO;
                }
                socket.getOutputStream().write(answer.getBytes(ISO_8859_1));
                in.transferTo(socket.getOutputStream());
            }
            catch (final IOException e)
            {
                // The proxy has ended the connection.
            }
        }

        public void close() throws IOException
        {
            plain.close();
            proxy.close();
        }
    }

    /** One of the two proxies. */
    private static final class Side implements AutoCloseable
    {
        private final int port = Program.freePort();
        private final int closedPort = Program.freePort();
        private final Path log;
        private final Admin admin;
        private final Program program;

        private Side(final boolean isEnvoy) throws Exception
        {
            log = directory.resolve(isEnvoy ? "envoy.log" : "ringway.log");
            final int adminPort = Program.freePort();
            final int innerPort = Program.freePort();
            final Path file = Files.writeString(directory.resolve(isEnvoy ? "envoy.yaml" : "ringway.yaml"),
                Bootstraps.admin(adminPort) + Bootstraps.http("in", at(port), """
                    upgrade_configs: [ { upgrade_type: CONNECT } ]
                    http2_protocol_options: { allow_connect: true }
                    access_log:
                    - name: envoy.access_loggers.file
                      typed_config:
                        "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
                        path: %s
                        log_format: { text_format_source: { inline_string: "%%REQ(:METHOD)%% \
                    %%REQ(:PATH)%% %%PROTOCOL%% %%RESPONSE_CODE%% %%RESPONSE_FLAGS%% \
                    %%RESPONSE_CODE_DETAILS%% %%BYTES_RECEIVED%% %%BYTES_SENT%%\\n" } }
                    """.formatted(log),
                    route("end", "cluster: echo", "connect_config: {}") +
                    route("on1", "cluster: proxy", "") +
                    route("refused1", "cluster: proxy, host_rewrite_literal: \"refused:1\"", "") +
                    route("on2", "cluster: inner", "") +
                    route("dead", "cluster: dead", "connect_config: {}") +
                    route("dead-on", "cluster: dead", "") +
                    route("off", "cluster: echo", "enabled: false, connect_config: {}") + """
                    - match: { connect_matcher: {}, headers: [ { name: x-to, string_match: { exact: direct } } ] }
                      direct_response: { status: 410, body: { inline_string: "direct" } }
                    - match: { prefix: "/" }
                      route: { cluster: proxy }
                    """) +
                Bootstraps.http("inner", at(innerPort), "upgrade_configs: [ { upgrade_type: CONNECT } ]\n" +
                    "http2_protocol_options: { allow_connect: true }", route("on2", "cluster: echo",
                    "connect_config: {}")) +
                Bootstraps.http("closed", at(closedPort), "", "- match: { connect_matcher: {}, headers: " +
                    "[ { name: x-to, string_match: { exact: end } } ] }\n  route: { cluster: echo }\n") +
                "  clusters:\n" + Bootstraps.cluster("echo", "STATIC", at(endpoint.plain.getLocalPort())) +
                Bootstraps.cluster("proxy", "STATIC", at(endpoint.proxy.getLocalPort())) +
                Bootstraps.cluster("inner", "STATIC", at(innerPort)) + HTTP2_CLUSTER +
                Bootstraps.cluster("dead", "STATIC", at(Program.freePort())));
            program = Peers.either(isEnvoy, directory, file);
            admin = new Admin(adminPort);
            program.awaitPort(adminPort).awaitPort(port).awaitPort(innerPort).awaitPort(closedPort);
        }

        private static String route(final String to, final String action, final String upgrade)
        {
            return """
                - match: { connect_matcher: {}, headers: [ { name: x-to, string_match: { exact: "%s" } } ] }
                  route: { %s, upgrade_configs: [ { upgrade_type: connect, %s } ] }
                  response_headers_to_add: [ { header: { key: x-told, value: "%%REQ(x-to)%%" } } ]
                """.formatted(to, action, upgrade);
        }

        private static String at(final int port)
        {
            return Bootstraps.tcpAddress("127.0.0.1", port);
        }

        /** What comes of a CONNECT in HTTP/1.1, and what the endpoint was asked. */
        private String http1(final int to, final String name) throws Exception
        {
            endpoint.last = null;
            try (Client client = new Client(to))
            {
                client.send("CONNECT a.example:443 HTTP/1.1\r\nhost: a.example:443\r\nx-to: " + name + "\r\n\r\n");
                final HttpMessage answer = client.readHead();
                final boolean isOpen = answer.status() == 200;
                return answer.start() + " " + (isOpen ? client.send("abc").text(HELLO.length() + 3) : "") + " " +
                    fields(answer.fields()) + " <- " + asked();
            }
        }

        private String http2(final int to, final String name) throws Exception
        {
            endpoint.last = null;
            try (Http2Client client = Http2Client.open(to))
            {
                final int id = client.request(
                    Http2Block.of(":method", "CONNECT", ":authority", "a.example:443", "x-to", name), false);
                Http2Frame frame = client.await("the head", one -> one.stream() == id && one.is(Http2Frame.HEADERS));
                final List<String> fields = frame.fields();
                final boolean isOpen = fields.contains(":status: 200");
                final StringBuilder text = new StringBuilder();
                if (isOpen)
                {
                    client.data(id, "abc", false);
                    while (text.length() < HELLO.length() + 3)
                    {
                        text.append(text(client, id));
                    }
                }
                return text + " " + fields(fields) + " <- " + asked();
            }
        }

        private static String text(final Http2Client client, final int id) throws Exception
        {
            return new String(
                client.await("content", one -> one.stream() == id && one.is(Http2Frame.DATA)).body(), ISO_8859_1);
        }

        private static String asked()
        {
            final HttpMessage request = endpoint.last;
            return request == null ? "nothing" : request.start() + " " + fields(request.fields());
        }

        private static TreeSet<String> fields(final List<String> fields)
        {
            final TreeSet<String> comparable = new TreeSet<>();
            for (final String field : fields)
            {
                final int colon = field.indexOf(':', 1);
                final String name = field.substring(0, colon);
                comparable.add(name + ": " + EnvoyCases.comparable(name, field.substring(colon + 1).strip()));
            }
            return comparable;
        }

        private Map<String, Long> counters() throws Exception
        {
            final Map<String, Long> stats = admin.awaitQuiet();
            stats.keySet().removeIf(name -> !name.matches("http\\.in\\.(downstream_(" +
                "rq_[12345]xx|rq_ws_on_non_ws_route|cx_upgrades_total|cx_upgrades_active|rq_completed)|no_route)" +
                "|cluster\\.(echo|proxy)\\.upstream_(rq_[12345]xx|cx_total)"));
            stats.values().removeIf(value -> value == 0);
            return stats;
        }

        public void close() throws IOException
        {
            program.close();
        }
    }

    @BeforeAll
    static void start() throws Exception
    {
        endpoint = new Endpoint();
        sides = Pair.start(Side::new);
    }

    @AfterAll
    static void stop() throws Exception
    {
        Pair.stop(sides);
        endpoint.close();
    }

    @Test
    void shouldAnswerCountAndLogAsEnvoyDoes() throws Exception
    {
        final List<String> theirs = new ArrayList<>();
        final List<String> ours = new ArrayList<>();
        for (final String name : CASES)
        {
            theirs.add(name + ": " + sides.envoy().http1(sides.envoy().port, name));
            ours.add(name + ": " + sides.ringway().http1(sides.ringway().port, name));
            theirs.add(name + " in HTTP/2: " + sides.envoy().http2(sides.envoy().port, name));
            ours.add(name + " in HTTP/2: " + sides.ringway().http2(sides.ringway().port, name));
        }
        final int logged = theirs.size();
        for (final String name : List.of("end", "nowhere"))
        {
            theirs.add("closed, " + name + ": " + sides.envoy().http1(sides.envoy().closedPort, name));
            ours.add("closed, " + name + ": " + sides.ringway().http1(sides.ringway().closedPort, name));
        }
        assertEquals(String.join("\n", theirs), String.join("\n", ours));
        assertEquals(sorted(LogLines.await(sides.envoy().log, logged, line -> true)),
            sorted(LogLines.await(sides.ringway().log, logged, line -> true)));
        assertEquals(sides.envoy().counters(), sides.ringway().counters());
    }

    /** A tunnel is logged when the end of its client was seen, which may be after the next request. */
    private static String sorted(final List<String> lines)
    {
        return lines.stream().sorted().collect(Collectors.joining("\n"));
    }
}
