package dev.ringway.engine.time;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

final class SlotTimersPropertyTest
{
    private static final long TURN_NS = 2048 * SlotTimers.TICK_NS;
    private static final int SLOTS = 40;

    private final Map<Integer, Long> model = new HashMap<>();

    @Property(tries = 300)
    void shouldFireEachTimerOnceAfterItsDeadline(@ForAll final long seed)
    {
        final Random random = new Random(seed);
        model.clear();
        long nowNs = random.nextLong(1L << 50);
        final SlotTimers timers = new SlotTimers(4, nowNs);
        timers.grow(SLOTS);
        for (int step = 0; step < 400; step++)
        {
            final int slot = random.nextInt(SLOTS);
            switch (random.nextInt(4))
            {
                case 0, 1 ->
                {
                    final long deadlineNs = nowNs + delay(random);
                    timers.arm(slot, deadlineNs);
                    model.put(slot, deadlineNs);
                }
                case 2 ->
                {
                    timers.disarm(slot);
                    model.remove(slot);
                }
                default ->
                {
                    final long waitNs = timers.waitNs(nowNs);
                    assertEquals(model.isEmpty(), waitNs == -1);
                    nowNs += random.nextInt(3) == 0 ? Math.max(waitNs, 0) : delay(random);
                    poll(timers, nowNs);
                }
            }
            assertEquals(model.size(), timers.armedCount());
            assertEquals(model.getOrDefault(slot, Long.MAX_VALUE), timers.deadlineNs(slot));
        }
        poll(timers, nowNs + 20 * TURN_NS);
        assertEquals(0, timers.armedCount());
    }

    private void poll(final SlotTimers timers, final long nowNs)
    {
        final int before = model.size();
        final int fired = timers.poll(nowNs, (slot, atNs) ->
        {
            final Long deadlineNs = model.remove(slot);
            assertNotNull(deadlineNs, "fired without being armed");
            assertTrue(deadlineNs <= atNs, "fired early");
        });
        assertEquals(before - model.size(), fired);
        final long lateNs = nowNs - SlotTimers.TICK_NS;
        model.values().forEach(deadlineNs -> assertTrue(deadlineNs > lateNs, "late by more than a tick"));
    }

    /** Past, within the tick, soon, near a turn of the wheel and beyond many. */
    private static long delay(final Random random)
    {
        return switch (random.nextInt(6))
        {
            case 0 -> 0;
            case 1 -> random.nextLong(SlotTimers.TICK_NS);
            case 2 -> random.nextLong(50 * SlotTimers.TICK_NS);
            case 3 -> TURN_NS + random.nextLong(4 * SlotTimers.TICK_NS) - 2 * SlotTimers.TICK_NS;
            case 4 -> random.nextLong(TURN_NS);
            default -> random.nextLong(10 * TURN_NS);
        };
    }

    @Property(tries = 200)
    void shouldStandHandlersThatArmAndDisarm(@ForAll final long seed)
    {
        final Random random = new Random(seed);
        final SlotTimers timers = new SlotTimers(SLOTS, 0);
        final Set<Integer> armed = new HashSet<>();
        for (int slot = 0; slot < SLOTS; slot++)
        {
            timers.arm(slot, random.nextLong(4 * SlotTimers.TICK_NS));
            armed.add(slot);
        }
        long nowNs = 0;
        for (int round = 0; round < 50; round++)
        {
            nowNs += random.nextLong(3 * SlotTimers.TICK_NS);
            timers.poll(nowNs, (slot, atNs) ->
            {
                assertTrue(armed.remove(slot), "fired without being armed");
                final int other = random.nextInt(SLOTS);
                if (random.nextBoolean())
                {
                    timers.disarm(other);
                    armed.remove(other);
                }
                else
                {
                    timers.arm(other, atNs + 1 + random.nextLong(9 * SlotTimers.TICK_NS));
                    armed.add(other);
                }
            });
            assertEquals(armed.size(), timers.armedCount());
        }
    }

    @Test
    void shouldSayHowLongToWait()
    {
        final SlotTimers timers = new SlotTimers(2, 0);
        assertEquals(-1, timers.waitNs(0));
        timers.arm(0, 10 * SlotTimers.TICK_NS);
        final long waitNs = timers.waitNs(0);
        assertTrue(waitNs >= 10 * SlotTimers.TICK_NS && waitNs <= 11 * SlotTimers.TICK_NS, "waits " + waitNs);
        assertEquals(0, timers.waitNs(20 * SlotTimers.TICK_NS));
        assertEquals(1, timers.poll(waitNs, (slot, nowNs) -> assertEquals(0, slot)));
        assertEquals(-1, timers.waitNs(waitNs));
        assertFalse(timers.armedCount() != 0);
    }
}
