package dev.ringway.control.health;

import dev.ringway.engine.snapshot.Address;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * A connection to an endpoint that is checked. One thread at a time, but for {@link #close}, which ends a call that
 * waits.
 */
final class Link implements Closeable
{
    private final SocketChannel channel;
    private boolean isConnected;
    private boolean isReusable;
    private Http2Calls calls;

    Link(final Address address) throws IOException
    {
        channel = SocketChannel.open(
            address.unixPath() != null ? StandardProtocolFamily.UNIX : family(address));
        if (address.unixPath() == null)
        {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        }
    }

    private static StandardProtocolFamily family(final Address address)
    {
        return address.inet().getAddress().getAddress().length == Integer.BYTES ?
            StandardProtocolFamily.INET : StandardProtocolFamily.INET6;
    }

    /** Connects, unless it has. */
    void connect(final Address address) throws IOException
    {
        if (!isConnected)
        {
            final SocketAddress target =
                address.unixPath() != null ? UnixDomainSocketAddress.of(address.unixPath()) : address.inet();
            channel.connect(target);
            isConnected = true;
        }
    }

    void send(final byte[] bytes) throws IOException
    {
        final ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining())
        {
            channel.write(buffer);
        }
    }

    /**
     * Waits for bytes.
     *
     * @param buffer takes them.
     * @throws EOFException when there are no more.
     */
    void receive(final ByteBuffer buffer) throws IOException
    {
        if (channel.read(buffer) < 0)
        {
            throw new EOFException();
        }
    }

    /** The same connection with HTTP/2, from its first use on. */
    Http2Calls http2()
    {
        if (calls == null)
        {
            calls = new Http2Calls(this);
        }
        return calls;
    }

    boolean isOpen()
    {
        return channel.isOpen();
    }

    boolean isReusable()
    {
        return isReusable;
    }

    void isReusable(final boolean reusable)
    {
        isReusable = reusable;
    }

    public void close()
    {
        try
        {
            channel.close();
        }
        catch (final IOException e)
        {
            // There is nothing left to do with it.
        }
    }
}
