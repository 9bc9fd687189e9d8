package dev.ringway.control.admin;

import dev.ringway.engine.counters.HistogramBuckets;

import java.math.BigDecimal;
import java.math.MathContext;

/**
 * What is known of one histogram at one moment.
 *
 * @param name   full stat name.
 * @param counts values in each bucket.
 */
record HistogramStat(String name, long[] counts)
{
    /** Percentiles that are shown. */
    static final double[] QUANTILES = {0, 25, 50, 75, 90, 95, 99, 99.5, 99.9, 100};

    /** Bounds of the buckets that are shown. */
    static final double[] BOUNDS = {0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000,
        300_000, 600_000, 1_800_000, 3_600_000};

    private static final MathContext SIX_DIGITS = new MathContext(6);

    long total()
    {
        long total = 0;
        for (final long count : counts)
        {
            total += count;
        }
        return total;
    }

    /**
     * @return sum of all values, each taken as the middle of its bucket.
     */
    double sum()
    {
        double sum = 0;
        for (int i = 0; i < counts.length; i++)
        {
            sum += counts[i] * (HistogramBuckets.lower(i) + HistogramBuckets.width(i) / 2);
        }
        return sum;
    }

    /**
     * @param percentile 0 to 100.
     * @return value below which that part of the values lies, spread evenly within a bucket; NaN without values.
     */
    double quantile(final double percentile)
    {
        final long rank = Math.max(1, (long)Math.ceil(total() * percentile / 100 - 1e-9));
        long below = 0;
        for (int i = 0; i < counts.length; i++)
        {
            if (below + counts[i] >= rank && counts[i] > 0)
            {
                return HistogramBuckets.lower(i) +
                    HistogramBuckets.width(i) * (rank - below) / (counts[i] + 1);
            }
            below += counts[i];
        }
        return Double.NaN;
    }

    /**
     * @param bound of a bucket.
     * @return values up to it.
     */
    long cumulative(final double bound)
    {
        long sum = 0;
        for (int i = 0; i < counts.length && HistogramBuckets.lower(i) <= bound; i++)
        {
            sum += counts[i];
        }
        return sum;
    }

    /** A bound with six digits at most, as C's {@code %g} prints it. */
    static String number(final double value)
    {
        if (value == 0)
        {
            return "0";
        }
        final BigDecimal rounded = new BigDecimal(value).round(SIX_DIGITS).stripTrailingZeros();
        final int exponent = rounded.precision() - rounded.scale() - 1;
        return exponent < 6 ? rounded.toPlainString() :
            rounded.movePointLeft(exponent).toPlainString() + (exponent < 10 ? "e+0" : "e+") + exponent;
    }

    /** A value with all its digits; {@code nan} without values. */
    static String value(final double value)
    {
        if (Double.isNaN(value))
        {
            return "nan";
        }
        return value == Math.rint(value) ? Long.toString((long)value) : Double.toString(value);
    }

    /** The same for JSON; {@code null} without values. */
    static String jsonNumber(final double value)
    {
        return Double.isNaN(value) ? "null" : value(value);
    }
}
