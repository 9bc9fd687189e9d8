package dev.ringway.engine.balance;

import java.util.SplittableRandom;

/**
 * As often as their weights say, one after the other as evenly as can be.
 */
final class WeightedPicker implements Picker
{
    private final HostWeights weights;
    private final int[] indexes;
    private final Schedule schedule;

    /**
     * @param weights of the endpoints.
     * @param indexes of those that are meant, at least one.
     * @param random  decides where they begin.
     * @param nowNs   monotonic.
     */
    WeightedPicker(final HostWeights weights, final int[] indexes, final SplittableRandom random, final long nowNs)
    {
        this.weights = weights;
        this.indexes = indexes;
        final double[] first = new double[indexes.length];
        for (int i = 0; i < first.length; i++)
        {
            first[i] = weights.of(indexes[i], nowNs);
        }
        schedule = new Schedule(first, random);
    }

    public int pick(final long nowNs)
    {
        final int index = indexes[schedule.first()];
        schedule.turn(weights.of(index, nowNs));
        return index;
    }
}
