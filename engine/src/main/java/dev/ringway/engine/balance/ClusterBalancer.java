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
    private Balancer whole;

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
            set = fresh;
            whole = fresh.balancing().policy().isHashing() ?
                new HashBalancer(context, fresh) : new ListBalancer(context, fresh, null, nowNs);
        }
    }

    /**
     * Allocates nothing, unless endpoints or their health have changed since.
     *
     * @param request what it is for.
     * @param nowNs   monotonic.
     * @return index of an endpoint in the set adopted last, or -1 when there is none.
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
