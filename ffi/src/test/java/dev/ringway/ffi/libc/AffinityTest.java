package dev.ringway.ffi.libc;

import org.junit.jupiter.api.Test;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Works on threads of its own, so that the test runner's keep their mask.
 */
final class AffinityTest
{
    private static <T> T onOwnThread(final Callable<T> action) throws Exception
    {
        final CompletableFuture<T> result = new CompletableFuture<>();
        new Thread(() ->
        {
            try
            {
                result.complete(action.call());
            }
            catch (final Throwable t)
            {
                result.completeExceptionally(t);
            }
        }).start();
        return result.get(20, TimeUnit.SECONDS);
    }

    @Test
    void shouldPinTheCallingThreadToEachAllowedCpu() throws Exception
    {
        final BitSet allowed = Affinity.allowed();
        assertTrue(allowed.cardinality() > 0);
        for (int cpu = allowed.nextSetBit(0); cpu >= 0; cpu = allowed.nextSetBit(cpu + 1))
        {
            final int wanted = cpu;
            onOwnThread(() ->
            {
                assertEquals(0, Affinity.pin(wanted));
                final BitSet only = new BitSet();
                only.set(wanted);
                assertEquals(only, Affinity.allowed());
                assertEquals(wanted, Affinity.current());
                assertEquals(0, Affinity.allow(allowed));
                assertEquals(allowed, Affinity.allowed());
                return null;
            });
        }
        assertEquals(allowed, Affinity.allowed());
    }

    @Test
    void shouldReadTheSameMaskAsTheKernelShows() throws Exception
    {
        final String list = Files.readAllLines(Path.of("/proc/thread-self/status")).stream()
            .filter((line) -> line.startsWith("Cpus_allowed_list:")).findFirst().orElseThrow()
            .substring("Cpus_allowed_list:".length()).trim();
        final BitSet shown = new BitSet();
        for (final String range : list.split(","))
        {
            final String[] ends = range.split("-");
            shown.set(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]) + 1);
        }
        assertEquals(shown, Affinity.allowed());
    }

    @Test
    void shouldRefuseCpusThatAreNotThere() throws Exception
    {
        onOwnThread(() ->
        {
            assertEquals(-Errno.EINVAL, Affinity.pin(8191));
            assertEquals(-Errno.EINVAL, Affinity.pin(9000));
            assertEquals(-Errno.EINVAL, Affinity.allow(new BitSet()));
            return null;
        });
    }
}
