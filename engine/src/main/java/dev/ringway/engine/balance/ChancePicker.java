package dev.ringway.engine.balance;

import java.util.SplittableRandom;

/**
 * By chance, whatever the weights.
 */
final class ChancePicker implements Picker
{
    private final int[] indexes;
    private final SplittableRandom random;

    ChancePicker(final int[] indexes, final SplittableRandom random)
    {
        this.indexes = indexes;
        this.random = random;
    }

    public int pick(final long nowNs)
    {
        return indexes.length == 0 ? NONE : indexes[random.nextInt(indexes.length)];
    }
}
