package dev.ringway.ffi;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestInstanceFactoryContext;
import org.junit.jupiter.api.extension.TestInstancePreConstructCallback;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * Fails a test that leaves sockets, rings, event or memory files open, or rings mapped. Files of the JVM itself are not
 * counted.
 * A ring is taken down by the kernel after its descriptor is closed; what its operations hold may show for a moment,
 * so the check waits for the count to fall.
 */
public final class FdLeakCheck implements TestInstancePreConstructCallback, AfterEachCallback
{
    private static final long WAIT_NS = 20_000_000_000L;

    private Map<String, String> before = Map.of();

    @Override
    public void preConstructTestInstance(final TestInstanceFactoryContext factory, final ExtensionContext context)
    {
        before = open();
    }

    @Override
    public void afterEach(final ExtensionContext context)
    {
        final long deadlineNs = System.nanoTime() + WAIT_NS;
        Map<String, String> leaked = leaked();
        while (!leaked.isEmpty() && System.nanoTime() - deadlineNs < 0)
        {
            Thread.onSpinWait();
            leaked = leaked();
        }
        if (!leaked.isEmpty())
        {
            throw new AssertionError("descriptors left open: " + leaked);
        }
    }

    private Map<String, String> leaked()
    {
        final Map<String, String> now = open();
        now.entrySet().removeAll(before.entrySet());
        return now;
    }

    /**
     * @return descriptor or address, and what it is, for all that tests of this module open.
     */
    public static Map<String, String> open()
    {
        final Map<String, String> result = new TreeMap<>();
        try (DirectoryStream<Path> fds = Files.newDirectoryStream(Path.of("/proc/self/fd")))
        {
            for (final Path fd : fds)
            {
                final String target = target(fd);
                if (target.startsWith("socket:") || target.startsWith("anon_inode:") || target.startsWith("pipe:") ||
                    target.startsWith("/memfd:"))
                {
                    result.put(fd.getFileName().toString(), target);
                }
            }
            for (final String line : Files.readAllLines(Path.of("/proc/self/maps")))
            {
                if (line.contains("io_uring"))
                {
                    result.put(line.substring(0, line.indexOf(' ')), "mapping of a ring");
                }
            }
            return result;
        }
        catch (final IOException e)
        {
            throw new AssertionError(e);
        }
    }

    private static String target(final Path fd)
    {
        try
        {
            return Files.readSymbolicLink(fd).toString();
        }
        catch (final IOException e)
        {
            return "";
        }
    }
}
