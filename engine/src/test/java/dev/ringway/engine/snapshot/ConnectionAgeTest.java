package dev.ringway.engine.snapshot;

import org.junit.jupiter.api.Test;

import java.util.LongSummaryStatistics;
import java.util.stream.LongStream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ConnectionAgeTest
{
    private static final long NOW_NS = 7;

    @Test
    void shouldEndAtTheAge()
    {
        assertEquals(NOW_NS + 100, new ConnectionAge(100, 0).overAtNs(NOW_NS));
        assertEquals(Long.MAX_VALUE, ConnectionAge.UNBOUNDED.overAtNs(NOW_NS));
        assertEquals(Long.MAX_VALUE, new ConnectionAge(0, 50).overAtNs(NOW_NS));
    }

    @Test
    void shouldSpreadTheEndsOverTheJitter()
    {
        final ConnectionAge age = new ConnectionAge(1_000_000, 100_000);
        final LongSummaryStatistics ends =
            LongStream.range(0, 1_000).map(i -> age.overAtNs(NOW_NS) - NOW_NS).summaryStatistics();
        assertTrue(ends.getMin() >= 1_000_000 && ends.getMin() < 1_010_000, ends::toString);
        assertTrue(ends.getMax() <= 1_100_000 && ends.getMax() > 1_090_000, ends::toString);
    }
}
