package dev.ringway.engine.httpfilters;

import dev.ringway.engine.counters.LocalRateLimitCounters;
import dev.ringway.engine.filter.FilterAnswer;
import dev.ringway.engine.filter.FilterExchange;
import dev.ringway.engine.filter.FilterLoop;
import dev.ringway.engine.filter.HttpFilter;
import dev.ringway.engine.filter.HttpFilterFactory;
import dev.ringway.engine.filter.Verdict;

import java.util.List;
import java.util.concurrent.TimeUnit;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * Lets requests through as long as there are tokens. Settings of the filter or of a route.
 * Envoy: {@code extensions.filters.http.local_ratelimit.v3.LocalRateLimit}.
 *
 * @param limits          the tokens.
 * @param enabled         {@code filter_enabled}: share of requests that take a token.
 * @param enforced        {@code filter_enforced}: share of those without a token that are refused.
 * @param refusal         what those are told.
 * @param responseEdits   {@code response_headers_to_add} of a refusal.
 * @param requestEdits    {@code request_headers_to_add_when_not_enforced}.
 * @param tellsClients    {@code enable_x_ratelimit_headers}.
 * @param counters        ids of its counters.
 */
public record LocalRateLimit(
    RequestLimits limits,
    Fraction enabled,
    Fraction enforced,
    FilterAnswer refusal,
    List<HeadEdit> responseEdits,
    List<HeadEdit> requestEdits,
    boolean tellsClients,
    LocalRateLimitCounters counters) implements HttpFilterFactory
{
    private static final byte[] LIMIT = "x-ratelimit-limit".getBytes(US_ASCII);
    private static final byte[] REMAINING = "x-ratelimit-remaining".getBytes(US_ASCII);
    private static final byte[] RESET = "x-ratelimit-reset".getBytes(US_ASCII);
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);

    /**
     * {@inheritDoc}
     */
    public HttpFilter create(final FilterLoop loop)
    {
        return new Limiting(this, loop);
    }

    /**
     * What a route has to say.
     *
     * @param limit  instead of the filter's, or null.
     * @param rules  what is said of requests to find their buckets; not to be changed.
     */
    public record OfRoute(LocalRateLimit limit, LimitAction[]... rules)
    {
        /**
         * @param limit instead of the filter's, or null.
         * @param rules what is said of requests to find their buckets.
         */
        public OfRoute(final LocalRateLimit limit, final List<List<LimitAction>> rules)
        {
            this(limit, RequestLimits.array(rules));
        }
    }

    /** One request at a time. */
    private static final class Limiting implements HttpFilter
    {
        private final LocalRateLimit own;
        private final int loop;
        private final Dice dice;
        private final HeadEditor editor = new HeadEditor();
        private final LimitTaking taking = new LimitTaking();
        private LocalRateLimit used;

        private Limiting(final LocalRateLimit own, final FilterLoop loop)
        {
            this.own = own;
            this.loop = loop.index();
            dice = new Dice(loop);
        }

        public int onRequestHead(final FilterExchange exchange, final boolean isEnd)
        {
            final OfRoute said = (OfRoute)exchange.settings();
            final LocalRateLimit limit = said == null || said.limit == null ? own : said.limit;
            if (!limit.enabled.hits(dice))
            {
                return Verdict.CONTINUE;
            }
            exchange.counters().increment(limit.counters.enabled);
            used = limit;
            if (taking.take(limit.limits.of(loop, exchange.peer()), said == null || !limit.limits.asksRoutes() ?
                limit.limits.rules() : said.rules, exchange))
            {
                exchange.counters().increment(limit.counters.ok);
                return Verdict.CONTINUE;
            }
            exchange.counters().increment(limit.counters.rateLimited);
            if (!limit.enforced.hits(dice))
            {
                editor.editRequest(limit.requestEdits, exchange);
                return Verdict.CONTINUE;
            }
            exchange.counters().increment(limit.counters.enforced);
            return exchange.answer(limit.refusal);
        }

        public void onAnswer(final FilterExchange exchange)
        {
            editor.editAnswer(used.responseEdits, exchange);
        }

        public int onResponseHead(final FilterExchange exchange, final boolean isEnd)
        {
            final TokenBucket bucket = used != null && used.tellsClients ? taking.told() : null;
            if (bucket != null)
            {
                final long nowNs = exchange.nowNs();
                exchange.response().add(LIMIT, bucket.maxTokens());
                exchange.response().add(REMAINING, bucket.tokens(nowNs));
                exchange.response().add(RESET, Math.ceilDiv(bucket.nextNs(nowNs), SECOND_NS));
            }
            return Verdict.CONTINUE;
        }

        public void onEnd(final FilterExchange exchange)
        {
            used = null;
        }
    }
}
