package dev.ringway.engine.runtime;

import dev.ringway.engine.route.RetryOn;
import dev.ringway.engine.route.RetryPolicy;
import dev.ringway.engine.route.RetryPolicy.RetryBackoff;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Requests that are not taken up: by an endpoint, which leaves another try, or here, because they are too large.
 */
@Timeout(180)
final class Http2RefusedTest
{
    private static final int REFUSED_STREAM = 7;
    private static final int CANCEL = 8;

    /** Resets the first streams, and answers those after them. */
    private static TestBackend resetting(final int count, final int code) throws Exception
    {
        final AtomicInteger left = new AtomicInteger(count);
        return Http2Peer.answering((peer, id, request) ->
        {
            if (left.getAndDecrement() > 0)
            {
                peer.reset(id, code);
            }
            else
            {
                peer.headers(id, true, ":status", "200");
            }
        });
    }

    @Test
    void shouldSendARefusedRequestAgainFromEitherVersion() throws Exception
    {
        for (final HttpPair pair : new HttpPair[]{HttpPair.HTTP1_TO_HTTP2, HttpPair.HTTP2_TO_HTTP2})
        {
            try (TestBackend backend = resetting(1, REFUSED_STREAM); TestProxy proxy = pair.proxy(backend).start())
            {
                assertEquals(200, pair.connect(proxy).ask(Sent.of("GET /", null, false)).status());
                assertEquals(1, proxy.counter("cluster.b.upstream_rq_retry"));
                assertEquals(1, proxy.counter("cluster.b.upstream_rq_rx_reset"));
            }
        }
    }

    @Test
    void shouldGiveUpARequestThatIsRefusedTwice() throws Exception
    {
        try (TestBackend backend = resetting(2, REFUSED_STREAM);
            TestProxy proxy = HttpPair.HTTP1_TO_HTTP2.proxy(backend).start())
        {
            final HttpPair.Client client = HttpPair.HTTP1_TO_HTTP2.connect(proxy);
            final HttpMessage answer = client.ask(Sent.of("GET /", null, false));
            assertEquals(503, answer.status());
            assertTrue(new String(answer.body(), StandardCharsets.US_ASCII).endsWith("remote refused stream reset"));
            assertEquals(1, proxy.counter("cluster.b.upstream_rq_retry"));
            assertEquals(200, client.ask(Sent.of("GET /", null, false)).status());
        }
    }

    @Test
    void shouldSendAgainAsOftenAsThePolicySaysWhatIsRefusedOrReset() throws Exception
    {
        assertEquals("200 after 4", answer(RetryOn.REFUSED_STREAM, REFUSED_STREAM));
        assertEquals("503 after 1", answer(RetryOn.REFUSED_STREAM, CANCEL));
        assertEquals("200 after 4", answer(RetryOn.RESET, CANCEL));
        assertEquals("200 after 4", answer(RetryOn.SERVER_ERROR, CANCEL));
        assertEquals("503 after 1", answer(RetryOn.CONNECT_FAILURE | RetryOn.RESET_BEFORE_REQUEST, CANCEL));
    }

    /** What becomes of a request whose first three streams end with a code, and after how many attempts. */
    private static String answer(final int retryOn, final int code) throws Exception
    {
        try (TestBackend backend = resetting(3, code); TestProxy proxy = HttpPair.HTTP1_TO_HTTP2.proxy(backend))
        {
            proxy.http.retry = new RetryPolicy(retryOn, 3, new int[0], List.of(), List.of(),
                new RetryBackoff(1_000_000, 2_000_000, List.of(), 0), 0, 0, false, 1, 1 << 20, false, true);
            proxy.start();
            final HttpMessage answer = HttpPair.HTTP1_TO_HTTP2.connect(proxy).ask(Sent.of("GET /", null, false));
            return answer.status() + " after " + answer.header("x-envoy-attempt-count");
        }
    }

    @Test
    void shouldSendARequestAgainWithItsContentUnlessItWasLookedAt() throws Exception
    {
        try (TestBackend backend = resetting(1, CANCEL);
            TestProxy proxy = HttpPair.HTTP1_TO_HTTP2.proxy(backend).start())
        {
            final HttpMessage answer = HttpPair.HTTP1_TO_HTTP2.connect(proxy).ask(Sent.of("GET /", null, false));
            assertEquals(503, answer.status());
            assertTrue(new String(answer.body(), StandardCharsets.US_ASCII).endsWith("remote reset"));
            assertEquals(0, proxy.counter("cluster.b.upstream_rq_retry"));
        }
        try (TestBackend backend = resetting(1, REFUSED_STREAM);
            TestProxy proxy = HttpPair.HTTP1_TO_HTTP2.proxy(backend).start())
        {
            assertEquals(200, HttpPair.HTTP1_TO_HTTP2.connect(proxy)
                .ask(Sent.of("POST /", new byte[100], true)).status());
            assertEquals(1, proxy.counter("cluster.b.upstream_rq_retry"));
        }
    }

    @Test
    void shouldAnswerFieldsThatAreTooLargeAndServeTheConnectionOn() throws Exception
    {
        final String large = "x".repeat(15_500);
        try (TestBackend backend = resetting(0, 0); TestProxy proxy = HttpPair.HTTP2_TO_HTTP2.proxy(backend).start())
        {
            final Http2Peer client = HttpPair.HTTP2_TO_HTTP2.connect(proxy).peer();
            for (int i = 0; i < 3; i++)
            {
                final int id = client.open(true, "GET", "/",
                    "a", large, "b", large, "c", large, "d", large);
                assertEquals(431, client.await(id).toHttp().status());
                final int first = client.get("/1");
                final int second = client.get("/2");
                assertEquals(200, client.await(first).toHttp().status());
                assertEquals(200, client.await(second).toHttp().status());
            }
        }
    }
}
