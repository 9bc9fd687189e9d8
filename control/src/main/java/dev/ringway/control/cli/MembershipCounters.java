package dev.ringway.control.cli;

import dev.ringway.engine.balance.ClusterHosts;
import dev.ringway.engine.balance.HostSet;
import dev.ringway.engine.counters.SharedCounters;
import dev.ringway.engine.snapshot.Cluster;
import dev.ringway.engine.snapshot.Snapshot;
import dev.ringway.engine.upstream.ClusterUses;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts endpoints by their health, anew where it has changed. Any thread.
 */
final class MembershipCounters
{
    private final SharedCounters counters;
    private final Map<Integer, Counted> seen = new ConcurrentHashMap<>();

    /** What was counted last of a cluster. */
    private record Counted(HostSet set, int version)
    {
    }

    MembershipCounters(final SharedCounters counters)
    {
        this.counters = counters;
    }

    /**
     * @param snapshot newest one.
     * @param uses     of the loops.
     */
    void refresh(final Snapshot snapshot, final ClusterUses uses)
    {
        for (final Cluster cluster : snapshot.clusters())
        {
            final ClusterHosts hosts = uses.of(cluster.id()).hosts();
            final int version = hosts.version();
            final HostSet set = hosts.newest();
            if (cluster.balancing().original() != null)
            {
                counters.set(cluster.counters().membershipTotal, set.size());
                counters.add(cluster.counters().membershipChange, hosts.originals().takeChanges());
            }
            final Counted before = seen.get(cluster.id());
            if (set != null && (before == null || before.set != set || before.version != version))
            {
                counters.set(cluster.counters().membershipHealthy, set.healthyCount());
                counters.set(cluster.counters().membershipDegraded, set.degradedCount());
                counters.set(cluster.counters().membershipExcluded, set.excludedCount());
                seen.put(cluster.id(), new Counted(set, version));
            }
        }
    }
}
