package dev.ringway.engine.time;

/**
 * Is told that a slot's deadline has come.
 */
public interface TimerHandler
{
    /**
     * @param slot  whose timer ran out; it is no longer armed.
     * @param nowNs time of the duty cycle.
     */
    void onTimer(int slot, long nowNs);
}
