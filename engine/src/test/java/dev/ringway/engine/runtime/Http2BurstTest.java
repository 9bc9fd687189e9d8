package dev.ringway.engine.runtime;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Many requests of one client in one breath: few begin at a time, and what is taken back at once costs little.
 */
@Timeout(180)
final class Http2BurstTest
{
    private static final int MANY = 90;
    private static final int MOST_AT_ONCE = 16;
    private static final int CANCEL = 8;

    private static TestBackend backend() throws Exception
    {
        return HttpPair.HTTP2_TO_HTTP1.backend(request -> Sent.of("200", request.target().getBytes(US_ASCII), true));
    }

    @Test
    void shouldBeginNoRequestsThatAreResetInTheSameBreath() throws Exception
    {
        try (TestBackend backend = backend(); TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient raw = proxy.connect();
            final ByteArrayOutputStream breath = new ByteArrayOutputStream();
            final Http2Peer client = Http2Peer.client(raw.in, breath);
            for (int i = 0; i < MANY; i++)
            {
                client.reset(client.get("/lost"), CANCEL);
            }
            final int kept = client.get("/kept");
            breath.writeTo(raw.out);
            raw.out.flush();
            assertEquals("/kept", client.await(kept).body.toString(US_ASCII));
            // The bytes may come in two pieces, and a request at the end of the first may have its turn between them.
            assertTrue(backend.accepted() <= 3, () -> backend.accepted() + " connections");
            assertTrue(proxy.counter("cluster.b.upstream_cx_total") <= 3, "asked for connections");
            assertEquals(MANY + 1, proxy.counter("http.in.downstream_rq_total"));
            assertEquals(MANY, proxy.counter("http.in.downstream_rq_rx_reset"));
            assertEquals(0, proxy.counter("http.in.downstream_rq_active"));
        }
    }

    @Test
    void shouldOpenAllConnectionsThatAreWaitedFor() throws Exception
    {
        try (TestBackend backend = backend(); TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient raw = proxy.connect();
            final Breath breath = new Breath(raw);
            breath.awaitAnswers();
        }
    }

    @Test
    void shouldBeginFewRequestsInADutyCycle() throws Exception
    {
        try (TestBackend backend = backend();
            FaultRig rig = new FaultRig(new TestProxy(backend), UnaryOperator.identity()))
        {
            final TestClient raw = rig.drive(rig::connect, "connected");
            final Breath breath = new Breath(raw);
            final long[] last = new long[1];
            final long[] beyond = new long[1];
            rig.await(() ->
            {
                final long begun = rig.counter("cluster.b.upstream_rq_total") +
                    rig.counter("cluster.b.upstream_rq_pending_active");
                // Those in turn, and of what is read later as many at once as were answered.
                final long most = rig.loop.turns(4) +
                    Math.min(MOST_AT_ONCE, rig.counter("http.in.downstream_rq_completed"));
                beyond[0] = Math.max(beyond[0], begun - last[0] - most);
                last[0] = begun;
                return begun == MANY;
            }, "all begun");
            assertEquals(0, beyond[0], "more in one duty cycle than have their turn");
            rig.drive(() ->
            {
                breath.awaitAnswers();
                raw.close();
                return MANY;
            }, "answers");
            rig.awaitRest(0);
        }
    }

    /** A client that has asked for many things at once. */
    private static final class Breath
    {
        private final List<Integer> ids = new ArrayList<>();
        private final Http2Peer client;

        Breath(final TestClient raw) throws IOException
        {
            final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            client = Http2Peer.client(raw.in, bytes);
            for (int i = 0; i < MANY; i++)
            {
                ids.add(client.get("/" + i));
            }
            bytes.writeTo(raw.out);
            raw.out.flush();
        }

        void awaitAnswers() throws IOException
        {
            for (int i = 0; i < MANY; i++)
            {
                assertEquals("/" + i, client.await(ids.get(i)).body.toString(US_ASCII));
            }
        }
    }
}
