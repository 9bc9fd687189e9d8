package dev.ringway.control.translate;

import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.httpfilters.Fraction;
import io.envoyproxy.envoy.config.core.v3.RuntimeFractionalPercent;
import io.envoyproxy.envoy.type.v3.FractionalPercent;

/**
 * Translates {@code type.v3.FractionalPercent} and {@code config.core.v3.RuntimeFractionalPercent}. Control thread only.
 */
final class Fractions
{
    private final Checks checks;
    private final RuntimeValues runtime;

    /**
     * @param checks  where faults go.
     * @param runtime values that win over those of the configuration.
     */
    Fractions(final Checks checks, final RuntimeValues runtime)
    {
        this.checks = checks;
        this.runtime = runtime;
    }

    /**
     * @param config message.
     * @param path   of it.
     * @return the share that holds.
     */
    FractionalPercent percent(final RuntimeFractionalPercent config, final FieldPath path)
    {
        checks.required(config.hasDefaultValue(), path.field("default_value"));
        return runtime.fraction(config);
    }

    /**
     * @param isSet  whether the message is there.
     * @param config message.
     * @param unset  share where it is not.
     * @param path   of it.
     * @return the share that holds.
     */
    Fraction of(
        final boolean isSet, final RuntimeFractionalPercent config, final Fraction unset, final FieldPath path)
    {
        return isSet ? of(percent(config, path)) : unset;
    }

    /**
     * @param config message.
     * @return the share; all of it where the numerator is larger than the denominator.
     */
    static Fraction of(final FractionalPercent config)
    {
        final int whole = whole(config);
        return new Fraction((int)Math.min(Integer.toUnsignedLong(config.getNumerator()), whole), whole);
    }

    /**
     * @param config message.
     * @return its denominator.
     */
    static int whole(final FractionalPercent config)
    {
        return switch (config.getDenominator())
        {
            case TEN_THOUSAND -> 10_000;
            case MILLION -> 1_000_000;
            default -> 100;
        };
    }
}
