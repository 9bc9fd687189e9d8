package dev.ringway.engine.balance;

import dev.ringway.engine.counters.EndpointCounters;

import java.util.SplittableRandom;

/**
 * The one with fewest requests of some picked by chance, for endpoints of equal weight.
 */
final class FewestPicker implements Picker
{
    private final HostSet set;
    private final int[] indexes;
    private final int choiceCount;
    private final SplittableRandom random;

    FewestPicker(final HostSet set, final int[] indexes, final int choiceCount, final SplittableRandom random)
    {
        this.set = set;
        this.indexes = indexes;
        this.choiceCount = choiceCount;
        this.random = random;
    }

    public int pick(final long nowNs)
    {
        if (indexes.length < 2)
        {
            return indexes.length == 0 ? NONE : indexes[0];
        }
        int best = NONE;
        long fewest = Long.MAX_VALUE;
        for (int i = 0; i < choiceCount; i++)
        {
            final int index = indexes[random.nextInt(indexes.length)];
            final long active = set.health(index).counters().sum(EndpointCounters.RQ_ACTIVE);
            if (active < fewest)
            {
                fewest = active;
                best = index;
            }
        }
        return best;
    }
}
