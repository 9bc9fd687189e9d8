package dev.ringway.engine.time;

import org.agrona.concurrent.EpochClock;
import org.agrona.concurrent.EpochNanoClock;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.SystemEpochClock;
import org.agrona.concurrent.SystemEpochNanoClock;
import org.agrona.concurrent.SystemNanoClock;

/**
 * Wall time in nanoseconds, taken once in full and from then on carried by the monotonic clock, with a look at the
 * milliseconds of the system: the JDK gives its nanoseconds as an object, and code that runs once a second is never
 * compiled, so the object would be real. Within two milliseconds of the system's time. Owner: one thread.
 */
public final class WallClock implements EpochNanoClock
{
    private static final long NANOS_PER_MILLI = 1_000_000L;

    private final NanoClock monotonic;
    private final EpochClock millis;
    private long offsetNs;

    /**
     * Over the system's clocks.
     */
    public WallClock()
    {
        this(SystemNanoClock.INSTANCE, SystemEpochClock.INSTANCE, SystemEpochNanoClock.INSTANCE);
    }

    /**
     * @param monotonic carries the time.
     * @param millis    wall time that is followed.
     * @param exact     wall time to begin with.
     */
    WallClock(final NanoClock monotonic, final EpochClock millis, final EpochNanoClock exact)
    {
        this.monotonic = monotonic;
        this.millis = millis;
        offsetNs = exact.nanoTime() - monotonic.nanoTime();
    }

    /**
     * @return nanoseconds since 1970. Allocates nothing.
     */
    public long nanoTime()
    {
        final long monotonicNs = monotonic.nanoTime();
        final long driftMs = millis.time() - Math.floorDiv(offsetNs + monotonicNs, NANOS_PER_MILLI);
        if (driftMs > 1 || driftMs < -1)
        {
            offsetNs += driftMs * NANOS_PER_MILLI;
        }
        return offsetNs + monotonicNs;
    }
}
