package dev.ringway.engine.balance;

import dev.ringway.engine.route.XxHash64;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;

/**
 * The table of Maglev (Eisenbud et al., NSDI 2016, 3.4) with weights: endpoints take free entries in turn, each in an
 * order of its own. The entries are those of Envoy.
 */
final class MaglevTable implements HashTable
{
    private final int[] entries;
    private final int fewest;
    private final int most;

    /** One endpoint while the table is filled. */
    private static final class Entry
    {
        private final String key;
        private final int index;
        private final double weight;
        private final long offset;
        private final long skip;
        private long next;
        private int count;
        private double target;

        Entry(final String key, final int index, final double weight, final int size)
        {
            this.key = key;
            this.index = index;
            this.weight = weight;
            final byte[] name = key.getBytes(StandardCharsets.UTF_8);
            final UnsafeBuffer buffer = new UnsafeBuffer(name);
            offset = Long.remainderUnsigned(XxHash64.hash(buffer, 0, name.length, 0), size);
            skip = Long.remainderUnsigned(XxHash64.hash(buffer, 0, name.length, 1), size - 1) + 1;
        }

        /** The next entry of its order that is free. */
        int take(final int[] entries)
        {
            int at = at(entries.length);
            while (entries[at] != Picker.NONE)
            {
                next++;
                at = at(entries.length);
            }
            next++;
            count++;
            return at;
        }

        private int at(final int size)
        {
            return (int)((offset + skip * next) % size);
        }
    }

    MaglevTable(final HostSet set, final HashWeights weights)
    {
        final int size = set.balancing().hashing().tableSize();
        final Entry[] hosts = new Entry[weights.indexes.length];
        for (int i = 0; i < hosts.length; i++)
        {
            hosts[i] = new Entry(
                HashWeights.key(set, weights.indexes[i]), weights.indexes[i], weights.weights[i], size);
        }
        // So that the same endpoints in another order have the same table.
        Arrays.sort(hosts, Comparator.comparing(host -> host.key));
        entries = new int[hosts.length == 0 ? 0 : size];
        Arrays.fill(entries, Picker.NONE);
        fill(hosts, weights.most);
        fewest = Arrays.stream(hosts).mapToInt(host -> host.count).min().orElse(0);
        most = Arrays.stream(hosts).mapToInt(host -> host.count).max().orElse(0);
    }

    private void fill(final Entry[] hosts, final double largest)
    {
        int filled = 0;
        for (long turn = 1; filled < entries.length; turn++)
        {
            for (int i = 0; i < hosts.length && filled < entries.length; i++)
            {
                final Entry host = hosts[i];
                // The heaviest has each turn, one of a third of its weight every third.
                if (turn * host.weight >= host.target)
                {
                    host.target += largest;
                    entries[host.take(entries)] = host.index;
                    filled++;
                }
            }
        }
    }

    public int pick(final long hash, final int attempt)
    {
        if (entries.length == 0)
        {
            return Picker.NONE;
        }
        final long mutated = attempt == 0 ? hash : hash ^ -attempt;
        return entries[(int)Long.remainderUnsigned(mutated, entries.length)];
    }

    public int size()
    {
        return entries.length;
    }

    public int fewest()
    {
        return fewest;
    }

    public int most()
    {
        return most;
    }
}
