package dev.ringway.ffi;

import dev.ringway.ffi.libc.Errno;
import dev.ringway.ffi.libc.EventFd;
import dev.ringway.ffi.libc.HugePages;
import dev.ringway.ffi.libc.Limits;
import dev.ringway.ffi.libc.Memfd;
import dev.ringway.ffi.libc.Memory;
import dev.ringway.ffi.libc.Pipe;
import dev.ringway.ffi.libc.Signals;
import dev.ringway.ffi.libc.SyscallNumber;
import dev.ringway.ffi.libc.UnixFiles;
import dev.ringway.ffi.sock.CMsg;
import dev.ringway.ffi.sock.FdPassing;
import dev.ringway.ffi.sock.IoVec;
import dev.ringway.ffi.sock.MsgHdr;
import dev.ringway.ffi.sock.SockAddr;
import dev.ringway.ffi.sock.SocketOptions;
import dev.ringway.ffi.sock.Sockets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

import static java.util.Map.entry;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Compares every number of ffi.libc and ffi.sock with what the C compiler says. Each integer constant of the classes
 * named here is either checked or listed as the class's own, so a new one cannot slip through.
 */
public final class SystemHeadersTest
{
    private static final List<String> INCLUDES = List.of(
        "errno.h", "fcntl.h", "poll.h", "signal.h", "unistd.h", "sys/eventfd.h", "sys/mman.h", "sys/resource.h",
        "sys/socket.h", "sys/uio.h", "sys/un.h", "netinet/in.h", "netinet/tcp.h", "linux/netfilter_ipv4.h",
        "linux/memfd.h", "linux/mman.h");

    private static final Map<String, String> LAYOUTS = Map.ofEntries(
        entry("SockAddr.INET4_LENGTH", "sizeof(struct sockaddr_in)"),
        entry("SockAddr.INET6_LENGTH", "sizeof(struct sockaddr_in6)"),
        entry("SockAddr.UNIX_LENGTH", "sizeof(struct sockaddr_un)"),
        entry("SockAddr.MAX_LENGTH", "sizeof(struct sockaddr_storage)"),
        entry("SockAddr.FAMILY_OFFSET", "offsetof(struct sockaddr, sa_family)"),
        entry("SockAddr.PORT_OFFSET", "offsetof(struct sockaddr_in6, sin6_port)"),
        entry("SockAddr.INET4_ADDRESS_OFFSET", "offsetof(struct sockaddr_in, sin_addr)"),
        entry("SockAddr.INET6_FLOWINFO_OFFSET", "offsetof(struct sockaddr_in6, sin6_flowinfo)"),
        entry("SockAddr.INET6_ADDRESS_OFFSET", "offsetof(struct sockaddr_in6, sin6_addr)"),
        entry("SockAddr.INET6_SCOPE_OFFSET", "offsetof(struct sockaddr_in6, sin6_scope_id)"),
        entry("SockAddr.UNIX_PATH_OFFSET", "offsetof(struct sockaddr_un, sun_path)"),
        entry("SockAddr.UNIX_PATH_CAPACITY", "sizeof(((struct sockaddr_un *)0)->sun_path)"),
        entry("IoVec.LENGTH", "sizeof(struct iovec)"),
        entry("IoVec.BASE_OFFSET", "offsetof(struct iovec, iov_base)"),
        entry("IoVec.LENGTH_OFFSET", "offsetof(struct iovec, iov_len)"),
        entry("IoVec.MAX_COUNT", "sysconf(_SC_IOV_MAX)"),
        entry("MsgHdr.LENGTH", "sizeof(struct msghdr)"),
        entry("MsgHdr.NAME_OFFSET", "offsetof(struct msghdr, msg_name)"),
        entry("MsgHdr.NAME_LENGTH_OFFSET", "offsetof(struct msghdr, msg_namelen)"),
        entry("MsgHdr.IOV_OFFSET", "offsetof(struct msghdr, msg_iov)"),
        entry("MsgHdr.IOV_COUNT_OFFSET", "offsetof(struct msghdr, msg_iovlen)"),
        entry("MsgHdr.CONTROL_OFFSET", "offsetof(struct msghdr, msg_control)"),
        entry("MsgHdr.CONTROL_LENGTH_OFFSET", "offsetof(struct msghdr, msg_controllen)"),
        entry("MsgHdr.FLAGS_OFFSET", "offsetof(struct msghdr, msg_flags)"),
        entry("CMsg.HEADER_LENGTH", "CMSG_LEN(0)"),
        entry("CMsg.LENGTH_OFFSET", "offsetof(struct cmsghdr, cmsg_len)"),
        entry("CMsg.LEVEL_OFFSET", "offsetof(struct cmsghdr, cmsg_level)"),
        entry("CMsg.TYPE_OFFSET", "offsetof(struct cmsghdr, cmsg_type)"),
        entry("CMsg.ALIGNMENT", "CMSG_ALIGN(1)"));

    /** Numbers of the classes' own, and MAX_FD_COUNT, which no header tells: FdPassingTest finds it. */
    private static final Set<String> OWN = Set.of(
        "SockAddr.MAX_TEXT_LENGTH", "SockAddr.GROUP_COUNT", "Sockets.LENGTH_AT", "SocketOptions.LENGTH_AT",
        "FdPassing.MAX_FD_COUNT", "FdPassing.END", "FdPassing.TIMESPEC_OFFSET", "FdPassing.POLLFD_OFFSET",
        "FdPassing.IOV_OFFSET", "FdPassing.HDR_OFFSET", "FdPassing.CONTROL_OFFSET", "FdPassing.CONTROL_CAPACITY",
        "EventFd.ONE_OFFSET", "Limits.THIS_PROCESS", "Limits.NEW_OFFSET", "Limits.OLD_OFFSET",
        "Memfd.MAX_NAME_LENGTH", "Pipe.FLAGS", "Pipe.PAIR_LENGTH");

    @TempDir
    private Path dir;

    @Test
    void shouldAgreeWithTheSystemHeadersOnNumbersAndLayouts()
    {
        final Map<String, String> expressions = new TreeMap<>();
        final Map<String, Long> ours = new TreeMap<>();
        final UnaryOperator<String> sameName = (name) -> name;
        final List<Class<?>> types = List.of(
            Errno.class, Memory.class, EventFd.class, Limits.class, Memfd.class, HugePages.class, UnixFiles.class,
            Sockets.class, SocketOptions.class, SockAddr.class, MsgHdr.class, IoVec.class, CMsg.class,
            FdPassing.class, Pipe.class);
        types.forEach((type) -> collect(type, sameName, expressions, ours));
        for (final Signals signal : Signals.values())
        {
            expressions.put("Signals." + signal, "SIG" + signal);
            ours.put("Signals." + signal, (long)signal.number());
        }

        final CHeaders headers = new CHeaders(dir, INCLUDES);
        assertEqualToHeaders(expressions, ours, headers);
        assertEquals(Set.of(), headers.missing());
    }

    @Test
    void shouldAgreeWithTheSystemHeadersOnStructuresWrittenByHand()
    {
        final Map<String, Long> expected = new LinkedHashMap<>();
        expected.put("sizeof(struct linger)", 8L);
        expected.put("offsetof(struct linger, l_linger)", 4L);
        expected.put("sizeof(struct pollfd)", 8L);
        expected.put("offsetof(struct pollfd, events)", 4L);
        expected.put("offsetof(struct pollfd, revents)", 6L);
        expected.put("sizeof(struct timespec)", 16L);
        expected.put("offsetof(struct timespec, tv_nsec)", 8L);
        expected.put("sizeof(struct rlimit)", 16L);
        expected.put("offsetof(struct rlimit, rlim_max)", 8L);
        expected.put("sizeof(sa_family_t)", 2L);
        expected.put("sizeof(socklen_t)", 4L);
        expected.put("sizeof(((struct msghdr *)0)->msg_iovlen)", 8L);
        expected.put("sizeof(((struct msghdr *)0)->msg_controllen)", 8L);
        for (int length = 0; length < 20; length++)
        {
            expected.put("CMSG_SPACE(" + length + ")", (long)CMsg.space(length));
        }
        expected.put("O_NONBLOCK == SOCK_NONBLOCK && O_CLOEXEC == SOCK_CLOEXEC", 1L);
        expected.put("MSG_NOSIGNAL | MSG_WAITALL", (long)(Sockets.MSG_NOSIGNAL | Sockets.MSG_WAITALL));

        final CHeaders headers = new CHeaders(dir, INCLUDES);
        assertEquals(expected, headers.evaluate(expected.keySet()));
    }

    @Test
    void shouldReadIpv6OriginalDestinationsByTheNumberOfTheHeader()
    {
        final CHeaders headers = new CHeaders(
            dir, List.of("sys/socket.h", "netinet/in.h", "linux/netfilter_ipv6/ip6_tables.h"));
        assertEquals(
            Map.of("IP6T_SO_ORIGINAL_DST", constants(SocketOptions.class).get("SocketOptions.SO_ORIGINAL_DST")),
            headers.evaluate(List.of("IP6T_SO_ORIGINAL_DST")));
    }

    @Test
    void shouldAgreeWithTheSystemHeadersOnSystemCallNumbers()
    {
        final Map<String, Long> generic = new TreeMap<>();
        final Map<String, Long> running = new TreeMap<>();
        for (final SyscallNumber number : SyscallNumber.values())
        {
            final String name = "__NR_" + number.name().toLowerCase(Locale.ROOT);
            generic.put(name, (long)number.generic());
            running.put(name, (long)number.value());
        }

        assertEquals(generic, new TreeMap<>(
            new CHeaders(dir, List.of("asm-generic/unistd.h")).evaluate(generic.keySet())));
        assertEquals(running, new TreeMap<>(
            new CHeaders(dir, List.of("sys/syscall.h")).evaluate(running.keySet())));
    }

    private static void collect(
        final Class<?> type,
        final UnaryOperator<String> cName,
        final Map<String, String> expressions,
        final Map<String, Long> ours)
    {
        final Map<String, Long> constants = constants(type);
        assertTrue(!constants.isEmpty(), () -> type + " has no constants: take it out of this test");
        constants.forEach((name, value) ->
        {
            if (!OWN.contains(name))
            {
                ours.put(name, value);
                final String simpleName = name.substring(name.indexOf('.') + 1);
                expressions.put(name, LAYOUTS.getOrDefault(name, cName.apply(simpleName)));
            }
        });
    }

    /**
     * @param type a class.
     * @return its static int and final constants, the private ones included, by {@code Class.NAME}.
     */
    public static Map<String, Long> constants(final Class<?> type)
    {
        final Map<String, Long> result = new TreeMap<>();
        for (final Field field : type.getDeclaredFields())
        {
            if (Modifier.isStatic(field.getModifiers()) && field.getType() == int.class)
            {
                field.setAccessible(true);
                try
                {
                    result.put(type.getSimpleName() + "." + field.getName(), (long)field.getInt(null));
                }
                catch (final IllegalAccessException e)
                {
                    throw new AssertionError(e);
                }
            }
        }
        return result;
    }

    /**
     * Compares numbers with what headers say; names the headers do not have are skipped, see
     * {@link CHeaders#missing()}.
     *
     * @param expressions C expression by our name.
     * @param ours        our number by our name.
     * @param headers     to ask.
     */
    public static void assertEqualToHeaders(
        final Map<String, String> expressions, final Map<String, Long> ours, final CHeaders headers)
    {
        final Map<String, Long> values = headers.evaluate(expressions.values());
        final StringBuilder different = new StringBuilder();
        expressions.forEach((name, expression) ->
        {
            final Long value = values.get(expression);
            // Flags may be unsigned in C and negative in Java.
            if (value != null && value.intValue() != ours.get(name).intValue())
            {
                different.append(name).append(" is ").append(ours.get(name)).append(", ")
                    .append(expression).append(" is ").append(value).append('\n');
            }
        });
        assertEquals("", different.toString());
        assertTrue(values.size() + headers.missing().size() >= expressions.values().stream().distinct().count());
    }
}
