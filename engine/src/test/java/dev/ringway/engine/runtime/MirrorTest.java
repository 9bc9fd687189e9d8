package dev.ringway.engine.runtime;

import dev.ringway.engine.route.FractionCondition;
import dev.ringway.engine.route.MirrorPolicy;
import dev.ringway.engine.snapshot.Address;
import dev.ringway.engine.snapshot.Endpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.net.InetSocketAddress;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

/**
 * Copies of requests go to another cluster, and whatever becomes of them is nothing to the request.
 */
@Timeout(180)
final class MirrorTest
{
    private static final String SHADOW = "cluster.s.";
    private static final String ABANDONED = "cluster.b.retry_or_shadow_abandoned";
    private static final Sent GET = Sent.of("GET /a?b", null, false);
    private static final Sent OK = Sent.of("200", "original".getBytes(US_ASCII), true);
    private static final Sent OTHER = Sent.of("404", "mirrored".getBytes(US_ASCII), true);
    private static final int LARGE = 16 << 20;

    private final Queue<HttpMessage> originals = new ConcurrentLinkedQueue<>();
    private final Queue<HttpMessage> copies = new ConcurrentLinkedQueue<>();

    private static MirrorPolicy policy(final FractionCondition share, final boolean isHostKept)
    {
        return new MirrorPolicy(1, null, null, share, isHostKept, "10.1.2.3".getBytes(US_ASCII));
    }

    private TestBackend original(final HttpPair pair) throws Exception
    {
        return pair.backend(request ->
        {
            originals.add(request);
            return OK;
        });
    }

    private TestBackend mirror(final HttpPair pair) throws Exception
    {
        return pair.backend(request ->
        {
            copies.add(request);
            return OTHER;
        });
    }

    private static TestProxy proxy(final HttpPair pair, final TestBackend backend, final TestBackend shadow)
        throws Exception
    {
        final TestProxy proxy = pair.proxy(backend).shadowedBy(shadow);
        proxy.http.mirrors = new MirrorPolicy[]{policy(null, false)};
        return proxy;
    }

    private static byte[] body(final int length)
    {
        final byte[] body = new byte[length];
        for (int i = 0; i < length; i++)
        {
            body[i] = (byte)('a' + i % 23);
        }
        return body;
    }

    private static void assertOriginal(final HttpMessage answer)
    {
        assertEquals(200, answer.status());
        assertEquals("original", answer.text());
    }

    private static String host(final HttpMessage request)
    {
        final String host = request.header("host");
        return host == null ? request.header(":authority") : host;
    }

    private HttpMessage awaitCopy()
    {
        TestProxy.await(() -> !copies.isEmpty(), () -> "a mirrored request");
        return copies.poll();
    }

    @ParameterizedTest
    @EnumSource(HttpPair.class)
    void shouldSendHeadsTwice(final HttpPair pair) throws Exception
    {
        try (TestBackend backend = original(pair); TestBackend shadow = mirror(pair);
            TestProxy proxy = proxy(pair, backend, shadow).start())
        {
            assertOriginal(pair.connect(proxy).ask(GET));
            final HttpMessage copy = awaitCopy();
            final HttpMessage sent = originals.poll();
            assertEquals("/a?b", copy.target());
            assertEquals("a", host(sent));
            assertEquals("a-shadow", host(copy));
            assertNull(sent.header("x-envoy-internal"));
            assertEquals("true", copy.header("x-envoy-internal"));
            assertEquals("10.1.2.3", copy.header("x-forwarded-for"));
            assertEquals(sent.header("x-request-id"), copy.header("x-request-id"));
            proxy.awaitCounter(SHADOW + "upstream_rq_4xx", 1);
            assertEquals(1, proxy.counter("cluster.b.upstream_rq_2xx"));
            assertEquals(0, proxy.counter("http.in.downstream_rq_4xx"));
        }
    }

    @ParameterizedTest
    @EnumSource(HttpPair.class)
    void shouldSendContentAndTrailersTwice(final HttpPair pair) throws Exception
    {
        try (TestBackend backend = original(pair); TestBackend shadow = mirror(pair);
            TestProxy proxy = proxy(pair, backend, shadow).start())
        {
            final HttpPair.Client client = pair.connect(proxy);
            for (final int length : new int[]{1, 2_000, 70_000, 200_000})
            {
                final byte[] body = body(length);
                assertOriginal(client.ask(Sent.of("POST /", body, true)));
                assertArrayEquals(body, awaitCopy().body());
                assertOriginal(client.ask(Sent.of("POST /", body, false).trailing("x-end", "yes")));
                final HttpMessage copy = awaitCopy();
                assertArrayEquals(body, copy.body());
                assertEquals("yes", copy.trailer("x-end"));
            }
            proxy.awaitCounter(SHADOW + "upstream_rq_4xx", 8);
            assertEquals(0, proxy.counter(ABANDONED));
        }
    }

    @ParameterizedTest
    @EnumSource(HttpPair.class)
    void shouldNotWaitForMirrorsThatDoNotRead(final HttpPair pair) throws Exception
    {
        final CountDownLatch over = new CountDownLatch(1);
        try (TestBackend backend = original(pair); TestBackend shadow = TestBackend.scripted(link -> over.await());
            TestProxy proxy = proxy(pair, backend, shadow).start())
        {
            final byte[] body = body(LARGE);
            assertOriginal(pair.connect(proxy).ask(Sent.of("POST /", body, true)));
            assertArrayEquals(body, originals.poll().body());
            assertEquals(1, proxy.counter(ABANDONED));
            assertEquals(0, proxy.counter(SHADOW + "upstream_rq_active"));
            over.countDown();
        }
    }

    @ParameterizedTest
    @EnumSource(HttpPair.class)
    void shouldGiveMirrorsNoMoreTimeThanRequests(final HttpPair pair) throws Exception
    {
        final CountDownLatch over = new CountDownLatch(1);
        try (TestBackend backend = original(pair);
            TestBackend shadow = pair.backend(request ->
            {
                over.await();
                return OTHER;
            });
            TestProxy proxy = proxy(pair, backend, shadow))
        {
            proxy.http.routeTimeoutNs = 2_000_000_000L;
            proxy.start();
            assertOriginal(pair.connect(proxy).ask(GET));
            assertOriginal(pair.connect(proxy).ask(Sent.of("POST /", body(3_000), true)));
            proxy.awaitCounter(SHADOW + "upstream_rq_timeout", 2);
            proxy.awaitCounter(SHADOW + "upstream_rq_5xx", 2);
            proxy.awaitCounter(SHADOW + "upstream_rq_active", 0);
            assertEquals(0, proxy.counter("cluster.b.upstream_rq_timeout"));
            over.countDown();
        }
    }

    @ParameterizedTest
    @EnumSource(HttpPair.class)
    void shouldNotCareWhetherAMirrorCanBeReached(final HttpPair pair) throws Exception
    {
        try (TestBackend backend = original(pair); TestProxy proxy = pair.proxy(backend))
        {
            proxy.shadow = new Endpoint(
                Address.of(new InetSocketAddress("127.0.0.1", TestProxy.freePort("127.0.0.1"))), "", 1);
            proxy.http.mirrors = new MirrorPolicy[]{policy(null, false)};
            proxy.start();
            assertOriginal(pair.connect(proxy).ask(GET));
            assertOriginal(pair.connect(proxy).ask(Sent.of("POST /", body(100_000), true)));
            proxy.awaitCounter(SHADOW + "upstream_rq_5xx", 2);
        }
    }

    @ParameterizedTest
    @EnumSource(HttpPair.class)
    void shouldMirrorTheShareThatIsAskedFor(final HttpPair pair) throws Exception
    {
        try (TestBackend backend = original(pair); TestBackend shadow = mirror(pair);
            TestProxy proxy = proxy(pair, backend, shadow))
        {
            proxy.http.mirrors = new MirrorPolicy[]{
                policy(new FractionCondition(0, 100), false), policy(new FractionCondition(100, 100), true)};
            proxy.start();
            assertOriginal(pair.connect(proxy).ask(GET));
            assertEquals("a", host(awaitCopy()));
            proxy.awaitCounter(SHADOW + "upstream_rq_4xx", 1);
            assertEquals(1, proxy.counter(SHADOW + "upstream_rq_total"));
        }
    }

    @ParameterizedTest
    @EnumSource(HttpPair.class)
    void shouldMirrorNothingWhereThereIsNoRoom(final HttpPair pair) throws Exception
    {
        final CountDownLatch over = new CountDownLatch(1);
        try (TestBackend backend = original(pair);
            TestBackend shadow = TestBackend.scripted(link -> over.await());
            TestProxy proxy = proxy(pair, backend, shadow).bearing(1, 1, 1).start())
        {
            final HttpPair.Client client = pair.connect(proxy);
            assertOriginal(client.ask(GET));
            assertOriginal(client.ask(GET));
            assertOriginal(client.ask(GET));
            // It is active once it is connected.
            proxy.awaitCounter(SHADOW + "upstream_rq_active", 1);
            proxy.http.mirrors = MirrorPolicy.NONE;
            over.countDown();
        }
    }

    @Test
    void shouldEndMirrorsOfRequestsThatNeverBecomeWhole() throws Exception
    {
        final CountDownLatch seen = new CountDownLatch(2);
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                link.readHead();
                seen.countDown();
                link.awaitEnd();
            });
            TestBackend shadow = TestBackend.scripted(link ->
            {
                link.readHead();
                seen.countDown();
                link.awaitEnd();
            });
            TestProxy proxy = proxy(HttpPair.HTTP1_TO_HTTP1, backend, shadow).start())
        {
            final TestClient client = proxy.connect();
            client.out.write("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nabc".getBytes(ISO_8859_1));
            seen.await();
            client.close();
            proxy.awaitCounter(SHADOW + "upstream_rq_active", 0);
            proxy.awaitCounter("cluster.b.upstream_rq_active", 0);
        }
    }

    @Test
    void shouldLoseNothingWhenMirrorsAnswerEarly() throws Exception
    {
        try (TestBackend backend = original(HttpPair.HTTP1_TO_HTTP1);
            TestBackend shadow = TestBackend.scripted(link ->
            {
                link.readHead();
                link.write(TestBackend.ok("early"));
                link.awaitEnd();
            });
            TestProxy proxy = proxy(HttpPair.HTTP1_TO_HTTP1, backend, shadow).start())
        {
            final TestClient client = proxy.connect();
            client.out.write("POST / HTTP/1.1\r\nhost: a:80\r\ncontent-length: 6\r\n\r\nabc".getBytes(ISO_8859_1));
            proxy.awaitCounter(SHADOW + "upstream_rq_2xx", 1);
            proxy.awaitCounter(SHADOW + "upstream_rq_active", 0);
            client.out.write("def".getBytes(ISO_8859_1));
            assertOriginal(HttpMessage.read(client.in, false));
            assertEquals("abcdef", originals.poll().text());
            assertEquals("a-shadow:80", shadow.last().header("host"));
        }
    }
}
