package dev.ringway.ffi.libc;

import java.nio.charset.StandardCharsets;

/**
 * What the file of a unix socket needs: chmod(2) and unlink(2) with codes instead of exceptions. Any thread; for
 * start-up and control.
 */
public final class UnixFiles
{
    static final int AT_FDCWD = -100;

    private UnixFiles()
    {
    }

    /**
     * Sets the permissions of a file.
     *
     * @param path of the file, below 1024 bytes.
     * @param mode permission bits, as 0660.
     * @return 0, or -errno.
     */
    public static int chmod(final String path, final int mode)
    {
        final ThreadCalls calls = ThreadCalls.current();
        return put(calls, path) ?
            calls.call(SyscallNumber.FCHMODAT, AT_FDCWD, calls.scratchAddress(), mode, 0, 0) : -Errno.EINVAL;
    }

    /**
     * Removes a file's name.
     *
     * @param path of the file, below 1024 bytes.
     * @return 0, or -errno; -ENOENT when there is none.
     */
    public static int unlink(final String path)
    {
        final ThreadCalls calls = ThreadCalls.current();
        return put(calls, path) ?
            calls.call(SyscallNumber.UNLINKAT, AT_FDCWD, calls.scratchAddress(), 0, 0, 0) : -Errno.EINVAL;
    }

    private static boolean put(final ThreadCalls calls, final String path)
    {
        final byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
        if (bytes.length >= ThreadCalls.SCRATCH_LENGTH || path.indexOf('\0') >= 0)
        {
            return false;
        }
        calls.scratch().putBytes(0, bytes);
        calls.scratch().putByte(bytes.length, (byte)0);
        return true;
    }
}
