package dev.ringway.engine.runtime;

import dev.ringway.engine.memory.Blocks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * Memory is gone when the peer has to be told something: the connection ends, which is not taken for a flood of the peer.
 */
@Timeout(180)
final class Http2StarvedTest
{
    private static final byte[] PING = Http2Frame.of(Http2Frame.PING, 0, 0, new byte[8]);
    private static final byte[] SETTINGS = Http2Frame.of(Http2Frame.SETTINGS, 0, 0);
    private static final byte[] REFUSED = Http2Frame.of(Http2Frame.HEADERS, Http2Frame.END_HEADERS, 3, (byte)0x82);

    /** Takes all memory of a loop, the space for small pieces as well; gives back what releases it. */
    private static Runnable exhaust(final FaultRig rig)
    {
        final List<Integer> taken = new ArrayList<>();
        for (int at = rig.loop.memory().slab().take(); at >= 0; at = rig.loop.memory().slab().take())
        {
            taken.add(at);
        }
        for (int at = rig.loop.memory().scratch().reserve(1); at >= 0; at = rig.loop.memory().scratch().reserve(1))
        {
            rig.loop.memory().scratch().commit(1);
            taken.add(at);
        }
        return () -> taken.forEach(rig.loop.memory().slab()::release);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void shouldEndAConnectionWhoseFramesCannotBeAnswered(final int kind) throws Exception
    {
        try (TestBackend backend = HttpPair.HTTP2_TO_HTTP1.backend(request -> Sent.of("200", request.body(), true)))
        {
            final TestProxy settings = HttpPair.HTTP2_TO_HTTP1.proxy(backend);
            try (FaultRig rig = new FaultRig(settings, next -> next);
                TestClient socket = rig.drive(rig::connect, "connected"))
            {
                final Http2Peer client = Http2Peer.client(socket);
                assertEquals(200, rig.drive(() -> client.ask("/"), "answered").status());
                rig.drive(() ->
                {
                    client.settle();
                    return true;
                }, "settled");
                final Runnable release = exhaust(rig);
                client.write(List.of(PING, SETTINGS, REFUSED).get(kind));
                rig.drive(client::awaitEnd, "the end");
                assertEquals(1, settings.counter("http2.outbound_starved"));
                assertEquals(0, settings.counter("http2.outbound_flood"));
                assertEquals(0, settings.counter("http2.outbound_control_flood"));
                release.run();
                rig.awaitRest(0);
                try (TestClient next = rig.drive(rig::connect, "connected"))
                {
                    final Http2Peer other = Http2Peer.client(next);
                    assertEquals(200, rig.drive(() -> other.ask("/"), "answered").status());
                }
            }
        }
    }

    /** Its head has to be kept until its turn, and there is no block for it. */
    @Test
    void shouldRefuseARequestThatCannotWaitForItsTurn() throws Exception
    {
        try (TestBackend backend = HttpPair.HTTP2_TO_HTTP1.backend(request -> Sent.of("200", request.body(), true)))
        {
            final TestProxy settings = HttpPair.HTTP2_TO_HTTP1.proxy(backend);
            try (FaultRig rig = new FaultRig(settings, next -> next);
                TestClient socket = rig.drive(rig::connect, "connected"))
            {
                final Http2Peer client = Http2Peer.client(socket);
                rig.drive(() ->
                {
                    client.settle();
                    return true;
                }, "settled");
                final Blocks blocks = rig.loop.memory().blocks();
                final List<Integer> taken = new ArrayList<>();
                for (int at = blocks.take(1); at >= 0; at = blocks.take(1))
                {
                    taken.add(at);
                }
                assertEquals(503, rig.drive(() -> client.ask("/"), "refused").status());
                taken.forEach(at -> blocks.release(at, Blocks.SMALL_LENGTH));
                assertEquals(200, rig.drive(() -> client.ask("/"), "answered").status());
                assertEquals(1, backend.accepted());
            }
        }
    }
}
