package dev.ringway.engine.counters;

/**
 * Ids of the counters {@code cluster.<name>.outlier_detection.*}; names and meaning as in Envoy's cluster statistics.
 */
public final class OutlierCounters
{
    /** Endpoints that are ejected now. */
    public final int active;

    /** Endpoints ejected. */
    public final int enforcedTotal;

    /** Times that one was not, for too many were already. */
    public final int overflow;

    /** Older name: times that one was to be ejected for errors in a row or its rate and could be, enforced or not. */
    public final int total;

    /** Older name: times that errors in a row were seen. */
    public final int consecutive5xx;

    /** Older name: times that one had far less success than the others, or could be asked far less often. */
    public final int successRate;

    /** Times that errors in a row were seen. */
    public final int detectedConsecutive5xx;

    /** Endpoints ejected for errors in a row. */
    public final int enforcedConsecutive5xx;

    /** Times that gateway errors in a row were seen. */
    public final int detectedConsecutiveGatewayFailure;

    /** Endpoints ejected for gateway errors in a row. */
    public final int enforcedConsecutiveGatewayFailure;

    /** Times that no answers in a row were seen, where they count by themselves. */
    public final int detectedConsecutiveLocalOriginFailure;

    /** Endpoints ejected for no answers in a row. */
    public final int enforcedConsecutiveLocalOriginFailure;

    /** Times that one had far less success than the others. */
    public final int detectedSuccessRate;

    /** Endpoints ejected for that. */
    public final int enforcedSuccessRate;

    /** Times that one had too many failures. */
    public final int detectedFailurePercentage;

    /** Endpoints ejected for that. */
    public final int enforcedFailurePercentage;

    /** Times that one could be asked far less often than the others. */
    public final int detectedLocalOriginSuccessRate;

    /** Endpoints ejected for that. */
    public final int enforcedLocalOriginSuccessRate;

    /** Times that one could not be asked too often. */
    public final int detectedLocalOriginFailurePercentage;

    /** Endpoints ejected for that. */
    public final int enforcedLocalOriginFailurePercentage;

    /** Has the ids stay those of these counters. */
    private final Object lease;

    /**
     * @param registry gives out the ids.
     * @param name     of the cluster.
     */
    public OutlierCounters(final CounterRegistry registry, final String name)
    {
        lease = registry.lease();
        final String prefix = "cluster." + name + ".outlier_detection.";
        active = registry.gauge(prefix + "ejections_active");
        enforcedTotal = registry.counter(prefix + "ejections_enforced_total");
        overflow = registry.counter(prefix + "ejections_overflow");
        total = registry.counter(prefix + "ejections_total");
        consecutive5xx = registry.counter(prefix + "ejections_consecutive_5xx");
        successRate = registry.counter(prefix + "ejections_success_rate");
        detectedConsecutive5xx = registry.counter(prefix + "ejections_detected_consecutive_5xx");
        enforcedConsecutive5xx = registry.counter(prefix + "ejections_enforced_consecutive_5xx");
        detectedConsecutiveGatewayFailure =
            registry.counter(prefix + "ejections_detected_consecutive_gateway_failure");
        enforcedConsecutiveGatewayFailure =
            registry.counter(prefix + "ejections_enforced_consecutive_gateway_failure");
        detectedConsecutiveLocalOriginFailure =
            registry.counter(prefix + "ejections_detected_consecutive_local_origin_failure");
        enforcedConsecutiveLocalOriginFailure =
            registry.counter(prefix + "ejections_enforced_consecutive_local_origin_failure");
        detectedSuccessRate = registry.counter(prefix + "ejections_detected_success_rate");
        enforcedSuccessRate = registry.counter(prefix + "ejections_enforced_success_rate");
        detectedFailurePercentage = registry.counter(prefix + "ejections_detected_failure_percentage");
        enforcedFailurePercentage = registry.counter(prefix + "ejections_enforced_failure_percentage");
        detectedLocalOriginSuccessRate = registry.counter(prefix + "ejections_detected_local_origin_success_rate");
        enforcedLocalOriginSuccessRate = registry.counter(prefix + "ejections_enforced_local_origin_success_rate");
        detectedLocalOriginFailurePercentage =
            registry.counter(prefix + "ejections_detected_local_origin_failure_percentage");
        enforcedLocalOriginFailurePercentage =
            registry.counter(prefix + "ejections_enforced_local_origin_failure_percentage");
    }
}
