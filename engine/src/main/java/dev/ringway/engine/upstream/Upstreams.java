package dev.ringway.engine.upstream;

import dev.ringway.engine.conn.Connections;
import dev.ringway.engine.http2.Http2Context;
import dev.ringway.engine.loop.EventLoop;
import dev.ringway.engine.snapshot.Cluster;
import dev.ringway.engine.snapshot.Snapshot;

import java.util.Arrays;

/**
 * All clusters of one loop, by cluster id. Loop thread only.
 */
public final class Upstreams
{
    private final UpstreamContext context;
    private final ClusterUses uses;
    /** Clusters of the snapshot, by id. */
    private Cluster[] clusters = new Cluster[16];
    /** Of those that were asked for: of many clusters a loop may use few. */
    private ClusterState[] states = new ClusterState[16];

    /**
     * @param loop        that owns them.
     * @param connections of that loop.
     * @param uses        of all loops.
     * @param http2       of that loop.
     */
    public Upstreams(
        final EventLoop loop, final Connections connections, final ClusterUses uses, final Http2Context http2)
    {
        this.uses = uses;
        context = new UpstreamContext(loop, connections, http2);
    }

    /**
     * Takes over the clusters of a snapshot; may allocate.
     *
     * @param snapshot new configuration.
     */
    public void adopt(final Snapshot snapshot)
    {
        int length = clusters.length;
        for (final Cluster cluster : snapshot.clusters())
        {
            length = Math.max(length, cluster.id() + 1);
        }
        clusters = new Cluster[length];
        states = Arrays.copyOf(states, length);
        for (final Cluster cluster : snapshot.clusters())
        {
            clusters[cluster.id()] = cluster;
        }
        for (int i = 0; i < length; i++)
        {
            if (states[i] != null && clusters[i] == null)
            {
                states[i].retire();
                states[i] = null;
            }
            else if (states[i] != null)
            {
                states[i].adopt(clusters[i]);
            }
        }
    }

    /**
     * @param clusterId {@code Cluster.id()}.
     * @return what the configuration says of the cluster, or null when the snapshot has none of that id.
     */
    public Cluster settings(final int clusterId)
    {
        return clusterId < 0 || clusterId >= clusters.length ? null : clusters[clusterId];
    }

    /**
     * May allocate when it is asked for a cluster for the first time.
     *
     * @param clusterId {@code Cluster.id()}.
     * @return the cluster on this loop, or null when the snapshot has none of that id.
     */
    public ClusterState cluster(final int clusterId)
    {
        if (clusterId < 0 || clusterId >= states.length)
        {
            return null;
        }
        final ClusterState state = states[clusterId];
        return state != null || clusters[clusterId] == null ? state : open(clusterId);
    }

    private ClusterState open(final int clusterId)
    {
        final ClusterState state = new ClusterState(context, uses.of(clusterId));
        state.adopt(clusters[clusterId]);
        states[clusterId] = state;
        return state;
    }
}
