package dev.ringway.engine.io;

/**
 * Owner of a slot. The door through which the ring's answers come back up. Loop thread only; must not throw.
 */
public interface CompletionHandler
{
    /**
     * An operation completed.
     *
     * @param op     from {@link Op}.
     * @param seq    as given in the token.
     * @param result of the operation, negative errno on failure.
     * @param flags  of the completion.
     */
    void onCompletion(int op, int seq, int result, int flags);

    /**
     * The slot's timer ran out.
     *
     * @param nowNs time of the duty cycle.
     */
    void onTimer(long nowNs);

    /**
     * The duty cycle ends: what was queued is to be submitted. Called once for each request to be flushed.
     */
    void onFlush();
}
