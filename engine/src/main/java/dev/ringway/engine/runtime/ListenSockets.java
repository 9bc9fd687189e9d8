package dev.ringway.engine.runtime;

import dev.ringway.engine.snapshot.Address;
import dev.ringway.engine.snapshot.Listener;
import dev.ringway.engine.snapshot.Snapshot;
import dev.ringway.ffi.libc.Errno;
import dev.ringway.ffi.sock.SockAddr;
import dev.ringway.ffi.sock.SocketOptions;
import dev.ringway.ffi.sock.Sockets;

import java.io.IOException;
import java.net.Inet6Address;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Opens listening sockets, one per loop (SO_REUSEPORT), all or none. Control thread only.
 */
final class ListenSockets
{
    private static final int FILE_TYPE = 0170000;
    private static final int SOCKET = 0140000;

    private ListenSockets()
    {
    }

    /**
     * @param snapshot  about to be published.
     * @param listening sockets there are.
     * @param loops     how many each listener needs.
     * @return sockets of the listeners that have none yet or need other ones.
     * @throws ListenException when one cannot be opened; none is open then.
     */
    static Map<Listener, int[]> open(final Snapshot snapshot, final Listening listening, final int loops)
        throws ListenException
    {
        final Map<Listener, int[]> opened = new LinkedHashMap<>();
        try
        {
            for (final Listener listener : listening.unopened(snapshot))
            {
                final int[] fds = new int[loops];
                Arrays.fill(fds, -1);
                opened.put(listener, fds);
                final Listening.Sockets there = listening.at(listener.address());
                if (there == null)
                {
                    open(listener, fds);
                }
                else
                {
                    take(listener, there, fds);
                }
            }
        }
        catch (final ListenException e)
        {
            opened.values().forEach(ListenSockets::closeAll);
            throw e;
        }
        return opened;
    }

    private static void closeAll(final int[] fds)
    {
        for (final int fd : fds)
        {
            if (fd >= 0)
            {
                Sockets.close(fd);
            }
        }
    }

    private static void open(final Listener listener, final int[] fds) throws ListenException
    {
        final Address address = listener.address();
        if (address.unixPath() != null)
        {
            fds[0] = openUnix(listener);
            shareFirst(listener, fds);
            return;
        }
        for (int i = 0; i < fds.length; i++)
        {
            if (i > 0 && !listener.reusePort())
            {
                fds[i] = duplicate(listener, fds[0]);
                continue;
            }
            final boolean isV6 = address.inet().getAddress() instanceof Inet6Address;
            final int fd = check(listener, "socket", Sockets.socket(
                isV6 ? SockAddr.AF_INET6 : SockAddr.AF_INET, Sockets.SOCK_STREAM | Sockets.SOCK_CLOEXEC));
            fds[i] = fd;
            check(listener, "SO_REUSEADDR", SocketOptions.reuseAddr(fd, true));
            if (listener.reusePort())
            {
                check(listener, "SO_REUSEPORT", SocketOptions.reusePort(fd, true));
            }
            if (isV6)
            {
                check(listener, "IPV6_V6ONLY", SocketOptions.v6Only(fd, true));
            }
            if (listener.transparent())
            {
                check(listener, "IP_TRANSPARENT",
                    isV6 ? SocketOptions.ipv6Transparent(fd, true) : SocketOptions.ipTransparent(fd, true));
            }
            // Accepted sockets inherit it, so no call per connection is needed.
            check(listener, "TCP_NODELAY", SocketOptions.tcpNoDelay(fd, true));
            check(listener, "bind", Sockets.bind(fd, address.inet()));
            check(listener, "listen", Sockets.listen(fd, listener.backlog()));
        }
    }

    /** The address is ours already, by another name or with other options. */
    private static void take(final Listener listener, final Listening.Sockets there, final int[] fds)
        throws ListenException
    {
        if (listener.reusePort() != there.listener().reusePort() ||
            listener.transparent() != there.listener().transparent())
        {
            throw new ListenException("listener '" + listener.name() + "': cannot listen on " + listener.address() +
                ": it is listened on already, and enable_reuse_port and transparent hold from its beginning; " +
                "restart, or give another address");
        }
        for (int i = 0; i < fds.length; i++)
        {
            fds[i] = duplicate(listener, there.fds()[i]);
        }
        change(listener, fds);
    }

    /**
     * Puts into effect what can change while listeners listen.
     *
     * @param snapshot  about to be published.
     * @param listening sockets there are.
     * @throws ListenException when the system refuses it.
     */
    static void retain(final Snapshot snapshot, final Listening listening) throws ListenException
    {
        for (final Listener listener : snapshot.listeners())
        {
            final Listening.Sockets there = listening.of(listener.id());
            if (there != null && there.isOpen() && there.areFor(listener) &&
                (listener.backlog() != there.listener().backlog() ||
                listener.unixMode() != there.listener().unixMode()))
            {
                change(listener, there.fds());
            }
        }
    }

    private static void change(final Listener listener, final int[] fds) throws ListenException
    {
        for (final int fd : fds)
        {
            Sockets.listen(fd, listener.backlog());
        }
        if (listener.address().unixPath() != null)
        {
            allow(listener);
        }
    }

    private static int openUnix(final Listener listener) throws ListenException
    {
        final String path = listener.address().unixPath();
        final int fd =
            check(listener, "socket", Sockets.socket(SockAddr.AF_UNIX, Sockets.SOCK_STREAM | Sockets.SOCK_CLOEXEC));
        try
        {
            if (!path.startsWith("@"))
            {
                removeStale(path);
            }
            check(listener, "bind", Sockets.bindUnix(fd, path));
            allow(listener);
            check(listener, "listen", Sockets.listen(fd, listener.backlog()));
            return fd;
        }
        catch (final IOException e)
        {
            Sockets.close(fd);
            throw new ListenException("listener '" + listener.name() + "': cannot listen on " + path + ": " + e.getMessage());
        }
        catch (final ListenException e)
        {
            Sockets.close(fd);
            throw e;
        }
    }

    private static void allow(final Listener listener) throws ListenException
    {
        final String path = listener.address().unixPath();
        if (listener.unixMode() == 0 || path.startsWith("@"))
        {
            return;
        }
        try
        {
            Files.setPosixFilePermissions(Path.of(path), permissions(listener.unixMode()));
        }
        catch (final IOException e)
        {
            throw new ListenException("listener '" + listener.name() + "': mode of " + path + ": " + e.getMessage());
        }
    }

    /** A socket file that nobody listens on is left over from a process that died. */
    private static void removeStale(final String path) throws IOException
    {
        if (Files.exists(Path.of(path), LinkOption.NOFOLLOW_LINKS))
        {
            final int mode = (Integer)Files.getAttribute(Path.of(path), "unix:mode", LinkOption.NOFOLLOW_LINKS);
            if ((mode & FILE_TYPE) != SOCKET)
            {
                throw new IOException("there is a file at this path that is not a socket; remove it");
            }
            final int probe = Sockets.socket(SockAddr.AF_UNIX, Sockets.SOCK_STREAM | Sockets.SOCK_CLOEXEC);
            if (Sockets.connectUnix(probe, path) == -Errno.ECONNREFUSED)
            {
                Files.delete(Path.of(path));
            }
            Sockets.close(probe);
        }
    }

    private static Set<PosixFilePermission> permissions(final int mode)
    {
        final PosixFilePermission[] all = PosixFilePermission.values();
        final Set<PosixFilePermission> result = EnumSet.noneOf(PosixFilePermission.class);
        for (int i = 0; i < all.length; i++)
        {
            if ((mode >> (8 - i) & 1) != 0)
            {
                result.add(all[i]);
            }
        }
        return result;
    }

    private static void shareFirst(final Listener listener, final int[] fds) throws ListenException
    {
        for (int i = 1; i < fds.length; i++)
        {
            fds[i] = duplicate(listener, fds[0]);
        }
    }

    private static int duplicate(final Listener listener, final int fd) throws ListenException
    {
        return check(listener, "dup", Sockets.duplicate(fd));
    }

    private static int check(final Listener listener, final String what, final int result) throws ListenException
    {
        if (result < 0)
        {
            final String reason = switch (-result)
            {
                case Errno.EADDRINUSE -> "the address is in use by another process";
                case Errno.EACCES -> listener.address().unixPath() != null ? "permission denied" :
                    "not permitted: ports below 1024 need CAP_NET_BIND_SERVICE";
                case Errno.EADDRNOTAVAIL -> "no interface of this host has the address";
                case Errno.EPERM -> "not permitted: needs CAP_NET_ADMIN";
                case Errno.ENOENT -> "its directory does not exist";
                default -> Errno.name(-result);
            };
            throw new ListenException("listener '" + listener.name() + "': cannot listen on " + listener.address() +
                " (" + what + "): " + reason);
        }
        return result;
    }
}
