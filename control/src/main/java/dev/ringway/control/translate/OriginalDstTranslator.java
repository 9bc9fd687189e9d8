package dev.ringway.control.translate;

import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.route.HeaderKey;
import dev.ringway.engine.snapshot.Balancing;
import dev.ringway.engine.snapshot.OriginalDst;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.DiscoveryType;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.LbPolicy;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.OriginalDstLbConfig;

import java.util.concurrent.TimeUnit;

/**
 * Translates how clusters of the type ORIGINAL_DST find their endpoints, and refuses that of other types.
 */
// Fields that Envoy deprecates are still what most configurations use.
@SuppressWarnings("deprecation")
final class OriginalDstTranslator
{
    private static final long DEFAULT_CLEANUP_NS = TimeUnit.SECONDS.toNanos(5);
    private static final long LEAST_CLEANUP_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final int MOST_PORT = 65_535;

    private final Checks checks;

    OriginalDstTranslator(final Checks checks)
    {
        this.checks = checks;
    }

    /**
     * @param config of a cluster.
     * @return whether it is of the type.
     */
    static boolean isFor(final Cluster config)
    {
        return config.getType() == DiscoveryType.ORIGINAL_DST;
    }

    /**
     * @param config of a cluster of the type.
     * @param path   where it stands.
     * @return what it says.
     */
    Balancing translate(final Cluster config, final FieldPath path)
    {
        check(config.getLbPolicy() != LbPolicy.CLUSTER_PROVIDED, path.field("lb_policy"),
            "must be CLUSTER_PROVIDED with type ORIGINAL_DST");
        check(config.hasLoadAssignment(), path.field("load_assignment"), "must not be given with type ORIGINAL_DST");
        final String reason = "is not supported with type ORIGINAL_DST";
        check(config.hasLoadBalancingPolicy(), path.field("load_balancing_policy"), reason);
        check(config.hasLbSubsetConfig(), path.field("lb_subset_config"), reason);
        check(config.getHealthChecksCount() > 0, path.field("health_checks"), reason);
        check(config.hasRingHashLbConfig(), path.field("ring_hash_lb_config"), reason);
        check(config.hasMaglevLbConfig(), path.field("maglev_lb_config"), reason);
        check(config.hasLeastRequestLbConfig(), path.field("least_request_lb_config"), reason);
        check(config.hasRoundRobinLbConfig(), path.field("round_robin_lb_config"), reason);
        final OriginalDstLbConfig finding = config.getOriginalDstLbConfig();
        final FieldPath at = path.field("original_dst_lb_config");
        check(!finding.getUseHttpHeader() && !finding.getHttpHeaderName().isEmpty(), at.field("http_header_name"),
            "is without effect without use_http_header");
        final String header = finding.getHttpHeaderName().isEmpty() ?
            OriginalDst.DEFAULT_HEADER : finding.getHttpHeaderName();
        return Balancing.of(new OriginalDst(
            finding.getUseHttpHeader() ? new HeaderKey(header) : null,
            checks.count(finding.hasUpstreamPortOverride(), finding.getUpstreamPortOverride(),
                at.field("upstream_port_override"), OriginalDst.SAME_PORT, 0, MOST_PORT),
            checks.durationAtLeast(config.hasCleanupInterval(), config.getCleanupInterval(),
                path.field("cleanup_interval"), DEFAULT_CLEANUP_NS, LEAST_CLEANUP_NS)));
    }

    /**
     * @param config of a cluster of another type.
     * @param path   where it stands.
     */
    void refuse(final Cluster config, final FieldPath path)
    {
        check(config.getLbPolicy() == LbPolicy.CLUSTER_PROVIDED, path.field("lb_policy"),
            "must not be CLUSTER_PROVIDED but with type ORIGINAL_DST");
        final String reason = "is without effect but with type ORIGINAL_DST; remove it";
        check(config.hasOriginalDstLbConfig(), path.field("original_dst_lb_config"), reason);
        check(config.hasCleanupInterval(), path.field("cleanup_interval"), reason);
    }

    private void check(final boolean isWrong, final FieldPath path, final String reason)
    {
        if (isWrong)
        {
            checks.fault(path, reason);
        }
    }
}
