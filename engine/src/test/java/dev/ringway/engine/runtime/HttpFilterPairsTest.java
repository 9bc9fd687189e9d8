package dev.ringway.engine.runtime;

import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.engine.filter.FilterAnswer;
import dev.ringway.engine.filter.FilterData;
import dev.ringway.engine.filter.FilterExchange;
import dev.ringway.engine.filter.HttpFilter;
import dev.ringway.engine.filter.HttpFilters;
import dev.ringway.engine.filter.HttpFilters.Place;
import dev.ringway.engine.filter.Verdict;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Filters between all versions of HTTP. */
@Timeout(120)
final class HttpFilterPairsTest
{
    private static final int FILTERS = 3;
    private static final int ROUNDS = 25;
    private static final int LONGEST = 150_000;
    private static final long DELAY_NS = 1_000_000L;

    private final Queue<Throwable> errors = new ConcurrentLinkedQueue<>();

    private HttpFilters chain(final TestProxy proxy, final List<HttpFilter> filters)
    {
        final List<Place> places = new ArrayList<>();
        for (final HttpFilter filter : filters)
        {
            places.add(new Place("f" + places.size(), loop -> filter, false));
        }
        return new HttpFilters(proxy.registry(), "in", places, (name, error) -> errors.add(error));
    }

    /** Holds and gathers by chance, and lets go after a while; adds up what it sees. */
    private static final class Moody implements HttpFilter
    {
        private final Random random;
        private final Queue<String> sums;
        private int request;
        private int response;
        private int ends;

        Moody(final long seed, final Queue<String> sums)
        {
            random = new Random(seed);
            this.sums = sums;
        }

        private int mood(final FilterExchange exchange)
        {
            final int verdict = random.nextInt(4) % 3;
            if (verdict != Verdict.CONTINUE)
            {
                exchange.timer(DELAY_NS);
            }
            return verdict;
        }

        public int onRequestHead(final FilterExchange exchange, final boolean isEnd)
        {
            ends += isEnd ? 1 : 0;
            return mood(exchange);
        }

        public int onRequestData(final FilterExchange exchange, final FilterData data, final boolean isEnd)
        {
            request += data.length();
            ends += isEnd ? 1 : 0;
            return mood(exchange);
        }

        public int onRequestTrailers(final FilterExchange exchange, final HeaderTable trailers)
        {
            ends += trailers.count() > 0 ? 1 : 0;
            return mood(exchange);
        }

        public int onResponseHead(final FilterExchange exchange, final boolean isEnd)
        {
            ends += isEnd ? 1 << 8 : 0;
            return mood(exchange);
        }

        public int onResponseData(final FilterExchange exchange, final FilterData data, final boolean isEnd)
        {
            response += data.length();
            ends += isEnd ? 1 << 8 : 0;
            return mood(exchange);
        }

        public int onResponseTrailers(final FilterExchange exchange, final HeaderTable trailers)
        {
            ends += trailers.count() > 0 ? 1 << 8 : 0;
            return mood(exchange);
        }

        public void onEnd(final FilterExchange exchange)
        {
            sums.add(request + " " + response + " " + Integer.toHexString(ends));
            request = 0;
            response = 0;
            ends = 0;
        }
    }

    @ParameterizedTest
    @EnumSource(HttpPair.class)
    void shouldPassAllWhateverFiltersHold(final HttpPair pair) throws Exception
    {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final Queue<String> sums = new ConcurrentLinkedQueue<>();
        try (TestBackend backend = pair.backend(request -> request.trailer("x-end") == null ?
                Sent.of("200", request.body(), true) :
                Sent.of("200", request.body(), false).trailing("x-sum", request.trailer("x-end")));
            TestProxy proxy = pair.proxy(backend))
        {
            final List<HttpFilter> filters = new ArrayList<>();
            for (int i = 0; i < FILTERS; i++)
            {
                filters.add(new Moody(random.nextLong(), sums));
            }
            proxy.http.filters = chain(proxy, filters);
            proxy.start();
            final HttpPair.Client client = pair.connect(proxy);
            for (int i = 0; i < ROUNDS; i++)
            {
                final byte[] body = new byte[random.nextBoolean() ? random.nextInt(LONGEST) : random.nextInt(10)];
                random.nextBytes(body);
                final boolean hasTrailers = random.nextBoolean();
                final HttpMessage answer = client.ask(hasTrailers ?
                    Sent.of("POST /", body, false).trailing("x-end", "e" + i) : Sent.of("POST /", body, true));
                final String what = "seed " + seed + ", round " + i + ", errors " + errors;
                assertEquals(200, answer.status(), what);
                assertArrayEquals(body, answer.body(), what);
                assertEquals(hasTrailers ? "e" + i : null, answer.trailer("x-sum"), what);
                TestProxy.await(() -> sums.size() == FILTERS, () -> what + ": " + sums);
                for (int j = 0; j < FILTERS; j++)
                {
                    // An answer may come before the end of a request that says how long it is.
                    assertTrue(sums.poll().matches(body.length + " " + body.length + " 10[01]"), what);
                }
            }
            assertEquals(0, proxy.counter("http.in.filter_exception"));
        }
    }

    @ParameterizedTest
    @EnumSource(HttpPair.class)
    void shouldAnswer(final HttpPair pair) throws Exception
    {
        final HttpFilter answering = new HttpFilter()
        {
            public int onRequestHead(final FilterExchange exchange, final boolean isEnd)
            {
                return exchange.answer(FilterAnswer.of(429, "slow down".getBytes(US_ASCII), 0, "x"));
            }

            public int onResponseHead(final FilterExchange exchange, final boolean isEnd)
            {
                exchange.response().add("x-more", "1");
                return Verdict.CONTINUE;
            }
        };
        try (TestBackend backend = pair.backend(request -> Sent.of("200", new byte[0], true));
            TestProxy proxy = pair.proxy(backend))
        {
            proxy.http.filters = chain(proxy, List.of(answering));
            proxy.start();
            final HttpPair.Client client = pair.connect(proxy);
            for (int i = 0; i < 3; i++)
            {
                final HttpMessage answer = client.ask(Sent.of("GET /", new byte[0], true));
                assertEquals(429, answer.status());
                assertEquals("slow down", answer.text());
                assertEquals("9", answer.header("content-length"));
                assertEquals("text/plain", answer.header("content-type"));
                assertEquals("1", answer.header("x-more"));
            }
            assertEquals(0, backend.accepted());
        }
    }
}
