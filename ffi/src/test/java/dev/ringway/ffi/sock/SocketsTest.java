package dev.ringway.ffi.sock;

import dev.ringway.ffi.FdLeakCheck;
import dev.ringway.ffi.libc.Errno;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.Arena;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

@ExtendWith(FdLeakCheck.class)
final class SocketsTest
{
    private final Arena arena = Arena.ofShared();
    private final UnsafeBuffer memory = new UnsafeBuffer(arena.allocate(4096, 16).address(), 4096);
    private final Deque<Integer> open = new ArrayDeque<>();

    @AfterEach
    void closeAll()
    {
        open.forEach(Sockets::close);
        arena.close();
    }

    private int keep(final int fd)
    {
        assertTrue(fd >= 0, () -> Errno.name(-fd));
        open.push(fd);
        return fd;
    }

    private static void ok(final int result)
    {
        assertEquals(0, result, () -> Errno.name(-result));
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void shouldConnectAndCarryBytesOverInternetSockets(final String host)
    {
        final InetSocketAddress any = new InetSocketAddress(host, 0);
        final int family = host.indexOf(':') < 0 ? SockAddr.AF_INET : SockAddr.AF_INET6;
        final int listener = keep(Sockets.socket(family, Sockets.SOCK_STREAM));
        ok(SocketOptions.reuseAddr(listener, true));
        ok(Sockets.bind(listener, any));
        ok(Sockets.listen(listener, 16));
        assertEquals(1, SocketOptions.listening(listener));
        final int length = Sockets.getsockname(listener, memory, 0);
        assertEquals(family == SockAddr.AF_INET ? SockAddr.INET4_LENGTH : SockAddr.INET6_LENGTH, length);

        final int client = keep(Sockets.socket(family, Sockets.SOCK_STREAM));
        ok(Sockets.connect(client, memory, 0, length));
        final int server = keep(Sockets.accept(listener, 0));

        assertEquals(length, Sockets.getpeername(client, memory, 128));
        assertEquals(SockAddr.text(memory, 0), SockAddr.text(memory, 128));
        assertEquals(length, Sockets.getpeername(server, memory, 0));
        assertEquals(length, Sockets.getsockname(client, memory, 128));
        assertEquals(SockAddr.text(memory, 128), SockAddr.text(memory, 0));
        carryBytes(client, server);
    }

    @Test
    void shouldCarryBytesOverUnixSockets(@TempDir final Path dir)
    {
        final String path = dir.resolve("s").toString();
        final int listener = keep(Sockets.socket(SockAddr.AF_UNIX, Sockets.SOCK_STREAM));
        ok(Sockets.bindUnix(listener, path));
        ok(Sockets.listen(listener, 16));
        assertTrue(Files.exists(Path.of(path)));
        Sockets.getsockname(listener, memory, 0);
        assertEquals(path, SockAddr.text(memory, 0));

        final int client = keep(Sockets.socket(SockAddr.AF_UNIX, Sockets.SOCK_STREAM));
        ok(Sockets.connectUnix(client, path));
        final int server = keep(Sockets.accept(listener, 0));

        carryBytes(client, server);
    }

    @Test
    void shouldCarryBytesOverAbstractUnixSockets()
    {
        final String path = "@ringway-" + System.nanoTime();
        final int listener = keep(Sockets.socket(SockAddr.AF_UNIX, Sockets.SOCK_STREAM));
        ok(Sockets.bindUnix(listener, path));
        ok(Sockets.listen(listener, 16));
        assertEquals(2 + path.length(), Sockets.getsockname(listener, memory, 0));
        assertEquals(path, SockAddr.text(memory, 0));

        final int client = keep(Sockets.socket(SockAddr.AF_UNIX, Sockets.SOCK_STREAM));
        ok(Sockets.connectUnix(client, path));
        final int server = keep(Sockets.accept(listener, 0));

        carryBytes(client, server);
    }

    private void carryBytes(final int client, final int server)
    {
        memory.putStringWithoutLengthAscii(512, "hello");
        assertEquals(5, Sockets.send(client, memory, 512, 5, 0));
        ok(Sockets.shutdown(client, Sockets.SHUT_WR));
        assertEquals(5, Sockets.receive(server, memory, 1024, 5, Sockets.MSG_WAITALL));
        assertEquals("hello", memory.getStringWithoutLengthAscii(1024, 5));
        assertEquals(0, Sockets.receive(server, memory, 1024, 5, 0));
        assertEquals(3, Sockets.send(server, memory, 512, 3, 0));
        assertEquals(3, Sockets.receive(client, memory, 1024, 16, 0));
    }

    @Test
    void shouldReportFailuresAsNegativeErrno(@TempDir final Path dir)
    {
        assertEquals(-Errno.EBADF, Sockets.close(-1));
        assertEquals(-Errno.EBADF, Sockets.listen(-1, 1));
        assertEquals(-Errno.EBADF, Sockets.error(-1));
        final int fd = keep(Sockets.socket(SockAddr.AF_INET, Sockets.SOCK_STREAM));
        assertEquals(-Errno.ENOTCONN, Sockets.getpeername(fd, memory, 0));
        assertEquals(-Errno.ENOTCONN, Sockets.shutdown(fd, Sockets.SHUT_WR));
        assertEquals(-Errno.EADDRNOTAVAIL, Sockets.bind(fd, new InetSocketAddress("192.0.2.1", 0)));
        assertEquals(-Errno.EPIPE, Sockets.send(fd, memory, 0, 1, 0));
        final int unix = keep(Sockets.socket(SockAddr.AF_UNIX, Sockets.SOCK_STREAM));
        assertEquals(-Errno.ENOENT, Sockets.connectUnix(unix, dir.resolve("absent").toString()));
        assertEquals(-Errno.EINVAL, Sockets.bindUnix(unix, dir.resolve("x".repeat(200)).toString()));
    }

    @Test
    void shouldReportAnAddressInUse()
    {
        final int first = keep(Sockets.socket(SockAddr.AF_INET, Sockets.SOCK_STREAM));
        ok(Sockets.bind(first, new InetSocketAddress("127.0.0.1", 0)));
        ok(Sockets.listen(first, 1));
        final int length = Sockets.getsockname(first, memory, 0);

        final int second = keep(Sockets.socket(SockAddr.AF_INET, Sockets.SOCK_STREAM));
        assertEquals(-Errno.EADDRINUSE, Sockets.bind(second, memory, 0, length));
    }

    @Test
    void shouldLetReusePortSocketsShareAnAddress()
    {
        final int first = keep(Sockets.socket(SockAddr.AF_INET, Sockets.SOCK_STREAM));
        ok(SocketOptions.reusePort(first, true));
        ok(Sockets.bind(first, new InetSocketAddress("127.0.0.1", 0)));
        ok(Sockets.listen(first, 1));
        final int length = Sockets.getsockname(first, memory, 0);

        final int second = keep(Sockets.socket(SockAddr.AF_INET, Sockets.SOCK_STREAM));
        ok(SocketOptions.reusePort(second, true));
        ok(Sockets.bind(second, memory, 0, length));
        ok(Sockets.listen(second, 1));
    }

    @Test
    void shouldTakeThePendingErrorOfARefusedConnect()
    {
        final int listener = keep(Sockets.socket(SockAddr.AF_INET, Sockets.SOCK_STREAM));
        ok(Sockets.bind(listener, new InetSocketAddress("127.0.0.1", 0)));
        final int length = Sockets.getsockname(listener, memory, 0);

        final int client = keep(Sockets.socket(SockAddr.AF_INET, Sockets.SOCK_STREAM | Sockets.SOCK_NONBLOCK));
        final int result = Sockets.connect(client, memory, 0, length);

        assertTrue(result == -Errno.EINPROGRESS || result == -Errno.ECONNREFUSED, () -> Errno.name(-result));
        if (result == -Errno.EINPROGRESS)
        {
            assertEquals(-Errno.ECONNREFUSED, Sockets.error(client));
        }
        assertEquals(0, Sockets.error(client));
    }

    @Test
    void shouldMakeAcceptReturnWhenNonBlocking()
    {
        final int listener = keep(Sockets.socket(SockAddr.AF_INET, Sockets.SOCK_STREAM));
        ok(Sockets.bind(listener, new InetSocketAddress("127.0.0.1", 0)));
        ok(Sockets.listen(listener, 1));

        ok(Sockets.nonBlocking(listener, true));

        assertEquals(-Errno.EAGAIN, Sockets.accept(listener, 0));
    }

    @Test
    void shouldSwitchCloseOnExec() throws Exception
    {
        final int fd = keep(Sockets.socket(SockAddr.AF_UNIX, Sockets.SOCK_STREAM));
        assertTrue(isCloseOnExec(fd));
        ok(Sockets.closeOnExec(fd, false));
        assertFalse(isCloseOnExec(fd));
        ok(Sockets.closeOnExec(fd, true));
        assertTrue(isCloseOnExec(fd));
    }

    private static boolean isCloseOnExec(final int fd) throws Exception
    {
        final String flags = Files.readAllLines(Path.of("/proc/self/fdinfo/" + fd)).stream()
            .filter((line) -> line.startsWith("flags:")).findFirst().orElseThrow();
        return (Integer.parseInt(flags.substring("flags:".length()).trim(), 8) & Sockets.SOCK_CLOEXEC) != 0;
    }

    @Test
    void shouldMakeAPairOfSockets()
    {
        final int[] pair = new int[2];
        ok(Sockets.socketpair(Sockets.SOCK_STREAM, pair));
        keep(pair[0]);
        keep(pair[1]);

        assertEquals(SockAddr.AF_UNIX, SocketOptions.family(pair[0]));
        carryBytes(pair[0], pair[1]);
    }
}
