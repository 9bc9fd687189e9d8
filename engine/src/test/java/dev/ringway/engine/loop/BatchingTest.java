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
    void shouldRestTwiceAsLongEachTimeThatPatienceWasInVain()
    {
        batching.onStreams(100);
        for (int pause = 1; pause <= 64; pause <<= 1)
        {
            assertEquals(pause, pauseAfterAWaitInVain());
        }
        assertEquals(64, pauseAfterAWaitInVain());
    }

    @Test
    void shouldForgetWhatWasInVainOnceAWaitBringsMore()
    {
        batching.onStreams(100);
        pauseAfterAWaitInVain();
        pauseAfterAWaitInVain();
        batching.onWaited(batching.wanted(), 0);
        assertEquals(1, pauseAfterAWaitInVain());
    }

    @Test
    void shouldNotJudgeCyclesThatWereNotPatient()
    {
        batching.onStreams(100);
        batching.onWaited(batching.wanted(), 0);
        batching.onWaited(0, 0);
        assertTrue(batching.wanted() > 1);
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
        assertEquals(80, batching.wanted());
        assertEquals(320, batching.patienceUs());
    }

    @Test
    void shouldBeContentWithAFewBesideWhatWasSubmitted()
    {
        batching.onStreams(640);
        assertTrue(batching.wanted() > 1);
        batching.onWaited(20 + 4, 20);
        assertTrue(batching.wanted() > 1);
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

    private int pauseAfterAWaitInVain()
    {
        assertTrue(batching.wanted() > 1);
        batching.onWaited(8, 7);
        int cycles = 0;
        while (batching.wanted() == 0)
        {
            batching.onWaited(1, 0);
            cycles++;
        }
        return cycles;
    }
}
