package dev.ringway.engine.exchange;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

final class FilterTimersTest
{
    private final FilterTimers timers = new FilterTimers(3);

    @Test
    void shouldTakeAllThatAreDueInTheOrderOfTheChain()
    {
        timers.set(2, 0, 10);
        timers.set(0, 0, 20);
        timers.set(1, 0, 30);
        assertEquals(10, timers.nextNs());
        assertEquals(0, timers.take(20, 0));
        assertEquals(2, timers.take(20, 1));
        assertEquals(-1, timers.take(20, 3));
        assertEquals(30, timers.nextNs());
        assertEquals(-1, timers.take(29, 0));
        assertEquals(1, timers.take(30, 0));
        assertEquals(Long.MAX_VALUE, timers.nextNs());
    }

    @Test
    void shouldNotBeDueAgainAndAgainWhenOneIsSetForLater()
    {
        timers.set(0, 0, 10);
        timers.set(0, 0, 100);
        assertEquals(-1, timers.take(timers.nextNs(), 0));
        assertEquals(100, timers.nextNs());
    }

    @Test
    void shouldForgetAll()
    {
        timers.set(1, 0, 10);
        timers.clear();
        assertEquals(Long.MAX_VALUE, timers.nextNs());
        assertEquals(-1, timers.take(10, 0));
    }

    @Test
    void shouldWaitForEverWithinTheRangeOfTime()
    {
        timers.set(0, Long.MAX_VALUE >> 1, Long.MAX_VALUE);
        assertEquals(-1, timers.take(Long.MAX_VALUE >> 1, 0));
        assertEquals(Long.MAX_VALUE - 1, timers.nextNs());
    }
}
