package dev.ringway.system;

import dev.ringway.ffi.libc.Syscall;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * A network namespace of its own, unshare(2): for a thread, the sockets that it opens and the programs that it starts.
 * Needs root.
 */
final class Namespace
{
    private static final int CLONE_NEWNET = 0x40000000;
    private static final int NR_UNSHARE = "amd64".equals(System.getProperty("os.arch")) ? 272 : 97;

    private Namespace()
    {
    }

    /** Runs it there, with the loopback interface up. */
    static void run(final Callable<Void> action) throws Exception
    {
        final FutureTask<Void> task = new FutureTask<>(() ->
        {
            assertEquals(0, new Syscall().call(NR_UNSHARE, CLONE_NEWNET, 0, 0, 0, 0, 0), "unshare(2)");
            command("", "ip", "link", "set", "lo", "up");
            return action.call();
        });
        Thread.ofPlatform().daemon().name("namespace").start(task);
        try
        {
            task.get();
        }
        catch (final ExecutionException e)
        {
            throw new AssertionError(e.getCause());
        }
    }

    /** Runs a program in the namespace of the calling thread. */
    static void command(final String input, final String... command) throws Exception
    {
        final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.outputWriter().append(input).close();
        final String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertEquals(0, process.waitFor(), () -> String.join(" ", command) + ": " + output);
    }
}
