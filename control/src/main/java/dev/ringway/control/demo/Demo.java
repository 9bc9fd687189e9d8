package dev.ringway.control.demo;

import dev.ringway.control.cli.Main;

import java.io.IOException;

/**
 * {@code ringway demo}: a backend in this process, and the proxy in front of it just as a user would run it.
 */
public final class Demo
{
    private static final int DEFAULT_PORT = 10000;

    private Demo()
    {
    }

    /**
     * @param args one optional port for the page, 0 for a free one; default 10000.
     * @throws IOException when the backend cannot listen.
     */
    public static void main(final String[] args) throws IOException
    {
        final int port = args.length > 0 ? Integer.parseInt(args[0]) : DEFAULT_PORT;
        final Backend backend = new Backend();
        final Bootstrap bootstrap = Bootstrap.write(backend.port(), port);
        System.out.println("page       http://127.0.0.1:" + bootstrap.httpPort() + "/");
        System.out.println("echo       http://127.0.0.1:" + bootstrap.httpPort() + "/echo");
        System.out.println("no backend http://127.0.0.1:" + bootstrap.httpPort() + "/hello");
        System.out.println("over TCP   http://127.0.0.1:" + bootstrap.tcpPort() + "/");
        System.out.println("admin      http://127.0.0.1:" + bootstrap.adminPort() + "/");
        System.out.println("Ctrl-C drains and ends.");
        System.out.flush();
        Main.main(new String[]{"-c", bootstrap.file().toString(), "--concurrency", "1", "-l", "warning"});
    }
}
