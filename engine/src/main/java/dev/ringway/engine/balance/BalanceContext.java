package dev.ringway.engine.balance;

import dev.ringway.engine.counters.ClusterCounters;
import dev.ringway.engine.counters.LoopCounters;
import dev.ringway.engine.snapshot.Balancing;

import java.util.SplittableRandom;

/**
 * What the balancers of one cluster on one loop share. Loop thread only.
 */
final class BalanceContext
{
    final ClusterHosts hosts;
    final SplittableRandom random = new SplittableRandom();
    /** Where turns begin. */
    final int first;
    final LoopCounters counters;
    ClusterCounters ids;

    BalanceContext(final ClusterHosts hosts, final LoopCounters counters, final int first)
    {
        this.hosts = hosts;
        this.counters = counters;
        this.first = first;
    }

    void onPanic()
    {
        counters.increment(ids.lbHealthyPanic);
    }

    /** There is nothing to pick from, which counts as panic, as in Envoy. */
    int none(final Balancing balancing)
    {
        if (balancing.panicPercent() > 0)
        {
            onPanic();
        }
        return Picker.NONE;
    }
}
