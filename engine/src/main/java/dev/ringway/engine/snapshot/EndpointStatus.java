package dev.ringway.engine.snapshot;

/** Health of an endpoint as the configuration gives it. Envoy: {@code config.core.v3.HealthStatus}. */
public enum EndpointStatus
{
    /** Nothing is known: healthy until something else is found. */
    UNKNOWN,
    /** Healthy. */
    HEALTHY,
    /** Not to be used. */
    UNHEALTHY,
    /** Not to be used, and not missed where the healthy ones are counted. */
    DRAINING,
    /** Not to be used. */
    TIMEOUT,
    /** To be used when there are too few healthy ones. */
    DEGRADED;

    /**
     * @return whether it is to be used among others.
     */
    public boolean isUsable()
    {
        return this == UNKNOWN || this == HEALTHY || this == DEGRADED;
    }
}
