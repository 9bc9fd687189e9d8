package dev.ringway.system;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a test has started, Ringway the last. */
final class Started
{
    private final List<AutoCloseable> all = new ArrayList<>();

    <T extends AutoCloseable> T add(final T one)
    {
        all.add(one);
        return one;
    }

    /** Stops all of it; once its upstreams have ended, and with them what its pools hold, nothing is left in Ringway. */
    void stop(final Admin ringway, final Map<String, Long> gauges) throws Exception
    {
        for (final AutoCloseable one : all.subList(0, all.size() - 1))
        {
            one.close();
        }
        try
        {
            ringway.awaitNothingLeft(gauges);
        }
        finally
        {
            all.getLast().close();
        }
    }
}
