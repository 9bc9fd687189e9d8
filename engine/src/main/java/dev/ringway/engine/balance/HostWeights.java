package dev.ringway.engine.balance;

import dev.ringway.engine.counters.EndpointCounters;
import dev.ringway.engine.snapshot.Balancing;
import dev.ringway.engine.snapshot.Balancing.Policy;
import dev.ringway.engine.snapshot.Balancing.SlowStart;

/**
 * What an endpoint weighs at a time: its own weight, less while it is new, and less for requests in flight where those
 * count. Any thread.
 */
final class HostWeights
{
    private static final long LEAST_AGE_NS = 1_000_000L;

    private final HostSet set;
    private final double bias;
    private final SlowStart slowStart;

    HostWeights(final HostSet set)
    {
        final Balancing balancing = set.balancing();
        this.set = set;
        bias = balancing.policy() == Policy.LEAST_REQUEST ? balancing.leastRequest().bias() : 0;
        slowStart = balancing.slowStart();
    }

    double of(final int index, final long nowNs)
    {
        double weight = set.endpoint(index).weight();
        if (bias != 0)
        {
            final long requests = set.health(index).counters().sum(EndpointCounters.RQ_ACTIVE) + 1;
            weight /= bias == 1 ? requests : Math.pow(requests, bias);
        }
        return isNew(index, nowNs) ? weight * share(nowNs - set.health(index).healthySinceNs()) : weight;
    }

    private double share(final long ageNs)
    {
        final double share = (double)Math.max(LEAST_AGE_NS, ageNs) / slowStart.windowNs();
        return Math.max(slowStart.leastShare(),
            slowStart.aggression() == 1 ? share : Math.pow(share, 1 / slowStart.aggression()));
    }

    private boolean isNew(final int index, final long nowNs)
    {
        return slowStart != null && nowNs - set.health(index).healthySinceNs() < slowStart.windowNs();
    }

    /** Whether all of some weigh the same, and will. */
    boolean areEqual(final int[] indexes, final long nowNs)
    {
        for (final int index : indexes)
        {
            if (set.endpoint(index).weight() != set.endpoint(indexes[0]).weight() || isNew(index, nowNs))
            {
                return false;
            }
        }
        return true;
    }
}
