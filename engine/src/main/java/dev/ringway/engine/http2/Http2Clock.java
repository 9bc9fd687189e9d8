package dev.ringway.engine.http2;

import dev.ringway.engine.snapshot.Http2Options;

/**
 * By when what has to have happened on a connection: a stream be opened, a block of fields come to its end, the peer show
 * that it is there. Loop thread only.
 */
final class Http2Clock
{
    private static final long NEVER = Long.MAX_VALUE;

    private long idleTimeoutNs;
    private long headTimeoutNs;
    private long keepaliveIntervalNs;
    private long keepaliveTimeoutNs;
    private long idleSinceNs;
    private long headSinceNs;
    private int steps;
    private long receivedNs;
    private long pingSentNs;

    /** Time-outs of 0 are none. */
    void open(final Http2Options options, final long idleNs, final long headNs, final long nowNs)
    {
        idleTimeoutNs = idleNs;
        headTimeoutNs = headNs;
        keepaliveIntervalNs = options.keepaliveIntervalNs();
        keepaliveTimeoutNs = options.keepaliveTimeoutNs();
        idleSinceNs = nowNs;
        headSinceNs = NEVER;
        receivedNs = nowNs;
        pingSentNs = NEVER;
    }

    /** Something came, which is a sign of life. */
    void onReceived(final long nowNs)
    {
        receivedNs = nowNs;
        pingSentNs = NEVER;
    }

    /**
     * What came has been used, or not.
     *
     * @param isInHead whether it ends in a frame or block of fields.
     * @param taken    another number than before when something has been taken, so that it ends in another one.
     * @return true when the time for the rest begins to run.
     */
    boolean onInput(final boolean isInHead, final int taken)
    {
        if (taken != steps)
        {
            steps = taken;
            headSinceNs = NEVER;
        }
        if (!isInHead)
        {
            headSinceNs = NEVER;
            return false;
        }
        if (headSinceNs != NEVER)
        {
            return false;
        }
        headSinceNs = receivedNs;
        return true;
    }

    /** The last stream has ended. */
    void onIdle(final long nowNs)
    {
        idleSinceNs = nowNs;
    }

    private long idleDeadlineNs()
    {
        return idleTimeoutNs > 0 ? idleSinceNs + idleTimeoutNs : NEVER;
    }

    /** How long a connection is borne that does nothing from that time on. */
    long idleEndNs(final long nowNs)
    {
        return idleTimeoutNs > 0 ? nowNs + idleTimeoutNs : NEVER;
    }

    private long headDeadlineNs()
    {
        return headTimeoutNs > 0 && headSinceNs != NEVER ? headSinceNs + headTimeoutNs : NEVER;
    }

    private long keepaliveDeadlineNs()
    {
        return keepaliveIntervalNs <= 0 ? NEVER :
            pingSentNs != NEVER ? pingSentNs + keepaliveTimeoutNs : receivedNs + keepaliveIntervalNs;
    }

    long nextNs(final boolean isIdle)
    {
        return Math.min(isIdle ? idleDeadlineNs() : NEVER, Math.min(headDeadlineNs(), keepaliveDeadlineNs()));
    }

    boolean isIdleTooLong(final long nowNs)
    {
        return idleDeadlineNs() <= nowNs;
    }

    boolean isHeadTooLong(final long nowNs)
    {
        return headDeadlineNs() <= nowNs;
    }

    /** Whether a ping has not been answered in its time. */
    boolean isSilentTooLong(final long nowNs)
    {
        return pingSentNs != NEVER && keepaliveDeadlineNs() <= nowNs;
    }

    /** Whether the peer has been quiet for so long that it is to be asked; it counts as asked then. */
    boolean asks(final long nowNs)
    {
        final boolean isDue = pingSentNs == NEVER && keepaliveDeadlineNs() <= nowNs;
        if (isDue)
        {
            pingSentNs = nowNs;
        }
        return isDue;
    }
}
