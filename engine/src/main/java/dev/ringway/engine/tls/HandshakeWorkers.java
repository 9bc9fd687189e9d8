package dev.ringway.engine.tls;

import dev.ringway.ffi.libc.Affinity;

import java.util.BitSet;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A few threads for steps of handshakes that would keep a loop from others for too long: signatures with RSA, and chains
 * of certificates to be verified. Shared by all loops. There is no thread before the first step, and none some seconds
 * after the last. When more steps wait than there is room for, the loop makes them itself. Any thread.
 */
public final class HandshakeWorkers implements AutoCloseable
{
    private static final int MOST_THREADS = 4;
    private static final int CAPACITY = 256;
    private static final int IDLE_S = 10;

    private final AtomicInteger threads = new AtomicInteger();
    private final BitSet cpus = Affinity.allowed();
    private final ThreadPoolExecutor executor;

    /**
     * On a thread that is not pinned: workers may run where it may.
     *
     * @param most threads; with 0 each loop makes all steps itself.
     */
    public HandshakeWorkers(final int most)
    {
        executor = most == 0 ? null : new ThreadPoolExecutor(most, most, IDLE_S, TimeUnit.SECONDS, new ArrayBlockingQueue<>(CAPACITY),
            this::worker, (step, pool) -> ((HandshakeStep)step).refuse());
        if (executor != null)
        {
            executor.allowCoreThreadTimeOut(true);
        }
    }

    /**
     * @param loops how many there are.
     * @return how many workers they are to have where nothing else is said: as many, up to a bound.
     */
    public static int mostFor(final int loops)
    {
        return Math.clamp(loops, 1, MOST_THREADS);
    }

    /**
     * @return whether there are threads, so that steps may be offered.
     */
    public boolean isAny()
    {
        return executor != null;
    }

    /** A loop starts it, whose CPU it must leave. */
    private Thread worker(final Runnable work)
    {
        return Thread.ofPlatform().daemon().name("handshake-" + threads.getAndIncrement()).unstarted(() ->
        {
            Affinity.allow(cpus);
            work.run();
        });
    }

    /**
     * Has a step made.
     *
     * @param step that has begun.
     * @return false when there is no room: it will not be made.
     */
    public boolean offer(final HandshakeStep step)
    {
        executor.execute(step);
        return !step.isRefused();
    }

    /**
     * Ends the threads; steps that wait are not made.
     */
    public void close()
    {
        if (executor == null)
        {
            return;
        }
        executor.shutdownNow();
        try
        {
            executor.awaitTermination(1, TimeUnit.SECONDS);
        }
        catch (final InterruptedException e)
        {
            Thread.currentThread().interrupt();
        }
    }
}
