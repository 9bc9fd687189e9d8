package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.codecs.text.IpLiteral;
import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.conn.ConnectionMetadata;
import dev.ringway.engine.filter.FilterPeer;
import dev.ringway.engine.snapshot.HttpConnectionManager;
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
    private final ForwardedFor forwardedFor = new ForwardedFor();
    private Connection connection;
    /** Of the request, or null where nobody is trusted. */
    private HeaderTable headers;
    private int skipped;

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
        headers = null;
        return this;
    }

    /**
     * Has the client's address told by {@code x-forwarded-for}, as text and as {@link #forwardedAddress}, where the
     * proxies before this one are trusted to tell it.
     *
     * @param request its fields are read when the address is asked for.
     * @param http    says whom to trust.
     * @return this.
     */
    ConnectionPeer forwarded(final RequestHead request, final HttpConnectionManager http)
    {
        skipped = ForwardedFor.skipped(request, http);
        headers = skipped < 0 || !request.headers().contains(HeaderName.X_FORWARDED_FOR) ? null : request.headers();
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
        if (headers == null || !forwardedFor.find(headers, skipped))
        {
            return remoteAddress(to);
        }
        System.arraycopy(forwardedFor.address(), 0, to, 0, forwardedFor.addressLength());
        return forwardedFor.addressLength();
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
        return isForwarded() ? text(network, 0, withPort, to) :
            text(addresses, connection.addresses().peer(), withPort, to);
    }

    /**
     * {@inheritDoc}
     */
    public int networkText(final int length4, final int length6, final MutableDirectBuffer to)
    {
        if (!isForwarded())
        {
            network.putBytes(0, addresses, connection.addresses().peer(), SockAddr.INET6_LENGTH);
        }
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
        final int length = SockAddr.addressLength(addresses, at);
        if (length > 0)
        {
            addresses.getBytes(at + SockAddr.addressOffset(addresses, at), to, 0, length);
        }
        return length;
    }

    /** Puts the address that others have told into {@link #network}. */
    private boolean isForwarded()
    {
        if (headers == null || !forwardedFor.find(headers, skipped))
        {
            return false;
        }
        forwardedFor.encode(network);
        return true;
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
