package dev.ringway.engine.loop;

import dev.ringway.ffi.libc.Errno;

/**
 * Numbers a loop keeps of itself. Written by the loop; plain fields that others may read without order.
 */
public final class LoopStats
{
    private long cycles;
    private long submitted;
    private long enters;
    private long staleCompletions;
    private long enterErrors;
    private int lastEnterError;

    /** A duty cycle ended. */
    void onCycle()
    {
        cycles++;
    }

    /**
     * The ring was entered.
     *
     * @param pending entries that waited for submission.
     * @param result  of the call.
     */
    void onEnter(final int pending, final int result)
    {
        enters++;
        submitted += pending;
        if (result < 0 && result != -Errno.ETIME && result != -Errno.EINTR)
        {
            enterErrors++;
            lastEnterError = -result;
        }
    }

    /** A completion of a former owner came. */
    void onStaleCompletion()
    {
        staleCompletions++;
    }

    /**
     * @return duty cycles.
     */
    public long cycles()
    {
        return cycles;
    }

    /**
     * @return submissions.
     */
    public long submitted()
    {
        return submitted;
    }

    /**
     * @return calls of io_uring_enter.
     */
    public long enters()
    {
        return enters;
    }

    /**
     * @return completions of former owners.
     */
    public long staleCompletions()
    {
        return staleCompletions;
    }

    /**
     * @return failed calls of io_uring_enter, time-outs and signals aside.
     */
    public long enterErrors()
    {
        return enterErrors;
    }

    /**
     * @return errno of the last of them, 0 when there was none.
     */
    public int lastEnterError()
    {
        return lastEnterError;
    }
}
