package dev.ringway.engine.exchange;

import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.filter.FilterPeer;
import dev.ringway.ffi.sock.SockAddr;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.List;

/**
 * The client of a connection as filters see it. Reused for connection after connection. Loop thread only.
 */
public final class ConnectionPeer implements FilterPeer
{
    private final UnsafeBuffer addresses;
    private Connection connection;

    /**
     * @param addresses of the loop's slots.
     */
    public ConnectionPeer(final UnsafeBuffer addresses)
    {
        this.addresses = addresses;
    }

    /**
     * @param shown connection, or null.
     * @return this.
     */
    public ConnectionPeer wrap(final Connection shown)
    {
        connection = shown;
        return this;
    }

    /**
     * {@inheritDoc}
     */
    public int remoteAddress(final byte[] to)
    {
        return address(connection.addressOffset(), to);
    }

    /**
     * {@inheritDoc}
     */
    public int remotePort()
    {
        return port(connection.addressOffset());
    }

    /**
     * {@inheritDoc}
     */
    public int directAddress(final byte[] to)
    {
        return address(connection.directAddressOffset(), to);
    }

    /**
     * {@inheritDoc}
     */
    public int localAddress(final byte[] to)
    {
        return address(connection.localAddressOffset(), to);
    }

    /**
     * {@inheritDoc}
     */
    public int localPort()
    {
        return port(connection.localAddressOffset());
    }

    /**
     * {@inheritDoc}
     */
    public int remoteText(final boolean withPort, final MutableDirectBuffer to)
    {
        return text(connection.addressOffset(), withPort, to);
    }

    /**
     * {@inheritDoc}
     */
    public int directText(final boolean withPort, final MutableDirectBuffer to)
    {
        return text(connection.directAddressOffset(), withPort, to);
    }

    /**
     * {@inheritDoc}
     */
    public byte[] serverName()
    {
        return connection.serverName();
    }

    /**
     * {@inheritDoc}
     */
    public List<byte[]> principals()
    {
        return connection.principals();
    }

    /**
     * {@inheritDoc}
     */
    public boolean isEncrypted()
    {
        return connection.tls() != null;
    }

    /**
     * {@inheritDoc}
     */
    public long connectionId()
    {
        return connection.id();
    }

    /**
     * {@inheritDoc}
     */
    public int slot()
    {
        return connection.slot();
    }

    private int address(final int at, final byte[] to)
    {
        final int length = SockAddr.addressLength(addresses, at);
        if (length > 0)
        {
            addresses.getBytes(at + SockAddr.addressOffset(addresses, at), to, 0, length);
        }
        return length;
    }

    private int text(final int at, final boolean withPort, final MutableDirectBuffer to)
    {
        return withPort || SockAddr.addressLength(addresses, at) == 0 ?
            SockAddr.appendText(addresses, at, to, 0) : SockAddr.appendAddress(addresses, at, to, 0);
    }

    private int port(final int at)
    {
        return SockAddr.addressLength(addresses, at) == 0 ? 0 : SockAddr.port(addresses, at);
    }
}
