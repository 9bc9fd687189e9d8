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
     * @param version of the snapshot.
     * @return a snapshot in which clusters of STRICT_DNS have only the endpoints given as addresses.
     */
    public Snapshot snapshot(final long version)
    {
        return new Snapshot(version, listeners, clusters.stream().map(ClusterPlan::cluster).toList(), accessLogs);
    }
}
