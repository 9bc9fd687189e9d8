package dev.ringway.engine.runtime;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Connections whose numbers for streams are used up (RFC 9113, 5.1.1): they end behind their last stream, and requests go
 * on elsewhere.
 */
@Timeout(180)
final class Http2LastStreamsTest
{
    private static final int LAST = Integer.MAX_VALUE;
    private static final int PROTOCOL_ERROR = 1;
    private static final int REQUESTS = 14;

    /** Answers with path and number of the stream, and keeps the numbers. */
    private static TestBackend numbering(final Queue<Integer> numbers) throws Exception
    {
        return Http2Peer.answering((peer, id, request) ->
        {
            numbers.add(id);
            Sent.of("200", request.target().getBytes(US_ASCII), true).answerHttp2(peer, id);
        });
    }

    private static FaultRig rig(final TestBackend backend, final int streams, final int connections) throws Exception
    {
        final TestProxy settings = HttpPair.HTTP2_TO_HTTP2.proxy(backend).bearing(connections, 1024, 1024);
        settings.firstStreamId = LAST - 2 * (streams - 1);
        return new FaultRig(settings, next -> next);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void shouldGoOnOnOtherConnectionsOneRequestAtATime(final int streams) throws Exception
    {
        final Queue<Integer> numbers = new ConcurrentLinkedQueue<>();
        try (TestBackend backend = numbering(numbers);
            FaultRig rig = rig(backend, streams, 1024))
        {
            rig.drive(() ->
            {
                try (TestClient socket = rig.connect())
                {
                    final Http2Peer client = Http2Peer.client(socket);
                    for (int i = 0; i < REQUESTS; i++)
                    {
                        assertEquals("/" + i, client.ask("/" + i).text());
                    }
                    return true;
                }
            }, "all answered");
            assertEquals((REQUESTS + streams - 1) / streams, backend.accepted());
            assertTrue(numbers.contains(LAST));
            rig.await(() -> backend.open() == (REQUESTS % streams == 0 ? 0 : 1), "used connections closed");
            rig.awaitRest(0);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 1024})
    void shouldLoseNoneOfManyRequestsAtOnce(final int connections) throws Exception
    {
        final int streams = 3;
        final Queue<Integer> numbers = new ConcurrentLinkedQueue<>();
        try (TestBackend backend = numbering(numbers);
            FaultRig rig = rig(backend, streams, connections))
        {
            rig.drive(() ->
            {
                try (TestClient socket = rig.connect())
                {
                    final Http2Peer client = Http2Peer.client(socket);
                    final List<Integer> ids = new ArrayList<>();
                    for (int i = 0; i < REQUESTS; i++)
                    {
                        ids.add(client.get("/" + i));
                    }
                    for (int i = 0; i < REQUESTS; i++)
                    {
                        assertEquals("/" + i, client.await(ids.get(i)).text());
                    }
                    return true;
                }
            }, "all answered");
            assertEquals(REQUESTS, numbers.size());
            assertEquals((REQUESTS + streams - 1) / streams, backend.accepted());
            rig.await(() -> backend.open() == 1, "used connections closed");
            rig.awaitRest(0);
        }
    }

    @Test
    void shouldCloseTheConnectionOnlyBehindItsLastStream() throws Exception
    {
        final Queue<Integer> numbers = new ConcurrentLinkedQueue<>();
        try (TestBackend backend = numbering(numbers);
            FaultRig rig = rig(backend, 2, 1024))
        {
            rig.drive(() ->
            {
                try (TestClient socket = rig.connect())
                {
                    final Http2Peer client = Http2Peer.client(socket);
                    final int first = client.open(false, "POST", "/0");
                    final int last = client.open(false, "POST", "/1");
                    assertEquals("/2", client.ask("/2").text());
                    client.data(first, true);
                    assertEquals("/0", client.await(first).text());
                    assertEquals("/3", client.ask("/3").text());
                    client.body(last, new byte[100_000], 10_000, true);
                    assertEquals("/1", client.await(last).text());
                    return true;
                }
            }, "all answered");
            assertEquals(2, backend.accepted());
            rig.await(() -> backend.open() == 0, "both connections closed");
            rig.awaitRest(0);
        }
    }

    @Test
    void shouldServeAClientUpToItsLastNumberAndEndWhenThereIsAnother() throws Exception
    {
        try (TestBackend backend = numbering(new ConcurrentLinkedQueue<>());
            TestProxy proxy = HttpPair.HTTP2_TO_HTTP2.proxy(backend).start())
        {
            final Http2Peer client = Http2Peer.client(proxy.connect());
            client.nextId = LAST - 2;
            assertEquals("/a", client.ask("/a").text());
            assertEquals("/b", client.ask("/b").text());
            client.settle();
            client.nextId = LAST - 4;
            client.get("/c");
            assertEquals(PROTOCOL_ERROR, client.awaitEnd());
        }
    }

    @Test
    void shouldDrainAConnectionThatHasHadItsLastNumber() throws Exception
    {
        try (TestBackend backend = numbering(new ConcurrentLinkedQueue<>());
            TestProxy proxy = HttpPair.HTTP2_TO_HTTP2.proxy(backend).start())
        {
            final Http2Peer client = Http2Peer.client(proxy.connect());
            client.nextId = LAST;
            final int id = client.open(false, "POST", "/a");
            client.settle();
            proxy.stop(0);
            assertEquals(LAST, client.await(Http2Frame.GOAWAY, 0).number(0));
            assertEquals(LAST, client.await(Http2Frame.GOAWAY, 0).number(0));
            client.data(id, true);
            assertEquals("/a", client.await(id).text());
            assertEquals(-1, client.awaitEnd());
        }
    }
}
