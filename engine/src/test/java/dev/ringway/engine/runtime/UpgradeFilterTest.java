package dev.ringway.engine.runtime;

import dev.ringway.engine.accesslog.ResponseFlag;
import dev.ringway.engine.filter.FilterAnswer;
import dev.ringway.engine.filter.FilterData;
import dev.ringway.engine.filter.FilterExchange;
import dev.ringway.engine.filter.FilterSignal;
import dev.ringway.engine.filter.HttpFilter;
import dev.ringway.engine.filter.HttpFilters;
import dev.ringway.engine.filter.HttpFilters.Place;
import dev.ringway.engine.filter.Verdict;
import dev.ringway.engine.route.StreamDuration;
import dev.ringway.engine.route.Upgrades;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

/** Filters and the answer to an upgrade: they see its head, none of the bytes behind it, which never overtake it. */
@Timeout(60)
final class UpgradeFilterTest
{
    private static final String ASK = "GET /chat HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n";
    private static final String AGREED = "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\n" +
        "upgrade: WebSocket\r\nx-gone: 1\r\n\r\nhello";

    private final Queue<FilterSignal> signals = new ConcurrentLinkedQueue<>();
    private final Queue<String> errors = new ConcurrentLinkedQueue<>();
    private final Queue<String> ends = new ConcurrentLinkedQueue<>();
    private final CountDownLatch isSeen = new CountDownLatch(1);

    /** Changes the head of a response, then does what it is made for. */
    private class Changing implements HttpFilter
    {
        private final int verdict;

        Changing(final int verdict)
        {
            this.verdict = verdict;
        }

        public int onResponseHead(final FilterExchange exchange, final boolean isEnd)
        {
            exchange.response().remove("x-gone");
            exchange.response().add("x-of", "filter");
            if (exchange.isAnswered())
            {
                return Verdict.CONTINUE;
            }
            if (verdict != Verdict.CONTINUE)
            {
                signals.add(exchange.signal());
            }
            return verdict;
        }

        public int onResponseData(final FilterExchange exchange, final FilterData data, final boolean isEnd)
        {
            throw new IllegalStateException("bytes of another protocol");
        }

        public void onEnd(final FilterExchange exchange)
        {
            ends.add(exchange.status() + " " + exchange.flags() + " " + exchange.detail());
        }
    }

    private TestProxy proxy(final TestBackend backend, final HttpFilter... filters)
    {
        final TestProxy proxy = new TestProxy(backend);
        proxy.http.upgrades = new Upgrades(Map.of("websocket", true, "off", false));
        proxy.http.filters = new HttpFilters(proxy.registry(), "in",
            List.of(filters).stream().map(filter -> new Place("f", loop -> filter, false)).toList(),
            (name, error) -> errors.add(name + ": " + error.getMessage()));
        return proxy;
    }

    /** Agrees and says hello, says more once filters have seen that, and sends back what comes or ends. */
    private TestBackend backend(final boolean isEchoing) throws IOException
    {
        return TestBackend.scripted(link ->
        {
            link.readHead();
            link.write(AGREED);
            isSeen.await();
            link.write(" more");
            if (isEchoing)
            {
                link.in.transferTo(link.out);
            }
        });
    }

    private static String text(final TestClient client, final int length) throws IOException
    {
        return new String(client.in.readNBytes(length), ISO_8859_1);
    }

    private void awaitHeld()
    {
        TestProxy.await(() -> signals.size() == 1, () -> "head held");
        isSeen.countDown();
    }

    private static void assertChanged(final HttpMessage head)
    {
        assertEquals("HTTP/1.1 101 Switching Protocols", head.startLine());
        assertEquals(List.of("WebSocket"), head.headers("upgrade"));
        assertEquals(List.of("upgrade"), head.headers("connection"));
        assertEquals(List.of("filter", "filter"), head.headers("x-of"));
        assertNull(head.header("x-gone"));
    }

    @Test
    void shouldChangeTheHead() throws Exception
    {
        isSeen.countDown();
        try (TestBackend backend = backend(true);
            TestProxy proxy =
                proxy(backend, new Changing(Verdict.CONTINUE), new Changing(Verdict.CONTINUE)).start())
        {
            final TestClient client = proxy.connect().send(ASK);
            assertChanged(client.readHead());
            assertEquals("hello moreabc", text(client.send("abc"), 13));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {Verdict.HOLD, Verdict.GATHER})
    void shouldHoldTheHeadAndWhatComesBehindIt(final int verdict) throws Exception
    {
        try (TestBackend backend = backend(true);
            TestProxy proxy = proxy(backend, new Changing(verdict), new Changing(Verdict.CONTINUE)).start())
        {
            final TestClient client = proxy.connect().send(ASK).send("early");
            awaitHeld();
            proxy.look();
            assertEquals(0, client.in.available());
            signals.peek().send();
            assertChanged(client.readHead());
            assertEquals("hello moreearly", text(client, 15));
            assertEquals("abc", text(client.send("abc"), 3));
            client.halfClose();
            client.assertEnd();
            proxy.awaitCounter("http.in.downstream_cx_upgrades_active", 0);
            assertEquals(List.of(), List.copyOf(errors));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {Verdict.HOLD, Verdict.GATHER})
    void shouldSendAllWhenTheEndpointEndsMeanwhile(final int verdict) throws Exception
    {
        try (TestBackend backend = backend(false);
            TestProxy proxy = proxy(backend, new Changing(Verdict.CONTINUE), new Changing(verdict)).start())
        {
            final TestClient client = proxy.connect().send(ASK);
            awaitHeld();
            proxy.look();
            signals.peek().send();
            assertChanged(client.readHead());
            assertEquals("hello more", text(client, 10));
            client.assertEnd();
            client.halfClose();
            proxy.awaitCounter("http.in.downstream_cx_upgrades_active", 0);
            proxy.awaitCounter("cluster.b.upstream_rq_active", 0);
        }
    }

    @Test
    void shouldEndWithAClientThatLeavesMeanwhile() throws Exception
    {
        try (TestBackend backend = backend(true); TestProxy proxy = proxy(backend, new Changing(Verdict.HOLD)).start())
        {
            final TestClient client = proxy.connect().send(ASK);
            awaitHeld();
            client.reset();
            proxy.awaitCounter("http.in.downstream_cx_upgrades_active", 0);
            proxy.awaitCounter("cluster.b.upstream_rq_active", 0);
            signals.peek().send();
            proxy.look();
        }
    }

    /** Of the two answers the cluster counts the one that its endpoint gave. */
    private void assertEnds(
        final TestProxy proxy, final TestClient client, final String text, final String end) throws IOException
    {
        final HttpMessage answer = client.read();
        assertEquals(end.substring(0, 3) + text, answer.status() + answer.text());
        assertEquals("close", answer.header("connection"));
        assertNull(answer.header("upgrade"));
        assertNull(answer.header("x-of"));
        client.assertEnd();
        proxy.awaitCounter("http.in.downstream_cx_upgrades_active", 0);
        proxy.awaitCounter("cluster.b.upstream_rq_active", 0);
        assertEquals(List.of(end), List.copyOf(ends));
        assertEquals(1, proxy.counter("cluster.b.upstream_rq_1xx"));
        assertEquals(1, proxy.counter("cluster.b.upstream_rq_completed"));
        assertEquals(0, proxy.counter("cluster.b.upstream_rq_timeout"));
        signals.peek().send();
        proxy.look();
    }

    @ParameterizedTest
    @ValueSource(ints = {Verdict.HOLD, Verdict.GATHER})
    void shouldTellOfAnEndpointThatBreaksMeanwhile(final int verdict) throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                link.readHead();
                link.write(AGREED);
                isSeen.await();
                link.reset();
            });
            TestProxy proxy = proxy(backend, new Changing(verdict)).start())
        {
            final TestClient client = proxy.connect().send(ASK).send("early");
            awaitHeld();
            assertEnds(proxy, client, "upstream connect error or disconnect/reset before headers. " +
                "reset reason: connection termination", "503 " + ResponseFlag.UPSTREAM_CONNECTION_TERMINATION +
                " upstream_reset_after_response_started{connection_termination}");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"stream", "duration"})
    void shouldEndInTimeWhenAFilterHoldsTheHeadForEver(final String what) throws Exception
    {
        final boolean isIdle = what.equals("stream");
        try (TestBackend backend = backend(true); TestProxy proxy = proxy(backend, new Changing(Verdict.GATHER)))
        {
            // The endpoint has agreed by then, also where the machine is slow.
            proxy.http.routeTimeoutNs = 1_500_000_000L;
            proxy.http.streamIdleNs = isIdle ? 2_000_000_000L : 0;
            if (!isIdle)
            {
                proxy.http.routes.put("/", proxy.http.lasting(new StreamDuration(2_000_000_000L, -1, -1)));
            }
            proxy.start();
            final TestClient client = proxy.connect().send(ASK);
            assertEnds(proxy, client, isIdle ? "stream timeout" : "downstream duration timeout", isIdle ?
                "408 " + ResponseFlag.STREAM_IDLE_TIMEOUT + " stream_idle_timeout" : "408 0 max_duration_timeout");
            isSeen.countDown();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"answers", "throws"})
    void shouldAnswerInPlaceOfTheEndpoint(final String what) throws Exception
    {
        isSeen.countDown();
        final HttpFilter filter = new HttpFilter()
        {
            public int onResponseHead(final FilterExchange exchange, final boolean isEnd)
            {
                if (exchange.isAnswered())
                {
                    return Verdict.CONTINUE;
                }
                if (what.equals("throws"))
                {
                    throw new IllegalStateException("broken");
                }
                return exchange.answer(FilterAnswer.of(403, "no".getBytes(ISO_8859_1), 0, "mine"));
            }
        };
        try (TestBackend backend = backend(true); TestProxy proxy = proxy(backend, filter).start())
        {
            final TestClient client = proxy.connect().send(ASK);
            final HttpMessage answer = client.read();
            assertEquals(what.equals("throws") ? 500 : 403, answer.status());
            assertNull(answer.header("upgrade"));
            client.assertEnd();
            proxy.awaitCounter("http.in.downstream_cx_upgrades_active", 0);
            proxy.awaitCounter("cluster.b.upstream_rq_active", 0);
        }
    }

    @Test
    void shouldShowARefusal() throws Exception
    {
        try (TestBackend backend = backend(true);
            TestProxy proxy = proxy(backend, new Changing(Verdict.CONTINUE)).start())
        {
            final HttpMessage answer = proxy.connect().send(ASK.replace("websocket", "off")).read();
            assertEquals(403, answer.status());
            assertEquals("filter", answer.header("x-of"));
        }
    }
}
