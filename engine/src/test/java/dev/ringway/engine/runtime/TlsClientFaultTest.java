package dev.ringway.engine.runtime;

import dev.ringway.engine.tls.TlsContext;
import dev.ringway.engine.tls.TlsFixture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Encrypted clients while completions come late, in another order, cut short, or as failures, and while memory runs
 * out. Nothing is held at the end, no engine either.
 */
@Timeout(120)
final class TlsClientFaultTest
{
    private static final int CHUNKS = 10;
    private static final int LENGTH = 1_000_000;
    private static final int CLIENTS = 6;
    private static final int MOST_ROUNDS = 10;
    private static final int SMALL_BUFFER = 4096;

    /** Runs the faults of a neighbour over encrypted connections. */
    private interface Faults
    {
        void run(TestProxy settings) throws Exception;
    }

    private static void http1(final Faults faults) throws Exception
    {
        final TlsContext context = TlsFixture.listener(false);
        try (TestBackend backend = TestBackend.answering(HttpFaultRingTest::answer))
        {
            faults.run(HttpFaultRingTest.settings(backend).encrypted(context));
        }
        assertReleased(context);
    }

    private static void http2(final Faults faults) throws Exception
    {
        final TlsContext context = TlsFixture.listener(false);
        try (TestBackend backend = HttpPair.HTTP2_TO_HTTP1.backend(Http2FaultRingTest::echo))
        {
            faults.run(Http2FaultRingTest.settings(HttpPair.HTTP2_TO_HTTP1, backend).encrypted(context));
        }
        assertReleased(context);
    }

    private static void assertReleased(final TlsContext context)
    {
        assertEquals(1, context.references());
        context.release();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void shouldAnswerAllWhenCompletionsAreLateCancelledAndStarved(final long seed) throws Exception
    {
        http1(settings -> HttpFaultRingTest.run(settings, seed, false, FaultRig.SQ_ENTRIES, FaultRig.CQ_ENTRIES));
        http2(settings -> Http2FaultRingTest.run(settings, seed, false, FaultRig.SQ_ENTRIES, FaultRig.CQ_ENTRIES));
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15, 16, 17, 18})
    void shouldLeakNothingWhenAnyStepFails(final long seed) throws Exception
    {
        http1(settings -> HttpFaultRingTest.run(settings, seed, true, FaultRig.SQ_ENTRIES, FaultRig.CQ_ENTRIES));
        http2(settings -> Http2FaultRingTest.run(settings, seed, true, FaultRig.SQ_ENTRIES, FaultRig.CQ_ENTRIES));
    }

    @ParameterizedTest
    @ValueSource(longs = {41, 42})
    void shouldAnswerAllThroughARingThatIsAlwaysFull(final long seed) throws Exception
    {
        http1(settings -> HttpFaultRingTest.run(settings, seed, false, 4, 8));
        http2(settings -> Http2FaultRingTest.run(settings, seed, false, 4, 8));
    }

    @Test
    void shouldServeOrCutWhenBuffersRunOut() throws Exception
    {
        final TlsContext context = TlsFixture.listener(false);
        final String large = "x".repeat(LENGTH);
        try (TestBackend backend = TestBackend.answering(
                request -> TestBackend.ok(request.target().equals("/") ? large : "small"));
            TestProxy proxy = new TestProxy(backend).encrypted(context))
        {
            proxy.chunkCount = CHUNKS;
            proxy.start();
            int cut = 0;
            // Clients that come one after the other, on a machine that does other things, need not be too many.
            for (int round = 0; cut == 0 && round < MOST_ROUNDS; round++)
            {
                cut = cut(() -> ask(proxy));
            }
            assertTrue(cut > 0, "memory did not run out");
            proxy.awaitQuiet();
            proxy.awaitCounter("listener.l.downstream_cx_active", 0);
            assertEquals("small", proxy.connect().get("/small").text());
        }
        assertReleased(context);
    }

    /** How many clients at once are cut. */
    private static int cut(final FaultRig.Call<Integer> work) throws Exception
    {
        final List<CompletableFuture<Integer>> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++)
        {
            clients.add(FaultRig.start(work));
        }
        int cut = 0;
        for (final CompletableFuture<Integer> client : clients)
        {
            cut += client.get(120, TimeUnit.SECONDS);
        }
        return cut;
    }

    /** Sends much and takes much: 1 when it was cut. */
    private static int ask(final TestProxy proxy)
    {
        try (TestClient client = new TestClient(proxy.clientTls, proxy.address(), SMALL_BUFFER))
        {
            client.send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: " + LENGTH + "\r\n\r\n" + "y".repeat(LENGTH));
            final HttpMessage answer = HttpMessage.read(client.in, false);
            return answer != null && answer.status() == 200 && answer.body().length == LENGTH ? 0 : 1;
        }
        catch (final IOException e)
        {
            return 1;
        }
    }
}
