package dev.ringway.control.cli;

import dev.ringway.control.translate.ClusterPlan;
import dev.ringway.engine.balance.HashShape;
import dev.ringway.engine.counters.RemainingCounters;
import dev.ringway.engine.counters.SharedCounters;
import dev.ringway.engine.snapshot.Thresholds;
import dev.ringway.engine.upstream.ClusterUse;
import dev.ringway.engine.upstream.ClusterUses;

import java.util.List;

/**
 * Tells of clusters what only some of them have gauges for. Any thread.
 */
final class PlanGauges
{
    private final SharedCounters counters;

    PlanGauges(final SharedCounters counters)
    {
        this.counters = counters;
    }

    /**
     * @param plans in force.
     * @param uses  of the loops.
     */
    void refresh(final List<ClusterPlan> plans, final ClusterUses uses)
    {
        for (final ClusterPlan plan : plans)
        {
            final ClusterPlan.Gauges ids = plan.gauges();
            final int cluster = plan.cluster().id();
            if (ids.normal() != null)
            {
                remain(uses.of(cluster), plan.cluster().circuitBreakers().normal(), false, ids.normal());
            }
            if (ids.high() != null)
            {
                remain(uses.of(cluster), plan.cluster().circuitBreakers().high(), true, ids.high());
            }
            if (ids.ring() != null || ids.maglev() != null)
            {
                shape(uses.of(cluster).hosts().hashShape(), ids);
            }
        }
    }

    private void remain(
        final ClusterUse use, final Thresholds thresholds, final boolean isHigh, final RemainingCounters ids)
    {
        counters.set(ids.remainingCx, Math.max(0, thresholds.maxConnections() - use.connections(isHigh)));
        counters.set(ids.remainingPending, Math.max(0, thresholds.maxPendingRequests() - use.pending(isHigh)));
        counters.set(ids.remainingRq, Math.max(0, thresholds.maxRequests() - use.requests(isHigh)));
        counters.set(ids.remainingRetries, Math.max(0, use.retryLimit(thresholds, isHigh) - use.retries(isHigh)));
    }

    private void shape(final HashShape shape, final ClusterPlan.Gauges ids)
    {
        if (shape == null)
        {
            return;
        }
        if (ids.ring() != null)
        {
            counters.set(ids.ring().size, shape.size());
            counters.set(ids.ring().minHashesPerHost, shape.fewest());
            counters.set(ids.ring().maxHashesPerHost, shape.most());
        }
        if (ids.maglev() != null)
        {
            counters.set(ids.maglev().minEntriesPerHost, shape.fewest());
            counters.set(ids.maglev().maxEntriesPerHost, shape.most());
        }
    }
}
