package dev.ringway.engine.runtime;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

/**
 * A plain socket that says exactly what a test wants said. Reads time out after ten seconds.
 */
final class TestClient implements AutoCloseable
{
    final Socket socket;
    final InputStream in;
    final OutputStream out;
    private final SocketChannel channel;

    TestClient(final SocketAddress address) throws IOException
    {
        this(address, 0);
    }

    TestClient(final SocketAddress address, final int receiveBuffer) throws IOException
    {
        if (address instanceof UnixDomainSocketAddress)
        {
            channel = SocketChannel.open(address);
            socket = null;
            in = new BufferedInputStream(Channels.newInputStream(channel));
            out = Channels.newOutputStream(channel);
        }
        else
        {
            channel = null;
            socket = new Socket();
            if (receiveBuffer > 0)
            {
                socket.setReceiveBufferSize(receiveBuffer);
            }
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(10_000);
            socket.connect((InetSocketAddress)address, 5_000);
            in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
            out = socket.getOutputStream();
        }
    }

    TestClient send(final String text) throws IOException
    {
        out.write(text.getBytes(ISO_8859_1));
        return this;
    }

    TestClient send(final byte[] bytes) throws IOException
    {
        out.write(bytes);
        return this;
    }

    HttpMessage get(final String path) throws IOException
    {
        return send("GET " + path + " HTTP/1.1\r\nhost: a\r\n\r\n").read();
    }

    /** A whole response; its absence fails the test. */
    HttpMessage read() throws IOException
    {
        final HttpMessage response = HttpMessage.read(in, false);
        assertNotNull(response, "the connection ended where a response was expected");
        return response;
    }

    HttpMessage readHead() throws IOException
    {
        final HttpMessage response = HttpMessage.readHead(in);
        assertNotNull(response, "the connection ended where a response was expected");
        return response;
    }

    /** Reads up to a number of bytes and forgets them. */
    void skip(final int most) throws IOException
    {
        in.skip(most);
    }

    void assertEnd() throws IOException
    {
        assertEquals(-1, in.read(), "the connection should have ended");
    }

    /** An end in whatever way. */
    void assertGone() throws IOException
    {
        try
        {
            in.transferTo(OutputStream.nullOutputStream());
        }
        catch (final SocketException e)
        {
            // Reset: an end as well.
        }
    }

    void assertReset()
    {
        try
        {
            in.transferTo(OutputStream.nullOutputStream());
        }
        catch (final SocketException e)
        {
            return;
        }
        catch (final IOException e)
        {
            throw new AssertionError("expected a reset", e);
        }
        throw new AssertionError("expected a reset, the connection ended in order");
    }

    void halfClose() throws IOException
    {
        if (channel != null)
        {
            channel.shutdownOutput();
        }
        else
        {
            socket.shutdownOutput();
        }
    }

    void reset() throws IOException
    {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    public void close() throws IOException
    {
        if (channel != null)
        {
            channel.close();
        }
        else
        {
            socket.close();
        }
    }
}
