package dev.ringway.control.dns;

import dev.ringway.control.translate.Lookups;
import dev.ringway.control.translate.Lookups.Family;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

final class LookupWaitsTest
{
    private static final long MS = 1_000_000L;

    /** Chance gives the most that it may. */
    private static LookupWaits waits(final long jitterNs, final long baseNs, final long mostNs)
    {
        return new LookupWaits(new Lookups(5_000 * MS, Family.AUTO, jitterNs, baseNs, mostNs), bound -> bound - 1);
    }

    @Test
    void shouldWaitAsLongAfterFailuresWhereNothingIsSaid()
    {
        final LookupWaits waits = waits(0, 0, 0);
        assertEquals(5_000 * MS, waits.nextNs(false));
        assertEquals(5_000 * MS, waits.nextNs(true));
    }

    @Test
    void shouldAddSomethingByChance()
    {
        assertEquals(5_100 * MS - 1, waits(100 * MS, 0, 0).nextNs(false));
    }

    @Test
    void shouldDoubleTheBoundWithEachFailureInARow()
    {
        final LookupWaits waits = waits(0, 100 * MS, 350 * MS);
        assertEquals(100 * MS - 1, waits.nextNs(true));
        assertEquals(200 * MS - 1, waits.nextNs(true));
        assertEquals(350 * MS - 1, waits.nextNs(true));
        assertEquals(350 * MS - 1, waits.nextNs(true));
        assertEquals(5_000 * MS, waits.nextNs(false));
        assertEquals(100 * MS - 1, waits.nextNs(true));
    }

    @Test
    void shouldNeverBeAskedToWaitForNothing()
    {
        final LookupWaits waits = new LookupWaits(
            new Lookups(5_000 * MS, Family.AUTO, 0, 100 * MS, 100 * MS), bound -> 0);
        assertEquals(MS, waits.nextNs(true));
    }
}
