package dev.ringway.engine.balance;

import java.util.SplittableRandom;

/**
 * Earliest deadline first: each of some gets its turn as often as its weight says, as evenly as can be. A heap of
 * deadlines; weights may change from turn to turn. Loop thread only.
 */
final class Schedule
{
    private final double[] deadlines;
    /** Of equal deadlines the one set first comes first. */
    private final long[] sequences;
    private final int[] heap;
    private long sequence;

    /**
     * @param weights each more than 0, at least one.
     * @param random  decides where in their turns they begin, so that schedules of many loops do not go in step.
     */
    Schedule(final double[] weights, final SplittableRandom random)
    {
        final int count = weights.length;
        deadlines = new double[count];
        sequences = new long[count];
        heap = new int[count];
        for (int i = 0; i < count; i++)
        {
            deadlines[i] = (1 - random.nextDouble()) / weights[i];
            sequences[i] = sequence++;
            heap[i] = i;
        }
        for (int i = (count >> 1) - 1; i >= 0; i--)
        {
            siftDown(i);
        }
    }

    /** Whose turn it is; {@link #turn} is to follow. */
    int first()
    {
        return heap[0];
    }

    /**
     * It has had its turn.
     *
     * @param weight of the first from now on, more than 0.
     */
    void turn(final double weight)
    {
        final int first = heap[0];
        deadlines[first] += 1 / weight;
        sequences[first] = sequence++;
        siftDown(0);
    }

    private void siftDown(final int start)
    {
        final int moved = heap[start];
        int at = start;
        int child = (at << 1) + 1;
        while (child < heap.length)
        {
            if (child + 1 < heap.length && isBefore(heap[child + 1], heap[child]))
            {
                child++;
            }
            if (!isBefore(heap[child], moved))
            {
                break;
            }
            heap[at] = heap[child];
            at = child;
            child = (at << 1) + 1;
        }
        heap[at] = moved;
    }

    private boolean isBefore(final int one, final int other)
    {
        return deadlines[one] < deadlines[other] ||
            deadlines[one] == deadlines[other] && sequences[one] < sequences[other];
    }
}
