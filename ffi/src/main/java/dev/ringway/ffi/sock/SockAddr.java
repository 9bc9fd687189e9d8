package dev.ringway.ffi.sock;

import dev.ringway.ffi.libc.Errno;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Inet6Address;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Socket addresses in memory: sockaddr_in, sockaddr_in6 and sockaddr_un; ip(7), ipv6(7), unix(7). Any thread; only the
 * methods that take or return objects allocate.
 * <pre>
 *   sockaddr_in    0 family  2 port (network order)  4 address(4)   8 zero(8)                  16 bytes
 *   sockaddr_in6   0 family  2 port (network order)  4 flowinfo     8 address(16)  24 scope     28 bytes
 *   sockaddr_un    0 family  2 path(108)                                             up to 110 bytes
 * </pre>
 */
public final class SockAddr
{
    /** Unix sockets. */
    public static final int AF_UNIX = 1;
    /** IPv4. */
    public static final int AF_INET = 2;
    /** IPv6. */
    public static final int AF_INET6 = 10;

    /** Bytes of a sockaddr_in. */
    public static final int INET4_LENGTH = 16;
    /** Bytes of a sockaddr_in6. */
    public static final int INET6_LENGTH = 28;
    /** Most bytes of a sockaddr_un. */
    public static final int UNIX_LENGTH = 110;
    /** Room that takes an address of each family (sockaddr_storage). */
    public static final int MAX_LENGTH = 128;
    /** Most bytes that {@link #appendText(DirectBuffer, int, MutableDirectBuffer, int)} writes. */
    public static final int MAX_TEXT_LENGTH = 108;

    static final int FAMILY_OFFSET = 0;
    static final int PORT_OFFSET = 2;
    static final int INET4_ADDRESS_OFFSET = 4;
    static final int INET6_FLOWINFO_OFFSET = 4;
    static final int INET6_ADDRESS_OFFSET = 8;
    static final int INET6_SCOPE_OFFSET = 24;
    static final int UNIX_PATH_OFFSET = 2;
    static final int UNIX_PATH_CAPACITY = 108;

    private static final int GROUP_COUNT = 8;

    private SockAddr()
    {
    }

    /**
     * Writes an internet address; for start-up and control.
     *
     * @param dst     receives it; {@link #INET6_LENGTH} bytes must be there.
     * @param offset  where.
     * @param address resolved.
     * @return its bytes.
     * @throws IllegalArgumentException when the address is not resolved.
     */
    public static int encode(final MutableDirectBuffer dst, final int offset, final InetSocketAddress address)
    {
        final InetAddress inet = address.getAddress();
        if (inet == null)
        {
            throw new IllegalArgumentException("unresolved address: " + address);
        }
        final byte[] bytes = inet.getAddress();
        if (inet instanceof Inet4Address)
        {
            dst.putLong(offset + 8, 0);
            dst.putShort(offset + FAMILY_OFFSET, (short)AF_INET);
            dst.putShort(offset + PORT_OFFSET, (short)address.getPort(), ByteOrder.BIG_ENDIAN);
            dst.putBytes(offset + INET4_ADDRESS_OFFSET, bytes);
            return INET4_LENGTH;
        }
        dst.putShort(offset + FAMILY_OFFSET, (short)AF_INET6);
        dst.putShort(offset + PORT_OFFSET, (short)address.getPort(), ByteOrder.BIG_ENDIAN);
        dst.putInt(offset + INET6_FLOWINFO_OFFSET, 0);
        dst.putBytes(offset + INET6_ADDRESS_OFFSET, bytes);
        dst.putInt(offset + INET6_SCOPE_OFFSET, ((Inet6Address)inet).getScopeId());
        return INET6_LENGTH;
    }

    /**
     * Writes an IPv4 address.
     *
     * @param dst     receives it; {@link #INET4_LENGTH} bytes must be there.
     * @param offset  where.
     * @param address the four bytes, first one highest.
     * @param port    0 to 65535.
     * @return its bytes.
     */
    public static int encodeInet4(
        final MutableDirectBuffer dst, final int offset, final int address, final int port)
    {
        dst.putShort(offset + FAMILY_OFFSET, (short)AF_INET);
        dst.putShort(offset + PORT_OFFSET, (short)port, ByteOrder.BIG_ENDIAN);
        dst.putInt(offset + INET4_ADDRESS_OFFSET, address, ByteOrder.BIG_ENDIAN);
        dst.putLong(offset + 8, 0);
        return INET4_LENGTH;
    }

    /**
     * Writes an IPv6 address.
     *
     * @param dst    receives it; {@link #INET6_LENGTH} bytes must be there.
     * @param offset where.
     * @param high   first eight bytes of the address, first one highest.
     * @param low    last eight bytes.
     * @param port   0 to 65535.
     * @param scope  index of the interface for a link-local address, else 0.
     * @return its bytes.
     */
    public static int encodeInet6(
        final MutableDirectBuffer dst,
        final int offset,
        final long high,
        final long low,
        final int port,
        final int scope)
    {
        dst.putShort(offset + FAMILY_OFFSET, (short)AF_INET6);
        dst.putShort(offset + PORT_OFFSET, (short)port, ByteOrder.BIG_ENDIAN);
        dst.putInt(offset + INET6_FLOWINFO_OFFSET, 0);
        dst.putLong(offset + INET6_ADDRESS_OFFSET, high, ByteOrder.BIG_ENDIAN);
        dst.putLong(offset + INET6_ADDRESS_OFFSET + 8, low, ByteOrder.BIG_ENDIAN);
        dst.putInt(offset + INET6_SCOPE_OFFSET, scope);
        return INET6_LENGTH;
    }

    /**
     * Writes the address of a unix socket; for start-up and control.
     *
     * @param dst    receives it; {@link #UNIX_LENGTH} bytes must be there.
     * @param offset where.
     * @param path   of the file, at most 107 bytes; a leading {@code @} means the abstract namespace.
     * @return its bytes, or -EINVAL when the path is empty, too long or contains a zero byte.
     */
    public static int encodeUnix(final MutableDirectBuffer dst, final int offset, final String path)
    {
        final byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
        final int last = UNIX_PATH_CAPACITY - 1;
        if (bytes.length == 0 || bytes.length > last || path.indexOf('\0') >= 0)
        {
            return -Errno.EINVAL;
        }
        dst.setMemory(offset, UNIX_LENGTH, (byte)0);
        dst.putShort(offset + FAMILY_OFFSET, (short)AF_UNIX);
        if (bytes[0] == '@')
        {
            dst.putBytes(offset + UNIX_PATH_OFFSET + 1, bytes, 1, bytes.length - 1);
            return UNIX_PATH_OFFSET + bytes.length;
        }
        dst.putBytes(offset + UNIX_PATH_OFFSET, bytes);
        return UNIX_PATH_OFFSET + bytes.length + 1;
    }

    /**
     * @param sockaddr memory with an address.
     * @param offset   where it starts.
     * @return {@code AF_*}.
     */
    public static int family(final DirectBuffer sockaddr, final int offset)
    {
        return sockaddr.getShort(offset + FAMILY_OFFSET) & 0xFFFF;
    }

    /**
     * @param sockaddr memory with an internet address of either family.
     * @param offset   where it starts.
     * @return port, 0 to 65535.
     */
    public static int port(final DirectBuffer sockaddr, final int offset)
    {
        return sockaddr.getShort(offset + PORT_OFFSET, ByteOrder.BIG_ENDIAN) & 0xFFFF;
    }

    /**
     * Replaces the port.
     *
     * @param sockaddr memory with an internet address of either family.
     * @param offset   where it starts.
     * @param port     0 to 65535.
     */
    public static void port(final MutableDirectBuffer sockaddr, final int offset, final int port)
    {
        sockaddr.putShort(offset + PORT_OFFSET, (short)port, ByteOrder.BIG_ENDIAN);
    }

    /**
     * @param sockaddr memory with an address.
     * @param offset   where it starts.
     * @return offset of the bytes of its internet address, counted from {@code offset}; -1 for another family.
     */
    public static int addressOffset(final DirectBuffer sockaddr, final int offset)
    {
        return switch (family(sockaddr, offset))
        {
            case AF_INET -> INET4_ADDRESS_OFFSET;
            case AF_INET6 -> INET6_ADDRESS_OFFSET;
            default -> -1;
        };
    }

    /**
     * @param sockaddr memory with an address.
     * @param offset   where it starts.
     * @return bytes of its internet address: 4, 16, or 0 for another family.
     */
    public static int addressLength(final DirectBuffer sockaddr, final int offset)
    {
        return switch (family(sockaddr, offset))
        {
            case AF_INET -> 4;
            case AF_INET6 -> 16;
            default -> 0;
        };
    }

    /**
     * @param sockaddr memory with a sockaddr_in6.
     * @param offset   where it starts.
     * @return index of the interface for a link-local address, else 0.
     */
    public static int scope(final DirectBuffer sockaddr, final int offset)
    {
        return sockaddr.getInt(offset + INET6_SCOPE_OFFSET);
    }

    /**
     * @param sockaddr memory with an address.
     * @param offset   where it starts.
     * @return whether it is an IPv6 address that stands for an IPv4 one (::ffff:0:0/96, RFC 4291 2.5.5.2).
     */
    public static boolean isInet4Mapped(final DirectBuffer sockaddr, final int offset)
    {
        return family(sockaddr, offset) == AF_INET6 &&
            sockaddr.getLong(offset + INET6_ADDRESS_OFFSET) == 0 &&
            sockaddr.getInt(offset + INET6_ADDRESS_OFFSET + 8, ByteOrder.BIG_ENDIAN) == 0xFFFF;
    }

    /**
     * Turns a v4-mapped address, as an IPv6 socket gives for IPv4 peers, into the IPv4 address it stands for.
     *
     * @param sockaddr memory with an address; changed in place when it is v4-mapped.
     * @param offset   where it starts.
     * @return whether it was changed.
     */
    public static boolean unmap(final MutableDirectBuffer sockaddr, final int offset)
    {
        if (!isInet4Mapped(sockaddr, offset))
        {
            return false;
        }
        final int address = sockaddr.getInt(offset + INET6_ADDRESS_OFFSET + 12, ByteOrder.BIG_ENDIAN);
        encodeInet4(sockaddr, offset, address, port(sockaddr, offset));
        return true;
    }

    /**
     * Reads an internet address; for control.
     *
     * @param sockaddr memory with an address.
     * @param offset   where it starts.
     * @return the address, or null for another family. A v4-mapped address comes back as IPv4.
     */
    public static InetSocketAddress decode(final DirectBuffer sockaddr, final int offset)
    {
        final byte[] bytes = new byte[addressLength(sockaddr, offset)];
        if (bytes.length == 0)
        {
            return null;
        }
        sockaddr.getBytes(offset + addressOffset(sockaddr, offset), bytes);
        try
        {
            final int scope = bytes.length == 16 ? scope(sockaddr, offset) : 0;
            final InetAddress inet =
                scope == 0 ? InetAddress.getByAddress(bytes) : Inet6Address.getByAddress(null, bytes, scope);
            return new InetSocketAddress(inet, port(sockaddr, offset));
        }
        catch (final UnknownHostException e)
        {
            throw new AssertionError("4 or 16 bytes are always an address", e);
        }
    }

    /**
     * Prints an address as {@code 1.2.3.4:80}, {@code [2001:db8::1]:80}, {@code [fe80::1%2]:80}, {@code /path} or
     * {@code @abstract}; IPv6 after RFC 5952. A unix socket without a name and an unknown family print nothing.
     *
     * @param sockaddr memory with an address; a unix path must end with a zero byte or fill the structure.
     * @param offset   where it starts.
     * @param dst      receives ASCII (a path: its bytes); {@link #MAX_TEXT_LENGTH} bytes must be there.
     * @param at       where.
     * @return bytes written.
     */
    public static int appendText(
        final DirectBuffer sockaddr, final int offset, final MutableDirectBuffer dst, final int at)
    {
        final int family = family(sockaddr, offset);
        if (family == AF_UNIX)
        {
            return appendPath(sockaddr, offset + UNIX_PATH_OFFSET, dst, at);
        }
        if (family != AF_INET && family != AF_INET6)
        {
            return 0;
        }
        int to = at;
        if (family == AF_INET6)
        {
            dst.putByte(to++, (byte)'[');
        }
        to += appendAddress(sockaddr, offset, dst, to);
        if (family == AF_INET6)
        {
            dst.putByte(to++, (byte)']');
        }
        dst.putByte(to++, (byte)':');
        to += dst.putNaturalIntAscii(to, port(sockaddr, offset));
        return to - at;
    }

    /**
     * Prints an internet address alone: no port, no brackets.
     *
     * @param sockaddr memory with an address.
     * @param offset   where it starts.
     * @param dst      receives ASCII; 56 bytes must be there.
     * @param at       where.
     * @return bytes written; 0 for another family.
     */
    public static int appendAddress(
        final DirectBuffer sockaddr, final int offset, final MutableDirectBuffer dst, final int at)
    {
        final int family = family(sockaddr, offset);
        if (family == AF_INET)
        {
            return appendInet4(sockaddr, offset + INET4_ADDRESS_OFFSET, dst, at);
        }
        if (family != AF_INET6)
        {
            return 0;
        }
        int to = at + appendInet6(sockaddr, offset + INET6_ADDRESS_OFFSET, isInet4Mapped(sockaddr, offset), dst, at);
        final int scope = scope(sockaddr, offset);
        if (scope != 0)
        {
            dst.putByte(to++, (byte)'%');
            to += dst.putNaturalLongAscii(to, scope & 0xFFFF_FFFFL);
        }
        return to - at;
    }

    /**
     * Prints an address as {@link #appendText} does; for control.
     *
     * @param sockaddr memory with an address.
     * @param offset   where it starts.
     * @return the text.
     */
    public static String text(final DirectBuffer sockaddr, final int offset)
    {
        final MutableDirectBuffer dst = new UnsafeBuffer(new byte[MAX_TEXT_LENGTH]);
        final int length = appendText(sockaddr, offset, dst, 0);
        final byte[] bytes = new byte[length];
        dst.getBytes(0, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static int appendPath(
        final DirectBuffer src, final int from, final MutableDirectBuffer dst, final int at)
    {
        final boolean isAbstract = src.getByte(from) == 0;
        int length = isAbstract ? 1 : 0;
        while (length < UNIX_PATH_CAPACITY && src.getByte(from + length) != 0)
        {
            dst.putByte(at + length, src.getByte(from + length));
            length++;
        }
        if (isAbstract && length == 1)
        {
            return 0;
        }
        if (isAbstract)
        {
            dst.putByte(at, (byte)'@');
        }
        return length;
    }

    private static int appendInet4(
        final DirectBuffer src, final int from, final MutableDirectBuffer dst, final int at)
    {
        int to = at;
        for (int i = 0; i < 4; i++)
        {
            if (i > 0)
            {
                dst.putByte(to++, (byte)'.');
            }
            to += dst.putNaturalIntAscii(to, src.getByte(from + i) & 0xFF);
        }
        return to - at;
    }

    private static int appendInet6(
        final DirectBuffer src, final int from, final boolean mapped, final MutableDirectBuffer dst, final int at)
    {
        final int groups = mapped ? 6 : GROUP_COUNT;
        final int gap = longestZeros(src, from, groups);
        final int gapStart = gap >>> 8;
        final int gapEnd = gapStart + (gap & 0xFF);
        int to = at;
        for (int i = 0; i < groups; i++)
        {
            if (i == gapStart && gapEnd > gapStart)
            {
                dst.putByte(to++, (byte)':');
                dst.putByte(to++, (byte)':');
                i = gapEnd - 1;
            }
            else
            {
                if (i > 0 && i != gapEnd)
                {
                    dst.putByte(to++, (byte)':');
                }
                to = appendHex(group(src, from, i), dst, to);
            }
        }
        if (mapped)
        {
            dst.putByte(to++, (byte)':');
            to += appendInet4(src, from + 12, dst, to);
        }
        return to - at;
    }

    /** First longest run of at least two zero groups: start in the second byte, count in the lowest (RFC 5952 4.2). */
    private static int longestZeros(final DirectBuffer src, final int from, final int groups)
    {
        int best = 0;
        int bestCount = 1;
        int count = 0;
        for (int i = 0; i < groups; i++)
        {
            count = group(src, from, i) == 0 ? count + 1 : 0;
            if (count > bestCount)
            {
                bestCount = count;
                best = i - count + 1 << 8 | count;
            }
        }
        return best;
    }

    private static int group(final DirectBuffer src, final int from, final int index)
    {
        return src.getShort(from + (index << 1), ByteOrder.BIG_ENDIAN) & 0xFFFF;
    }

    private static int appendHex(final int group, final MutableDirectBuffer dst, final int at)
    {
        int to = at;
        int shift = group > 0xFFF ? 12 : group > 0xFF ? 8 : group > 0xF ? 4 : 0;
        for (; shift >= 0; shift -= 4)
        {
            final int digit = group >>> shift & 0xF;
            dst.putByte(to++, (byte)(digit < 10 ? '0' + digit : 'a' + digit - 10));
        }
        return to;
    }
}
