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
        final boolean[] isKept = new boolean[states.length];
        for (final Cluster cluster : snapshot.clusters())
        {
            final int id = cluster.id();
            if (id >= states.length)
            {
                states = Arrays.copyOf(states, Math.max(id + 1, states.length << 1));
            }
            if (states[id] == null)
            {
                states[id] = new ClusterState(context, uses.of(id));
            }
            states[id].adopt(cluster);
            if (id < isKept.length)
            {
                isKept[id] = true;
            }
        }
        for (int i = 0; i < isKept.length; i++)
        {
            if (states[i] != null && !isKept[i])
            {
                states[i].retire();
                states[i] = null;
            }
        }
    }

    /**
     * @param clusterId {@code Cluster.id()}.
     * @return the cluster on this loop, or null when the snapshot has none of that id.
     */
    public ClusterState cluster(final int clusterId)
    {
        return clusterId >= 0 && clusterId < states.length ? states[clusterId] : null;
    }
}
