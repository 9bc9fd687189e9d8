package dev.ringway.engine.balance;

import dev.ringway.engine.route.XxHash64;
import dev.ringway.engine.snapshot.Balancing.Hashing;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A ring of hashes: each endpoint has points on it as its weight says, and takes what lies before one (Ketama). The
 * points are those of Envoy.
 */
final class HashRing implements HashTable
{
    private final long[] points;
    private final int[] owners;
    private final int fewest;
    private final int most;

    HashRing(final HostSet set, final HashWeights weights)
    {
        final Hashing settings = set.balancing().hashing();
        final int hosts = weights.indexes.length;
        final double scale = hosts == 0 ? 0 : Math.min(
            Math.ceil(weights.least * settings.minimumRingSize()) / weights.least, settings.maximumRingSize());
        // Sums of fractions may come out a little higher than the whole.
        final long[] hashes = new long[(int)Math.ceil(scale) + hosts];
        final int[] indexes = new int[hashes.length];
        final UnsafeBuffer buffer = new UnsafeBuffer(0, 0);
        double target = 0;
        int count = 0;
        int least = hosts == 0 ? 0 : (int)Math.ceil(scale);
        int largest = 0;
        for (int i = 0; i < hosts; i++)
        {
            final String key = HashWeights.key(set, weights.indexes[i]) + "_";
            target += scale * weights.weights[i];
            final int first = count;
            for (; count < target && count < hashes.length; count++)
            {
                final byte[] name = (key + (count - first)).getBytes(StandardCharsets.UTF_8);
                buffer.wrap(name);
                hashes[count] = settings.isMurmur() ?
                    Murmur2.hash(buffer, name.length) : XxHash64.hash(buffer, 0, name.length, 0);
                indexes[count] = weights.indexes[i];
            }
            least = Math.min(least, count - first);
            largest = Math.max(largest, count - first);
        }
        fewest = least;
        most = largest;
        points = new long[count];
        owners = new int[count];
        sort(hashes, indexes, count);
    }

    /** By hash as a number without sign; the order of the configuration where two are equal. */
    private void sort(final long[] hashes, final int[] indexes, final int count)
    {
        for (int i = 0; i < count; i++)
        {
            points[i] = hashes[i] ^ Long.MIN_VALUE;
        }
        Arrays.sort(points);
        Arrays.fill(owners, Picker.NONE);
        for (int i = 0; i < count; i++)
        {
            int at = at(hashes[i] ^ Long.MIN_VALUE);
            while (owners[at] != Picker.NONE)
            {
                at++;
            }
            owners[at] = indexes[i];
        }
    }

    /** The first point that is not below, or how many there are. */
    private int at(final long wanted)
    {
        int low = 0;
        int high = points.length;
        while (low < high)
        {
            final int middle = low + high >>> 1;
            if (points[middle] < wanted)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }
        return low;
    }

    public int pick(final long hash, final int attempt)
    {
        if (points.length == 0)
        {
            return Picker.NONE;
        }
        final int at = at(hash ^ Long.MIN_VALUE);
        return owners[(int)(((long)(at == points.length ? 0 : at) + attempt) % owners.length)];
    }

    public int size()
    {
        return points.length;
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
