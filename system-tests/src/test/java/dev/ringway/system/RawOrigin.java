package dev.ringway.system;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/**
 * An HTTP/1.1 upstream that keeps every byte it gets. Requests are answered with 200 once they are whole; what stood on
 * a connection behind its last whole request is kept apart.
 */
final class RawOrigin implements AutoCloseable
{
    private static final int WAIT_S = 10;

    private final ServerSocket server = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
    private final BlockingQueue<String> whole = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> cut = new LinkedBlockingQueue<>();

    RawOrigin() throws IOException
    {
        Thread.ofPlatform().daemon().name("raw-origin").start(this::acceptAll);
    }

    int port()
    {
        return server.getLocalPort();
    }

    /** The bytes of each request that was whole, in their order, since the last call. */
    List<String> takeWhole()
    {
        final List<String> taken = new ArrayList<>();
        whole.drainTo(taken);
        return taken;
    }

    /** What came of a request whose connection ended before it was whole; waits for it. */
    String awaitCut() throws InterruptedException
    {
        final String bytes = cut.poll(WAIT_S, TimeUnit.SECONDS);
        if (bytes == null)
        {
            throw new AssertionError("no connection to the upstream ended within a request");
        }
        return bytes;
    }

    List<String> takeCut()
    {
        final List<String> taken = new ArrayList<>();
        cut.drainTo(taken);
        return taken;
    }

    private void acceptAll()
    {
        try
        {
            while (true)
            {
                final Socket socket = server.accept();
                Thread.ofPlatform().daemon().name("raw-origin-connection").start(() -> serve(socket));
            }
        }
        catch (final IOException e)
        {
            // Closed: the test is over.
        }
    }

    private void serve(final Socket socket)
    {
        final StringBuilder bytes = new StringBuilder();
        try (socket)
        {
            socket.setTcpNoDelay(true);
            final InputStream in = recording(new BufferedInputStream(socket.getInputStream()), bytes);
            while (HttpMessage.read(in, false) != null)
            {
                whole.add(bytes.toString());
                bytes.setLength(0);
                socket.getOutputStream().write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok".getBytes(ISO_8859_1));
            }
        }
        catch (final IOException | RuntimeException e)
        {
            // What was no request, or the end of one, is told below.
        }
        if (!bytes.isEmpty())
        {
            cut.add(bytes.toString());
        }
    }

    private static InputStream recording(final InputStream in, final StringBuilder bytes)
    {
        return new FilterInputStream(in)
        {
            public int read() throws IOException
            {
                final int b = super.read();
                if (b >= 0)
                {
                    bytes.append((char)b);
                }
                return b;
            }

            public int read(final byte[] buffer, final int offset, final int length) throws IOException
            {
                final int count = super.read(buffer, offset, length);
                if (count > 0)
                {
                    bytes.append(new String(buffer, offset, count, ISO_8859_1));
                }
                return count;
            }
        };
    }

    public void close() throws IOException
    {
        server.close();
    }
}
