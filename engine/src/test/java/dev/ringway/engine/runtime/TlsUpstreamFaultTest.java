package dev.ringway.engine.runtime;

import dev.ringway.engine.snapshot.UpstreamTls;
import dev.ringway.engine.snapshot.UpstreamTls.Names;
import dev.ringway.engine.tls.TlsContext;
import dev.ringway.engine.tls.TlsFixture;
import dev.ringway.engine.tls.TlsFixture.Shown;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import static dev.ringway.engine.runtime.FaultRig.CQ_ENTRIES;
import static dev.ringway.engine.runtime.FaultRig.SQ_ENTRIES;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Encrypted endpoints while completions come late, in another order, cut short, or as failures, and while memory runs
 * out. Nothing is held at the end, no engine either.
 */
@Timeout(120)
final class TlsUpstreamFaultTest
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

    private static TestBackend http1() throws IOException
    {
        return TestBackend.encrypted(
            TlsFixture.jdkServer(Shown.GOOD), link -> link.serve(HttpFaultRingTest::answer));
    }

    private static TestBackend http2() throws IOException
    {
        return TestBackend.encrypted(TlsFixture.jdkServer(Shown.GOOD), link -> Http2Peer.server(link)
            .serve((peer, id, request) -> Http2FaultRingTest.echo(request).answerHttp2(peer, id)));
    }

    private static void encrypted(final boolean isHttp2, final Faults faults) throws Exception
    {
        final TlsContext context = isHttp2 ? TlsFixture.toEndpoint("h2") : TlsFixture.toEndpoint();
        try (TestBackend backend = isHttp2 ? http2() : http1())
        {
            final TestProxy settings = isHttp2 ?
                Http2FaultRingTest.settings(HttpPair.HTTP2_TO_HTTP2, backend) : HttpFaultRingTest.settings(backend);
            settings.upstreamTls = new UpstreamTls(context, context, "localhost", Names.CONFIGURED, true, 1);
            faults.run(settings);
            assertEquals(settings.counter("cluster.b.upstream_cx_active"), context.references() - 1);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void shouldAnswerAllWhenCompletionsAreLateCancelledAndStarved(final long seed) throws Exception
    {
        encrypted(false, settings -> HttpFaultRingTest.run(settings, seed, false, SQ_ENTRIES, CQ_ENTRIES));
        encrypted(true, settings -> Http2FaultRingTest.run(settings, seed, false, SQ_ENTRIES, CQ_ENTRIES));
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15, 16, 17, 18})
    void shouldLeakNothingWhenAnyStepFails(final long seed) throws Exception
    {
        encrypted(false, settings -> HttpFaultRingTest.run(settings, seed, true, SQ_ENTRIES, CQ_ENTRIES));
        encrypted(true, settings -> Http2FaultRingTest.run(settings, seed, true, SQ_ENTRIES, CQ_ENTRIES));
    }

    @ParameterizedTest
    @ValueSource(longs = {41, 42})
    void shouldAnswerAllThroughARingThatIsAlwaysFull(final long seed) throws Exception
    {
        encrypted(false, settings -> HttpFaultRingTest.run(settings, seed, false, 4, 8));
        encrypted(true, settings -> Http2FaultRingTest.run(settings, seed, false, 4, 8));
    }

    @Test
    void shouldServeOrCutWhenBuffersRunOut() throws Exception
    {
        final TlsContext context = TlsFixture.toEndpoint();
        final String large = "x".repeat(LENGTH);
        try (TestBackend backend = TestBackend.encrypted(
                TlsFixture.jdkServer(Shown.GOOD), link -> link.serve(
                    request -> TestBackend.ok(request.target().equals("/") ? large : "small")));
            TestProxy proxy = new TestProxy(backend))
        {
            proxy.upstreamTls = new UpstreamTls(context, context, "localhost", Names.CONFIGURED, true, 1);
            proxy.chunkCount = CHUNKS;
            proxy.start();
            int cut = 0;
            // Clients that come one after the other, on a machine that does other things, need not be too many.
            for (int round = 0; cut == 0 && round < MOST_ROUNDS; round++)
            {
                cut = cut(() -> ask(proxy.address()));
            }
            assertTrue(cut > 0, "memory did not run out");
            proxy.awaitQuiet();
            proxy.awaitCounter("http.in.downstream_rq_active", 0);
            assertEquals("small", proxy.connect().get("/small").text());
            proxy.endpoints.clear();
            proxy.publish();
            proxy.awaitCounter("cluster.b.upstream_cx_active", 0);
        }
        assertEquals(1, context.references());
        context.release();
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
    private static int ask(final SocketAddress address)
    {
        try (TestClient client = new TestClient(address, SMALL_BUFFER))
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
