package dev.ringway.engine.listen;

import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.snapshot.ChainQuery;
import dev.ringway.engine.snapshot.Listener;
import dev.ringway.ffi.libc.Memory;
import dev.ringway.ffi.sock.SockAddr;
import dev.ringway.ffi.sock.Sockets;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The addresses by which the chains of one listener are chosen. Where a client connected to is where the listener
 * listens, unless that is every address or the socket is transparent; then connections have to be asked. An IPv4
 * address that comes in the form of an IPv6 one counts as what it is. Loop thread only.
 */
final class QueryAddresses
{
    private static final int MAPPED_OFFSET = 12;
    private static final int INET4_LENGTH = 4;
    private static final int PAGE = 4096;

    private final UnsafeBuffer slotAddresses;
    private final UnsafeBuffer own = new UnsafeBuffer(new byte[SockAddr.MAX_LENGTH]);
    private boolean isTold;

    /**
     * @param slotAddresses of the loop.
     * @param listenFd      listening socket.
     */
    QueryAddresses(final UnsafeBuffer slotAddresses, final int listenFd)
    {
        this.slotAddresses = slotAddresses;
        final long address = Memory.allocate(PAGE);
        final UnsafeBuffer name = new UnsafeBuffer(address, PAGE);
        Sockets.getsockname(listenFd, name, 0);
        own.putBytes(0, name, 0, SockAddr.MAX_LENGTH);
        Memory.unmap(address, PAGE);
    }

    /**
     * Takes over what a snapshot says of the listener.
     *
     * @param listener as adopted.
     * @return whether connections have to be asked for their own address.
     */
    boolean areAsked(final Listener listener)
    {
        final int length = SockAddr.addressLength(own, 0);
        final boolean isFixed = length > 0 && !listener.transparent() && !isAny(length);
        isTold = isFixed && listener.filterChains().readsLocalAddress();
        return length > 0 && !isFixed &&
            (listener.filterChains().usesDestination() || listener.filterChains().readsLocalAddress());
    }

    /** A client of a unix socket gets its name. */
    void name(final Connection connection)
    {
        if (SockAddr.family(own, 0) == SockAddr.AF_UNIX)
        {
            connection.addresses().nameClient(own);
        }
    }

    private boolean isAny(final int length)
    {
        final int at = SockAddr.addressOffset(own, 0);
        for (int i = 0; i < length; i++)
        {
            if (own.getByte(at + i) != 0)
            {
                return false;
            }
        }
        return true;
    }

    void fill(final ChainQuery query, final Connection connection)
    {
        final int local = connection.addresses().local();
        if (SockAddr.addressLength(slotAddresses, local) > 0)
        {
            destination(query, slotAddresses, local);
        }
        else
        {
            destination(query, own, 0);
            if (isTold)
            {
                slotAddresses.putBytes(local, own, 0, SockAddr.INET6_LENGTH);
            }
        }
        final int remote = connection.addresses().peer();
        query.source(slotAddresses, addressAt(slotAddresses, remote), length(slotAddresses, remote),
            port(slotAddresses, remote));
        final int direct = connection.addresses().direct();
        query.directSource(slotAddresses, addressAt(slotAddresses, direct), length(slotAddresses, direct));
    }

    /**
     * @param connection that a client has.
     * @param address    in network order.
     * @param length     of the address.
     * @param port       that belongs to it.
     * @return whether that is where the client connected to, as far as it is known.
     */
    boolean isLocal(final Connection connection, final byte[] address, final int length, final int port)
    {
        final int local = connection.addresses().local();
        final boolean isAsked = SockAddr.addressLength(slotAddresses, local) > 0;
        final UnsafeBuffer buffer = isAsked ? slotAddresses : own;
        final int at = isAsked ? local : 0;
        boolean isSame = length(buffer, at) == length && port(buffer, at) == port;
        for (int i = 0; i < length && isSame; i++)
        {
            isSame = buffer.getByte(addressAt(buffer, at) + i) == address[i];
        }
        return isSame;
    }

    private static void destination(final ChainQuery query, final UnsafeBuffer buffer, final int at)
    {
        query.destination(buffer, addressAt(buffer, at), length(buffer, at), port(buffer, at));
    }

    private static int addressAt(final UnsafeBuffer buffer, final int at)
    {
        final int offset = Math.max(at + SockAddr.addressOffset(buffer, at), at);
        return SockAddr.isInet4Mapped(buffer, at) ? offset + MAPPED_OFFSET : offset;
    }

    private static int length(final UnsafeBuffer buffer, final int at)
    {
        return SockAddr.isInet4Mapped(buffer, at) ? INET4_LENGTH : SockAddr.addressLength(buffer, at);
    }

    private static int port(final UnsafeBuffer buffer, final int at)
    {
        return SockAddr.addressLength(buffer, at) == 0 ? 0 : SockAddr.port(buffer, at);
    }
}
