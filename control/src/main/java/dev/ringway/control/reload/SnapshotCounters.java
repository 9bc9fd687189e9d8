package dev.ringway.control.reload;

import dev.ringway.engine.counters.ClusterManagerCounters;
import dev.ringway.engine.counters.CounterRegistry;
import dev.ringway.engine.counters.ListenerManagerCounters;
import dev.ringway.engine.counters.SharedCounters;
import dev.ringway.engine.snapshot.Cluster;
import dev.ringway.engine.snapshot.Listener;
import dev.ringway.engine.snapshot.Snapshot;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Counts what the configuration in force consists of and how it changed. Control thread only.
 */
final class SnapshotCounters
{
    private final SharedCounters counters;
    private final ListenerManagerCounters listenerIds;
    private final ClusterManagerCounters clusterIds;
    private Snapshot current = new Snapshot(0, List.of(), List.of(), List.of());
    private final Set<String> stopped = new HashSet<>();
    private int draining;

    SnapshotCounters(final CounterRegistry registry, final SharedCounters counters)
    {
        this.counters = counters;
        listenerIds = new ListenerManagerCounters(registry);
        clusterIds = new ClusterManagerCounters(registry);
    }

    /**
     * All loops run.
     */
    void onStarted()
    {
        counters.set(listenerIds.workersStarted, 1);
    }

    /**
     * A snapshot was published.
     *
     * @param fresh now in force.
     * @param loops on which its new listeners came up.
     */
    void onPublished(final Snapshot fresh, final int loops)
    {
        clusters(fresh);
        listeners(fresh, loops);
        current = fresh;
        gauges();
    }

    /**
     * A snapshot was refused because a listener could not come up.
     */
    void onRefused()
    {
        counters.increment(listenerIds.listenerCreateFailure);
    }

    /**
     * Listeners stopped accepting.
     *
     * @param isMeant which.
     */
    void onStopped(final Predicate<Listener> isMeant)
    {
        for (final Listener listener : current.listeners())
        {
            if (isMeant.test(listener) && stopped.add(listener.name()))
            {
                counters.increment(listenerIds.listenerStopped);
            }
        }
        gauges();
    }

    /**
     * Listeners that accept no more end their connections.
     *
     * @param count how many have any.
     */
    void onDraining(final int count)
    {
        if (count != draining)
        {
            draining = count;
            gauges();
        }
    }

    private void clusters(final Snapshot fresh)
    {
        final Map<String, Cluster> before = byName(current.clusters(), Cluster::name);
        for (final Cluster cluster : fresh.clusters())
        {
            final Cluster old = before.remove(cluster.name());
            if (old == null)
            {
                counters.increment(clusterIds.clusterAdded);
            }
            else if (old != cluster)
            {
                counters.increment(
                    isSameButEndpoints(old, cluster) ? clusterIds.clusterUpdated : clusterIds.clusterModified);
            }
            // Endpoints that come and go with requests are counted when they do.
            if (cluster.balancing().original() == null &&
                (old == null || !old.endpoints().equals(cluster.endpoints())))
            {
                counters.increment(cluster.counters().membershipChange);
                counters.set(cluster.counters().membershipTotal, cluster.endpoints().size());
            }
        }
        for (final Cluster gone : before.values())
        {
            counters.increment(clusterIds.clusterRemoved);
            counters.set(gone.counters().membershipTotal, 0);
            counters.set(gone.counters().membershipHealthy, 0);
            counters.set(gone.counters().membershipDegraded, 0);
            counters.set(gone.counters().membershipExcluded, 0);
        }
        counters.set(clusterIds.activeClusters, fresh.clusters().size());
    }

    private static boolean isSameButEndpoints(final Cluster old, final Cluster fresh)
    {
        return fresh.withEndpoints(old.endpoints()).equals(old);
    }

    private void listeners(final Snapshot fresh, final int loops)
    {
        final Map<String, Listener> before = byName(current.listeners(), Listener::name);
        for (final Listener listener : fresh.listeners())
        {
            final Listener old = before.remove(listener.name());
            if (old == null)
            {
                counters.increment(listenerIds.listenerAdded);
                counters.add(listenerIds.listenerCreateSuccess, loops);
            }
            else if (!old.equals(listener))
            {
                if (!old.address().equals(listener.address()))
                {
                    stopped.remove(listener.name());
                }
                counters.increment(listenerIds.listenerModified);
            }
        }
        counters.add(listenerIds.listenerRemoved, before.size());
        stopped.removeAll(before.keySet());
    }

    private void gauges()
    {
        counters.set(listenerIds.totalListenersActive, current.listeners().size() - stopped.size());
        counters.set(listenerIds.totalListenersDraining, Math.max(stopped.size(), draining));
    }

    private static <T> Map<String, T> byName(final List<T> all, final Function<T, String> name)
    {
        final Map<String, T> result = new HashMap<>();
        all.forEach(one -> result.put(name.apply(one), one));
        return result;
    }
}
