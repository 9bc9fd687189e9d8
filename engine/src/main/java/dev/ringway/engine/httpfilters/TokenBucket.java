package dev.ringway.engine.httpfilters;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Tokens that all loops take from. Fills steadily, not in steps: what it holds is how long ago it was empty, so taking a
 * token is one compare and set. Any thread; allocates nothing after construction. Envoy: {@code type.v3.TokenBucket}.
 */
public final class TokenBucket
{
    private final AtomicLong emptyAtNs = new AtomicLong(Long.MIN_VALUE);
    private final long tokenNs;
    private final long maxTokens;
    private final long fullNs;

    /**
     * A full bucket.
     *
     * @param maxTokens      most tokens, at least 1.
     * @param tokensPerFill  tokens that come in an interval, at least 1.
     * @param fillIntervalNs the interval, positive.
     */
    public TokenBucket(final long maxTokens, final long tokensPerFill, final long fillIntervalNs)
    {
        this.maxTokens = maxTokens;
        tokenNs = Math.max(1, fillIntervalNs / tokensPerFill);
        fullNs = maxTokens > Long.MAX_VALUE / 4 / tokenNs ? Long.MAX_VALUE / 4 : maxTokens * tokenNs;
    }

    /**
     * @param nowNs time of the loop.
     * @return whether there was a token, which is taken.
     */
    public boolean take(final long nowNs)
    {
        return take(nowNs, 1);
    }

    /**
     * @param nowNs time of the loop.
     * @param count of tokens that are wanted, not negative.
     * @return whether there were so many, which are taken; false for 0.
     */
    boolean take(final long nowNs, final long count)
    {
        if (count == 0 || count > fullNs / tokenNs)
        {
            return false;
        }
        final long wantedNs = count * tokenNs;
        while (true)
        {
            final long before = emptyAtNs.get();
            final long from = emptyAt(before, nowNs);
            if (nowNs - from < wantedNs)
            {
                return false;
            }
            if (emptyAtNs.compareAndSet(before, from + wantedNs))
            {
                return true;
            }
        }
    }

    /** The same, full. */
    TokenBucket copy()
    {
        return new TokenBucket(maxTokens, 1, tokenNs);
    }

    /** Fills it. */
    void fill()
    {
        emptyAtNs.set(Long.MIN_VALUE);
    }

    /** Nanoseconds from token to token. */
    long tokenNs()
    {
        return tokenNs;
    }

    private long emptyAt(final long value, final long nowNs)
    {
        return value == Long.MIN_VALUE ? nowNs - fullNs : Math.max(value, nowNs - fullNs);
    }

    /**
     * @return most tokens.
     */
    public long maxTokens()
    {
        return maxTokens;
    }

    /**
     * @param nowNs time of the loop.
     * @return tokens that are there.
     */
    public long tokens(final long nowNs)
    {
        return Math.max(0, nowNs - emptyAt(emptyAtNs.get(), nowNs)) / tokenNs;
    }

    /**
     * @param nowNs time of the loop.
     * @return nanoseconds until there is a token, 0 when there is one.
     */
    public long nextNs(final long nowNs)
    {
        return Math.max(0, tokenNs - (nowNs - emptyAt(emptyAtNs.get(), nowNs)));
    }
}
