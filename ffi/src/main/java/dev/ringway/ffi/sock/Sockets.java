package dev.ringway.ffi.sock;

import dev.ringway.ffi.libc.Errno;
import dev.ringway.ffi.libc.SyscallNumber;
import dev.ringway.ffi.libc.ThreadCalls;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.net.InetSocketAddress;

/**
 * System calls on sockets. Any thread; a descriptor's use is the caller's to order. Results are those of the system
 * call, failures are -errno ({@link Errno}); nothing is thrown. Buffers given must be off-heap.
 * <p>
 * Calls that cannot block stop no safepoint for longer than the kernel needs and may be made on a loop:
 * {@link #getsockname}, {@link #getpeername}, {@link #shutdown}, {@link #listen}, {@link #error},
 * {@link #originalDestination4}, {@link #originalDestination6} and all of {@link SocketOptions}. The others
 * are for start-up and control paths.
 */
public final class Sockets
{
    /** Byte stream: TCP, or a connected unix socket. */
    public static final int SOCK_STREAM = 1;
    /** Datagrams. */
    public static final int SOCK_DGRAM = 2;
    /** Connected unix socket that keeps message boundaries. */
    public static final int SOCK_SEQPACKET = 5;
    /** Flag of {@link #socket} and {@link #accept}: calls return EAGAIN instead of blocking. */
    public static final int SOCK_NONBLOCK = 0x800;
    /** Flag of {@link #socket} and {@link #accept}: not passed on to programs that are executed. */
    public static final int SOCK_CLOEXEC = 0x80000;

    /** {@link #shutdown}: no more receiving. */
    public static final int SHUT_RD = 0;
    /** {@link #shutdown}: no more sending. */
    public static final int SHUT_WR = 1;
    /** {@link #shutdown}: neither. */
    public static final int SHUT_RDWR = 2;

    /** Send flag: no SIGPIPE; EPIPE only. */
    public static final int MSG_NOSIGNAL = 0x4000;
    /** Send and receive flag: do not block in this call. */
    public static final int MSG_DONTWAIT = 0x40;
    /** Send and receive flag: wait for all bytes. */
    public static final int MSG_WAITALL = 0x100;
    /** Send flag: more follows, hold a partial segment back. */
    public static final int MSG_MORE = 0x8000;
    /** Receive flag: leave the bytes queued. */
    public static final int MSG_PEEK = 2;
    /** Result flag: ancillary data did not fit and was dropped. */
    public static final int MSG_CTRUNC = 8;
    /** Result flag: a datagram did not fit. */
    public static final int MSG_TRUNC = 0x20;
    /** Receive flag: received descriptors are close-on-exec. */
    public static final int MSG_CMSG_CLOEXEC = 0x40000000;

    static final int F_GETFD = 1;
    static final int F_SETFD = 2;
    static final int F_GETFL = 3;
    static final int F_SETFL = 4;
    static final int F_DUPFD_CLOEXEC = 1030;
    static final int FD_CLOEXEC = 1;
    static final int O_NONBLOCK = 0x800;

    private static final int LENGTH_AT = SockAddr.MAX_LENGTH;

    private Sockets()
    {
    }

    /**
     * Opens a socket, close-on-exec.
     *
     * @param family {@code SockAddr.AF_*}.
     * @param type   {@code SOCK_STREAM} or another type, with {@code SOCK_NONBLOCK} where wanted.
     * @return descriptor, or -errno.
     */
    public static int socket(final int family, final int type)
    {
        return ThreadCalls.current().callCritical(SyscallNumber.SOCKET, family, type | SOCK_CLOEXEC, 0, 0, 0);
    }

    /**
     * Opens two unix sockets connected to each other, close-on-exec.
     *
     * @param type as for {@link #socket}.
     * @param fds  receives the two descriptors.
     * @return 0, or -errno.
     */
    public static int socketpair(final int type, final int[] fds)
    {
        final ThreadCalls calls = ThreadCalls.current();
        final int result = calls.callCritical(
            SyscallNumber.SOCKETPAIR, SockAddr.AF_UNIX, type | SOCK_CLOEXEC, 0, calls.scratchAddress(), 0);
        if (result == 0)
        {
            fds[0] = calls.scratch().getInt(0);
            fds[1] = calls.scratch().getInt(4);
        }
        return result;
    }

    /**
     * Gives a socket its local address; for a unix path this creates the file.
     *
     * @param fd       socket.
     * @param sockaddr memory with the address.
     * @param offset   where it starts.
     * @param length   its bytes, from {@code SockAddr.encode}.
     * @return 0, or -errno.
     */
    public static int bind(final int fd, final DirectBuffer sockaddr, final int offset, final int length)
    {
        return ThreadCalls.current().call(SyscallNumber.BIND, fd, address(sockaddr, offset), length, 0, 0);
    }

    /**
     * Gives a socket its local address.
     *
     * @param fd      socket.
     * @param address resolved; an IPv4 address on an AF_INET6 socket is refused by the kernel.
     * @return 0, or -errno.
     */
    public static int bind(final int fd, final InetSocketAddress address)
    {
        final UnsafeBuffer scratch = ThreadCalls.current().scratch();
        return bind(fd, scratch, 0, SockAddr.encode(scratch, 0, address));
    }

    /**
     * Binds to a unix path.
     *
     * @param fd   unix socket.
     * @param path see {@link SockAddr#encodeUnix}.
     * @return 0, or -errno; -EINVAL when the path is too long.
     */
    public static int bindUnix(final int fd, final String path)
    {
        final UnsafeBuffer scratch = ThreadCalls.current().scratch();
        final int length = SockAddr.encodeUnix(scratch, 0, path);
        return length < 0 ? length : bind(fd, scratch, 0, length);
    }

    /**
     * Starts to queue connections.
     *
     * @param fd      bound socket.
     * @param backlog most completed connections that wait for accept; the kernel caps it at net.core.somaxconn.
     * @return 0, or -errno.
     */
    public static int listen(final int fd, final int backlog)
    {
        return ThreadCalls.current().callCritical(SyscallNumber.LISTEN, fd, backlog, 0, 0, 0);
    }

    /**
     * Connects; blocks unless the socket is non-blocking, then -EINPROGRESS is the usual answer.
     *
     * @param fd       socket.
     * @param sockaddr memory with the address.
     * @param offset   where it starts.
     * @param length   its bytes.
     * @return 0, or -errno.
     */
    public static int connect(final int fd, final DirectBuffer sockaddr, final int offset, final int length)
    {
        return ThreadCalls.current().call(SyscallNumber.CONNECT, fd, address(sockaddr, offset), length, 0, 0);
    }

    /**
     * Connects; blocks unless the socket is non-blocking.
     *
     * @param fd      socket.
     * @param address resolved.
     * @return 0, or -errno.
     */
    public static int connect(final int fd, final InetSocketAddress address)
    {
        final UnsafeBuffer scratch = ThreadCalls.current().scratch();
        return connect(fd, scratch, 0, SockAddr.encode(scratch, 0, address));
    }

    /**
     * Connects to a unix path.
     *
     * @param fd   unix socket.
     * @param path see {@link SockAddr#encodeUnix}.
     * @return 0, or -errno; -EINVAL when the path is too long.
     */
    public static int connectUnix(final int fd, final String path)
    {
        final UnsafeBuffer scratch = ThreadCalls.current().scratch();
        final int length = SockAddr.encodeUnix(scratch, 0, path);
        return length < 0 ? length : connect(fd, scratch, 0, length);
    }

    /**
     * Takes a connection; blocks unless the listening socket is non-blocking.
     *
     * @param fd    listening socket.
     * @param flags {@code SOCK_NONBLOCK} or 0; close-on-exec is always set.
     * @return descriptor, or -errno.
     */
    public static int accept(final int fd, final int flags)
    {
        return ThreadCalls.current().call(SyscallNumber.ACCEPT4, fd, 0, 0, flags | SOCK_CLOEXEC, 0);
    }

    /**
     * Reads the local address.
     *
     * @param fd     socket.
     * @param dst    receives it; {@link SockAddr#MAX_LENGTH} bytes from offset must be there.
     * @param offset where.
     * @return bytes of the address, or -errno.
     */
    public static int getsockname(final int fd, final DirectBuffer dst, final int offset)
    {
        return name(SyscallNumber.GETSOCKNAME, fd, dst, offset);
    }

    /**
     * Reads the peer's address.
     *
     * @param fd     connected socket.
     * @param dst    receives it; {@link SockAddr#MAX_LENGTH} bytes from offset must be there.
     * @param offset where.
     * @return bytes of the address, or -errno.
     */
    public static int getpeername(final int fd, final DirectBuffer dst, final int offset)
    {
        return name(SyscallNumber.GETPEERNAME, fd, dst, offset);
    }

    /**
     * Ends one or both directions of a connection.
     *
     * @param fd  socket.
     * @param how {@code SHUT_*}.
     * @return 0, or -errno.
     */
    public static int shutdown(final int fd, final int how)
    {
        return ThreadCalls.current().callCritical(SyscallNumber.SHUTDOWN, fd, how, 0, 0, 0);
    }

    /**
     * Closes any descriptor. The number may be given out again by the time this returns, whatever it returns.
     *
     * @param fd descriptor.
     * @return 0, or -errno.
     */
    public static int close(final int fd)
    {
        return ThreadCalls.current().call(SyscallNumber.CLOSE, fd, 0, 0, 0, 0);
    }

    /**
     * Takes and clears a socket's pending error (SO_ERROR), as after a connect that did not block.
     *
     * @param fd socket.
     * @return 0 when there is none, or -errno: the pending error, or why it cannot be read.
     */
    public static int error(final int fd)
    {
        final ThreadCalls calls = ThreadCalls.current();
        final int result = SocketOptions.read(calls, fd, SocketOptions.SOL_SOCKET, SocketOptions.SO_ERROR, 4);
        return result < 0 ? result : -calls.scratch().getInt(0);
    }

    /**
     * Reads where an IPv4 connection was going before netfilter redirected it (SO_ORIGINAL_DST).
     *
     * @param fd     accepted AF_INET socket, or an AF_INET6 one with a v4-mapped peer.
     * @param dst    receives a sockaddr_in.
     * @param offset where.
     * @return bytes of the address, -ENOENT when it was not redirected, or another -errno.
     */
    public static int originalDestination4(final int fd, final DirectBuffer dst, final int offset)
    {
        return originalDestination(fd, SocketOptions.SOL_IP, dst, offset, SockAddr.INET4_LENGTH);
    }

    /**
     * Reads where an IPv6 connection was going before netfilter redirected it (IP6T_SO_ORIGINAL_DST).
     *
     * @param fd     accepted AF_INET6 socket.
     * @param dst    receives a sockaddr_in6.
     * @param offset where.
     * @return bytes of the address, -ENOENT when it was not redirected, or another -errno.
     */
    public static int originalDestination6(final int fd, final DirectBuffer dst, final int offset)
    {
        return originalDestination(fd, SocketOptions.SOL_IPV6, dst, offset, SockAddr.INET6_LENGTH);
    }

    /**
     * Switches O_NONBLOCK.
     *
     * @param fd descriptor.
     * @param on whether calls return EAGAIN instead of blocking.
     * @return 0, or -errno.
     */
    public static int nonBlocking(final int fd, final boolean on)
    {
        return flag(fd, F_GETFL, F_SETFL, O_NONBLOCK, on);
    }

    /**
     * Makes a second descriptor of the same socket, close-on-exec.
     *
     * @param fd socket.
     * @return new descriptor, or -errno.
     */
    public static int duplicate(final int fd)
    {
        return ThreadCalls.current().callCritical(SyscallNumber.FCNTL, fd, F_DUPFD_CLOEXEC, 0, 0, 0);
    }

    /**
     * Switches FD_CLOEXEC.
     *
     * @param fd descriptor.
     * @param on whether executed programs do not inherit it.
     * @return 0, or -errno.
     */
    public static int closeOnExec(final int fd, final boolean on)
    {
        return flag(fd, F_GETFD, F_SETFD, FD_CLOEXEC, on);
    }

    /**
     * Sends bytes.
     *
     * @param fd     connected socket.
     * @param src    off-heap memory.
     * @param offset first byte.
     * @param length bytes.
     * @param flags  {@code MSG_*}; MSG_NOSIGNAL is always set.
     * @return bytes taken, or -errno.
     */
    public static int send(final int fd, final DirectBuffer src, final int offset, final int length, final int flags)
    {
        src.boundsCheck(offset, length);
        final long address = address(src, offset);
        return ThreadCalls.current().call(SyscallNumber.SENDTO, fd, address, length, flags | MSG_NOSIGNAL, 0);
    }

    /**
     * Receives bytes.
     *
     * @param fd     connected socket.
     * @param dst    off-heap memory.
     * @param offset where the first byte goes.
     * @param length most bytes.
     * @param flags  {@code MSG_*}.
     * @return bytes received, 0 at the end of the stream, or -errno.
     */
    public static int receive(
        final int fd, final DirectBuffer dst, final int offset, final int length, final int flags)
    {
        dst.boundsCheck(offset, length);
        return ThreadCalls.current().call(SyscallNumber.RECVFROM, fd, address(dst, offset), length, flags, 0);
    }

    static long address(final DirectBuffer buffer, final int offset)
    {
        assert buffer.byteArray() == null : "the kernel needs off-heap memory";
        return buffer.addressOffset() + offset;
    }

    private static int name(final SyscallNumber number, final int fd, final DirectBuffer dst, final int offset)
    {
        dst.boundsCheck(offset, SockAddr.MAX_LENGTH);
        final ThreadCalls calls = ThreadCalls.current();
        calls.scratch().putInt(LENGTH_AT, SockAddr.MAX_LENGTH);
        final long lengthAddress = calls.scratchAddress() + LENGTH_AT;
        final int result = calls.callCritical(number, fd, address(dst, offset), lengthAddress, 0, 0);
        return result < 0 ? result : calls.scratch().getInt(LENGTH_AT);
    }

    private static int originalDestination(
        final int fd, final int level, final DirectBuffer dst, final int offset, final int length)
    {
        dst.boundsCheck(offset, length);
        final ThreadCalls calls = ThreadCalls.current();
        calls.scratch().putInt(LENGTH_AT, length);
        final int result = calls.callCritical(
            SyscallNumber.GETSOCKOPT, fd, level, SocketOptions.SO_ORIGINAL_DST, address(dst, offset),
            calls.scratchAddress() + LENGTH_AT);
        return result < 0 ? result : calls.scratch().getInt(LENGTH_AT);
    }

    private static int flag(final int fd, final int read, final int write, final int bit, final boolean on)
    {
        final ThreadCalls calls = ThreadCalls.current();
        final int flags = calls.callCritical(SyscallNumber.FCNTL, fd, read, 0, 0, 0);
        if (flags < 0)
        {
            return flags;
        }
        return calls.callCritical(SyscallNumber.FCNTL, fd, write, on ? flags | bit : flags & ~bit, 0, 0);
    }
}
