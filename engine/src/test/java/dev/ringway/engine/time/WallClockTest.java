package dev.ringway.engine.time;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

final class WallClockTest
{
    private static final long BASE_NS = 1_700_000_000_123_456_789L;

    private long monotonicNs = 77;
    private long systemNs = BASE_NS;
    private final WallClock clock = new WallClock(() -> monotonicNs, () -> systemNs / 1_000_000L, () -> systemNs);

    private void pass(final long onMonotonicNs, final long onSystemNs)
    {
        monotonicNs += onMonotonicNs;
        systemNs += onSystemNs;
    }

    @Test
    void shouldKeepNanosecondsWhileTheSystemsTimeGoesAlong()
    {
        assertEquals(BASE_NS, clock.nanoTime());
        pass(1_000_000_321L, 1_000_000_321L);
        assertEquals(BASE_NS + 1_000_000_321L, clock.nanoTime());
        pass(1_000_000_000L, 1_000_900_000L);
        assertEquals(BASE_NS + 2_000_000_321L, clock.nanoTime());
    }

    @Test
    void shouldFollowTheSystemsTimeWhenItIsSet()
    {
        pass(1_000_000_000L, 61_000_000_000L);
        assertEquals(systemNs, clock.nanoTime());
        pass(1_000_000_000L, -119_000_000_000L);
        assertEquals(systemNs, clock.nanoTime());
    }

    @Test
    void shouldStayWithinTwoMillisecondsOfASlewedClock()
    {
        for (int i = 0; i < 100_000; i++)
        {
            pass(1_000_000_000L, 1_000_500_000L);
            final long differenceNs = Math.abs(clock.nanoTime() - systemNs);
            assertEquals(0, differenceNs / 2_000_000L, () -> differenceNs + " ns away");
        }
    }
}
