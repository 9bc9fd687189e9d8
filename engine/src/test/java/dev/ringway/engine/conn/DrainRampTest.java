package dev.ringway.engine.conn;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

class DrainRampTest
{
    private static final long BEGIN_NS = -5_000;
    private static final long LENGTH_NS = 600_000_000_000L;
    private static final DrainRamp RAMP = new DrainRamp(BEGIN_NS, LENGTH_NS);

    private static int ended(final DrainRamp ramp, final long nowNs)
    {
        int ended = 0;
        for (int i = 0; i < 10_000; i++)
        {
            ended += ramp.endsAt(nowNs) ? 1 : 0;
        }
        return ended;
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 50, 90})
    void shouldEndTheShareOfTheTimeThatIsOver(final int percent)
    {
        // Ten times the standard deviation of what is drawn.
        assertEquals(percent * 100, ended(RAMP, BEGIN_NS + LENGTH_NS / 100 * percent), 500);
    }

    @Test
    void shouldEndNoneAtItsBeginAndAllAfterIt()
    {
        assertEquals(0, ended(RAMP, BEGIN_NS));
        assertEquals(0, ended(RAMP, BEGIN_NS - 1));
        assertEquals(10_000, ended(RAMP, BEGIN_NS + LENGTH_NS));
        assertEquals(10_000, ended(RAMP, BEGIN_NS + 5 * LENGTH_NS));
    }

    @Test
    void shouldEndAllWhereThereIsNone()
    {
        assertEquals(10_000, ended(DrainRamp.NONE, 0));
        assertEquals(10_000, ended(DrainRamp.NONE, Long.MIN_VALUE));
    }
}
