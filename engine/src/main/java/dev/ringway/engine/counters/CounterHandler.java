package dev.ringway.engine.counters;

/**
 * Takes the counters one by one.
 */
@FunctionalInterface
public interface CounterHandler
{
    /**
     * @param id    of the counter.
     * @param name  full stat name.
     * @param kind  one of the kinds of {@link CounterRegistry}.
     * @param value sum over all loops, less what was there at the last reset.
     */
    void onCounter(int id, String name, int kind, long value);
}
