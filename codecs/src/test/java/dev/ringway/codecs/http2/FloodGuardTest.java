package dev.ringway.codecs.http2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class FloodGuardTest
{
    private static final long START_NS = Long.MAX_VALUE - 5;

    private final FloodGuard guard = new FloodGuard();

    @BeforeEach
    void reset()
    {
        guard.reset(FloodLimits.DEFAULT, START_NS);
    }

    @Test
    void shouldBoundResetsInAWindowOfTime()
    {
        assertAllowed(100, () -> guard.onReset(START_NS + FloodGuard.WINDOW_NS - 1));

        reset();
        assertAllowed(100, () -> guard.onReset(START_NS));
        assertAllowed(100, () -> guard.onReset(START_NS + FloodGuard.WINDOW_NS));
    }

    @Test
    void shouldBoundGlitchesInAWindowOfTime()
    {
        assertAllowed(1000, () -> guard.onGlitch(START_NS));
        assertAllowed(1000, () -> guard.onGlitch(START_NS + FloodGuard.WINDOW_NS));
    }

    @Test
    void shouldBoundWhatWaitsToBeSent()
    {
        assertAllowed(1000, () -> guard.onFrameQueued(true));
        guard.onSent(11, 10);
        assertEquals(990, guard.outboundFrames());
        assertEquals(991, guard.outboundControlFrames());
        assertFalse(guard.isControlFlood());
        assertAllowed(9, () -> guard.onFrameQueued(true));
        assertTrue(guard.isControlFlood());

        guard.onAllSent();
        assertAllowed(10_000, () -> guard.onFrameQueued(false));
        assertFalse(guard.isControlFlood());
        guard.onSent(20_000, 20_000);
        assertEquals(0, guard.outboundFrames());
        assertEquals(0, guard.outboundControlFrames());
    }

    @Test
    void shouldBoundFramesThatCarryNothing()
    {
        assertTrue(guard.onPayload(0, false));
        assertFalse(guard.onPayload(0, false));

        reset();
        for (int i = 0; i < 10; i++)
        {
            assertTrue(guard.onPayload(0, false));
            assertTrue(guard.onPayload(1, false));
            assertTrue(guard.onPayload(0, false));
            assertTrue(guard.onPayload(0, true));
        }
    }

    @Test
    void shouldBoundFieldSections()
    {
        assertTrue(guard.onHeaders(10));
        assertAllowed(8, () -> guard.onContinuation(10));
        assertTrue(guard.onHeaders(16384));
        assertAllowed(3, () -> guard.onContinuation(16384));
        assertTrue(guard.onHeaders(1));
        assertFalse(guard.onContinuation(65536));
        assertFalse(guard.onHeaders(65537));
    }

    @Test
    void shouldBoundPriorityByStreams()
    {
        assertAllowed(100, guard::onPriority);
        reset();
        guard.onStream();
        guard.onStream();
        assertAllowed(300, guard::onPriority);
    }

    @Test
    void shouldBoundWindowUpdatesByWhatWasSent()
    {
        assertAllowed(5, guard::onWindowUpdate);
        reset();
        guard.onStream();
        guard.onDataSent();
        guard.onDataSent();
        assertAllowed(5 + 2 * (1 + 10 * 2), guard::onWindowUpdate);

        reset();
        for (int i = 0; i < 1000; i++)
        {
            guard.onStream();
        }
        assertAllowed(5 + 2 * 1000, guard::onWindowUpdate);
    }

    @Test
    void shouldTakeLimits()
    {
        guard.reset(new FloodLimits(3, 2, 0, 0, 1), START_NS);
        assertAllowed(2, () -> guard.onFrameQueued(true));
        assertFalse(guard.onPayload(0, false));
        assertFalse(guard.onPriority());
        assertThrows(IllegalArgumentException.class, () -> new FloodLimits(0, 1, 0, 0, 1));
        assertThrows(IllegalArgumentException.class, () -> new FloodLimits(1, 0, 0, 0, 1));
        assertThrows(IllegalArgumentException.class, () -> new FloodLimits(1, 1, -1, 0, 1));
        assertThrows(IllegalArgumentException.class, () -> new FloodLimits(1, 1, 0, -1, 1));
        assertThrows(IllegalArgumentException.class, () -> new FloodLimits(1, 1, 0, 0, 0));
    }

    /** So many pass, the next does not. */
    private static void assertAllowed(final int count, final BooleanSupplier event)
    {
        assertTrue(allows(count, event));
        assertFalse(event.getAsBoolean());
    }

    private static boolean allows(final int count, final BooleanSupplier event)
    {
        for (int i = 0; i < count; i++)
        {
            if (!event.getAsBoolean())
            {
                return false;
            }
        }

        return true;
    }
}
