package dev.ringway.control.translate;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;

/**
 * Gives each name a number that it keeps as long as configurations have it, so that runtime state finds its owner again
 * in the next snapshot. No number is given twice: what began with a configuration that is gone must not find another's.
 * Control thread only.
 */
final class IdTable
{
    /** Loops have arrays of this length at most. */
    static final int MOST = 1 << 22;

    private final Map<String, Integer> ids = new HashMap<>();
    private int next;

    /**
     * @param name of anything.
     * @return its number; new names get the next one, from 0.
     */
    int idOf(final String name)
    {
        final Integer known = ids.get(name);
        if (known != null)
        {
            return known;
        }
        ids.put(name, next);
        return next++;
    }

    /**
     * @param names how many may be new.
     * @return whether there are numbers for them.
     */
    boolean hasRoomFor(final int names)
    {
        return names <= MOST - next;
    }

    /**
     * Forgets the names of all other numbers.
     *
     * @param used numbers of the configuration in force.
     */
    void keep(final Collection<Integer> used)
    {
        ids.values().retainAll(new HashSet<>(used));
    }
}
