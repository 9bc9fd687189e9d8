package dev.ringway.engine.httpfilters;

import java.util.Arrays;
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
    private final DynamicBuckets[] dynamic;

    /**
     * @param common      {@code token_bucket}, or null.
     * @param descriptors no two for the same requests. An entry without a value stands for all, and each has a bucket.
     * @param takesAlways {@code always_consume_default_token_bucket}: whether requests that descriptors are for take a
     *                    token of {@code common} too.
     * @param mostDynamic {@code max_dynamic_descriptors}: most buckets of one descriptor.
     */
    public LimitBuckets(
        final TokenBucket common,
        final List<LimitDescriptor> descriptors,
        final boolean takesAlways,
        final int mostDynamic)
    {
        this(common, descriptors, takesAlways, descriptors.stream().filter(LimitDescriptor::isOpen)
            .map(descriptor -> new DynamicBuckets(descriptor, mostDynamic)).toArray(DynamicBuckets[]::new));
    }

    private LimitBuckets(
        final TokenBucket common,
        final List<LimitDescriptor> descriptors,
        final boolean takesAlways,
        final DynamicBuckets[] dynamic)
    {
        this.dynamic = dynamic;
        this.common = common;
        this.descriptors = descriptors;
        this.takesAlways = takesAlways;
        final int capacity = Integer.highestOneBit(Math.max(1, descriptors.size())) << 2;
        texts = new byte[capacity][];
        buckets = new TokenBucket[capacity];
        final LimitText text = new LimitText();
        for (final LimitDescriptor descriptor : descriptors)
        {
            if (descriptor.isOpen())
            {
                continue;
            }
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
        TokenBucket bucket = buckets[place(text)];
        for (int i = 0; i < dynamic.length && bucket == null; i++)
        {
            bucket = dynamic[i].find(text);
        }
        return bucket;
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
            descriptors.stream().map(LimitDescriptor::copy).toList(), takesAlways,
            Arrays.stream(dynamic).map(DynamicBuckets::copy).toArray(DynamicBuckets[]::new));
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
        for (final DynamicBuckets open : dynamic)
        {
            open.fill();
        }
    }
}
