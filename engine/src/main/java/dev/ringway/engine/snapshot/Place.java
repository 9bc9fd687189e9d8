package dev.ringway.engine.snapshot;

/**
 * The group of endpoints that one belongs to. Envoy: {@code config.endpoint.v3.LocalityLbEndpoints}.
 *
 * @param priority from 0, which comes first.
 * @param locality where the group stands.
 * @param weight   of the group among those of its priority; 0 takes it out of balancing by localities.
 */
public record Place(int priority, Locality locality, int weight)
{
    /** The first priority, and no locality. */
    public static final Place FIRST = new Place(0, Locality.NONE, 0);
}
