package dev.ringway.control.cli;

import dev.ringway.engine.counters.BreakerCounters;
import dev.ringway.engine.counters.SharedCounters;
import dev.ringway.engine.snapshot.Cluster;
import dev.ringway.engine.snapshot.Snapshot;
import dev.ringway.engine.snapshot.Thresholds;
import dev.ringway.engine.upstream.ClusterUse;
import dev.ringway.engine.upstream.ClusterUses;

/**
 * Says which bounds of clusters are reached. Any thread.
 */
final class BreakerGauges
{
    private final SharedCounters counters;

    BreakerGauges(final SharedCounters counters)
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
            final ClusterUse use = uses.of(cluster.id());
            refresh(use, cluster.circuitBreakers().normal(), false, cluster.counters().breakers);
            refresh(use, cluster.circuitBreakers().high(), true, cluster.counters().highBreakers);
        }
    }

    private void refresh(
        final ClusterUse use, final Thresholds thresholds, final boolean isHigh, final BreakerCounters ids)
    {
        set(ids.cxOpen, use.connections(isHigh), thresholds.maxConnections());
        set(ids.rqPendingOpen, use.pending(isHigh), thresholds.maxPendingRequests());
        set(ids.rqOpen, use.requests(isHigh), thresholds.maxRequests());
        set(ids.rqRetryOpen, use.retries(isHigh), use.retryLimit(thresholds, isHigh));
    }

    /** A bound of 0 counts as reached only while something has passed it, as in Envoy. */
    private void set(final int id, final int taken, final int limit)
    {
        final long isOpen = taken > 0 && taken >= limit ? 1 : 0;
        if (counters.get(id) != isOpen)
        {
            counters.set(id, isOpen);
        }
    }
}
