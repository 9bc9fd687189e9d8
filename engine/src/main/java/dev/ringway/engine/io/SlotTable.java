package dev.ringway.engine.io;

import java.util.Arrays;

/**
 * Who owns which slot. A slot is also the number of the direct descriptor in the ring's file table. Each use of a slot
 * has its own generation, so a late completion of the former owner is recognised and dropped. Loop thread only.
 */
public final class SlotTable
{
    private final int limit;
    private CompletionHandler[] handlers;
    private int[] generations;
    private int[] free;
    private int freeCount;
    private int inUse;

    /**
     * @param initial slots at first.
     * @param limit   most slots, at most {@link Token#LIMIT}.
     */
    public SlotTable(final int initial, final int limit)
    {
        this.limit = limit;
        final int count = Math.min(initial, limit);
        handlers = new CompletionHandler[count];
        generations = new int[count];
        free = new int[count];
        for (int i = 0; i < count; i++)
        {
            free[i] = count - 1 - i;
        }
        freeCount = count;
    }

    /**
     * Takes a slot.
     *
     * @param handler its owner.
     * @return slot, or -1 when all are taken.
     */
    public int acquire(final CompletionHandler handler)
    {
        if (freeCount == 0 && !grow())
        {
            return -1;
        }
        final int slot = free[--freeCount];
        handlers[slot] = handler;
        inUse++;
        return slot;
    }

    private boolean grow()
    {
        final int old = handlers.length;
        final int capacity = Math.min(limit, old << 1);
        if (capacity == old)
        {
            return false;
        }
        handlers = Arrays.copyOf(handlers, capacity);
        generations = Arrays.copyOf(generations, capacity);
        free = Arrays.copyOf(free, capacity);
        for (int i = capacity - 1; i >= old; i--)
        {
            free[freeCount++] = i;
        }
        return true;
    }

    /**
     * Gives a slot back. No operation of its owner may be in flight.
     *
     * @param slot from {@link #acquire}.
     */
    public void release(final int slot)
    {
        assert handlers[slot] != null;
        handlers[slot] = null;
        generations[slot] = (generations[slot] + 1) & (Token.LIMIT - 1);
        free[freeCount++] = slot;
        inUse--;
    }

    /**
     * @param token of a completion.
     * @return the owner, or null when the token is of a former one.
     */
    public CompletionHandler owner(final long token)
    {
        final int slot = Token.slot(token);
        return slot < handlers.length && generations[slot] == Token.generation(token) ? handlers[slot] : null;
    }

    /**
     * @param slot in use or not.
     * @return owner, or null.
     */
    public CompletionHandler handler(final int slot)
    {
        return handlers[slot];
    }

    /**
     * @param slot in use.
     * @return its generation.
     */
    public int generation(final int slot)
    {
        return generations[slot];
    }

    /**
     * @return slots there are now.
     */
    public int capacity()
    {
        return handlers.length;
    }

    /**
     * @return slots taken.
     */
    public int inUse()
    {
        return inUse;
    }

    /**
     * @return most slots there can be.
     */
    public int limit()
    {
        return limit;
    }
}
