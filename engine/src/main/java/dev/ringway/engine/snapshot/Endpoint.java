package dev.ringway.engine.snapshot;

/**
 * One address that serves a cluster. Envoy: {@code config.endpoint.v3.LbEndpoint}.
 *
 * @param address  where to connect.
 * @param hostname name given by the configuration or looked up for STRICT_DNS, or the empty string.
 * @param weight   load-balancing weight, at least 1.
 */
public record Endpoint(Address address, String hostname, int weight)
{
}
