package dev.ringway.engine.upstream;

import dev.ringway.codecs.proxyproto.ProxyHeaderWriter;
import dev.ringway.codecs.proxyproto.Tlvs;
import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.conn.ToldValues;
import dev.ringway.engine.loop.EventLoop;
import dev.ringway.engine.memory.BufferSlab;
import dev.ringway.engine.memory.Scratch;
import dev.ringway.engine.snapshot.ProxyTelling;
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
    private final ToldValues told;
    private final byte[] source = new byte[INET6_LENGTH];
    private final byte[] destination = new byte[INET6_LENGTH];
    private int length;

    ProxyHeader(final EventLoop loop, final ToldValues told)
    {
        this.loop = loop;
        this.told = told;
    }

    /**
     * Writes a header.
     *
     * @param telling    what is told.
     * @param downstream the client's connection.
     * @return its offset under a lease of its own, or -1 when memory has run out.
     */
    int write(final ProxyTelling telling, final Connection downstream)
    {
        final Scratch scratch = loop.memory().scratch();
        final int passed = telling.passed() == null ? 0 : told.length(downstream);
        final int values = telling.added().length + passed;
        final int most = Math.min(ProxyHeaderWriter.MAX_LENGTH + values, BufferSlab.CHUNK_LENGTH);
        final int at = scratch.reserve(most);
        if (at < 0)
        {
            return -1;
        }
        final UnsafeBuffer addresses = loop.slotAddresses().buffer();
        final int remote = downstream.addresses().peer();
        final int local = downstream.addresses().local();
        final int sourceLength = address(addresses, remote, source);
        final int addressLength = sourceLength == address(addresses, local, destination) ? sourceLength : 0;
        final int sourcePort = addressLength == 0 ? 0 : SockAddr.port(addresses, remote);
        final int destinationPort = addressLength == 0 ? 0 : SockAddr.port(addresses, local);
        final UnsafeBuffer buffer = loop.memory().slab().buffer();
        length = telling.version() == 1 ?
            ProxyHeaderWriter.putLine(
                buffer, at, source, destination, addressLength, sourcePort, destinationPort) :
            ProxyHeaderWriter.putBinary(
                buffer, at, source, destination, addressLength, sourcePort, destinationPort);
        if (values > 0 && addressLength > 0 && !addValues(telling, downstream, at, most))
        {
            return -1;
        }
        scratch.commit(length);
        return at;
    }

    /** First what is added, then what the client told, as in Envoy; false when memory has run out. */
    private boolean addValues(final ProxyTelling telling, final Connection downstream, final int at, final int most)
    {
        final BufferSlab slab = loop.memory().slab();
        int values = telling.added().length;
        slab.buffer().putBytes(at + length, telling.added());
        final int kept = telling.passed() == null ? 0 : told.length(downstream);
        if (kept > 0)
        {
            // All of them may have no room behind those that are added.
            final int copy = slab.take();
            if (copy < 0)
            {
                return false;
            }
            told.copy(downstream, copy);
            final int passed = Tlvs.keep(slab.buffer(), copy, kept, telling.passed(), most - length - values);
            final int taken = passed < 0 ? ~passed : passed;
            slab.buffer().putBytes(at + length + values, slab.buffer(), copy, taken);
            slab.release(copy);
            values += taken;
            if (passed < 0)
            {
                loop.counters().increment(telling.tooLong());
            }
        }
        ProxyHeaderWriter.putValuesLength(slab.buffer(), at, length, values);
        length += values;
        return true;
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
