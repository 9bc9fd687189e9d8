package dev.ringway.engine.conn;

import dev.ringway.engine.io.Op;
import dev.ringway.engine.loop.SlotAddresses;
import dev.ringway.ffi.libc.Memory;
import dev.ringway.ffi.sock.SockAddr;
import dev.ringway.ffi.sock.Sockets;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Looks up the connections' own addresses, where an access log wants them: a direct descriptor has to become a plain
 * one for that. Loop thread only.
 */
final class LocalAddresses
{
    /** The connection's own address is asked for. */
    static final byte OWN = 0;
    /** Where it was going before netfilter sent it here is asked for as well. */
    static final byte ORIGINAL = 1;
    /** The same where its own address is that unless netfilter knows another. */
    static final byte ORIGINAL_OR_OWN = 2;

    private static final int NAME_LENGTH = 4096;
    private static final int INET6_LENGTH = 28;
    private static final int ORIGINAL_AT = SockAddr.MAX_LENGTH;

    private final SlotAddresses slots;
    private final UnsafeBuffer slotAddresses;
    private final UnsafeBuffer name = new UnsafeBuffer(Memory.allocate(NAME_LENGTH), NAME_LENGTH);
    private boolean looksUpAccepted;
    private boolean looksUpConnected;

    LocalAddresses(final SlotAddresses slots)
    {
        this.slots = slots;
        slotAddresses = slots.buffer();
    }

    void lookUp(final boolean ofAccepted, final boolean ofConnected)
    {
        looksUpAccepted = ofAccepted;
        looksUpConnected = ofConnected;
    }

    /** Unix sockets have no address worth asking for, and theirs would not fit. */
    boolean looksUp(final int op, final int addressOffset)
    {
        return (op == Op.ACCEPT ? looksUpAccepted : looksUpConnected) &&
            isInternet(addressOffset);
    }

    boolean isInternet(final int addressOffset)
    {
        return SockAddr.family(slotAddresses, addressOffset) != SockAddr.AF_UNIX;
    }

    /** Where the addresses stand. */
    SlotAddresses slots()
    {
        return slots;
    }

    /** Writes only where something was written before: a page that was not has no memory yet. */
    void forget(final int localAddressOffset)
    {
        if (slotAddresses.getShort(localAddressOffset) != 0)
        {
            slotAddresses.putShort(localAddressOffset, (short)0);
        }
    }

    /** Of a unix socket the name is left behind. */
    void copy(final int from, final int to, final int length)
    {
        slotAddresses.putBytes(to, slotAddresses, from, length);
        leaveName(to);
    }

    /** A client's unix socket has hardly ever a name, and it may have been cut. */
    void leaveName(final int addressOffset)
    {
        if (!isInternet(addressOffset))
        {
            slotAddresses.putInt(addressOffset + Short.BYTES, 0);
        }
    }

    /** Whether what was written is where the connection was going. */
    boolean onInstalled(final int fd, final int ownOffset, final int localAddressOffset, final int asked)
    {
        boolean isOriginal = false;
        if (fd >= 0)
        {
            if (ownOffset >= 0 && Sockets.getsockname(fd, name, 0) > 0)
            {
                slotAddresses.putBytes(ownOffset, name, 0, INET6_LENGTH);
                isOriginal = localAddressOffset >= 0 && putLocal(fd, localAddressOffset, asked);
            }
            Sockets.close(fd);
        }
        return isOriginal;
    }

    private boolean putLocal(final int fd, final int offset, final int asked)
    {
        final boolean isOriginal = asked != OWN && (readOriginal(fd) || asked == ORIGINAL_OR_OWN);
        slotAddresses.putBytes(offset, name, 0, INET6_LENGTH);
        return isOriginal;
    }

    /** Puts it in the place of the connection's own address, if netfilter knows it. */
    private boolean readOriginal(final int fd)
    {
        final boolean isV6 =
            SockAddr.family(name, 0) == SockAddr.AF_INET6 && !SockAddr.isInet4Mapped(name, 0);
        final int length = isV6 ? Sockets.originalDestination6(fd, name, ORIGINAL_AT) :
            Sockets.originalDestination4(fd, name, ORIGINAL_AT);
        if (length > 0)
        {
            name.putBytes(0, name, ORIGINAL_AT, INET6_LENGTH);
        }
        return length > 0;
    }
}
