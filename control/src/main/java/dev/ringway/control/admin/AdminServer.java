package dev.ringway.control.admin;

import dev.ringway.engine.snapshot.Address;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Serves the administration interface over HTTP/1.1 on its own threads, one a connection. A slow reader holds one of
 * them, never a loop, and not for ever. Targets are taken as they come: Envoy's clients send {@code |} and {@code ^} in
 * queries, which the JDK's server refuses.
 */
public final class AdminServer implements AutoCloseable
{
    private static final int CONNECTIONS = 64;
    private static final int BACKLOG = 128;
    private static final int SWEEP_MS = 1000;
    private static final int THREAD_IDLE_S = 10;

    private final ServerSocket socket = new ServerSocket();
    private final Set<AdminConnection> connections = ConcurrentHashMap.newKeySet();
    private final ExecutorService executor;
    private final AdminPages pages;
    private final Thread acceptor;
    private volatile boolean isClosed;

    /**
     * Binds and starts.
     *
     * @param address where to listen; an internet address.
     * @param view    of the process.
     * @throws IOException when the address cannot be listened on; the message says which and why.
     */
    public AdminServer(final Address address, final ServerView view) throws IOException
    {
        pages = new AdminPages(view);
        try
        {
            socket.setReuseAddress(true);
            socket.bind(address.inet(), BACKLOG);
            socket.setSoTimeout(SWEEP_MS);
        }
        catch (final IOException e)
        {
            socket.close();
            throw cannotListen(address, e);
        }
        executor = new ThreadPoolExecutor(0, CONNECTIONS, THREAD_IDLE_S, TimeUnit.SECONDS, new SynchronousQueue<>(),
            Thread.ofPlatform().daemon().name("admin-", 0).factory());
        acceptor = Thread.ofPlatform().daemon().name("admin").start(this::accept);
    }

    /**
     * Looks whether an address can be listened on, without listening.
     *
     * @param address where to listen.
     * @throws IOException when it cannot be; the message says which and why.
     */
    public static void check(final Address address) throws IOException
    {
        try (Socket bound = new Socket())
        {
            bound.setReuseAddress(true);
            bound.bind(address.inet());
        }
        catch (final IOException e)
        {
            throw cannotListen(address, e);
        }
    }

    private static IOException cannotListen(final Address address, final IOException e)
    {
        return new IOException("admin: cannot listen on " + address + ": " + e.getMessage(), e);
    }

    /**
     * @return address it listens on, {@code host:port}.
     */
    public String address()
    {
        return Address.of((InetSocketAddress)socket.getLocalSocketAddress()).toString();
    }

    private void accept()
    {
        while (!isClosed)
        {
            try
            {
                serve(socket.accept());
            }
            catch (final SocketTimeoutException e)
            {
                sweep();
            }
            catch (final IOException e)
            {
                // Closed, or out of descriptors for now: the next round looks again.
                pause();
            }
        }
    }

    private void serve(final Socket client)
    {
        final AdminConnection connection = new AdminConnection(client, pages);
        connections.add(connection);
        try
        {
            executor.execute(() ->
            {
                connection.run();
                connections.remove(connection);
            });
        }
        catch (final RejectedExecutionException e)
        {
            connections.remove(connection);
            connection.close();
        }
        sweep();
    }

    private void sweep()
    {
        final long nowNs = System.nanoTime();
        for (final AdminConnection connection : connections)
        {
            connection.closeIfLate(nowNs);
        }
    }

    private void pause()
    {
        try
        {
            if (!isClosed)
            {
                TimeUnit.MILLISECONDS.sleep(SWEEP_MS / 10);
            }
        }
        catch (final InterruptedException e)
        {
            Thread.currentThread().interrupt();
            isClosed = true;
        }
    }

    /**
     * Stops at once.
     */
    public void close()
    {
        isClosed = true;
        try
        {
            socket.close();
        }
        catch (final IOException e)
        {
            // It is gone all the same.
        }
        acceptor.interrupt();
        executor.shutdownNow();
        connections.forEach(AdminConnection::close);
    }
}
