package dev.ringway.engine.httpfilters;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Buckets that are made as values come: one for each combination of values that a descriptor leaves open, up to a bound,
 * beyond which one that was not asked for long makes room: the one not asked for longest where there are at most
 * {@value #LOOKED_AT}, of so many beyond. Any loop thread, and none ever waits for another: what is changed is changed
 * by one exchange of a reference, which is tried again when another loop was faster. Allocates for each combination that
 * it has not, and nothing for others.
 */
final class DynamicBuckets
{
    static final int LOOKED_AT = 128;
    private static final int MOST_CHAINS = 1 << 16;

    private final LimitDescriptor descriptor;
    private final int most;
    /** Made with the first value: many a connection has none. */
    private final AtomicReference<Table> table = new AtomicReference<>();

    /** What has a bucket. */
    private static final class Value
    {
        private final byte[] text;
        private final long hash;
        private final TokenBucket bucket;
        /** When it was asked for, as a number that grows. */
        private final AtomicLong asked = new AtomicLong();

        private Value(final byte[] text, final long hash, final TokenBucket bucket)
        {
            this.text = text;
            this.hash = hash;
            this.bucket = bucket;
        }
    }

    /** A chain, which never changes: another one takes its place. */
    private record Chain(Value value, Chain next)
    {
        Chain without(final Value gone)
        {
            Chain kept = null;
            for (Chain chain = this; chain != null; chain = chain.next)
            {
                kept = chain.value == gone ? kept : new Chain(chain.value, kept);
            }
            return kept;
        }
    }

    /** All values: in chains by their hash, where they are found, and in places, of which there are as many as may be. */
    private static final class Table
    {
        private final AtomicReferenceArray<Chain> chains;
        private final AtomicReferenceArray<Value> places;
        private final AtomicLong clock = new AtomicLong();
        private final AtomicLong next = new AtomicLong();

        private Table(final int most)
        {
            chains = new AtomicReferenceArray<>(Integer.highestOneBit(Math.min(most, MOST_CHAINS >> 1)) << 1);
            places = new AtomicReferenceArray<>(most);
        }

        private int chain(final long hash)
        {
            return (int)hash & chains.length() - 1;
        }

        private static Value find(final Chain first, final LimitText text, final long hash)
        {
            Chain chain = first;
            while (chain != null && !(chain.value.hash == hash && text.is(chain.value.text)))
            {
                chain = chain.next;
            }
            return chain == null ? null : chain.value;
        }

        /** Loops that ask at once may have the same number, which orders them as well as any. */
        private void touch(final Value value)
        {
            final long now = clock.getPlain() + 1;
            clock.setOpaque(now);
            value.asked.setOpaque(now);
        }

        /** Another loop may have added the same meanwhile: then that one. */
        private Value add(final Value fresh, final LimitText text)
        {
            final int at = chain(fresh.hash);
            while (true)
            {
                final Chain chain = chains.get(at);
                final Value known = find(chain, text, fresh.hash);
                if (known != null)
                {
                    return known;
                }
                if (chains.compareAndSet(at, chain, new Chain(fresh, chain)))
                {
                    place(fresh);
                    return fresh;
                }
            }
        }

        private void place(final Value fresh)
        {
            touch(fresh);
            while (true)
            {
                final int at = placeToTake();
                final Value gone = places.get(at);
                if (places.compareAndSet(at, gone, fresh))
                {
                    if (gone != null)
                    {
                        remove(gone);
                    }
                    return;
                }
            }
        }

        private int placeToTake()
        {
            final int length = places.length();
            final long first = next.getAndIncrement();
            if (first < length)
            {
                return (int)first;
            }
            final int start = length <= LOOKED_AT ? 0 : (int)((first - length) * LOOKED_AT % length);
            int oldest = start;
            long since = Long.MAX_VALUE;
            for (int i = 0, count = Math.min(length, LOOKED_AT); i < count; i++)
            {
                final int at = (start + i) % length;
                final Value value = places.get(at);
                final long asked = value == null ? 0 : value.asked.getOpaque();
                if (asked < since)
                {
                    since = asked;
                    oldest = at;
                }
            }
            return oldest;
        }

        private void remove(final Value gone)
        {
            final int at = chain(gone.hash);
            Chain chain = chains.get(at);
            while (!chains.compareAndSet(at, chain, chain.without(gone)))
            {
                chain = chains.get(at);
            }
        }
    }

    /**
     * @param descriptor entries of which one at least has no value, and what each bucket begins as.
     * @param most       {@code max_dynamic_descriptors}, at least 1.
     */
    DynamicBuckets(final LimitDescriptor descriptor, final int most)
    {
        this.descriptor = descriptor;
        this.most = most;
    }

    /** The bucket for requests of which that is said, or null when the descriptor is not for them. */
    TokenBucket find(final LimitText text)
    {
        if (!text.fits(descriptor.entries()))
        {
            return null;
        }
        final Table all = table();
        final long hash = text.hash();
        Value value = Table.find(all.chains.get(all.chain(hash)), text, hash);
        if (value == null)
        {
            value = all.add(new Value(text.bytes(), hash, descriptor.bucket().copy()), text);
        }
        else
        {
            all.touch(value);
        }
        return value.bucket;
    }

    private Table table()
    {
        final Table known = table.get();
        if (known != null)
        {
            return known;
        }
        final Table fresh = new Table(most);
        return table.compareAndSet(null, fresh) ? fresh : table.get();
    }

    /** The same with buckets of its own, of which there are none yet. */
    DynamicBuckets copy()
    {
        return new DynamicBuckets(descriptor, most);
    }

    /** Fills all buckets. Nobody else looks. */
    void fill()
    {
        final Table known = table.get();
        for (int i = 0; known != null && i < known.places.length() && known.places.get(i) != null; i++)
        {
            known.places.get(i).bucket.fill();
        }
    }
}
