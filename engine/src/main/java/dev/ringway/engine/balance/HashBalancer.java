package dev.ringway.engine.balance;

import java.util.Arrays;

/**
 * Ring hash and Maglev: a priority and an endpoint of it by the hash of the request. The tables are made elsewhere; until
 * new ones are there the old ones are used, but for endpoints that are known to be unhealthy.
 */
final class HashBalancer implements Balancer
{
    private static final int MOST_SKIPS = 16;

    private final BalanceContext context;
    private final HostSet set;
    private final Object subset;
    private HashGroups seen;
    /** Of the tables' endpoints the indexes here, where those are of another snapshot; else null. */
    private int[] own;

    /**
     * @param context of the loop.
     * @param set     endpoints of the cluster.
     * @param subset  key of the subset that is meant, or null for all.
     */
    HashBalancer(final BalanceContext context, final HostSet set, final Object subset)
    {
        this.subset = subset;
        this.context = context;
        this.set = set;
    }

    public int pick(final PickRequest request, final int attempt, final long nowNs)
    {
        final HashGroups hashes = context.hosts.hashes();
        if (hashes != seen)
        {
            adopt(hashes);
        }
        final HashGroups.Tables tables = hashes == null ? null : hashes.of(subset);
        if (tables == null)
        {
            return Picker.NONE;
        }
        final long given = request.hash();
        return pick(tables, given == PickRequest.NO_HASH ? context.random.nextLong() : given, attempt);
    }

    private int pick(final HashGroups.Tables tables, final long hash, final int attempt)
    {
        if (tables.tables.length == 0)
        {
            return context.none(set.balancing());
        }
        final int priority = tables.groups.loads.choose(hash) >> 1;
        final boolean isPanic = tables.groups.loads.isInPanic(priority);
        if (isPanic)
        {
            context.onPanic();
        }
        final HashTable table = tables.tables[priority];
        int index = own(table.pick(hash, attempt));
        if (!isPanic && seen.version != context.hosts.version())
        {
            for (int i = 1; i <= MOST_SKIPS && index >= 0 && !set.isHealthy(index); i++)
            {
                index = own(table.pick(hash, attempt + i));
            }
        }
        return index;
    }

    private int own(final int index)
    {
        return own == null || index < 0 ? index : own[index];
    }

    private void adopt(final HashGroups fresh)
    {
        seen = fresh;
        own = null;
        if (fresh != null && fresh.set != set)
        {
            own = new int[fresh.set.size()];
            Arrays.fill(own, Picker.NONE);
            for (int i = 0; i < own.length; i++)
            {
                for (int k = 0; k < set.size() && own[i] == Picker.NONE; k++)
                {
                    own[i] = set.health(k) == fresh.set.health(i) ? k : Picker.NONE;
                }
            }
        }
    }
}
