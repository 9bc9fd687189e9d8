package dev.ringway.engine.counters;

import java.util.function.IntFunction;

/**
 * Ids of counters by their names. It keeps no texts, for those are in the file: large configurations have a million
 * names. One thread at a time.
 */
final class NameTable
{
    /** Returned for a name that is not there. */
    static final int NONE = -1;

    private static final int FIRST_CAPACITY = 1024;
    /** Spreads hash codes that differ in few bits. */
    private static final int SPREAD = 0x9E3779B9;

    private final IntFunction<String> texts;
    private int[] hashes = new int[FIRST_CAPACITY];
    /** Ids plus one; 0 where a slot is free. */
    private int[] slots = new int[FIRST_CAPACITY];
    private int count;

    /**
     * @param texts name of an id that is in the table.
     */
    NameTable(final IntFunction<String> texts)
    {
        this.texts = texts;
    }

    /** Id of a name, or {@link #NONE}. */
    int find(final String name)
    {
        final int hash = hash(name);
        final int mask = slots.length - 1;
        for (int at = hash & mask; slots[at] != 0; at = at + 1 & mask)
        {
            if (hashes[at] == hash && texts.apply(slots[at] - 1).equals(name))
            {
                return slots[at] - 1;
            }
        }
        return NONE;
    }

    /** Adds a name that is not there. */
    void add(final String name, final int id)
    {
        if (++count > slots.length >> 1)
        {
            grow();
        }
        put(hash(name), id + 1);
    }

    /** Removes a name that is there. */
    void remove(final int id)
    {
        final int mask = slots.length - 1;
        int hole = hash(texts.apply(id)) & mask;
        while (slots[hole] != id + 1)
        {
            hole = hole + 1 & mask;
        }
        for (int at = hole + 1 & mask; slots[at] != 0; at = at + 1 & mask)
        {
            // One whose search would pass the hole takes its place.
            if ((at - hashes[at] & mask) >= (at - hole & mask))
            {
                slots[hole] = slots[at];
                hashes[hole] = hashes[at];
                hole = at;
            }
        }
        slots[hole] = 0;
        count--;
    }

    int count()
    {
        return count;
    }

    private void grow()
    {
        final int[] oldHashes = hashes;
        final int[] oldSlots = slots;
        hashes = new int[oldHashes.length << 1];
        slots = new int[oldSlots.length << 1];
        for (int i = 0; i < oldSlots.length; i++)
        {
            if (oldSlots[i] != 0)
            {
                put(oldHashes[i], oldSlots[i]);
            }
        }
    }

    private void put(final int hash, final int slot)
    {
        final int mask = slots.length - 1;
        int at = hash & mask;
        while (slots[at] != 0)
        {
            at = at + 1 & mask;
        }
        slots[at] = slot;
        hashes[at] = hash;
    }

    private static int hash(final String name)
    {
        final int product = name.hashCode() * SPREAD;
        return product ^ product >>> Short.SIZE;
    }
}
