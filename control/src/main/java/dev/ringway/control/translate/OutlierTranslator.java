package dev.ringway.control.translate;

import com.google.protobuf.UInt32Value;
import dev.ringway.control.config.FieldPath;
import dev.ringway.control.health.OutlierDetection.Local;
import dev.ringway.control.health.OutlierDetection.Rate;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.OutlierDetection;

import java.util.concurrent.TimeUnit;

/**
 * Translates {@code outlier_detection}.
 */
final class OutlierTranslator
{
    private static final int WHOLE = 100;
    private static final int ERRORS = 5;
    private static final int STDEV_FACTOR = 1900;
    private static final int FAILURE_PERCENT = 85;

    private final Checks checks;

    OutlierTranslator(final Checks checks)
    {
        this.checks = checks;
    }

    /**
     * @param cluster of the configuration.
     * @param path    where it stands.
     * @return when its endpoints are ejected, or null when they are not.
     */
    dev.ringway.control.health.OutlierDetection translate(final Cluster cluster, final FieldPath path)
    {
        if (!cluster.hasOutlierDetection())
        {
            return null;
        }
        final OutlierDetection config = cluster.getOutlierDetection();
        final FieldPath at = path.field("outlier_detection");
        final long baseNs = checks.durationAtLeast(config.hasBaseEjectionTime(), config.getBaseEjectionTime(),
            at.field("base_ejection_time"), TimeUnit.SECONDS.toNanos(30), 1);
        return new dev.ringway.control.health.OutlierDetection(
            number(config.hasConsecutive5Xx(), config.getConsecutive5Xx(), at.field("consecutive_5xx"), ERRORS),
            number(config.hasConsecutiveGatewayFailure(), config.getConsecutiveGatewayFailure(),
                at.field("consecutive_gateway_failure"), ERRORS),
            checks.durationAtLeast(config.hasInterval(), config.getInterval(), at.field("interval"),
                TimeUnit.SECONDS.toNanos(10), 1),
            baseNs,
            Math.max(baseNs, checks.durationAtLeast(config.hasMaxEjectionTime(), config.getMaxEjectionTime(),
                at.field("max_ejection_time"), TimeUnit.SECONDS.toNanos(300), 1)),
            checks.duration(config.hasMaxEjectionTimeJitter(), config.getMaxEjectionTimeJitter(),
                at.field("max_ejection_time_jitter"), 0),
            percent(config.hasMaxEjectionPercent(), config.getMaxEjectionPercent(),
                at.field("max_ejection_percent"), 10),
            config.getAlwaysEjectOneHost().getValue(),
            percent(config.hasEnforcingConsecutive5Xx(), config.getEnforcingConsecutive5Xx(),
                at.field("enforcing_consecutive_5xx"), WHOLE),
            percent(config.hasEnforcingConsecutiveGatewayFailure(), config.getEnforcingConsecutiveGatewayFailure(),
                at.field("enforcing_consecutive_gateway_failure"), 0),
            new Rate(percent(config.hasEnforcingSuccessRate(), config.getEnforcingSuccessRate(),
                    at.field("enforcing_success_rate"), WHOLE),
                number(config.hasSuccessRateMinimumHosts(), config.getSuccessRateMinimumHosts(),
                    at.field("success_rate_minimum_hosts"), 5),
                number(config.hasSuccessRateRequestVolume(), config.getSuccessRateRequestVolume(),
                    at.field("success_rate_request_volume"), WHOLE)),
            number(config.hasSuccessRateStdevFactor(), config.getSuccessRateStdevFactor(),
                at.field("success_rate_stdev_factor"), STDEV_FACTOR),
            new Rate(percent(config.hasEnforcingFailurePercentage(), config.getEnforcingFailurePercentage(),
                    at.field("enforcing_failure_percentage"), 0),
                number(config.hasFailurePercentageMinimumHosts(), config.getFailurePercentageMinimumHosts(),
                    at.field("failure_percentage_minimum_hosts"), 5),
                number(config.hasFailurePercentageRequestVolume(), config.getFailurePercentageRequestVolume(),
                    at.field("failure_percentage_request_volume"), 50)),
            percent(config.hasFailurePercentageThreshold(), config.getFailurePercentageThreshold(),
                at.field("failure_percentage_threshold"), FAILURE_PERCENT),
            local(config, at));
    }

    /** Looked at in any case, as Envoy does. */
    private Local local(final OutlierDetection config, final FieldPath at)
    {
        final Local local = new Local(
            Math.max(1, number(config.hasConsecutiveLocalOriginFailure(), config.getConsecutiveLocalOriginFailure(),
                at.field("consecutive_local_origin_failure"), ERRORS)),
            percent(config.hasEnforcingConsecutiveLocalOriginFailure(),
                config.getEnforcingConsecutiveLocalOriginFailure(),
                at.field("enforcing_consecutive_local_origin_failure"), WHOLE),
            percent(config.hasEnforcingLocalOriginSuccessRate(), config.getEnforcingLocalOriginSuccessRate(),
                at.field("enforcing_local_origin_success_rate"), WHOLE),
            percent(config.hasEnforcingFailurePercentageLocalOrigin(),
                config.getEnforcingFailurePercentageLocalOrigin(),
                at.field("enforcing_failure_percentage_local_origin"), 0));
        return config.getSplitExternalLocalOriginErrors() ? local : null;
    }

    private int number(final boolean isSet, final UInt32Value value, final FieldPath path, final int unset)
    {
        return checks.count(isSet, value, path, unset, 0, Integer.MAX_VALUE);
    }

    private int percent(final boolean isSet, final UInt32Value value, final FieldPath path, final int unset)
    {
        return checks.count(isSet, value, path, unset, 0, WHOLE);
    }
}
