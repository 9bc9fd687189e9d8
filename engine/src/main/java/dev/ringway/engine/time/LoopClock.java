package dev.ringway.engine.time;

import org.agrona.concurrent.EpochNanoClock;
import org.agrona.concurrent.NanoClock;

/**
 * Time as one loop sees it: read at the start of each duty cycle and after each wait, the same for all that happens in
 * between. Loop thread only.
 */
public final class LoopClock
{
    private static final long DATE_REFRESH_NS = 1_000_000_000L;

    private final NanoClock nanoClock;
    private final EpochNanoClock epochClock;
    private final byte[] httpDate = new byte[HttpDate.LENGTH];
    private long nowNs;
    private long epochBaseNs;
    private long dateSecond = Long.MIN_VALUE;

    /**
     * @param nanoClock  monotonic time.
     * @param epochClock wall time, read about once a second.
     */
    public LoopClock(final NanoClock nanoClock, final EpochNanoClock epochClock)
    {
        this.nanoClock = nanoClock;
        this.epochClock = epochClock;
        update();
    }

    /**
     * Reads the clock.
     *
     * @return monotonic nanoseconds.
     */
    public long update()
    {
        nowNs = nanoClock.nanoTime();
        if (dateSecond == Long.MIN_VALUE || (epochBaseNs + nowNs) / DATE_REFRESH_NS != dateSecond)
        {
            epochBaseNs = epochClock.nanoTime() - nowNs;
            dateSecond = (epochBaseNs + nowNs) / DATE_REFRESH_NS;
            HttpDate.format(dateSecond, httpDate);
        }
        return nowNs;
    }

    /**
     * @return monotonic nanoseconds of this duty cycle.
     */
    public long nowNs()
    {
        return nowNs;
    }

    /**
     * @param monotonicNs a time of this clock.
     * @return nanoseconds since 1970 for it.
     */
    public long epochNs(final long monotonicNs)
    {
        return epochBaseNs + monotonicNs;
    }

    /**
     * @return value of a {@code date} header for now (RFC 9110, 5.6.7); rewritten once a second, do not keep.
     */
    public byte[] httpDate()
    {
        return httpDate;
    }
}
