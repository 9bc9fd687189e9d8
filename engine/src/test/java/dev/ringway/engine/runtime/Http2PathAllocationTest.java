package dev.ringway.engine.runtime;

import dev.ringway.engine.tls.TlsContext;
import dev.ringway.engine.tls.TlsFixture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * As {@link PathAllocationTest}, where clients speak HTTP/2: nothing is allocated for a stream.
 */
final class Http2PathAllocationTest
{
    private static final int REQUESTS = 300_000;
    private static final int ENCRYPTED_REQUESTS = 100_000;
    private static final int CONNECTIONS = 8;
    private static final int DEPTH = 50;
    private static final int BATCHES = 10;
    private static final int PER_ROUND = CONNECTIONS * DEPTH * BATCHES;
    private static final int TIMEOUT_SECONDS = 300;
    private static final int LARGE_WINDOW = 1 << 30;
    private static final int STREAM_ID = 5;
    private static final byte[] HELLO = "hello!".getBytes(US_ASCII);

    private final LoopAllocation allocation = new LoopAllocation();

    /** Frames of which only their header matters. */
    private static final class Frames
    {
        private final InputStream in;
        private final ByteBuffer bytes = ByteBuffer.allocate(1 << 16).flip();
        int type;
        int flags;
        int id;

        Frames(final InputStream in)
        {
            this.in = in;
        }

        boolean next() throws IOException
        {
            if (!fill(Http2Frame.HEAD))
            {
                return false;
            }
            final int length = bytes.getInt(bytes.position()) >>> 8;
            type = bytes.get(bytes.position() + 3);
            flags = bytes.get(bytes.position() + 4);
            id = bytes.getInt(bytes.position() + STREAM_ID);
            if (!fill(Http2Frame.HEAD + length))
            {
                return false;
            }
            bytes.position(bytes.position() + Http2Frame.HEAD + length);
            return true;
        }

        boolean isEnd()
        {
            return type <= Http2Frame.HEADERS && (flags & Http2Frame.END_STREAM) != 0;
        }

        boolean isSettings()
        {
            return type == Http2Frame.SETTINGS && (flags & Http2Frame.ACK) == 0;
        }

        private boolean fill(final int length) throws IOException
        {
            while (bytes.remaining() < length)
            {
                bytes.compact();
                final int n = in.read(bytes.array(), bytes.position(), bytes.remaining());
                bytes.position(bytes.position() + Math.max(n, 0)).flip();
                if (n < 0)
                {
                    return false;
                }
            }
            return true;
        }
    }

    /** One client with a batch of requests whose numbers are put in anew each time. */
    private static final class Asker
    {
        private final TestClient client;
        private final Frames frames;
        private final ByteBuffer batch;
        private final int length;
        private int nextId = 1;

        Asker(final TestProxy proxy) throws IOException
        {
            client = proxy.connect();
            final Http2Peer peer = Http2Peer.client(client);
            peer.window(0, LARGE_WINDOW);
            frames = new Frames(client.socket.getInputStream());
            final byte[] request = Http2Frame.of(Http2Frame.HEADERS, Http2Frame.END_HEADERS | Http2Frame.END_STREAM, 1,
                peer.encode(Http2Peer.request("GET", "/some/path?q=1", "user-agent", "test", "accept", "*/*")));
            // A second block: the first one filled the table, this one refers to it.
            final byte[] again = Http2Frame.of(Http2Frame.HEADERS, Http2Frame.END_HEADERS | Http2Frame.END_STREAM, 1,
                peer.encode(Http2Peer.request("GET", "/some/path?q=1", "user-agent", "test", "accept", "*/*")));
            length = again.length;
            final ByteArrayOutputStream all = new ByteArrayOutputStream();
            for (int i = 0; i < DEPTH; i++)
            {
                all.writeBytes(again);
            }
            batch = ByteBuffer.wrap(all.toByteArray());
            client.send(ByteBuffer.wrap(request).putInt(STREAM_ID, nextId).array());
            nextId += 2;
            take(1);
        }

        void ask() throws IOException
        {
            for (int i = 0; i < DEPTH; i++)
            {
                batch.putInt(i * length + STREAM_ID, nextId);
                nextId += 2;
            }
            client.send(batch.array());
        }

        void take(final int count) throws IOException
        {
            for (int ends = 0; ends < count; )
            {
                if (!frames.next())
                {
                    throw new EOFException("the connection ended");
                }
                ends += frames.isEnd() ? 1 : 0;
                if (frames.isSettings())
                {
                    client.send(Http2Frame.of(Http2Frame.SETTINGS, Http2Frame.ACK, 0));
                }
            }
        }
    }

    private static void answerHttp1(final TestBackend.Link link) throws IOException
    {
        final byte[] answer = TestBackend.ok("hello!").getBytes(US_ASCII);
        final InputStream in = link.socket.getInputStream();
        final byte[] piece = new byte[16 * 1024];
        int matched = 0;
        for (int n = in.read(piece); n > 0; n = in.read(piece))
        {
            for (int i = 0; i < n; i++)
            {
                matched = piece[i] == "\r\n\r\n".charAt(matched) ? matched + 1 : piece[i] == '\r' ? 1 : 0;
                if (matched == 4)
                {
                    matched = 0;
                    link.out.write(answer);
                }
            }
        }
    }

    private static void answerHttp2(final TestBackend.Link link) throws IOException
    {
        link.in.readNBytes(Http2Peer.PREFACE.length);
        link.out.write(Http2Frame.of(Http2Frame.SETTINGS, 0, 0));
        final byte[] head = Http2Frame.of(Http2Frame.HEADERS, Http2Frame.END_HEADERS, 1, (byte)0x88);
        final byte[] data = Http2Frame.of(Http2Frame.DATA, Http2Frame.END_STREAM, 1, HELLO);
        final ByteBuffer answer = ByteBuffer.allocate(head.length + data.length).put(head).put(data);
        final Frames frames = new Frames(link.in);
        while (frames.next())
        {
            if (frames.isEnd())
            {
                answer.putInt(STREAM_ID, frames.id).putInt(head.length + STREAM_ID, frames.id);
                link.out.write(answer.array());
            }
            else if (frames.isSettings())
            {
                link.out.write(Http2Frame.of(Http2Frame.SETTINGS, Http2Frame.ACK, 0));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP2_TO_HTTP1", "HTTP2_TO_HTTP2"})
    @Timeout(TIMEOUT_SECONDS)
    void shouldAllocateNothingForStreams(final HttpPair pair) throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(pair.isHttp2Upstream ?
                Http2PathAllocationTest::answerHttp2 : Http2PathAllocationTest::answerHttp1);
            TestProxy proxy = pair.proxy(backend).start())
        {
            assertAllocatesNothing(proxy, REQUESTS);
        }
    }

    @Test
    @Timeout(TIMEOUT_SECONDS)
    void shouldAllocateNothingForStreamsOnTls() throws Exception
    {
        final TlsContext context = TlsFixture.listener(false);
        try (TestBackend backend = TestBackend.scripted(Http2PathAllocationTest::answerHttp1);
            TestProxy proxy = HttpPair.HTTP2_TO_HTTP1.proxy(backend).encrypted(context).start())
        {
            assertAllocatesNothing(proxy, ENCRYPTED_REQUESTS);
        }
        assertEquals(1, context.references());
        context.release();
    }

    private void assertAllocatesNothing(final TestProxy proxy, final int requests) throws Exception
    {
        final Asker[] clients = new Asker[CONNECTIONS];
        for (int i = 0; i < CONNECTIONS; i++)
        {
            clients[i] = new Asker(proxy);
        }
        allocation.assertNone(proxy, Math.ceilDiv(requests, PER_ROUND), () ->
        {
            for (int batch = 0; batch < BATCHES; batch++)
            {
                for (final Asker client : clients)
                {
                    client.ask();
                }
                for (final Asker client : clients)
                {
                    client.take(DEPTH);
                }
            }
        });
        assertEquals(0, proxy.counter("http.in.downstream_rq_5xx"));
    }
}
