package dev.ringway.engine.filter;

import dev.ringway.engine.counters.LoopCounters;

/**
 * The loop that a filter works on. Its thread only.
 */
public interface FilterLoop
{
    /**
     * @return time of the duty cycle, nanoseconds of a clock that never goes back.
     */
    long nowNs();

    /**
     * @return this loop's column of the counters.
     */
    LoopCounters counters();

    /**
     * @return number of the loop, from 0.
     */
    int index();
}
