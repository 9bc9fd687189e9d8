package dev.ringway.system;

import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** How long tests wait for what must come: long, because machines are shared, and only a failure takes all of it. */
final class Patience
{
    static final int S = 120;
    static final int MS = S * 1000;

    private static final int LOOK_MS = 10;

    private Patience()
    {
    }

    /** Looks until it is so, and fails with what was awaited when it never is. */
    static void await(final Callable<Boolean> condition, final Callable<String> what) throws Exception
    {
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(S);
        while (!condition.call())
        {
            if (System.nanoTime() > deadlineNs)
            {
                throw new AssertionError("did not come to be: " + what.call());
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MS);
        }
    }
}
