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
