package dev.ringway.control.admin;

import dev.ringway.engine.counters.HistogramBuckets;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

final class HistogramStatTest
{
    /** Values by bucket, and quantiles, as Envoy 1.40 printed them for sixty requests. */
    private static final String TOTALS = "14:2 25:1 55:3 58:2 59:7 62:1 63:4 65:2 66:1 67:1 71:3 74:1 75:1 77:3 79:1 81:1 " +
        "98:1 120:1 150:9 160:6 170:1 180:2 190:1 200:2 210:1 250:2";
    private static final String[] QUANTILES = {"14.333333333333334", "59.875", "77.25", "159", "186.66666666666666",
        "206.66666666666666", "256.6666666666667", "256.6666666666667", "256.6666666666667", "256.6666666666667"};

    private static HistogramStat stat(final String totals)
    {
        final long[] counts = new long[HistogramBuckets.COUNT];
        for (final String total : totals.isEmpty() ? new String[0] : totals.split(" "))
        {
            final String[] parts = total.split(":");
            counts[HistogramBuckets.index(Long.parseLong(parts[0]))] = Long.parseLong(parts[1]);
        }
        return new HistogramStat("h", counts);
    }

    @Test
    void shouldAgreeWithEnvoy()
    {
        final HistogramStat stat = stat(TOTALS);
        for (int i = 0; i < QUANTILES.length; i++)
        {
            assertEquals(QUANTILES[i], HistogramStat.value(stat.quantile(HistogramStat.QUANTILES[i])),
                "P" + HistogramStat.QUANTILES[i]);
        }
        assertEquals(60, stat.total());
        assertEquals(0, stat.cumulative(10));
        assertEquals(3, stat.cumulative(25));
        assertEquals(35, stat.cumulative(100));
        assertEquals(60, stat.cumulative(250));
        // Envoy takes another middle for each bucket and gets 6573.7.
        assertEquals(6573.7, stat.sum(), 5);
    }

    @Test
    void shouldPrintNumbersAsEnvoy()
    {
        assertEquals("nan", HistogramStat.value(stat("").quantile(50)));
        assertEquals("null", HistogramStat.jsonNumber(Double.NaN));
        assertEquals("0", HistogramStat.value(stat("0:3").quantile(99.9)));
        assertEquals("9950000", HistogramStat.value(stat("99000000:1").quantile(100)));
        assertEquals("1.8e+06", HistogramStat.number(1_800_000));
        assertEquals("99.5", HistogramStat.number(99.5));
        assertEquals("300000", HistogramStat.number(300_000));
        assertEquals("0.5", HistogramStat.number(0.5));
    }
}
