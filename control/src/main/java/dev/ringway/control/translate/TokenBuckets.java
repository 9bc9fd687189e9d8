package dev.ringway.control.translate;

import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.httpfilters.TokenBucket;

import java.util.concurrent.TimeUnit;

/**
 * Translates {@code type.v3.TokenBucket}.
 */
final class TokenBuckets
{
    private static final long LEAST_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(50);

    private TokenBuckets()
    {
    }

    /**
     * @param config message.
     * @param path   where it stands.
     * @param checks where faults go.
     * @return a full bucket.
     */
    static TokenBucket translate(
        final io.envoyproxy.envoy.type.v3.TokenBucket config, final FieldPath path, final Checks checks)
    {
        checks.required(config.getMaxTokens() != 0, path.field("max_tokens"));
        checks.required(config.hasFillInterval(), path.field("fill_interval"));
        final long intervalNs = checks.durationAtLeast(config.hasFillInterval(), config.getFillInterval(),
            path.field("fill_interval"), LEAST_INTERVAL_NS, LEAST_INTERVAL_NS);
        final int perFill = checks.count(config.hasTokensPerFill(), config.getTokensPerFill(),
            path.field("tokens_per_fill"), 1, 1, Integer.MAX_VALUE);
        return new TokenBucket(Math.max(1, Integer.toUnsignedLong(config.getMaxTokens())), perFill,
            Math.max(LEAST_INTERVAL_NS, intervalNs));
    }
}
