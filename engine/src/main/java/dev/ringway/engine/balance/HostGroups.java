package dev.ringway.engine.balance;

import java.util.Arrays;

/**
 * Some endpoints of a cluster by priority, as they were at one time, and how requests are to be spread over them.
 * Immutable.
 */
final class HostGroups
{
    final HostGroup[] priorities;
    final PriorityLoads loads;

    /**
     * @param set     endpoints of the cluster.
     * @param members which of them are meant, or null for all.
     */
    HostGroups(final HostSet set, final int[] members)
    {
        final int count = members == null ? set.size() : members.length;
        final int[] sizes = new int[mostPriorities(set, members)];
        for (int i = 0; i < count; i++)
        {
            sizes[set.endpoint(members == null ? i : members[i]).place().priority()]++;
        }
        final int[][] indexes = new int[sizes.length][];
        for (int i = 0; i < sizes.length; i++)
        {
            indexes[i] = new int[sizes[i]];
        }
        for (int i = count - 1; i >= 0; i--)
        {
            final int index = members == null ? i : members[i];
            final int priority = set.endpoint(index).place().priority();
            indexes[priority][--sizes[priority]] = index;
        }
        priorities = Arrays.stream(indexes).map(some -> HostGroup.of(set, some)).toArray(HostGroup[]::new);
        loads = new PriorityLoads(set, priorities);
    }

    private static int mostPriorities(final HostSet set, final int[] members)
    {
        int most = 0;
        for (int i = 0, count = members == null ? set.size() : members.length; i < count; i++)
        {
            most = Math.max(most, set.endpoint(members == null ? i : members[i]).place().priority() + 1);
        }
        return most;
    }
}
