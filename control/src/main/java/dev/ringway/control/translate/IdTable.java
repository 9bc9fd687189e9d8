package dev.ringway.control.translate;

import java.util.HashMap;
import java.util.Map;

/**
 * Gives each name a number that it keeps for the life of the process, so that runtime state finds its owner again in
 * the next snapshot. Control thread only.
 */
final class IdTable
{
    private final Map<String, Integer> ids = new HashMap<>();

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
        final int id = ids.size();
        ids.put(name, id);
        return id;
    }
}
