package dev.ringway.control.translate;

import dev.ringway.engine.counters.CounterRegistry;
import dev.ringway.engine.counters.Histograms;
import dev.ringway.engine.counters.SharedCounters;
import dev.ringway.engine.httpfilters.CallNames;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;

/**
 * Makes counters for calls of gRPC on the control thread, as their methods are seen. They are their cluster's, and go
 * with it. Bounded for the whole process.
 */
public final class CallCounters implements CallNames
{
    /** Most counters and histograms of calls: what is left of the counters is the configuration's. */
    static final int MAX_NAMES = 1 << 16;

    private final SharedCounters shared;
    private final Executor control;
    /** Control thread only. */
    private Map<String, Owner> owners = Map.of();
    private int made;

    /** A cluster with the names that were made for it, and whether they are of histograms. */
    private record Owner(String prefix, CounterRegistry counters, Map<String, Boolean> names)
    {
        private int idOf(final String name, final boolean isHistogram)
        {
            return isHistogram ? counters.histogram(name) : counters.counter(name);
        }
    }

    /**
     * @param shared   column of the control thread.
     * @param control  runs tasks on it.
     */
    public CallCounters(final SharedCounters shared, final Executor control)
    {
        this.shared = shared;
        this.control = control;
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
        made = 0;
        for (final Cluster cluster : bootstrap.getStaticResources().getClustersList())
        {
            final Owner owner = owner(cluster, counters.apply(cluster));
            made += owner.names.size();
            fresh.put(cluster.getName(), owner);
        }
        owners = fresh;
    }

    private Owner owner(final Cluster cluster, final CounterRegistry counters)
    {
        final Owner known = owners.get(cluster.getName());
        final String prefix = "cluster." +
            StatName.of(cluster.getAltStatName().isEmpty() ? cluster.getName() : cluster.getAltStatName()) + '.';
        if (known != null && known.counters == counters)
        {
            return known;
        }
        final Owner fresh = new Owner(prefix, counters, new HashMap<>());
        if (known != null && known.prefix.equals(prefix))
        {
            // Calls may still be counted under what the cluster had before it changed.
            known.names.forEach(fresh::idOf);
            fresh.names.putAll(known.names);
        }
        return fresh;
    }

    /**
     * {@inheritDoc}
     */
    public void ask(final String cluster, final String name, final boolean isHistogram, final Taker taker)
    {
        try
        {
            control.execute(() -> make(cluster, name, isHistogram, taker));
        }
        catch (final RejectedExecutionException e)
        {
            taker.onMade(Histograms.NONE, null);
        }
    }

    private void make(final String cluster, final String below, final boolean isHistogram, final Taker taker)
    {
        final Owner owner = owners.get(cluster);
        if (owner == null)
        {
            taker.onMade(Histograms.NONE, null);
            return;
        }
        final String name = owner.prefix + below;
        final int id = owner.names.containsKey(name) || made < MAX_NAMES ? idOf(owner, name, isHistogram) :
            Histograms.NONE;
        if (id >= 0 && owner.names.put(name, isHistogram) == null)
        {
            made++;
        }
        final long waiting = taker.onMade(id, owner.counters.lease());
        if (id >= 0 && !isHistogram)
        {
            shared.add(id, waiting);
        }
    }

    private static int idOf(final Owner owner, final String name, final boolean isHistogram)
    {
        try
        {
            return owner.idOf(name, isHistogram);
        }
        catch (final IllegalStateException | IllegalArgumentException e)
        {
            // There is no room, or something else has the name: calls go on, and are counted as too many.
            return Histograms.NONE;
        }
    }
}
