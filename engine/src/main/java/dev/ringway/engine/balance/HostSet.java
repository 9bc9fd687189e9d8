package dev.ringway.engine.balance;

import dev.ringway.engine.snapshot.Balancing;
import dev.ringway.engine.snapshot.Endpoint;

import java.util.List;

/**
 * The endpoints of a cluster in one snapshot, each with its health; known by their indexes. Immutable, shared by all
 * loops.
 */
public final class HostSet
{
    private final List<Endpoint> endpoints;
    private final HostHealth[] health;
    private final Balancing balancing;
    private final SubsetIndex subsets;

    HostSet(final List<Endpoint> endpoints, final HostHealth[] health, final Balancing balancing)
    {
        this.endpoints = endpoints;
        this.health = health;
        this.balancing = balancing;
        subsets = balancing.subsets() == null ? null : new SubsetIndex(balancing.subsets(), endpoints);
    }

    /**
     * @return how many there are.
     */
    public int size()
    {
        return health.length;
    }

    /**
     * @param index of an endpoint.
     * @return that one.
     */
    public Endpoint endpoint(final int index)
    {
        return endpoints.get(index);
    }

    /**
     * @param index of an endpoint.
     * @return its health.
     */
    public HostHealth health(final int index)
    {
        return health[index];
    }

    /** Groups of them, or null when the cluster has none. */
    SubsetIndex subsets()
    {
        return subsets;
    }

    Balancing balancing()
    {
        return balancing;
    }

    boolean isFor(final List<Endpoint> others, final Balancing other)
    {
        return endpoints == others && balancing == other;
    }

    boolean isHealthy(final int index)
    {
        return health[index].isHealthy(endpoints.get(index));
    }

    boolean isDegraded(final int index)
    {
        return health[index].isDegraded(endpoints.get(index));
    }

    /**
     * @return how many may be picked now.
     */
    public int healthyCount()
    {
        int count = 0;
        for (int i = 0; i < health.length; i++)
        {
            count += isHealthy(i) ? 1 : 0;
        }
        return count;
    }

    /**
     * @return how many are degraded now.
     */
    public int degradedCount()
    {
        int count = 0;
        for (int i = 0; i < health.length; i++)
        {
            count += isDegraded(i) ? 1 : 0;
        }
        return count;
    }

    /**
     * @return how many count as not there where health is measured.
     */
    public int excludedCount()
    {
        int count = 0;
        for (int i = 0; i < health.length; i++)
        {
            count += health[i].isExcluded(endpoints.get(i)) ? 1 : 0;
        }
        return count;
    }
}
