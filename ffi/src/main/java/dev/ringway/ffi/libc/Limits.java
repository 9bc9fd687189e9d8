package dev.ringway.ffi.libc;

/**
 * How many descriptors the process may have open, RLIMIT_NOFILE of getrlimit(2). Any thread; for start-up.
 */
public final class Limits
{
    static final int RLIMIT_NOFILE = 7;
    static final int RLIMIT_MEMLOCK = 8;

    private static final int THIS_PROCESS = 0;
    private static final int NEW_OFFSET = 0;
    private static final int OLD_OFFSET = 16;

    private Limits()
    {
    }

    /**
     * @return descriptors that can be open now (soft limit), or -errno.
     */
    public static long openFiles()
    {
        return read(RLIMIT_NOFILE, OLD_OFFSET);
    }

    /**
     * @return up to which the soft limit can be raised (hard limit), or -errno.
     */
    public static long openFilesMax()
    {
        return read(RLIMIT_NOFILE, OLD_OFFSET + 8);
    }

    /**
     * @return bytes that may be locked in memory, {@link Long#MAX_VALUE} without a limit, or -errno. Kernels count the
     *         rings of an unprivileged process here.
     */
    public static long lockedMemory()
    {
        return read(RLIMIT_MEMLOCK, OLD_OFFSET);
    }

    /**
     * Raises the soft limit to the hard one.
     *
     * @return the limit now in force, or -errno.
     */
    public static long raiseOpenFiles()
    {
        final long max = openFilesMax();
        if (max < 0)
        {
            return max;
        }
        final int result = openFiles(max);
        return result < 0 ? result : max;
    }

    /**
     * Sets the soft limit.
     *
     * @param limit descriptors, at most the hard limit.
     * @return 0, or -errno; -EINVAL when it is above the hard limit.
     */
    public static int openFiles(final long limit)
    {
        final long max = openFilesMax();
        if (max < 0)
        {
            return (int)max;
        }
        final ThreadCalls calls = ThreadCalls.current();
        calls.scratch().putLong(NEW_OFFSET, limit);
        calls.scratch().putLong(NEW_OFFSET + 8, max);
        return calls.callCritical(SyscallNumber.PRLIMIT64, THIS_PROCESS, RLIMIT_NOFILE, calls.scratchAddress(), 0, 0);
    }

    private static long read(final int resource, final int offset)
    {
        final ThreadCalls calls = ThreadCalls.current();
        final int result = calls.callCritical(
            SyscallNumber.PRLIMIT64, THIS_PROCESS, resource, 0, calls.scratchAddress() + OLD_OFFSET, 0);
        if (result < 0)
        {
            return result;
        }
        final long limit = calls.scratch().getLong(offset);
        return limit < 0 ? Long.MAX_VALUE : limit;
    }
}
