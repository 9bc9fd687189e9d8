package dev.ringway.control.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.TreeMap;
import java.util.concurrent.Executors;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * A small HTTP server on loopback behind the proxy: the page, an echo of what arrived, and some bytes. Its own threads.
 */
final class Backend implements AutoCloseable
{
    private static final int THREADS = 4;
    private static final int BLOB_LENGTH = 100 * 1024;

    private final HttpServer server;

    Backend() throws IOException
    {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
        server.setExecutor(Executors.newFixedThreadPool(THREADS, Thread.ofPlatform().daemon().factory()));
        server.createContext("/", Backend::page);
        server.createContext("/echo", Backend::echo);
        server.createContext("/blob", exchange -> answer(exchange, 200, "application/octet-stream",
            new byte[BLOB_LENGTH]));
        server.start();
    }

    int port()
    {
        return server.getAddress().getPort();
    }

    private static void page(final HttpExchange exchange) throws IOException
    {
        if (!exchange.getRequestURI().getPath().equals("/"))
        {
            answer(exchange, 404, "text/plain", "not here\n".getBytes(UTF_8));
            return;
        }
        try (InputStream page = Backend.class.getResourceAsStream("page.html"))
        {
            answer(exchange, 200, "text/html; charset=utf-8", page.readAllBytes());
        }
    }

    private static void echo(final HttpExchange exchange) throws IOException
    {
        final StringBuilder text = new StringBuilder();
        text.append(exchange.getRequestMethod()).append(' ').append(exchange.getRequestURI()).append('\n');
        new TreeMap<>(exchange.getRequestHeaders()).forEach((name, values) -> values.forEach(
            value -> text.append(name.toLowerCase(java.util.Locale.ROOT)).append(": ").append(value).append('\n')));
        final byte[] body = exchange.getRequestBody().readAllBytes();
        if (body.length > 0)
        {
            text.append('\n').append(body.length).append(" bytes of body\n");
        }
        answer(exchange, 200, "text/plain; charset=utf-8", text.toString().getBytes(UTF_8));
    }

    private static void answer(
        final HttpExchange exchange, final int status, final String type, final byte[] body) throws IOException
    {
        exchange.getRequestBody().readAllBytes();
        exchange.getResponseHeaders().set("content-type", type);
        final boolean isHead = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(status, isHead ? -1 : body.length);
        if (!isHead)
        {
            try (OutputStream out = exchange.getResponseBody())
            {
                out.write(body);
            }
        }
        exchange.close();
    }

    /**
     * {@inheritDoc}
     */
    public void close()
    {
        server.stop(0);
    }
}
