package dev.ringway.control.translate;

import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.snapshot.CircuitBreakers;
import dev.ringway.engine.snapshot.Thresholds;
import dev.ringway.engine.snapshot.Thresholds.RetryBudget;
import io.envoyproxy.envoy.config.core.v3.RoutingPriority;

/**
 * Translates {@code config.cluster.v3.CircuitBreakers}.
 */
final class BreakerTranslator
{
    private final Checks checks;

    BreakerTranslator(final Checks checks)
    {
        this.checks = checks;
    }

    /**
     * Of several for a priority the first counts, as in Envoy.
     *
     * @param config message.
     * @param path   of its thresholds.
     * @return bounds, the default ones where there are none.
     */
    CircuitBreakers translate(
        final io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers config, final FieldPath path)
    {
        Thresholds normal = null;
        Thresholds high = null;
        for (int i = 0; i < config.getThresholdsCount(); i++)
        {
            final Thresholds thresholds = thresholds(config.getThresholds(i), path.at(i));
            if (config.getThresholds(i).getPriority() == RoutingPriority.HIGH)
            {
                high = high == null ? thresholds : high;
            }
            else
            {
                normal = normal == null ? thresholds : normal;
            }
        }
        return new CircuitBreakers(normal == null ? Thresholds.DEFAULT : normal, high == null ? Thresholds.DEFAULT : high);
    }

    /**
     * @param config message.
     * @param isHigh whether for priority HIGH.
     * @return whether what remains of its bounds is told.
     */
    static boolean tracksRemaining(
        final io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers config, final boolean isHigh)
    {
        return config.getThresholdsList().stream()
            .filter(thresholds -> thresholds.getPriority() == RoutingPriority.HIGH == isHigh)
            .findFirst().map(thresholds -> thresholds.getTrackRemaining()).orElse(false);
    }

    private Thresholds thresholds(
        final io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers.Thresholds config, final FieldPath path)
    {
        final Thresholds unset = Thresholds.DEFAULT;
        return new Thresholds(
            checks.count(config.hasMaxConnections(), config.getMaxConnections(),
                path.field("max_connections"), unset.maxConnections(), 0, Integer.MAX_VALUE),
            checks.count(config.hasMaxPendingRequests(), config.getMaxPendingRequests(),
                path.field("max_pending_requests"), unset.maxPendingRequests(), 0, Integer.MAX_VALUE),
            checks.count(config.hasMaxRequests(), config.getMaxRequests(),
                path.field("max_requests"), unset.maxRequests(), 0, Integer.MAX_VALUE),
            checks.count(config.hasMaxRetries(), config.getMaxRetries(),
                path.field("max_retries"), unset.maxRetries(), 0, Integer.MAX_VALUE),
            config.hasRetryBudget() ? retryBudget(config.getRetryBudget(), path.field("retry_budget")) : null);
    }

    private RetryBudget retryBudget(
        final io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers.Thresholds.RetryBudget config, final FieldPath path)
    {
        final double percent =
            config.hasBudgetPercent() ? config.getBudgetPercent().getValue() : RetryBudget.DEFAULT.percent();
        if (!(percent >= 0 && percent <= 100))
        {
            checks.fault(path.field("budget_percent"), "must be from 0 to 100");
        }
        return new RetryBudget(percent, checks.count(config.hasMinRetryConcurrency(), config.getMinRetryConcurrency(),
            path.field("min_retry_concurrency"), RetryBudget.DEFAULT.least(), 0, Integer.MAX_VALUE));
    }
}
