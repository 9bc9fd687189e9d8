package dev.ringway.system;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * What Ringway and Envoy make of requests to upgrade, in both versions of HTTP: the answer, what reaches the endpoint,
 * counters and log. Where they are meant to differ, {@link #DIFFERENCES} says what Ringway does.
 */
final class UpgradeComparisonTest
{
    private static final String ASK = "connection: Upgrade\r\nupgrade: WebSocket\r\n";

    /** Requests, by name: path, fields, and what comes behind the head. */
    private static final Map<String, String[]> CASES = new LinkedHashMap<>();

    static
    {
        CASES.put("allowed", new String[]{"/", ASK, ""});
        CASES.put("early bytes", new String[]{"/", ASK, "early"});
        CASES.put("length of zero", new String[]{"/", ASK + "content-length: 0\r\n", ""});
        CASES.put("type of the route", new String[]{"/foo", "connection: upgrade\r\nupgrade: FOO\r\n", ""});
        CASES.put("type beside that of the route", new String[]{"/foo", ASK, ""});
        CASES.put("off for the route", new String[]{"/off", ASK, "early"});
        CASES.put("another type", new String[]{"/", "connection: upgrade\r\nupgrade: bar\r\n", ""});
        CASES.put("two types", new String[]{"/", "connection: upgrade\r\nupgrade: websocket, foo\r\n", ""});
        CASES.put("two fields", new String[]{"/", "connection: upgrade\r\nupgrade: websocket\r\nupgrade: foo\r\n", ""});
        CASES.put("direct answer", new String[]{"/direct", ASK, ""});
        CASES.put("redirect", new String[]{"/redirect", ASK, ""});
        CASES.put("upgrade alone", new String[]{"/plain", "upgrade: websocket\r\n", ""});
        CASES.put("connection alone", new String[]{"/plain", "connection: upgrade\r\n", ""});
        CASES.put("h2c", new String[]{"/plain", "connection: upgrade, http2-settings\r\nupgrade: h2c\r\n" +
            "http2-settings: AAMAAABk\r\n", ""});
        CASES.put("close beside upgrade", new String[]{
            "/", "connection: close, upgrade\r\nupgrade: websocket\r\n", ""});
        CASES.put("switch with a length", new String[]{"/101-length", ASK, ""});
        CASES.put("dead endpoint", new String[]{"/dead", ASK, ""});
        CASES.put("other answer", new String[]{"/200", ASK, ""});
        CASES.put("switch to another", new String[]{"/101-other", ASK, ""});
        CASES.put("changed head", new String[]{"/changed", ASK + "x-b: old\r\nx-gone: 1\r\nx-r: old\r\n", "early"});
        CASES.put("changed refusal", new String[]{"/refused", ASK, "early"});
        CASES.put("body", new String[]{"/", ASK + "content-length: 5\r\n", "12345"});
    }

    /** A filter in front of the router that changes heads. */
    private static final String CHANGING = """
        - name: m
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.http.header_mutation.v3.HeaderMutation
                      mutations:
                        request_mutations: [ { append: { header: { key: x-all, value: "%PROTOCOL%" } } } ]
                        response_mutations: [ { append: { header: { key: x-of, value: "%PROTOCOL%" } } } ]
                  - name: envoy.filters.http.router""";
    /** A route that changes some, and has the filter change more; one that does not let requests upgrade as well. */
    private static final String CHANGED = """
        - match: { prefix: "/changed" }
          route: { cluster: a }
          request_headers_to_add:
          - { header: { key: x-r, value: new }, append_action: OVERWRITE_IF_EXISTS_OR_ADD }
          response_headers_to_add:
          - { header: { key: x-r, value: "told %REQ(x-b)%" }, append_action: OVERWRITE_IF_EXISTS_OR_ADD }
          - { header: { key: x-seen, value: "%REQ(x-r)%" } }
          response_headers_to_remove: [ x-route-gone ]
          typed_per_filter_config:
            m:
              "@type": type.googleapis.com/envoy.extensions.filters.http.header_mutation.v3.HeaderMutationPerRoute
              mutations:
                request_mutations:
                - append: { header: { key: x-a, value: one } }
                - append: { header: { key: x-b, value: new }, append_action: OVERWRITE_IF_EXISTS_OR_ADD }
                - remove: x-gone
                response_mutations: &response
                - append: { header: { key: x-a, value: "%RESP(x-r)%" } }
                - append: { header: { key: x-b, value: new }, append_action: OVERWRITE_IF_EXISTS_OR_ADD }
                - remove: x-gone
        - match: { prefix: "/refused" }
          route: { cluster: a, upgrade_configs: [ { upgrade_type: websocket, enabled: false } ] }
          response_headers_to_add: [ { header: { key: x-r, value: new } } ]
          typed_per_filter_config:
            m:
              "@type": type.googleapis.com/envoy.extensions.filters.http.header_mutation.v3.HeaderMutationPerRoute
              mutations: { response_mutations: *response }
        """;

    /** What is meant to be other than with Envoy, and what Ringway does. */
    static final Map<String, String> DIFFERENCES = Map.of(
        // Envoy drops the body.
        "other answer", "200 ok",
        // Envoy takes any protocol.
        "switch to another",
        "502 upstream connect error or disconnect/reset before headers. reset reason: protocol error",
        // Envoy takes the body for the beginning of the other protocol.
        "body", "400 Bad Request");

    @TempDir
    private static Path directory;

    private static Endpoint endpoint;
    private static Pair<Side> sides;

    /** Answers a request as its path says, then sends back what comes. Keeps what it was asked. */
    private static final class Endpoint implements AutoCloseable
    {
        private final ServerSocket server = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
        private volatile HttpMessage last;

        private Endpoint() throws IOException
        {
            AcceptLoop.start(server, "endpoint", this::serve);
        }

        private void serve(final Socket socket)
        {
            try (socket)
            {
                final InputStream in = socket.getInputStream();
                while (true)
                {
                    final HttpMessage request = HttpMessage.read(in, true);
                    if (request == null)
                    {
                        return;
                    }
                    last = request;
                    final String path = request.start().split(" ")[1];
                    final String protocol = path.equals("/101-other") ? "other" : request.field("upgrade");
                    if (path.equals("/200") || protocol == null)
                    {
                        socket.getOutputStream().write(
                            "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok".getBytes(ISO_8859_1));
                        continue;
                    }
                    socket.getOutputStream().write(("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\n" +
                        "upgrade: " + protocol + "\r\nx-endpoint: 1\r\n" +
                        (path.equals("/changed") ? "x-b: old\r\nx-gone: 1\r\nx-r: old\r\nx-route-gone: 1\r\n" : "") +
                        (path.equals("/101-length") ? "content-length: 5\r\n" : "") + "\r\nhello")
                        .getBytes(ISO_8859_1));
                    in.transferTo(socket.getOutputStream());
                    return;
                }
            }
            catch (final IOException e)
            {
                // The proxy has ended the connection.
            }
        }

        public void close() throws IOException
        {
            server.close();
        }
    }

    /** One of the two proxies. */
    private static final class Side implements AutoCloseable
    {
        private final int port = Program.freePort();
        private final Path log;
        private final Admin admin;
        private final Program program;

        private Side(final boolean isEnvoy) throws Exception
        {
            log = directory.resolve(isEnvoy ? "envoy.log" : "ringway.log");
            final int adminPort = Program.freePort();
            final Path file = Files.writeString(directory.resolve(isEnvoy ? "envoy.yaml" : "ringway.yaml"),
                Bootstraps.admin(adminPort) + Bootstraps.http("in", Bootstraps.tcpAddress("127.0.0.1", port), """
                    upgrade_configs: [ { upgrade_type: websocket }, { upgrade_type: bar, enabled: false } ]
                    http2_protocol_options: { allow_connect: true }
                    access_log:
                    - name: envoy.access_loggers.file
                      typed_config:
                        "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
                        path: %s
                        log_format: { text_format_source: { inline_string: "%%REQ(:METHOD)%% %%REQ(:PATH)%% \
                    %%PROTOCOL%% %%RESPONSE_CODE%% %%RESPONSE_FLAGS%% %%RESPONSE_CODE_DETAILS%% %%BYTES_RECEIVED%% \
                    %%BYTES_SENT%%\\n" } }
                    """.formatted(log), CHANGED + """
                    - match: { prefix: "/foo" }
                      route: { cluster: a, upgrade_configs: [ { upgrade_type: Foo } ] }
                    - match: { prefix: "/off" }
                      route: { cluster: a, upgrade_configs: [ { upgrade_type: websocket, enabled: false } ] }
                    - match: { prefix: "/direct" }
                      direct_response: { status: 200, body: { inline_string: "direct" } }
                    - match: { prefix: "/redirect" }
                      redirect: { host_redirect: "other.example" }
                    - match: { prefix: "/dead" }
                      route: { cluster: dead }
                    - match: { prefix: "/" }
                      route: { cluster: a }
                    """).replace("- name: envoy.filters.http.router", CHANGING) + "  clusters:\n" +
                Bootstraps.cluster("a", "STATIC", Bootstraps.tcpAddress("127.0.0.1", endpoint.server.getLocalPort())) +
                Bootstraps.cluster("dead", "STATIC", Bootstraps.tcpAddress("127.0.0.1", Program.freePort())));
            program = Peers.either(isEnvoy, directory, file);
            admin = new Admin(adminPort);
            program.awaitPort(adminPort).awaitPort(port);
        }

        /** What comes of a request in HTTP/1.1, and what the endpoint was asked. */
        private String http1(final String[] request) throws Exception
        {
            endpoint.last = null;
            try (Client client = new Client(port))
            {
                final String method = request[2].equals("12345") ? "POST " : "GET ";
                client.send(method + request[0] + " HTTP/1.1\r\nhost: test\r\n" +
                    request[1] + "\r\n" + request[2]);
                final HttpMessage answer = client.read();
                final boolean isUpgraded = answer.status() == 101;
                final String bytes = isUpgraded ? client.send("abc").text(8 + request[2].length()) : answer.text();
                return answer.status() + " " + bytes + " " + fields(answer.fields()) + " <- " + asked();
            }
        }

        /** The same with an extended CONNECT, which says more once it has an answer that goes on. */
        private String http2(final String path, final String protocol) throws Exception
        {
            endpoint.last = null;
            try (Http2Client client = Http2Client.open(port))
            {
                final int id = client.request(Http2Block.of(":method", "CONNECT", ":protocol", protocol, ":scheme",
                    "http", ":path", path, ":authority", "test", "x-b", "old", "x-gone", "1", "x-r", "old"), false);
                Http2Frame frame = client.await("the head", one -> one.stream() == id && one.is(Http2Frame.HEADERS));
                final List<String> fields = frame.fields();
                if (fields.contains(":status: 200") && fields.contains("x-endpoint: 1"))
                {
                    client.data(id, "abc", false);
                }
                final StringBuilder text = new StringBuilder();
                while (!frame.endsStream() && text.length() < "helloabc".length())
                {
                    frame = client.await("content", one -> one.stream() == id && one.is(Http2Frame.DATA));
                    text.append(new String(frame.body(), ISO_8859_1));
                }
                return text + " " + fields(fields) + " <- " + asked();
            }
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
                final String value = EnvoyCases.comparable(name, field.substring(colon + 1).strip());
                if (name.equals("sec-websocket-key"))
                {
                    // Envoy gives none to a handshake from HTTP/2, which no server takes then.
                    continue;
                }
                // Its case is the sender's matter, and other options are for the proxy itself.
                comparable.add(name + ": " +
                    (name.equals("connection") ? value.toLowerCase(Locale.ROOT).replace("close, ", "") : value));
            }
            return comparable;
        }

        private List<String> log(final int lines) throws Exception
        {
            return LogLines.await(log, lines, line -> true);
        }

        private Map<String, Long> counters() throws Exception
        {
            final Map<String, Long> stats = admin.awaitQuiet();
            stats.keySet().removeIf(name -> !name.matches("http\\.in\\.downstream_(" +
                "rq_[12345]xx|rq_ws_on_non_ws_route|cx_upgrades_total|cx_upgrades_active|rq_completed)|cluster\\.a\\.upstream_rq_[12345]xx"));
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
        for (final Map.Entry<String, String[]> one : CASES.entrySet())
        {
            if (!DIFFERENCES.containsKey(one.getKey()))
            {
                theirs.add(one.getKey() + ": " + sides.envoy().http1(one.getValue()));
                ours.add(one.getKey() + ": " + sides.ringway().http1(one.getValue()));
            }
        }
        for (final String path : List.of("/", "/off", "/direct", "/foo", "/changed", "/refused"))
        {
            final String protocol = path.equals("/foo") ? "foo" : "websocket";
            theirs.add("HTTP/2 " + path + ": " + sides.envoy().http2(path, protocol));
            ours.add("HTTP/2 " + path + ": " + sides.ringway().http2(path, protocol));
        }
        theirs.add("HTTP/2 another type: " + sides.envoy().http2("/", "bar"));
        ours.add("HTTP/2 another type: " + sides.ringway().http2("/", "bar"));
        assertEquals(String.join("\n", theirs), String.join("\n", ours));
        assertEquals(sorted(sides.envoy().log(theirs.size())), sorted(sides.ringway().log(ours.size())));
        assertEquals(sides.envoy().counters(), sides.ringway().counters());
        assertDifferences();
    }

    /** A tunnel is logged when the end of its client was seen, which may be after the next request. */
    private static String sorted(final List<String> lines)
    {
        return lines.stream().sorted().collect(Collectors.joining("\n"));
    }

    private static void assertDifferences() throws Exception
    {
        for (final Map.Entry<String, String> one : DIFFERENCES.entrySet())
        {
            final String[] request = CASES.get(one.getKey());
            final String ours = sides.ringway().http1(request);
            assertEquals(one.getValue(), ours.substring(0, ours.indexOf(" [")), one.getKey());
            assertEquals(false, sides.envoy().http1(request).startsWith(one.getValue()), one.getKey());
        }
    }
}
