package dev.ringway.engine.counters;

/**
 * Buckets of a histogram: each whole number below 100 has its own, from there each power of ten has ninety, so a bucket is
 * at most a tenth of its values wide. These are the buckets of Envoy's histograms, as far as whole numbers go.
 */
public final class HistogramBuckets
{
    /** Number of buckets. */
    public static final int COUNT = 550;

    /** Values from here on share the last bucket. */
    static final long LIMIT = 10_000_000;

    private static final int EXACT = 100;
    private static final int PER_DECADE = 90;

    private HistogramBuckets()
    {
    }

    /**
     * @param value not negative; what is counts as 0.
     * @return its bucket.
     */
    public static int index(final long value)
    {
        if (value < EXACT)
        {
            return (int)Math.max(0, value);
        }
        if (value < 1000)
        {
            return PER_DECADE + (int)value / 10;
        }
        if (value < 10_000)
        {
            return 2 * PER_DECADE + (int)value / 100;
        }
        if (value < 100_000)
        {
            return 3 * PER_DECADE + (int)value / 1000;
        }
        if (value < 1_000_000)
        {
            return 4 * PER_DECADE + (int)value / 10_000;
        }
        return value < LIMIT ? 5 * PER_DECADE + (int)value / 100_000 : COUNT - 1;
    }

    /**
     * @param index of a bucket.
     * @return its smallest value.
     */
    public static long lower(final int index)
    {
        return scale(index) * (index - (long)PER_DECADE * decades(index));
    }

    /**
     * @param index of a bucket.
     * @return how wide Envoy draws it: numbers below 10 have a tenth, 0 has no width.
     */
    public static double width(final int index)
    {
        if (index < EXACT)
        {
            return index == 0 ? 0 : index < 10 ? 0.1 : 1;
        }
        return scale(index);
    }

    private static int decades(final int index)
    {
        return index < EXACT ? 0 : (index - 10) / PER_DECADE;
    }

    private static long scale(final int index)
    {
        long scale = 1;
        for (int i = decades(index); i > 0; i--)
        {
            scale *= 10;
        }
        return scale;
    }
}
