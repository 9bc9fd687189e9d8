package dev.ringway.engine.snapshot;

import dev.ringway.engine.tls.TlsContext;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One immutable configuration of the whole data plane.
 *
 * @param version     grows by one with each published snapshot.
 * @param listeners   listeners, in the order of the configuration.
 * @param clusters    clusters, in the order of the configuration.
 * @param accessLogs  access logs, each at its own index.
 */
public record Snapshot(
    long version,
    List<Listener> listeners,
    List<Cluster> clusters,
    List<AccessLogSink> accessLogs)
{
    /**
     * @param name of a cluster.
     * @return the cluster, or null. Linear; the hot path goes by id.
     */
    public Cluster cluster(final String name)
    {
        for (final Cluster cluster : clusters)
        {
            if (cluster.name().equals(name))
            {
                return cluster;
            }
        }
        return null;
    }

    /**
     * @return TLS contexts of listeners and clusters; one that is used more than once comes more than once.
     */
    public List<TlsContext> tlsContexts()
    {
        final List<TlsContext> contexts = new ArrayList<>();
        for (final Listener listener : listeners)
        {
            for (final FilterChain chain : listener.filterChains().all())
            {
                if (chain.tls() != null)
                {
                    contexts.add(chain.tls());
                }
            }
        }
        for (final Cluster cluster : clusters)
        {
            if (cluster.tls() != null)
            {
                contexts.add(cluster.tls().context());
                contexts.add(cluster.tls().relayContext());
            }
        }
        return contexts;
    }

    /**
     * @param number   of the new snapshot.
     * @param replaced contexts by those that they take the place of.
     * @return the same with other TLS contexts.
     */
    public Snapshot withContexts(final long number, final Map<TlsContext, TlsContext> replaced)
    {
        return new Snapshot(number,
            listeners.stream().map(listener -> listener.withContexts(replaced)).toList(),
            clusters.stream().map(cluster -> cluster.withContexts(replaced)).toList(),
            accessLogs);
    }

    /**
     * @return whether any listener may change the path of a request before it is routed.
     */
    public boolean changesPaths()
    {
        for (final Listener listener : listeners)
        {
            for (final FilterChain chain : listener.filterChains().all())
            {
                if (chain.filter() instanceof final HttpConnectionManager http && http.requestRules().changesPath())
                {
                    return true;
                }
            }
        }
        return false;
    }
}
