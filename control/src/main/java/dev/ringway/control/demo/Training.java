package dev.ringway.control.demo;

import dev.ringway.control.cli.Main;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * The run that makes the start-up cache: the proxy serves real traffic for a few seconds, so that classes are loaded
 * and methods profiled as in production, and ends. Used by the launcher at build time.
 */
public final class Training
{
    private static final long DURATION_NS = TimeUnit.SECONDS.toNanos(6);
    private static final int CLIENTS = 8;
    private static final String[] PATHS = {"/echo", "/blob", "/hello", "/old/x", "/echo?a=b", "/nowhere"};

    private Training()
    {
    }

    /**
     * @param args none.
     * @throws IOException when the backend cannot listen.
     */
    public static void main(final String[] args) throws IOException
    {
        final TrainingBackend backend = new TrainingBackend();
        final Bootstrap bootstrap = Bootstrap.write(backend.port(), 0);
        Thread.ofPlatform().daemon().name("training").start(() -> train(bootstrap));
        Main.main(new String[]{"-c", bootstrap.file().toString(), "--concurrency", "1", "-l", "off"});
    }

    private static void train(final Bootstrap bootstrap)
    {
        int status = 1;
        try
        {
            awaitReady(bootstrap);
            final long deadlineNs = System.nanoTime() + DURATION_NS;
            final CountDownLatch done = new CountDownLatch(CLIENTS);
            for (int i = 0; i < CLIENTS; i++)
            {
                final int port = i == 0 ? bootstrap.tcpPort() : bootstrap.httpPort();
                Thread.ofPlatform().daemon().start(() ->
                {
                    client(port, deadlineNs);
                    done.countDown();
                });
            }
            done.await();
            fetch(bootstrap, "/stats");
            fetch(bootstrap, "/stats/prometheus");
            status = 0;
        }
        catch (final Exception e)
        {
            e.printStackTrace();
        }
        System.exit(status);
    }

    private static void awaitReady(final Bootstrap bootstrap) throws Exception
    {
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (true)
        {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), bootstrap.httpPort()))
            {
                exchange(socket, "/hello");
                return;
            }
            catch (final IOException e)
            {
                if (System.nanoTime() > deadlineNs)
                {
                    throw e;
                }
                TimeUnit.MILLISECONDS.sleep(20);
            }
        }
    }

    private static void fetch(final Bootstrap bootstrap, final String path) throws IOException
    {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), bootstrap.adminPort()))
        {
            exchange(socket, path);
        }
    }

    private static void client(final int port, final long deadlineNs)
    {
        int count = 0;
        while (System.nanoTime() < deadlineNs)
        {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port))
            {
                for (int i = 0; i < 500 && System.nanoTime() < deadlineNs; i++)
                {
                    exchange(socket, PATHS[count++ % PATHS.length]);
                }
            }
            catch (final IOException e)
            {
                System.err.println("training: " + e);
            }
        }
    }

    private static void exchange(final Socket socket, final String path) throws IOException
    {
        final OutputStream out = socket.getOutputStream();
        out.write(("GET " + path + " HTTP/1.1\r\nhost: 127.0.0.1\r\nuser-agent: training\r\naccept: */*\r\n\r\n")
            .getBytes(US_ASCII));
        final InputStream in = socket.getInputStream();
        final StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0)
        {
            final int b = in.read();
            if (b < 0)
            {
                throw new IOException("closed");
            }
            head.append((char)b);
        }
        final String lower = head.toString().toLowerCase(java.util.Locale.ROOT);
        final int at = lower.indexOf("content-length: ");
        if (at >= 0)
        {
            in.readNBytes(Integer.parseInt(lower.substring(at + 16, lower.indexOf('\r', at))));
        }
    }
}
