package dev.ringway.engine.accesslog;

import java.util.concurrent.locks.LockSupport;

/**
 * Wakes the log thread when a ring has filled by a quarter since it went to sleep. Loops call {@link #wake}: a load
 * when the thread is awake, one unpark when it sleeps.
 */
public final class LogWakeup
{
    private volatile Thread sleeper;

    /**
     * Any thread.
     */
    public void wake()
    {
        final Thread thread = sleeper;
        if (thread != null)
        {
            sleeper = null;
            LockSupport.unpark(thread);
        }
    }

    /**
     * Log thread only: sleeps until woken or the time is over.
     *
     * @param nanos longest sleep.
     */
    public void sleep(final long nanos)
    {
        sleeper = Thread.currentThread();
        LockSupport.parkNanos(this, nanos);
        sleeper = null;
    }
}
