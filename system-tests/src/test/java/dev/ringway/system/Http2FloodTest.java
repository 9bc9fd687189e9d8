package dev.ringway.system;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The known floods and bombs of HTTP/2, with raw frames against one process: the attacker's connection or stream ends,
 * nothing of it stays, the upstream sees little of it, and a neighbour gets its answers all the while.
 */
final class Http2FloodTest
{
    private static final int MANY = 20_000;
    private static final int MAX_STREAMS = 100;
    private static final int INITIAL_WINDOW_SIZE = 4;
    private static final int CANCEL = 8;
    private static final int REFUSED_STREAM = 7;
    private static final int LARGE = 100 * 1024;

    @TempDir
    private static Path directory;

    private static Origin origin;
    private static Origin slow;
    private static Program ringway;
    private static Admin admin;
    private static Map<String, Long> gauges;
    private static int port;
    private static int hastyPort;

    private Http2Neighbour neighbour;
    private CountDownLatch held;

    @BeforeAll
    static void start() throws Exception
    {
        origin = new Origin(Map.of("/large",
            "HTTP/1.1 200 OK\r\ncontent-length: " + LARGE + "\r\n\r\n" + "x".repeat(LARGE)));
        slow = new Origin(Map.of());
        port = Program.freePort();
        hastyPort = Program.freePort();
        final int adminPort = Program.freePort();
        final String routes = """
            - match: { prefix: "/slow" }
              route: { cluster: slow }
            - match: { prefix: "/" }
              route: { cluster: origin }
            """;
        final Path file = Files.writeString(directory.resolve("ringway.yaml"), Bootstraps.admin(adminPort) +
            Bootstraps.http("in", Bootstraps.tcpAddress("127.0.0.1", port), "codec_type: HTTP2", routes) +
            Bootstraps.http("hasty", Bootstraps.tcpAddress("127.0.0.1", hastyPort),
                "codec_type: HTTP2\nstream_idle_timeout: 1s", routes) +
            "  clusters:\n" +
            Bootstraps.cluster("origin", "STATIC", Bootstraps.tcpAddress("127.0.0.1", origin.port())) +
            Bootstraps.cluster("slow", "STATIC", Bootstraps.tcpAddress("127.0.0.1", slow.port())));
        ringway = Program.ringway(directory, "-c", file.toString(), "--concurrency", "1");
        admin = new Admin(adminPort);
        ringway.awaitPort(adminPort).awaitPort(port).awaitPort(hastyPort);
        gauges = admin.firstGauges();
    }

    @AfterAll
    static void stop() throws Exception
    {
        ringway.close();
        origin.close();
        slow.close();
    }

    @BeforeEach
    void startNeighbour() throws Exception
    {
        slow.takeSeen();
        held = slow.hold();
        neighbour = new Http2Neighbour(port);
    }

    @AfterEach
    void shouldLeaveNothingBehindAndTheNeighbourUnharmed() throws Exception
    {
        slow.letGo(held);
        neighbour.stop();
        origin.takeSeen();
        admin.awaitNothingLeft(gauges, origin, slow);
    }

    private static byte[] frame(final int type, final int flags, final int stream, final byte[] payload)
    {
        return new Http2Frame(type, flags, stream, payload).bytes();
    }

    private static byte[] times(final int count, final byte[] bytes)
    {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++)
        {
            out.writeBytes(bytes);
        }
        return out.toByteArray();
    }

    /** So many requests for /slow, each followed at once by this frame on its stream. */
    private static byte[] requestsAnd(final Http2Client client, final int count, final boolean isLast, final int type,
        final int flags, final byte[] payload)
    {
        final byte[] block = Http2Block.request("GET", "/slow").bytes();
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++)
        {
            final int stream = client.takeStream();
            out.writeBytes(frame(Http2Frame.HEADERS, Http2Frame.END_HEADERS | (isLast ? Http2Frame.END_STREAM : 0),
                stream, block));
            out.writeBytes(frame(type, flags, stream, payload));
        }
        return out.toByteArray();
    }

    private interface Attack
    {
        void by(Http2Client attacker) throws Exception;
    }

    /** Runs an attack; this counter must tell of it. */
    private static void attack(final String counter, final Attack attack) throws Exception
    {
        final long before = count(counter);
        try (Http2Client attacker = Http2Client.open(port))
        {
            attack.by(attacker);
        }
        Patience.await(() -> count(counter) > before, () -> counter + " tells of it");
    }

    private static long count(final String counter) throws Exception
    {
        return admin.stats().getOrDefault(counter, 0L);
    }

    private static void assertRefused(final Http2Answer answer)
    {
        assertTrue(answer == null || answer.status() == 431 || answer.reset() != Http2Answer.NONE, () -> "" + answer);
    }

    @Test
    void shouldEndAConnectionThatResetsItsStreamsRapidly() throws Exception
    {
        attack("http.in.downstream_rq_too_many_premature_resets", client -> client.floodUntilEnd(
            requestsAnd(client, 1000, true, Http2Frame.RST_STREAM, 0, Http2Frame.int32Bytes(CANCEL)), 1));
        final int seen = slow.takeSeen().size();
        assertTrue(seen <= 3 * MAX_STREAMS, seen + " of 1000 requests reached the upstream");
    }

    @Test
    void shouldTakeAFewResetsForWhatTheyAre() throws Exception
    {
        try (Http2Client client = Http2Client.open(port))
        {
            client.raw(requestsAnd(client, 50, true, Http2Frame.RST_STREAM, 0, Http2Frame.int32Bytes(CANCEL)));
            assertEquals("ok", client.get("/after").text());
        }
    }

    /** Ways to make the server reset a stream that its client has opened. */
    enum Provocation
    {
        WINDOW_UPDATE_OF_NOTHING(false, Http2Frame.WINDOW_UPDATE, 0, new byte[4]),
        WINDOW_UPDATE_BEYOND_ALL(false, Http2Frame.WINDOW_UPDATE, 0, Http2Frame.int32Bytes(0x7fff_ffff)),
        DATA_BEHIND_THE_END(true, Http2Frame.DATA, 0, new byte[1]),
        HEADERS_BEHIND_THE_END(true, Http2Frame.HEADERS, Http2Frame.END_HEADERS,
            Http2Block.of("x-more", "y").bytes()),
        MALFORMED_TRAILERS(false, Http2Frame.HEADERS, Http2Frame.END_HEADERS | Http2Frame.END_STREAM,
            Http2Block.of("X-Upper", "y").bytes());

        private final boolean isLast;
        private final int type;
        private final int flags;
        private final byte[] payload;

        Provocation(final boolean isLast, final int type, final int flags, final byte[] payload)
        {
            this.isLast = isLast;
            this.type = type;
            this.flags = flags;
            this.payload = payload;
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldEndAConnectionThatMakesTheServerReset(final Provocation given) throws Exception
    {
        attack("http.in.downstream_rq_too_many_premature_resets", client -> client.floodUntilEnd(
            requestsAnd(client, 1000, given.isLast, given.type, given.flags, given.payload), 1));
        final int seen = slow.takeSeen().size();
        assertTrue(seen <= 3 * MAX_STREAMS, seen + " of 1000 requests reached the upstream");
    }

    @Test
    void shouldEndAConnectionThatTakesNoResets() throws Exception
    {
        try (Http2Client client = Http2Client.deaf(port))
        {
            client.floodUntilEnd(malformed(client, MANY), 1);
        }
    }

    private static byte[] malformed(final Http2Client client, final int count)
    {
        final byte[] block = Http2Block.of("X-Upper", "y").bytes();
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++)
        {
            out.writeBytes(frame(Http2Frame.HEADERS, Http2Frame.END_HEADERS | Http2Frame.END_STREAM,
                client.takeStream(), block));
        }
        return out.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 30, 1000, 16_000})
    void shouldEndAConnectionWhoseFieldBlockNeverEnds(final int bytesPerFrame) throws Exception
    {
        final byte[] fields = bytesPerFrame == 0 ? new byte[0] : bytesPerFrame == 1 ? new byte[]{(byte)0x82} :
            Http2Block.of("x-n", "v".repeat(bytesPerFrame - 7)).bytes();
        attack("http2.too_many_header_frames", client ->
        {
            client.frame(Http2Frame.HEADERS, Http2Frame.END_STREAM, client.takeStream(),
                Http2Block.request("GET", "/slow").bytes());
            client.floodUntilEnd(times(100, frame(Http2Frame.CONTINUATION, 0, 1, fields)), 100);
        });
        assertEquals(0, slow.takeSeen().size());
    }

    /** One byte each refers to thousands: a block of 14 KB would be 40 MB of fields. */
    @ParameterizedTest
    @ValueSource(strings = {"x-bomb", "cookie"})
    void shouldNotUnpackABombOfReferences(final String name) throws Exception
    {
        attack("http2.header_list_size_too_large", client ->
        {
            Http2Answer answer = new Http2Answer(List.of(), new byte[0], List.of(), 0);
            for (int i = 0; i < 20 && answer != null; i++)
            {
                answer = client.answerOrEnd(client.request(
                    Http2Block.request("GET", "/slow").insert(name, "b".repeat(3900)).indexed(62, 10_000), true));
                assertRefused(answer);
            }
        });
        assertEquals(0, slow.takeSeen().size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a=b"})
    void shouldCountTheCrumbsOfACookie(final String crumb) throws Exception
    {
        attack("http2.header_overflow", client -> assertRefused(client.answerOrEnd(client.request(
            Http2Block.request("GET", "/slow").insert("cookie", crumb).indexed(62, 16_000), true))));
        assertEquals(0, slow.takeSeen().size());
    }

    @Test
    void shouldRefuseMoreFieldsThanItAllows() throws Exception
    {
        final Http2Block many = Http2Block.request("GET", "/slow");
        for (int i = 0; i < 200; i++)
        {
            many.field("x-" + i, "v");
        }
        attack("http2.header_overflow", client -> assertRefused(client.answerOrEnd(client.request(many, true))));
        assertEquals(0, slow.takeSeen().size());
    }

    @Test
    void shouldEndAConnectionThatSendsSettingsAndReadsNothing() throws Exception
    {
        final long before = count("http2.outbound_control_flood");
        try (Http2Client client = Http2Client.deaf(port))
        {
            client.floodUntilEnd(times(1000, frame(Http2Frame.SETTINGS, 0, 0, new byte[0])), 2000);
        }
        admin.awaitStat("http2.outbound_control_flood", before + 1);
    }

    @Test
    void shouldEndAConnectionThatSendsPingsAndReadsNothing() throws Exception
    {
        final long before = count("http2.outbound_control_flood");
        try (Http2Client client = Http2Client.deaf(port))
        {
            client.floodUntilEnd(times(1000, frame(Http2Frame.PING, 0, 0, new byte[8])), 2000);
        }
        admin.awaitStat("http2.outbound_control_flood", before + 1);
    }

    @Test
    void shouldAnswerPingsOfOneWhoReads() throws Exception
    {
        try (Http2Client client = Http2Client.open(port))
        {
            for (int i = 0; i < 100; i++)
            {
                client.frame(Http2Frame.PING, 0, 0, new byte[]{1, 2, 3, 4, 5, 6, 7, (byte)i});
                final Http2Frame pong = client.await("PING ACK",
                    frame -> frame.is(Http2Frame.PING) && frame.has(Http2Frame.ACK));
                assertEquals(i, pong.payload()[7]);
            }
        }
    }

    @Test
    void shouldEndAConnectionOrStreamOfEmptyData() throws Exception
    {
        attack("http2.inbound_empty_frames_flood", client ->
        {
            final int stream = client.request(Http2Block.request("POST", "/slow"), false);
            client.floodUntilEnd(times(1000, frame(Http2Frame.DATA, 0, stream, new byte[0])), MANY / 1000);
        });
    }

    @Test
    void shouldEndAConnectionOfEmptyHeaders() throws Exception
    {
        try (Http2Client client = Http2Client.open(port))
        {
            final ByteArrayOutputStream flood = new ByteArrayOutputStream();
            for (int i = 0; i < MANY; i++)
            {
                flood.writeBytes(frame(Http2Frame.HEADERS, Http2Frame.END_HEADERS, client.takeStream(), new byte[0]));
            }
            client.floodUntilEnd(flood.toByteArray(), 1);
        }
    }

    @Test
    void shouldEndAConnectionOfPriorities() throws Exception
    {
        final byte[] priority = frame(Http2Frame.PRIORITY, 0, 1, new byte[]{0, 0, 0, 3, 9});
        attack("http2.inbound_priority_frames_flood",
            client -> client.floodUntilEnd(times(1000, priority), MANY / 1000));
    }

    @Test
    void shouldEndAConnectionOfFramesOfAnUnknownKind() throws Exception
    {
        attack("http2.inbound_unknown_frames_flood",
            client -> client.floodUntilEnd(times(1000, frame(0x42, 0, 0, new byte[8])), MANY / 1000));
    }

    @Test
    void shouldEndAConnectionOfWindowUpdates() throws Exception
    {
        final byte[] update = frame(Http2Frame.WINDOW_UPDATE, 0, 0, Http2Frame.int32Bytes(1));
        attack("http2.inbound_window_update_frames_flood",
            client -> client.floodUntilEnd(times(1000, update), MANY / 1000));
    }

    @Test
    void shouldRefuseStreamsBeyondItsLimitAndServeTheOthers() throws Exception
    {
        try (Http2Client client = Http2Client.open(port))
        {
            final List<Integer> streams = new ArrayList<>();
            for (int i = 0; i < MAX_STREAMS + 20; i++)
            {
                streams.add(client.request(Http2Block.request("GET", "/slow"), true));
            }
            for (final int stream : streams.subList(MAX_STREAMS, MAX_STREAMS + 20))
            {
                assertEquals(REFUSED_STREAM, client.answer(stream).reset());
            }
            slow.letGo(held);
            for (final int stream : streams.subList(0, MAX_STREAMS))
            {
                assertEquals("ok", client.answer(stream).text());
            }
            assertEquals("ok", client.get("/slow").text());
        }
    }

    @Test
    void shouldEndStreamsWhoseClientOpensNoWindow() throws Exception
    {
        try (Http2Client client = Http2Client.open(hastyPort, INITIAL_WINDOW_SIZE, 0))
        {
            final List<Integer> streams = new ArrayList<>();
            for (int i = 0; i < MAX_STREAMS; i++)
            {
                streams.add(client.request(Http2Block.request("GET", "/large"), true));
            }
            for (final int stream : streams)
            {
                final Http2Answer answer = client.answerOrEnd(stream);
                assertTrue(answer == null || answer.reset() != Http2Answer.NONE, "" + answer);
            }
        }
    }

    @Test
    void shouldSendNothingBeyondTheWindowAndGoOnWhenItOpens() throws Exception
    {
        try (Http2Client client = Http2Client.open(port, INITIAL_WINDOW_SIZE, 10))
        {
            final int stream = client.request(Http2Block.request("GET", "/large"), true);
            final Http2Frame first = client.await("DATA", frame -> frame.is(Http2Frame.DATA));
            assertEquals(10, first.payload().length);
            client.frame(Http2Frame.PING, 0, 0, new byte[8]);
            client.await("PING ACK", frame -> frame.is(Http2Frame.PING));
            assertEquals(0, client.count(frame -> frame.is(Http2Frame.DATA)));
            client.window(0, 1 << 20).window(stream, 1 << 20);
            assertEquals(LARGE - 10, client.answer(stream).body().length);
        }
    }

    @Test
    void shouldCloseAConnectionWithoutAPreface()
    {
        try (Client client = new Client(port))
        {
            final HttpMessage answer = client.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n").read();
            assertNull(answer, "no HTTP/1.1 where HTTP/2 is configured");
        }
        catch (final IOException e)
        {
            // GOAWAY is no HTTP/1.1 message either.
            assertFalse(e instanceof SocketTimeoutException, "nothing at all came");
        }
    }
}
