package dev.ringway.engine.balance;

import dev.ringway.engine.counters.ClusterCounters;
import dev.ringway.engine.counters.LoopCounters;

/**
 * Picks endpoints of one cluster on one loop. Survives new snapshots that have the cluster. Loop thread only.
 */
public final class ClusterBalancer
{
    private final BalanceContext context;
    private HostSet set;
    private Balancer whole = NoBalancer.NONE;

    /**
     * @param hosts    of the cluster.
     * @param counters of the loop.
     * @param loop     its index.
     */
    public ClusterBalancer(final ClusterHosts hosts, final LoopCounters counters, final int loop)
    {
        context = new BalanceContext(hosts, counters, loop);
    }

    /**
     * Takes over the endpoints of a new snapshot; may allocate.
     *
     * @param fresh endpoints.
     * @param ids   of the cluster's counters.
     * @param nowNs monotonic.
     */
    public void adopt(final HostSet fresh, final ClusterCounters ids, final long nowNs)
    {
        context.ids = ids;
        if (fresh != set)
        {
            countSubsets(set, fresh);
            set = fresh;
            final Balancer all = fresh.balancing().policy().isHashing() ?
                new HashBalancer(context, fresh, null) : new ListBalancer(context, fresh, null, nowNs);
            whole = fresh.subsets() == null ? all : new SubsetBalancer(context, fresh, all, nowNs);
        }
    }

    /**
     * The cluster is no longer there: nothing is picked any more.
     */
    public void retire()
    {
        countSubsets(set, null);
        set = null;
        whole = NoBalancer.NONE;
    }

    private void countSubsets(final HostSet before, final HostSet now)
    {
        final int old = before == null || before.subsets() == null ? 0 : before.subsets().count();
        final int fresh = now == null || now.subsets() == null ? 0 : now.subsets().count();
        if (old != fresh)
        {
            context.counters.add(context.ids.lbSubsetsActive, fresh - old);
            context.counters.add(fresh > old ? context.ids.lbSubsetsCreated : context.ids.lbSubsetsRemoved,
                Math.abs(fresh - old));
        }
    }

    /**
     * Allocates nothing, unless endpoints or their health have changed since.
     *
     * @param request what it is for.
     * @param nowNs   monotonic.
     * @return index of an endpoint in the set adopted last, or -1 when there is none, or no set.
     */
    public int pick(final PickRequest request, final long nowNs)
    {
        int index = whole.pick(request, 0, nowNs);
        for (int i = 1, last = request.morePicks();
            i <= last && index >= 0 && request.avoids(set.endpoint(index)); i++)
        {
            index = whole.pick(request, i, nowNs);
        }
        return index;
    }
}
