package dev.ringway.system;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A Ringway process started with the launcher, as a user starts it. */
final class Proxy implements AutoCloseable
{
    private static final Path LAUNCHER = Path.of("..", "ringway").toAbsolutePath().normalize();
    private static final long START_S = 60;

    private final Process process;
    private final Path output;

    private Proxy(final Process process, final Path output)
    {
        this.process = process;
        this.output = output;
    }

    static Proxy start(final Path directory, final String... arguments) throws IOException
    {
        final List<String> command = new ArrayList<>(List.of(LAUNCHER.toString()));
        command.addAll(List.of(arguments));
        final Path output = Files.createTempFile(directory, "proxy", ".log");
        final Process process = new ProcessBuilder(command).redirectErrorStream(true)
            .redirectOutput(output.toFile()).start();
        return new Proxy(process, output);
    }

    static int freePort() throws IOException
    {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress()))
        {
            return socket.getLocalPort();
        }
    }

    void awaitPort(final int port) throws Exception
    {
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_S);
        while (true)
        {
            try
            {
                new Socket(InetAddress.getLoopbackAddress(), port).close();
                return;
            }
            catch (final IOException e)
            {
                if (!process.isAlive() || System.nanoTime() > deadlineNs)
                {
                    throw new AssertionError("no listener on port " + port + ": " + output(), e);
                }
                TimeUnit.MILLISECONDS.sleep(10);
            }
        }
    }

    String awaitOutput(final String text) throws Exception
    {
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_S);
        while (!output().contains(text))
        {
            if (!process.isAlive() || System.nanoTime() > deadlineNs)
            {
                throw new AssertionError("'" + text + "' is not in: " + output());
            }
            TimeUnit.MILLISECONDS.sleep(10);
        }
        return output();
    }

    int awaitExit() throws Exception
    {
        if (!process.waitFor(START_S, TimeUnit.SECONDS))
        {
            throw new AssertionError("still running: " + output());
        }
        return process.exitValue();
    }

    void terminate()
    {
        process.destroy();
    }

    String output() throws IOException
    {
        return Files.readString(output);
    }

    long pid()
    {
        return process.pid();
    }

    public void close()
    {
        process.destroyForcibly();
    }
}
