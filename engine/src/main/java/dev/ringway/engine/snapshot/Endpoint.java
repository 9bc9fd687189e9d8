package dev.ringway.engine.snapshot;

/**
 * One address that serves a cluster. Envoy: {@code config.endpoint.v3.LbEndpoint}.
 *
 * @param address  where to connect.
 * @param hostname name given by the configuration or looked up for STRICT_DNS, or the empty string.
 * @param weight   load-balancing weight, at least 1.
 * @param place    its priority and locality.
 * @param status   its health as it is given.
 * @param metadata what is said of it for balancing.
 * @param check    where its health is asked for.
 * @param logical  name and port that stand for it while its address changes (LOGICAL_DNS), or null.
 */
public record Endpoint(
    Address address, String hostname, int weight, Place place, EndpointStatus status, EndpointMetadata metadata,
    HealthTarget check, String logical)
{
    /**
     * One that its address stands for.
     *
     * @param address  where to connect.
     * @param hostname its name, or the empty string.
     * @param weight   load-balancing weight, at least 1.
     * @param place    its priority and locality.
     * @param status   its health as it is given.
     * @param metadata what is said of it for balancing.
     * @param check    where its health is asked for.
     */
    public Endpoint(
        final Address address,
        final String hostname,
        final int weight,
        final Place place,
        final EndpointStatus status,
        final EndpointMetadata metadata,
        final HealthTarget check)
    {
        this(address, hostname, weight, place, status, metadata, check, null);
    }

    /**
     * One of which nothing more is said.
     *
     * @param address  where to connect.
     * @param hostname its name, or the empty string.
     * @param weight   load-balancing weight, at least 1.
     */
    public Endpoint(final Address address, final String hostname, final int weight)
    {
        this(address, hostname, weight, Place.FIRST, EndpointStatus.UNKNOWN, EndpointMetadata.NONE, HealthTarget.OWN);
    }

    /**
     * @param other address.
     * @return the same endpoint there.
     */
    public Endpoint at(final Address other)
    {
        return new Endpoint(other, hostname, weight, place, status, metadata, check, logical);
    }

    /**
     * @return what it is known by over new snapshots: its address, unless that changes.
     */
    public Object identity()
    {
        return logical != null ? logical : address;
    }
}
