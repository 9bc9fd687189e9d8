package dev.ringway.engine.httpfilters;

import dev.ringway.engine.filter.FilterAnswer;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Keeps the last answer to a health check for a while, for all loops. Any thread.
 */
public final class HealthCache
{
    /** Of an answer that is not there. */
    static final int NONE = 0;

    private static final int DEGRADED = 1 << 10;
    private static final int BITS = 11;

    private final long keptMs;
    private final FilterAnswer[] answers = new FilterAnswer[600];
    /** Until when in milliseconds, and behind it what was answered. */
    private final AtomicLong last = new AtomicLong();

    /**
     * @param keptNs {@code cache_time}, positive.
     */
    public HealthCache(final long keptNs)
    {
        keptMs = Math.max(1, TimeUnit.NANOSECONDS.toMillis(keptNs));
    }

    /** What was answered, or {@link #NONE}. */
    int get(final long nowNs)
    {
        final long value = last.get();
        return (value >> BITS) - TimeUnit.NANOSECONDS.toMillis(nowNs) > 0 ? (int)value & (1 << BITS) - 1 : NONE;
    }

    /** Keeps an answer of a cluster. */
    void put(final int status, final boolean isDegraded, final long nowNs)
    {
        last.set(TimeUnit.NANOSECONDS.toMillis(nowNs) + keptMs << BITS | (isDegraded ? DEGRADED : 0) | status);
    }

    boolean isDegraded(final int value)
    {
        return (value & DEGRADED) != 0;
    }

    /** The answer that says the same. Each is made once. */
    FilterAnswer answer(final int value)
    {
        final int status = Math.clamp(value & DEGRADED - 1, 200, 599);
        final FilterAnswer known = answers[status];
        if (known != null)
        {
            return known;
        }
        final FilterAnswer made = HealthCheck.answer(status, "health_check_cached");
        answers[status] = made;
        return made;
    }
}
