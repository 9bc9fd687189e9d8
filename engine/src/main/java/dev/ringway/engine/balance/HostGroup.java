package dev.ringway.engine.balance;

import dev.ringway.engine.snapshot.Locality;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Endpoints of one priority, or of one locality in it, by their health at one time. Immutable.
 */
final class HostGroup
{
    private static final HostGroup[] NONE = new HostGroup[0];

    final int[] all;
    final int[] healthy;
    final int[] degraded;
    /** Of those that count where health is measured. */
    final int counted;
    /** Of the locality. */
    final int weight;
    /** Of a priority that is balanced by localities, in the order of the configuration. */
    final HostGroup[] localities;

    private HostGroup(final HostSet set, final int[] all, final int weight, final HostGroup[] localities)
    {
        this.all = all;
        this.weight = weight;
        this.localities = localities;
        final int[] good = new int[all.length];
        final int[] fair = new int[all.length];
        int goodCount = 0;
        int fairCount = 0;
        int excluded = 0;
        for (final int index : all)
        {
            if (set.isHealthy(index))
            {
                good[goodCount++] = index;
            }
            else if (set.isDegraded(index))
            {
                fair[fairCount++] = index;
            }
            excluded += set.health(index).isExcluded(set.endpoint(index)) ? 1 : 0;
        }
        healthy = goodCount == all.length ? all : Arrays.copyOf(good, goodCount);
        degraded = Arrays.copyOf(fair, fairCount);
        counted = all.length - excluded;
    }

    static HostGroup of(final HostSet set, final int[] indexes)
    {
        // Of subsets the weights of localities say nothing: they are those of all endpoints.
        return new HostGroup(set, indexes, 0,
            set.balancing().isByLocality() && set.subsets() == null ? localities(set, indexes) : NONE);
    }

    private static HostGroup[] localities(final HostSet set, final int[] indexes)
    {
        final Map<Locality, int[]> members = new LinkedHashMap<>();
        for (final int index : indexes)
        {
            members.merge(set.endpoint(index).place().locality(), new int[] {index}, HostGroup::joined);
        }
        return members.values().stream()
            .map(some -> new HostGroup(set, some, set.endpoint(some[0]).place().weight(), NONE))
            .toArray(HostGroup[]::new);
    }

    private static int[] joined(final int[] one, final int[] other)
    {
        final int[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }

    /** Share of its weight that a locality has for as many of its endpoints as are given. */
    double effectiveWeight(final int eligible, final int overprovisioning)
    {
        return counted == 0 ? 0 : weight * Math.min(1.0, overprovisioning / 100.0 * eligible / counted);
    }
}
