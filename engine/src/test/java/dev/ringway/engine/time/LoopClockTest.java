package dev.ringway.engine.time;

import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

final class LoopClockTest
{
    private static final long SECOND_NS = 1_000_000_000L;
    private static final long EPOCH_NS = 784_111_777L * SECOND_NS;

    private long monotonicNs = 5;
    private long wallNs = EPOCH_NS;
    private int wallReads;
    private final LoopClock clock = new LoopClock(() -> monotonicNs, () ->
    {
        wallReads++;
        return wallNs;
    });

    private void pass(final long ns)
    {
        monotonicNs += ns;
        wallNs += ns;
    }

    private String date()
    {
        return new String(clock.httpDate(), US_ASCII);
    }

    @Test
    void shouldStandStillBetweenUpdates()
    {
        pass(SECOND_NS);
        assertEquals(5, clock.nowNs());
        assertEquals("Sun, 06 Nov 1994 08:49:37 GMT", date());
        assertEquals(5 + SECOND_NS, clock.update());
        assertEquals(5 + SECOND_NS, clock.nowNs());
        assertEquals("Sun, 06 Nov 1994 08:49:38 GMT", date());
    }

    @Test
    void shouldReadTheWallOnceASecond()
    {
        for (int i = 0; i < 5000; i++)
        {
            pass(SECOND_NS / 1000);
            clock.update();
        }
        assertEquals(6, wallReads);
        assertEquals("Sun, 06 Nov 1994 08:49:42 GMT", date());
    }

    @Test
    void shouldFollowAWallThatWasSet()
    {
        wallNs += 3600 * SECOND_NS;
        pass(SECOND_NS);
        clock.update();
        assertEquals("Sun, 06 Nov 1994 09:49:38 GMT", date());
        assertEquals(wallNs, clock.epochNs(monotonicNs));
        assertEquals(wallNs - 7, clock.epochNs(monotonicNs - 7));
    }
}
