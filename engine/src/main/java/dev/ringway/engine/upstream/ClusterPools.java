package dev.ringway.engine.upstream;

import dev.ringway.engine.balance.ClusterBalancer;
import dev.ringway.engine.balance.HostSet;
import dev.ringway.engine.balance.OriginalHosts;
import dev.ringway.engine.snapshot.Cluster;
import dev.ringway.engine.snapshot.Endpoint;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The pools of one cluster on one loop, for one priority: of its endpoints, or of where clients wanted to go when it is
 * of the type ORIGINAL_DST. None before the first snapshot is adopted and after {@link #retire}. Adopting a snapshot
 * allocates; picking a pool of an endpoint does not. Loop thread only.
 */
final class ClusterPools
{
    private final ClusterState owner;
    private final UpstreamContext context;
    private final OriginalHosts originalHosts;
    private final ClusterBalancer balancer;
    /** In the order of the cluster's endpoints. */
    private List<EndpointPool> pools = List.of();
    /** Those of a cluster of the type ORIGINAL_DST, or null. */
    private OriginalPools originals;

    ClusterPools(
        final ClusterState owner,
        final UpstreamContext context,
        final OriginalHosts originalHosts,
        final ClusterBalancer balancer)
    {
        this.owner = owner;
        this.context = context;
        this.originalHosts = originalHosts;
        this.balancer = balancer;
    }

    /**
     * Takes over what a new snapshot says; pools of endpoints that are gone retire.
     *
     * @param fresh  the cluster.
     * @param set    its endpoints.
     * @param isSame whether pools may be kept: sockets and the version of HTTP are the ones before.
     */
    void adopt(final Cluster fresh, final HostSet set, final boolean isSame)
    {
        if ((originals != null) != (fresh.balancing().original() != null))
        {
            retire();
            originals = originals != null ? null : new OriginalPools(owner, context, originalHosts);
        }
        pools = originals == null ? keep(fresh, set, isSame) : originals.adopt(fresh, isSame);
    }

    private List<EndpointPool> keep(final Cluster fresh, final HostSet set, final boolean isSame)
    {
        final List<EndpointPool> kept = new ArrayList<>(set.size());
        final Map<Object, EndpointPool> known = new HashMap<>();
        pools.forEach(pool -> known.put(pool.endpoint().identity(), pool));
        for (int i = 0; i < set.size(); i++)
        {
            final Endpoint endpoint = set.endpoint(i);
            EndpointPool pool = isSame ? known.get(endpoint.identity()) : null;
            if (pool == null || !pool.isFor(endpoint, fresh.tls()))
            {
                pool = new EndpointPool(owner, context, endpoint, fresh.tls(), set.health(i));
                known.put(endpoint.identity(), pool);
            }
            pool.adopt(endpoint, fresh.tls());
            kept.add(pool);
        }
        final Set<EndpointPool> gone = new HashSet<>(pools);
        kept.forEach(gone::remove);
        gone.forEach(EndpointPool::retire);
        return kept;
    }

    /** All of them end their idle connections now, and busy ones after their responses. */
    void retire()
    {
        if (originals != null)
        {
            originals.close();
        }
        pools.forEach(EndpointPool::retire);
        pools = List.of();
    }

    /** The pool whose endpoint a request or a relay is for, now; null when there is none. */
    EndpointPool pick(final UpstreamHandler handler)
    {
        if (originals != null)
        {
            return originals.pick(handler);
        }
        final int index = balancer.pick(handler.needs(), context.loop.clock().nowNs());
        return index < 0 ? null : pools.get(index);
    }

    /** Whether a pool is for where a request that waits has to go. */
    boolean isFor(final EndpointPool pool, final UpstreamHandler handler)
    {
        return originals == null || originals.isFor(pool, handler);
    }

    /** Ends one idle connection, of whichever pool has any. */
    void closeIdle()
    {
        for (int i = 0, count = pools.size(); i < count; i++)
        {
            if (pools.get(i).closeIdle())
            {
                return;
            }
        }
    }

    /** An exchange that waits for settings gives up; false when none such is here. */
    boolean cancelUpgrade(final UpstreamHandler handler)
    {
        for (int i = 0; i < pools.size(); i++)
        {
            if (pools.get(i).cancelUpgrade(handler))
            {
                return true;
            }
        }
        return false;
    }
}
