package dev.ringway.engine.exchange;

import dev.ringway.codecs.text.IpLiteral;
import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.conn.ConnectionMetadata;
import dev.ringway.engine.filter.FilterPeer;
import dev.ringway.ffi.sock.SockAddr;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.List;

/**
 * The client of a connection as filters see it. Reused for connection after connection. Loop thread only.
 */
public final class ConnectionPeer implements FilterPeer
{
    private final UnsafeBuffer addresses;
    private final UnsafeBuffer network = new UnsafeBuffer(new byte[SockAddr.INET6_LENGTH]);
    private Connection connection;
    /** Of the request, or null where there is none. */
    private ForwardedClient forwarded;

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
        forwarded = null;
        return this;
    }

    /**
     * Has the client's address told by others, as text and as {@link #forwardedAddress}, where they are trusted to.
     *
     * @param client of a request, asked as long as this is.
     * @return this.
     */
    ConnectionPeer forwarded(final ForwardedClient client)
    {
        forwarded = client;
        return this;
    }

    /**
     * {@inheritDoc}
     */
    public int remoteAddress(final byte[] to)
    {
        return address(connection.addresses().peer(), to);
    }

    /**
     * {@inheritDoc}
     */
    public int remotePort()
    {
        return port(connection.addresses().peer());
    }

    /**
     * {@inheritDoc}
     */
    public int forwardedAddress(final byte[] to)
    {
        return isForwarded() ? address(forwarded.sockAddr(), 0, to) : remoteAddress(to);
    }

    /**
     * {@inheritDoc}
     */
    public int directAddress(final byte[] to)
    {
        return address(connection.addresses().direct(), to);
    }

    /**
     * {@inheritDoc}
     */
    public int localAddress(final byte[] to)
    {
        return address(connection.addresses().local(), to);
    }

    /**
     * {@inheritDoc}
     */
    public int localPort()
    {
        return port(connection.addresses().local());
    }

    /**
     * {@inheritDoc}
     */
    public int remoteText(final boolean withPort, final MutableDirectBuffer to)
    {
        return isForwarded() ? text(forwarded.sockAddr(), 0, withPort, to) :
            text(addresses, connection.addresses().peer(), withPort, to);
    }

    /**
     * {@inheritDoc}
     */
    public int networkText(final int length4, final int length6, final MutableDirectBuffer to)
    {
        final boolean isForwarded = isForwarded();
        network.putBytes(0, isForwarded ? forwarded.sockAddr() : addresses,
            isForwarded ? 0 : connection.addresses().peer(), SockAddr.INET6_LENGTH);
        final int length = SockAddr.addressLength(network, 0);
        if (length == 0)
        {
            return 0;
        }
        final int bits = length == IpLiteral.INET6 ? length6 : length4;
        final int first = SockAddr.addressOffset(network, 0);
        for (int i = 0; i < length; i++)
        {
            final int kept = Math.max(0, Math.min(Byte.SIZE, bits - i * Byte.SIZE));
            network.putByte(first + i, (byte)(network.getByte(first + i) & 0xFF00 >> kept));
        }
        int end = SockAddr.appendAddress(network, 0, to, 0);
        to.putByte(end++, (byte)'/');
        return end + to.putNaturalIntAscii(end, bits);
    }

    /**
     * {@inheritDoc}
     */
    public int directText(final boolean withPort, final MutableDirectBuffer to)
    {
        return text(addresses, connection.addresses().direct(), withPort, to);
    }

    /**
     * {@inheritDoc}
     */
    public byte[] serverName()
    {
        return connection.tls().serverName();
    }

    /**
     * {@inheritDoc}
     */
    public List<byte[]> principals()
    {
        return connection.tls().principals();
    }

    /**
     * {@inheritDoc}
     */
    public int tlsText(final int item, final MutableDirectBuffer to)
    {
        return connection.tls().text(item, to);
    }

    /**
     * {@inheritDoc}
     */
    public boolean metadata(final int key, final DirectBuffer to)
    {
        final ConnectionMetadata metadata = connection.metadata();
        final int value = metadata.find(connection, key);
        if (value >= 0)
        {
            to.wrap(metadata.slab().buffer(), value, metadata.length(value));
        }
        return value >= 0;
    }

    /**
     * {@inheritDoc}
     */
    public boolean isEncrypted()
    {
        return connection.tls().isOn();
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
        return address(addresses, at, to);
    }

    private static int address(final UnsafeBuffer addresses, final int at, final byte[] to)
    {
        final int length = SockAddr.addressLength(addresses, at);
        if (length > 0)
        {
            addresses.getBytes(at + SockAddr.addressOffset(addresses, at), to, 0, length);
        }
        return length;
    }

    private boolean isForwarded()
    {
        return forwarded != null && forwarded.isTold();
    }

    private static int text(
        final UnsafeBuffer addresses, final int at, final boolean withPort, final MutableDirectBuffer to)
    {
        return withPort || SockAddr.addressLength(addresses, at) == 0 ?
            SockAddr.appendText(addresses, at, to, 0) : SockAddr.appendAddress(addresses, at, to, 0);
    }

    private int port(final int at)
    {
        return SockAddr.addressLength(addresses, at) == 0 ? 0 : SockAddr.port(addresses, at);
    }
}
