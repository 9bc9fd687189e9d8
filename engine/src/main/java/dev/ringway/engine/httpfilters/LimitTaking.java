package dev.ringway.engine.httpfilters;

import dev.ringway.engine.filter.FilterExchange;

import java.util.Arrays;

/**
 * Takes the tokens of one request after the other. One for each filter, reused; allocates nothing once it has seen the
 * most rules. Loop thread only.
 */
final class LimitTaking
{
    private final LimitAction.Speaker speaker = new LimitAction.Speaker();
    private TokenBucket[] found = new TokenBucket[4];
    private long[] wanted = new long[4];
    private int count;
    private TokenBucket told;

    /**
     * Takes a token from each bucket that is for a request; the one that fills most slowly is asked first, and where one
     * is empty those behind it keep their tokens.
     */
    boolean take(final LimitBuckets buckets, final LimitAction[][] rules, final FilterExchange exchange)
    {
        find(buckets, rules, exchange);
        final long nowNs = exchange.nowNs();
        for (int i = 0; i < count; i++)
        {
            told = found[i];
            if (!told.take(nowNs, wanted[i]))
            {
                return false;
            }
        }
        final TokenBucket common = count == 0 || buckets.takesAlways() ? buckets.common() : null;
        final boolean isTaken = common == null || common.take(nowNs);
        told = count == 0 || !isTaken ? common : found[0];
        return isTaken;
    }

    private void find(final LimitBuckets buckets, final LimitAction[][] rules, final FilterExchange exchange)
    {
        count = 0;
        if (!buckets.hasDescriptors() || rules.length == 0)
        {
            return;
        }
        if (rules.length > found.length)
        {
            found = Arrays.copyOf(found, rules.length);
            wanted = Arrays.copyOf(wanted, rules.length);
        }
        speaker.of(exchange);
        for (int i = 0; i < rules.length; i++)
        {
            final LimitText text = speaker.say(rules[i]);
            final TokenBucket bucket = text == null ? null : buckets.find(text);
            if (bucket != null)
            {
                insert(bucket, speaker.tokens());
            }
        }
    }

    private void insert(final TokenBucket bucket, final long tokens)
    {
        int at = count++;
        for (; at > 0 && found[at - 1].tokenNs() < bucket.tokenNs(); at--)
        {
            found[at] = found[at - 1];
            wanted[at] = wanted[at - 1];
        }
        found[at] = bucket;
        wanted[at] = tokens;
    }

    /** The bucket that clients are told of, or null when the last request had none. */
    TokenBucket told()
    {
        return told;
    }
}
