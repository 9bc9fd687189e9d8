package dev.ringway.ffi.sock;

import dev.ringway.ffi.FdLeakCheck;
import dev.ringway.ffi.NetworkNamespace;
import dev.ringway.ffi.libc.Errno;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.Arena;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;

import static dev.ringway.ffi.NetworkNamespace.command;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Redirected connections, each case in a network namespace of its own.
 */
@ExtendWith(FdLeakCheck.class)
final class TransparentProxyTest
{
    private static final String FOREIGN_4 = "192.0.2.1";
    private static final String FOREIGN_6 = "2001:db8:2::1";
    private static final int SERVICE_PORT = 9999;
    private static final int LISTENER_PORT = 7777;
    private static final String REDIRECT =
        """
        table inet nat {
          chain out {
            type nat hook output priority -100;
            tcp dport 9999 redirect to :7777
          }
        }
        """;
    private static final String TPROXY =
        """
        table inet mangle {
          chain out {
            type route hook output priority mangle;
            tcp dport 9999 meta mark set 1
          }
          chain pre {
            type filter hook prerouting priority mangle;
            tcp dport 9999 tproxy to :7777 meta mark set 1 accept
          }
        }
        """;

    private final Arena arena = Arena.ofShared();
    private final UnsafeBuffer memory = new UnsafeBuffer(arena.allocate(512, 16).address(), 512);
    private final Deque<Integer> open = new ArrayDeque<>();

    @AfterEach
    void closeAll()
    {
        open.forEach(Sockets::close);
        arena.close();
    }

    private int socket(final boolean v6)
    {
        final int fd = Sockets.socket(v6 ? SockAddr.AF_INET6 : SockAddr.AF_INET, Sockets.SOCK_STREAM);
        assertTrue(fd >= 0, () -> Errno.name(-fd));
        open.push(fd);
        return fd;
    }

    private int listen(final boolean v6, final boolean transparent)
    {
        final int fd = socket(v6);
        ok(v6 ? SocketOptions.v6Only(fd, true) : 0);
        ok(transparent(fd, v6, transparent));
        ok(Sockets.bind(fd, new InetSocketAddress(v6 ? "::" : "0.0.0.0", LISTENER_PORT)));
        ok(Sockets.listen(fd, 4));
        return fd;
    }

    private int connect(final boolean v6)
    {
        final int fd = socket(v6);
        ok(SocketOptions.tcpUserTimeout(fd, 10_000));
        ok(Sockets.connect(fd, new InetSocketAddress(v6 ? FOREIGN_6 : FOREIGN_4, SERVICE_PORT)));
        return fd;
    }

    private int accept(final int listener)
    {
        ok(Sockets.nonBlocking(listener, true));
        final int fd = Sockets.accept(listener, 0);
        assertTrue(fd >= 0, () -> "not redirected: " + Errno.name(-fd));
        open.push(fd);
        return fd;
    }

    private static int transparent(final int fd, final boolean v6, final boolean on)
    {
        return v6 ? SocketOptions.ipv6Transparent(fd, on) : SocketOptions.ipTransparent(fd, on);
    }

    private static void ok(final int result)
    {
        assertEquals(0, result, () -> Errno.name(-result));
    }

    private static void routeForeignAddresses() throws Exception
    {
        command("", "ip", "addr", "add", "198.51.100.1/24", "dev", "lo");
        command("", "ip", "-6", "addr", "add", "2001:db8:1::1/64", "dev", "lo", "nodad");
        command("", "ip", "route", "add", "192.0.2.0/24", "dev", "lo", "src", "198.51.100.1");
        command("", "ip", "-6", "route", "add", "2001:db8:2::/64", "dev", "lo");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldBindToForeignAddressesOnlyWhenTransparentOrFree(final boolean v6) throws Exception
    {
        NetworkNamespace.run(() ->
        {
            final InetSocketAddress foreign = new InetSocketAddress(v6 ? FOREIGN_6 : FOREIGN_4, 0);
            final int plain = socket(v6);
            assertEquals(-Errno.EADDRNOTAVAIL, Sockets.bind(plain, foreign));
            ok(v6 ? SocketOptions.ipv6FreeBind(plain, true) : SocketOptions.ipFreeBind(plain, true));
            ok(Sockets.bind(plain, foreign));

            final int transparent = socket(v6);
            ok(transparent(transparent, v6, true));
            ok(Sockets.bind(transparent, foreign));
            ok(Sockets.listen(transparent, 1));
            assertTrue(Sockets.getsockname(transparent, memory, 0) > 0);
            assertEquals(foreign.getAddress(), SockAddr.decode(memory, 0).getAddress());
            return null;
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldReadTheOriginalDestinationOfRedirectedConnections(final boolean v6) throws Exception
    {
        NetworkNamespace.run(() ->
        {
            routeForeignAddresses();
            command(REDIRECT, "nft", "-f", "-");
            final int listener = listen(v6, false);
            connect(v6);
            final int accepted = accept(listener);

            final int length = v6 ? Sockets.originalDestination6(accepted, memory, 0) :
                Sockets.originalDestination4(accepted, memory, 0);

            assertEquals(v6 ? SockAddr.INET6_LENGTH : SockAddr.INET4_LENGTH, length);
            assertEquals(v6 ? "[2001:db8:2::1]:9999" : "192.0.2.1:9999", SockAddr.text(memory, 0));
            return null;
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldReportNoOriginalDestinationWithoutRedirection(final boolean v6) throws Exception
    {
        NetworkNamespace.run(() ->
        {
            command(REDIRECT, "nft", "-f", "-");
            final int listener = listen(v6, false);
            final int client = socket(v6);
            ok(Sockets.connect(client, new InetSocketAddress(v6 ? "::1" : "127.0.0.1", LISTENER_PORT)));
            final int accepted = accept(listener);

            final int result = v6 ? Sockets.originalDestination6(accepted, memory, 0) :
                Sockets.originalDestination4(accepted, memory, 0);

            // The kernel tracks the connection because a nat rule exists, so it answers with the destination itself.
            if (result < 0)
            {
                assertEquals(-Errno.ENOENT, result, () -> Errno.name(-result));
            }
            else
            {
                assertEquals(LISTENER_PORT, SockAddr.port(memory, 0));
            }
            return null;
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldAcceptForForeignAddressesThroughTproxy(final boolean v6) throws Exception
    {
        NetworkNamespace.run(() ->
        {
            routeForeignAddresses();
            command("", "ip", "rule", "add", "fwmark", "1", "lookup", "100");
            command("", "ip", "route", "add", "local", "0.0.0.0/0", "dev", "lo", "table", "100");
            command("", "ip", "-6", "rule", "add", "fwmark", "1", "lookup", "100");
            command("", "ip", "-6", "route", "add", "local", "::/0", "dev", "lo", "table", "100");
            command(TPROXY, "nft", "-f", "-");
            final int listener = listen(v6, true);
            connect(v6);
            final int accepted = accept(listener);

            assertTrue(Sockets.getsockname(accepted, memory, 0) > 0);
            assertEquals(v6 ? "[2001:db8:2::1]:9999" : "192.0.2.1:9999", SockAddr.text(memory, 0));
            return null;
        });
    }
}
