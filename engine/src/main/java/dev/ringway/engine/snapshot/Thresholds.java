package dev.ringway.engine.snapshot;

/**
 * Upper bounds for one cluster at one priority. Envoy: {@code config.cluster.v3.CircuitBreakers.Thresholds}.
 *
 * @param maxConnections     connections to all endpoints together (default 1024).
 * @param maxPendingRequests requests that wait for a connection (default 1024).
 * @param maxRequests        requests in flight (default 1024).
 * @param maxRetries         retries in flight (default 3).
 * @param retryBudget        bound of retries instead of {@code maxRetries}, or null.
 */
public record Thresholds(
    int maxConnections, int maxPendingRequests, int maxRequests, int maxRetries, RetryBudget retryBudget)
{
    /** Envoy's defaults. */
    public static final Thresholds DEFAULT = new Thresholds(1024, 1024, 1024, 3, null);

    /**
     * A bound of retries that grows with the requests. Envoy: {@code Thresholds.RetryBudget}.
     *
     * @param percent {@code budget_percent}, default 20: of the requests in flight or waiting.
     * @param least   {@code min_retry_concurrency}, default 3: as many in any case.
     */
    public record RetryBudget(double percent, int least)
    {
        /** Envoy's defaults. */
        public static final RetryBudget DEFAULT = new RetryBudget(20, 3);

        /**
         * @param active requests in flight or waiting.
         * @return most retries in flight.
         */
        public int limit(final long active)
        {
            return (int)Math.min(Integer.MAX_VALUE, Math.max(least, (long)(percent / 100 * active)));
        }
    }
}
