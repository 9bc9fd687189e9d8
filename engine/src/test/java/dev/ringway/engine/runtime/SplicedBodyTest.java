package dev.ringway.engine.runtime;

import dev.ringway.engine.filter.FilterData;
import dev.ringway.engine.filter.FilterExchange;
import dev.ringway.engine.filter.HttpFilter;
import dev.ringway.engine.filter.HttpFilterFactory;
import dev.ringway.engine.filter.HttpFilters;
import dev.ringway.engine.filter.Verdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Large contents of responses on connections that have moved much: their bytes pass the loop by.
 */
@Timeout(180)
final class SplicedBodyTest
{
    private static final int LARGE = 400_000;
    private static final int MUCH = 24_000_000;
    private static final byte[] BYTES = bytes();

    private static byte[] bytes()
    {
        final byte[] bytes = new byte[MUCH];
        new Random(9).nextBytes(bytes);
        return bytes;
    }

    /** Answers each request for a path with so many bytes, until told otherwise by the path. */
    private static void serve(final TestBackend.Link link) throws IOException
    {
        for (HttpMessage request = link.read(); request != null; request = link.read())
        {
            final int length = Integer.parseInt(request.target().substring(1));
            link.write("HTTP/1.1 200 OK\r\ncontent-length: " + length + "\r\n\r\n");
            link.out.write(BYTES, 0, length);
        }
    }

    private static void ask(final TestClient client, final int length) throws IOException
    {
        client.send("GET /" + length + " HTTP/1.1\r\nhost: a\r\n\r\n");
    }

    private static void assertAnswer(final TestClient client, final int length) throws IOException
    {
        final HttpMessage answer = client.read();
        assertEquals(200, answer.status());
        assertArrayEquals(Arrays.copyOf(BYTES, length), answer.body());
    }

    /** Has both connections move so much that what follows may be spliced. */
    private static TestClient busy(final TestProxy proxy) throws IOException
    {
        final TestClient client = proxy.connect();
        for (int i = 0; i < 4; i++)
        {
            ask(client, LARGE);
            assertAnswer(client, LARGE);
        }
        return client;
    }

    private static void assertSpliced(final TestProxy proxy)
    {
        assertTrue(proxy.look().splicedBytes() > 0, "nothing was spliced");
    }

    @Test
    void shouldPassContentsByAndAnswerOn() throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(SplicedBodyTest::serve);
            TestProxy proxy = new TestProxy(backend).spliced().start())
        {
            final TestClient client = busy(proxy);
            long all = 4 * LARGE;
            for (int i = 0; i < 30; i++)
            {
                final int length = i % 3 == 0 ? 10 + i : LARGE + i;
                ask(client, length);
                assertAnswer(client, length);
                all += length;
            }
            ask(client, MUCH);
            assertAnswer(client, MUCH);
            assertSpliced(proxy);
            assertEquals(1, backend.accepted());
            assertTrue(proxy.counter("http.in.downstream_cx_tx_bytes_total") > all + MUCH);
            assertTrue(proxy.counter("cluster.b.upstream_cx_rx_bytes_total") > all + MUCH);
            assertEquals(35, proxy.counter("http.in.downstream_rq_2xx"));
        }
    }

    @Test
    void shouldAnswerRequestsThatAreSentTogether() throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(SplicedBodyTest::serve);
            TestProxy proxy = new TestProxy(backend).spliced().start())
        {
            final TestClient client = busy(proxy);
            for (int round = 0; round < 5; round++)
            {
                for (int i = 0; i < 6; i++)
                {
                    ask(client, i % 2 == 0 ? LARGE : 7);
                }
                for (int i = 0; i < 6; i++)
                {
                    assertAnswer(client, i % 2 == 0 ? LARGE : 7);
                }
            }
            ask(client, MUCH);
            ask(client, 11);
            assertAnswer(client, MUCH);
            assertAnswer(client, 11);
            assertSpliced(proxy);
        }
    }

    @Test
    void shouldHoldNothingForASlowClient() throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(SplicedBodyTest::serve);
            TestProxy proxy = new TestProxy(backend).spliced().start())
        {
            final TestClient client = busy(proxy);
            ask(client, MUCH);
            TestProxy.await(() -> proxy.look().splices() == 1 &&
                proxy.counter("cluster.b.upstream_flow_control_paused_reading_total") >
                proxy.counter("cluster.b.upstream_flow_control_resumed_reading_total"), () -> "reading paused");
            TestProxy.await(() -> proxy.look().chunks() == 0, () -> "nothing held");
            assertAnswer(client, MUCH);
            ask(client, 5);
            assertAnswer(client, 5);
        }
    }

    @Test
    void shouldCutAnAnswerWhoseEndpointEnds() throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                for (int i = 0; i < 4; i++)
                {
                    link.read();
                    link.write("HTTP/1.1 200 OK\r\ncontent-length: " + LARGE + "\r\n\r\n");
                    link.out.write(BYTES, 0, LARGE);
                }
                link.read();
                link.write("HTTP/1.1 200 OK\r\ncontent-length: " + MUCH + "\r\n\r\n");
                link.out.write(BYTES, 0, MUCH / 2);
            });
            TestProxy proxy = new TestProxy(backend).spliced().start())
        {
            final TestClient client = busy(proxy);
            ask(client, MUCH);
            assertEquals(200, client.readHead().status());
            final byte[] came = client.in.readAllBytes();
            assertEquals(MUCH / 2, came.length);
            assertArrayEquals(Arrays.copyOf(BYTES, MUCH / 2), came);
            assertSpliced(proxy);
        }
    }

    @Test
    void shouldEndAnAnswerWhoseClientIsGone() throws Exception
    {
        final CountDownLatch isGone = new CountDownLatch(1);
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                try
                {
                    serve(link);
                }
                catch (final IOException e)
                {
                    isGone.countDown();
                }
            });
            TestProxy proxy = new TestProxy(backend).spliced().start())
        {
            final TestClient client = busy(proxy);
            ask(client, MUCH);
            client.in.skipNBytes(MUCH / 2);
            client.reset();
            isGone.await();
            TestProxy.await(() -> proxy.look().exchanges() == 0, () -> "exchange over");
            final TestClient next = busy(proxy);
            ask(next, 3);
            assertAnswer(next, 3);
        }
    }

    @Test
    void shouldNotKeepAnEndpointThatSaysMoreThanItAnnounced() throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                for (HttpMessage request = link.read(); request != null; request = link.read())
                {
                    final boolean isLast = request.target().equals("/" + MUCH);
                    final int length = Integer.parseInt(request.target().substring(1));
                    link.write("HTTP/1.1 200 OK\r\ncontent-length: " + length + "\r\n\r\n");
                    link.out.write(BYTES, 0, length);
                    if (isLast)
                    {
                        link.out.write("surplus".getBytes(ISO_8859_1));
                        link.awaitEnd();
                        return;
                    }
                }
            });
            TestProxy proxy = new TestProxy(backend).spliced().start())
        {
            final TestClient client = busy(proxy);
            ask(client, MUCH);
            assertAnswer(client, MUCH);
            TestProxy.await(() -> backend.open() == 0, () -> "connection to the endpoint closed");
            ask(client, 9);
            assertAnswer(client, 9);
            assertEquals(2, backend.accepted());
        }
    }

    /** Looks at heads only. */
    private static class Head implements HttpFilter
    {
        public int onResponseHead(final FilterExchange exchange, final boolean isEnd)
        {
            exchange.response().set("x-seen".getBytes(ISO_8859_1), "1".getBytes(ISO_8859_1));
            return Verdict.CONTINUE;
        }
    }

    /** Looks at contents too. */
    private static final class Content extends Head
    {
        private final AtomicLong seen;

        Content(final AtomicLong seen)
        {
            this.seen = seen;
        }

        public int onResponseData(final FilterExchange exchange, final FilterData data, final boolean isEnd)
        {
            seen.addAndGet(data.length());
            return Verdict.CONTINUE;
        }
    }

    private static void assertAnswersThrough(final HttpFilterFactory filter, final boolean isSpliced) throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(SplicedBodyTest::serve);
            TestProxy proxy = new TestProxy(backend).spliced())
        {
            proxy.http.filters = new HttpFilters(
                proxy.registry(), "in", List.of(new HttpFilters.Place("f", filter, false)), (name, error) -> { });
            proxy.start();
            final TestClient client = busy(proxy);
            ask(client, MUCH);
            final HttpMessage answer = client.read();
            assertEquals("1", answer.header("x-seen"));
            assertArrayEquals(BYTES, answer.body());
            assertEquals(isSpliced, proxy.look().splicedBytes() > 0);
        }
    }

    @Test
    void shouldPassContentsByFiltersThatDoNotReadThem() throws Exception
    {
        assertAnswersThrough(loop -> new Head(), true);
    }

    @Test
    void shouldShowContentsToFiltersThatReadThem() throws Exception
    {
        final AtomicLong seen = new AtomicLong();
        assertAnswersThrough(loop -> new Content(seen), false);
        assertEquals(MUCH + 4 * LARGE, seen.get());
    }

    @Test
    void shouldSendChunksAsTheyAre() throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                while (link.read() != null)
                {
                    link.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" +
                        Integer.toHexString(LARGE) + "\r\n");
                    link.out.write(BYTES, 0, LARGE);
                    link.write("\r\n0\r\n\r\n");
                }
            });
            TestProxy proxy = new TestProxy(backend).spliced().start())
        {
            final TestClient client = busy(proxy);
            for (int i = 0; i < 10; i++)
            {
                ask(client, LARGE);
                assertAnswer(client, LARGE);
            }
            assertEquals(0, proxy.look().splicedBytes());
        }
    }
}
