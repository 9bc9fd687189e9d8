package dev.ringway.engine.runtime;

import dev.ringway.engine.snapshot.Http2Options;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * Peers that send more than the windows allow (RFC 9113, 6.9.1): the stream ends, and the others of the
 * connection go on; or the connection ends, and the others of the proxy go on.
 */
@Timeout(180)
final class Http2OverrunTest
{
    private static final int FLOW_CONTROL_ERROR = 3;
    private static final int SMALL = 1000;
    /** No window of a connection is smaller at first. */
    private static final int LEAST = 65_535;

    private static Http2Options small()
    {
        return windows(SMALL, Http2Options.DEFAULT.initialConnectionWindowSize());
    }

    private static Http2Options windows(final int ofStream, final int ofConnection)
    {
        final Http2Options d = Http2Options.DEFAULT;
        return new Http2Options(d.maxConcurrentStreams(), ofStream, ofConnection,
            d.headerTableSize(), d.maxOutboundFrames(), d.maxOutboundControlFrames(), d.maxConsecutiveEmptyFrames(),
            d.maxPriorityFramesPerStream(), d.maxWindowUpdatesPerDataFrame(), d.streamErrorOnInvalidMessage(),
            d.allowConnect(), 0, 0);
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP2_TO_HTTP1", "HTTP2_TO_HTTP2"})
    void shouldEndAStreamOnWhichAClientSendsTooMuch(final HttpPair pair) throws Exception
    {
        try (TestBackend backend = pair.backend(request -> Sent.of("200", request.body(), true));
            TestProxy proxy = pair.proxy(backend))
        {
            proxy.http.http2 = small();
            proxy.start();
            final Http2Peer client = Http2Peer.client(proxy.connect());
            client.settle();
            final int exact = client.open(false, "POST", "/");
            client.data(exact, true, new byte[SMALL]);
            final int beyond = client.open(false, "POST", "/");
            client.data(beyond, false, new byte[SMALL + 1]);
            assertEquals(FLOW_CONTROL_ERROR, client.await(beyond).resetCode);
            assertEquals(SMALL, client.await(exact).body.size());
            assertEquals(200, client.ask("/").status());
        }
    }

    @Test
    void shouldEndAConnectionOnWhichAClientSendsTooMuch() throws Exception
    {
        final CountDownLatch gate = new CountDownLatch(1);
        try (TestBackend backend = HttpPair.HTTP2_TO_HTTP1.backend(request ->
            {
                gate.await();
                return Sent.of("200", request.body(), true);
            });
            TestProxy proxy = HttpPair.HTTP2_TO_HTTP1.proxy(backend).bearing(1, 1024, 1024))
        {
            proxy.http.http2 = windows(LEAST, LEAST);
            proxy.start();
            final Http2Peer neighbour = Http2Peer.client(proxy.connect());
            final int first = neighbour.get("/");
            proxy.awaitCounter("cluster.b.upstream_rq_active", 1);
            // As long as there is no connection for it, content is not used, and the window stays as it is.
            final Http2Peer client = Http2Peer.client(proxy.connect());
            final int one = client.open(false, "POST", "/");
            for (int i = 0; i < 4; i++)
            {
                client.data(one, false, new byte[LEAST / 4]);
            }
            client.data(client.open(false, "POST", "/"), false, new byte[LEAST % 4]);
            // The second takes its turn behind the first, maybe behind the acknowledgement too.
            proxy.awaitCounter("cluster.b.upstream_rq_pending_active", 2);
            client.data(client.open(false, "POST", "/"), false, new byte[1]);
            assertEquals(FLOW_CONTROL_ERROR, client.awaitEnd());
            proxy.awaitCounter("http.in.downstream_cx_protocol_error", 1);
            proxy.awaitCounter("cluster.b.upstream_rq_pending_active", 0);
            gate.countDown();
            assertEquals(200, neighbour.await(first).status());
            assertEquals(200, neighbour.ask("/").status());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP1_TO_HTTP2", "HTTP2_TO_HTTP2"})
    void shouldEndAStreamOnWhichAnEndpointSendsTooMuch(final HttpPair pair) throws Exception
    {
        final CompletableFuture<Integer> code = new CompletableFuture<>();
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                final Http2Peer peer = Http2Peer.server(link);
                final int beyond = peer.awaitRequest();
                peer.headers(beyond, false, ":status", "200");
                peer.data(beyond, false, new byte[SMALL + 1]);
                while (peer.stream(beyond).resetCode < 0)
                {
                    peer.next();
                }
                code.complete(peer.stream(beyond).resetCode);
                peer.serve((same, id, request) -> Sent.of("200", new byte[SMALL], true).answerHttp2(same, id));
            });
            TestProxy proxy = pair.proxy(backend))
        {
            proxy.upstreamHttp2 = small();
            proxy.start();
            final HttpPair.Client first = pair.connect(proxy);
            FaultRig.start(() -> first.ask(Sent.of("GET /", null, false)));
            assertEquals(FLOW_CONTROL_ERROR, code.get(120, TimeUnit.SECONDS));
            assertEquals(SMALL, pair.connect(proxy).ask(Sent.of("GET /", null, false)).body().length);
            assertEquals(1, backend.accepted());
        }
    }
}
