package dev.ringway.control.dns;

import dev.ringway.control.translate.Lookups;

import java.util.function.LongUnaryOperator;

/**
 * How long it is until names are looked up again: after an answer their rate, or as long as it holds itself, with something
 * added by chance; after failures in a row, where that is asked for, any time up to a bound that doubles, as in Envoy.
 * Resolver thread only.
 */
final class LookupWaits
{
    private static final long LEAST_NS = 1_000_000L;

    private final Lookups lookups;
    private final LongUnaryOperator chance;
    private long boundNs;

    /**
     * @param lookups settings.
     * @param chance  gives a number from 0 to below what it is given.
     */
    LookupWaits(final Lookups lookups, final LongUnaryOperator chance)
    {
        this.lookups = lookups;
        this.chance = chance;
        boundNs = lookups.failureBaseNs();
    }

    long nextNs(final Answer answer)
    {
        if (!answer.isFailed() || lookups.failureBaseNs() == 0)
        {
            boundNs = lookups.failureBaseNs();
            return rateNs(answer) + (lookups.jitterNs() == 0 ? 0 : chance.applyAsLong(lookups.jitterNs()));
        }
        final long waitNs = chance.applyAsLong(boundNs);
        boundNs = Math.min(2 * boundNs, lookups.failureMostNs());
        return Math.max(LEAST_NS, waitNs);
    }

    private long rateNs(final Answer answer)
    {
        return lookups.respectsTtl() && !answer.isFailed() && answer.ttlNs() > 0 ? answer.ttlNs() : lookups.refreshNs();
    }
}
