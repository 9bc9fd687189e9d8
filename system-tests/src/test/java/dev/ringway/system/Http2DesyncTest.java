package dev.ringway.system;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Requests of HTTP/2 that would mean something else, or twice as much, to an HTTP/1.1 upstream (RFC 9113, section 8).
 * Each of {@link Http2DesyncCases} is sent with raw frames; every byte that reaches the upstream is checked.
 */
final class Http2DesyncTest
{
    private static final String PROBE = "GET /probe HTTP/1.1";

    @TempDir
    private static Path directory;

    private static RawOrigin origin;
    private static Program ringway;
    private static int port;

    @BeforeAll
    static void start() throws Exception
    {
        origin = new RawOrigin();
        port = Program.freePort();
        final int adminPort = Program.freePort();
        final Path file = Files.writeString(directory.resolve("ringway.yaml"), Bootstraps.admin(adminPort) +
            Bootstraps.http("in", Bootstraps.tcpAddress("127.0.0.1", port), 
                "codec_type: HTTP2\nhttp_protocol_options: { enable_trailers: true }",
                "- match: { prefix: \"\" }\n  route: { cluster: origin }\n") + "  clusters:\n" +
            Bootstraps.cluster("origin", "STATIC", Bootstraps.tcpAddress("127.0.0.1", origin.port())) +
            Bootstraps.HTTP2_CLUSTER.replace("http2_protocol_options: {}",
                "http_protocol_options: { enable_trailers: true }"));
        ringway = Program.ringway(directory, "-c", file.toString(), "--concurrency", "1");
        ringway.awaitPort(port);
    }

    @AfterAll
    static void stop() throws Exception
    {
        ringway.close();
        origin.close();
    }

    @BeforeEach
    void forget()
    {
        origin.takeWhole();
        origin.takeCut();
    }

    /** What came whole, but for the one that may have been given up before it came, so that it may come late. */
    private static List<String> expectedlyWhole()
    {
        return origin.takeWhole().stream().filter(bytes -> !bytes.startsWith("POST /nought HTTP/1.1\r\n")).toList();
    }

    /** What came in part, but for those requests that are meant to: of a case before this one they may come late. */
    private static List<String> unexpectedlyCut()
    {
        return origin.takeCut().stream().filter(bytes -> !bytes.startsWith("POST /cut HTTP/1.1\r\n")).toList();
    }

    static Stream<Http2DesyncCases.Case> accepted()
    {
        return Http2DesyncCases.ACCEPTED.stream();
    }

    static Stream<Http2DesyncCases.Case> rejected()
    {
        return Http2DesyncCases.REJECTED.stream();
    }

    static Stream<Http2DesyncCases.Case> cut()
    {
        return Http2DesyncCases.CUT.stream();
    }

    private static int send(final Http2Client client, final Http2DesyncCases.Case given) throws Exception
    {
        final boolean isLast = given.body() == null && given.trailers() == null;
        final int stream = client.request(given.block(), isLast);
        if (given.body() != null)
        {
            client.data(stream, given.body(), given.trailers() == null);
        }
        if (given.trailers() != null)
        {
            client.frame(Http2Frame.HEADERS, Http2Frame.END_HEADERS | Http2Frame.END_STREAM, stream,
                given.trailers().bytes());
        }
        return stream;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("accepted")
    void shouldPassOnWhatIsWellFormed(final Http2DesyncCases.Case given) throws Exception
    {
        try (Http2Client client = Http2Client.open(port))
        {
            final Http2Answer answer = client.answer(send(client, given));
            assertEquals(200, answer.status(), answer::toString);
        }
        final List<String> whole = expectedlyWhole();
        assertEquals(1, whole.size(), whole::toString);
        assertEquals(given.upstream(), Http1Bytes.takeApart(whole.getFirst()), whole.getFirst());
        assertEquals(List.of(), unexpectedlyCut());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rejected")
    void shouldNotLetThroughWhatIsMalformed(final Http2DesyncCases.Case given) throws Exception
    {
        try (Http2Client client = Http2Client.open(port))
        {
            assertRejected(client.answerOrEnd(send(client, given)));
        }
        assertEquals(List.of(PROBE), startsAfterAProbe());
        assertEquals(List.of(), unexpectedlyCut());
    }

    /** A head that went on before its body turned out to be wrong: its upstream connection serves nobody else. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("cut")
    void shouldEndWhatTurnsOutToBeMalformedLater(final Http2DesyncCases.Case given) throws Exception
    {
        try (Http2Client client = Http2Client.open(port))
        {
            assertRejected(client.answerOrEnd(send(client, given)));
        }
        assertEquals(List.of(PROBE), startsAfterAProbe());
        for (final String bytes : origin.takeCut())
        {
            assertTrue(bytes.startsWith("POST /cut HTTP/1.1\r\n"), bytes);
            assertEquals(1, bytes.split(" HTTP/1.1\r\n", -1).length - 1, bytes);
        }
    }

    /** Its head is a whole request already, which may have its answer before the data comes. */
    @Test
    void shouldPassOnNoDataBesideALengthOfNought() throws Exception
    {
        try (Http2Client client = Http2Client.open(port))
        {
            final int stream = client.request(Http2Block.request("POST", "/nought", "content-length", "0"), false);
            client.data(stream, "GET /smuggled HTTP/1.1\r\nhost: evil\r\n\r\n", true);
            client.answerOrEnd(stream);
        }
        assertEquals(List.of(PROBE), startsAfterAProbe());
        assertEquals(List.of(), unexpectedlyCut());
    }

    /** Null stands for a connection that was ended. */
    private static void assertRejected(final Http2Answer answer)
    {
        assertTrue(answer == null || answer.status() >= 400 && answer.status() < 500 ||
            answer.status() == 0 && answer.reset() != Http2Answer.NONE, () -> "" + answer);
    }

    /** The start lines of all that reached the upstream whole, with one more request behind it. */
    private static List<String> startsAfterAProbe() throws Exception
    {
        try (Http2Client client = Http2Client.open(port))
        {
            assertEquals(200, client.get("/probe").status());
        }
        final List<String> starts = new ArrayList<>();
        expectedlyWhole().forEach(request -> starts.add(Http1Bytes.takeApart(request).getFirst()));
        return starts;
    }

    @Test
    void shouldEndTheUpstreamConnectionOfARequestThatIsReset() throws Exception
    {
        try (Http2Client client = Http2Client.open(port))
        {
            final int stream = client.request(Http2Block.request("POST", "/reset", "content-length", "100"), false);
            client.data(stream, "x".repeat(40), false);
            origin.awaitPart("x".repeat(40));
            client.reset(stream, 8);
            final String bytes = origin.awaitCut("POST /reset HTTP/1.1\r\n");
            assertTrue(bytes.endsWith("\r\n\r\n" + "x".repeat(40)), bytes);
            assertNotNull(client.get("/probe"));
        }
    }
}
