package dev.ringway.ffi.sock;

import dev.ringway.ffi.libc.SyscallNumber;
import dev.ringway.ffi.libc.ThreadCalls;
import org.agrona.DirectBuffer;

/**
 * Options of sockets: socket(7), ip(7), ipv6(7), tcp(7). Any thread, loops included: none of these blocks. Setters
 * return 0 or -errno, readers the value or -errno.
 */
public final class SocketOptions
{
    /** Level of options of any socket. */
    public static final int SOL_SOCKET = 1;
    /** Level of IPv4 options. */
    public static final int SOL_IP = 0;
    /** Level of TCP options. */
    public static final int SOL_TCP = 6;
    /** Level of IPv6 options. */
    public static final int SOL_IPV6 = 41;

    static final int SO_REUSEADDR = 2;
    static final int SO_TYPE = 3;
    static final int SO_ERROR = 4;
    static final int SO_SNDBUF = 7;
    static final int SO_RCVBUF = 8;
    static final int SO_KEEPALIVE = 9;
    static final int SO_LINGER = 13;
    static final int SO_REUSEPORT = 15;
    static final int SO_ACCEPTCONN = 30;
    static final int SO_MARK = 36;
    static final int SO_DOMAIN = 39;
    static final int SO_BUSY_POLL = 46;
    static final int SO_ORIGINAL_DST = 80;
    static final int IP_TOS = 1;
    static final int IP_FREEBIND = 15;
    static final int IP_TRANSPARENT = 19;
    static final int IP_BIND_ADDRESS_NO_PORT = 24;
    static final int IPV6_V6ONLY = 26;
    static final int IPV6_TCLASS = 67;
    static final int IPV6_TRANSPARENT = 75;
    static final int IPV6_FREEBIND = 78;
    static final int TCP_NODELAY = 1;
    static final int TCP_KEEPIDLE = 4;
    static final int TCP_KEEPINTVL = 5;
    static final int TCP_KEEPCNT = 6;
    static final int TCP_DEFER_ACCEPT = 9;
    static final int TCP_QUICKACK = 12;
    static final int TCP_USER_TIMEOUT = 18;
    static final int TCP_FASTOPEN = 23;
    static final int TCP_NOTSENT_LOWAT = 25;

    private static final int LENGTH_AT = 512;

    private SocketOptions()
    {
    }

    /**
     * Sets any option with an int value.
     *
     * @param fd    socket.
     * @param level {@code SOL_*}.
     * @param name  number of the option at that level.
     * @param value its value.
     * @return 0, or -errno.
     */
    public static int set(final int fd, final int level, final int name, final int value)
    {
        final ThreadCalls calls = ThreadCalls.current();
        calls.scratch().putInt(0, value);
        return calls.callCritical(SyscallNumber.SETSOCKOPT, fd, level, name, calls.scratchAddress(), 4);
    }

    /**
     * Sets any option with a value in memory.
     *
     * @param fd     socket.
     * @param level  {@code SOL_*}.
     * @param name   number of the option at that level.
     * @param value  off-heap memory.
     * @param offset where the value starts.
     * @param length its bytes.
     * @return 0, or -errno.
     */
    public static int set(
        final int fd, final int level, final int name, final DirectBuffer value, final int offset, final int length)
    {
        value.boundsCheck(offset, length);
        return ThreadCalls.current().callCritical(
            SyscallNumber.SETSOCKOPT, fd, level, name, Sockets.address(value, offset), length);
    }

    /**
     * Reads any option with a non-negative int value.
     *
     * @param fd    socket.
     * @param level {@code SOL_*}.
     * @param name  number of the option at that level.
     * @return its value, or -errno.
     */
    public static int value(final int fd, final int level, final int name)
    {
        final ThreadCalls calls = ThreadCalls.current();
        final int result = read(calls, fd, level, name, 4);
        return result < 0 ? result : calls.scratch().getInt(0);
    }

    static int read(final ThreadCalls calls, final int fd, final int level, final int name, final int length)
    {
        calls.scratch().putInt(LENGTH_AT, length);
        return calls.callCritical(
            SyscallNumber.GETSOCKOPT, fd, level, name, calls.scratchAddress(), calls.scratchAddress() + LENGTH_AT);
    }

    /**
     * Lets a bind take an address that still has connections in TIME_WAIT.
     *
     * @param fd socket.
     * @param on whether.
     * @return 0, or -errno.
     */
    public static int reuseAddr(final int fd, final boolean on)
    {
        return set(fd, SOL_SOCKET, SO_REUSEADDR, on ? 1 : 0);
    }

    /**
     * Lets several sockets of one user bind to one address; the kernel spreads connections over them.
     *
     * @param fd socket, before bind.
     * @param on whether.
     * @return 0, or -errno.
     */
    public static int reusePort(final int fd, final boolean on)
    {
        return set(fd, SOL_SOCKET, SO_REUSEPORT, on ? 1 : 0);
    }

    /**
     * Sends small segments at once (no Nagle).
     *
     * @param fd TCP socket.
     * @param on whether.
     * @return 0, or -errno.
     */
    public static int tcpNoDelay(final int fd, final boolean on)
    {
        return set(fd, SOL_TCP, TCP_NODELAY, on ? 1 : 0);
    }

    /**
     * Switches keep-alive probes.
     *
     * @param fd socket.
     * @param on whether.
     * @return 0, or -errno.
     */
    public static int keepAlive(final int fd, final boolean on)
    {
        return set(fd, SOL_SOCKET, SO_KEEPALIVE, on ? 1 : 0);
    }

    /**
     * @param fd    TCP socket.
     * @param idleS seconds without traffic before the first probe, 1 to 32767.
     * @return 0, or -errno.
     */
    public static int tcpKeepIdle(final int fd, final int idleS)
    {
        return set(fd, SOL_TCP, TCP_KEEPIDLE, idleS);
    }

    /**
     * @param fd        TCP socket.
     * @param intervalS seconds between probes, 1 to 32767.
     * @return 0, or -errno.
     */
    public static int tcpKeepInterval(final int fd, final int intervalS)
    {
        return set(fd, SOL_TCP, TCP_KEEPINTVL, intervalS);
    }

    /**
     * @param fd    TCP socket.
     * @param count unanswered probes before the connection is dropped, 1 to 127.
     * @return 0, or -errno.
     */
    public static int tcpKeepCount(final int fd, final int count)
    {
        return set(fd, SOL_TCP, TCP_KEEPCNT, count);
    }

    /**
     * Drops a connection whose sent bytes stay unacknowledged for so long.
     *
     * @param fd        TCP socket.
     * @param timeoutMs milliseconds; 0 is the system's default.
     * @return 0, or -errno.
     */
    public static int tcpUserTimeout(final int fd, final int timeoutMs)
    {
        return set(fd, SOL_TCP, TCP_USER_TIMEOUT, timeoutMs);
    }

    /**
     * Holds an acknowledgement back for a moment, or sends it at once; the kernel resets this by itself.
     *
     * @param fd TCP socket.
     * @param on whether at once.
     * @return 0, or -errno.
     */
    public static int tcpQuickAck(final int fd, final boolean on)
    {
        return set(fd, SOL_TCP, TCP_QUICKACK, on ? 1 : 0);
    }

    /**
     * Shows a connection to accept only when its first bytes are there.
     *
     * @param fd       listening TCP socket.
     * @param timeoutS most seconds to wait for them; 0 switches this off.
     * @return 0, or -errno.
     */
    public static int tcpDeferAccept(final int fd, final int timeoutS)
    {
        return set(fd, SOL_TCP, TCP_DEFER_ACCEPT, timeoutS);
    }

    /**
     * Accepts bytes in the SYN (RFC 7413).
     *
     * @param fd     listening TCP socket.
     * @param queued most connections that wait so; 0 switches this off.
     * @return 0, or -errno.
     */
    public static int tcpFastOpen(final int fd, final int queued)
    {
        return set(fd, SOL_TCP, TCP_FASTOPEN, queued);
    }

    /**
     * Says a socket is writable only below so many unsent bytes.
     *
     * @param fd    TCP socket.
     * @param bytes limit.
     * @return 0, or -errno.
     */
    public static int tcpNotSentLowWater(final int fd, final int bytes)
    {
        return set(fd, SOL_TCP, TCP_NOTSENT_LOWAT, bytes);
    }

    /**
     * Lets a socket bind to, and accept for, foreign IPv4 addresses (TPROXY). Needs CAP_NET_ADMIN or CAP_NET_RAW.
     *
     * @param fd AF_INET socket.
     * @param on whether.
     * @return 0, or -errno.
     */
    public static int ipTransparent(final int fd, final boolean on)
    {
        return set(fd, SOL_IP, IP_TRANSPARENT, on ? 1 : 0);
    }

    /**
     * The same for IPv6.
     *
     * @param fd AF_INET6 socket.
     * @param on whether.
     * @return 0, or -errno.
     */
    public static int ipv6Transparent(final int fd, final boolean on)
    {
        return set(fd, SOL_IPV6, IPV6_TRANSPARENT, on ? 1 : 0);
    }

    /**
     * Lets a socket bind to an IPv4 address that no interface has yet.
     *
     * @param fd AF_INET socket.
     * @param on whether.
     * @return 0, or -errno.
     */
    public static int ipFreeBind(final int fd, final boolean on)
    {
        return set(fd, SOL_IP, IP_FREEBIND, on ? 1 : 0);
    }

    /**
     * The same for IPv6.
     *
     * @param fd AF_INET6 socket.
     * @param on whether.
     * @return 0, or -errno.
     */
    public static int ipv6FreeBind(final int fd, final boolean on)
    {
        return set(fd, SOL_IPV6, IPV6_FREEBIND, on ? 1 : 0);
    }

    /**
     * Leaves the choice of a source port to connect, so that one port serves many destinations.
     *
     * @param fd socket of either family, before a bind with port 0.
     * @param on whether.
     * @return 0, or -errno.
     */
    public static int ipBindAddressNoPort(final int fd, final boolean on)
    {
        return set(fd, SOL_IP, IP_BIND_ADDRESS_NO_PORT, on ? 1 : 0);
    }

    /**
     * @param fd  AF_INET socket.
     * @param tos the type-of-service byte of packets sent.
     * @return 0, or -errno.
     */
    public static int ipTypeOfService(final int fd, final int tos)
    {
        return set(fd, SOL_IP, IP_TOS, tos);
    }

    /**
     * @param fd           AF_INET6 socket.
     * @param trafficClass the traffic-class byte of packets sent.
     * @return 0, or -errno.
     */
    public static int ipv6TrafficClass(final int fd, final int trafficClass)
    {
        return set(fd, SOL_IPV6, IPV6_TCLASS, trafficClass);
    }

    /**
     * Keeps IPv4 out of an IPv6 socket.
     *
     * @param fd AF_INET6 socket, before bind.
     * @param on whether.
     * @return 0, or -errno.
     */
    public static int v6Only(final int fd, final boolean on)
    {
        return set(fd, SOL_IPV6, IPV6_V6ONLY, on ? 1 : 0);
    }

    /**
     * Marks packets for routing and netfilter. Needs CAP_NET_ADMIN or CAP_NET_RAW.
     *
     * @param fd   socket.
     * @param mark the mark.
     * @return 0, or -errno.
     */
    public static int mark(final int fd, final int mark)
    {
        return set(fd, SOL_SOCKET, SO_MARK, mark);
    }

    /**
     * Lets receiving poll the device for so long instead of waiting for its interrupt.
     *
     * @param fd     socket.
     * @param pollUs microseconds; raising it needs CAP_NET_ADMIN.
     * @return 0, or -errno.
     */
    public static int busyPoll(final int fd, final int pollUs)
    {
        return set(fd, SOL_SOCKET, SO_BUSY_POLL, pollUs);
    }

    /**
     * Says what close does with unsent bytes.
     *
     * @param fd       socket.
     * @param on       whether close waits; off is the default: bytes are sent in the background.
     * @param timeoutS seconds; on with 0 makes close send a reset and drop them.
     * @return 0, or -errno.
     */
    public static int linger(final int fd, final boolean on, final int timeoutS)
    {
        final ThreadCalls calls = ThreadCalls.current();
        calls.scratch().putInt(0, on ? 1 : 0);
        calls.scratch().putInt(4, timeoutS);
        return calls.callCritical(SyscallNumber.SETSOCKOPT, fd, SOL_SOCKET, SO_LINGER, calls.scratchAddress(), 8);
    }

    /**
     * @param fd     socket.
     * @param length bytes; the kernel doubles it and caps it at net.core.wmem_max.
     * @return 0, or -errno.
     */
    public static int sendBuffer(final int fd, final int length)
    {
        return set(fd, SOL_SOCKET, SO_SNDBUF, length);
    }

    /**
     * @param fd     socket.
     * @param length bytes; the kernel doubles it and caps it at net.core.rmem_max.
     * @return 0, or -errno.
     */
    public static int receiveBuffer(final int fd, final int length)
    {
        return set(fd, SOL_SOCKET, SO_RCVBUF, length);
    }

    /**
     * @param fd socket.
     * @return its family ({@code SockAddr.AF_*}), or -errno; -ENOTSOCK for another descriptor.
     */
    public static int family(final int fd)
    {
        return value(fd, SOL_SOCKET, SO_DOMAIN);
    }

    /**
     * @param fd socket.
     * @return its type ({@code Sockets.SOCK_*}), or -errno.
     */
    public static int type(final int fd)
    {
        return value(fd, SOL_SOCKET, SO_TYPE);
    }

    /**
     * @param fd socket.
     * @return 1 when it listens, 0 when not, or -errno; tells an inherited listening socket from a connection.
     */
    public static int listening(final int fd)
    {
        return value(fd, SOL_SOCKET, SO_ACCEPTCONN);
    }
}
