package dev.ringway.engine.snapshot;

/**
 * Upper bounds for one cluster. Envoy: {@code config.cluster.v3.CircuitBreakers}.
 *
 * @param normal for what has no other priority.
 * @param high   for requests whose route has priority HIGH; what they take counts for these alone.
 */
public record CircuitBreakers(Thresholds normal, Thresholds high)
{
    /** Envoy's defaults. */
    public static final CircuitBreakers DEFAULT = new CircuitBreakers(Thresholds.DEFAULT, Thresholds.DEFAULT);

    /**
     * @param isHigh whether for priority HIGH.
     * @return what holds for it.
     */
    public Thresholds of(final boolean isHigh)
    {
        return isHigh ? high : normal;
    }
}
