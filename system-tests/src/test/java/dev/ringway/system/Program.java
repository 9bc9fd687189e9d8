package dev.ringway.system;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import static java.nio.charset.StandardCharsets.UTF_8;

/** A process under test with what it prints: Ringway as a user starts it, or one of its peers. */
final class Program implements AutoCloseable
{
    private static final int FIRST_PORT = 12_000;
    private static final int PORTS = 20_000;
    private static final AtomicInteger NEXT_PORT =
        new AtomicInteger((int)(ProcessHandle.current().pid() * 61 % PORTS));

    static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();
    private static final String LAUNCHER = REPOSITORY.resolve("ringway").toString();
    private static final long START_S = 120;
    private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

    static
    {
        // A test that fails while it starts something may have nobody who stops it.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> RUNNING.forEach(Program::kill)));
    }

    private final Process process;
    private final Path output;

    /** Made once where the whole suite runs: it takes as long as a dozen starts, and shortens each. */
    private static final class Cache
    {
        static
        {
            if (Boolean.getBoolean("ringway.test.cache"))
            {
                try
                {
                    final Process making = new ProcessBuilder(LAUNCHER, "cache").inheritIO().start();
                    if (!making.waitFor(START_S, TimeUnit.SECONDS) || making.exitValue() != 0)
                    {
                        kill(making);
                        throw new AssertionError("no start-up cache");
                    }
                }
                catch (final IOException | InterruptedException e)
                {
                    throw new AssertionError(e);
                }
            }
        }

        static void make()
        {
            // The class has been initialized by now.
        }
    }

    private Program(final Process process, final Path output)
    {
        this.process = process;
        this.output = output;
        RUNNING.add(process);
    }

    /** Ringway with these arguments, through the launcher. */
    static Program ringway(final Path directory, final String... arguments) throws IOException
    {
        Cache.make();
        final List<String> command = new ArrayList<>(List.of(LAUNCHER));
        command.addAll(List.of(arguments));
        return start(directory, command);
    }

    /** Any command; both of its outputs go to one file in the directory. */
    static Program start(final Path directory, final List<String> command) throws IOException
    {
        final Path output = Files.createTempFile(directory, "program", ".log");
        final Process process = new ProcessBuilder(command).redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
            .redirectOutput(output.toFile()).start();
        return new Program(process, output);
    }

    /** Below those that the kernel gives to clients, so that none of them takes it before it is listened on. */
    static int freePort()
    {
        while (true)
        {
            final int port = FIRST_PORT + NEXT_PORT.getAndIncrement() % PORTS;
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress()))
            {
                return socket.getLocalPort();
            }
            catch (final IOException e)
            {
                // Taken: the next one.
            }
        }
    }

    Program awaitPort(final int port) throws Exception
    {
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_S);
        while (true)
        {
            try
            {
                new Socket(InetAddress.getLoopbackAddress(), port).close();
                return this;
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

    /** Sends a signal by its name without SIG. */
    void signal(final String name) throws Exception
    {
        final int code = new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start().waitFor();
        if (code != 0)
        {
            throw new AssertionError("kill -" + name + " gave " + code);
        }
    }

    boolean isAlive()
    {
        return process.isAlive();
    }

    String output() throws IOException
    {
        // The last character may be there in part.
        return new String(Files.readAllBytes(output), UTF_8);
    }

    long pid()
    {
        return process.pid();
    }

    /** Children go first: an nginx master that is killed would leave its workers behind. */
    private static void kill(final Process process)
    {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    public void close()
    {
        RUNNING.remove(process);
        kill(process);
        try
        {
            process.waitFor(START_S, TimeUnit.SECONDS);
        }
        catch (final InterruptedException e)
        {
            Thread.currentThread().interrupt();
        }
    }
}
