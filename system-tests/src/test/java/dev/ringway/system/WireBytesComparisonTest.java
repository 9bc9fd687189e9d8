package dev.ringway.system;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What logs say of bytes on the wire. What peers send is the same to Envoy and to Ringway, and so are the numbers of it;
 * what they get is not, and the numbers have to be those of the bytes that they got.
 */
final class WireBytesComparisonTest
{
    private static final String NUMBERS = numbers("DOWNSTREAM") + numbers("UPSTREAM");
    private static final String OK = "HTTP/1.1 200 OK\r\n";
    private static final Pattern LINE = Pattern.compile("(?md)^([a-z-]+): *(.*?) *\r$");
    private static final Pattern NUMBER = Pattern.compile("([DU]\\w+)=(\\d+)");
    private static final String CHUNKED = "transfer-encoding: chunked\r\n";
    private static final byte[] NOTHING = {};
    /** In place of an end that is not known: the content is as long as the head says. */
    private static final String WHOLE = "whole";
    private static final Pattern LENGTH = Pattern.compile("content-length: (\\d+)");

    private static final Map<String, String> ANSWERS = Map.of(
        "/chunks", OK + CHUNKED + "\r\n5\r\nhello\r\n3;a=b\r\nabc\r\n0\r\n\r\n",
        "/trailers", OK + CHUNKED + "\r\n5\r\nhello\r\n0\r\nx-end: y\r\n\r\n",
        "/blanks", OK + "x-a:   b \r\ncontent-length: 5\r\n\r\nhello",
        "/continue", "HTTP/1.1 100 Continue\r\n\r\n" + WirePeers.HELLO,
        "/surplus", WirePeers.HELLO + "more",
        "/close", OK + "x-a: b\r\n\r\nhello",
        "/head", OK + "content-length: 1000\r\n\r\n",
        "/none", "HTTP/1.1 204 No Content\r\n\r\n",
        "/switch", "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: foo\r\n\r\n12345");

    /** What a client says in HTTP/1.1, piece by piece, and how what it gets ends before each piece and at the end. */
    private record Case(String path, List<String> pieces, List<String> ends)
    {
        Case(final String path, final String request, final String end)
        {
            this(path, List.of(request), List.of(end));
        }
    }

    private static final Map<String, Case> CASES = new LinkedHashMap<>();

    static
    {
        put("plain", new Case("/a", get("GET", "/a", ""), "hello"));
        put("blanks", new Case("/blanks", get("GET", "/blanks", "x-b:   c  \r\n"), "hello"));
        put("length", new Case("/b", get("POST", "/b", "content-length: 10\r\n") + "0123456789", "hello"));
        put("chunks", new Case("/chunks", get("POST", "/chunks", CHUNKED) + "5;a=b\r\nhello\r\n3\r\nabc\r\n0\r\n\r\n",
            "abc\r\n0\r\n\r\n"));
        put("trailers", new Case("/trailers", get("POST", "/trailers", CHUNKED) + "1\r\na\r\n0\r\nx-end: z\r\n\r\n",
            "x-end: y\r\n\r\n"));
        put("interim answer", new Case("/continue", get("GET", "/continue", ""), "hello"));
        put("surplus", new Case("/surplus", get("GET", "/surplus", ""), "hello"));
        put("until the end", new Case("/close", get("GET", "/close", ""), "\r\n0\r\n\r\n"));
        put("head", new Case("/head", get("HEAD", "/head", ""), "\r\n\r\n"));
        put("no content", new Case("/none", get("GET", "/none", ""), "\r\n\r\n"));
        put("direct response", new Case("/direct", get("GET", "/direct", ""), "direct!"));
        put("redirect", new Case("/redirect", get("GET", "/redirect", ""), "\r\n\r\n"));
        put("no endpoint", new Case("/dead", get("GET", "/dead", ""), WHOLE));
        put("retry", new Case("/again", get("GET", "/again", ""), "hello"));
        put("expectation", new Case("/e", List.of(get("POST", "/e", "content-length: 2\r\nexpect: 100-continue\r\n"), "hi"),
            List.of("100 Continue\r\n\r\n", "hello")));
        put("upgrade", new Case("/switch", List.of(
            get("GET", "/switch", "connection: upgrade\r\nupgrade: foo\r\n"), "abc"), List.of("12345", "")));
        put("gone client", new Case("/gone", get("POST", "/gone", "content-length: 10\r\n") + "01234", ""));
        put("half a head", new Case("-", "GET / HTTP/1.1\r\nhost: ", ""));
    }

    @TempDir
    private static Path directory;

    private static Pair<Map<String, Seen>> seen;

    /** What a log said, and how much of each side's bytes the peers got: all of them, and those of fields. */
    private record Seen(Map<String, Integer> logged, List<Integer> client, List<Integer> endpoint)
    {
    }

    private static void put(final String name, final Case one)
    {
        CASES.put(name, one);
    }

    private static String get(final String method, final String path, final String fields)
    {
        return method + " " + path + " HTTP/1.1\r\nhost: a\r\n" + fields + "\r\n";
    }

    private static String numbers(final String side)
    {
        final StringBuilder numbers = new StringBuilder();
        for (final String kind : List.of("WIRE", "HEADER", "DECOMPRESSED_HEADER"))
        {
            for (final String way : List.of("RECEIVED", "SENT"))
            {
                numbers.append(' ').append(side.charAt(0)).append(kind).append(way).append("=%").append(side).append('_')
                    .append(kind).append("_BYTES_").append(way).append('%');
            }
        }
        return numbers.toString();
    }

    @BeforeAll
    static void askBoth() throws Exception
    {
        seen = Pair.of(() -> ask(true), () -> ask(false));
    }

    private static String log(final Path file)
    {
        return "access_log:\n- name: file\n  typed_config: { \"@type\": type.googleapis.com/envoy.extensions." +
            "access_loggers.file.v3.FileAccessLog, path: \"" + file + "\", log_format: { text_format_source: { " +
            "inline_string: \"%REQ(:PATH)% DTRAILERS=%RESPONSE_TRAILERS_BYTES% Dhead=%RESPONSE_HEADERS_BYTES% " +
            "Uhead=%REQUEST_HEADERS_BYTES%" + NUMBERS + "\\n\" } } }\n";
    }

    private static String http(final String name, final int port, final Path file, final String cluster)
    {
        return Bootstraps.http(name, Bootstraps.tcpAddress("127.0.0.1", port),
            "http_protocol_options: { enable_trailers: true }\nupgrade_configs: [ { upgrade_type: foo } ]\n" + log(file),
            "- match: { path: /direct }\n  direct_response: { status: 200, body: { inline_string: direct! } }\n" +
            "- match: { path: /redirect }\n  redirect: { path_redirect: /x }\n" +
            "- match: { path: /dead }\n  route: { cluster: dead }\n" +
            "- match: { path: /again }\n  route: { cluster: " + cluster + ", retry_policy: { retry_on: 5xx } }\n" +
            "- match: { prefix: \"/\" }\n  route: { cluster: " + cluster + " }\n");
    }

    private static String cluster(final String name, final int port)
    {
        return Bootstraps.cluster(name, "STATIC", Bootstraps.tcpAddress("127.0.0.1", port));
    }

    private static Map<String, Seen> ask(final boolean isEnvoy) throws Exception
    {
        final Map<String, Seen> all = new LinkedHashMap<>();
        final String name = isEnvoy ? "envoy" : "ringway";
        final int[] ports = {Program.freePort(), Program.freePort(), Program.freePort(), Program.freePort()};
        final Path log = directory.resolve(name + ".log");
        final Path relays = directory.resolve(name + "-tcp.log");
        try (WirePeers peers = new WirePeers(ANSWERS))
        {
            final Path bootstrap = Files.writeString(directory.resolve(name + ".yaml"), Bootstraps.admin(ports[0]) +
                http("http1", ports[1], log, "one") + http("http2", ports[2], log, "two") +
                Bootstraps.tcp("tcp", Bootstraps.tcpAddress("127.0.0.1", ports[3]), "tcp") + log(relays).indent(10) +
                "  clusters:\n" + cluster("one", peers.http1.getLocalPort()) + Bootstraps.HTTP2_CLUSTER.replace(
                    "http2_protocol_options: {}", "http_protocol_options: { enable_trailers: true }") +
                cluster("two", peers.http2.getLocalPort()) + Bootstraps.HTTP2_CLUSTER +
                cluster("tcp", peers.tcp.getLocalPort()) + cluster("dead", Program.freePort()));
            try (Program program = Peers.either(isEnvoy, directory, bootstrap))
            {
                program.awaitPort(ports[0]).awaitPort(ports[1]).awaitPort(ports[2]).awaitPort(ports[3]);
                for (final Map.Entry<String, Case> one : CASES.entrySet())
                {
                    peers.forget();
                    final String got = talk(ports[1], one.getValue(), peers);
                    final int lines = all.size() + 1;
                    all.put(one.getKey(), new Seen(logged(log, lines), lengths(got), lengths(peers.got())));
                }
                askFrames(ports, log, peers, all);
                peers.forget();
                final String got = talk(ports[3], new Case("-", "abc", WirePeers.TCP_ANSWER), peers);
                // Whoever waited for the port has lines as well.
                all.put("tcp", new Seen(numbers(LogLines.await(relays, 1, line -> line.contains("DWIRERECEIVED=3 "))),
                    lengths(got), lengths(peers.got())));
            }
        }
        return all;
    }

    /** HTTP/2 on either side, and on both. */
    private static void askFrames(
        final int[] ports, final Path log, final WirePeers peers, final Map<String, Seen> all) throws Exception
    {
        peers.forget();
        final String got = talk(ports[2], new Case("/up", get("POST", "/up", CHUNKED) +
            "5\r\nhello\r\n0\r\nx-end: z\r\n\r\n", "x-a: b\r\n\r\n"), peers);
        all.put("HTTP/2 to the endpoint", new Seen(logged(log, all.size() + 1), lengths(got), peers.frames()));
        peers.forget();
        final List<Integer> down = talkFrames(ports[1], "/trailers");
        all.put("HTTP/2 of the client", new Seen(logged(log, all.size() + 1), down, lengths(peers.got())));
        peers.forget();
        final List<Integer> both = talkFrames(ports[2], "/both");
        all.put("HTTP/2 on both sides", new Seen(logged(log, all.size() + 1), both, peers.frames()));
    }

    /** The numbers of the last line, once there are so many. */
    private static Map<String, Integer> logged(final Path log, final int lines) throws Exception
    {
        final List<String> all = LogLines.await(log, lines, line -> true);
        assertEquals(lines, all.size(), all.toString());
        return numbers(all);
    }

    private static Map<String, Integer> numbers(final List<String> all)
    {
        final Map<String, Integer> numbers = new LinkedHashMap<>();
        final Matcher matcher = NUMBER.matcher(all.getLast());
        while (matcher.find())
        {
            numbers.put(matcher.group(1), Integer.parseInt(matcher.group(2)));
        }
        return numbers;
    }

    /** Of bytes of HTTP/1.1: all, and lines of fields. */
    private static List<Integer> lengths(final String bytes)
    {
        final Matcher lines = LINE.matcher(bytes);
        int fields = 0;
        while (lines.find())
        {
            fields += lines.group().length() + 1;
        }
        return List.of(bytes.length(), fields);
    }

    /** What the client gets. It ends when the endpoint has got what it has to get. */
    private static String talk(final int port, final Case one, final WirePeers peers) throws Exception
    {
        final StringBuilder got = new StringBuilder();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port))
        {
            socket.setSoTimeout(Patience.MS);
            for (int i = 0; i < one.pieces().size(); i++)
            {
                socket.getOutputStream().write(one.pieces().get(i).getBytes(ISO_8859_1));
                read(socket.getInputStream(), got, one.ends().get(i));
            }
            final String last = one.pieces().getLast();
            if (last.equals("abc") || last.endsWith("01234"))
            {
                Patience.await(() -> peers.got().endsWith(last.substring(last.indexOf("\r\n\r\n") + 1).strip()),
                    peers::got);
            }
        }
        return got.toString();
    }

    private static void read(final InputStream in, final StringBuilder got, final String end) throws IOException
    {
        final int start = got.length();
        while (!end.isEmpty() && !ends(got, start, end))
        {
            final int c = in.read();
            assertTrue(c >= 0, "ends behind " + got);
            got.append((char)c);
        }
    }

    private static boolean ends(final StringBuilder got, final int start, final String end)
    {
        if (!end.equals(WHOLE))
        {
            return got.length() >= start + end.length() && got.substring(got.length() - end.length()).equals(end);
        }
        final int head = got.indexOf("\r\n\r\n") + 4;
        final Matcher length = LENGTH.matcher(got);
        return head >= 4 && length.find() && got.length() == head + Integer.parseInt(length.group(1));
    }

    /** A request with padding, a continuation, frames that do not count, content and trailers; the frames of its answer. */
    private static List<Integer> talkFrames(final int port, final String path) throws Exception
    {
        final byte[] head = Http2Block.request("POST", path, "cookie", "a=b", "cookie", "c=d").bytes();
        int frames = 0;
        int blocks = 0;
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port))
        {
            socket.setSoTimeout(Patience.MS);
            socket.getOutputStream().write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(ISO_8859_1));
            write(socket, Http2Frame.SETTINGS, 0, 0, NOTHING);
            write(socket, Http2Frame.HEADERS, 0, 1, java.util.Arrays.copyOf(head, 10));
            write(socket, Http2Frame.CONTINUATION, Http2Frame.END_HEADERS, 1,
                java.util.Arrays.copyOfRange(head, 10, head.length));
            write(socket, Http2Frame.PRIORITY, 0, 1, new byte[] {0, 0, 0, 0, 1});
            write(socket, Http2Frame.WINDOW_UPDATE, 0, 1, Http2Frame.int32Bytes(7));
            write(socket, Http2Frame.DATA, Http2Frame.PADDED, 1, "\3hello\0\0\0".getBytes(ISO_8859_1));
            write(socket, Http2Frame.HEADERS, Http2Frame.END_HEADERS | Http2Frame.END_STREAM, 1,
                Http2Block.of("x-end", "z").bytes());
            Http2Frame frame;
            do
            {
                frame = Http2Frame.read(socket.getInputStream());
                frames += frame.stream() == 1 ? frame.bytes().length : 0;
                blocks += frame.stream() == 1 && frame.type() == Http2Frame.HEADERS ? frame.bytes().length : 0;
            }
            while (frame.stream() != 1 || frame.type() > Http2Frame.HEADERS || !frame.has(Http2Frame.END_STREAM));
        }
        return List.of(frames, blocks);
    }

    private static void write(final Socket socket, final int type, final int flags, final int stream, final byte[] payload)
        throws IOException
    {
        socket.getOutputStream().write(new Http2Frame(type, flags, stream, payload).bytes());
    }

    static List<String> cases()
    {
        final List<String> names = new ArrayList<>(CASES.keySet());
        names.addAll(List.of("HTTP/2 to the endpoint", "HTTP/2 of the client", "HTTP/2 on both sides", "tcp"));
        return names;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void shouldTellWhatCameAsEnvoyDoes(final String name)
    {
        final Map<String, Integer> theirs = seen.envoy().get(name).logged();
        final Map<String, Integer> ours = seen.ringway().get(name).logged();
        theirs.forEach((number, value) ->
        {
            if (number.endsWith("RECEIVED") || number.equals("DTRAILERS"))
            {
                assertEquals(value, ours.get(number), () -> number + " of " + theirs + ", " + ours);
            }
        });
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void shouldTellWhatPeersGot(final String name)
    {
        check(name, seen.envoy().get(name));
        check(name, seen.ringway().get(name));
    }

    private static void check(final String name, final Seen one)
    {
        final Map<String, Integer> logged = one.logged();
        assertEquals(one.client(), List.of(logged.get("DWIRESENT"), logged.get("DHEADERSENT")), one::toString);
        assertEquals(one.endpoint(), List.of(logged.get("UWIRESENT"), logged.get("UHEADERSENT")), one::toString);
        final boolean isFramedDown = name.endsWith("client") && name.startsWith("HTTP/2") || name.endsWith("both sides");
        final boolean isFramedUp = name.endsWith("to the endpoint") || name.endsWith("both sides");
        assertEquals(isFramedDown ? logged.get("Dhead") + (name.endsWith("sides") ? 4 : 6) : logged.get("DHEADERSENT"),
            logged.get("DDECOMPRESSED_HEADERSENT"), one::toString);
        assertEquals(isFramedUp ? logged.get("Uhead") + 6 : logged.get("UHEADERSENT"),
            logged.get("UDECOMPRESSED_HEADERSENT"), one::toString);
    }
}
