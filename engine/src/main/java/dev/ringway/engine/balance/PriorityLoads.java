package dev.ringway.engine.balance;

import dev.ringway.engine.snapshot.Balancing;

/**
 * What part of the requests each priority gets, healthy endpoints and degraded ones, in percent; and which priorities
 * are in panic, where all endpoints are used. Envoy: "priority levels", "degraded endpoints" and "panic threshold" of
 * its load balancing. Immutable.
 */
final class PriorityLoads
{
    /** Of what {@link #choose} returns: degraded endpoints are meant. */
    static final int DEGRADED = 1;

    private static final int WHOLE = 100;

    private final int[] healthyLoad;
    private final int[] degradedLoad;
    private final boolean[] isInPanic;
    private final int only;

    PriorityLoads(final HostSet set, final HostGroup[] priorities)
    {
        final int count = priorities.length;
        healthyLoad = new int[count];
        degradedLoad = new int[count];
        isInPanic = new boolean[count];
        final Balancing balancing = set.balancing();
        final int[] healthy = new int[count];
        final int[] degraded = new int[count];
        int total = 0;
        for (int i = 0; i < count; i++)
        {
            healthy[i] = availability(set, priorities[i], priorities[i].healthy);
            degraded[i] = availability(set, priorities[i], priorities[i].degraded);
            total = Math.min(WHOLE, total + healthy[i] + degraded[i]);
        }
        if (total > 0)
        {
            final int left = spread(healthyLoad, healthy, WHOLE, total);
            final int rest = spread(degradedLoad, degraded, left, total);
            addRest(rest, healthy, degraded);
        }
        if (count > 0)
        {
            panic(priorities, total, balancing.panicPercent());
        }
        only = only();
    }

    private static int availability(final HostSet set, final HostGroup group, final int[] some)
    {
        final int overprovisioning = set.balancing().overprovisioning();
        if (group.counted == 0)
        {
            return 0;
        }
        if (!set.balancing().weighsHealth())
        {
            return (int)Math.min(WHOLE, (long)overprovisioning * some.length / group.counted);
        }
        long whole = 0;
        for (final int index : group.all)
        {
            whole += set.health(index).isExcluded(set.endpoint(index)) ? 0 : set.endpoint(index).weight();
        }
        long part = 0;
        for (final int index : some)
        {
            part += set.endpoint(index).weight();
        }
        return (int)Math.min(WHOLE, overprovisioning * part / whole);
    }

    private static int spread(final int[] load, final int[] availability, final int available, final int total)
    {
        int left = available;
        for (int i = 0; i < load.length; i++)
        {
            load[i] = Math.min(left, availability[i] * WHOLE / total);
            left -= load[i];
        }
        return left;
    }

    /** What rounding leaves goes to the first that takes anything. */
    private void addRest(final int rest, final int[] healthy, final int[] degraded)
    {
        for (int i = 0; i < healthy.length; i++)
        {
            if (healthy[i] > 0)
            {
                healthyLoad[i] += rest;
                return;
            }
        }
        for (int i = 0; i < degraded.length; i++)
        {
            if (degraded[i] > 0)
            {
                degradedLoad[i] += rest;
                return;
            }
        }
    }

    private void panic(final HostGroup[] priorities, final int total, final int threshold)
    {
        if (threshold == 0 && total == 0)
        {
            healthyLoad[0] = WHOLE;
            return;
        }
        boolean isTotal = true;
        int hosts = 0;
        for (int i = 0; i < priorities.length; i++)
        {
            isInPanic[i] = total < WHOLE && isInPanic(priorities[i], threshold);
            isTotal &= isInPanic[i];
            hosts += priorities[i].all.length;
        }
        if (!isTotal)
        {
            return;
        }
        int left = WHOLE;
        int first = -1;
        for (int i = 0; i < priorities.length; i++)
        {
            first = first < 0 && priorities[i].all.length > 0 ? i : first;
            healthyLoad[i] = hosts == 0 ? 0 : WHOLE * priorities[i].all.length / hosts;
            degradedLoad[i] = 0;
            left -= healthyLoad[i];
        }
        healthyLoad[Math.max(0, first)] += left;
    }

    private static boolean isInPanic(final HostGroup group, final int threshold)
    {
        return group.counted == 0 ? threshold > 0 :
            (double)WHOLE * (group.healthy.length + group.degraded.length) / group.counted < threshold;
    }

    private int only()
    {
        for (int i = 0; i < healthyLoad.length; i++)
        {
            if (healthyLoad[i] == WHOLE || degradedLoad[i] == WHOLE)
            {
                return i << 1 | (healthyLoad[i] == WHOLE ? 0 : DEGRADED);
            }
        }
        return -1;
    }

    /** What {@link #choose} returns for all numbers, or -1 when there is a choice. */
    int onlyChoice()
    {
        return only;
    }

    /** A priority, twice, and {@link #DEGRADED} when its degraded endpoints are meant. */
    int choose(final long hash)
    {
        final int wanted = (int)Long.remainderUnsigned(hash, WHOLE) + 1;
        int sum = 0;
        for (int i = 0; i < healthyLoad.length; i++)
        {
            sum += healthyLoad[i];
            if (wanted <= sum)
            {
                return i << 1;
            }
        }
        for (int i = 0; i < degradedLoad.length; i++)
        {
            sum += degradedLoad[i];
            if (wanted <= sum)
            {
                return i << 1 | DEGRADED;
            }
        }
        return 0;
    }

    boolean isInPanic(final int priority)
    {
        return isInPanic[priority];
    }
}
