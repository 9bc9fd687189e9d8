package dev.ringway.engine.httpfilters;

import java.util.List;

/**
 * The buckets of one limit: that of all requests and those of {@link LimitDescriptor}s. What {@link TokenBucket} says of
 * threads holds.
 */
public final class LimitBuckets
{
    private final TokenBucket common;
    private final List<LimitDescriptor> descriptors;
    private final boolean takesAlways;
    private final byte[][] texts;
    private final TokenBucket[] buckets;

    /**
     * @param common      {@code token_bucket}, or null.
     * @param descriptors no two for the same requests.
     * @param takesAlways {@code always_consume_default_token_bucket}: whether requests that descriptors are for take a
     *                    token of {@code common} too.
     */
    public LimitBuckets(final TokenBucket common, final List<LimitDescriptor> descriptors, final boolean takesAlways)
    {
        this.common = common;
        this.descriptors = descriptors;
        this.takesAlways = takesAlways;
        final int capacity = Integer.highestOneBit(Math.max(1, descriptors.size())) << 2;
        texts = new byte[capacity][];
        buckets = new TokenBucket[capacity];
        final LimitText text = new LimitText();
        for (final LimitDescriptor descriptor : descriptors)
        {
            final int place = place(text.clear().append(descriptor));
            texts[place] = text.bytes();
            buckets[place] = descriptor.bucket();
        }
    }

    /** Where what is said of a request stands or would stand. */
    private int place(final LimitText text)
    {
        int place = (int)text.hash() & texts.length - 1;
        while (texts[place] != null && !text.is(texts[place]))
        {
            place = place + 1 & texts.length - 1;
        }
        return place;
    }

    /** The bucket for requests of which that is said, or null. */
    TokenBucket find(final LimitText text)
    {
        return buckets[place(text)];
    }

    /** That of all requests, or null. */
    TokenBucket common()
    {
        return common;
    }

    /** Whether requests with a bucket of their own take a token of {@link #common} too. */
    boolean takesAlways()
    {
        return takesAlways;
    }

    /**
     * @return whether there are descriptors.
     */
    public boolean hasDescriptors()
    {
        return !descriptors.isEmpty();
    }

    /** The same with full buckets of its own. */
    LimitBuckets copy()
    {
        return new LimitBuckets(common == null ? null : common.copy(),
            descriptors.stream().map(LimitDescriptor::copy).toList(), takesAlways);
    }

    /** Fills all buckets. */
    void fill()
    {
        if (common != null)
        {
            common.fill();
        }
        for (int i = 0; i < descriptors.size(); i++)
        {
            descriptors.get(i).bucket().fill();
        }
    }
}
