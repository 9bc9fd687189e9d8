package dev.ringway.engine.snapshot;

/**
 * Where an endpoint stands. Envoy: {@code config.core.v3.Locality}.
 *
 * @param region  may be empty.
 * @param zone    may be empty.
 * @param subZone may be empty.
 */
public record Locality(String region, String zone, String subZone)
{
    /** Nothing is said of it. */
    public static final Locality NONE = new Locality("", "", "");
}
