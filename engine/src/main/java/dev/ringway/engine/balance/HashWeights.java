package dev.ringway.engine.balance;

/**
 * What endpoints weigh in a table of hashes: all together 1. Fixed once made.
 */
final class HashWeights
{
    final int[] indexes;
    final double[] weights;
    final double least;
    final double most;

    private HashWeights(final int[] indexes, final double[] weights)
    {
        this.indexes = indexes;
        this.weights = weights;
        double smallest = 1;
        double largest = 0;
        for (final double weight : weights)
        {
            smallest = Math.min(smallest, weight);
            largest = Math.max(largest, weight);
        }
        least = smallest;
        most = largest;
    }

    static HashWeights of(final HostSet set, final HostGroup group, final boolean isPanic)
    {
        final int[] some = isPanic ? group.all : group.healthy;
        if (group.localities.length == 0)
        {
            final double[] weights = new double[some.length];
            fill(set, some, 1, weights, 0);
            return new HashWeights(some, weights);
        }
        long sum = 0;
        int count = 0;
        for (final HostGroup locality : group.localities)
        {
            sum += locality.weight;
            count += locality.weight > 0 ? (isPanic ? locality.all : locality.healthy).length : 0;
        }
        final int[] indexes = new int[count];
        final double[] weights = new double[count];
        int at = 0;
        for (final HostGroup locality : group.localities)
        {
            if (locality.weight > 0)
            {
                final int[] there = isPanic ? locality.all : locality.healthy;
                System.arraycopy(there, 0, indexes, at, there.length);
                fill(set, there, (double)locality.weight / sum, weights, at);
                at += there.length;
            }
        }
        return new HashWeights(indexes, weights);
    }

    private static void fill(
        final HostSet set, final int[] some, final double share, final double[] weights, final int start)
    {
        long sum = 0;
        for (final int index : some)
        {
            sum += set.endpoint(index).weight();
        }
        for (int i = 0; i < some.length; i++)
        {
            weights[start + i] = set.endpoint(some[i]).weight() * share / sum;
        }
    }

    /** What an endpoint is known by. */
    static String key(final HostSet set, final int index)
    {
        final String own = set.endpoint(index).metadata().hashKey();
        if (own != null && !own.isEmpty())
        {
            return own;
        }
        final String hostname = set.endpoint(index).hostname();
        return set.balancing().hashing().byHostname() && !hostname.isEmpty() ?
            hostname : set.endpoint(index).address().toString();
    }
}
