package dev.ringway.system;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/** A connection that sends bytes as they are given and reads messages; silence is a failure. */
final class Client implements AutoCloseable
{
    static final String PROBE = "GET /probe HTTP/1.1\r\nhost: probe\r\n\r\n";

    private static final int MOST_TRIES = 6000;

    private final Closeable connection;
    private final InputStream in;
    private final OutputStream out;

    Client(final int port) throws IOException
    {
        this(InetAddress.getLoopbackAddress(), port);
    }

    Client(final InetAddress host, final int port) throws IOException
    {
        final Socket socket = new Socket(host, port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(Patience.MS);
        connection = socket;
        in = new BufferedInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    Client(final Path unixSocket) throws IOException
    {
        final SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(unixSocket));
        connection = channel;
        in = new BufferedInputStream(Channels.newInputStream(channel));
        out = Channels.newOutputStream(channel);
    }

    /** Connects once somebody listens; where nobody does yet a try is refused and leaves no trace. */
    static Client whenOpen(final int port) throws IOException, InterruptedException
    {
        for (int tries = 0; ; tries++)
        {
            try
            {
                return new Client(port);
            }
            catch (final IOException e)
            {
                if (tries == MOST_TRIES)
                {
                    throw e;
                }
                TimeUnit.MILLISECONDS.sleep(10);
            }
        }
    }

    Client send(final String bytes) throws IOException
    {
        out.write(bytes.getBytes(ISO_8859_1));
        return this;
    }

    /** The next message, or null at the end. */
    HttpMessage read() throws IOException
    {
        return HttpMessage.read(in, false);
    }

    /** So many bytes as they are, fewer at the end. */
    String text(final int length) throws IOException
    {
        return new String(in.readNBytes(length), ISO_8859_1);
    }

    HttpMessage readHead() throws IOException
    {
        return HttpMessage.read(in, true);
    }

    HttpMessage get(final String path) throws IOException
    {
        return send("GET " + path + " HTTP/1.1\r\nhost: test\r\n\r\n").read();
    }

    /** Ends it and what is under way, at once. */
    void reset() throws IOException
    {
        ((Socket)connection).setSoLinger(true, 0);
        connection.close();
    }

    public void close() throws IOException
    {
        connection.close();
    }
}
