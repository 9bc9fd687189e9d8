package dev.ringway.control.admin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.ringway.engine.snapshot.Address;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Serves the administration interface on its own threads. A slow reader holds one of them, never a loop.
 */
public final class AdminServer implements AutoCloseable
{
    private static final int THREADS = 4;
    private static final int QUEUED = 64;
    private static final int BUFFER_LENGTH = 16 * 1024;

    private final HttpServer server;
    private final ExecutorService executor;
    private final AdminPages pages;

    /**
     * Binds and starts.
     *
     * @param address where to listen; an internet address.
     * @param view    of the process.
     * @throws IOException when the address cannot be listened on; the message says which and why.
     */
    public AdminServer(final Address address, final ServerView view) throws IOException
    {
        if (address.inet() == null)
        {
            throw new IOException("admin address " + address + ": unix sockets are not supported");
        }
        // Slow or hostile clients of the admin port must not hold threads for ever.
        System.setProperty("sun.net.httpserver.maxReqTime", "30");
        System.setProperty("sun.net.httpserver.maxRspTime", "60");
        pages = new AdminPages(view);
        try
        {
            server = HttpServer.create(address.inet(), 128);
        }
        catch (final IOException e)
        {
            throw new IOException("admin: cannot listen on " + address + ": " + e.getMessage(), e);
        }
        executor = new ThreadPoolExecutor(THREADS, THREADS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(QUEUED),
            Thread.ofPlatform().daemon().name("admin-", 0).factory());
        server.setExecutor(executor);
        server.createContext("/", this::serve);
        server.start();
    }

    /**
     * @return address it listens on, {@code host:port}.
     */
    public String address()
    {
        final InetSocketAddress bound = server.getAddress();
        return Address.of(bound).toString();
    }

    private void serve(final HttpExchange exchange) throws IOException
    {
        try (exchange)
        {
            final Page page = page(exchange);
            exchange.getResponseHeaders().set("content-type", page.type());
            exchange.getResponseHeaders().set("cache-control", "no-cache, max-age=0");
            exchange.getResponseHeaders().set("x-content-type-options", "nosniff");
            exchange.getResponseHeaders().set("server", "ringway");
            final boolean isHead = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(page.status(), isHead ? -1 : 0);
            if (!isHead)
            {
                try (Writer out = new BufferedWriter(
                    new OutputStreamWriter(exchange.getResponseBody(), UTF_8), BUFFER_LENGTH))
                {
                    page.body().write(out);
                }
            }
            page.after().run();
        }
    }

    private Page page(final HttpExchange exchange)
    {
        try
        {
            return pages.page(exchange.getRequestMethod(), exchange.getRequestURI().getPath(),
                exchange.getRequestURI().getRawQuery());
        }
        catch (final RuntimeException e)
        {
            return Page.text(500, "internal error: " + e + "\n");
        }
    }

    /**
     * Stops at once.
     */
    public void close()
    {
        server.stop(0);
        executor.shutdownNow();
    }
}
