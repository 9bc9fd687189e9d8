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
 * Lets requests through as long as there are tokens. Settings of the filter or of a route; the bucket is all loops'.
 * Envoy: {@code extensions.filters.http.local_ratelimit.v3.LocalRateLimit}.
 *
 * @param bucket          {@code token_bucket}, or null to let all through.
 * @param enabled         {@code filter_enabled}: share of requests that take a token.
 * @param enforced        {@code filter_enforced}: share of those without a token that are refused.
 * @param refusal         what those are told.
 * @param responseEdits   {@code response_headers_to_add} of a refusal.
 * @param requestEdits    {@code request_headers_to_add_when_not_enforced}.
 * @param tellsClients    {@code enable_x_ratelimit_headers}.
 * @param counters        ids of its counters.
 */
public record LocalRateLimit(
    TokenBucket bucket,
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
        return new Limiting(this, new Dice(loop));
    }

    /** One request at a time. */
    private static final class Limiting implements HttpFilter
    {
        private final LocalRateLimit own;
        private final Dice dice;
        private final HeadEditor editor = new HeadEditor();
        private LocalRateLimit used;
        private boolean isLimited;

        private Limiting(final LocalRateLimit own, final Dice dice)
        {
            this.own = own;
            this.dice = dice;
        }

        public int onRequestHead(final FilterExchange exchange, final boolean isEnd)
        {
            final LocalRateLimit limit = exchange.settings() instanceof final LocalRateLimit given ? given : own;
            if (!limit.enabled.hits(dice))
            {
                return Verdict.CONTINUE;
            }
            exchange.counters().increment(limit.counters.enabled);
            used = limit.bucket == null ? null : limit;
            if (limit.bucket == null || limit.bucket.take(exchange.nowNs()))
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
            isLimited = true;
            return exchange.answer(limit.refusal);
        }

        public int onResponseHead(final FilterExchange exchange, final boolean isEnd)
        {
            if (used != null && isLimited)
            {
                editor.editResponse(used.responseEdits, exchange);
            }
            if (used != null && used.tellsClients)
            {
                final long nowNs = exchange.nowNs();
                exchange.response().add(LIMIT, used.bucket.maxTokens());
                exchange.response().add(REMAINING, used.bucket.tokens(nowNs));
                exchange.response().add(RESET, Math.ceilDiv(used.bucket.nextNs(nowNs), SECOND_NS));
            }
            return Verdict.CONTINUE;
        }

        public void onEnd(final FilterExchange exchange)
        {
            used = null;
            isLimited = false;
        }
    }
}
