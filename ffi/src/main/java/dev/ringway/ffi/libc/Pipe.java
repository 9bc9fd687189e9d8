package dev.ringway.ffi.libc;

/**
 * A pipe through which bytes pass from one socket to another without being copied: pipe(2) and splice(2) with codes
 * instead of exceptions. Any thread, one at a time; calls on sockets that do not block may be made on a loop.
 */
public final class Pipe
{
    /** Move pages where that is possible. */
    static final int SPLICE_F_MOVE = 1;
    /** Do not wait for the pipe. */
    static final int SPLICE_F_NONBLOCK = 2;
    static final int F_SETPIPE_SZ = 1031;
    static final int F_GETPIPE_SZ = 1032;
    static final int O_CLOEXEC = 0x80000;
    static final int O_NONBLOCK = 0x800;

    private static final int FLAGS = SPLICE_F_MOVE | SPLICE_F_NONBLOCK;
    private static final int PAIR_LENGTH = 8;

    private final int readFd;
    private final int writeFd;
    private final int capacity;

    private Pipe(final int readFd, final int writeFd, final int capacity)
    {
        this.readFd = readFd;
        this.writeFd = writeFd;
        this.capacity = capacity;
    }

    /**
     * Opens a pipe, close-on-exec.
     *
     * @param capacity bytes it should hold; it may hold fewer, see {@link #capacity}.
     * @return pipe, or null when no descriptors or no memory are to be had.
     */
    public static Pipe open(final int capacity)
    {
        final ThreadCalls calls = ThreadCalls.current();
        final int result = calls.callCritical(
            SyscallNumber.PIPE2, calls.scratchAddress(), O_CLOEXEC | O_NONBLOCK, 0, 0, 0);
        if (result < 0)
        {
            return null;
        }
        final int readFd = calls.scratch().getInt(0);
        final int writeFd = calls.scratch().getInt(PAIR_LENGTH / 2);
        calls.callCritical(SyscallNumber.FCNTL, writeFd, F_SETPIPE_SZ, capacity, 0, 0);
        return new Pipe(readFd, writeFd, calls.callCritical(SyscallNumber.FCNTL, writeFd, F_GETPIPE_SZ, 0, 0, 0));
    }

    /**
     * Moves bytes that a socket has received into the pipe. SAFETY: a socket without O_NONBLOCK blocks while it has
     * nothing.
     *
     * @param fd     socket.
     * @param length at most.
     * @return bytes moved, 0 when the peer has ended its direction, -EAGAIN when there is nothing or the pipe is full,
     *         or another -errno of the socket.
     */
    public int fill(final int fd, final int length)
    {
        return (int)ThreadCalls.current().callLong(SyscallNumber.SPLICE, fd, 0, writeFd, 0, length, FLAGS);
    }

    /**
     * Sends bytes of the pipe. SAFETY: a socket without O_NONBLOCK blocks while it has no room. One that cannot be sent
     * to raises SIGPIPE, which the JVM ignores.
     *
     * @param fd     socket.
     * @param length at most, not more than is in the pipe.
     * @return bytes taken by the socket, -EAGAIN when it has no room, or another -errno of the socket.
     */
    public int drain(final int fd, final int length)
    {
        return (int)ThreadCalls.current().callLong(SyscallNumber.SPLICE, readFd, 0, fd, 0, length, FLAGS);
    }

    /**
     * @return bytes it holds at least when each of its pages holds few, as those of network cards do; pages of which
     *         each holds much let it hold more.
     */
    public int capacity()
    {
        return capacity;
    }

    /**
     * Closes both ends; what is in it is lost.
     */
    public void close()
    {
        final ThreadCalls calls = ThreadCalls.current();
        calls.call(SyscallNumber.CLOSE, readFd, 0, 0, 0, 0);
        calls.call(SyscallNumber.CLOSE, writeFd, 0, 0, 0, 0);
    }
}
