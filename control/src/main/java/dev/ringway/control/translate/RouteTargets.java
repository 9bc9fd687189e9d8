package dev.ringway.control.translate;

import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.route.ClusterNames;
import dev.ringway.engine.route.ClusterSplit;
import dev.ringway.engine.route.HeaderKey;
import dev.ringway.engine.route.HostRewrite;
import dev.ringway.engine.route.MetadataMatch;
import dev.ringway.engine.route.Route.Target;
import dev.ringway.engine.route.RouteBuilder;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.config.core.v3.RoutingPriority;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteAction.HostRewriteSpecifierCase;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster.ClusterWeight;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Translates where routes send requests: {@code cluster}, {@code cluster_header}, {@code weighted_clusters} and
 * {@code metadata_match} of {@code config.route.v3.RouteAction}. Control thread only.
 */
final class RouteTargets
{
    private static final long MAX_TOTAL = 0xFFFF_FFFFL;

    private final Checks checks;
    private final Map<String, Integer> clusterIds;
    private final Set<String> telling;
    private final RuntimeValues runtime;
    private final FieldChangeTranslator changes;
    private ClusterNames names;

    /**
     * @param checks     where faults go.
     * @param clusterIds ids of the clusters that exist, by name.
     * @param telling    names of those whose connections begin with the PROXY protocol.
     * @param runtime    values that weights depend on.
     */
    RouteTargets(
        final Checks checks,
        final Map<String, Integer> clusterIds,
        final Set<String> telling,
        final RuntimeValues runtime)
    {
        this.checks = checks;
        this.clusterIds = clusterIds;
        this.telling = telling;
        this.runtime = runtime;
        changes = new FieldChangeTranslator(checks);
    }

    /**
     * @param action    message.
     * @param route     gains its target.
     * @param path      of the message.
     * @param mustExist whether clusters that routes name must be there.
     */
    void translate(
        final RouteAction action, final RouteBuilder route, final FieldPath path, final boolean mustExist)
    {
        final SortedMap<String, String> metadata = MetadataValues.of(action.getMetadataMatch());
        switch (action.getClusterSpecifierCase())
        {
            case CLUSTER -> route.target(
                named(action.getCluster(), metadata, path.field("cluster"), mustExist));
            case CLUSTER_HEADER -> route.names(names()).target(
                byField(action.getClusterHeader(), metadata, path.field("cluster_header")));
            case WEIGHTED_CLUSTERS ->
            {
                split(action.getWeightedClusters(), metadata, route, path.field("weighted_clusters"), mustExist);
                if (action.getHostRewriteSpecifierCase() != HostRewriteSpecifierCase.HOSTREWRITESPECIFIER_NOT_SET &&
                    action.getWeightedClusters().getClustersList().stream().anyMatch(ClusterWeight::hasHostRewriteLiteral))
                {
                    checks.fault(path, "rewrites the host, and so do weighted_clusters: only one of them can");
                }
            }
            default ->
            {
                checks.fault(path, "needs cluster, cluster_header or weighted_clusters");
                route.target(Target.NONE);
            }
        }
        route.highPriority(action.getPriority() == RoutingPriority.HIGH);
        route.notFoundStatus(switch (action.getClusterNotFoundResponseCode())
        {
            case NOT_FOUND -> 404;
            case INTERNAL_SERVER_ERROR -> 500;
            default -> 503;
        });
    }

    /**
     * @param name      of a cluster.
     * @param path      where it stands.
     * @param mustExist whether it must be there.
     * @return that cluster.
     */
    Target named(final String name, final FieldPath path, final boolean mustExist)
    {
        return named(name, Collections.emptySortedMap(), path, mustExist);
    }

    /**
     * @param name of a field of requests.
     * @param path where it stands.
     * @return the cluster that it names.
     */
    Target byField(final String name, final FieldPath path)
    {
        return byField(name, Collections.emptySortedMap(), path);
    }

    private Target named(
        final String name, final SortedMap<String, String> metadata, final FieldPath path, final boolean mustExist)
    {
        final Integer id = clusterIds.get(name);
        if (checks.required(name, path) && id == null && mustExist)
        {
            checks.fault(path, "there is no cluster '" + name + "'");
        }
        if (telling.contains(name))
        {
            checks.fault(path, "'" + name +
                "' begins connections with the PROXY protocol, which requests of several clients could not share; " +
                "it can serve a tcp_proxy only");
        }
        return new Target(id == null ? -1 : id, name, null, match(metadata));
    }

    private Target byField(final String name, final SortedMap<String, String> metadata, final FieldPath path)
    {
        checks.required(name, path);
        if (name.chars().anyMatch(c -> c < 0x20))
        {
            checks.fault(path, "must not hold control characters");
        }
        return new Target(-1, "", new HeaderKey(name.isEmpty() ? "-" : name), match(metadata));
    }

    /** Clusters that requests may name: those of the PROXY protocol are left out. */
    ClusterNames names()
    {
        if (names == null)
        {
            final Map<String, Integer> open = new TreeMap<>(clusterIds);
            open.keySet().removeAll(telling);
            names = new ClusterNames(open);
        }
        return names;
    }

    private static MetadataMatch match(final SortedMap<String, String> metadata)
    {
        return metadata.isEmpty() ? null : new MetadataMatch(metadata);
    }

    private void split(
        final WeightedCluster config,
        final SortedMap<String, String> metadata,
        final RouteBuilder route,
        final FieldPath path,
        final boolean mustExist)
    {
        final FieldPath clusters = path.field("clusters");
        final List<ClusterSplit.Share> shares = new ArrayList<>(config.getClustersCount());
        long total = 0;
        for (int i = 0; i < config.getClustersCount(); i++)
        {
            final ClusterWeight cluster = config.getClusters(i);
            checks.required(cluster.hasWeight(), clusters.at(i).field("weight"));
            final long given = Integer.toUnsignedLong(cluster.getWeight().getValue());
            final long weight = config.getRuntimeKeyPrefix().isEmpty() ? given :
                runtime.number(config.getRuntimeKeyPrefix() + '.' + cluster.getName(), given);
            total += weight;
            shares.add(new ClusterSplit.Share(weight, target(cluster, metadata, clusters.at(i), mustExist)));
        }
        if (!checks.required(!shares.isEmpty(), clusters) || total == 0 || total > MAX_TOTAL)
        {
            checks.fault(clusters, "the sum of weights must be from 1 to " + MAX_TOTAL + ", is " + total);
            route.target(Target.NONE);
            return;
        }
        if (config.getHeaderName().chars().anyMatch(c -> c < 0x20))
        {
            checks.fault(path.field("header_name"), "must not hold control characters");
        }
        route.names(names()).split(shares,
            config.getHeaderName().isEmpty() ? null : new HeaderKey(config.getHeaderName()));
    }

    private Target target(
        final ClusterWeight cluster,
        final SortedMap<String, String> metadata,
        final FieldPath path,
        final boolean mustExist)
    {
        if (cluster.getName().isEmpty() == cluster.getClusterHeader().isEmpty())
        {
            checks.fault(path, "needs either name or cluster_header");
        }
        final SortedMap<String, String> merged = new TreeMap<>(metadata);
        merged.putAll(MetadataValues.of(cluster.hasMetadataMatch() ?
            cluster.getMetadataMatch() : Metadata.getDefaultInstance()));
        if (cluster.getHostRewriteLiteral().chars().anyMatch(c -> c < 0x20))
        {
            checks.fault(path.field("host_rewrite_literal"), "must not hold control characters");
        }
        final Target target = cluster.getName().isEmpty() && !cluster.getClusterHeader().isEmpty() ?
            byField(cluster.getClusterHeader(), merged, path.field("cluster_header")) :
            named(cluster.getName(), merged, path.field("name"), mustExist);
        return new Target(target.clusterId(), target.clusterName(), target.clusterField(), target.metadataMatch(),
            changes.level(cluster.getRequestHeadersToAddList(), cluster.getRequestHeadersToRemoveList(), path,
                "request"),
            changes.level(cluster.getResponseHeadersToAddList(), cluster.getResponseHeadersToRemoveList(), path,
                "response"),
            cluster.getHostRewriteLiteral().isEmpty() ? null : HostRewrite.ofShare(
                new UnsafeBuffer(cluster.getHostRewriteLiteral().getBytes(UTF_8))));
    }
}
