package dev.ringway.engine.connfilters;

import dev.ringway.engine.accesslog.ResponseFlag;
import dev.ringway.engine.counters.ConnectionRateLimitCounters;
import dev.ringway.engine.filter.ConnectionFilter;
import dev.ringway.engine.filter.ConnectionFilterFactory;
import dev.ringway.engine.filter.ConnectionRefusal;
import dev.ringway.engine.filter.FilterLoop;
import dev.ringway.engine.filter.FilterPeer;
import dev.ringway.engine.httpfilters.TokenBucket;

/**
 * Takes connections as long as there are tokens. Envoy:
 * {@code extensions.filters.network.local_ratelimit.v3.LocalRateLimit}.
 *
 * @param bucket   {@code token_bucket}, of all loops and all filters with the same {@code share_key}.
 * @param counters ids of its counters.
 */
public record ConnectionRateLimit(TokenBucket bucket, ConnectionRateLimitCounters counters)
    implements ConnectionFilterFactory
{
    /** Envoy's flag for it. */
    private static final ConnectionRefusal LIMITED =
        ConnectionRefusal.of(ResponseFlag.UPSTREAM_RETRY_LIMIT_EXCEEDED, "");

    /**
     * {@inheritDoc}
     */
    public ConnectionFilter create(final FilterLoop loop)
    {
        return new Limiting(this, loop);
    }

    /** Of one loop. */
    private record Limiting(ConnectionRateLimit limit, FilterLoop loop) implements ConnectionFilter
    {
        public long onAccepted(final FilterPeer peer)
        {
            if (limit.bucket.take(loop.nowNs()))
            {
                return PASS;
            }
            loop.counters().increment(limit.counters.rateLimited);
            return 0;
        }

        public ConnectionRefusal refusal()
        {
            return LIMITED;
        }
    }
}
