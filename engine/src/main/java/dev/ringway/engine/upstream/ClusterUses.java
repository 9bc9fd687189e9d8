package dev.ringway.engine.upstream;

import dev.ringway.engine.snapshot.Cluster;
import dev.ringway.engine.snapshot.Snapshot;

import java.util.concurrent.Executor;

/**
 * What all loops together hold of each cluster, by cluster id. Any thread, but for what says otherwise.
 */
public final class ClusterUses
{
    private final int loops;
    private volatile ClusterUse[] uses = new ClusterUse[0];
    private volatile Executor builder = Runnable::run;

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
            fresh[id] = id < before.length && before[id] != null ? before[id] : newUse();
            fresh[id].hosts().adopt(cluster, nowNs);
        }
        uses = fresh;
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
