package dev.ringway.control.dns;

import dev.ringway.control.translate.Lookups;
import dev.ringway.control.translate.Lookups.Family;
import dev.ringway.control.translate.NameServers;
import org.junit.jupiter.api.Test;

import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;

final class LookupWaitsTest
{
    private static final long MS = 1_000_000L;
    private static final Answer FOUND = new Answer(List.of(), 0, false);

    /** Chance gives the most that it may. */
    private static LookupWaits waits(final long jitterNs, final long baseNs, final long mostNs)
    {
        return new LookupWaits(new Lookups(5_000 * MS, true, Family.AUTO, jitterNs, baseNs,
            mostNs, NameServers.SYSTEM), bound -> bound - 1);
    }

    @Test
    void shouldWaitAsLongAfterFailuresWhereNothingIsSaid()
    {
        final LookupWaits waits = waits(0, 0, 0);
        assertEquals(5_000 * MS, waits.nextNs(FOUND));
        assertEquals(5_000 * MS, waits.nextNs(Answer.FAILED));
    }

    @Test
    void shouldAddSomethingByChance()
    {
        assertEquals(5_100 * MS - 1, waits(100 * MS, 0, 0).nextNs(FOUND));
    }

    @Test
    void shouldDoubleTheBoundWithEachFailureInARow()
    {
        final LookupWaits waits = waits(0, 100 * MS, 350 * MS);
        assertEquals(100 * MS - 1, waits.nextNs(Answer.FAILED));
        assertEquals(200 * MS - 1, waits.nextNs(Answer.FAILED));
        assertEquals(350 * MS - 1, waits.nextNs(Answer.FAILED));
        assertEquals(350 * MS - 1, waits.nextNs(Answer.FAILED));
        assertEquals(5_000 * MS, waits.nextNs(FOUND));
        assertEquals(100 * MS - 1, waits.nextNs(Answer.FAILED));
    }

    @Test
    void shouldNeverBeAskedToWaitForNothing()
    {
        final LookupWaits waits = new LookupWaits(
            new Lookups(5_000 * MS, true, Family.AUTO, 0, 100 * MS, 100 * MS, NameServers.SYSTEM), bound -> 0);
        assertEquals(MS, waits.nextNs(Answer.FAILED));
    }

    @Test
    void shouldWaitAsLongAsAnAnswerHoldsWhereThatIsAskedFor()
    {
        final Answer answer = new Answer(List.of(), 300 * MS, false);
        assertEquals(300 * MS, waits(0, 0, 0).nextNs(answer));
        assertEquals(5_000 * MS, waits(0, 0, 0).nextNs(answer.failed()));
        assertEquals(310 * MS - 1, waits(10 * MS, 0, 0).nextNs(answer));
        assertEquals(5_000 * MS, new LookupWaits(
            new Lookups(5_000 * MS, false, Family.AUTO, 0, 0, 0, NameServers.SYSTEM), bound -> 0).nextNs(answer));
    }
}
