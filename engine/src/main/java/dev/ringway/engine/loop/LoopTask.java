package dev.ringway.engine.loop;

/**
 * Bounded work of each duty cycle, for example adopting a new snapshot. Loop thread only; must not throw.
 */
public interface LoopTask
{
    /**
     * @param nowNs time of the duty cycle.
     * @return work done.
     */
    int onDutyCycle(long nowNs);

    /**
     * The loop has ended and its ring is closed: closes what the task has opened besides.
     */
    default void onLoopClosed()
    {
    }
}
