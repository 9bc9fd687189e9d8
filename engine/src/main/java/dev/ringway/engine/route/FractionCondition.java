package dev.ringway.engine.route;

/**
 * Holds for a share of the requests, by the number that each request has drawn. Envoy:
 * {@code RouteMatch.runtime_fraction}. Immutable.
 *
 * @param numerator   of the share.
 * @param denominator of the share, 100, 10,000 or 1,000,000.
 */
public record FractionCondition(int numerator, int denominator) implements Condition
{
    /**
     * {@inheritDoc}
     */
    public boolean holds(final RequestView view)
    {
        return Long.remainderUnsigned(view.random(), denominator) < Integer.toUnsignedLong(numerator);
    }
}
