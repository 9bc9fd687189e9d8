package dev.ringway.engine.runtime;

import dev.ringway.engine.accesslog.AccessLogRing;
import dev.ringway.engine.counters.LoopCounters;
import dev.ringway.engine.loop.EventLoop;
import dev.ringway.engine.loop.LoopContext;
import dev.ringway.ffi.uring.UringProbe;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A start that fails half way gives back what it has taken: descriptors, rings, slabs. */
final class StartFaultTest
{
    /** A slab that no other mapping of the process is as large as. */
    private static final int CHUNKS = 16_384;
    private static final long SLAB_KB = CHUNKS * 64L;
    private static final long WAIT_NS = 20_000_000_000L;

    @Test
    void shouldFreeALoopWhoseLastStepFails()
    {
        shouldLeaveNothing(() -> new EventLoop(context().completions(loop ->
        {
            throw new IllegalStateException("last step");
        })));
    }

    @Test
    void shouldFreeALoopThatGetsNoReceiveBuffers()
    {
        // No ring of buffers has a length that is no power of two.
        shouldLeaveNothing(() -> new EventLoop(context().memory(CHUNKS, 3)));
    }

    @Test
    void shouldFreeALoopThatGetsNoTableOfSockets()
    {
        shouldLeaveNothing(() -> new EventLoop(context().slotLimit(1 << 30)));
    }

    @Test
    void shouldFreeTheLoopsBeforeTheOneThatFails()
    {
        shouldLeaveNothing(() -> launch(StartFaultTest::failingCounters, StartFaultTest::ring));
    }

    @Test
    void shouldFreeTheLoopThatGetsNoAccessLog()
    {
        shouldLeaveNothing(() -> launch(StartFaultTest::counters, index ->
        {
            throw new IllegalStateException("no ring for loop " + index);
        }));
    }

    private static LoopContext context()
    {
        return new LoopContext().setupFlags(UringProbe.run().setupFlags()).slotLimit(8).memory(CHUNKS, 2)
            .counters(counters(0));
    }

    private static void launch(final IntFunction<LoopCounters> counters, final IntFunction<AccessLogRing> rings)
    {
        Engine.launch(new EngineContext(2, new int[0], counters, rings, 8, CHUNKS, error -> { }, -1,
            EngineContext.SPLICE_AFTER)).close();
    }

    private static LoopCounters counters(final int index)
    {
        return new LoopCounters(new UnsafeBuffer(ByteBuffer.allocateDirect(4096)));
    }

    private static LoopCounters failingCounters(final int index)
    {
        if (index == 1)
        {
            throw new IllegalStateException("no counters for loop " + index);
        }
        return counters(index);
    }

    private static AccessLogRing ring(final int index)
    {
        return new AccessLogRing(4, 1024, new dev.ringway.engine.accesslog.LogWakeup());
    }

    private static void shouldLeaveNothing(final Executable start)
    {
        // What the first failure loads (classes, the wakeup of logs) is no leak.
        assertThrows(RuntimeException.class, start);
        final Map<String, String> before = held();
        final long beforeKb = addressSpaceKb();
        assertThrows(RuntimeException.class, start);
        final long deadlineNs = System.nanoTime() + WAIT_NS;
        Map<String, String> left = left(before);
        while (!left.isEmpty() && System.nanoTime() < deadlineNs)
        {
            Thread.onSpinWait();
            left = left(before);
        }
        assertTrue(left.isEmpty(), "left open: " + left);
        final long grownKb = addressSpaceKb() - beforeKb;
        assertTrue(grownKb < SLAB_KB / 2, "address space grew by " + grownKb + " KiB");
    }

    private static Map<String, String> left(final Map<String, String> before)
    {
        final Map<String, String> now = held();
        now.entrySet().removeAll(before.entrySet());
        return now;
    }

    /** Descriptors and mappings of rings, and descriptors to wake loops with. */
    private static Map<String, String> held()
    {
        final Map<String, String> result = new TreeMap<>();
        try (DirectoryStream<Path> fds = Files.newDirectoryStream(Path.of("/proc/self/fd")))
        {
            for (final Path fd : fds)
            {
                final String target = target(fd);
                if (target.contains("io_uring") || target.contains("eventfd"))
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

    private static long addressSpaceKb()
    {
        try
        {
            for (final String line : Files.readAllLines(Path.of("/proc/self/status")))
            {
                if (line.startsWith("VmSize:"))
                {
                    return Long.parseLong(line.replaceAll("\\D", ""));
                }
            }
            throw new AssertionError("no VmSize");
        }
        catch (final IOException e)
        {
            throw new AssertionError(e);
        }
    }
}
