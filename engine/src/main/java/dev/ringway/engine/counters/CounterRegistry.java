package dev.ringway.engine.counters;

/**
 * Gives out counter ids. Control thread only. The same name always gets the same id, so counters survive a new
 * snapshot and groups can be built again for an unchanged cluster or listener.
 */
public interface CounterRegistry
{
    /** Kind of a value that only grows. */
    int COUNTER = 0;

    /** Kind of a value that goes up and down. */
    int GAUGE = 1;

    /**
     * @param name full stat name as Envoy spells it, for example {@code cluster.backend.upstream_rq_total}.
     * @param kind {@link #COUNTER} or {@link #GAUGE}.
     * @return id to pass to {@link LoopCounters}.
     */
    int register(String name, int kind);
}
