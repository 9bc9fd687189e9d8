package dev.ringway.engine.conn;

import dev.ringway.engine.io.Op;
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
    private static final int NAME_LENGTH = 4096;
    private static final int INET6_LENGTH = 28;

    private final UnsafeBuffer slotAddresses;
    private final UnsafeBuffer name = new UnsafeBuffer(Memory.allocate(NAME_LENGTH), NAME_LENGTH);
    private boolean looksUpAccepted;
    private boolean looksUpConnected;

    LocalAddresses(final UnsafeBuffer slotAddresses)
    {
        this.slotAddresses = slotAddresses;
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

    /** Of a unix socket the name is left behind. */
    void copy(final int from, final int to, final int length)
    {
        slotAddresses.putBytes(to, slotAddresses, from, length);
        if (!isInternet(from))
        {
            slotAddresses.putInt(to + Short.BYTES, 0);
        }
    }

    void onInstalled(final int fd, final int localAddressOffset)
    {
        if (fd >= 0)
        {
            if (localAddressOffset >= 0 && Sockets.getsockname(fd, name, 0) > 0)
            {
                slotAddresses.putBytes(localAddressOffset, name, 0, INET6_LENGTH);
            }
            Sockets.close(fd);
        }
    }
}
