package dev.ringway.ffi.uring;

/**
 * One completion, kept.
 *
 * @param token  user data.
 * @param result of the operation.
 * @param flags  {@code CQE_F_*} and buffer id.
 */
record Completion(long token, int result, int flags)
{
    boolean hasMore()
    {
        return (flags & UringConstants.CQE_F_MORE) != 0;
    }

    boolean hasBuffer()
    {
        return (flags & UringConstants.CQE_F_BUFFER) != 0;
    }

    boolean isBufferKept()
    {
        return (flags & UringConstants.CQE_F_BUF_MORE) != 0;
    }

    int bufferId()
    {
        return flags >>> UringConstants.CQE_BUFFER_SHIFT;
    }
}
