package dev.ringway.control.translate;

import dev.ringway.engine.httpfilters.Fraction;
import io.envoyproxy.envoy.type.v3.FractionalPercent;

/**
 * Translates {@code type.v3.FractionalPercent}.
 */
final class Fractions
{
    private Fractions()
    {
    }

    /**
     * @param config message.
     * @return the share; all of it where the numerator is larger than the denominator.
     */
    static Fraction of(final FractionalPercent config)
    {
        final int denominator = switch (config.getDenominator())
        {
            case TEN_THOUSAND -> 10_000;
            case MILLION -> 1_000_000;
            default -> 100;
        };
        return new Fraction(
            (int)Math.min(Integer.toUnsignedLong(config.getNumerator()), denominator), denominator);
    }
}
