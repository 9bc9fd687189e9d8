package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.engine.route.RetryPolicy.ResetHeader;
import dev.ringway.engine.route.RetryPolicy.RetryBackoff;
import dev.ringway.engine.time.LoopClock;

import java.util.List;
import java.util.SplittableRandom;

/**
 * How long attempts wait, drawn by chance so that those that failed together do not come together again. One per loop;
 * loop thread only.
 */
final class RetryWaits
{
    private static final long NANOS_PER_MILLI = 1_000_000L;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final LoopClock clock;
    private final SplittableRandom random;

    RetryWaits(final LoopClock clock, final long seed)
    {
        this.clock = clock;
        random = new SplittableRandom(seed);
    }

    /**
     * @param backoff of the policy.
     * @param before  how many attempts have waited so.
     * @return any time up to the interval, which doubles each time up to its bound.
     */
    long exponentialNs(final RetryBackoff backoff, final int before)
    {
        final long baseNs = backoff.baseNs();
        final long intervalNs = before < Long.numberOfLeadingZeros(baseNs) - 1 ?
            Math.min(baseNs << before, backoff.maxNs()) : backoff.maxNs();
        return random.nextLong(intervalNs);
    }

    /**
     * @param backoff  of the policy.
     * @param response says how long.
     * @return what it says and up to half of that more; 0 when it says nothing that counts.
     */
    long askedNs(final RetryBackoff backoff, final HeaderTable response)
    {
        final List<ResetHeader> resets = backoff.resets();
        for (int i = 0, count = resets.size(); i < count; i++)
        {
            final long askedNs = askedNs(resets.get(i), response);
            if (askedNs >= 0 && askedNs <= backoff.resetMaxNs())
            {
                return askedNs <= NANOS_PER_MILLI ? 0 : askedNs + random.nextLong(askedNs >> 1);
            }
        }
        return 0;
    }

    /** Negative when a field says nothing. */
    private long askedNs(final ResetHeader reset, final HeaderTable response)
    {
        final long seconds = RetryFields.number(response, reset.name());
        if (seconds < 0)
        {
            return -1;
        }
        final long nowSeconds = reset.isTime() ? clock.epochNs(clock.nowNs()) / NANOS_PER_SECOND : 0;
        final long leftSeconds = seconds - nowSeconds;
        return leftSeconds < 0 ? -1 : Math.min(leftSeconds, Long.MAX_VALUE / NANOS_PER_SECOND) * NANOS_PER_SECOND;
    }
}
