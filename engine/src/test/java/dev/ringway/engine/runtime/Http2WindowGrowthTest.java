package dev.ringway.engine.runtime;

import dev.ringway.engine.memory.BufferSlab;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Windows that grow where the other end is far away, and do not where who takes the bytes is slow. */
@Timeout(120)
final class Http2WindowGrowthTest
{
    private static final int LENGTH = 10_000_000;
    private static final long DELAY_NS = 50_000_000L;
    /** More than windows open by that stay what they are. */
    private static final int WIDE = 256 << 10;
    private static final int FRAME = 16_384;
    private static final int MOST_GROWN = 1 << 20;
    private static final int MORE_THAN_SOCKETS_HOLD = 24 << 20;
    private static final int LOOKS = 200;

    private static byte[] content(final int length)
    {
        final byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    @ParameterizedTest
    @EnumSource(value = HttpPair.class, names = {"HTTP2_TO_HTTP1", "HTTP2_TO_HTTP2"})
    void shouldOpenWiderForAClientThatIsFarAway(final HttpPair pair) throws Exception
    {
        final byte[] content = content(LENGTH);
        try (TestBackend backend = pair.backend(request ->
                Sent.of("200", String.valueOf(Arrays.equals(content, request.body())).getBytes(US_ASCII), true));
            TestProxy proxy = pair.proxy(backend).start())
        {
            final TestClient client = proxy.connect();
            final DelayedPath path = new DelayedPath(client.in, client.out, DELAY_NS);
            final Http2Peer peer = Http2Peer.client(path.in, path.out);
            final int id = peer.open(false, "POST", "/");
            peer.body(id, content, FRAME, true);
            final Http2Message answer = peer.await(id);
            assertEquals("true", answer.text());
            assertTrue(answer.widestOpening >= WIDE, "widest " + answer.widestOpening);
        }
    }

    @ParameterizedTest
    @EnumSource(value = HttpPair.class, names = {"HTTP1_TO_HTTP2", "HTTP2_TO_HTTP2"})
    void shouldOpenWiderForAnEndpointThatIsFarAway(final HttpPair pair) throws Exception
    {
        final byte[] content = content(LENGTH);
        final CompletableFuture<Integer> widest = new CompletableFuture<>();
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                final DelayedPath path = new DelayedPath(link.in, link.out, DELAY_NS);
                final Http2Peer peer = Http2Peer.server(path.in, path.out);
                final int id = peer.awaitRequest();
                peer.headers(id, false, ":status", "200", "content-length", String.valueOf(LENGTH));
                peer.body(id, content, FRAME, true);
                widest.complete(peer.stream(id).widestOpening);
                peer.awaitEnd();
            });
            TestProxy proxy = pair.proxy(backend).start())
        {
            assertArrayEquals(content, pair.connect(proxy).ask(Sent.of("GET /", null, false)).body());
            // The endpoint may be told of after all of its content is here.
            final int opening = widest.get(120, TimeUnit.SECONDS);
            assertTrue(opening >= WIDE, "widest " + opening);
        }
    }

    /** However far away the client is, and however quick it is: what is held is a window that has grown to its most. */
    @Test
    void shouldHoldLittleWhereTheEndpointTakesNothing() throws Exception
    {
        final CountDownLatch mayRead = new CountDownLatch(1);
        final byte[] content = content(MORE_THAN_SOCKETS_HOLD);
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                mayRead.await();
                final HttpMessage request = link.read();
                link.write(TestBackend.ok(String.valueOf(request.body().length)));
                link.awaitEnd();
            });
            TestProxy proxy = HttpPair.HTTP2_TO_HTTP1.proxy(backend).start())
        {
            final TestClient client = proxy.connect();
            final DelayedPath path = new DelayedPath(client.in, client.out, DELAY_NS);
            final Http2Peer peer = Http2Peer.client(path.in, path.out);
            final int id = peer.open(false, "POST", "/", "content-length", String.valueOf(MORE_THAN_SOCKETS_HOLD));
            final AtomicInteger chunks = new AtomicInteger();
            final Thread release = Thread.ofPlatform().start(() ->
            {
                // Until nothing moves any more; when that is taken for granted too early, less has been looked at.
                long sent = -1;
                for (int calm = 0; calm < LOOKS; calm++)
                {
                    final int held = proxy.look().chunks();
                    final long now = proxy.counter("cluster.b.upstream_cx_tx_bytes_total");
                    calm = held > 0 && now == sent ? calm : -1;
                    sent = now;
                    chunks.set(Math.max(chunks.get(), held));
                }
                mayRead.countDown();
            });
            peer.body(id, content, FRAME, true);
            release.join();
            final int mostChunks =
                Http2FlowTest.mostChunks(proxy) + MOST_GROWN / BufferSlab.CHUNK_LENGTH;
            assertTrue(chunks.get() <= mostChunks, "chunks " + chunks);
            assertEquals(String.valueOf(MORE_THAN_SOCKETS_HOLD), peer.await(id).text());
        }
    }
}
