package dev.ringway.system;

import dev.ringway.system.Certificates.Certified;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Ringway and Envoy with the same filter chains and listener filters give each connection to the same chain, with the
 * same address for the client.
 */
final class ListenerComparisonTest
{
    private static final String REQUEST = "GET /chain HTTP/1.1\r\nhost: a\r\n\r\n";
    private static final String UP = "GET /up HTTP/1.1\r\nhost: a\r\n\r\n";
    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
    private static final int SEED = Integer.getInteger("ringway.random.first", 20_260);
    private static final int CONNECTIONS = 200;
    private static final String TYPE = "type.googleapis.com/envoy.extensions.";

    @TempDir
    private static Path directory;

    private static Certificates certificates;
    private static Certified certified;
    private static Pair<Side> sides;
    private static Map<String, Long> gauges;

    /** One of the two, with an upstream of its own. */
    private static final class Side implements AutoCloseable
    {
        private final Origin origin;
        private final Program program;
        private final Admin admin;
        private final Map<String, Integer> ports = new HashMap<>();

        private Side(final boolean isEnvoy) throws Exception
        {
            origin = new Origin(Map.of());
            for (final String name : List.of("addresses", "names", "http", "told", "maybe", "first", "slow", "random"))
            {
                ports.put(name, Program.freePort());
            }
            final int adminPort = Program.freePort();
            final Path file = Files.writeString(directory.resolve(isEnvoy ? "envoy.yaml" : "ringway.yaml"),
                Bootstraps.admin(adminPort) + listeners() + "  clusters:\n" +
                    Bootstraps.cluster("origin", "STATIC", Bootstraps.tcpAddress("127.0.0.1", origin.port())));
            program = Peers.either(isEnvoy, directory, file);
            admin = new Admin(adminPort);
            program.awaitPort(adminPort);
            for (final int port : ports.values())
            {
                program.awaitPort(port);
            }
        }

        private String listeners()
        {
            return listener("addresses", "0.0.0.0", "", """
                - { filter_chain_match: { prefix_ranges: [{ address_prefix: 127.0.0.2, prefix_len: 32 }] }, $two }
                - { filter_chain_match: { prefix_ranges: [{ address_prefix: 127.0.0.0, prefix_len: 8 }],
                    source_prefix_ranges: [{ address_prefix: 127.0.0.3, prefix_len: 32 }] }, $three }
                - { filter_chain_match: { prefix_ranges: [{ address_prefix: 127.0.0.4, prefix_len: 32 }],
                    source_type: EXTERNAL }, $external }
                - { filter_chain_match: { prefix_ranges: [{ address_prefix: 127.0.0.5, prefix_len: 32 }],
                    source_type: SAME_IP_OR_LOOPBACK }, $local }
                """, "default_filter_chain: { $default }") +
                listener("names", "127.0.0.1", filter("tls_inspector.v3.TlsInspector", ""), """
                - { filter_chain_match: { server_names: ["*.a.test"] }, $wild, TLS }
                - { filter_chain_match: { server_names: [x.a.test],
                    application_protocols: [h3, http/1.1] }, $exact, TLS }
                - { filter_chain_match: { transport_protocol: tls }, $any, TLS }
                - { filter_chain_match: { transport_protocol: raw_buffer }, $clear }
                """, "") +
                listener("http", "127.0.0.1", filter("http_inspector.v3.HttpInspector", ""), """
                - { filter_chain_match: { application_protocols: [http/1.1] }, $one }
                - { filter_chain_match: { application_protocols: [http/1.0] }, $zero }
                - { filter_chain_match: { application_protocols: [h2c] }, $two }
                """, "default_filter_chain: { $default }") +
                listener("told", "127.0.0.1", filter("proxy_protocol.v3.ProxyProtocol", ""), """
                - { filter_chain_match: { destination_port: 81 }, $port }
                - { filter_chain_match: { prefix_ranges: [{ address_prefix: 10.0.0.0, prefix_len: 8 }] }, $prefix }
                - { filter_chain_match: { source_prefix_ranges: [{ address_prefix: "fd00::", prefix_len: 8 }] }, $six }
                - { filter_chain_match: {
                    direct_source_prefix_ranges: [{ address_prefix: 127.0.0.9, prefix_len: 32 }] }, $direct }
                - { filter_chain_match: { source_ports: [7777, 7778] }, $source }
                - { filter_chain_match: { source_prefix_ranges: [{ address_prefix: 9.0.0.0, prefix_len: 8 }],
                    source_ports: [7777] }, $both }
                """, "default_filter_chain: { $default }") +
                listener("maybe", "127.0.0.1",
                    filter("proxy_protocol.v3.ProxyProtocol", ", allow_requests_without_proxy_protocol: true"),
                    "- { $maybe }\n", "") +
                listener("first", "127.0.0.1",
                    filter("proxy_protocol.v3.ProxyProtocol", ", disallowed_versions: [V2]"), "- { $first }\n", "") +
                listener("random", "127.0.0.1", filters(filter("proxy_protocol.v3.ProxyProtocol", ""),
                    filter("tls_inspector.v3.TlsInspector", "")), new RandomChains(SEED).yaml(),
                    "default_filter_chain: { $default }") +
                listener("slow", "127.0.0.1", filter("tls_inspector.v3.TlsInspector", ""), "- { $slow }\n",
                    "listener_filters_timeout: 0.3s\ncontinue_on_listener_filters_timeout: true");
        }

        private static String filter(final String type, final String options)
        {
            return "listener_filters: [ { name: f, typed_config: { \"@type\": \"" + TYPE + "filters.listener." + type +
                "\"" + options + " } } ]";
        }

        private static String filters(final String first, final String second)
        {
            return first.substring(0, first.length() - 2) + "," + second.substring(second.indexOf('[') + 1);
        }

        private String listener(
            final String name, final String host, final String filters, final String chains, final String more)
        {
            final String text = "- name: " + name + "\n  address: " +
                Bootstraps.tcpAddress(host, ports.get(name)) + "\n" +
                (filters + "\nfilter_chains:\n" + chains + more + "\n").indent(2);
            return text.replace("TLS", "transport_socket: { name: tls, typed_config: { \"@type\": " + TYPE +
                    "transport_sockets.tls.v3.DownstreamTlsContext, common_tls_context: { alpn_protocols: " +
                    "[http/1.1], tls_certificates: [ " + certified.yaml() + " ] } } }")
                .replaceAll("\\$(\\w+)", "name: $1, filters: [ { name: http, typed_config: { \"@type\": " + TYPE +
                    "filters.network.http_connection_manager.v3.HttpConnectionManager, stat_prefix: $1, " +
                    "server_name: $1, " +
                    "use_remote_address: true, http_protocol_options: { accept_http_10: true, " +
                    "default_host_for_http_10: a }, http_filters: [ { name: router, " +
                    "typed_config: { \"@type\": " + TYPE +
                    "filters.http.router.v3.Router } } ], route_config: { virtual_hosts: [ { name: all, " +
                    "domains: [\"*\"], routes: [ { match: { path: /up }, route: { cluster: origin } }, { match: " +
                    "{ prefix: / }, direct_response: { status: 200, body: { inline_string: \"$1\" } } } ] } ] } } } ]")
                .indent(2);
        }

        public void close() throws IOException
        {
            program.close();
            origin.close();
        }
    }

    @BeforeAll
    static void start() throws Exception
    {
        certificates = new Certificates(directory, "ca");
        certified = certificates.ecdsa("server", "dns:*.a.test");
        sides = Pair.start(Side::new);
        gauges = sides.ringway().admin.firstGauges();
    }

    @AfterAll
    static void stop() throws Exception
    {
        sides.envoy().close();
        try (Side closed = sides.ringway())
        {
            closed.admin.awaitNothingLeft(gauges, closed.origin);
        }
    }

    /** What a client sees of pieces that it sends one after the other: a body, or that it is closed. */
    private static String ask(
        final Side side, final String listener, final String from, final String to, final byte[]... pieces)
        throws Exception
    {
        try (Socket socket = new Socket())
        {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(Patience.MS);
            socket.bind(new InetSocketAddress(InetAddress.ofLiteral(from), 0));
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral(to), side.ports.get(listener)));
            final OutputStream out = socket.getOutputStream();
            for (final byte[] piece : pieces)
            {
                out.write(piece);
                out.flush();
            }
            final HttpMessage answer = HttpMessage.read(socket.getInputStream(), false);
            return answer == null ? "closed" : answer.text();
        }
        catch (final IOException ex)
        {
            assertFalse(ex instanceof SocketTimeoutException, "nothing comes");
            return "closed";
        }
    }

    private static void compare(
        final String expected, final String listener, final String from, final String to, final byte[]... pieces)
        throws Exception
    {
        assertEquals(expected, ask(sides.envoy(), listener, from, to, pieces), "Envoy");
        assertEquals(expected, ask(sides.ringway(), listener, from, to, pieces), "Ringway");
    }

    private static byte[] bytes(final String text)
    {
        return text.getBytes(ISO_8859_1);
    }

    private static byte[] binary(final String hex)
    {
        return HexFormat.of().parseHex(SIGNATURE + hex.replace(" ", ""));
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 127.0.0.1, closed", "127.0.0.1, 127.0.0.2, two", "127.0.0.3, 127.0.0.2, two",
        "127.0.0.3, 127.0.0.1, three", "127.0.0.3, 127.9.9.9, three", "127.0.0.1, 127.0.0.4, default",
        "127.0.0.1, 127.0.0.5, local", "127.0.0.5, 127.0.0.5, local"})
    void shouldChooseByAddresses(final String from, final String to, final String expected) throws Exception
    {
        // A destination that has chains of its own, none of which fits, gets the default chain.
        compare(expected.equals("closed") ? "default" : expected, "addresses", from, to, bytes(REQUEST));
    }

    private static String overTls(final Side side, final String name, final String... protocols) throws Exception
    {
        final SSLContext context = certificates.client(null);
        try (SSLSocket socket = (SSLSocket)context.getSocketFactory().createSocket(
            InetAddress.getLoopbackAddress(), side.ports.get("names")))
        {
            socket.setSoTimeout(Patience.MS);
            final SSLParameters parameters = socket.getSSLParameters();
            if (!name.isEmpty())
            {
                parameters.setServerNames(List.of(new SNIHostName(name)));
            }
            parameters.setApplicationProtocols(protocols);
            socket.setSSLParameters(parameters);
            socket.getOutputStream().write(bytes(REQUEST));
            return HttpMessage.read(socket.getInputStream(), false).text();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "x.a.test, http/1.1, exact", "X.A.Test, http/1.1, exact", "y.a.test, http/1.1, wild", "z.y.a.test, '', wild",
        "b.test, http/1.1, any", "'', '', any"})
    void shouldChooseByServerName(final String name, final String protocol, final String expected) throws Exception
    {
        final String[] protocols = protocol.isEmpty() ? new String[0] : new String[]{protocol};
        assertEquals(expected, overTls(sides.envoy(), name, protocols), "Envoy");
        assertEquals(expected, overTls(sides.ringway(), name, protocols), "Ringway");
    }

    @Test
    void shouldTellClearFromEncrypted() throws Exception
    {
        compare("clear", "names", "127.0.0.1", "127.0.0.1", bytes(REQUEST));
        compare("clear", "names", "127.0.0.1", "127.0.0.1", bytes("G"), bytes(REQUEST.substring(1)));
    }

    @Test
    void shouldChooseByVersionOfHttp() throws Exception
    {
        compare("one", "http", "127.0.0.1", "127.0.0.1", bytes("GE"), bytes("T /chain HTT"),
            bytes("P/1.1\r\nhost: a\r\n\r\n"));
        compare("zero", "http", "127.0.0.1", "127.0.0.1", bytes("GET /chain HTTP/1.0\r\n"), bytes("\r\n"));
        for (final Side side : List.of(sides.envoy(), sides.ringway()))
        {
            try (Http2Client client = Http2Client.open(side.ports.get("http")))
            {
                assertEquals("two", client.answer(client.request(Http2Block.request("GET", "/chain"), true)).text());
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        PROXY TCP4 1.2.3.4 5.6.7.8 1000 81             | port
        PROXY TCP4 1.2.3.4 10.6.7.8 1000 80            | prefix
        PROXY TCP6 fd00::1 fd00::2 1000 80             | six
        PROXY TCP6 fe80::1 fd00::2 1000 80             | default
        PROXY TCP4 1.2.3.4 5.6.7.8 1000 80             | default
        PROXY TCP4 1.2.3.4 5.6.7.8 7777 80             | source
        PROXY TCP4 9.2.3.4 5.6.7.8 7777 80             | both
        PROXY TCP4 9.2.3.4 5.6.7.8 7778 80             | default
        PROXY TCP4 1.2.3.4 5.6.7.8 7777 81             | port
        PROXY UNKNOWN                                  | default
        PROXY UNKNOWN ::1 ::2 3 4                      | default
        PROXY TCP4 1.2.3.4 5.6.7.8 1000                | closed
        PROXY TCP4 1.2.3.4 5.6.7.8 1000 99999          | closed
        PROXY TCP4 1.2.3.4 ::1 1 1                     | closed
        PROXY TCP4 224.0.0.1 1.2.3.4 1 1               | closed
        PROXY UDP4 1.2.3.4 5.6.7.8 1000 80             | closed
        """)
    void shouldChooseByWhatVersion1Tells(final String line, final String expected) throws Exception
    {
        compare(expected, "told", "127.0.0.1", "127.0.0.1", bytes(line + "\r\n" + REQUEST));
        compare(expected, "told", "127.0.0.1", "127.0.0.1", bytes(line.substring(0, 9)),
            bytes(line.substring(9) + "\r"), bytes("\n" + REQUEST));
    }

    @Test
    void shouldChooseByThePeerItself() throws Exception
    {
        compare("direct", "told", "127.0.0.9", "127.0.0.1", bytes("PROXY TCP4 1.2.3.4 5.6.7.8 1000 80\r\n" + REQUEST));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        21 11 000c 01020304 05060708 03e8 0051                                | port
        21 11 000c 01020304 0a060708 03e8 0050                                | prefix
        21 11 0014 01020304 0a060708 03e8 0050 03 0005 aabbccdd00             | prefix
        21 21 0024 fd000000000000000000000000000001 fe800000000000000000000000000002 0001 0002 | six
        21 11 0010 01020304 0a060708 03e8 0050 03 0005 aa                     | closed
        21 11 000e 01020304 0a060708 03e8 0050 03 00                          | closed
        20 00 0000                                                            | default
        20 11 000c 01020304 0a060708 03e8 0051                                | default
        21 00 0000                                                            | closed
        21 11 000b                                                            | closed
        11 11 000c 01020304 05060708 03e8 0051                                | closed
        22 11 000c 01020304 05060708 03e8 0051                                | closed
        21 31 000c 01020304 05060708 03e8 0051                                | closed
        """)
    void shouldChooseByWhatVersion2Tells(final String hex, final String expected) throws Exception
    {
        final byte[] header = binary(hex);
        compare(expected, "told", "127.0.0.1", "127.0.0.1", header, bytes(REQUEST));
        final byte[][] pieces = new byte[header.length + 1][];
        for (int i = 0; i < header.length; i++)
        {
            pieces[i] = new byte[]{header[i]};
        }
        pieces[header.length] = bytes(REQUEST);
        compare(expected, "told", "127.0.0.1", "127.0.0.1", pieces);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        told  | PROXY TCP4 1.2.3.4 5.6.7.8 1000 80  | 1.2.3.4
        told  | PROXY TCP6 fd00::1 fd00::2 1000 80  | fd00::1
        told  | PROXY UNKNOWN                       | 127.0.0.1
        maybe | PROXY TCP4 1.2.3.4 5.6.7.8 1000 80  | 1.2.3.4
        maybe |                                     | 127.0.0.1
        first | PROXY TCP4 1.2.3.4 5.6.7.8 1000 80  | 1.2.3.4
        """)
    void shouldTellTheUpstreamWhoAsks(final String listener, final String line, final String expected) throws Exception
    {
        for (final Side side : List.of(sides.envoy(), sides.ringway()))
        {
            side.origin.takeSeen();
            assertEquals("ok", ask(side, listener, "127.0.0.1", "127.0.0.1",
                bytes((line == null ? "" : line + "\r\n") + UP)));
            final String told = side.origin.takeSeen().element().field("x-forwarded-for");
            // Envoy puts an address of the host in the place of a loopback one.
            assertEquals(expected, side == sides.envoy() && expected.startsWith("127.") ? expected : told);
        }
    }

    @Test
    void shouldKeepToTheVersionsThatAreAllowed() throws Exception
    {
        compare("closed", "first", "127.0.0.1", "127.0.0.1", binary("20 00 0000"), bytes(REQUEST));
        compare("closed", "told", "127.0.0.1", "127.0.0.1", bytes(REQUEST));
        compare("maybe", "maybe", "127.0.0.1", "127.0.0.1", binary("20 00 0000"), bytes(REQUEST));
    }

    /**
     * Chains and connections come from one seed, {@code -Dringway.random.first}. A chain is told from the others by what its
     * answer calls the server, also to one that is not understood.
     */
    @Test
    void shouldChooseAmongManyThatMatch() throws Exception
    {
        final RandomChains random = new RandomChains(-SEED);
        final Set<String> chosen = new TreeSet<>();
        final List<String> different = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++)
        {
            final RandomChains.Given given = random.connection();
            final String expected = chain(sides.envoy(), given);
            final String chosenHere = chain(sides.ringway(), given);
            if (!expected.equals(chosenHere))
            {
                different.add(given + ": " + expected + " -> " + chosenHere);
            }
            chosen.add(expected);
        }
        assertEquals(List.of(), different);
        assertTrue(chosen.size() > CONNECTIONS / 20, chosen::toString);
    }

    private static String chain(final Side side, final RandomChains.Given given) throws Exception
    {
        try (Socket socket = new Socket())
        {
            socket.setSoTimeout(Patience.MS);
            socket.bind(new InetSocketAddress(InetAddress.ofLiteral(given.from()), 0));
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), side.ports.get("random")));
            socket.getOutputStream().write(given.said());
            return HttpMessage.read(socket.getInputStream(), false).field("server");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\026", "\026\003\001\0\006"})
    void shouldGoOnAfterTheTimeout(final String start) throws Exception
    {
        for (final Side side : List.of(sides.envoy(), sides.ringway()))
        {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), side.ports.get("slow")))
            {
                socket.setSoTimeout(Patience.MS);
                socket.getOutputStream().write(bytes(start));
                // The chain is of HTTP: what was kept is no request.
                assertEquals(400, HttpMessage.read(socket.getInputStream(), false).status());
            }
        }
    }

    @Test
    void shouldCountWhatEnvoyCounts() throws Exception
    {
        final String names = "(tls_inspector|http_inspector|proxy_proto)\\..*";
        // The first time for those connections that waited for the start, before them in each queue.
        askAll();
        final Map<String, Long> before = counts(sides.envoy(), names);
        final Map<String, Long> own = counts(sides.ringway(), names);
        askAll();
        final Map<String, Long> after = counts(sides.envoy(), names);
        final Map<String, Long> ownAfter = counts(sides.ringway(), names);
        after.replaceAll((name, value) -> value - before.get(name));
        ownAfter.replaceAll((name, value) -> value - own.get(name));
        assertEquals(after, ownAfter);
    }

    private void askAll() throws Exception
    {
        shouldTellClearFromEncrypted();
        shouldChooseByServerName("y.a.test", "", "wild");
        shouldChooseByVersionOfHttp();
        shouldKeepToTheVersionsThatAreAllowed();
    }

    private static Map<String, Long> counts(final Side side, final String names) throws Exception
    {
        final Map<String, Long> counts = side.admin.awaitQuiet();
        counts.keySet().removeIf(name -> !name.matches(names));
        return counts;
    }
}
