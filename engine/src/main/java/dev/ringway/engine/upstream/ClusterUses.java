package dev.ringway.engine.upstream;

import dev.ringway.engine.balance.HostSet;
import dev.ringway.engine.snapshot.Cluster;
import dev.ringway.engine.snapshot.Snapshot;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;

/**
 * What all loops together hold of each cluster, by cluster id. Any thread, but for what says otherwise.
 */
public final class ClusterUses
{
    private final int loops;
    private volatile ClusterUse[] uses = new ClusterUse[0];
    private volatile Executor builder = Runnable::run;
    /** Of clusters that no snapshot has had yet. Control thread only. */
    private final Map<Integer, ClusterUse> prepared = new HashMap<>();

    /**
     * @param loops how many loops there are.
     */
    public ClusterUses(final int loops)
    {
        this.loops = loops;
    }

    /**
     * @param executor runs what balancers need and no loop has time for; without one it runs where it comes up.
     */
    public void builder(final Executor executor)
    {
        builder = executor;
    }

    /**
     * Makes room for what the snapshot has, before it is published. Control thread only.
     *
     * @param snapshot about to be published.
     * @param nowNs    monotonic.
     */
    public void adopt(final Snapshot snapshot, final long nowNs)
    {
        final ClusterUse[] before = uses;
        int length = 0;
        for (final Cluster cluster : snapshot.clusters())
        {
            length = Math.max(length, cluster.id() + 1);
        }
        final ClusterUse[] fresh = new ClusterUse[length];
        for (final Cluster cluster : snapshot.clusters())
        {
            final int id = cluster.id();
            final ClusterUse known = id < before.length && before[id] != null ? before[id] : prepared.get(id);
            fresh[id] = known != null ? known : newUse();
            fresh[id].hosts().adopt(cluster, nowNs);
        }
        uses = fresh;
    }

    /**
     * Makes the health of endpoints known before a snapshot has them, until {@link #settle}. Control thread only.
     *
     * @param cluster that a snapshot is to have.
     * @param nowNs   monotonic.
     * @return those of its endpoints that are checked and that the newest snapshot does not have.
     */
    public HostSet prepare(final Cluster cluster, final long nowNs)
    {
        final int id = cluster.id();
        final ClusterUse[] current = uses;
        final ClusterUse known = id < current.length ? current[id] : null;
        final ClusterUse use = known != null ? known : prepared.computeIfAbsent(id, any -> newUse());
        return use.hosts().prepare(cluster, nowNs);
    }

    /**
     * What was prepared is in the newest snapshot, or will be in none. Control thread only.
     */
    public void settle()
    {
        prepared.clear();
        for (final ClusterUse use : uses)
        {
            if (use != null)
            {
                use.hosts().settle();
            }
        }
    }

    /**
     * @param clusterId {@code Cluster.id()}.
     * @return its use; of a cluster that the newest snapshot does not have, one that is shared with nobody.
     */
    public ClusterUse of(final int clusterId)
    {
        final ClusterUse[] current = uses;
        final ClusterUse use = clusterId < current.length ? current[clusterId] : null;
        return use == null ? newUse() : use;
    }

    private ClusterUse newUse()
    {
        return new ClusterUse(loops, task -> builder.execute(task));
    }
}
