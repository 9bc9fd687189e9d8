package dev.ringway.control.health;

/**
 * How the endpoints of a cluster are checked. Envoy: {@code config.core.v3.HealthCheck}.
 *
 * @param times              when they are checked.
 * @param unhealthyThreshold failures that make a healthy one unhealthy, at least 1.
 * @param healthyThreshold   successes that make an unhealthy one healthy, at least 1; the first check counts alone.
 * @param reusesConnection   whether a connection serves more than one check.
 * @param altPort            port to check instead of the endpoint's own, or 0.
 * @param unejects           whether a success ends an ejection for errors.
 * @param probe              what is asked.
 */
public record HealthCheck(
    Times times, int unhealthyThreshold, int healthyThreshold, boolean reusesConnection, int altPort, boolean unejects,
    Probe probe)
{
    /**
     * Durations in nanoseconds.
     *
     * @param timeoutNs           for one check.
     * @param intervalNs          between checks of a healthy endpoint.
     * @param initialJitterNs     most that the first check waits.
     * @param jitterNs            most that is added to an interval.
     * @param jitterPercent       of an interval, most that is added to it.
     * @param unhealthyNs         between checks of an unhealthy one.
     * @param unhealthyEdgeNs     after a failure that is not enough to make it unhealthy.
     * @param healthyEdgeNs       after a success that is not enough to make it healthy.
     * @param noTrafficNs         while the cluster has had no connection yet.
     * @param noTrafficHealthyNs  the same for a healthy endpoint.
     */
    public record Times(
        long timeoutNs,
        long intervalNs,
        long initialJitterNs,
        long jitterNs,
        int jitterPercent,
        long unhealthyNs,
        long unhealthyEdgeNs,
        long healthyEdgeNs,
        long noTrafficNs,
        long noTrafficHealthyNs)
    {
    }
}
