package dev.ringway.engine.runtime;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
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
 * A socket that says exactly what a test wants said. Reads time out after two minutes.
 */
final class TestClient implements AutoCloseable
{
    final Socket socket;
    final InputStream in;
    final OutputStream out;
    private final Socket raw;
    private final SocketChannel channel;

    TestClient(final SocketAddress address) throws IOException
    {
        this(address, 0);
    }

    TestClient(final SocketAddress address, final int receiveBuffer) throws IOException
    {
        this(null, address, receiveBuffer);
    }

    /** On TLS unless the context is null. */
    TestClient(final SSLContext tls, final SocketAddress address, final int receiveBuffer) throws IOException
    {
        if (address instanceof UnixDomainSocketAddress)
        {
            channel = SocketChannel.open(address);
            socket = null;
            raw = null;
            in = new BufferedInputStream(Channels.newInputStream(channel));
            out = Channels.newOutputStream(channel);
        }
        else
        {
            channel = null;
            raw = new Socket();
            if (receiveBuffer > 0)
            {
                raw.setReceiveBufferSize(receiveBuffer);
            }
            raw.setTcpNoDelay(true);
            raw.setSoTimeout(120_000);
            raw.connect((InetSocketAddress)address, 120_000);
            socket = tls == null ? raw : secure(tls, raw);
            in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
            out = socket.getOutputStream();
        }
    }

    private static Socket secure(final SSLContext tls, final Socket raw) throws IOException
    {
        try
        {
            final SSLSocket socket = (SSLSocket)tls.getSocketFactory().createSocket(raw, "localhost", raw.getPort(), true);
            socket.startHandshake();
            return socket;
        }
        catch (final IOException e)
        {
            raw.close();
            throw e;
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
        raw.setSoLinger(true, 0);
        raw.close();
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
