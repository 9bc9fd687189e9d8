package dev.ringway.ffi;

import dev.ringway.ffi.libc.Errno;
import dev.ringway.ffi.libc.Syscall;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * Runs test code on a thread in a network namespace of its own, unshare(2). Sockets the thread opens and programs it
 * starts are in that namespace; it goes when the last of them goes. Needs root.
 */
public final class NetworkNamespace
{
    private static final int CLONE_NEWNET = 0x40000000;
    private static final boolean IS_X86 = "amd64".equals(System.getProperty("os.arch"));
    private static final int NR_UNSHARE = IS_X86 ? 272 : 97;

    private NetworkNamespace()
    {
    }

    /**
     * @param action to run, with the loopback interface up.
     * @throws Exception what the action throws.
     */
    public static void run(final Callable<Void> action) throws Exception
    {
        final FutureTask<Void> task = new FutureTask<>(() ->
        {
            final long result = new Syscall().call(NR_UNSHARE, CLONE_NEWNET, 0, 0, 0, 0, 0);
            assertEquals(0, result, () -> "a network namespace of its own needs root: " + Errno.name((int)-result));
            command("", "ip", "link", "set", "lo", "up");
            return action.call();
        });
        final Thread thread = new Thread(task, "namespace");
        thread.setDaemon(true);
        thread.start();
        try
        {
            task.get(50, TimeUnit.SECONDS);
        }
        catch (final ExecutionException e)
        {
            if (e.getCause() instanceof final Error error)
            {
                throw error;
            }
            throw (Exception)e.getCause();
        }
        thread.join();
    }

    /**
     * Runs a program in the namespace of the calling thread.
     *
     * @param input   of the program.
     * @param command program and arguments.
     * @throws Exception when it cannot run.
     */
    public static void command(final String input, final String... command) throws Exception
    {
        final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.outputWriter().append(input).close();
        final String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), () -> List.of(command) + ": " + output);
    }
}
