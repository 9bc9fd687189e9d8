package dev.ringway.engine.time;

import java.util.Arrays;

/**
 * One timer per slot on a hashed wheel whose lists run through arrays, so arming and disarming is a few stores and no
 * allocation. Deadlines beyond one turn of the wheel stay in their bucket and are looked at once a turn. Users arm
 * lazily: a deadline that moves later needs no call, the owner looks again when the timer fires.
 * Loop thread only; resolution {@link #TICK_NS}.
 */
public final class SlotTimers
{
    /** Log2 of the nanoseconds of a tick. */
    public static final int TICK_SHIFT = 22;
    /** Nanoseconds of a tick, about 4 ms. */
    public static final long TICK_NS = 1L << TICK_SHIFT;

    private static final int BUCKETS = 2048;
    private static final int MASK = BUCKETS - 1;
    private static final int NONE = -1;
    private static final int UNARMED = -2;

    private final int[] heads = new int[BUCKETS];
    private int[] next;
    private int[] previous;
    private long[] deadlines;
    private long currentTick;
    private int armedCount;

    /**
     * @param capacity slots at first; grows as needed.
     * @param nowNs    time of creation.
     */
    public SlotTimers(final int capacity, final long nowNs)
    {
        Arrays.fill(heads, NONE);
        next = new int[capacity];
        previous = new int[capacity];
        deadlines = new long[capacity];
        Arrays.fill(previous, UNARMED);
        currentTick = nowNs >> TICK_SHIFT;
    }

    /**
     * Makes room for more slots.
     *
     * @param capacity new number of slots.
     */
    public void grow(final int capacity)
    {
        final int old = next.length;
        if (capacity > old)
        {
            next = Arrays.copyOf(next, capacity);
            previous = Arrays.copyOf(previous, capacity);
            deadlines = Arrays.copyOf(deadlines, capacity);
            Arrays.fill(previous, old, capacity, UNARMED);
        }
    }

    /**
     * Arms a slot's timer, or moves it when it is armed for another time.
     *
     * @param slot       whose timer.
     * @param deadlineNs when; a time in the past fires in the next poll.
     */
    public void arm(final int slot, final long deadlineNs)
    {
        if (previous[slot] != UNARMED)
        {
            unlink(slot);
        }
        deadlines[slot] = deadlineNs;
        link(slot, Math.max(deadlineNs >> TICK_SHIFT, currentTick) + 1);
    }

    /**
     * @param slot whose timer.
     * @return deadline, or {@link Long#MAX_VALUE} when not armed.
     */
    public long deadlineNs(final int slot)
    {
        return previous[slot] == UNARMED ? Long.MAX_VALUE : deadlines[slot];
    }

    /**
     * Disarms a slot's timer when armed.
     *
     * @param slot whose timer.
     */
    public void disarm(final int slot)
    {
        if (previous[slot] != UNARMED)
        {
            unlink(slot);
        }
    }

    private void link(final int slot, final long tick)
    {
        final int bucket = (int)tick & MASK;
        final int head = heads[bucket];
        next[slot] = head;
        previous[slot] = NONE - 2 - bucket;
        if (head != NONE)
        {
            previous[head] = slot;
        }
        heads[bucket] = slot;
        armedCount++;
    }

    private void unlink(final int slot)
    {
        final int before = previous[slot];
        final int after = next[slot];
        if (before < NONE)
        {
            heads[NONE - 2 - before] = after;
        }
        else
        {
            next[before] = after;
        }
        if (after != NONE)
        {
            previous[after] = before;
        }
        previous[slot] = UNARMED;
        armedCount--;
    }

    /**
     * Fires what is due.
     *
     * @param nowNs   time of the duty cycle.
     * @param handler told of each; may arm and disarm any slot.
     * @return timers fired.
     */
    public int poll(final long nowNs, final TimerHandler handler)
    {
        final long nowTick = nowNs >> TICK_SHIFT;
        int fired = 0;
        if (nowTick - currentTick > BUCKETS)
        {
            currentTick = nowTick - BUCKETS;
        }
        while (currentTick < nowTick)
        {
            currentTick++;
            int slot = heads[(int)currentTick & MASK];
            while (slot != NONE)
            {
                if (deadlines[slot] <= nowNs)
                {
                    unlink(slot);
                    handler.onTimer(slot, nowNs);
                    fired++;
                    // The handler may have changed the list anywhere; start over with what is left of it.
                    slot = heads[(int)currentTick & MASK];
                }
                else
                {
                    slot = next[slot];
                }
            }
        }
        return fired;
    }

    /**
     * @param nowNs time of the duty cycle.
     * @return nanoseconds until the wheel must be polled again, or -1 when nothing is armed.
     */
    public long waitNs(final long nowNs)
    {
        if (armedCount == 0)
        {
            return -1;
        }
        for (int i = 1; i <= BUCKETS; i++)
        {
            if (heads[(int)(currentTick + i) & MASK] != NONE)
            {
                return Math.max(0, ((currentTick + i) << TICK_SHIFT) - nowNs);
            }
        }
        return 0;
    }

    /**
     * @return armed timers.
     */
    public int armedCount()
    {
        return armedCount;
    }
}
