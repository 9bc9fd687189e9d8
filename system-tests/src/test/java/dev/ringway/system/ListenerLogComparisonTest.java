package dev.ringway.system;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import javax.net.SocketFactory;
import javax.net.ssl.SSLSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Ringway and Envoy log the same of the connections of listeners; each listener has one that says nothing, too. */
@Timeout(300)
final class ListenerLogComparisonTest
{
    /** Connections to these last for a second. */
    private static final Map<String, String> AGES = Map.of("old", "drain_timeout: 3600s",
        "oldtls", "drain_timeout: 3600s", "oldwaits", "drain_timeout: 0s\nhttp1_safe_max_connection_duration: true",
        "oldends", "drain_timeout: 0s", "oldrelay", "");
    private static final List<String> NAMES = Stream.concat(
        Stream.of("http", "relay", "unmatched", "inspected", "tls", "tlsrelay"), AGES.keySet().stream()).toList();
    private static final String GET = "GET /direct HTTP/1.1\r\nhost: a\r\n\r\n";
    private static final String FORMAT = "%ACCESS_LOG_TYPE% %BYTES_RECEIVED% %BYTES_SENT% %RESPONSE_FLAGS% " +
        "%RESPONSE_CODE% %RESPONSE_CODE_DETAILS% [%FILTER_CHAIN_NAME%] %DOWNSTREAM_TRANSPORT_FAILURE_REASON% " +
        "%CONNECTION_TERMINATION_DETAILS% %REQ(:PATH)% %REQ(:METHOD)% %REQUEST_DURATION% %RESPONSE_DURATION% " +
        "%PROTOCOL% %DOWNSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT% " +
        "%DOWNSTREAM_TLS_CIPHER% %ROUTE_NAME% hs=%DOWNSTREAM_HANDSHAKE_DURATION%";
    private static final String OLD_FORMAT = "%DOWNSTREAM_REMOTE_PORT% " +
        "%RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS% %CONNECTION_TERMINATION_DETAILS% %PROTOCOL%";
    /** Ports of the clients whose connections grew old as they should, by who was asked. */
    private static final Map<String, Set<String>> AGED = Map.of("envoy", new TreeSet<>(), "ringway", new TreeSet<>());

    @TempDir
    private static Path directory;

    @BeforeAll
    static void askBoth() throws Exception
    {
        final Certificates authority = new Certificates(directory, "ca");
        final Certificates.Certified own = authority.ecdsa("own", "dns:localhost,ip:127.0.0.1");
        try (Origin origin = new Origin(Map.of()))
        {
            ask(true, origin, authority, own);
            ask(false, origin, authority, own);
        }
    }

    private static void ask(
        final boolean isEnvoy, final Origin origin, final Certificates authority, final Certificates.Certified own)
        throws Exception
    {
        final Map<String, Integer> ports = new TreeMap<>();
        for (final String name : NAMES)
        {
            ports.put(name, Program.freePort());
        }
        final int adminPort = Program.freePort();
        final Path bootstrap = bootstrap(isEnvoy ? "envoy" : "ringway", ports, adminPort, origin, own);
        try (Program program = Peers.either(isEnvoy, directory, bootstrap))
        {
            program.awaitPort(adminPort);
            for (final int port : ports.values())
            {
                program.awaitPort(port);
            }
            final Admin admin = new Admin(adminPort);
            ageAndTalk(ports, authority, admin, AGED.get(isEnvoy ? "envoy" : "ringway"));
            admin.awaitQuiet();
            admin.quit(program);
        }
        for (final Map.Entry<String, Integer> port : ports.entrySet())
        {
            final Path file = file(isEnvoy ? "envoy" : "ringway", port.getKey());
            Files.writeString(file, Files.readString(file).replace(":" + port.getValue(), ":port"));
        }
    }

    private static void talk(final Map<String, Integer> ports, final Certificates authority) throws Exception
    {
        try (Client client = new Client(ports.get("http")))
        {
            client.send(GET).read();
            client.send(GET).read();
        }
        refused(ports.get("http"), GET + "GET /\u0001 HTTP/1.1\r\nhost: a\r\n\r\n");
        refused(ports.get("http"), "GET / HTTP/1.1\r\n\r\n");
        refused(ports.get("http"), "GET / HTTP/1.0\r\nhost: a\r\n\r\n");
        refused(ports.get("http"), "GET /direct HTTP/1.0\r\n\r\n");
        refused(ports.get("http"), "\u0001\u0002\r\n\r\n");
        refused(ports.get("http"), "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nnothing that is a frame");
        try (Http2Client client = Http2Client.open(ports.get("http")))
        {
            final int stream = client.request(Http2Block.request("GET", "/direct"), true);
            client.awaitOrEnd("an end", frame -> frame.stream() == stream && frame.is(Http2Frame.HEADERS));
        }
        try (Client client = new Client(ports.get("http")))
        {
            client.send("GET");
        }
        try (Client client = new Client(ports.get("http")))
        {
            client.send("");
        }
        try (Client client = new Client(ports.get("relay")))
        {
            client.send(GET).read();
        }
        refused(ports.get("unmatched"), "");
        refused(ports.get("inspected"), GET);
        for (final String name : List.of("tls", "tlsrelay"))
        {
            refused(ports.get(name), GET);
            try (SSLSocket socket = (SSLSocket)authority.client(null).getSocketFactory().createSocket(
                InetAddress.getLoopbackAddress(), ports.get(name)))
            {
                socket.setSoTimeout(Patience.MS);
                socket.getOutputStream().write(GET.getBytes(US_ASCII));
                HttpMessage.read(socket.getInputStream(), false);
            }
        }
    }

    /** Some connections grow old while others talk: what clients are told at their end. */
    private static void ageAndTalk(
        final Map<String, Integer> ports, final Certificates authority, final Admin admin, final Set<String> aged)
        throws Exception
    {
        final SocketFactory plain = SocketFactory.getDefault();
        try (Socket told = young(plain, ports.get("old"));
            Socket encrypted = young(authority.client(null).getSocketFactory(), ports.get("oldtls"));
            Socket waits = young(plain, ports.get("oldwaits"));
            Socket ends = young(plain, ports.get("oldends"));
            Socket silent = connect(plain, ports.get("oldends"));
            Socket relay = connect(plain, ports.get("oldrelay"));
            Http2Client http2 = youngHttp2(ports.get("oldends")))
        {
            aged.clear();
            for (final Socket socket : List.of(told, encrypted, waits, ends, silent, relay))
            {
                aged.add(Integer.toString(socket.getLocalPort()));
            }
            aged.add(Integer.toString(http2.localPort()));
            talk(ports, authority);
            // The end is announced, and told when nothing more may be on its way.
            assertEquals(Integer.MAX_VALUE, http2.await("GOAWAY", frame -> frame.is(Http2Frame.GOAWAY)).lastStream());
            assertEquals(0, http2.await("GOAWAY", frame -> frame.is(Http2Frame.GOAWAY)).lastStream());
            http2.awaitEnd();
            for (final Socket socket : List.of(told, encrypted))
            {
                Patience.await(() -> "close".equals(ask(socket).field("connection")), () -> "connection: close");
            }
            for (final Socket socket : List.of(ends, silent, relay))
            {
                assertEquals(-1, socket.getInputStream().read());
            }
            Patience.await(() -> "close".equals(ask(waits).field("connection")), () -> "connection: close");
            assertEquals(-1, waits.getInputStream().read());
        }
        final Map<String, Long> stats = admin.stats("[.]old");
        for (final String name : AGES.keySet())
        {
            final boolean isRelay = name.equals("oldrelay");
            final String prefix = isRelay ? "tcp." + name + "." : "http." + name + ".downstream_cx_";
            assertTrue(stats.get(prefix +
                (isRelay ? "max_downstream_connection_duration" : "max_duration_reached")) > 0, () -> name + stats);
            assertEquals(0, stats.get(prefix + "idle_timeout"));
            assertEquals(0, isRelay ? 0 : stats.get(prefix + "drain_close"));
        }
    }

    private static Socket connect(final SocketFactory factory, final int port) throws IOException
    {
        final Socket socket = factory.createSocket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(Patience.MS);
        return socket;
    }

    /** A connection with an answer that came before it was old, however slow the machine is. */
    private static Socket young(final SocketFactory factory, final int port)
    {
        while (true)
        {
            try
            {
                final Socket socket = connect(factory, port);
                final HttpMessage answer = ask(socket);
                if (answer != null && answer.field("connection") == null)
                {
                    return socket;
                }
                socket.close();
            }
            catch (final IOException e)
            {
                // Ended meanwhile.
            }
        }
    }

    private static HttpMessage ask(final Socket socket) throws IOException
    {
        socket.getOutputStream().write(GET.getBytes(US_ASCII));
        return HttpMessage.read(socket.getInputStream(), false);
    }

    private static Http2Client youngHttp2(final int port) throws Exception
    {
        while (true)
        {
            try
            {
                return Http2Client.open(port);
            }
            catch (final IOException | AssertionError e)
            {
                // Old before it had said anything.
            }
        }
    }

    /** Waits until the other side has ended the connection, in whatever way. */
    private static void refused(final int port, final String bytes) throws IOException
    {
        try (Client client = new Client(port))
        {
            client.send(bytes).text(1024);
        }
        catch (final SocketException e)
        {
            // It was reset, for it was not read to its end.
        }
    }

    private static Path bootstrap(
        final String name,
        final Map<String, Integer> ports,
        final int adminPort,
        final Origin origin,
        final Certificates.Certified own) throws Exception
    {
        final StringBuilder text = new StringBuilder(Bootstraps.admin(adminPort));
        for (final String listener : NAMES)
        {
            final String address = Bootstraps.tcpAddress("127.0.0.1", ports.get(listener));
            final String age = AGES.get(listener);
            final String config = listener.contains("relay") ? Bootstraps.tcp(listener, address, "origin") +
                (age == null ? "" : "          max_downstream_connection_duration: 1s\n") :
                Bootstraps.http(listener, address, "server_name: same" + (age == null ? "" :
                "\ncommon_http_protocol_options: { max_connection_duration: 1s }\n" + age), """
                    - match: { prefix: "/" }
                      direct_response: { status: 200, body: { inline_string: "direct" } }
                    """);
            final String match = switch (listener)
            {
                case "unmatched" -> "filter_chain_match: { destination_port: 1 }\n      ";
                case "inspected" -> "filter_chain_match: { transport_protocol: tls }\n      ";
                default -> "";
            };
            text.append(config
                .replace("    filter_chains:\n", (listener.equals("inspected") ? inspector() : "") +
                    log(file(name, listener), age == null ? FORMAT : OLD_FORMAT) + "    filter_chains:\n")
                .replace("- filters:", "- name: 'the \"chain\"'\n      " + match + "filters:"));
            if (listener.contains("tls") || listener.equals("inspected"))
            {
                text.append(
                    Bootstraps.downstreamTls("common_tls_context: { tls_certificates: [ " + own.yaml() + " ] }"));
            }
        }
        return Files.writeString(directory.resolve(name + ".yaml"), text + "  clusters:\n" +
            Bootstraps.cluster("origin", "STATIC", Bootstraps.tcpAddress("127.0.0.1", origin.port())));
    }

    private static String inspector()
    {
        return "    listener_filters: [ { name: i, typed_config: { \"@type\": " +
            "type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector } } ]\n";
    }

    private static String log(final Path file, final String format)
    {
        return "    access_log: [ { name: log, typed_config: { \"@type\": " +
            "type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog, path: \"" + file +
            "\", log_format: { text_format_source: { inline_string: \"" + format + "\\n\" } } } } ]\n";
    }

    private static Path file(final String name, final String listener)
    {
        return directory.resolve(name + "." + listener + ".log");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "relay", "unmatched", "inspected", "tls", "tlsrelay"})
    void shouldLogWhatEnvoyLogs(final String listener) throws Exception
    {
        final List<String> expected = lines("envoy", listener);
        assertEquals(String.join("\n", expected), String.join("\n", lines("ringway", listener)));
        assertTrue(expected.size() >= 2, expected.toString());
    }

    /** How many others there were, and how they ended, depends on how fast both sides were. */
    @ParameterizedTest
    @ValueSource(strings = {"old", "oldtls", "oldwaits", "oldends", "oldrelay"})
    void shouldLogOldConnectionsAsEnvoyDoes(final String listener) throws Exception
    {
        final Set<String> expected = aged("envoy", listener);
        assertEquals(expected, aged("ringway", listener));
        assertFalse(expected.isEmpty());
    }

    private static Set<String> aged(final String name, final String listener) throws Exception
    {
        return lines(name, listener).stream().map(line -> line.split(" ", 2))
            .filter(parts -> AGED.get(name).contains(parts[0])).map(parts -> parts[1])
            .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Connections end in any order. The inspector of Envoy tells, in its own words, what it found of no TLS. */
    private static List<String> lines(final String name, final String listener) throws Exception
    {
        return Files.readString(file(name, listener)).lines()
            // Answers that end the connection, and what HTTP/2 says of its windows, have other lengths.
            .map(line -> listener.equals("http") && !line.contains(" 66 242 ") ?
                line.replaceFirst(line.contains("HTTP/2") ? "\\d+ \\d+" : "(?<=^NotSet \\d{1,9}) \\d+", " n") : line)
            // How long it took, which Envoy does not tell of a relay.
            .map(line -> line.replaceFirst("hs=\\d+", listener.equals("tlsrelay") ? "hs=-" : "hs=some"))
            .map(line -> listener.equals("inspected") ? line.replaceAll("TLS_error\\|\\S*", "-") : line)
            .sorted().toList();
    }
}
