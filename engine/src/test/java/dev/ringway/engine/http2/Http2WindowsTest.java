package dev.ringway.engine.http2;

import dev.ringway.engine.memory.BufferSlab;
import dev.ringway.engine.snapshot.Http2Options;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** When windows grow, and how far. */
@Timeout(180)
final class Http2WindowsTest
{
    private static final int FIRST = 64 << 10;
    private static final int FIRST_OF_CONNECTION = 1 << 20;
    private static final long TRIP_NS = 1000;

    private final BufferSlab slab = new BufferSlab(1024);
    private final WindowRoom room = new WindowRoom(slab);

    @AfterEach
    void free()
    {
        slab.close();
    }

    private Http2Windows opened()
    {
        final Http2Windows windows = new Http2Windows(room);
        windows.open(Http2Options.DEFAULT, 0);
        windows.onAnswered(TRIP_NS);
        return windows;
    }

    @Test
    void shouldGrowNothingBeforeTheRoundTripIsKnown()
    {
        final Http2Windows windows = new Http2Windows(room);
        windows.open(Http2Options.DEFAULT, 0);
        assertEquals(0, windows.growth(FIRST, 5, 5));
        assertEquals(FIRST_OF_CONNECTION / 2, windows.consumed(FIRST_OF_CONNECTION / 2, 0));
        assertEquals(FIRST_OF_CONNECTION, windows.size());
    }

    @Test
    void shouldTakeNoMoreThanTheWindowAndWhatWasUsedOfItOnceThePeerIsTold()
    {
        final Http2Windows windows = opened();
        assertTrue(windows.take(FIRST_OF_CONNECTION));
        assertEquals(0, windows.consumed(FIRST_OF_CONNECTION / 2 - 1, 0));
        assertFalse(windows.take(1));
        final int told = windows.consumed(1, TRIP_NS);
        assertEquals(FIRST_OF_CONNECTION / 2, told);
        assertTrue(windows.take(told - 1));
        assertFalse(windows.take(1));
    }

    @Test
    void shouldDoubleWhereHalfIsUsedInLessThanARoundTrip()
    {
        final Http2Windows windows = opened();
        assertEquals(0, windows.growth(FIRST, 5000, 5000 + TRIP_NS));
        assertEquals(FIRST, windows.growth(FIRST, 5000, 4999 + TRIP_NS));
        assertEquals(2 * FIRST, windows.growth(2 * FIRST, 5000, 5001));
    }

    @Test
    void shouldTakeTheFirstAnswerForTheRoundTripAndNoneForLong()
    {
        final Http2Windows windows = new Http2Windows(room);
        windows.open(Http2Options.DEFAULT, 0);
        windows.onAsked(10_000_000_000L);
        windows.onAnswered(20_000_000_000L);
        windows.onAnswered(90_000_000_000L);
        assertEquals(0, windows.growth(FIRST, 0, 1_000_000_000L));
        assertEquals(FIRST, windows.growth(FIRST, 0, 999_999_999L));
    }

    @Test
    void shouldGrowNoFurtherThanTheMost()
    {
        final Http2Windows windows = opened();
        final int most = Http2Windows.MOST_OF_STREAM;
        assertEquals(most / 4, windows.growth(3 * (most / 4), 0, 0));
        assertEquals(0, windows.growth(most, 0, 0));
        assertEquals(0, windows.growth(Integer.MAX_VALUE, 0, 0));
        int size = windows.size();
        while (size < Http2Windows.MOST_OF_CONNECTION)
        {
            assertTrue(windows.take(size / 2));
            assertEquals(0, windows.consumed(size / 2 - 1, 0));
            final int increment = windows.consumed(1, 0);
            assertTrue(increment > size / 2);
            size = windows.size();
        }
        assertEquals(Http2Windows.MOST_OF_CONNECTION, size);
        assertTrue(windows.take(size));
        assertEquals(size, windows.consumed(size, 0));
        assertTrue(windows.take(size));
        assertFalse(windows.take(1));
    }

    @Test
    void shouldLeaveTheConnectionAsItIsWhereItIsUsedSlowly()
    {
        final Http2Windows windows = opened();
        assertEquals(FIRST_OF_CONNECTION, windows.consumed(FIRST_OF_CONNECTION, TRIP_NS));
        assertEquals(FIRST_OF_CONNECTION, windows.size());
    }

    @Test
    void shouldBoundWhatAllStreamsOfAConnectionGrowBy()
    {
        final Http2Windows windows = opened();
        int grown = 0;
        int growth = -1;
        while (growth != 0)
        {
            growth = windows.growth(FIRST, 0, 0);
            grown += growth;
        }
        assertEquals(Http2Windows.MOST_OF_CONNECTION, grown);
        windows.onGone(FIRST);
        assertEquals(FIRST, windows.growth(FIRST, 0, 0));
        assertEquals(0, windows.growth(FIRST, 0, 0));
        assertEquals(FIRST, opened().growth(FIRST, 0, 0));
    }

    @Test
    void shouldBoundWhatAllStreamsOfALoopGrowByWithTheMemoryThatIsFree()
    {
        while (slab.freeCount() > 24)
        {
            assertTrue(slab.take() >= 0);
        }
        final Http2Windows one = opened();
        final Http2Windows other = opened();
        assertEquals(FIRST, one.growth(FIRST, 0, 0));
        assertEquals(2 * FIRST, other.growth(2 * FIRST, 0, 0));
        assertEquals(0, one.growth(FIRST, 0, 0));
        other.onGone(2 * FIRST);
        assertEquals(FIRST, one.growth(FIRST, 0, 0));
    }
}
