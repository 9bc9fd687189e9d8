package dev.ringway.engine.runtime;

import dev.ringway.engine.route.StreamDuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Limits for a stream as a whole, from configuration and from clients. */
@Timeout(180)
final class StreamDurationTest
{
    private static final long SHORT_NS = 200_000_000L;
    /** Longer than the beginning of an answer ever takes, on a machine that does other things. */
    private static final long LONG_NS = 2_000_000_000L;
    private static final long UNSET = StreamDuration.UNSET;

    private static Sent call(final String... fields)
    {
        final String[] all = new String[fields.length + 2];
        all[0] = "content-type";
        all[1] = "application/grpc";
        System.arraycopy(fields, 0, all, 2, fields.length);
        return Sent.of("POST /", null, false, all);
    }

    private static TestBackend silent(final HttpPair pair, final CountDownLatch end) throws Exception
    {
        return pair.backend(request ->
        {
            end.await();
            return Sent.of("200", "late".getBytes(US_ASCII), true);
        });
    }

    @ParameterizedTest
    @EnumSource
    void shouldEndAStreamThatTakesTooLong(final HttpPair pair) throws Exception
    {
        final CountDownLatch end = new CountDownLatch(1);
        try (TestBackend backend = silent(pair, end); TestProxy proxy = pair.proxy(backend))
        {
            proxy.http.maxDurationNs = SHORT_NS;
            proxy.start();
            final HttpMessage answer = pair.connect(proxy).ask(Sent.of("GET /", null, false));
            assertEquals(504, answer.status());
            assertEquals("downstream duration timeout", answer.text());
            final HttpMessage refused = pair.connect(proxy).ask(call());
            assertEquals("4", refused.header("grpc-status"));
            assertEquals("downstream duration timeout", refused.header("grpc-message"));
            assertEquals(2, proxy.counter("http.in.downstream_rq_max_duration_reached"));
            proxy.awaitCounter("cluster.b.upstream_rq_active", 0);
            end.countDown();
        }
    }

    @Test
    void shouldSay408WhileTheRequestIsNotWhole() throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(TestBackend.Link::awaitEnd);
            TestProxy proxy = new TestProxy(backend))
        {
            proxy.http.maxDurationNs = SHORT_NS;
            proxy.start();
            final TestClient client =
                proxy.connect().send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nhalf");
            assertEquals(408, client.read().status());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP1_TO_HTTP1", "HTTP2_TO_HTTP2"})
    void shouldEndACallWhenItsClientWaitsNoLonger(final HttpPair pair) throws Exception
    {
        final CountDownLatch end = new CountDownLatch(1);
        try (TestBackend backend = silent(pair, end); TestProxy proxy = pair.proxy(backend))
        {
            proxy.http.routes.put("/", proxy.http.lasting(new StreamDuration(UNSET, 0, 0)));
            proxy.start();
            final HttpMessage answer = pair.connect(proxy).ask(call("grpc-timeout", "200m"));
            assertEquals("4", answer.header("grpc-status"));
            assertEquals("4", pair.connect(proxy).ask(call("grpc-timeout", "0S")).header("grpc-status"));
            assertEquals(2, proxy.counter("http.in.downstream_rq_max_duration_reached"));
            end.countDown();
        }
    }

    @Test
    void shouldCutAResponseThatTakesTooLong() throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                link.readHead();
                link.write("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf");
                link.awaitEnd();
            });
            TestProxy proxy = new TestProxy(backend))
        {
            proxy.http.maxDurationNs = LONG_NS;
            proxy.start();
            final TestClient client = proxy.connect();
            client.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n").readHead();
            client.assertGone();
            assertEquals(1, proxy.counter("http.in.downstream_rq_max_duration_reached"));
        }
    }

    @ParameterizedTest
    @CsvSource({"5S, 5000m", "2M, 60000m", "99999999H, 60000m"})
    void shouldTellTheEndpointWhatIsLeft(final String said, final String told) throws Exception
    {
        final List<String> seen = new CopyOnWriteArrayList<>();
        try (TestBackend backend = HttpPair.HTTP1_TO_HTTP1.backend(request ->
            {
                seen.add(String.valueOf(request.header("grpc-timeout")));
                return Sent.of("200", "x".getBytes(US_ASCII), true);
            });
            TestProxy proxy = new TestProxy(backend))
        {
            proxy.http.routes.put("/", proxy.http.lasting(new StreamDuration(UNSET, 60_000_000_000L, 0)));
            proxy.start();
            HttpPair.HTTP1_TO_HTTP1.connect(proxy).ask(call("grpc-timeout", said));
            TestProxy.await(() -> !seen.isEmpty(), () -> "request at the endpoint");
            assertEquals(told, seen.get(0));
        }
    }

    @Test
    void shouldLeaveTheFieldAloneWhereNoRouteSpeaksOfIt() throws Exception
    {
        final List<String> seen = new CopyOnWriteArrayList<>();
        try (TestBackend backend = HttpPair.HTTP1_TO_HTTP1.backend(request ->
            {
                seen.add(String.valueOf(request.header("grpc-timeout")));
                return Sent.of("200", "x".getBytes(US_ASCII), true);
            });
            TestProxy proxy = new TestProxy(backend).start())
        {
            assertEquals(200, HttpPair.HTTP1_TO_HTTP1.connect(proxy).ask(call("grpc-timeout", "5S")).status());
            assertTrue(seen.contains("5S"), seen::toString);
        }
    }
}
