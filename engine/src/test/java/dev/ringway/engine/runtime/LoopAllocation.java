package dev.ringway.engine.runtime;

import com.sun.management.ThreadMXBean;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;

import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Counts what a loop's thread allocates on the Java heap, and what the process does.
 */
final class LoopAllocation
{
    private static final int MOST_STAINED_ROUNDS = 50;
    /** Compilers get that long to reach the code: until then objects are made that later are not. */
    private static final long COMPILING_NS = 60_000_000_000L;
    private static final long PATIENCE_NS = 240_000_000_000L;

    private final ThreadMXBean threads = (ThreadMXBean)ManagementFactory.getThreadMXBean();

    /** Work of a test, of about the same size each time. */
    interface Round
    {
        void run() throws Exception;
    }

    private long allocated(final TestProxy proxy)
    {
        return threads.getThreadAllocatedBytes(proxy.engine().threads().get(0).threadId());
    }

    /** Bytes that all threads allocated so far, the ended ones too, but those that play client and backend. */
    private long allocatedByProcess()
    {
        final long[] ids = threads.getAllThreadIds();
        final ThreadInfo[] infos = threads.getThreadInfo(ids);
        final long own = Thread.currentThread().threadId();
        long bytes = threads.getTotalThreadAllocatedBytes();
        for (int i = 0; i < ids.length; i++)
        {
            final boolean isPeer = infos[i] != null && infos[i].getThreadName().startsWith("backend");
            bytes -= isPeer || ids[i] == own ? threads.getThreadAllocatedBytes(ids[i]) : 0;
        }
        return bytes;
    }

    /**
     * Runs rounds until enough in a row were free of allocations; gives up when time is over or one after the other was
     * not.
     *
     * @param wanted rounds in a row.
     * @return bytes that the process allocated in these rounds.
     */
    long assertNone(final TestProxy proxy, final int wanted, final Round round) throws Exception
    {
        final long startNs = System.nanoTime();
        long ofProcess = allocatedByProcess();
        long before = allocated(proxy);
        int stained = 0;
        int longest = 0;
        for (int rounds = 1, free = 0; free < wanted; rounds++)
        {
            round.run();
            final long now = allocated(proxy);
            final long bytes = now - before;
            before = now;
            free = bytes == 0 ? free + 1 : 0;
            stained = bytes == 0 ? 0 : stained + 1;
            longest = Math.max(longest, free);
            if (bytes != 0)
            {
                ofProcess = allocatedByProcess();
            }
            final long elapsedNs = System.nanoTime() - startNs;
            assertTrue((stained < MOST_STAINED_ROUNDS || elapsedNs < COMPILING_NS) && elapsedNs < PATIENCE_NS,
                longest + " of " + rounds + " rounds in a row were free, bytes of the last: " + bytes);
        }
        return allocatedByProcess() - ofProcess;
    }
}
