package dev.ringway.engine.exchange;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

final class ExchangeTimesTest
{
    private static final long START_NS = 1_000;
    private static final long NONE = -1;

    private static ExchangeTimes started()
    {
        final ExchangeTimes times = new ExchangeTimes();
        times.start(START_NS, 0, 0);
        return times;
    }

    @Test
    void shouldKnowWhenACallHasHadItsTime()
    {
        final ExchangeTimes times = started();
        assertFalse(times.isCallOver(Long.MAX_VALUE - 1));
        times.onCall(100);
        assertFalse(times.isCallOver(START_NS + 99));
        assertTrue(times.isCallOver(START_NS + 100));
        assertEquals(Long.MAX_VALUE, times.deadlineNs(), "nothing ends by it");
    }

    @Test
    void shouldTakeWhatTheEndpointWasToldForTheTimeOfACall()
    {
        final ExchangeTimes times = started();
        times.onCall(100);
        times.limit(50);
        assertFalse(times.isCallOver(START_NS + 49));
        assertTrue(times.isCallOver(START_NS + 50));
    }

    @Test
    void shouldTakeNoLimitAloneForTheTimeOfACall()
    {
        final ExchangeTimes times = started();
        times.onCall(NONE);
        times.limit(50);
        assertFalse(times.isCallOver(START_NS + 50));
    }

    @Test
    void shouldNeverOverflow()
    {
        final ExchangeTimes times = started();
        times.onCall(Long.MAX_VALUE);
        assertFalse(times.isCallOver(Long.MAX_VALUE - 1));
        times.start(START_NS, 0, 0);
        times.onCall(0);
        assertTrue(times.isCallOver(START_NS));
    }
}
