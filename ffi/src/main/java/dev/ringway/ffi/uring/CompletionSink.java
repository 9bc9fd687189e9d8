package dev.ringway.ffi.uring;

/**
 * Takes completions as they are drained from the ring.
 */
public interface CompletionSink
{
    /**
     * @param userData as given with the submission.
     * @param result   what the operation returned, negative errno on failure.
     * @param flags    {@code CQE_F_*} and the buffer id.
     */
    void onCompletion(long userData, int result, int flags);
}
