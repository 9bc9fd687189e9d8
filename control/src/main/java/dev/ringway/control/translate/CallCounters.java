package dev.ringway.control.translate;

import dev.ringway.engine.counters.CounterRegistry;
import dev.ringway.engine.counters.Histograms;
import dev.ringway.engine.httpfilters.CallNames;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Makes counters for calls of gRPC on the control thread, as their methods are seen. They are their cluster's, and go
 * with it. Bounded for the whole process.
 */
public final class CallCounters implements CallNames
{
    /** Most counters and histograms of calls: what is left of the counters is the configuration's. */
    static final int MAX_NAMES = 1 << 16;

    private final CounterRegistry process;
    /** By the name of the cluster; control thread only, as what follows. */
    private Map<String, Owner> owners = Map.of();
    /** What was made, by the prefix of a cluster. */
    private final Map<String, Set<String>> names = new HashMap<>();
    private int made;

    /** A cluster: the prefix of its counters, and what gives them out. */
    private record Owner(String prefix, CounterRegistry counters)
    {
    }

    /**
     * @param process registers with the control thread.
     */
    public CallCounters(final CounterRegistry process)
    {
        this.process = process;
    }

    /**
     * A configuration is in force. Control thread.
     *
     * @param bootstrap whose clusters calls may go to from now on.
     * @param counters  give out those of a cluster.
     */
    public void adopt(final Bootstrap bootstrap, final Function<Cluster, CounterRegistry> counters)
    {
        final Map<String, Owner> fresh = new HashMap<>();
        final Set<String> prefixes = new HashSet<>();
        for (final Cluster cluster : bootstrap.getStaticResources().getClustersList())
        {
            final String prefix = "cluster." + ClusterTranslator.statName(cluster) + '.';
            fresh.put(cluster.getName(), new Owner(prefix, counters.apply(cluster)));
            prefixes.add(prefix);
        }
        owners = fresh;
        names.keySet().retainAll(prefixes);
        made = names.values().stream().mapToInt(Set::size).sum();
    }

    /**
     * {@inheritDoc}
     */
    public void ask(final String cluster, final String name, final boolean isHistogram, final Taker taker)
    {
        if (!process.later(() -> make(cluster, name, isHistogram, taker)))
        {
            taker.onMade(Histograms.NONE, null);
        }
    }

    private void make(final String cluster, final String name, final boolean isHistogram, final Taker taker)
    {
        final Owner owner = owners.get(cluster);
        if (owner == null)
        {
            taker.onMade(Histograms.NONE, null);
            return;
        }
        final Set<String> known = names.computeIfAbsent(owner.prefix, prefix -> new HashSet<>());
        final int id = known.contains(name) || made < MAX_NAMES ? idOf(owner, name, isHistogram) : Histograms.NONE;
        if (id >= 0 && known.add(name))
        {
            made++;
        }
        final long waiting = taker.onMade(id, owner.counters.lease());
        if (id >= 0 && !isHistogram)
        {
            owner.counters.add(id, waiting);
        }
    }

    private static int idOf(final Owner owner, final String name, final boolean isHistogram)
    {
        try
        {
            return isHistogram ? owner.counters.lateHistogram(owner.prefix + name) :
                owner.counters.lateCounter(owner.prefix + name);
        }
        catch (final IllegalStateException | IllegalArgumentException e)
        {
            // There is no room, or something else has the name: calls go on, and are counted as too many.
            return Histograms.NONE;
        }
    }
}
