package dev.ringway.engine.runtime;

import dev.ringway.engine.counters.LoopCounters;

import java.util.function.IntFunction;

/**
 * What an {@link Engine} is made with.
 *
 * @param concurrency number of loops.
 * @param cpus        CPU of each loop, or -1 for none; empty pins to none.
 * @param counters    column of each loop.
 * @param slotLimit   most sockets of a loop.
 * @param chunkCount  chunks of 64 KiB in a loop's slab.
 * @param onFailure   told when a loop dies: a fault of the process.
 */
public record EngineContext(
    int concurrency,
    int[] cpus,
    IntFunction<LoopCounters> counters,
    int slotLimit,
    int chunkCount,
    java.util.function.Consumer<Throwable> onFailure)
{
}
