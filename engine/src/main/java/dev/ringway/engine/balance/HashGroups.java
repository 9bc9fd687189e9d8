package dev.ringway.engine.balance;

import dev.ringway.engine.snapshot.Balancing.Policy;

import java.util.HashMap;
import java.util.Map;

/**
 * Tables of hashes for the endpoints of a cluster as they were at one time, a table for each priority. Made off the
 * loops, as it takes a while. Immutable.
 */
final class HashGroups
{
    final HostSet set;
    final int version;
    final Tables whole;
    private final Map<Object, Tables> subsets = new HashMap<>();

    /** Those of a cluster, or of one of its subsets. */
    static final class Tables
    {
        final HostGroups groups;
        final HashTable[] tables;

        private Tables(final HostSet set, final int[] members)
        {
            groups = new HostGroups(set, members);
            tables = new HashTable[groups.priorities.length];
            for (int i = 0; i < tables.length; i++)
            {
                final HashWeights weights = HashWeights.of(set, groups.priorities[i], groups.loads.isInPanic(i));
                tables[i] = set.balancing().policy() == Policy.MAGLEV ?
                    new MaglevTable(set, weights) : new HashRing(set, weights);
            }
        }
    }

    private HashGroups(final HostSet set, final int version)
    {
        this.set = set;
        this.version = version;
        whole = new Tables(set, null);
        if (set.subsets() != null)
        {
            set.subsets().all().forEach((key, members) -> subsets.put(key, new Tables(set, members)));
        }
    }

    /**
     * @param key of a subset, or null for all endpoints.
     * @return its tables, or null when there is no such subset.
     */
    Tables of(final Object key)
    {
        return key == null ? whole : subsets.get(key);
    }

    static HashGroups build(final HostSet set, final int version)
    {
        return new HashGroups(set, version);
    }
}
