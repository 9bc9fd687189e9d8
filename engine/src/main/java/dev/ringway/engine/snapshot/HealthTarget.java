package dev.ringway.engine.snapshot;

/**
 * Where and as what an endpoint is asked for its health. Envoy: {@code Endpoint.HealthCheckConfig}.
 *
 * @param address    to ask instead of the endpoint's own, or null.
 * @param port       to ask instead of the endpoint's own, or 0.
 * @param hostname   that it is asked for, or the empty string.
 * @param isDisabled whether it is not asked at all.
 */
public record HealthTarget(Address address, int port, String hostname, boolean isDisabled)
{
    /** The endpoint itself. */
    public static final HealthTarget OWN = new HealthTarget(null, 0, "", false);
}
