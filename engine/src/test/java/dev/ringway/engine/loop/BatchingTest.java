package dev.ringway.engine.loop;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

final class BatchingTest
{
    private final Batching batching = new Batching(true);

    @Test
    void shouldWaitForOneCompletionWhereFewMessagesShareConnections()
    {
        batching.onStreams(15);
        assertEquals(0, batching.wanted());
    }

    @Test
    void shouldWaitForMoreWhereManyDoAndForOneAgainWhenTheyHaveEnded()
    {
        batching.onStreams(16);
        assertTrue(batching.wanted() > 1);
        batching.onStreams(-1);
        assertEquals(0, batching.wanted());
    }

    @Test
    void shouldGoOnWaitingForMoreAsLongAsMoreCome()
    {
        batching.onStreams(100);
        for (int i = 0; i < 10; i++)
        {
            final int wanted = batching.wanted();
            assertTrue(wanted > 1);
            batching.onWaited(7 + wanted, 7);
        }
    }

    @Test
    void shouldWaitForOneForAWhileWhenPatienceWasInVain()
    {
        batching.onStreams(100);
        assertTrue(batching.wanted() > 1);
        batching.onWaited(8, 7);
        int cycles = 0;
        while (batching.wanted() == 0)
        {
            batching.onWaited(1, 0);
            cycles++;
        }
        assertEquals(64, cycles);
    }

    @Test
    void shouldWantMoreAndWaitLongerWithMoreStreams()
    {
        batching.onStreams(16);
        assertEquals(16, batching.wanted());
        assertEquals(50, batching.patienceUs());
        batching.onStreams(240);
        assertEquals(32, batching.wanted());
        assertEquals(128, batching.patienceUs());
        batching.onStreams(100_000);
        assertEquals(64, batching.wanted());
        assertEquals(250, batching.patienceUs());
    }

    @Test
    void shouldExpectMoreFromALongerWait()
    {
        batching.onStreams(640);
        assertEquals(64, batching.wanted());
        batching.onWaited(8, 0);
        assertEquals(64, batching.wanted());
        batching.onWaited(7, 0);
        assertEquals(0, batching.wanted());
    }

    @Test
    void shouldNotCountWhatWasSubmittedAsWorthTheWait()
    {
        batching.onStreams(100);
        assertTrue(batching.wanted() > 1);
        batching.onWaited(20 + 3, 20);
        assertEquals(0, batching.wanted());
    }

    @Test
    void shouldWaitForOneWhereTheKernelKnowsNoShortestTime()
    {
        final Batching old = new Batching(false);
        old.onStreams(1000);
        assertEquals(0, old.wanted());
    }
}
