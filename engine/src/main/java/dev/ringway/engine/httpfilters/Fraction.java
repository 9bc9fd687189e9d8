package dev.ringway.engine.httpfilters;

/**
 * A share of requests. Immutable. Envoy: {@code type.v3.FractionalPercent}.
 *
 * @param numerator   of the share.
 * @param denominator 100, 10,000 or 1,000,000.
 */
public record Fraction(int numerator, int denominator)
{
    /** None. */
    public static final Fraction NONE = new Fraction(0, 100);
    /** All. */
    public static final Fraction ALL = new Fraction(100, 100);

    /**
     * @param dice of the filter that asks.
     * @return whether this time is one of them.
     */
    boolean hits(final Dice dice)
    {
        return numerator >= denominator || numerator > 0 && dice.below(denominator) < numerator;
    }
}
