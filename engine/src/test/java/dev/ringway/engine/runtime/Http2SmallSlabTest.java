package dev.ringway.engine.runtime;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * A slab far smaller than what streams would hold: what is answered whole is right, the rest is reset, nothing is held
 * at the end.
 */
final class Http2SmallSlabTest
{
    private static final int CHUNKS = 10;
    private static final int LENGTH = 1_000_000;
    private static final int CLIENTS = 4;
    private static final int STREAMS = 5;
    private static final int SMALL_BUFFER = 4096;
    private static final int PIECE = 10_000;

    private static Sent echo(final HttpMessage request)
    {
        return Sent.of("200", request.target().equals("/large") ? new byte[LENGTH] : request.body(), true);
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP2_TO_HTTP1", "HTTP2_TO_HTTP2"})
    void shouldServeOrResetStreamsWhenBuffersRunOut(final HttpPair pair) throws Exception
    {
        try (TestBackend backend = pair.backend(Http2SmallSlabTest::echo);
            TestProxy proxy = pair.proxy(backend))
        {
            proxy.chunkCount = CHUNKS;
            proxy.start();
            final List<CompletableFuture<Integer>> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++)
            {
                final TestClient socket = proxy.connect(SMALL_BUFFER);
                clients.add(FaultRig.start(() -> talk(socket)));
            }
            int whole = 0;
            for (final CompletableFuture<Integer> client : clients)
            {
                whole += client.get(120, TimeUnit.SECONDS);
            }
            // With HTTP/2 behind all share one connection, which may end for all of them at once.
            assertTrue(whole > 0 || pair.isHttp2Upstream, "none was served");
            assertServes(proxy);
        }
    }

    /** Asks for large answers and sends content meanwhile; gives how many answers were whole. */
    private static int talk(final TestClient socket)
    {
        int whole = 0;
        try
        {
            final Http2Peer client = Http2Peer.client(socket, Http2Frame.INITIAL_WINDOW, 1 << 22);
            client.window(0, 1 << 22);
            final int[] ids = new int[2 * STREAMS];
            for (int i = 0; i < STREAMS; i++)
            {
                ids[i] = client.get("/large");
                ids[STREAMS + i] = client.open(false, "POST", "/");
                client.body(ids[STREAMS + i], new byte[PIECE], PIECE, i % 2 == 0);
            }
            for (int i = 1; i < STREAMS; i += 2)
            {
                client.body(ids[STREAMS + i], new byte[PIECE], 100, true);
            }
            for (int i = 0; i < ids.length; i++)
            {
                final Http2Message answer = client.await(ids[i]);
                if (answer.isEnded && answer.status() == 200)
                {
                    assertEquals(i < STREAMS ? LENGTH : (i - STREAMS) % 2 == 0 ? PIECE : 2 * PIECE, answer.body.size());
                    whole++;
                }
            }
        }
        catch (final IOException e)
        {
            // Cut, for it held too much.
        }
        return whole;
    }

    /** Once nothing of before is left, nobody is refused. */
    private static void assertServes(final TestProxy proxy) throws IOException
    {
        proxy.awaitQuiet();
        final Http2Peer after = Http2Peer.client(proxy.connect());
        for (int i = 0; i < 100; i++)
        {
            assertEquals(200, after.ask("/").status());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP2_TO_HTTP1", "HTTP2_TO_HTTP2"})
    void shouldServeOthersWhileClientsOpenNoWindow(final HttpPair pair) throws Exception
    {
        try (TestBackend backend = pair.backend(Http2SmallSlabTest::echo);
            TestProxy proxy = pair.proxy(backend))
        {
            proxy.chunkCount = CHUNKS;
            final long patientNs = proxy.http.streamIdleNs;
            proxy.http.streamIdleNs = 1_000_000_000L;
            proxy.start();
            for (int i = 0; i < CLIENTS; i++)
            {
                final Http2Peer client = Http2Peer.client(proxy.connect(), Http2Frame.INITIAL_WINDOW, 0);
                for (int j = 0; j < 4 * STREAMS; j++)
                {
                    client.get("/large");
                }
            }
            proxy.awaitCounter("http.in.downstream_rq_total", 4 * STREAMS * CLIENTS);
            proxy.http.streamIdleNs = patientNs;
            proxy.publish();
            assertServes(proxy);
        }
    }
}
