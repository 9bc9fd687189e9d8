package dev.ringway.system;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Ringway and Envoy log the same of requests that are refused before anything can be made of them. */
final class RefusalLogComparisonTest
{
    private static final String FORMAT = "%REQ(:METHOD)% %REQ(:PATH)% %PROTOCOL% %RESPONSE_CODE% %RESPONSE_FLAGS% " +
        "%RESPONSE_CODE_DETAILS% %BYTES_RECEIVED% %BYTES_SENT% %REQ(:AUTHORITY)% %REQ(USER-AGENT)% " +
        "%RESP(CONTENT-TYPE)% %ROUTE_NAME% %UPSTREAM_CLUSTER% %UPSTREAM_HOST%\\n";
    private static final String HALF = "half a head";
    private static final String LATE = "a head that comes late";
    private static final String HTTP2 = "HTTP/2: ";
    private static final Map<String, Http2Block> BLOCKS = new LinkedHashMap<>();

    /** Where Ringway says something else on purpose: what it says. */
    static final Map<String, String> DIFFERENCES = Map.of(
        // All heads that are refused are refused alike.
        "fragment", "- - HTTP/1.1 400 DPE http1.codec_error 0 11 - - text/plain - - -",
        "no host", "GET / HTTP/1.1 400 - missing_host_header 0 11 - - text/plain - - -",
        // Envoy looks for control characters before anything else.
        "control character in method", "- - HTTP/1.1 400 DPE http1.codec_error 0 11 - - text/plain - - -",
        "control character in path", "- - HTTP/1.1 400 DPE http1.codec_error 0 11 - - text/plain - - -",
        // An answer instead of a reset.
        HTTP2 + "many fields", "- - HTTP/2 431 DPE http2.too_many_headers 0 0 - - - - - -",
        // Envoy's words are those of its library.
        HTTP2 + "no HPACK", "- - HTTP/2 0 DPE codec_error:header_compression 0 0 - - - - - -");

    static
    {
        BLOCKS.put("upper case", Http2Block.request("GET", "/", "X-A", "1"));
        BLOCKS.put("connection", Http2Block.request("GET", "/", "connection", "close"));
        BLOCKS.put("te", Http2Block.request("GET", "/", "te", "gzip"));
        BLOCKS.put("NUL in a value", Http2Block.request("GET", "/", "a", "b\0c"));
        BLOCKS.put("empty path", Http2Block.request("GET", ""));
        BLOCKS.put("two paths", Http2Block.request("GET", "/", ":path", "/x"));
        BLOCKS.put("unknown pseudo-header", Http2Block.request("GET", "/", ":x", "y"));
        BLOCKS.put("no method", Http2Block.of(":scheme", "http", ":authority", "test", ":path", "/"));
        BLOCKS.put("no path", Http2Block.of(":method", "GET", ":scheme", "http", ":authority", "test"));
        BLOCKS.put("length and no content", Http2Block.request("GET", "/", "content-length", "5"));
        BLOCKS.put("length that is no number", Http2Block.request("GET", "/", "content-length", "x"));
        BLOCKS.put("many fields", fields(101));
        BLOCKS.put("no HPACK", new Http2Block().raw("\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff"));
    }

    @TempDir
    private static Path directory;

    private static Pair<Map<String, List<String>>> lines;

    private static Http2Block fields(final int count)
    {
        final Http2Block block = Http2Block.request("GET", "/");
        for (int i = 0; i < count; i++)
        {
            block.field("x" + i, "1");
        }
        return block;
    }

    @BeforeAll
    static void askBoth() throws Exception
    {
        lines = Pair.of(() -> ask(true), () -> ask(false));
    }

    /** Lines by case. Behind each case comes a request whose line says where those of the case end. */
    private static Map<String, List<String>> ask(final boolean isEnvoy) throws Exception
    {
        final int port = Program.freePort();
        final int hastyPort = Program.freePort();
        final int adminPort = Program.freePort();
        final String name = isEnvoy ? "envoy" : "ringway";
        final Path log = directory.resolve(name + ".log");
        final String options = "access_log:\n- name: file\n  typed_config: { \"@type\": " +
            "type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog, path: \"" + log +
            "\", log_format: { text_format_source: { inline_string: \"" + FORMAT + "\" } } }\n";
        final String routes = "- match: { prefix: \"/\" }\n  direct_response: { status: 200 }\n";
        final Path bootstrap = Files.writeString(directory.resolve(name + ".yaml"), Bootstraps.admin(adminPort) +
            Bootstraps.http("in", Bootstraps.tcpAddress("127.0.0.1", port), options, routes) +
            // Only the head that comes late has little time: no other is late, however slow the machine is.
            Bootstraps.http("hasty", Bootstraps.tcpAddress("127.0.0.1", hastyPort),
                "request_headers_timeout: 0.3s\n" + options, routes));
        final Map<String, List<String>> byCase = new LinkedHashMap<>();
        try (Program program = Peers.either(isEnvoy, directory, bootstrap))
        {
            program.awaitPort(adminPort).awaitPort(port).awaitPort(hastyPort);
            final List<String> names = names();
            for (int i = 0; i < names.size(); i++)
            {
                send(names.get(i), names.get(i).equals(LATE) ? hastyPort : port);
                try (Client client = new Client(port))
                {
                    assertEquals(200, client.get("/mark" + i).status());
                }
                final String mark = "GET /mark" + i + " ";
                LogLines.await(log, 1, line -> line.startsWith(mark));
                byCase.put(names.get(i), between(Files.readAllLines(log, ISO_8859_1),
                    "GET /mark" + (i - 1) + " ", mark));
            }
        }
        return byCase;
    }

    private static List<String> between(final List<String> all, final String from, final String to)
    {
        final List<String> found = new ArrayList<>();
        for (final String line : all)
        {
            if (line.startsWith(from))
            {
                found.clear();
            }
            else if (line.startsWith(to))
            {
                return found;
            }
            else
            {
                found.add(line);
            }
        }
        throw new AssertionError("no line of " + to + ": " + all);
    }

    private static void send(final String name, final int port) throws Exception
    {
        if (name.startsWith(HTTP2))
        {
            try (Http2Client client = Http2Client.open(port))
            {
                final int stream = client.request(BLOCKS.get(name.substring(HTTP2.length())), true);
                client.awaitOrEnd("an end", frame -> frame.stream() == stream || frame.is(Http2Frame.GOAWAY));
            }
            return;
        }
        try (Client client = new Client(port))
        {
            switch (name)
            {
                case HALF -> client.send("GET / HTTP/1.1\r\nho");
                case LATE -> assertEquals(408, client.send("GET / HTTP/1.1\r\nho").read().status());
                default -> client.send(EnvoyCases.BAD.stream().filter(bad -> bad.name().equals(name)).findAny()
                    .orElseThrow().request()).read();
            }
        }
        catch (final IOException e)
        {
            // A connection that is reset has a line as well.
        }
    }

    private static List<String> names()
    {
        final List<String> names = new ArrayList<>(EnvoyCases.BAD.stream().map(EnvoyCases.Case::name).toList());
        names.addAll(List.of(HALF, LATE));
        BLOCKS.keySet().forEach(name -> names.add(HTTP2 + name));
        return names;
    }

    static List<String> cases()
    {
        return names().stream().filter(name -> !EnvoyCases.DIFFERENCES.containsKey(name) || DIFFERENCES.containsKey(name))
            .toList();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void shouldLogWhatEnvoyLogs(final String name)
    {
        final List<String> theirs = lines.envoy().get(name);
        final String other = DIFFERENCES.get(name);
        // A stream that Envoy resets may have its line later, with the next of the differences.
        assertTrue(other != null || theirs.size() == 1, theirs.toString());
        assertEquals(other == null ? theirs : List.of(other), lines.ringway().get(name));
        assertFalse(theirs.contains(other), "no difference any more: " + theirs);
    }

    static List<String> refusedHere()
    {
        return names().stream().filter(EnvoyCases.DIFFERENCES::containsKey).toList();
    }

    /** What Envoy takes, or answers otherwise, is logged too. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("refusedHere")
    void shouldLogWhatIsRefusedHereAlone(final String name)
    {
        final List<String> ours = lines.ringway().get(name);
        assertEquals(1, ours.size(), ours.toString());
        assertTrue(Set.of("chunk too long", "method of no RFC").contains(name) ||
            ours.getFirst().matches("\\S+ \\S+ HTTP/1.1 (400|505|426) (DPE|-) \\S+ 0 \\d+ .*"), ours.toString());
    }
}
