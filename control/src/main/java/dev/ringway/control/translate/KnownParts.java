package dev.ringway.control.translate;

import com.google.protobuf.Message;
import dev.ringway.engine.counters.CounterRegistry;
import dev.ringway.engine.snapshot.AccessLogSink;
import dev.ringway.engine.snapshot.FilterChain;
import dev.ringway.engine.snapshot.Listener;
import dev.ringway.engine.tls.TlsContext;
import io.envoyproxy.envoy.config.bootstrap.v3.LayeredRuntime;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What clusters and listeners of a configuration were translated from: one that the next configuration has unchanged is
 * taken over as it is, so that loops see the same object and nothing is built twice. Control thread only.
 */
final class KnownParts
{
    private final Map<Message, KnownCluster> clusters = new HashMap<>();
    private final Map<Message, KnownListener> listeners = new HashMap<>();
    private final Map<String, Integer> clusterIds = new HashMap<>();
    private final Set<String> telling = new HashSet<>();
    private LayeredRuntime runtime = LayeredRuntime.getDefaultInstance();

    /** A cluster with what keeps its counters. */
    private record KnownCluster(ClusterPlan plan, CounterRegistry counters)
    {
    }

    /** A listener with the files that were read for it, as they were then, and what keeps its counters. */
    private record KnownListener(Listener listener, FileStamps files, CounterRegistry counters)
    {
    }

    /** The cluster that was made from the same message, or null. */
    ClusterPlan cluster(final Message config)
    {
        final KnownCluster known = clusters.get(config);
        return known == null ? null : known.plan;
    }

    /** What keeps the counters of a cluster that is known. */
    CounterRegistry clusterCounters(final Message config)
    {
        return clusters.get(config).counters;
    }

    void add(final Message config, final ClusterPlan plan, final CounterRegistry counters)
    {
        clusters.put(config, new KnownCluster(plan, counters));
        clusterIds.put(plan.cluster().name(), plan.cluster().id());
        if (plan.cluster().proxyTelling() != null)
        {
            telling.add(plan.cluster().name());
        }
    }

    /** Ids of the clusters, by name. */
    Map<String, Integer> clusterIds()
    {
        return clusterIds;
    }

    /** Ids of the listeners. */
    List<Integer> listenerIds()
    {
        return listeners.values().stream().map(known -> known.listener.id()).toList();
    }

    /** Names of clusters whose connections begin with the PROXY protocol. */
    Set<String> telling()
    {
        return telling;
    }

    void runtime(final LayeredRuntime config)
    {
        runtime = config;
    }

    /** Values that listeners and some clusters depend on. */
    LayeredRuntime runtime()
    {
        return runtime;
    }

    /** Whether names of clusters mean the same, and keys of the runtime. */
    boolean hasSameNames(final KnownParts other)
    {
        return clusterIds.equals(other.clusterIds) && telling.equals(other.telling) && runtime.equals(other.runtime);
    }

    /** The listener that was made from the same message and files of the same contents, or null. */
    Listener listener(final Message config)
    {
        final KnownListener known = listeners.get(config);
        return known != null && known.files.again().equals(known.files) ? known.listener : null;
    }

    /** Files of a listener that is known. */
    FileStamps files(final Message config)
    {
        return listeners.get(config).files;
    }

    /** What keeps the counters of a listener that is known. */
    CounterRegistry listenerCounters(final Message config)
    {
        return listeners.get(config).counters;
    }

    void add(final Message config, final Listener listener, final FileStamps files, final CounterRegistry counters)
    {
        listeners.put(config, new KnownListener(listener, files, counters));
    }

    void replace(final Map<TlsContext, TlsContext> replaced)
    {
        clusters.replaceAll(
            (config, known) -> new KnownCluster(known.plan.withContexts(replaced), known.counters));
        listeners.replaceAll((config, known) -> new KnownListener(
            known.listener.withContexts(replaced), known.files, known.counters));
    }

    /** Indexes of the access logs of its listeners. */
    BitSet logSinks()
    {
        final BitSet used = new BitSet();
        for (final KnownListener known : listeners.values())
        {
            known.listener.accessLogs().forEach(sink -> used.set(sink.index()));
            for (final FilterChain chain : known.listener.filterChains().all())
            {
                chain.accessLogs().forEach(sink -> used.set(sink.index()));
                chain.filter().accessLogs().forEach(sink -> used.set(sink.index()));
            }
        }
        return used;
    }

    /** What keeps the counters of its parts. */
    List<CounterRegistry> counters()
    {
        final List<CounterRegistry> all = new ArrayList<>();
        clusters.values().forEach(known -> all.add(known.counters));
        listeners.values().forEach(known -> all.add(known.counters));
        return all;
    }

    /** All TLS contexts of its parts. */
    Set<TlsContext> contexts()
    {
        final Set<TlsContext> contexts = Collections.newSetFromMap(new IdentityHashMap<>());
        for (final KnownCluster known : clusters.values())
        {
            final ClusterPlan plan = known.plan;
            if (plan.cluster().tls() != null)
            {
                contexts.add(plan.cluster().tls().context());
                contexts.add(plan.cluster().tls().relayContext());
            }
            if (plan.checks() != null && plan.checks().tls() != null)
            {
                contexts.add(plan.checks().tls().context());
            }
        }
        for (final KnownListener known : listeners.values())
        {
            for (final FilterChain chain : known.listener.filterChains().all())
            {
                if (chain.tls() != null)
                {
                    contexts.add(chain.tls());
                }
            }
        }
        return contexts;
    }
}
