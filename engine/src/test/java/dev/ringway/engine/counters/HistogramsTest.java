package dev.ringway.engine.counters;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

final class HistogramsTest
{
    @Test
    void shouldPutEveryValueIntoTheBucketThatHoldsIt()
    {
        int last = 0;
        for (long value = 0; value < HistogramBuckets.LIMIT; value += value < 20_000 ? 1 : 997)
        {
            final int index = HistogramBuckets.index(value);
            assertTrue(index == last || index > last, "order at " + value);
            last = index;
            assertTrue(HistogramBuckets.lower(index) <= value, "lower of " + value);
            assertTrue(index == HistogramBuckets.COUNT - 1 || value < HistogramBuckets.lower(index + 1), "upper of " + value);
            assertTrue(value - HistogramBuckets.lower(index) <= value / 10, "width at " + value);
        }
        assertEquals(HistogramBuckets.COUNT - 1, HistogramBuckets.index(HistogramBuckets.LIMIT - 1));
        assertEquals(HistogramBuckets.COUNT - 1, HistogramBuckets.index(Long.MAX_VALUE));
        assertEquals(0, HistogramBuckets.index(-1));
    }

    @Test
    void shouldUseEveryBucket()
    {
        for (int i = 0; i < HistogramBuckets.COUNT; i++)
        {
            assertEquals(i, HistogramBuckets.index(HistogramBuckets.lower(i)));
        }
        assertEquals(0.1, HistogramBuckets.width(9));
        assertEquals(1, HistogramBuckets.width(10));
        assertEquals(10, HistogramBuckets.width(HistogramBuckets.index(100)));
        assertEquals(100_000, HistogramBuckets.width(HistogramBuckets.COUNT - 1));
    }

    @Test
    void shouldSumOverLoops()
    {
        final Histograms histograms = new Histograms(2);
        try
        {
            final int first = histograms.register("a");
            final int second = histograms.register("b");
            assertEquals(first, histograms.register("a"));
            for (int loop = 0; loop < 2; loop++)
            {
                final LoopCounters counters = new LoopCounters(new UnsafeBuffer(new byte[64]), histograms, loop);
                counters.record(first, 5);
                counters.record(second, HistogramBuckets.LIMIT * 3);
                counters.record(Histograms.NONE, 1);
            }
            assertEquals(2, histograms.counts(first)[5]);
            assertEquals(2, histograms.counts(second)[HistogramBuckets.COUNT - 1]);
            assertEquals(0, histograms.counts(second)[5]);
        }
        finally
        {
            histograms.free();
        }
    }

    @Test
    void shouldKeepNoMoreThanFit()
    {
        final Histograms histograms = new Histograms(1);
        try
        {
            final LoopCounters counters = new LoopCounters(new UnsafeBuffer(new byte[64]), histograms, 0);
            for (int i = 0; i < Histograms.CAPACITY; i++)
            {
                assertEquals(i, histograms.register("h" + i));
            }
            counters.record(Histograms.CAPACITY - 1, HistogramBuckets.LIMIT);
            assertEquals(Histograms.NONE, histograms.register("one more"));
        }
        finally
        {
            histograms.free();
        }
    }
}
