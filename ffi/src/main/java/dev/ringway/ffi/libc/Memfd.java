package dev.ringway.ffi.libc;

import java.nio.charset.StandardCharsets;

/**
 * Files that live in memory and have no path, memfd_create(2): memory that can be passed to another process as a
 * descriptor. Any thread; for start-up and control. Map with {@link Memory#map}, close as any descriptor.
 */
public final class Memfd
{
    static final int MFD_CLOEXEC = 1;

    private static final int MAX_NAME_LENGTH = 249;

    private Memfd()
    {
    }

    /**
     * Creates a file full of zeros, close-on-exec.
     *
     * @param name   shown in /proc as {@code memfd:name}; at most 249 bytes.
     * @param length bytes.
     * @return descriptor, or -errno.
     */
    public static int create(final String name, final long length)
    {
        final byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > MAX_NAME_LENGTH)
        {
            return -Errno.EINVAL;
        }
        final ThreadCalls calls = ThreadCalls.current();
        calls.scratch().putBytes(0, bytes);
        calls.scratch().putByte(bytes.length, (byte)0);
        final int fd = calls.call(SyscallNumber.MEMFD_CREATE, calls.scratchAddress(), MFD_CLOEXEC, 0, 0, 0);
        if (fd < 0)
        {
            return fd;
        }
        final int result = calls.call(SyscallNumber.FTRUNCATE, fd, length, 0, 0, 0);
        if (result < 0)
        {
            calls.call(SyscallNumber.CLOSE, fd, 0, 0, 0, 0);
            return result;
        }
        return fd;
    }
}
