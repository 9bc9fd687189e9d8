package dev.ringway.engine.runtime;

import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.HttpMethod;
import dev.ringway.engine.filter.FilterAnswer;
import dev.ringway.engine.filter.FilterExchange;
import dev.ringway.engine.filter.FilterRequest;
import dev.ringway.engine.filter.HttpFilter;
import dev.ringway.engine.filter.HttpFilterFactory;
import dev.ringway.engine.filter.HttpFilters;
import dev.ringway.engine.filter.HttpFilters.Place;
import dev.ringway.engine.filter.Verdict;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

/** What filters do wrong costs the request for which they do it, and no other. */
@Timeout(60)
final class BadFilterTest
{
    private static final long MILLI = 1_000_000L;
    private static final String BODY = "POST %s HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\nhi";

    private final Queue<String> errors = new ConcurrentLinkedQueue<>();

    private TestProxy proxy(final TestBackend backend, final HttpFilterFactory filter)
    {
        final TestProxy proxy = new TestProxy(backend);
        proxy.http.filters = new HttpFilters(proxy.registry(), "in", List.of(new Place("f", filter, false)),
            (name, error) -> errors.add(name + ": " + error.getMessage()));
        return proxy;
    }

    private static TestBackend backend() throws IOException
    {
        return TestBackend.answering(TestBackend.ok("x"));
    }

    private static void assertFails(final TestProxy proxy, final TestClient client, final String request, final long count)
        throws IOException
    {
        final HttpMessage answer = client.send(request).read();
        assertEquals(500, answer.status());
        proxy.awaitCounter("http.in.filter_exception", count);
    }

    /** One thing that a filter does wrong with a request. */
    private interface Wrong
    {
        int on(FilterExchange exchange) throws Exception;
    }

    /** Does it with requests for /bad. */
    private static HttpFilter doing(final Wrong wrong)
    {
        return new HttpFilter()
        {
            public int onRequestHead(final FilterExchange exchange, final boolean isEnd)
            {
                try
                {
                    return exchange.request().path().equals("/bad") ? wrong.on(exchange) : Verdict.CONTINUE;
                }
                catch (final Exception e)
                {
                    throw BadFilterTest.<RuntimeException>thrown(e);
                }
            }
        };
    }

    @SuppressWarnings("unchecked")
    private static <E extends Exception> E thrown(final Exception e) throws E
    {
        throw (E)e;
    }

    @ParameterizedTest
    @ValueSource(strings = {"throws", "null", "fails to link"})
    void shouldAnswerWhereNoFilterCanBeMade(final String how) throws Exception
    {
        final CountDownLatch isBroken = new CountDownLatch(1);
        try (TestBackend backend = backend();
            TestProxy proxy = proxy(backend, loop ->
            {
                if (isBroken.getCount() > 0 && how.equals("throws"))
                {
                    throw new IllegalStateException("not today");
                }
                if (isBroken.getCount() > 0 && !how.equals("null"))
                {
                    throw new NoClassDefFoundError("Missing");
                }
                return isBroken.getCount() > 0 ? null : doing(exchange -> Verdict.CONTINUE);
            }).start())
        {
            final TestClient client = proxy.connect();
            assertFails(proxy, client, "GET / HTTP/1.1\r\nhost: a\r\n\r\n", 1);
            assertFails(proxy, client, "GET / HTTP/1.1\r\nhost: a\r\n\r\n", 2);
            assertEquals(2, errors.size(), errors.toString());
            isBroken.countDown();
            assertEquals("x", client.get("/").text());
        }
    }

    /** Its message is asked for where it is noted. */
    private static final class Nasty extends RuntimeException
    {
        private static final long serialVersionUID = 1;

        public String getMessage()
        {
            throw new IllegalStateException("no message");
        }
    }

    @Test
    void shouldBearAnExceptionThatThrowsWhenItIsLookedAt() throws Exception
    {
        try (TestBackend backend = backend();
            TestProxy proxy = proxy(backend, loop -> doing(exchange ->
            {
                throw new Nasty();
            })).start())
        {
            final TestClient client = proxy.connect();
            assertFails(proxy, client, "GET /bad HTTP/1.1\r\nhost: a\r\n\r\n", 1);
            assertEquals("x", client.get("/").text());
        }
    }

    /** Throws at one step. */
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
                throw new AssertionError("broken");
            }
            return Verdict.CONTINUE;
        }

        public int onRequestHead(final FilterExchange exchange, final boolean isEnd)
        {
            isBad = exchange.request().path().equals("/bad");
            exchange.timer(isBad && where.equals("timer") ? 0 : Long.MAX_VALUE);
            if (isBad && where.equals("signal"))
            {
                exchange.signal().send();
            }
            return isBad && where.equals("answer") ? exchange.answer(403, new byte[2]) :
                isBad ? Verdict.HOLD : Verdict.CONTINUE;
        }

        public int onTimer(final FilterExchange exchange)
        {
            return fail("timer");
        }

        public int onSignal(final FilterExchange exchange)
        {
            return fail("signal");
        }

        public void onAnswer(final FilterExchange exchange)
        {
            fail("answer");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"timer", "signal", "answer"})
    void shouldPayForAFilterThatThrowsWhenItIsWoken(final String where) throws Exception
    {
        try (TestBackend backend = backend(); TestProxy proxy = proxy(backend, loop -> new Throwing(where)).start())
        {
            final TestClient client = proxy.connect();
            assertFails(proxy, client, BODY.formatted("/bad"), 1);
            assertEquals(List.of("f: broken"), List.copyOf(errors));
            assertEquals("x", proxy.connect().get("/").text());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldPayForAFilterThatThrowsAtTrailers(final boolean isUp) throws Exception
    {
        final HttpFilter filter = new HttpFilter()
        {
            public int onRequestTrailers(final FilterExchange exchange, final HeaderTable trailers)
            {
                return fail(isUp);
            }

            public int onResponseTrailers(final FilterExchange exchange, final HeaderTable trailers)
            {
                return fail(!isUp);
            }

            private int fail(final boolean isHere)
            {
                if (isHere)
                {
                    throw new IllegalStateException("broken");
                }
                return Verdict.CONTINUE;
            }
        };
        try (TestBackend backend = TestBackend.answering(request ->
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nx-t: 1\r\n\r\n");
            TestProxy proxy = proxy(backend, loop -> filter).start())
        {
            final TestClient client = proxy.connect().send(
                "POST / HTTP/1.1\r\nhost: a\r\nte: trailers\r\ntransfer-encoding: chunked\r\n\r\n1\r\ny\r\n0\r\nx-t: 1\r\n\r\n");
            if (isUp)
            {
                assertEquals(500, client.read().status());
            }
            else
            {
                assertEquals(200, client.readHead().status());
                client.skip(Integer.MAX_VALUE);
            }
            proxy.awaitCounter("http.in.filter_exception", 1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 99, 100, 101, 199, 600, 1000, Integer.MAX_VALUE})
    void shouldNotAnswerWithWhatIsNoStatusOfAnAnswer(final int status) throws Exception
    {
        assertFailsBy(exchange -> exchange.answer(status, new byte[0]));
    }

    private void assertFailsBy(final Wrong wrong) throws Exception
    {
        try (TestBackend backend = backend(); TestProxy proxy = proxy(backend, loop -> doing(wrong)).start())
        {
            final TestClient client = proxy.connect();
            assertFails(proxy, client, "GET /bad HTTP/1.1\r\nhost: a\r\n\r\n", 1);
            assertEquals("x", client.get("/").text());
            assertEquals(1, backend.requests().size());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"body", "answer", "cut"})
    void shouldFailByNothing(final String what) throws Exception
    {
        assertFailsBy(exchange -> what.equals("body") ? exchange.answer(200, null) : what.equals("answer") ?
            exchange.answer(null) : exchange.cut(null));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        x-a               | 1\\r\\nx-b: 2
        x-a               | 1\\n
        x-a\\r\\nx-b      | 1
        ''                | 1
        X-A               | 1
        x a               | 1
        :path             | /other
        host              | b
        content-length    | 7
        transfer-encoding | chunked
        connection        | x-a
        """)
    void shouldKeepHeadsLegal(final String name, final String value) throws Exception
    {
        final String field = name.translateEscapes();
        final String text = value.translateEscapes();
        assertFailsBy(exchange ->
        {
            exchange.request().set(field, text);
            return Verdict.CONTINUE;
        });
    }

    @Test
    void shouldKeepTheHost() throws Exception
    {
        assertFailsBy(exchange ->
        {
            exchange.request().remove("host");
            return Verdict.CONTINUE;
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "/a b", "/\r\nx: y"})
    void shouldKeepTargetsLegal(final String target) throws Exception
    {
        assertFailsBy(exchange ->
        {
            exchange.request().path(target);
            return Verdict.CONTINUE;
        });
    }

    @Test
    void shouldBoundWhatAHeadGains() throws Exception
    {
        assertFailsBy(exchange ->
        {
            exchange.request().add("x-big", "v".repeat(70_000));
            return Verdict.CONTINUE;
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldBoundAndCheckWhatIsCopiedIntoAHead(final boolean isLong) throws Exception
    {
        final byte[] value = "1\r\nx-b: 2".getBytes(US_ASCII);
        assertFailsBy(exchange ->
        {
            exchange.request().add(
                "x-a".getBytes(US_ASCII), new UnsafeBuffer(value), 0, isLong ? 1 << 30 : value.length);
            return Verdict.CONTINUE;
        });
        assertEquals(isLong ? "f: the head has no room for another field" :
            "f: a field value must not hold control characters", errors.poll());
    }

    @Test
    void shouldBoundHowManyFieldsAHeadGains() throws Exception
    {
        assertFailsBy(exchange ->
        {
            for (;;)
            {
                exchange.request().add("x", "");
            }
        });
    }

    /** The endpoint would take the rest of the content for another request, or wait for more. */
    @ParameterizedTest
    @ValueSource(ints = {-1, 1, 3})
    void shouldNotSayALengthThatLies(final int length) throws Exception
    {
        assertFailsBy(exchange ->
        {
            exchange.request().contentLength(null, length);
            return Verdict.CONTINUE;
        });
    }

    /** The client would wait for content that is said to come and does not. */
    @Test
    void shouldNotAskForAHeadAloneWhereTheClientWantsMore() throws Exception
    {
        assertFailsBy(exchange ->
        {
            exchange.request().method(HttpMethod.HEAD);
            return Verdict.CONTINUE;
        });
    }

    @Test
    void shouldSendTheHeadAloneWhereMoreWasAskedFor() throws Exception
    {
        try (TestBackend backend = backend();
            TestProxy proxy = proxy(backend, loop -> doing(exchange ->
            {
                exchange.request().method(HttpMethod.GET);
                return Verdict.CONTINUE;
            })).start())
        {
            final TestClient client = proxy.connect().send("HEAD /bad HTTP/1.1\r\nhost: a\r\n\r\n");
            assertEquals("1", client.readHead().header("content-length"));
            assertEquals("x", client.get("/").text());
        }
    }

    @Test
    void shouldKeepToTimeOutsWhateverTimersAreSet() throws Exception
    {
        final HttpFilter restless = new HttpFilter()
        {
            public int onRequestHead(final FilterExchange exchange, final boolean isEnd)
            {
                exchange.timer(0);
                return Verdict.HOLD;
            }

            public int onTimer(final FilterExchange exchange)
            {
                return onRequestHead(exchange, true);
            }
        };
        try (TestBackend backend = backend(); TestProxy proxy = proxy(backend, loop -> restless))
        {
            proxy.http.streamIdleNs = 50 * MILLI;
            proxy.start();
            assertEquals(504, proxy.connect().get("/").status());
        }
    }

    @Test
    void shouldAnswerOnceWithTheLastOfTwoAnswers() throws Exception
    {
        try (TestBackend backend = backend();
            TestProxy proxy = proxy(backend, loop -> doing(exchange ->
            {
                exchange.answer(200, "one".getBytes(US_ASCII));
                return exchange.answer(403, "two".getBytes(US_ASCII));
            })).start())
        {
            final TestClient client = proxy.connect();
            final HttpMessage answer = client.get("/bad");
            assertEquals("403two", answer.status() + answer.text());
            assertEquals("x", client.get("/").text());
        }
    }

    /** What is asked for when the exchange is over is not for the next one. */
    @ParameterizedTest
    @ValueSource(strings = {"answer", "cut", "timer", "limit", "route", "keep", "add", "again"})
    void shouldHaveNothingToSayAtTheEndAndBehindIt(final String what) throws Exception
    {
        final Queue<FilterExchange> ended = new ConcurrentLinkedQueue<>();
        final HttpFilter late = new HttpFilter()
        {
            public void onEnd(final FilterExchange exchange)
            {
                say(exchange);
                ended.add(exchange);
            }

            private void say(final FilterExchange exchange)
            {
                switch (what)
                {
                    case "answer" -> exchange.answer(403, new byte[0]);
                    case "cut" -> exchange.cut("late");
                    case "timer" -> exchange.timer(0);
                    case "limit" -> exchange.limit(0);
                    case "route" -> exchange.clearRoute();
                    case "keep" -> exchange.keepSentRequest();
                    case "add" -> exchange.request().add("x-late", "1");
                    default -> exchange.signal().send();
                }
            }
        };
        try (TestBackend backend = backend(); TestProxy proxy = proxy(backend, loop -> late).start())
        {
            final TestClient client = proxy.connect();
            for (int i = 0; i < 3; i++)
            {
                assertEquals("x", client.send(BODY.formatted("/")).read().text());
                assertNull(backend.last().header("x-late"));
            }
            TestProxy.await(() -> ended.size() == 3, () -> "" + ended.size());
            proxy.look();
        }
    }
}
