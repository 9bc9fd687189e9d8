package dev.ringway.system;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** What came of the same with Envoy and with Ringway. */
record Pair<T>(T envoy, T ringway)
{
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
