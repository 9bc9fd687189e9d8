package dev.ringway.ffi.sock;

import dev.ringway.ffi.FdLeakCheck;
import dev.ringway.ffi.libc.Errno;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import java.lang.foreign.Arena;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;

import static dev.ringway.ffi.sock.SocketOptions.SOL_IP;
import static dev.ringway.ffi.sock.SocketOptions.SOL_IPV6;
import static dev.ringway.ffi.sock.SocketOptions.SOL_SOCKET;
import static dev.ringway.ffi.sock.SocketOptions.SOL_TCP;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

@ExtendWith(FdLeakCheck.class)
final class SocketOptionsTest
{
    private final Deque<Integer> open = new ArrayDeque<>();

    @AfterEach
    void closeAll()
    {
        open.forEach(Sockets::close);
    }

    private int socket(final int family)
    {
        final int fd = Sockets.socket(family, Sockets.SOCK_STREAM);
        assertTrue(fd >= 0, () -> Errno.name(-fd));
        open.push(fd);
        return fd;
    }

    private static void assertSets(
        final int fd, final int level, final int name, final int value, final int result)
    {
        assertEquals(0, result, () -> Errno.name(-result));
        assertEquals(value, SocketOptions.value(fd, level, name));
    }

    @Test
    void shouldSetOptionsOfAnySocket()
    {
        final int fd = socket(SockAddr.AF_INET);
        assertSets(fd, SOL_SOCKET, SocketOptions.SO_REUSEADDR, 1, SocketOptions.reuseAddr(fd, true));
        assertSets(fd, SOL_SOCKET, SocketOptions.SO_REUSEADDR, 0, SocketOptions.reuseAddr(fd, false));
        assertSets(fd, SOL_SOCKET, SocketOptions.SO_REUSEPORT, 1, SocketOptions.reusePort(fd, true));
        assertSets(fd, SOL_SOCKET, SocketOptions.SO_KEEPALIVE, 1, SocketOptions.keepAlive(fd, true));
        assertSets(fd, SOL_SOCKET, SocketOptions.SO_MARK, 77, SocketOptions.mark(fd, 77));
        assertSets(fd, SOL_SOCKET, SocketOptions.SO_BUSY_POLL, 50, SocketOptions.busyPoll(fd, 50));
        assertSets(fd, SOL_SOCKET, SocketOptions.SO_SNDBUF, 32768, SocketOptions.sendBuffer(fd, 16384));
        assertSets(fd, SOL_SOCKET, SocketOptions.SO_RCVBUF, 32768, SocketOptions.receiveBuffer(fd, 16384));
        assertEquals(SockAddr.AF_INET, SocketOptions.family(fd));
        assertEquals(Sockets.SOCK_STREAM, SocketOptions.type(fd));
        assertEquals(0, SocketOptions.listening(fd));
    }

    @Test
    void shouldSetOptionsOfTcp()
    {
        final int fd = socket(SockAddr.AF_INET);
        assertSets(fd, SOL_TCP, SocketOptions.TCP_NODELAY, 1, SocketOptions.tcpNoDelay(fd, true));
        assertSets(fd, SOL_TCP, SocketOptions.TCP_KEEPIDLE, 11, SocketOptions.tcpKeepIdle(fd, 11));
        assertSets(fd, SOL_TCP, SocketOptions.TCP_KEEPINTVL, 12, SocketOptions.tcpKeepInterval(fd, 12));
        assertSets(fd, SOL_TCP, SocketOptions.TCP_KEEPCNT, 13, SocketOptions.tcpKeepCount(fd, 13));
        assertSets(fd, SOL_TCP, SocketOptions.TCP_USER_TIMEOUT, 1400, SocketOptions.tcpUserTimeout(fd, 1400));
        assertSets(fd, SOL_TCP, SocketOptions.TCP_NOTSENT_LOWAT, 4096, SocketOptions.tcpNotSentLowWater(fd, 4096));
        assertSets(fd, SOL_TCP, SocketOptions.TCP_QUICKACK, 0, SocketOptions.tcpQuickAck(fd, false));
        assertEquals(0, SocketOptions.tcpDeferAccept(fd, 3));
        assertTrue(SocketOptions.value(fd, SOL_TCP, SocketOptions.TCP_DEFER_ACCEPT) >= 3);
        assertSets(fd, SOL_TCP, SocketOptions.TCP_FASTOPEN, 16, SocketOptions.tcpFastOpen(fd, 16));
    }

    @Test
    void shouldSetOptionsOfBothInternetFamilies()
    {
        final int v4 = socket(SockAddr.AF_INET);
        assertSets(v4, SOL_IP, SocketOptions.IP_TRANSPARENT, 1, SocketOptions.ipTransparent(v4, true));
        assertSets(v4, SOL_IP, SocketOptions.IP_FREEBIND, 1, SocketOptions.ipFreeBind(v4, true));
        assertSets(v4, SOL_IP, SocketOptions.IP_TOS, 0x28, SocketOptions.ipTypeOfService(v4, 0x28));
        assertSets(
            v4, SOL_IP, SocketOptions.IP_BIND_ADDRESS_NO_PORT, 1, SocketOptions.ipBindAddressNoPort(v4, true));
        final int v6 = socket(SockAddr.AF_INET6);
        assertSets(v6, SOL_IPV6, SocketOptions.IPV6_TRANSPARENT, 1, SocketOptions.ipv6Transparent(v6, true));
        assertSets(v6, SOL_IPV6, SocketOptions.IPV6_FREEBIND, 1, SocketOptions.ipv6FreeBind(v6, true));
        assertSets(v6, SOL_IPV6, SocketOptions.IPV6_TCLASS, 0x28, SocketOptions.ipv6TrafficClass(v6, 0x28));
        assertSets(v6, SOL_IPV6, SocketOptions.IPV6_V6ONLY, 1, SocketOptions.v6Only(v6, true));
        assertSets(v6, SOL_IPV6, SocketOptions.IPV6_V6ONLY, 0, SocketOptions.v6Only(v6, false));
    }

    @Test
    void shouldMakeCloseSendAResetWhenLingerIsZero()
    {
        try (Arena arena = Arena.ofConfined())
        {
            final UnsafeBuffer memory = new UnsafeBuffer(arena.allocate(256, 16).address(), 256);
            final int listener = socket(SockAddr.AF_INET);
            assertEquals(0, Sockets.bind(listener, new InetSocketAddress("127.0.0.1", 0)));
            assertEquals(0, Sockets.listen(listener, 1));
            final int client = Sockets.socket(SockAddr.AF_INET, Sockets.SOCK_STREAM);
            assertEquals(0, Sockets.connect(client, memory, 0, Sockets.getsockname(listener, memory, 0)));
            final int server = Sockets.accept(listener, 0);
            open.push(server);

            assertEquals(0, SocketOptions.linger(client, true, 0));
            assertEquals(0, Sockets.close(client));

            assertEquals(-Errno.ECONNRESET, Sockets.receive(server, memory, 0, 1, 0));
        }
    }

    @Test
    void shouldSetOptionsFromMemory()
    {
        try (Arena arena = Arena.ofConfined())
        {
            final UnsafeBuffer memory = new UnsafeBuffer(arena.allocate(16, 16).address(), 16);
            memory.putInt(4, 99);
            final int fd = socket(SockAddr.AF_INET);
            assertSets(
                fd, SOL_SOCKET, SocketOptions.SO_MARK, 99,
                SocketOptions.set(fd, SOL_SOCKET, SocketOptions.SO_MARK, memory, 4, 4));
        }
    }

    @Test
    void shouldReportOptionsTheSocketDoesNotHave()
    {
        final int unix = socket(SockAddr.AF_UNIX);
        assertEquals(-Errno.EOPNOTSUPP, SocketOptions.tcpNoDelay(unix, true));
        assertEquals(-Errno.EBADF, SocketOptions.tcpNoDelay(-1, true));
        assertEquals(-Errno.EBADF, SocketOptions.family(-1));
    }
}
