package dev.ringway.engine.counters;

/**
 * Ids of the counters {@code cluster_manager.*}; names and meaning as in Envoy's cluster manager statistics. Control
 * thread only.
 */
public final class ClusterManagerCounters
{
    /** Clusters added. */
    public final int clusterAdded;

    /** Clusters changed. */
    public final int clusterModified;

    /** Clusters removed. */
    public final int clusterRemoved;

    /** Changes of clusters or of their endpoints. */
    public final int clusterUpdated;

    /** Clusters in use. */
    public final int activeClusters;

    /**
     * @param registry gives out the ids.
     */
    public ClusterManagerCounters(final CounterRegistry registry)
    {
        clusterAdded = registry.counter("cluster_manager.cluster_added");
        clusterModified = registry.counter("cluster_manager.cluster_modified");
        clusterRemoved = registry.counter("cluster_manager.cluster_removed");
        clusterUpdated = registry.counter("cluster_manager.cluster_updated");
        activeClusters = registry.gauge("cluster_manager.active_clusters");
    }
}
