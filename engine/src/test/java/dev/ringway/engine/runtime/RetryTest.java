package dev.ringway.engine.runtime;

import dev.ringway.engine.accesslog.AccessRecord;
import dev.ringway.engine.accesslog.ResponseFlag;
import dev.ringway.engine.route.FieldChanges;
import dev.ringway.engine.route.FieldChanges.Action;
import dev.ringway.engine.route.FieldName;
import dev.ringway.engine.route.HeaderKey;
import dev.ringway.engine.route.RetryOn;
import dev.ringway.engine.route.RetryPolicy;
import dev.ringway.engine.route.RetryPolicy.ResetHeader;
import dev.ringway.engine.route.RetryPolicy.RetryBackoff;
import dev.ringway.engine.route.ValuePart;
import dev.ringway.engine.snapshot.AccessLogSink;
import dev.ringway.engine.snapshot.CidrRanges;
import dev.ringway.engine.snapshot.Thresholds;
import dev.ringway.engine.snapshot.Thresholds.RetryBudget;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * Requests that are sent again as their routes and they themselves say.
 */
@Timeout(180)
final class RetryTest
{
    private static final String CLUSTER = "cluster.b.";
    private static final CidrRanges LOOPBACK =
        new CidrRanges(List.of(new CidrRanges.Range(new byte[]{127, 0, 0, 0}, 8)));
    private static final RetryBackoff SHORT = new RetryBackoff(1_000_000, 4_000_000, List.of(), 300_000_000_000L);
    private static final Sent GET = Sent.of("GET /", null, false);

    private static RetryPolicy policy(final int retryOn, final int retries)
    {
        return new RetryPolicy(retryOn, retries, new int[0], List.of(), List.of(), SHORT, 0, 0, false, 1, 1 << 20, true, true);
    }

    private static RetryPolicy trying(final long tryNs, final long tryIdleNs)
    {
        return new RetryPolicy(
            RetryOn.SERVER_ERROR, 1, new int[0], List.of(), List.of(), SHORT, tryNs, tryIdleNs, false, 1, 1 << 20, true, true);
    }

    /** What endpoints were told of attempts. */
    private final Queue<String> told = new ConcurrentLinkedQueue<>();

    /** Answers requests with these, one after the other and the last one on and on. */
    private TestBackend inTurn(final HttpPair pair, final Sent... answers) throws Exception
    {
        final AtomicInteger next = new AtomicInteger();
        return pair.backend(request ->
        {
            told.add(String.valueOf(request.header("x-envoy-attempt-count")));
            return answers[Math.min(next.getAndIncrement(), answers.length - 1)];
        });
    }

    private static Sent answer(final int status, final String... fields)
    {
        return Sent.of(Integer.toString(status), "text".getBytes(StandardCharsets.US_ASCII), true, fields);
    }

    private static TestProxy proxy(final HttpPair pair, final RetryPolicy policy, final TestBackend... backends)
        throws Exception
    {
        final TestProxy proxy = pair.proxy(backends);
        proxy.http.retry = policy;
        proxy.http.accessLogs = List.of(new AccessLogSink(0, "/dev/null", "x", 0));
        return proxy.start();
    }

    private static int flags(final TestProxy proxy)
    {
        final int[] flags = new int[1];
        TestProxy.await(() -> proxy.records.poll((final AccessRecord record) -> flags[0] = record.flags(), 1) == 1,
            () -> "a record");
        return flags[0];
    }

    @ParameterizedTest
    @EnumSource(HttpPair.class)
    void shouldSendTheSameFieldsAgainWhereARouteChangesThem(final HttpPair pair) throws Exception
    {
        final List<ValuePart> own =
            List.of(new ValuePart.Field(new HeaderKey("x-own"), null, 100, false), text("-1"));
        final FieldChanges changes = new FieldChanges(List.of(new FieldChanges.Level(List.of(), List.of(
            new FieldChanges.Put(new FieldName("x-there"), List.of(text("new")), Action.OVERWRITE_IF_EXISTS, true),
            new FieldChanges.Put(new FieldName("x-own"), own, Action.OVERWRITE_IF_EXISTS_OR_ADD, true),
            new FieldChanges.Put(new FieldName("accept"), List.of(text("b")), Action.APPEND_IF_EXISTS_OR_ADD, true)))));
        try (TestBackend backend = pair.backend(request ->
            {
                told.add(request.header("x-there") + ' ' + request.header("x-own") + ' ' + request.headers("accept"));
                return answer(told.size() < 3 ? 503 : 200);
            });
            TestProxy proxy = pair.proxy(backend))
        {
            proxy.http.retry = policy(RetryOn.SERVER_ERROR, 3);
            proxy.http.routes.put("/", proxy.http.changing(changes, null));
            proxy.start();
            final HttpMessage answer = pair.connect(proxy).ask(
                Sent.of("GET /", null, false, "x-there", "old", "x-own", "a", "accept", "a"));
            assertEquals(200, answer.status());
            assertEquals(Collections.nCopies(3, "new a-1 [a,b]"), List.copyOf(told));
        }
    }

    private static ValuePart text(final String text)
    {
        return new ValuePart.Text(text.getBytes(StandardCharsets.US_ASCII));
    }

    @ParameterizedTest
    @EnumSource(HttpPair.class)
    void shouldSendAgainUntilAnAnswerIsGood(final HttpPair pair) throws Exception
    {
        try (TestBackend backend = inTurn(pair, answer(503), answer(500), answer(200));
            TestProxy proxy = proxy(pair, policy(RetryOn.SERVER_ERROR, 3), backend))
        {
            final HttpMessage answer = pair.connect(proxy).ask(GET);
            assertEquals(200, answer.status());
            assertEquals("3", answer.header("x-envoy-attempt-count"));
            assertEquals(2, proxy.counter(CLUSTER + "upstream_rq_retry"));
            assertEquals(1, proxy.counter(CLUSTER + "upstream_rq_retry_success"));
            assertEquals(2, proxy.counter(CLUSTER + "upstream_rq_retry_backoff_exponential"));
            assertEquals(3, proxy.counter(CLUSTER + "upstream_rq_total"));
            assertEquals(1, proxy.counter(CLUSTER + "upstream_rq_completed"));
            assertEquals(0, proxy.counter(CLUSTER + "upstream_rq_5xx"));
            assertEquals(List.of("1", "2", "3"), List.copyOf(told));
            assertEquals(0, flags(proxy));
        }
    }

    @ParameterizedTest
    @EnumSource(HttpPair.class)
    void shouldTellWhenItWasSentAsOftenAsItMayBe(final HttpPair pair) throws Exception
    {
        try (TestBackend backend = inTurn(pair, answer(503));
            TestProxy proxy = proxy(pair, policy(RetryOn.GATEWAY_ERROR, 2), backend))
        {
            final HttpMessage answer = pair.connect(proxy).ask(GET);
            assertEquals(503, answer.status());
            assertEquals("text", answer.text());
            assertEquals("3", answer.header("x-envoy-attempt-count"));
            assertEquals(3, told.size());
            assertEquals(1, proxy.counter(CLUSTER + "upstream_rq_retry_limit_exceeded"));
            assertEquals(0, proxy.counter(CLUSTER + "upstream_rq_retry_success"));
            assertEquals(1, proxy.counter(CLUSTER + "upstream_rq_5xx"));
            assertEquals(ResponseFlag.UPSTREAM_RETRY_LIMIT_EXCEEDED, flags(proxy));
        }
    }

    @Test
    void shouldTakeTheReasonsThatThePolicyGivesAndNoOther() throws Exception
    {
        assertEquals(1, retries(RetryOn.RETRIABLE_4XX, 409));
        assertEquals(0, retries(RetryOn.RETRIABLE_4XX, 404));
        assertEquals(0, retries(RetryOn.GATEWAY_ERROR, 500));
        assertEquals(1, retries(RetryOn.GATEWAY_ERROR, 504));
        assertEquals(0, retries(RetryOn.RESET | RetryOn.CONNECT_FAILURE, 503));
        assertEquals(1, retries(RetryOn.RATE_LIMITED, 429, "x-envoy-ratelimited", "true"));
        assertEquals(0, retries(RetryOn.SERVER_ERROR, 503, "x-envoy-ratelimited", "true"));
        assertEquals(1, retries(RetryOn.GRPC << 14, 200, "grpc-status", "14"));
        assertEquals(0, retries(RetryOn.GRPC << 14, 200, "grpc-status", "13"));
        assertEquals(0, retries(RetryOn.ANY_GRPC, 200, "grpc-status", "99999999999999999999"));
        assertEquals(0, retries(RetryOn.ANY_GRPC, 200));
    }

    private long retries(final int retryOn, final int status, final String... fields) throws Exception
    {
        final HttpPair pair = HttpPair.HTTP1_TO_HTTP1;
        try (TestBackend backend = inTurn(pair, answer(status, fields), answer(200));
            TestProxy proxy = proxy(pair, policy(retryOn, 1), backend))
        {
            pair.connect(proxy).ask(GET);
            return proxy.counter(CLUSTER + "upstream_rq_retry");
        }
    }

    @Test
    void shouldTakeTheStatusesThatThePolicyLists() throws Exception
    {
        final HttpPair pair = HttpPair.HTTP1_TO_HTTP1;
        final RetryPolicy listed = new RetryPolicy(
            RetryOn.STATUS_CODES, 1, new int[]{404, 418}, List.of(), List.of(), SHORT, 0, 0, false, 1, 1 << 20, false, false);
        try (TestBackend backend = inTurn(pair, answer(418), answer(410)); TestProxy proxy = proxy(pair, listed, backend))
        {
            assertEquals(410, pair.connect(proxy).ask(GET).status());
            assertEquals(List.of("null", "null"), List.copyOf(told));
            assertEquals(1, proxy.counter(CLUSTER + "upstream_rq_retry_success"));
        }
    }

    @Test
    void shouldHearWhatInternalRequestsAskFor() throws Exception
    {
        assertEquals(1, asked(true, 503, "x-envoy-retry-on", "connect-failure, 5xx"));
        assertEquals(0, asked(false, 503, "x-envoy-retry-on", "5xx"));
        assertEquals(3, asked(true, 503, "x-envoy-retry-on", "gateway-error", "x-envoy-max-retries", "3"));
        assertEquals(0, asked(true, 503, "x-envoy-retry-on", "gateway-error", "x-envoy-max-retries", "0"));
        assertEquals(1, asked(true, 503, "x-envoy-retry-on", "gateway-error", "x-envoy-max-retries", "-1"));
        assertEquals(1, asked(true, 200, "x-envoy-retry-grpc-on", "unavailable"));
        assertEquals(0, asked(true, 200, "x-envoy-retry-on", "unavailable"));
        assertEquals(0, asked(true, 503, "x-envoy-retry-grpc-on", "5xx"));
        assertEquals(1, asked(true, 402,
            "x-envoy-retry-on", "retriable-status-codes", "x-envoy-retriable-status-codes", "401, 402"));
        assertEquals(0, asked(true, 402, "x-envoy-retriable-status-codes", "402"));
        assertEquals(1, asked(true, 200,
            "x-envoy-retry-on", "retriable-headers", "x-envoy-retriable-header-names", "x-other, Grpc-Status"));
        assertEquals(0, asked(true, 200,
            "x-envoy-retry-on", "retriable-headers", "x-envoy-retriable-header-names", "x-other"));
    }

    /** How often a request was sent again that is answered so. */
    private long asked(final boolean isInternal, final int status, final String... fields) throws Exception
    {
        final HttpPair pair = HttpPair.HTTP1_TO_HTTP1;
        try (TestBackend backend = inTurn(pair, answer(status, "grpc-status", "14")); TestProxy proxy = pair.proxy(backend))
        {
            proxy.http.useRemoteAddress = true;
            proxy.http.internal = isInternal ? LOOPBACK : CidrRanges.NONE;
            proxy.start();
            assertEquals(status, pair.connect(proxy).ask(Sent.of("GET /", null, false, fields)).status());
            return proxy.counter(CLUSTER + "upstream_rq_retry");
        }
    }

    @Test
    void shouldTryAnotherEndpointWhenOneCannotBeReached() throws Exception
    {
        final HttpPair pair = HttpPair.HTTP1_TO_HTTP1;
        final RetryPolicy avoiding = new RetryPolicy(
            RetryOn.CONNECT_FAILURE, 1, new int[0], List.of(), List.of(), SHORT, 0, 0, true, 5, 1 << 20, true, true);
        try (TestBackend backend = inTurn(pair, answer(200));
            TestProxy proxy = pair.proxy(backend).refused())
        {
            proxy.http.retry = avoiding;
            proxy.start();
            final HttpPair.Client client = pair.connect(proxy);
            for (int i = 0; i < 10; i++)
            {
                assertEquals(200, client.ask(GET).status());
            }
            assertEquals(
                proxy.counter(CLUSTER + "upstream_cx_connect_fail"), proxy.counter(CLUSTER + "upstream_rq_retry"));
        }
    }

    @Test
    void shouldSayThatTheLatestAttemptFailed() throws Exception
    {
        try (TestProxy proxy = new TestProxy().refused())
        {
            proxy.http.retry = policy(RetryOn.CONNECT_FAILURE, 1);
            proxy.start();
            final HttpMessage answer = proxy.connect().get("/");
            assertEquals(503, answer.status());
            assertEquals("2", answer.header("x-envoy-attempt-count"));
            assertEquals("upstream connect error or disconnect/reset before headers. " +
                "retried and the latest reset reason: remote connection failure", answer.text());
        }
    }

    @ParameterizedTest
    @EnumSource(HttpPair.class)
    void shouldGiveEachAttemptItsTime(final HttpPair pair) throws Exception
    {
        final AtomicInteger count = new AtomicInteger();
        final CountDownLatch isOver = new CountDownLatch(1);
        try (TestBackend backend = pair.backend(request ->
            {
                if (count.getAndIncrement() == 0)
                {
                    isOver.await();
                }
                return answer(200);
            });
            TestProxy proxy = proxy(pair, trying(2_000_000_000L, 0), backend))
        {
            final HttpMessage answer = pair.connect(proxy).ask(GET);
            isOver.countDown();
            // A connection that several share is one thread of the backend, which still waits in the first attempt.
            final int attempts = pair.isHttp2Upstream ? 2 : 1;
            assertEquals(pair.isHttp2Upstream ? 504 : 200, answer.status());
            assertEquals(attempts, proxy.counter(CLUSTER + "upstream_rq_per_try_timeout"));
            assertEquals(1, proxy.counter(CLUSTER + "upstream_rq_retry"));
            assertEquals(0, proxy.counter(CLUSTER + "upstream_rq_timeout"));
        }
    }

    @Test
    void shouldGiveAnAttemptTimeWithoutAByte() throws Exception
    {
        final HttpPair pair = HttpPair.HTTP1_TO_HTTP1;
        final AtomicInteger count = new AtomicInteger();
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                link.read();
                if (count.getAndIncrement() == 0)
                {
                    link.awaitEnd();
                }
                link.write("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nha");
                link.awaitEnd();
            });
            TestProxy proxy = proxy(pair, trying(0, 2_000_000_000L), backend))
        {
            final TestClient client = proxy.connect();
            client.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
            assertEquals(200, client.readHead().status());
            assertEquals("ha", new String(client.in.readNBytes(2), StandardCharsets.US_ASCII));
            client.assertGone();
            assertEquals(2, proxy.counter(CLUSTER + "upstream_rq_per_try_idle_timeout"));
            assertEquals(1, proxy.counter(CLUSTER + "upstream_rq_retry"));
        }
    }

    @Test
    void shouldWaitAsLongAsTheEndpointAsks() throws Exception
    {
        final HttpPair pair = HttpPair.HTTP1_TO_HTTP1;
        final RetryBackoff asking = new RetryBackoff(1_000_000, 4_000_000,
            List.of(new ResetHeader("retry-after".getBytes(StandardCharsets.US_ASCII), false)), 2_000_000_000L);
        final RetryPolicy policy = new RetryPolicy(
            RetryOn.SERVER_ERROR, 3, new int[0], List.of(), List.of(), asking, 0, 0, false, 1, 1 << 20, true, true);
        try (TestBackend backend = inTurn(pair, answer(503, "retry-after", "1"), answer(503, "retry-after", "3"),
                answer(503, "retry-after", "soon"), answer(200));
            TestProxy proxy = proxy(pair, policy, backend))
        {
            assertEquals(200, pair.connect(proxy).ask(GET).status());
            assertEquals(1, proxy.counter(CLUSTER + "upstream_rq_retry_backoff_ratelimited"));
            assertEquals(2, proxy.counter(CLUSTER + "upstream_rq_retry_backoff_exponential"));
        }
    }

    @Test
    void shouldSendAgainNoMoreThanTheClusterBears() throws Exception
    {
        final HttpPair pair = HttpPair.HTTP1_TO_HTTP1;
        try (TestBackend backend = inTurn(pair, answer(503)); TestProxy proxy = pair.proxy(backend))
        {
            proxy.breakers = TestProxy.of(new Thresholds(1024, 1024, 1024, 0, null));
            proxy.http.retry = policy(RetryOn.SERVER_ERROR, 2);
            proxy.http.accessLogs = List.of(new AccessLogSink(0, "/dev/null", "x", 0));
            proxy.start();
            assertEquals(503, pair.connect(proxy).ask(GET).status());
            assertEquals(1, proxy.counter(CLUSTER + "upstream_rq_retry_overflow"));
            assertEquals(0, proxy.counter(CLUSTER + "upstream_rq_retry"));
            assertEquals(ResponseFlag.UPSTREAM_OVERFLOW, flags(proxy));
        }
    }

    @Test
    void shouldSendAgainAShareOfTheRequestsWhereThereIsABudget() throws Exception
    {
        assertEquals(3, RetryBudget.DEFAULT.limit(0));
        assertEquals(20, RetryBudget.DEFAULT.limit(100));
        assertEquals(Integer.MAX_VALUE, new RetryBudget(100, 0).limit(Long.MAX_VALUE));
        final HttpPair pair = HttpPair.HTTP1_TO_HTTP1;
        final int waiting = 10;
        final CountDownLatch isOver = new CountDownLatch(1);
        try (TestBackend backend = pair.backend(request ->
            {
                if (request.target().equals("/wait"))
                {
                    isOver.await();
                }
                return answer(request.target().equals("/wait") ? 200 : 503, "retry-after", "200");
            });
            TestProxy proxy = pair.proxy(backend))
        {
            proxy.breakers = TestProxy.of(new Thresholds(1024, 1024, 1024, 1024, new RetryBudget(30, 1)));
            proxy.http.retry = new RetryPolicy(RetryOn.SERVER_ERROR, 1, new int[0], List.of(), List.of(), new RetryBackoff(1_000_000, 4_000_000,
                List.of(new ResetHeader("retry-after".getBytes(StandardCharsets.US_ASCII), false)), 300_000_000_000L),
                0, 0, false, 1, 1 << 20, true, true);
            proxy.start();
            for (int i = 0; i < waiting; i++)
            {
                proxy.connect().send("GET /wait HTTP/1.1\r\nhost: a\r\n\r\n");
            }
            proxy.awaitCounter(CLUSTER + "upstream_rq_active", waiting);
            final List<TestClient> retried = new ArrayList<>();
            for (int i = 1; i <= 3; i++)
            {
                retried.add(proxy.connect().send("GET / HTTP/1.1\r\nhost: a\r\n\r\n"));
                proxy.awaitCounter(CLUSTER + "upstream_rq_retry", i);
            }
            // Ten requests allow three, and no fourth.
            final HttpMessage answer = proxy.connect().get("/");
            assertEquals(503, answer.status());
            assertEquals(1, proxy.counter(CLUSTER + "upstream_rq_retry_overflow"));
            isOver.countDown();
            for (final TestClient client : retried)
            {
                client.reset();
            }
        }
    }

    @Test
    void shouldBoundRetriesOverAllLoopsWhereNothingIsSaid() throws Exception
    {
        final HttpPair pair = HttpPair.HTTP1_TO_HTTP1;
        final RetryBackoff asking = new RetryBackoff(1_000_000, 4_000_000,
            List.of(new ResetHeader("retry-after".getBytes(StandardCharsets.US_ASCII), false)), 300_000_000_000L);
        try (TestBackend backend = inTurn(pair, answer(503, "retry-after", "200")); TestProxy proxy = pair.proxy(backend))
        {
            proxy.loops = 2;
            proxy.http.retry = new RetryPolicy(
                RetryOn.SERVER_ERROR, 1, new int[0], List.of(), List.of(), asking, 0, 0, false, 1, 1 << 20, true, true);
            proxy.start();
            final List<TestClient> clients = new ArrayList<>();
            for (int i = 0; i < 20; i++)
            {
                clients.add(proxy.connect().send("GET / HTTP/1.1\r\nhost: a\r\n\r\n"));
            }
            proxy.awaitCounter(CLUSTER + "upstream_rq_retry_overflow", 17);
            assertEquals(3, proxy.counter(CLUSTER + "upstream_rq_retry"));
            for (final TestClient client : clients)
            {
                client.reset();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(HttpPair.class)
    void shouldForgetAnAttemptWhoseClientHasGone(final HttpPair pair) throws Exception
    {
        final RetryBackoff asking = new RetryBackoff(1_000_000, 4_000_000,
            List.of(new ResetHeader("retry-after".getBytes(StandardCharsets.US_ASCII), false)), 300_000_000_000L);
        final RetryPolicy policy = new RetryPolicy(
            RetryOn.SERVER_ERROR, 1, new int[0], List.of(), List.of(), asking, 0, 0, false, 1, 1 << 20, true, true);
        try (TestBackend backend = inTurn(pair, answer(503, "retry-after", "200"));
            TestProxy proxy = pair.proxy(backend))
        {
            proxy.breakers = TestProxy.of(new Thresholds(1024, 1024, 1024, 1, null));
            proxy.http.retry = policy;
            proxy.start();
            for (int i = 1; i < 4; i++)
            {
                final TestClient client = proxy.connect();
                if (pair.isHttp2)
                {
                    Http2Peer.client(client).get("/");
                }
                else
                {
                    client.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
                }
                proxy.awaitCounter(CLUSTER + "upstream_rq_retry", i);
                client.reset();
                proxy.awaitCounter("http.in.downstream_rq_active", 0);
            }
            assertEquals(0, proxy.counter(CLUSTER + "upstream_rq_retry_overflow"));
        }
    }

    private static byte[] content(final int length)
    {
        final byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++)
        {
            bytes[i] = (byte)('a' + i % 23);
        }
        return bytes;
    }

    @ParameterizedTest
    @EnumSource(HttpPair.class)
    void shouldSendContentAgain(final HttpPair pair) throws Exception
    {
        for (final int length : new int[]{1, 2_047, 5_000, 70_000, 300_000})
        {
            for (final boolean isTold : new boolean[]{true, false})
            {
                final byte[] content = content(length);
                final AtomicInteger count = new AtomicInteger();
                try (TestBackend backend = pair.backend(request ->
                    {
                        final boolean isRight = Arrays.equals(content, request.body());
                        return answer(!isRight ? 400 : count.getAndIncrement() < 2 ? 503 : 200);
                    });
                    TestProxy proxy = proxy(pair, policy(RetryOn.SERVER_ERROR, 2), backend))
                {
                    final HttpPair.Client client = pair.connect(proxy);
                    assertEquals(200, client.ask(Sent.of("POST /", content, isTold)).status(), length + " " + isTold);
                    assertEquals(2, proxy.counter(CLUSTER + "upstream_rq_retry"));
                    assertEquals(0, proxy.counter(CLUSTER + "retry_or_shadow_abandoned"));
                    assertEquals(200, client.ask(Sent.of("POST /", content, isTold)).status());
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(HttpPair.class)
    void shouldSendTrailersAgain(final HttpPair pair) throws Exception
    {
        final AtomicInteger count = new AtomicInteger();
        try (TestBackend backend = pair.backend(request ->
            {
                final boolean isRight = "yes".equals(request.trailer("x-end")) &&
                    (request.body().length == 0 || Arrays.equals(content(5_000), request.body()));
                return answer(!isRight ? 400 : count.getAndIncrement() % 3 < 2 ? 503 : 200);
            });
            TestProxy proxy = proxy(pair, policy(RetryOn.SERVER_ERROR, 2), backend))
        {
            final HttpPair.Client client = pair.connect(proxy);
            assertEquals(200, client.ask(Sent.of("POST /", content(5_000), false).trailing("x-end", "yes")).status());
            assertEquals(200, client.ask(Sent.of("POST /", new byte[0], false).trailing("x-end", "yes")).status());
            assertEquals(4, proxy.counter(CLUSTER + "upstream_rq_retry"));
            assertEquals(0, proxy.counter(CLUSTER + "retry_or_shadow_abandoned"));
        }
    }

    @ParameterizedTest
    @EnumSource(HttpPair.class)
    void shouldNotKeepMoreContentThanItMay(final HttpPair pair) throws Exception
    {
        final RetryPolicy small = new RetryPolicy(
            RetryOn.SERVER_ERROR, 1, new int[0], List.of(), List.of(), SHORT, 0, 0, false, 1, 10_000, true, true);
        try (TestBackend backend = inTurn(pair, answer(503)); TestProxy proxy = proxy(pair, small, backend))
        {
            final HttpPair.Client client = pair.connect(proxy);
            assertEquals(503, client.ask(Sent.of("POST /", content(10_001), true)).status());
            assertEquals(1, proxy.counter(CLUSTER + "retry_or_shadow_abandoned"));
            assertEquals(0, proxy.counter(CLUSTER + "upstream_rq_retry"));
            assertEquals(503, client.ask(Sent.of("POST /", content(10_000), true)).status());
            assertEquals(1, proxy.counter(CLUSTER + "retry_or_shadow_abandoned"));
            assertEquals(1, proxy.counter(CLUSTER + "upstream_rq_retry"));
        }
    }

    @Test
    void shouldSendContentAgainThatHasNotAllCome() throws Exception
    {
        final byte[] content = content(100_000);
        final AtomicInteger count = new AtomicInteger();
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                if (count.getAndIncrement() == 0)
                {
                    link.readHead();
                    link.in.readNBytes(1_000);
                    link.write("HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n");
                    link.awaitEnd();
                    return;
                }
                final HttpMessage request = link.read();
                link.write(TestBackend.ok(Arrays.equals(content, request.body()) ? "whole" : "cut"));
                link.awaitEnd();
            });
            TestProxy proxy = proxy(HttpPair.HTTP1_TO_HTTP1, policy(RetryOn.SERVER_ERROR, 1), backend))
        {
            final TestClient client = proxy.connect();
            client.send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100000\r\n\r\n");
            client.send(Arrays.copyOf(content, 60_000));
            proxy.awaitCounter(CLUSTER + "upstream_rq_retry", 1);
            client.send(Arrays.copyOfRange(content, 60_000, 100_000));
            assertEquals("whole", client.read().text());
        }
    }
}
