package dev.ringway.control.health;

import dev.ringway.engine.balance.HostSet;
import dev.ringway.engine.httpfilters.ServiceHealth;
import dev.ringway.engine.upstream.ClusterUses;

/**
 * Counts endpoints of the newest snapshot as they are now. Any thread.
 */
public final class ClusterCounts implements ServiceHealth.Clusters
{
    private final ClusterUses uses;

    /**
     * @param uses of the loops.
     */
    public ClusterCounts(final ClusterUses uses)
    {
        this.uses = uses;
    }

    /**
     * {@inheritDoc}
     */
    public int total(final int clusterId)
    {
        final HostSet hosts = uses.of(clusterId).hosts().newest();
        return hosts == null ? 0 : hosts.size();
    }

    /**
     * {@inheritDoc}
     */
    public int available(final int clusterId)
    {
        final HostSet hosts = uses.of(clusterId).hosts().newest();
        return hosts == null ? 0 : hosts.healthyCount() + hosts.degradedCount();
    }
}
