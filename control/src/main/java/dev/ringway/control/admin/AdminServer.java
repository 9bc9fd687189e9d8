package dev.ringway.control.admin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.ringway.engine.snapshot.Address;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.util.HashMap;
import java.util.Map;
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
            final AdminPages.Page page = page(exchange);
            final byte[] body = page.body().getBytes(UTF_8);
            exchange.getResponseHeaders().set("content-type", page.type());
            exchange.getResponseHeaders().set("cache-control", "no-cache, max-age=0");
            exchange.getResponseHeaders().set("x-content-type-options", "nosniff");
            final boolean isHead = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(page.status(), isHead || body.length == 0 ? -1 : body.length);
            if (!isHead && body.length > 0)
            {
                try (OutputStream out = exchange.getResponseBody())
                {
                    out.write(body);
                }
            }
            page.after().run();
        }
    }

    private AdminPages.Page page(final HttpExchange exchange)
    {
        final Map<String, String> query = new HashMap<>();
        final String raw = exchange.getRequestURI().getRawQuery();
        if (raw != null)
        {
            for (final String pair : raw.split("&"))
            {
                final int equals = pair.indexOf('=');
                query.put(equals < 0 ? pair : pair.substring(0, equals),
                    equals < 0 ? "" : URLDecoder.decode(pair.substring(equals + 1), UTF_8));
            }
        }
        try
        {
            return pages.page(exchange.getRequestMethod(), exchange.getRequestURI().getPath(), query);
        }
        catch (final RuntimeException e)
        {
            return AdminPages.Page.text(500, "internal error: " + e + "\n");
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
