package dev.ringway.engine.listen;

import dev.ringway.codecs.proxyproto.ProxyHeaderParser;
import dev.ringway.codecs.proxyproto.Tlvs;
import dev.ringway.codecs.text.IpLiteral;
import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.conn.ConnectionMetadata;
import dev.ringway.engine.conn.Connections;
import dev.ringway.engine.memory.HeldBytes;
import dev.ringway.engine.memory.LoopMemory;
import dev.ringway.engine.snapshot.ListenerFilter.ProxyProtocol;
import dev.ringway.engine.snapshot.MetadataKeys;
import dev.ringway.ffi.sock.SockAddr;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Puts addresses that a peer tells in the place of those of its connection, and keeps the values behind them. Loop
 * thread only.
 */
final class ToldAddresses
{
    private ToldAddresses()
    {
    }

    /** Without addresses in the header those of the connection stay. */
    static void take(
        final UnsafeBuffer addresses,
        final Connection connection,
        final ProxyHeaderParser header,
        final QueryAddresses known)
    {
        if (header.addressLength() > 0)
        {
            if (!known.isLocal(connection, header.destination(), header.addressLength(), header.destinationPort()))
            {
                connection.addresses().restoreLocal();
            }
            connection.addresses().keepDirect();
            put(addresses, connection.addresses().peer(), header.source(), header.addressLength(), header.sourcePort());
            put(addresses, connection.addresses().local(), header.destination(), header.addressLength(),
                header.destinationPort());
        }
    }

    /**
     * Keeps the values that the filter wants; they have come whole.
     *
     * @param held begins with the header.
     * @return false when there is no room for them.
     */
    static boolean keepValues(
        final Connections connections,
        final Connection connection,
        final HeldBytes held,
        final ProxyProtocol filter,
        final ProxyHeaderParser header)
    {
        final int from = header.valuesOffset();
        final int length = header.length() - from;
        if (filter.keptValues() == null && filter.keys() == null || length == 0)
        {
            return true;
        }
        final LoopMemory memory = connections.toldValues().memory();
        // Not committed: in use here alone.
        final int at = memory.scratch().reserve(length);
        if (at < 0)
        {
            return false;
        }
        copy(memory.slab().buffer(), held, from, length, at);
        if (filter.keys() != null && !carry(connection, filter.keys(), at, length))
        {
            return false;
        }
        final int kept = filter.keptValues() == null ? 0 :
            Tlvs.keep(memory.slab().buffer(), at, length, filter.keptValues(), length);
        return kept == 0 || connections.toldValues().keep(connection, at, kept);
    }

    /** Has the connection carry those that have a key. */
    private static boolean carry(
        final Connection connection, final MetadataKeys keys, final int offset, final int length)
    {
        final ConnectionMetadata metadata = connection.metadata();
        final UnsafeBuffer buffer = metadata.slab().buffer();
        boolean isCarried = true;
        for (int at = offset; isCarried && at < offset + length; at += Tlvs.lengthAt(buffer, at))
        {
            final int key = keys.of(buffer.getByte(at) & 0xFF);
            isCarried = key == 0 || metadata.put(
                connection, key, at + Tlvs.HEAD_LENGTH, Tlvs.lengthAt(buffer, at) - Tlvs.HEAD_LENGTH);
        }
        return isCarried;
    }

    private static void copy(
        final UnsafeBuffer buffer, final HeldBytes held, final int from, final int length, final int target)
    {
        int skipped = from;
        int copied = 0;
        for (int i = 0; copied < length; i++)
        {
            final int ahead = Math.min(skipped, held.rangeLength(i));
            final int taken = Math.min(held.rangeLength(i) - ahead, length - copied);
            buffer.putBytes(target + copied, buffer, held.rangeOffset(i) + ahead, taken);
            skipped -= ahead;
            copied += taken;
        }
    }

    private static void put(
        final UnsafeBuffer addresses, final int at, final byte[] address, final int length, final int port)
    {
        if (length == IpLiteral.INET4)
        {
            SockAddr.encodeInet4(addresses, at, (int)number(address, 0, Integer.BYTES), port);
        }
        else
        {
            SockAddr.encodeInet6(
                addresses, at, number(address, 0, Long.BYTES), number(address, Long.BYTES, Long.BYTES), port, 0);
        }
    }

    private static long number(final byte[] bytes, final int from, final int length)
    {
        long number = 0;
        for (int i = from; i < from + length; i++)
        {
            number = number << Byte.SIZE | bytes[i] & 0xFF;
        }
        return number;
    }
}
