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
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/**
 * An HTTP/1.1 upstream that keeps every byte it gets. Requests are answered with 200 once they are whole; what stood on
 * a connection behind its last whole request is kept apart.
 */
final class RawOrigin implements AutoCloseable
{
    private final ServerSocket server = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
    private final BlockingQueue<String> whole = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> cut = new LinkedBlockingQueue<>();
    private final Queue<StringBuffer> parts = new ConcurrentLinkedQueue<>();

    RawOrigin() throws IOException
    {
        AcceptLoop.start(server, "raw-origin", this::serve);
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

    /** Waits until what came of some request that is not whole yet ends like this. */
    void awaitPart(final String end) throws Exception
    {
        Patience.await(() -> parts.stream().anyMatch(part -> part.toString().endsWith(end)), parts::toString);
    }

    /** What came of a request that began like this and whose connection ended before it was whole; waits for it. */
    String awaitCut(final String start) throws Exception
    {
        Patience.await(() -> cut.stream().anyMatch(bytes -> bytes.startsWith(start)), () -> start + ": " + cut);
        return cut.stream().filter(bytes -> bytes.startsWith(start)).findFirst().orElseThrow();
    }

    List<String> takeCut()
    {
        final List<String> taken = new ArrayList<>();
        cut.drainTo(taken);
        return taken;
    }

    private void serve(final Socket socket)
    {
        final StringBuffer bytes = new StringBuffer();
        parts.add(bytes);
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
        parts.remove(bytes);
        if (!bytes.isEmpty())
        {
            cut.add(bytes.toString());
        }
    }

    private static InputStream recording(final InputStream in, final StringBuffer bytes)
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
