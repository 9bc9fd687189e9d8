package dev.ringway.engine.balance;

import dev.ringway.engine.snapshot.Balancing;
import dev.ringway.engine.snapshot.Balancing.Policy;

import java.util.Arrays;

/**
 * Round robin, least request and by chance: a priority by its load, a locality by its weight, then one of its endpoints.
 */
final class ListBalancer implements Balancer
{
    private final BalanceContext context;
    private final HostSet set;
    private final int[] members;
    private final HostWeights weights;
    private HostGroups groups;
    private Part[] parts;
    /** Where there is nothing to choose before it, which is the usual case. */
    private Picker plain;
    private int version;

    /** Pickers of the healthy or the degraded endpoints of one priority. */
    private static final class Part
    {
        private Picker whole;
        private Schedule turns;
        private double[] weights;
        private Picker[] localities;

        int pick(final long nowNs)
        {
            if (turns == null)
            {
                return whole.pick(nowNs);
            }
            final int locality = turns.first();
            turns.turn(weights[locality]);
            return localities[locality].pick(nowNs);
        }
    }

    /**
     * @param context of the loop.
     * @param set     endpoints of the cluster.
     * @param members which of them are meant, or null for all.
     * @param nowNs   monotonic.
     */
    ListBalancer(final BalanceContext context, final HostSet set, final int[] members, final long nowNs)
    {
        this.context = context;
        this.set = set;
        this.members = members;
        weights = new HostWeights(set);
        build(nowNs);
    }

    public int pick(final PickRequest request, final int attempt, final long nowNs)
    {
        if (context.hosts.version() != version)
        {
            build(nowNs);
        }
        return plain != null ? plain.pick(nowNs) : pickPart(nowNs);
    }

    private int pickPart(final long nowNs)
    {
        if (parts.length == 0)
        {
            return context.none(set.balancing());
        }
        final int only = groups.loads.onlyChoice();
        final int choice = only >= 0 ? only : groups.loads.choose(context.random.nextLong());
        if (groups.loads.isInPanic(choice >> 1))
        {
            context.onPanic();
        }
        return parts[choice].pick(nowNs);
    }

    private void build(final long nowNs)
    {
        // Read first: what changes while this goes on is seen with the next pick.
        version = context.hosts.version();
        final Part[] before = parts;
        groups = new HostGroups(set, members);
        parts = new Part[groups.priorities.length << 1];
        for (int i = 0; i < parts.length; i++)
        {
            final HostGroup group = groups.priorities[i >> 1];
            final boolean isPanic = groups.loads.isInPanic(i >> 1);
            final int[] some = isPanic ? group.all : (i & PriorityLoads.DEGRADED) == 0 ? group.healthy : group.degraded;
            parts[i] = new Part();
            if (!isPanic && group.localities.length > 0 && some.length > 0)
            {
                spread(parts[i], group, (i & PriorityLoads.DEGRADED) == 0, nowNs);
            }
            parts[i].whole = picker(some, before != null && i < before.length ? before[i].whole : null, nowNs);
        }
        final int only = groups.loads.onlyChoice();
        plain = parts.length == 0 || only < 0 || groups.loads.isInPanic(only >> 1) || parts[only].turns != null ?
            null : parts[only].whole;
    }

    private void spread(final Part part, final HostGroup group, final boolean isHealthy, final long nowNs)
    {
        final double[] shares = new double[group.localities.length];
        final Picker[] pickers = new Picker[shares.length];
        int count = 0;
        for (final HostGroup locality : group.localities)
        {
            final int[] some = isHealthy ? locality.healthy : locality.degraded;
            final double share = locality.effectiveWeight(some.length, set.balancing().overprovisioning());
            if (share > 0)
            {
                shares[count] = share;
                pickers[count++] = picker(some, null, nowNs);
            }
        }
        if (count > 0)
        {
            part.weights = Arrays.copyOf(shares, count);
            part.localities = Arrays.copyOf(pickers, count);
            part.turns = new Schedule(part.weights, context.random);
        }
    }

    private Picker picker(final int[] some, final Picker before, final long nowNs)
    {
        final Balancing balancing = set.balancing();
        if (balancing.policy() == Policy.RANDOM)
        {
            return new ChancePicker(some, context.random);
        }
        if (some.length > 1 && !weights.areEqual(some, nowNs))
        {
            return new WeightedPicker(weights, some, context.random, nowNs);
        }
        if (balancing.policy() == Policy.LEAST_REQUEST)
        {
            return new FewestPicker(set, some, balancing.leastRequest().choiceCount(), context.random);
        }
        return new TurnPicker(some, before instanceof final TurnPicker turns ? turns.next() : context.first);
    }
}
