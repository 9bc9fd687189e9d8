package dev.ringway.ffi.libc;

import org.agrona.concurrent.UnsafeBuffer;

import java.lang.foreign.Arena;

/**
 * A counter in the kernel that one thread waits on and others raise, eventfd(2). Non-blocking and close-on-exec.
 * {@link #signal()} may be called by any thread, {@link #take()} and {@link #close()} by the owner. After close nobody
 * may signal: the number of the descriptor may be another file's by then.
 */
public final class EventFd implements AutoCloseable
{
    static final int EFD_NONBLOCK = 0x800;
    static final int EFD_CLOEXEC = 0x80000;

    private static final int ONE_OFFSET = 0;

    private final Arena arena = Arena.ofShared();
    private final long address;
    private final int fd;

    private EventFd(final int fd)
    {
        this.fd = fd;
        address = arena.allocate(Long.BYTES, Long.BYTES).address();
        new UnsafeBuffer(address, Long.BYTES).putLong(ONE_OFFSET, 1);
    }

    /**
     * Opens one with the count 0; for start-up.
     *
     * @return the new one.
     * @throws IllegalStateException when the process may open no more descriptors.
     */
    public static EventFd open()
    {
        final int fd = ThreadCalls.current().callCritical(
            SyscallNumber.EVENTFD2, 0, EFD_NONBLOCK | EFD_CLOEXEC, 0, 0, 0);
        if (fd < 0)
        {
            throw new IllegalStateException("eventfd failed: " + Errno.name(-fd));
        }
        return new EventFd(fd);
    }

    /**
     * @return the descriptor, for poll or for a ring's read; this object stays its owner.
     */
    public int fd()
    {
        return fd;
    }

    /**
     * Raises the count by one and wakes who waits. Allocates nothing, does not block.
     *
     * @return 0, or -errno; -EAGAIN when the count is at its end, then the waiter is awake anyway.
     */
    public int signal()
    {
        final int result =
            ThreadCalls.current().callCritical(SyscallNumber.WRITE, fd, address, Long.BYTES, 0, 0);
        return result < 0 ? result : 0;
    }

    /**
     * Takes the count and sets it to 0.
     *
     * @return the count, at least 1; -EAGAIN when it is 0, or another -errno.
     */
    public long take()
    {
        final ThreadCalls calls = ThreadCalls.current();
        final int result =
            calls.callCritical(SyscallNumber.READ, fd, calls.scratchAddress(), Long.BYTES, 0, 0);
        return result < 0 ? result : calls.scratch().getLong(0);
    }

    /**
     * Closes the descriptor.
     */
    public void close()
    {
        ThreadCalls.current().call(SyscallNumber.CLOSE, fd, 0, 0, 0, 0);
        arena.close();
    }
}
