package dev.ringway.control.health;

import dev.ringway.engine.snapshot.Address;
import dev.ringway.engine.snapshot.ConnectRules;
import dev.ringway.ffi.sock.ChannelOptions;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.List;

/**
 * A connection to an endpoint that is checked, clear or encrypted. One thread at a time, but for {@link #cut}, which
 * ends a call that waits.
 */
final class Link implements Closeable
{
    private final SocketChannel channel;
    private final LinkTls tls;
    private boolean isConnected;
    private boolean isReusable;
    private Http2Calls calls;

    /**
     * Opens a socket as the cluster's connections are opened, which has a check take their way.
     *
     * @param address of the endpoint.
     * @param tls     encryption, which is closed with the link; null for none.
     * @param rules   of the cluster; of no account for Unix sockets.
     * @throws IOException when there is no such socket.
     */
    Link(final Address address, final LinkTls tls, final ConnectRules rules) throws IOException
    {
        this.tls = tls;
        channel = SocketChannel.open(
            address.unixPath() != null ? StandardProtocolFamily.UNIX : family(address));
        if (address.unixPath() == null)
        {
            try
            {
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                set(rules.options());
                if (rules.source() != null)
                {
                    channel.bind(rules.source().inet());
                }
                set(rules.boundOptions());
            }
            catch (final IOException | RuntimeException e)
            {
                cut();
                throw e;
            }
        }
    }

    private void set(final List<ConnectRules.Option> options) throws IOException
    {
        for (final ConnectRules.Option option : options)
        {
            if (ChannelOptions.set(channel, option.level(), option.name(), option.value()) < 0)
            {
                throw new IOException("option " + option.name() + " of level " + option.level() + " cannot be set");
            }
        }
    }

    private static StandardProtocolFamily family(final Address address)
    {
        return address.inet().getAddress().getAddress().length == Integer.BYTES ?
            StandardProtocolFamily.INET : StandardProtocolFamily.INET6;
    }

    /** Connects and shakes hands, unless it has. */
    void connect(final Address address) throws IOException
    {
        if (!isConnected)
        {
            final SocketAddress target =
                address.unixPath() != null ? UnixDomainSocketAddress.of(address.unixPath()) : address.inet();
            channel.connect(target);
            if (tls != null)
            {
                tls.handshake(channel);
            }
            isConnected = true;
        }
    }

    void send(final byte[] bytes) throws IOException
    {
        final ByteBuffer buffer = ByteBuffer.wrap(bytes);
        if (tls != null)
        {
            tls.send(channel, buffer);
        }
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
        if (tls != null)
        {
            tls.receive(channel, buffer);
        }
        else if (channel.read(buffer) < 0)
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

    boolean isSecure()
    {
        return tls != null;
    }

    /** Whether it has been used before. */
    boolean isConnected()
    {
        return isConnected;
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

    /** Ends a call that waits; the link is still to be closed. Any thread. */
    void cut()
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

    /** Waits for nothing. */
    public void close()
    {
        if (tls != null)
        {
            tls.close(channel);
        }
        cut();
    }
}
