package dev.ringway.system;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** What came of the same with Envoy and with Ringway. */
record Pair<T>(T envoy, T ringway)
{
    /** Starts one of the two. */
    @FunctionalInterface
    interface Start<T>
    {
        T side(boolean isEnvoy) throws Exception;
    }

    /** Both at a time, since most of it is waiting; where one does not start, the other is stopped. */
    static <T extends AutoCloseable> Pair<T> start(final Start<T> start) throws Exception
    {
        try (ExecutorService both = Executors.newFixedThreadPool(2))
        {
            final Future<T> theirs = both.submit(() -> start.side(true));
            final Future<T> ours = both.submit(() -> start.side(false));
            try
            {
                return new Pair<>(theirs.get(), ours.get());
            }
            catch (final ExecutionException | InterruptedException e)
            {
                closeIfThere(theirs);
                closeIfThere(ours);
                throw e;
            }
        }
    }

    private static <T extends AutoCloseable> void closeIfThere(final Future<T> side) throws Exception
    {
        try
        {
            side.get().close();
        }
        catch (final ExecutionException e)
        {
            // It did not start, which is told already, or is told with the other.
        }
    }

    /** Those that were started. */
    static <T extends AutoCloseable> void stop(final Pair<T> sides) throws Exception
    {
        if (sides != null)
        {
            try
            {
                sides.envoy.close();
            }
            finally
            {
                sides.ringway.close();
            }
        }
    }

    /** Both at a time, since most of it is waiting. */
    static <T> Pair<T> of(final Callable<T> envoy, final Callable<T> ringway) throws Exception
    {
        try (ExecutorService both = Executors.newFixedThreadPool(2))
        {
            final Future<T> theirs = both.submit(envoy);
            final Future<T> ours = both.submit(ringway);
            return new Pair<>(theirs.get(), ours.get());
        }
    }
}
