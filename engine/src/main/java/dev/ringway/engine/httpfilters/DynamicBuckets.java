package dev.ringway.engine.httpfilters;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Buckets that are made as values come: one for each combination of values that a descriptor leaves open, up to a bound,
 * beyond which the one that was not asked for longest begins anew for another. Any loop thread; one looks at a time, for
 * the time of a search, and others spin so long. Allocates when there are more values than ever, or longer ones.
 */
final class DynamicBuckets
{
    private static final int NONE = -1;
    private static final int INITIAL = 16;

    private final LimitDescriptor descriptor;
    private final int most;
    private final AtomicBoolean isTaken = new AtomicBoolean();
    private int[] heads = filled(INITIAL << 1);
    private byte[][] texts = new byte[INITIAL][];
    private int[] lengths = new int[INITIAL];
    private long[] hashes = new long[INITIAL];
    private TokenBucket[] buckets = new TokenBucket[INITIAL];
    /** The next one with the same head. */
    private int[] nexts = new int[INITIAL];
    private int[] newer = new int[INITIAL];
    private int[] older = new int[INITIAL];
    private int newest = NONE;
    private int oldest = NONE;
    private int count;

    /**
     * @param descriptor entries of which one at least has no value, and what each bucket begins as.
     * @param most       {@code max_dynamic_descriptors}, at least 1.
     */
    DynamicBuckets(final LimitDescriptor descriptor, final int most)
    {
        this.descriptor = descriptor;
        this.most = most;
    }

    private static int[] filled(final int length)
    {
        final int[] heads = new int[length];
        Arrays.fill(heads, NONE);
        return heads;
    }

    /** The bucket for requests of which that is said, or null when the descriptor is not for them. */
    TokenBucket find(final LimitText text)
    {
        if (!text.fits(descriptor.entries()))
        {
            return null;
        }
        while (!isTaken.compareAndSet(false, true))
        {
            Thread.onSpinWait();
        }
        try
        {
            return findOrAdd(text);
        }
        finally
        {
            isTaken.set(false);
        }
    }

    private TokenBucket findOrAdd(final LimitText text)
    {
        final long hash = text.hash();
        int at = heads[head(hash)];
        while (at != NONE && !(hashes[at] == hash && text.is(texts[at], lengths[at])))
        {
            at = nexts[at];
        }
        if (at == NONE)
        {
            at = add(text, hash);
        }
        else if (at != newest)
        {
            unlink(at);
            link(at);
        }
        return buckets[at];
    }

    private int head(final long hash)
    {
        return (int)hash & heads.length - 1;
    }

    private int add(final LimitText text, final long hash)
    {
        final int at;
        if (count < most)
        {
            at = count++;
            grow();
            buckets[at] = descriptor.bucket().copy();
        }
        else
        {
            at = oldest;
            unlink(at);
            forget(at);
            buckets[at].fill();
        }
        texts[at] = text.copyTo(texts[at]);
        lengths[at] = text.length();
        hashes[at] = hash;
        nexts[at] = heads[head(hash)];
        heads[head(hash)] = at;
        link(at);
        return at;
    }

    private void grow()
    {
        if (count <= texts.length)
        {
            return;
        }
        final int length = texts.length << 1;
        texts = Arrays.copyOf(texts, length);
        lengths = Arrays.copyOf(lengths, length);
        hashes = Arrays.copyOf(hashes, length);
        buckets = Arrays.copyOf(buckets, length);
        nexts = Arrays.copyOf(nexts, length);
        newer = Arrays.copyOf(newer, length);
        older = Arrays.copyOf(older, length);
        heads = filled(length << 1);
        for (int i = 0; i < count - 1; i++)
        {
            nexts[i] = heads[head(hashes[i])];
            heads[head(hashes[i])] = i;
        }
    }

    private void forget(final int at)
    {
        final int head = head(hashes[at]);
        if (heads[head] == at)
        {
            heads[head] = nexts[at];
            return;
        }
        int before = heads[head];
        while (nexts[before] != at)
        {
            before = nexts[before];
        }
        nexts[before] = nexts[at];
    }

    private void link(final int at)
    {
        newer[at] = NONE;
        older[at] = newest;
        if (newest == NONE)
        {
            oldest = at;
        }
        else
        {
            newer[newest] = at;
        }
        newest = at;
    }

    private void unlink(final int at)
    {
        if (newer[at] == NONE)
        {
            newest = older[at];
        }
        else
        {
            older[newer[at]] = older[at];
        }
        if (older[at] == NONE)
        {
            oldest = newer[at];
        }
        else
        {
            newer[older[at]] = newer[at];
        }
    }

    /** The same with buckets of its own, of which there are none yet. */
    DynamicBuckets copy()
    {
        return new DynamicBuckets(descriptor, most);
    }

    /** Fills all buckets. Nobody else looks. */
    void fill()
    {
        for (int i = 0; i < count; i++)
        {
            buckets[i].fill();
        }
    }
}
