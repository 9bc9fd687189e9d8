package dev.ringway.engine.runtime;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * Settings that peers change while streams are open: sizes of tables and frames, up and down. What comes is read by
 * Netty's decoder with the table that holds, and no frame may be longer than what was allowed last.
 */
@Timeout(180)
final class Http2ChangedSettingsTest
{
    private static final int SMALLEST = 16_384;
    private static final int LARGEST = (1 << 24) - 1;
    private static final int BLOCK = 40_000;
    private static final int FIELD = 1000;
    /** A table of no size: what a block begins with whose writer gives up its table (RFC 7541, 6.3). */
    private static final byte EMPTY_TABLE = 0x20;
    /** Some of these twice in one frame: the smaller one holds for a moment (RFC 7541, 4.2). */
    private static final int[][] TABLES = {
        {0}, {4096}, {100}, {65_536}, {0, 4096}, {4096}, {4095}, {-1}, {0}, {4096, 0, 31}, {1 << 20}};

    private static String[] large(final String... more)
    {
        final List<String> fields = new ArrayList<>(List.of(more));
        for (int i = 0; i < BLOCK / FIELD; i++)
        {
            fields.add("x-" + i);
            fields.add(i + "{".repeat(FIELD));
        }
        return fields.toArray(new String[0]);
    }

    private static void assertLarge(final List<String[]> fields)
    {
        final String[] expected = large();
        int found = 0;
        for (final String[] field : fields)
        {
            for (int i = 0; i < expected.length; i += 2)
            {
                if (expected[i].equals(field[0]))
                {
                    assertEquals(expected[i + 1], field[1]);
                    found++;
                }
            }
        }
        assertEquals(BLOCK / FIELD, found);
    }

    private static int[] tables(final int... sizes)
    {
        final int[] settings = new int[2 * sizes.length];
        for (int i = 0; i < sizes.length; i++)
        {
            settings[2 * i] = Http2Frame.TABLE_SIZE;
            settings[2 * i + 1] = sizes[i];
        }
        return settings;
    }

    private static Sent echo(final HttpMessage request)
    {
        return Sent.of("200", request.body(), true, "x-path", request.target(), "cookie-like", "a=b; c=d");
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP2_TO_HTTP1", "HTTP2_TO_HTTP2"})
    void shouldCodeForTheTableThatAClientChanges(final HttpPair pair) throws Exception
    {
        try (TestBackend backend = pair.backend(Http2ChangedSettingsTest::echo);
            TestProxy proxy = pair.proxy(backend).start())
        {
            final Http2Peer client = Http2Peer.client(proxy.connect());
            final int open = client.open(false, "POST", "/open");
            int round = 0;
            boolean isConfirmed = false;
            for (final int[] sizes : TABLES)
            {
                client.settings(tables(sizes)).settle();
                for (int i = 0; i < 2; i++)
                {
                    final int id = client.get("/" + round);
                    final Http2Frame head = awaitHead(client, id);
                    assertEquals("/" + round, client.await(id).header("x-path"));
                    // With the first size below the initial one the table is given up once and for all.
                    assertEquals(!isConfirmed, head.payload()[0] == EMPTY_TABLE);
                    isConfirmed = true;
                    round++;
                }
                client.data(open, false, (byte)'x');
            }
            client.data(open, true);
            assertEquals("x".repeat(TABLES.length), client.await(open).text());
            assertEquals("/open", client.stream(open).header("x-path"));
        }
    }

    private static Http2Frame awaitHead(final Http2Peer peer, final int id) throws Exception
    {
        for (Http2Frame frame = peer.next(); ; frame = peer.next())
        {
            if (frame.type() == Http2Frame.HEADERS && frame.streamId() == id)
            {
                return frame;
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP1_TO_HTTP2", "HTTP2_TO_HTTP2"})
    void shouldCodeForTheTableThatAnEndpointChanges(final HttpPair pair) throws Exception
    {
        final AtomicInteger changes = new AtomicInteger();
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                final Http2Peer peer = Http2Peer.server(link);
                final int open = peer.awaitRequest();
                peer.headers(open, false, ":status", "200", "x-path", "/open");
                for (final int[] sizes : TABLES)
                {
                    peer.settings(tables(sizes)).settle();
                    for (int i = 0; i < 2; i++)
                    {
                        final int id = peer.awaitRequest();
                        echo(peer.stream(id).toHttp()).answerHttp2(peer, id);
                    }
                    changes.incrementAndGet();
                    peer.data(open, false, (byte)'x');
                }
                peer.data(open, true);
                link.awaitEnd();
            });
            TestProxy proxy = pair.proxy(backend).bearing(1, 1024, 1024).start())
        {
            final HttpPair.Client first = pair.connect(proxy);
            final HttpPair.Client second = pair.connect(proxy);
            final CompletableFuture<HttpMessage> open =
                FaultRig.start(() -> first.ask(Sent.of("GET /open", null, false)));
            proxy.awaitCounter("cluster.b.upstream_rq_total", 1);
            for (int i = 0; i < 2 * TABLES.length; i++)
            {
                final HttpMessage answer = second.ask(Sent.of("GET /" + i, null, false, "x-many", "y".repeat(i)));
                assertEquals("/" + i, answer.header("x-path"));
            }
            assertEquals("x".repeat(TABLES.length), open.get(120, TimeUnit.SECONDS).text());
            assertEquals(TABLES.length, changes.get());
            assertEquals(1, backend.accepted());
        }
    }

    /** The other way round: who sends to the proxy says with each block how much of its table it uses. */
    @ParameterizedTest
    @EnumSource(names = {"HTTP2_TO_HTTP1", "HTTP2_TO_HTTP2"})
    void shouldDecodeWithTheTableThatTheWriterSays(final HttpPair pair) throws Exception
    {
        try (TestBackend backend = pair.backend(Http2ChangedSettingsTest::echo);
            TestProxy proxy = pair.proxy(backend).start())
        {
            final Http2Peer client = Http2Peer.client(proxy.connect());
            final int open = client.open(false, "POST", "/open", "x-kept", "before");
            for (final int size : new int[]{0, 4096, 100, 0, 200, 4096, 31, 4096})
            {
                client.tableSize(size);
                for (int i = 0; i < 3; i++)
                {
                    final int id = client.open(true, "GET", "/" + size, "x-kept", "k".repeat(40), "x-other", "o");
                    assertEquals("/" + size, client.await(id).header("x-path"));
                }
            }
            client.headers(open, true, "x-kept", "k".repeat(40));
            assertEquals("/open", client.await(open).header("x-path"));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {SMALLEST, SMALLEST + 1, 20_000, 65_536, LARGEST})
    void shouldKeepToTheFramesThatAClientAllowsNow(final int most) throws Exception
    {
        try (TestBackend backend = Http2Peer.answering((peer, id, request) ->
            {
                peer.headers(id, false, large(":status", "200"));
                peer.body(id, request.body(), SMALLEST, false);
                peer.headers(id, true, large());
            });
            TestProxy proxy = HttpPair.HTTP2_TO_HTTP2.proxy(backend).start())
        {
            final Http2Peer client = Http2Peer.client(proxy.connect());
            final int open = client.open(false, "POST", "/");
            final byte[] content = content();
            client.body(open, content, SMALLEST, false);
            for (final int size : new int[]{most, SMALLEST, most})
            {
                client.settings(Http2Frame.MAX_FRAME, size).settle();
                final int id = client.open(false, "POST", "/");
                client.body(id, content, SMALLEST, true);
                final Http2Frame head = awaitHead(client, id);
                assertFills(size, head);
                assertAnswered(client.await(id), content);
            }
            client.settings(Http2Frame.MAX_FRAME, SMALLEST).settle();
            client.data(open, true);
            assertAnswered(client.await(open), content);
        }
    }

    /** A block that is longer than its first frame may be fills that; any other is one frame. */
    private static void assertFills(final int most, final Http2Frame head)
    {
        if (most < BLOCK)
        {
            assertEquals(most, head.payload().length);
        }
        assertEquals(most > BLOCK, head.is(Http2Frame.END_HEADERS));
    }

    private static byte[] content()
    {
        return "0123456789".repeat(10_000).getBytes(US_ASCII);
    }

    private static void assertAnswered(final Http2Message answer, final byte[] content)
    {
        assertEquals(200, answer.status());
        assertLarge(answer.fields);
        assertArrayEquals(content, answer.body.toByteArray());
        assertLarge(answer.trailers);
    }

    @ParameterizedTest
    @ValueSource(ints = {SMALLEST, SMALLEST + 1, 20_000, 65_536, LARGEST})
    void shouldKeepToTheFramesThatAnEndpointAllowsNow(final int most) throws Exception
    {
        final CountDownLatch changed = new CountDownLatch(1);
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                final Http2Peer peer = Http2Peer.server(link);
                // A stream is open whose content and trailers come under settings of later.
                peer.awaitHead(1);
                peer.settings(Http2Frame.MAX_FRAME, most).settle();
                changed.countDown();
                assertFills(most, awaitHead(peer, 3));
                peer.settings(Http2Frame.MAX_FRAME, SMALLEST).settle();
                assertEquals(3, peer.awaitRequest());
                peer.headers(3, true, ":status", "200");
                assertFills(SMALLEST, awaitHead(peer, 5));
                peer.serve((same, id, request) -> Sent.of("200", request.body(), true,
                    "x-trailers", Integer.toString(request.trailers().size())).answerHttp2(same, id));
            });
            TestProxy proxy = HttpPair.HTTP2_TO_HTTP2.proxy(backend).bearing(1, 1024, 1024).start())
        {
            final Http2Peer client = Http2Peer.client(proxy.connect());
            final int open = client.open(false, "POST", "/");
            client.body(open, content(), SMALLEST, false);
            changed.await();
            assertEquals(200, client.await(client.open(true, "GET", "/", large())).status());
            final int last = client.open(false, "POST", "/", large());
            client.headers(open, true, large());
            client.headers(last, true, large());
            for (final int id : new int[]{open, last})
            {
                assertEquals(Integer.toString(BLOCK / FIELD), client.await(id).header("x-trailers"));
            }
            assertArrayEquals(content(), client.stream(open).body.toByteArray());
            assertEquals(1, backend.accepted());
        }
    }
}
