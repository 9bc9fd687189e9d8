package dev.ringway.engine.conn;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * When connections take turns to receive.
 */
final class ReceiveTurnsTest
{
    private static final int CROWD = 4;
    private static final int ROOM = 8;
    private static final int LONG = 10_000;

    private final ReceiveTurns turns = new ReceiveTurns(CROWD);

    private void cycle(final int large)
    {
        for (int i = 0; i < large; i++)
        {
            turns.onLarge();
        }
        turns.onDutyCycle(ROOM);
    }

    @Test
    void shouldFindNoCrowdAtFirst()
    {
        assertFalse(turns.isCrowded());
        cycle(0);
        assertFalse(turns.isCrowded());
    }

    @Test
    void shouldFindACrowdInOneDutyCycleOnly()
    {
        for (int i = 0; i < LONG; i++)
        {
            cycle(CROWD - 1);
            assertFalse(turns.isCrowded());
        }
        cycle(CROWD);
        assertTrue(turns.isCrowded());
    }

    @Test
    void shouldForgetACrowdThatIsGone()
    {
        cycle(CROWD);
        for (int i = 0; i < LONG / 100; i++)
        {
            cycle(1);
            assertTrue(turns.isCrowded());
        }
        for (int i = 0; i < LONG; i++)
        {
            cycle(1);
        }
        assertFalse(turns.isCrowded());
    }

    @Test
    void shouldTakeNoTurnsWhereMemoryIsShort()
    {
        cycle(CROWD);
        turns.onDutyCycle(ROOM - 1);
        assertFalse(turns.isCrowded());
        turns.onDutyCycle(ROOM);
        assertTrue(turns.isCrowded());
    }

    @Test
    void shouldAlwaysFindACrowdWhereNoneIsNeeded()
    {
        final ReceiveTurns always = new ReceiveTurns(0);
        for (int i = 0; i < LONG; i++)
        {
            always.onDutyCycle(ROOM);
            assertTrue(always.isCrowded());
            assertFalse(always.isWanted());
        }
    }
}
