package dev.ringway.control.translate;

import dev.ringway.engine.counters.CounterRegistry;
import dev.ringway.engine.counters.Histograms;
import dev.ringway.engine.counters.SharedCounters;
import dev.ringway.engine.httpfilters.CallNames;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.IntToLongFunction;

/**
 * Makes counters for calls of gRPC on the control thread, as their methods are seen. Bounded for the whole process.
 */
public final class CallCounters implements CallNames
{
    /** Most counters and histograms of calls: what is left of the counters is the configuration's. */
    static final int MAX_NAMES = 1 << 16;

    private final CounterRegistry registry;
    private final SharedCounters shared;
    private final Executor control;
    private final Map<String, String> clusters = new ConcurrentHashMap<>();
    private final Set<String> made = new HashSet<>();

    /**
     * @param registry gives out counters, on the control thread.
     * @param shared   column of that thread.
     * @param control  runs tasks on it.
     */
    public CallCounters(final CounterRegistry registry, final SharedCounters shared, final Executor control)
    {
        this.registry = registry;
        this.shared = shared;
        this.control = control;
    }

    /**
     * @param bootstrap whose clusters calls may go to from now on.
     */
    public void adopt(final Bootstrap bootstrap)
    {
        bootstrap.getStaticResources().getClustersList().forEach(cluster -> clusters.put(cluster.getName(),
            StatName.of(cluster.getAltStatName().isEmpty() ? cluster.getName() : cluster.getAltStatName())));
    }

    /**
     * {@inheritDoc}
     */
    public void ask(
        final String cluster, final String name, final boolean isHistogram, final IntToLongFunction taker)
    {
        try
        {
            control.execute(() -> make(cluster, name, isHistogram, taker));
        }
        catch (final RejectedExecutionException e)
        {
            taker.applyAsLong(Histograms.NONE);
        }
    }

    private void make(
        final String cluster, final String below, final boolean isHistogram, final IntToLongFunction taker)
    {
        final String owner = clusters.get(cluster);
        final String name = "cluster." + owner + '.' + below;
        final boolean isMade = owner != null && (made.contains(name) || made.size() < MAX_NAMES && made.add(name));
        if (!isMade)
        {
            taker.applyAsLong(Histograms.NONE);
        }
        else if (isHistogram)
        {
            taker.applyAsLong(registry.histogram(name));
        }
        else
        {
            final int id = counter(name);
            final long waiting = taker.applyAsLong(id);
            if (id >= 0)
            {
                shared.add(id, waiting);
            }
        }
    }

    private int counter(final String name)
    {
        try
        {
            return registry.counter(name);
        }
        catch (final IllegalStateException | IllegalArgumentException e)
        {
            // There is no room, or something else has the name: calls go on, and are counted as too many.
            return Histograms.NONE;
        }
    }
}
