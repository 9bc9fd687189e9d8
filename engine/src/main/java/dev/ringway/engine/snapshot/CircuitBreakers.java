package dev.ringway.engine.snapshot;

/**
 * Upper bounds for one cluster at default priority. Envoy: {@code config.cluster.v3.CircuitBreakers.Thresholds}.
 *
 * @param maxConnections     connections to all endpoints together (default 1024).
 * @param maxPendingRequests requests that wait for a connection (default 1024).
 * @param maxRequests        requests in flight (default 1024).
 * @param maxRetries         retries in flight (default 3).
 */
public record CircuitBreakers(int maxConnections, int maxPendingRequests, int maxRequests, int maxRetries)
{
    /** Envoy's defaults. */
    public static final CircuitBreakers DEFAULT = new CircuitBreakers(1024, 1024, 1024, 3);
}
