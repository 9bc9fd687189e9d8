package dev.ringway.control.demo;

import dev.ringway.control.cli.Main;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URL;
import java.util.concurrent.locks.LockSupport;

/**
 * {@code ringway demo}: a backend in this process, and the proxy in front of it just as a user would run it.
 */
public final class Demo
{
    private static final int DEFAULT_PORT = 10000;
    private static final int MAX_PORT = 65_535;
    private static final long READY_POLL_NS = 20_000_000L;

    private Demo()
    {
    }

    /**
     * @param args one optional port for the page, 0 for a free one; default 10000.
     * @throws IOException when the backend cannot listen.
     */
    public static void main(final String[] args) throws IOException
    {
        final int port = args.length > 0 ? port(args[0]) : DEFAULT_PORT;
        if (port < 0 || args.length > 1)
        {
            System.err.println("error: ringway demo takes one argument at most, a port from 0 (a free one) to 65535");
            System.exit(1);
        }
        final Backend backend = new Backend();
        final Bootstrap bootstrap = Bootstrap.write(backend.port(), port);
        Thread.ofPlatform().daemon().name("demo-ready").start(() -> announce(bootstrap));
        Main.main(new String[]{"-c", bootstrap.file().toString(), "--concurrency", "1", "-l", "warning"});
    }

    private static int port(final String text)
    {
        try
        {
            final int port = Integer.parseInt(text);
            return port <= MAX_PORT ? port : -1;
        }
        catch (final NumberFormatException e)
        {
            return -1;
        }
    }

    /** Addresses are shown when they answer, and not at all when the proxy refuses to start. */
    private static void announce(final Bootstrap bootstrap)
    {
        while (!isReady(bootstrap.adminPort()))
        {
            LockSupport.parkNanos(READY_POLL_NS);
        }
        System.out.println("page       http://127.0.0.1:" + bootstrap.httpPort() + "/");
        System.out.println("echo       http://127.0.0.1:" + bootstrap.httpPort() + "/echo");
        System.out.println("no backend http://127.0.0.1:" + bootstrap.httpPort() + "/hello");
        System.out.println("over TCP   http://127.0.0.1:" + bootstrap.tcpPort() + "/");
        System.out.println("admin      http://127.0.0.1:" + bootstrap.adminPort() + "/");
        System.out.println("Ctrl-C drains and ends.");
        System.out.flush();
    }

    private static boolean isReady(final int adminPort)
    {
        try
        {
            final URL ready = URI.create("http://127.0.0.1:" + adminPort + "/ready").toURL();
            return ((HttpURLConnection)ready.openConnection()).getResponseCode() == HttpURLConnection.HTTP_OK;
        }
        catch (final IOException e)
        {
            return false;
        }
    }
}
