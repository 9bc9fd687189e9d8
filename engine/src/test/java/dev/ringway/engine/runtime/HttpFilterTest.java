package dev.ringway.engine.runtime;

import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.engine.filter.FilterAnswer;
import dev.ringway.engine.filter.FilterData;
import dev.ringway.engine.filter.FilterExchange;
import dev.ringway.engine.filter.FilterSignal;
import dev.ringway.engine.filter.HttpFilter;
import dev.ringway.engine.filter.HttpFilters;
import dev.ringway.engine.filter.HttpFilters.Place;
import dev.ringway.engine.filter.Verdict;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Filters of a connection manager between a client and an endpoint. */
@Timeout(180)
final class HttpFilterTest
{
    private static final long MILLI = 1_000_000L;
    private static final byte[] NO = "no".getBytes(US_ASCII);

    private final Queue<String> seen = new ConcurrentLinkedQueue<>();
    private final Queue<String> errors = new ConcurrentLinkedQueue<>();

    private interface Made extends Supplier<HttpFilter>
    {
    }

    /** Notes what it sees and lets all pass. */
    private class Noting implements HttpFilter
    {
        final String name;

        Noting(final String name)
        {
            this.name = name;
        }

        public int onRequestHead(final FilterExchange exchange, final boolean isEnd)
        {
            seen.add(name + " request " + exchange.request().path() + (isEnd ? " end" : ""));
            return Verdict.CONTINUE;
        }

        public int onRequestData(final FilterExchange exchange, final FilterData data, final boolean isEnd)
        {
            seen.add(name + " data " + text(data) + (isEnd ? " end" : ""));
            return Verdict.CONTINUE;
        }

        public int onRequestTrailers(final FilterExchange exchange, final HeaderTable trailers)
        {
            seen.add(name + " trailers " + trailers.count());
            return Verdict.CONTINUE;
        }

        public int onResponseHead(final FilterExchange exchange, final boolean isEnd)
        {
            seen.add(name + " response " + exchange.response().status() + (exchange.isAnswered() ? " own" : ""));
            return Verdict.CONTINUE;
        }

        public void onEnd(final FilterExchange exchange)
        {
            seen.add(name + " end " + exchange.status() + " " + exchange.detail());
        }
    }

    private static String text(final FilterData data)
    {
        final byte[] bytes = new byte[data.length()];
        data.buffer().getBytes(data.offset(), bytes);
        return new String(bytes, US_ASCII);
    }

    private TestProxy proxy(final TestBackend backend, final Made... filters)
    {
        final TestProxy proxy = new TestProxy(backend);
        final List<Place> places = Arrays.stream(filters)
            .map(filter -> new Place("f", loop -> filter.get(), false)).toList();
        proxy.http.filters = new HttpFilters(
            proxy.registry(), "in", places, (name, error) -> errors.add(name + ": " + error.getMessage()));
        return proxy;
    }

    private void awaitSeen(final String... expected)
    {
        TestProxy.await(() -> seen.size() >= expected.length, () -> "seen so far: " + seen);
        assertEquals(List.of(expected), List.copyOf(seen));
    }

    @Test
    void shouldPassRequestsInOrderAndResponsesInReverse() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x"));
            TestProxy proxy = proxy(backend, () -> new Noting("a"), () -> new Noting("b")).start())
        {
            assertEquals("x", proxy.connect().get("/p").text());
            awaitSeen("a request /p end", "b request /p end", "b response 200", "a response 200",
                "a end 200 via_upstream", "b end 200 via_upstream");
        }
    }

    @Test
    void shouldTellWhoTheClientIsWhateverFiltersDoToItsFields() throws Exception
    {
        final HttpFilter asking = new HttpFilter()
        {
            public int onRequestHead(final FilterExchange exchange, final boolean isEnd)
            {
                note(exchange);
                exchange.request().set("x-forwarded-for", "8.8.8.8");
                note(exchange);
                exchange.request().remove("x-forwarded-for");
                note(exchange);
                return Verdict.CONTINUE;
            }

            public int onResponseHead(final FilterExchange exchange, final boolean isEnd)
            {
                note(exchange);
                return Verdict.CONTINUE;
            }

            private void note(final FilterExchange exchange)
            {
                final byte[] address = new byte[16];
                final UnsafeBuffer to = new UnsafeBuffer(new byte[64]);
                final int length = exchange.peer().remoteText(false, to);
                seen.add(to.getStringWithoutLengthAscii(0, length) + ' ' +
                    exchange.peer().forwardedAddress(address) + ' ' + address[0] + ' ' +
                    to.getStringWithoutLengthAscii(0, exchange.peer().networkText(8, 8, to)));
            }
        };
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x"));
            TestProxy proxy = proxy(backend, () -> asking))
        {
            proxy.http.useRemoteAddress = true;
            proxy.http.trustedHops = 1;
            proxy.start();
            assertEquals("x", proxy.connect().send(
                "GET / HTTP/1.1\r\nhost: a\r\nx-forwarded-for: 7.7.7.7\r\n\r\n").read().text());
            final String client = "7.7.7.7 4 7 7.0.0.0/8";
            awaitSeen(client, client, client, client);
            assertNull(backend.last().header("x-forwarded-for"));
        }
    }

    @Test
    void shouldRefuseAHeadThatIsTooLongWithWhatItGains() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x"));
            TestProxy proxy = proxy(backend, () -> new Noting("a")))
        {
            proxy.http.via = "v".repeat(5000);
            proxy.start();
            final String head = "GET / HTTP/1.1\r\nhost: a\r\nx-big: %s\r\n\r\n";
            assertEquals(200, proxy.connect().send(head.formatted("v".repeat(55 * 1024))).read().status());
            assertEquals(431, proxy.connect().send(head.formatted("v".repeat(59 * 1024 + 512))).read().status());
        }
    }

    @Test
    void shouldChangeHeads() throws Exception
    {
        final HttpFilter changing = new HttpFilter()
        {
            public int onRequestHead(final FilterExchange exchange, final boolean isEnd)
            {
                exchange.request().set("user-agent", "mine");
                exchange.request().add("x-new", "1");
                exchange.request().add("x-new", "2");
                exchange.request().remove("x-old");
                exchange.request().path("/other?q");
                exchange.request().authority("b.example");
                return Verdict.CONTINUE;
            }

            public int onResponseHead(final FilterExchange exchange, final boolean isEnd)
            {
                exchange.response().remove("x-gone");
                exchange.response().add("x-added", "yes");
                return Verdict.CONTINUE;
            }
        };
        try (TestBackend backend = TestBackend.answering(request ->
                "HTTP/1.1 200 OK\r\nx-gone: 1\r\nx-stays: 2\r\ncontent-length: 2\r\n\r\nok");
            TestProxy proxy = proxy(backend, () -> changing).start())
        {
            final TestClient client = proxy.connect();
            for (int i = 0; i < 3; i++)
            {
                client.send("GET / HTTP/1.1\r\nhost: a\r\nx-old: 1\r\nuser-agent: theirs\r\naccept: */*\r\n\r\n");
                final HttpMessage response = client.read();
                assertEquals("ok", response.text());
                assertNull(response.header("x-gone"));
                assertEquals("2", response.header("x-stays"));
                assertEquals("yes", response.header("x-added"));
                assertEquals("/other?q", backend.last().target());
                assertEquals("b.example", backend.last().header("host"));
                assertEquals("mine", backend.last().header("user-agent"));
                assertNull(backend.last().header("x-old"));
                assertEquals("*/*", backend.last().header("accept"));
                assertNotNull(backend.last().header("x-new"));
            }
        }
    }

    @Test
    void shouldAnswerItselfThroughTheFilters() throws Exception
    {
        final HttpFilter answering = new HttpFilter()
        {
            public int onRequestHead(final FilterExchange exchange, final boolean isEnd)
            {
                return exchange.answer(FilterAnswer.of(403, NO, 0, "mine"));
            }

            public int onResponseHead(final FilterExchange exchange, final boolean isEnd)
            {
                exchange.response().add("x-why", "told");
                return Verdict.CONTINUE;
            }
        };
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x"));
            TestProxy proxy = proxy(backend, () -> new Noting("a"), () -> answering, () -> new Noting("b")).start())
        {
            final TestClient client = proxy.connect();
            final HttpMessage response = client.get("/");
            assertEquals(403, response.status());
            assertEquals("no", response.text());
            assertEquals("told", response.header("x-why"));
            assertEquals("text/plain", response.header("content-type"));
            assertEquals("ringway", response.header("server"));
            awaitSeen("a request / end", "b response 403 own", "a response 403 own", "a end 403 mine", "b end 403 mine");
            client.send("HEAD / HTTP/1.1\r\nhost: a\r\n\r\n");
            assertEquals("2", client.readHead().header("content-length"));
            assertEquals(403, client.get("/").status());
        }
    }

    /** Holds heads until its timer or another thread lets go. */
    private static final class Holding implements HttpFilter
    {
        private final Queue<FilterSignal> signals;

        Holding(final Queue<FilterSignal> signals)
        {
            this.signals = signals;
        }

        public int onRequestHead(final FilterExchange exchange, final boolean isEnd)
        {
            if (signals == null)
            {
                exchange.timer(20 * MILLI);
            }
            else
            {
                signals.add(exchange.signal());
            }
            return Verdict.HOLD;
        }

        public int onResponseHead(final FilterExchange exchange, final boolean isEnd)
        {
            return exchange.isAnswered() ? Verdict.CONTINUE : onRequestHead(exchange, isEnd);
        }
    }

    @Test
    void shouldHoldHeadsForATime() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x"));
            TestProxy proxy = proxy(backend, () -> new Holding(null), () -> new Noting("b")).start())
        {
            final TestClient client = proxy.connect();
            for (int i = 0; i < 3; i++)
            {
                client.send("POST /p HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nhello");
                assertEquals("x", client.read().text());
                assertEquals("hello", backend.last().text());
            }
        }
    }

    @Test
    void shouldBeToldByAnotherThread() throws Exception
    {
        final Queue<FilterSignal> signals = new ConcurrentLinkedQueue<>();
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x"));
            TestProxy proxy = proxy(backend, () -> new Holding(signals)).start())
        {
            final TestClient client = proxy.connect().send("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
            TestProxy.await(() -> signals.size() == 1, () -> "request held");
            assertTrue(signals.peek().send());
            TestProxy.await(() -> signals.size() == 2, () -> "response held");
            signals.forEach(FilterSignal::send);
            assertEquals("x", client.read().text());
            signals.forEach(FilterSignal::send);
            proxy.look();
        }
    }

    @Test
    void shouldForgetAHeldRequestWhoseClientLeaves() throws Exception
    {
        final Queue<FilterSignal> signals = new ConcurrentLinkedQueue<>();
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x"));
            TestProxy proxy = proxy(backend, () -> new Holding(signals), () -> new Noting("b")).start())
        {
            final TestClient client = proxy.connect().send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nabc");
            TestProxy.await(() -> signals.size() == 1, () -> "request held");
            client.reset();
            awaitSeen("b end 0 downstream_remote_disconnect");
            signals.peek().send();
            proxy.look();
        }
    }

    @Test
    void shouldTimeOutWhileHeld() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x"));
            TestProxy proxy = proxy(backend, () -> new Holding(new ConcurrentLinkedQueue<>())))
        {
            proxy.http.streamIdleNs = 50 * MILLI;
            proxy.start();
            assertEquals(504, proxy.connect().get("/").status());
            assertEquals(1, proxy.counter("http.in.downstream_rq_idle_timeout"));
        }
    }

    @Test
    void shouldCutWhatWaitsForAnEndpoint() throws Exception
    {
        final CountDownLatch gate = new CountDownLatch(1);
        final HttpFilter impatient = new HttpFilter()
        {
            public int onRequestHead(final FilterExchange exchange, final boolean isEnd)
            {
                if (exchange.request().path().equals("/late"))
                {
                    exchange.timer(MILLI);
                }
                return Verdict.CONTINUE;
            }

            public int onTimer(final FilterExchange exchange)
            {
                return exchange.cut("late");
            }
        };
        try (TestBackend backend = TestBackend.answering(request ->
            {
                gate.await();
                return TestBackend.ok("x");
            });
            TestProxy proxy = proxy(backend, () -> impatient).bearing(1, 10, 10).start())
        {
            final TestClient first = proxy.connect().send("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
            proxy.awaitCounter("cluster.b.upstream_rq_active", 1);
            proxy.connect().send("GET /late HTTP/1.1\r\nhost: a\r\n\r\n").assertGone();
            proxy.awaitCounter("cluster.b.upstream_rq_pending_active", 0);
            gate.countDown();
            assertEquals("x", first.read().text());
            assertEquals("x", first.get("/").text());
            assertEquals(2, backend.requests().size());
        }
    }

    /** Gathers all content before the head goes on. */
    private static final class Gathering implements HttpFilter
    {
        private final int limit;

        Gathering(final int limit)
        {
            this.limit = limit;
        }

        public int onRequestHead(final FilterExchange exchange, final boolean isEnd)
        {
            exchange.limit(limit);
            return isEnd ? Verdict.CONTINUE : Verdict.GATHER;
        }

        public int onRequestData(final FilterExchange exchange, final FilterData data, final boolean isEnd)
        {
            return isEnd ? Verdict.CONTINUE : Verdict.GATHER;
        }

        public int onResponseHead(final FilterExchange exchange, final boolean isEnd)
        {
            return onRequestHead(exchange, isEnd);
        }

        public int onResponseData(final FilterExchange exchange, final FilterData data, final boolean isEnd)
        {
            return isEnd ? Verdict.CONTINUE : Verdict.GATHER;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5000, 200_000})
    void shouldGatherContent(final int length) throws Exception
    {
        final String body = "0123456789".repeat(length / 10 + 1).substring(0, length);
        try (TestBackend backend = TestBackend.answering(request -> TestBackend.ok(request.text()));
            TestProxy proxy = proxy(backend, () -> new Gathering(1 << 20), () -> new Gathering(1 << 20)).start())
        {
            final TestClient client = proxy.connect();
            for (int i = 0; i < 3; i++)
            {
                client.send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: " + length + "\r\n\r\n");
                client.send(body);
                assertEquals(body, client.read().text());
                client.send("POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n" +
                    Integer.toHexString(length) + "\r\n" + body + "\r\n0\r\nx-t: 1\r\n\r\n");
                assertEquals(body, client.read().text());
            }
        }
    }

    /** The cluster counts what its endpoint answered, not what the proxy answers in place of it besides. */
    @ParameterizedTest
    @ValueSource(strings = {"503 upstream_reset_after_response_started{connection_termination}", "504 response_timeout"})
    void shouldCountOneAnswerWhenTheRestOfItIsGatheredInVain(final String end) throws Exception
    {
        final boolean isLate = end.startsWith("504");
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                link.read();
                link.write(TestBackend.ok("whole").replace("whole", "who"));
                if (isLate)
                {
                    link.awaitEnd();
                }
            });
            TestProxy proxy = proxy(backend, () -> new Noting("b"), () -> new Gathering(1000)))
        {
            proxy.http.routeTimeoutNs = isLate ? 1500 * MILLI : proxy.http.routeTimeoutNs;
            proxy.start();
            assertEquals(end.substring(0, 3), "" + proxy.connect().get("/").status());
            awaitSeen("b request / end", "b end " + end);
            proxy.awaitCounter("cluster.b.upstream_rq_active", 0);
            assertEquals(1, proxy.counter("cluster.b.upstream_rq_2xx"));
            assertEquals(1, proxy.counter("cluster.b.upstream_rq_completed"));
            assertEquals(isLate ? 1 : 0, proxy.counter("cluster.b.upstream_rq_timeout"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"protocol_error", "connection_termination"})
    void shouldTellWhyAnAnswerWasCut(final String why) throws Exception
    {
        final String head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
        try (TestBackend backend = TestBackend.closingAfter(why.startsWith("p") ? head + "x\r\n" : head);
            TestProxy proxy = proxy(backend, () -> new Noting("a")).start())
        {
            final TestClient client = proxy.connect().send("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
            assertEquals(200, client.readHead().status());
            client.assertEnd();
            awaitSeen("a request / end", "a response 200", "a end 200 upstream_reset_after_response_started{" + why + "}");
        }
    }

    @Test
    void shouldRefuseToGatherMoreThanTheLimit() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x".repeat(2000)));
            TestProxy proxy = proxy(backend, () -> new Gathering(1000)).start())
        {
            final TestClient client =
                proxy.connect().send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 3000\r\n\r\n" + "y".repeat(1500));
            assertEquals(413, client.read().status());
            assertEquals(500, proxy.connect().get("/").status());
        }
    }

    /** Throws at one step of requests for /bad. */
    private static final class Throwing implements HttpFilter
    {
        private final String where;
        private boolean isBad;

        Throwing(final String where)
        {
            this.where = where;
        }

        private int fail(final String at)
        {
            if (isBad && where.equals(at))
            {
                throw new IllegalStateException("broken");
            }
            return Verdict.CONTINUE;
        }

        public int onRequestHead(final FilterExchange exchange, final boolean isEnd)
        {
            isBad = exchange.request().path().equals("/bad");
            return fail("request");
        }

        public int onRequestData(final FilterExchange exchange, final FilterData data, final boolean isEnd)
        {
            return fail("data");
        }

        public int onResponseHead(final FilterExchange exchange, final boolean isEnd)
        {
            return fail("response");
        }

        public int onResponseData(final FilterExchange exchange, final FilterData data, final boolean isEnd)
        {
            return fail("responseData");
        }

        public void onEnd(final FilterExchange exchange)
        {
            fail("end");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"request", "data", "response", "responseData", "end"})
    void shouldPayForAFilterThatThrowsWithItsRequestAlone(final String where) throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x"));
            TestProxy proxy = proxy(backend, () -> new Throwing(where)).start())
        {
            final TestClient neighbour =
                proxy.connect().send("POST /good HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\nh");
            final TestClient client =
                proxy.connect().send("POST /bad HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\nhi");
            if (where.equals("responseData"))
            {
                client.readHead();
                client.assertEnd();
            }
            else
            {
                assertEquals(where.equals("end") ? 200 : 500, client.read().status());
            }
            proxy.awaitCounter("http.in.filter_exception", 1);
            assertEquals(List.of("f: broken"), List.copyOf(errors));
            assertEquals("x", neighbour.send("i").read().text());
            assertEquals("x", neighbour.get("/good").text());
            assertEquals(1, proxy.counter("http.in.filter_exception"));
        }
    }
}
