package dev.ringway.jmh.baseline;

import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The baseline has to be a working proxy, or its figures mean nothing.
 */
final class NettyProxyTest
{
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    private static final int FIRST_PORT = 10_000;
    private static final int PORTS = 1_000;

    private final ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();
    private HttpServer upstream;
    private Thread proxy;
    private int port;

    @BeforeEach
    void start() throws IOException
    {
        upstream = HttpServer.create(new InetSocketAddress(LOOPBACK, 0), 0);
        upstream.createContext("/", exchange ->
        {
            final byte[] body = exchange.getRequestBody().readAllBytes();
            seen.add(exchange.getRequestURI() + " " + exchange.getRequestHeaders().getFirst("X-Forwarded-For"));
            final byte[] answer = (exchange.getRequestURI() + "=" + body.length).getBytes(StandardCharsets.US_ASCII);
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        upstream.start();
        port = freePort();
        proxy = Thread.ofPlatform().daemon().start(() ->
        {
            try
            {
                NettyProxy.main(new String[]{"--transport", "epoll", "--listen", Integer.toString(port),
                    "--upstream", "127.0.0.1:" + upstream.getAddress().getPort()});
            }
            catch (final InterruptedException e)
            {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** Below those that the kernel gives to clients, so that none of them takes it before it is listened on. */
    private static int freePort()
    {
        for (int candidate = FIRST_PORT + (int)(ProcessHandle.current().pid() % PORTS); true; candidate++)
        {
            try (ServerSocket free = new ServerSocket(candidate, 1, LOOPBACK))
            {
                return free.getLocalPort();
            }
            catch (final IOException e)
            {
                // Taken: the next one.
            }
        }
    }

    @AfterEach
    void stop() throws InterruptedException
    {
        proxy.interrupt();
        proxy.join();
        upstream.stop(0);
    }

    @Test
    void shouldAnswerPipelinedRequestsInOrder() throws IOException
    {
        final String answers = exchange("""
            GET /a HTTP/1.1
            Host: x

            POST /b HTTP/1.1
            Host: x
            Content-Length: 3

            abcGET /c HTTP/1.1
            Host: x
            Connection: close

            """);

        final int a = answers.indexOf("/a=0");
        final int b = answers.indexOf("/b=3");
        final int c = answers.indexOf("/c=0");
        assertTrue(a > 0 && a < b && b < c, answers);
        assertEquals(3, seen.size());
        assertTrue(seen.stream().allMatch(line -> line.endsWith(" 127.0.0.1")), seen.toString());
    }

    @Test
    void shouldAnswerBadGatewayWithoutUpstream() throws IOException
    {
        exchange("GET / HTTP/1.1\nHost: x\nConnection: close\n\n");
        upstream.stop(0);

        final String answer = exchange("GET / HTTP/1.1\nHost: x\nConnection: close\n\n");

        assertTrue(answer.startsWith("HTTP/1.1 502 "), answer);
    }

    private String exchange(final String request) throws IOException
    {
        try (Socket client = connect())
        {
            client.setSoTimeout(30_000);
            client.getOutputStream().write(request.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
            return new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    private Socket connect() throws IOException
    {
        final long deadlineNs = System.nanoTime() + 30_000_000_000L;
        while (true)
        {
            try
            {
                return new Socket(LOOPBACK, port);
            }
            catch (final IOException e)
            {
                if (System.nanoTime() > deadlineNs)
                {
                    throw e;
                }
                LockSupport.parkNanos(1_000_000L);
            }
        }
    }
}
