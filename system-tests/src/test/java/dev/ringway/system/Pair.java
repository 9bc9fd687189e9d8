package dev.ringway.system;

import java.util.concurrent.Callable;
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

    /** One after the other; where the second does not start, the first is stopped. */
    static <T extends AutoCloseable> Pair<T> start(final Start<T> start) throws Exception
    {
        final T envoy = start.side(true);
        try
        {
            return new Pair<>(envoy, start.side(false));
        }
        catch (final Exception | AssertionError e)
        {
            envoy.close();
            throw e;
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
