package dev.ringway.ffi.uring;

/**
 * io_uring is not there, is forbidden, or lacks what the data plane needs. The message is one sentence for the person
 * who starts the process.
 */
public final class UringException extends RuntimeException
{
    /**
     * @param message one sentence: what is missing, since which Linux it is there, what to do.
     */
    public UringException(final String message)
    {
        super(message);
    }
}
