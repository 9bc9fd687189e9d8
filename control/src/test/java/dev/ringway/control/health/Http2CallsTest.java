package dev.ringway.control.health;

import dev.ringway.engine.snapshot.Address;
import dev.ringway.engine.snapshot.ConnectRules;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Requests of health checks over HTTP/2, answered with raw frames. */
@Timeout(180)
final class Http2CallsTest
{
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int PRIORITY = 2;
    private static final int RESET = 3;
    private static final int SETTINGS = 4;
    private static final int PUSH = 5;
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final int WINDOW = 8;
    private static final int CONTINUATION = 9;
    private static final int UNKNOWN = 0x42;
    private static final int END = 1;
    private static final int ACK = 1;
    private static final int END_HEADERS = 4;
    private static final int PADDED = 8;
    private static final int PREFACE = 24;
    /** {@code :status: 200} from the static table. */
    private static final String OK = "88";

    private record Frame(int type, int flags, int stream, byte[] payload)
    {
        String kind()
        {
            return type + "/" + flags + "/" + stream;
        }
    }

    private static byte[] frame(final int type, final int flags, final int stream, final String hex)
    {
        return frame(type, flags, stream, HexFormat.of().parseHex(hex));
    }

    private static byte[] frame(final int type, final int flags, final int stream, final byte[] payload)
    {
        return ByteBuffer.allocate(9 + payload.length).putShort((short)(payload.length >> 8))
            .put((byte)payload.length).put((byte)type).put((byte)flags).putInt(stream).put(payload).array();
    }

    private static byte[] join(final byte[]... frames)
    {
        final ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (final byte[] frame : frames)
        {
            all.writeBytes(frame);
        }
        return all.toByteArray();
    }

    /** A field that no table keeps. */
    private static String field(final String name, final String value)
    {
        return "00" + text(name) + text(value);
    }

    private static String text(final String text)
    {
        return "%02x".formatted(text.length()) + HexFormat.of().formatHex(text.getBytes(ISO_8859_1));
    }

    /** Answers each request with the next bytes, in two pieces, and keeps all that comes. */
    private static final class Endpoint implements AutoCloseable
    {
        final ServerSocket server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
        final Link link = new Link(
            Address.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getLocalPort())), null,
            ConnectRules.NONE);
        private final FutureTask<List<Frame>> frames;

        Endpoint(final int cut, final byte[]... answers) throws IOException
        {
            final Callable<List<Frame>> serve = () -> serve(cut, answers);
            frames = new FutureTask<>(serve);
            Thread.ofPlatform().daemon().start(frames);
            link.connect(Address.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getLocalPort())));
        }

        private List<Frame> serve(final int cut, final byte[]... answers) throws IOException
        {
            final List<Frame> all = new ArrayList<>();
            try (Socket socket = server.accept())
            {
                socket.setTcpNoDelay(true);
                final DataInputStream in = new DataInputStream(socket.getInputStream());
                in.readNBytes(PREFACE);
                int next = 0;
                for (Frame frame = read(in); frame != null; frame = read(in))
                {
                    all.add(frame);
                    if (next < answers.length && (frame.type == HEADERS || frame.type == DATA) &&
                        (frame.flags & END) != 0)
                    {
                        final byte[] answer = answers[next++];
                        final int first = Math.min(cut, answer.length);
                        socket.getOutputStream().write(answer, 0, first);
                        socket.getOutputStream().write(answer, first, answer.length - first);
                        if (next == answers.length)
                        {
                            socket.shutdownOutput();
                        }
                    }
                }
            }
            catch (final IOException e)
            {
                // The client is gone, whatever it has left unread.
            }
            return all;
        }

        private static Frame read(final DataInputStream in) throws IOException
        {
            final byte[] head = in.readNBytes(9);
            if (head.length < 9)
            {
                return null;
            }
            final int length = (head[0] & 0xFF) << 16 | (head[1] & 0xFF) << 8 | head[2] & 0xFF;
            return new Frame(head[3], head[4], ByteBuffer.wrap(head, 5, 4).getInt(), in.readNBytes(length));
        }

        Http2Calls.Answer ask(final boolean isWhole) throws IOException
        {
            return link.http2().ask(new Http2Calls.Request("GET", "/", "a", Map.of(), new byte[0]), isWhole);
        }

        /** All that the client said, which says no more. */
        List<Frame> frames() throws Exception
        {
            link.close();
            return frames.get();
        }

        public void close() throws IOException
        {
            link.close();
            server.close();
        }
    }

    @Test
    void shouldReadAnAnswerThatIsCutAnywhere() throws Exception
    {
        final String head = OK + field("a", "b");
        final byte[] ping = "12345678".getBytes(ISO_8859_1);
        final byte[] answer = join(
            frame(SETTINGS, 0, 0, "000400010000"),
            frame(PING, 0, 0, ping),
            frame(HEADERS, END_HEADERS, 1, "08033130 33".replace(" ", "")),
            frame(HEADERS, 0, 1, head.substring(0, 6)),
            frame(CONTINUATION, END_HEADERS, 1, head.substring(6)),
            frame(DATA, PADDED, 1, "02" + "616263" + "0000"),
            frame(DATA, 0, 1, "6465"),
            frame(HEADERS, END_HEADERS | END, 1, field("t", "u")));
        for (int cut = 0; cut < answer.length; cut++)
        {
            try (Endpoint endpoint = new Endpoint(cut, answer))
            {
                final Http2Calls.Answer got = endpoint.ask(true);
                assertEquals(200, got.status());
                assertEquals("b", got.head().get("a"));
                assertArrayEquals("abcde".getBytes(ISO_8859_1), got.content());
                assertEquals(Map.of("t", "u"), got.trailers());
                assertTrue(endpoint.link.isReusable());
                final List<Frame> said = endpoint.frames();
                assertEquals(List.of("4/0/0", "1/5/1", "4/1/0", "6/1/0", "8/0/0", "8/0/0"),
                    said.stream().map(Frame::kind).toList());
                assertArrayEquals(ping, said.get(3).payload);
                assertArrayEquals(new byte[]{0, 0, 0, 6}, said.get(4).payload);
            }
        }
    }

    @Test
    void shouldTakeTheAnswerOfAnEndpointThatLeavesInPeace() throws Exception
    {
        final byte[] answer = join(frame(SETTINGS, 0, 0, ""), frame(GOAWAY, 0, 0, "0000000100000000"),
            frame(HEADERS, END_HEADERS | END, 1, OK));
        try (Endpoint endpoint = new Endpoint(0, answer))
        {
            assertEquals(200, endpoint.ask(true).status());
            assertFalse(endpoint.link.isReusable());
        }
    }

    @Test
    void shouldPassOverFramesThatSayNothing() throws Exception
    {
        final byte[] answer = join(frame(SETTINGS, 0, 0, ""), frame(SETTINGS, ACK, 0, ""),
            frame(UNKNOWN, 0xFF, 7, "0102"), frame(PRIORITY, 0, 1, "0000000010"), frame(WINDOW, 0, 0, "00000001"),
            frame(RESET, 0, 3, "00000008"), frame(DATA, END, 3, "78"), frame(PING, ACK, 0, "0000000000000000"),
            frame(HEADERS, END_HEADERS, 1, OK), frame(UNKNOWN, 0, 1, ""), frame(DATA, 0, 1, ""),
            frame(DATA, END, 1, "79"));
        try (Endpoint endpoint = new Endpoint(0, answer))
        {
            assertArrayEquals(new byte[]{'y'}, endpoint.ask(true).content());
            assertTrue(endpoint.link.isReusable());
        }
    }

    /** The rest of an answer whose head was enough comes while the next one is waited for, and fills the table. */
    @Test
    void shouldAskAgainOnTheSameConnection() throws Exception
    {
        final byte[] first = join(frame(SETTINGS, 0, 0, ""), frame(HEADERS, END_HEADERS, 1, OK));
        final byte[] second = join(frame(DATA, 0, 1, "78"),
            frame(HEADERS, END_HEADERS | END, 1, "40" + text("n") + text("v")),
            frame(HEADERS, END_HEADERS | END, 3, OK + "be"));
        try (Endpoint endpoint = new Endpoint(3, first, second))
        {
            assertEquals(200, endpoint.ask(false).status());
            final Http2Calls.Answer answer = endpoint.ask(false);
            assertEquals("v", answer.head().get("n"));
            assertEquals(0, answer.content().length);
            final List<Frame> said = endpoint.frames();
            assertEquals(List.of("4/0/0", "1/5/1", "4/1/0", "3/0/1", "1/5/3", "8/0/0"),
                said.stream().map(Frame::kind).toList());
            assertArrayEquals(new byte[]{0, 0, 0, 8}, said.get(3).payload);
        }
    }

    private static Stream<Arguments> faults()
    {
        final byte[] head = frame(HEADERS, END_HEADERS, 1, OK);
        final byte[] begun = frame(HEADERS, 0, 1, OK);
        final byte[] large = frame(DATA, 0, 1, new byte[16_384]);
        final byte[] fragment = frame(CONTINUATION, 0, 1, new byte[16_384]);
        return Stream.of(
            Arguments.of("the endpoint goes away", frame(GOAWAY, 0, 0, "0000000000000000")),
            Arguments.of("the endpoint goes away", frame(GOAWAY, 0, 0, "0000000100000002")),
            Arguments.of("the endpoint goes away", frame(GOAWAY, 0, 0, "00000001")),
            Arguments.of("the stream was reset", frame(RESET, 0, 1, "00000007")),
            Arguments.of("the stream was reset", join(head, frame(RESET, 0, 1, "00000000"))),
            Arguments.of("a frame is too long", frame(UNKNOWN, 0, 0, new byte[16_385])),
            Arguments.of("nothing may be pushed", frame(PUSH, END_HEADERS, 1, "00000002" + OK)),
            Arguments.of("a ping is malformed", frame(PING, 0, 0, "01")),
            Arguments.of("a block of fields has no beginning", frame(CONTINUATION, END_HEADERS, 1, OK)),
            Arguments.of("a block of fields is not whole", join(begun, frame(DATA, END, 1, ""))),
            Arguments.of("a block of fields is not whole", join(begun, frame(CONTINUATION, END_HEADERS, 3, ""))),
            Arguments.of("a head is too long", join(begun, fragment, fragment, fragment, fragment)),
            Arguments.of("a head cannot be read", frame(HEADERS, END_HEADERS, 1, "ff80808080808080")),
            Arguments.of("a head has no status", frame(HEADERS, END_HEADERS, 1, field("a", "b"))),
            Arguments.of("a head has no status", frame(HEADERS, END_HEADERS, 1, "08026f6b")),
            Arguments.of("there is no answer", frame(HEADERS, END_HEADERS | END, 1, "0803313033")),
            Arguments.of("a frame is malformed", frame(HEADERS, END_HEADERS | PADDED, 1, "09" + OK)),
            Arguments.of("a frame is malformed", join(head, frame(DATA, PADDED, 1, "02"))),
            Arguments.of("content that is not wanted", frame(DATA, 0, 1, "78")),
            Arguments.of("content that is not wanted", join(head, large, large, large, large, large)),
            Arguments.of(null, join(head, Arrays.copyOf(frame(DATA, END, 1, "7879"), 10))),
            Arguments.of(null, new byte[0]));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void shouldFailWhereTheEndpointDoesNotKeepToTheProtocol(final String message, final byte[] answer) throws Exception
    {
        for (final int cut : new int[]{0, 1, 9, 10, answer.length - 1})
        {
            try (Endpoint endpoint = new Endpoint(Math.max(0, cut), join(frame(SETTINGS, 0, 0, ""), answer)))
            {
                assertEquals(message, assertThrows(IOException.class, () -> endpoint.ask(true)).getMessage());
                assertFalse(endpoint.link.isReusable());
            }
        }
    }
}
