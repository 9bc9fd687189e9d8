package dev.ringway.engine.runtime;

import dev.ringway.engine.accesslog.AccessLogRing;
import dev.ringway.engine.accesslog.AccessRecord;
import dev.ringway.engine.accesslog.LogWakeup;
import dev.ringway.engine.counters.LoopCounters;

import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * What an {@link Engine} is made with.
 *
 * @param concurrency number of loops.
 * @param cpus        CPU of each loop, or -1 for none; empty pins to none.
 * @param counters    column of each loop.
 * @param accessLogs  ring of access records of each loop, read by the log thread.
 * @param slotLimit   most sockets of a loop.
 * @param chunkCount  chunks of 64 KiB in a loop's slab.
 * @param onFailure   told when a loop dies: a fault of the process.
 * @param workers     threads for steps of handshakes that take long; 0 leaves them to the loops, and below 0 there are as
 *                    many as so many loops need.
 * @param spliceAfter bytes that came in large pieces after which what comes is spliced past the loop's memory.
 */
public record EngineContext(
    int concurrency,
    int[] cpus,
    IntFunction<LoopCounters> counters,
    IntFunction<AccessLogRing> accessLogs,
    int slotLimit,
    int chunkCount,
    Consumer<Throwable> onFailure,
    int workers,
    int spliceAfter)
{
    /** Fewer bytes are not worth the calls that splicing needs at first. */
    public static final int SPLICE_AFTER = 1 << 20;

    /**
     * Without access logs: records go to rings that nobody reads.
     *
     * @param concurrency number of loops.
     * @param cpus        CPU of each loop, or -1 for none; empty pins to none.
     * @param counters    column of each loop.
     * @param slotLimit   most sockets of a loop.
     * @param chunkCount  chunks of 64 KiB in a loop's slab.
     * @param onFailure   told when a loop dies.
     */
    public EngineContext(
        final int concurrency,
        final int[] cpus,
        final IntFunction<LoopCounters> counters,
        final int slotLimit,
        final int chunkCount,
        final Consumer<Throwable> onFailure)
    {
        this(concurrency, cpus, counters, loop -> new AccessLogRing(4, AccessRecord.DEFAULT_CAPACITY, new LogWakeup()),
            slotLimit, chunkCount, onFailure, -1, SPLICE_AFTER);
    }
}
