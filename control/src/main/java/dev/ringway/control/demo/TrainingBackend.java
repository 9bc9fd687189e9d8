package dev.ringway.control.demo;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * What the training run's proxy talks to: answers GET requests over plain sockets. Every class that the training run
 * loads is loaded and resident in every later start, so this takes little beside what {@link Training} has anyway. A
 * thread for each connection; ends with the process.
 */
final class TrainingBackend
{
    private static final int BLOB_LENGTH = 100 * 1024;
    private static final int BACKLOG = 1024;

    private final ServerSocket listener;
    private final byte[] small = answer("200 OK", 116);
    private final byte[] blob = answer("200 OK", BLOB_LENGTH);
    private final byte[] missing = answer("404 Not Found", 9);

    TrainingBackend() throws IOException
    {
        listener = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().name("backend").start(this::accept);
    }

    int port()
    {
        return listener.getLocalPort();
    }

    private void accept()
    {
        try
        {
            while (true)
            {
                final Socket socket = listener.accept();
                Thread.ofPlatform().daemon().start(() -> serve(socket));
            }
        }
        catch (final IOException e)
        {
            System.err.println("training backend: " + e);
        }
    }

    private void serve(final Socket socket)
    {
        try (socket)
        {
            final InputStream in = new BufferedInputStream(socket.getInputStream());
            final OutputStream out = socket.getOutputStream();
            final StringBuilder head = new StringBuilder();
            for (int b = in.read(); b >= 0; b = in.read())
            {
                head.append((char)b);
                if (b == '\n' && head.indexOf("\r\n\r\n") >= 0)
                {
                    out.write(answer(head));
                    head.setLength(0);
                }
            }
        }
        catch (final IOException e)
        {
            // The proxy closes its connections when the run is over.
            return;
        }
    }

    private byte[] answer(final StringBuilder head)
    {
        if (head.indexOf("GET /blob") == 0)
        {
            return blob;
        }
        return head.indexOf("GET /nowhere") == 0 ? missing : small;
    }

    private static byte[] answer(final String status, final int length)
    {
        final String head =
            "HTTP/1.1 " + status + "\r\ncontent-type: text/plain\r\ncontent-length: " + length + "\r\n\r\n";
        return (head + "x".repeat(length)).getBytes(US_ASCII);
    }
}
