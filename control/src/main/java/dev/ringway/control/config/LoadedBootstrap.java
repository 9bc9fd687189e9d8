package dev.ringway.control.config;

import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.core.v3.Node;

import java.util.List;

/**
 * A bootstrap that could be read and asks for nothing unsupported; whether it makes sense is for the translator.
 *
 * @param bootstrap the merged message.
 * @param name      what {@code --mode validate} calls it: the file name, or the flag that brought it.
 * @param sources   finds the line of a field.
 * @param warnings  unknown fields that were ignored as a flag demands.
 */
public record LoadedBootstrap(Bootstrap bootstrap, String name, SourceMap sources, List<ConfigError> warnings)
{
    /**
     * Puts what the command line says of the node in place of what the configuration says.
     *
     * @param id      {@code --service-node}; empty leaves it.
     * @param cluster {@code --service-cluster}; empty leaves it.
     * @param zone    {@code --service-zone}; empty leaves it.
     * @return the bootstrap with that node; this one when all are empty.
     */
    public LoadedBootstrap withNode(final String id, final String cluster, final String zone)
    {
        if (id.isEmpty() && cluster.isEmpty() && zone.isEmpty())
        {
            return this;
        }
        final Node.Builder node = bootstrap.getNode().toBuilder();
        if (!id.isEmpty())
        {
            node.setId(id);
        }
        if (!cluster.isEmpty())
        {
            node.setCluster(cluster);
        }
        if (!zone.isEmpty())
        {
            node.setLocality(node.getLocality().toBuilder().setZone(zone));
        }
        return new LoadedBootstrap(bootstrap.toBuilder().setNode(node).build(), name, sources, warnings);
    }
}
