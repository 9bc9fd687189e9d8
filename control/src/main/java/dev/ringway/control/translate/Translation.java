package dev.ringway.control.translate;

import dev.ringway.control.config.ConfigError;
import dev.ringway.engine.snapshot.AccessLogSink;
import dev.ringway.engine.snapshot.Address;
import dev.ringway.engine.snapshot.Listener;
import dev.ringway.engine.snapshot.Snapshot;
import dev.ringway.engine.tls.TlsContext;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;

import java.util.List;
import java.util.Map;

/**
 * A bootstrap that makes sense, ready to be published. Immutable.
 *
 * @param bootstrap  the message, for {@code /config_dump}; node and layered runtime are read from it.
 * @param admin      where the administration server listens, or null.
 * @param listeners  in the order of the configuration.
 * @param clusters   in the order of the configuration.
 * @param accessLogs each at its own index.
 * @param warnings   about what is put into effect all the same.
 */
public record Translation(
    Bootstrap bootstrap,
    Address admin,
    List<Listener> listeners,
    List<ClusterPlan> clusters,
    List<AccessLogSink> accessLogs,
    List<ConfigError> warnings)
{
    /**
     * @param replaced contexts by those that they take the place of.
     * @return this with those; its parts that have none of them are the same.
     */
    Translation withContexts(final Map<TlsContext, TlsContext> replaced)
    {
        return new Translation(bootstrap, admin,
            listeners.stream().map(listener -> listener.withContexts(replaced)).toList(),
            clusters.stream().map(plan -> plan.withContexts(replaced)).toList(), accessLogs, warnings);
    }

    /**
     * @param plan of a cluster, of this or of a translation before.
     * @return the index of that cluster, or -1 when there is none with the same endpoints, looked up in the same way. A
     *         reload or a renewed certificate may have made its plan anew since its names were asked for.
     */
    public int indexOf(final ClusterPlan plan)
    {
        for (int i = 0; i < clusters.size(); i++)
        {
            if (clusters.get(i).cluster().id() == plan.cluster().id() && clusters.get(i).hasSameTargets(plan))
            {
                return i;
            }
        }
        return -1;
    }

    /**
     * @param version of the snapshot.
     * @return a snapshot in which clusters of STRICT_DNS have only the endpoints given as addresses.
     */
    public Snapshot snapshot(final long version)
    {
        return new Snapshot(version, listeners, clusters.stream().map(ClusterPlan::cluster).toList(), accessLogs);
    }
}
