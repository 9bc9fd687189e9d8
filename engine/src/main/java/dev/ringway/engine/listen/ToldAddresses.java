package dev.ringway.engine.listen;

import dev.ringway.codecs.proxyproto.ProxyHeaderParser;
import dev.ringway.codecs.text.IpLiteral;
import dev.ringway.engine.conn.Connection;
import dev.ringway.ffi.sock.SockAddr;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Puts addresses that a peer tells in the place of those of its connection. Loop thread only.
 */
final class ToldAddresses
{
    private ToldAddresses()
    {
    }

    /** Without addresses in the header those of the connection stay. */
    static void take(final UnsafeBuffer addresses, final Connection connection, final ProxyHeaderParser header)
    {
        if (header.addressLength() > 0)
        {
            connection.keepDirectAddress();
            put(addresses, connection.addressOffset(), header.source(), header.addressLength(), header.sourcePort());
            put(addresses, connection.localAddressOffset(), header.destination(), header.addressLength(),
                header.destinationPort());
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
