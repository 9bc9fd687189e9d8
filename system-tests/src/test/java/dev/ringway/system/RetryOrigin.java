package dev.ringway.system;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/**
 * An upstream that does with the attempts of one request what its path says, one after the other and the last on and on:
 * {@code /503,close,200} answers 503, then closes, then answers 200. Which attempt one is the proxy says, since the
 * second may be read before the first. Each connection serves one attempt, so that none is ever one that was idle.
 * Besides statuses there are {@code close}, {@code reset}, {@code half} (of a head) and {@code never}; {@code =} behind
 * a status begins a field of the answer.
 */
final class RetryOrigin implements AutoCloseable
{
    private final ServerSocket server = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
    private final Queue<HttpMessage> attempts = new ConcurrentLinkedQueue<>();

    RetryOrigin() throws IOException
    {
        AcceptLoop.start(server, "retry-origin", this::serve);
    }

    int port()
    {
        return server.getLocalPort();
    }

    /** The attempts read since the last call, once there are so many, in the order in which they were made. */
    List<HttpMessage> takeAttempts(final long count) throws Exception
    {
        Patience.await(() -> attempts.size() >= count, () -> count + " attempts: " + attempts);
        final List<HttpMessage> taken = new ArrayList<>();
        for (HttpMessage attempt = attempts.poll(); attempt != null; attempt = attempts.poll())
        {
            taken.add(attempt);
        }
        taken.sort(Comparator.comparingInt(RetryOrigin::number));
        return taken;
    }

    private static int number(final HttpMessage attempt)
    {
        return Integer.parseInt(attempt.field("x-envoy-attempt-count"));
    }

    private void serve(final Socket socket)
    {
        try (socket)
        {
            socket.setTcpNoDelay(true);
            final InputStream in = new BufferedInputStream(socket.getInputStream());
            final HttpMessage request = HttpMessage.read(in, false);
            if (request == null)
            {
                return;
            }
            attempts.add(request);
            final String[] plan = request.start().split(" ")[1].split("/");
            final String[] steps = plan[plan.length - 1].split(",");
            doStep(socket, in, steps[Math.min(number(request), steps.length) - 1]);
        }
        catch (final IOException e)
        {
            // The proxy gave up.
        }
    }

    private static void doStep(final Socket socket, final InputStream in, final String step) throws IOException
    {
        switch (step)
        {
            case "close" ->
            {
                return;
            }
            case "reset" -> socket.setSoLinger(true, 0);
            case "half" -> socket.getOutputStream().write("HTTP/1.1 200 OK\r\ncontent-".getBytes(ISO_8859_1));
            case "never" -> in.read();
            default ->
            {
                final String[] parts = step.split("=", 2);
                final String fields = parts.length == 1 ? "" : parts[1] + "\r\n";
                socket.getOutputStream().write(("HTTP/1.1 " + parts[0] + " OK\r\nconnection: close\r\n" + fields +
                    "content-length: " + parts[0].length() + "\r\n\r\n" + parts[0]).getBytes(ISO_8859_1));
                in.read();
            }
        }
    }

    public void close() throws IOException
    {
        server.close();
    }
}
