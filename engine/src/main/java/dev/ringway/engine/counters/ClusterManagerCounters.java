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

    /** Changes that went in together with others. */
    public final int clusterUpdatedViaMerge;

    /** Joined changes given up because something more urgent came. */
    public final int updateMergeCancelled;

    /** Changes that came too late to be joined. */
    public final int updateOutOfMergeWindow;

    /** Clusters in use. */
    public final int activeClusters;

    /** Clusters that wait for their endpoints. */
    public final int warmingClusters;

    /**
     * @param registry gives out the ids.
     */
    public ClusterManagerCounters(final CounterRegistry registry)
    {
        clusterAdded = registry.counter("cluster_manager.cluster_added");
        clusterModified = registry.counter("cluster_manager.cluster_modified");
        clusterRemoved = registry.counter("cluster_manager.cluster_removed");
        clusterUpdated = registry.counter("cluster_manager.cluster_updated");
        clusterUpdatedViaMerge = registry.counter("cluster_manager.cluster_updated_via_merge");
        updateMergeCancelled = registry.counter("cluster_manager.update_merge_cancelled");
        updateOutOfMergeWindow = registry.counter("cluster_manager.update_out_of_merge_window");
        activeClusters = registry.gauge("cluster_manager.active_clusters");
        warmingClusters = registry.gauge("cluster_manager.warming_clusters");
    }
}
