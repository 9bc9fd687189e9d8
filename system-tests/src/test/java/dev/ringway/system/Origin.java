package dev.ringway.system;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/**
 * An upstream that writes down what it gets and answers each path with given bytes. An answer that ends with
 * {@link #CLOSE} ends the connection behind it.
 */
final class Origin implements AutoCloseable
{
    static final String CLOSE = "\0close";

    /** More than any test opens at a time, however late this one is with accepting. */
    private static final int BACKLOG = 1024;

    private final ServerSocket server;
    private final Map<String, String> answers;
    private final Queue<HttpMessage> seen = new ConcurrentLinkedQueue<>();
    private final Semaphore arrived = new Semaphore(0);
    private volatile CountDownLatch gate = new CountDownLatch(0);
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

    Origin(final Map<String, String> answers) throws IOException
    {
        this("127.0.0.1", 0, answers);
    }

    Origin(final String host, final int port, final Map<String, String> answers) throws IOException
    {
        this.answers = answers;
        server = new ServerSocket(port, BACKLOG, InetAddress.getByName(host));
        Thread.ofPlatform().daemon().name("origin").start(this::acceptAll);
    }

    int port()
    {
        return server.getLocalPort();
    }

    /** The requests read since the last call, without those for /probe. */
    Queue<HttpMessage> takeSeen()
    {
        final Queue<HttpMessage> taken = new ConcurrentLinkedQueue<>();
        for (HttpMessage request = seen.poll(); request != null; request = seen.poll())
        {
            taken.add(request);
        }
        return taken;
    }

    /** Waits for a request that the client may have given up already. */
    void awaitSeen() throws Exception
    {
        Patience.await(() -> !seen.isEmpty(), () -> "a request at the upstream");
    }

    /** From now on requests are read and not answered until {@link #letGo}. */
    CountDownLatch hold()
    {
        arrived.drainPermits();
        gate = new CountDownLatch(1);
        return gate;
    }

    /** Waits for a request that is held. */
    void awaitHeld() throws InterruptedException
    {
        if (!arrived.tryAcquire(Patience.S, TimeUnit.SECONDS))
        {
            throw new AssertionError("no request came");
        }
    }

    void letGo(final CountDownLatch held)
    {
        held.countDown();
    }

    private void acceptAll()
    {
        try
        {
            while (true)
            {
                final Socket socket = server.accept();
                sockets.add(socket);
                Thread.ofPlatform().daemon().name("origin-connection").start(() -> serve(socket));
            }
        }
        catch (final IOException e)
        {
            // Closed: the test is over.
        }
    }

    private void serve(final Socket socket)
    {
        try (socket)
        {
            socket.setTcpNoDelay(true);
            final InputStream in = new BufferedInputStream(socket.getInputStream());
            for (HttpMessage request = HttpMessage.read(in, false); request != null; request = HttpMessage.read(in, false))
            {
                final String path = request.start().split(" ")[1].split("\\?")[0];
                if (!path.equals("/probe"))
                {
                    seen.add(request);
                }
                arrived.release();
                gate.await();
                final String answer = answers.getOrDefault(path, "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
                final boolean isLast = answer.endsWith(CLOSE);
                final boolean isHead = request.start().startsWith("HEAD ");
                final int length = isHead && answer.contains("\r\n\r\n") ? answer.indexOf("\r\n\r\n") + 4 :
                    answer.length() - (isLast ? CLOSE.length() : 0);
                socket.getOutputStream().write(answer.substring(0, length).getBytes(ISO_8859_1));
                if (isLast)
                {
                    return;
                }
            }
        }
        catch (final IOException | InterruptedException e)
        {
            // The proxy ended it; whether it should have is for the test to say.
        }
        finally
        {
            sockets.remove(socket);
        }
    }

    /** Ends all connections, so that pools let go of theirs. */
    void dropConnections() throws IOException
    {
        for (final Socket socket : sockets)
        {
            socket.close();
        }
    }

    public void close() throws IOException
    {
        server.close();
        dropConnections();
    }
}
