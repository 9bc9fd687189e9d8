package dev.ringway.engine.upstream;

import dev.ringway.codecs.proxyproto.ProxyHeaderWriter;
import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.loop.EventLoop;
import dev.ringway.engine.memory.Scratch;
import dev.ringway.ffi.sock.SockAddr;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Tells an endpoint, in front of all other bytes, between which addresses the client's connection is. When they are
 * unknown, of unix sockets or not of one family, it tells that there are none. Loop thread only.
 */
final class ProxyHeader
{
    private static final int INET4_LENGTH = 4;
    private static final int INET6_LENGTH = 16;
    private static final int MAPPED_OFFSET = 12;

    private final EventLoop loop;
    private final byte[] source = new byte[INET6_LENGTH];
    private final byte[] destination = new byte[INET6_LENGTH];
    private int length;

    ProxyHeader(final EventLoop loop)
    {
        this.loop = loop;
    }

    /**
     * Writes a header.
     *
     * @param version    1 or 2.
     * @param downstream the client's connection.
     * @return its offset under a lease of its own, or -1 when memory has run out.
     */
    int write(final int version, final Connection downstream)
    {
        final Scratch scratch = loop.memory().scratch();
        final int at = scratch.reserve(ProxyHeaderWriter.MAX_LENGTH);
        if (at < 0)
        {
            return -1;
        }
        final UnsafeBuffer addresses = loop.slotAddresses();
        final int remote = downstream.addressOffset();
        final int local = downstream.localAddressOffset();
        final int sourceLength = address(addresses, remote, source);
        final int addressLength = sourceLength == address(addresses, local, destination) ? sourceLength : 0;
        final int sourcePort = addressLength == 0 ? 0 : SockAddr.port(addresses, remote);
        final int destinationPort = addressLength == 0 ? 0 : SockAddr.port(addresses, local);
        final UnsafeBuffer buffer = loop.memory().slab().buffer();
        length = version == 1 ?
            ProxyHeaderWriter.putLine(
                buffer, at, source, destination, addressLength, sourcePort, destinationPort) :
            ProxyHeaderWriter.putBinary(
                buffer, at, source, destination, addressLength, sourcePort, destinationPort);
        scratch.commit(length);
        return at;
    }

    /** Bytes of the header written last. */
    int length()
    {
        return length;
    }

    private static int address(final UnsafeBuffer addresses, final int at, final byte[] result)
    {
        final int length = SockAddr.addressLength(addresses, at);
        if (length == 0)
        {
            return 0;
        }
        final int offset = at + SockAddr.addressOffset(addresses, at);
        final boolean isMapped = SockAddr.isInet4Mapped(addresses, at);
        final int taken = isMapped ? INET4_LENGTH : length;
        addresses.getBytes(isMapped ? offset + MAPPED_OFFSET : offset, result, 0, taken);
        return taken;
    }
}
