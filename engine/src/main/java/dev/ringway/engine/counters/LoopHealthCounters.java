package dev.ringway.engine.counters;

/**
 * Ids of the counters {@code loop.*}: how the event loops are. Each loop writes its own column when it is asked to, about
 * once a second; values are shown for each loop, for example {@code loop.0.cycles}.
 */
public final class LoopHealthCounters
{
    /** Duty cycles. */
    public final int cycles;

    /** Calls of io_uring_enter. */
    public final int enters;

    /** Failed calls of io_uring_enter, time-outs and signals aside. */
    public final int enterErrors;

    /** Entries submitted to the ring. */
    public final int submitted;

    /** Completions the kernel lost: the ring was full and it had no memory to keep them. */
    public final int completionOverflows;

    /** Completions of a slot's former owner; they are dropped. */
    public final int staleCompletions;

    /** Receives that found no buffer and had to wait. */
    public final int enobufs;

    /** Times a piece could not be queued for want of memory. */
    public final int outOfMemory;

    /** Connections reset because receives had to wait and they held most memory for longest without progress. */
    public final int overloadResets;

    /** Steps of TLS handshakes meant for workers that the loop made itself, because those had too much to do. */
    public final int handshakesOnLoop;

    /** Bytes of relays and contents that were spliced past the loop's memory. */
    public final int splicedBytes;

    /** Times what moved much was not spliced: there were too many, or no pipes or descriptors. */
    public final int splicesRefused;

    /** Directions of relays and contents of responses that are spliced. */
    public final int splices;

    /** Pipes that are open, in use or kept for later: two descriptors each. */
    public final int pipes;

    /** Slots in use: sockets and armed accepts. */
    public final int slots;

    /** Most slots there can be. */
    public final int slotsCapacity;

    /** Chunks of 64 KiB of the slab held by traffic. */
    public final int chunks;

    /** Chunks of the slab. */
    public final int chunksCapacity;

    /** Blocks of bytes that wait for more of their kind. */
    public final int blocks;

    /** Send queues in use. */
    public final int queues;

    /** Requests and relays under way. */
    public final int exchanges;

    /** Timers that wait. */
    public final int timersArmed;

    /** Version of the configuration the loop works with. */
    public final int snapshotVersion;

    /** Access records dropped because the log thread did not keep up. */
    public final int accessLogDropped;

    /**
     * @param registry gives out the ids.
     */
    public LoopHealthCounters(final CounterRegistry registry)
    {
        cycles = registry.register("loop.cycles", CounterRegistry.LOOP_COUNTER);
        enters = registry.register("loop.enters", CounterRegistry.LOOP_COUNTER);
        enterErrors = registry.register("loop.enter_errors", CounterRegistry.LOOP_COUNTER);
        submitted = registry.register("loop.submitted", CounterRegistry.LOOP_COUNTER);
        completionOverflows = registry.register("loop.completion_overflows", CounterRegistry.LOOP_COUNTER);
        staleCompletions = registry.register("loop.stale_completions", CounterRegistry.LOOP_COUNTER);
        enobufs = registry.register("loop.enobufs", CounterRegistry.LOOP_COUNTER);
        outOfMemory = registry.register("loop.out_of_memory", CounterRegistry.LOOP_COUNTER);
        overloadResets = registry.register("loop.overload_resets", CounterRegistry.LOOP_COUNTER);
        handshakesOnLoop = registry.register("loop.handshakes_on_loop", CounterRegistry.LOOP_COUNTER);
        splicedBytes = registry.register("loop.spliced_bytes", CounterRegistry.LOOP_COUNTER);
        splicesRefused = registry.register("loop.splices_refused", CounterRegistry.LOOP_COUNTER);
        splices = registry.register("loop.splices", CounterRegistry.LOOP_GAUGE);
        pipes = registry.register("loop.pipes", CounterRegistry.LOOP_GAUGE);
        slots = registry.register("loop.slots", CounterRegistry.LOOP_GAUGE);
        slotsCapacity = registry.register("loop.slots_capacity", CounterRegistry.LOOP_GAUGE);
        chunks = registry.register("loop.chunks", CounterRegistry.LOOP_GAUGE);
        chunksCapacity = registry.register("loop.chunks_capacity", CounterRegistry.LOOP_GAUGE);
        blocks = registry.register("loop.blocks", CounterRegistry.LOOP_GAUGE);
        queues = registry.register("loop.queues", CounterRegistry.LOOP_GAUGE);
        exchanges = registry.register("loop.exchanges", CounterRegistry.LOOP_GAUGE);
        timersArmed = registry.register("loop.timers_armed", CounterRegistry.LOOP_GAUGE);
        snapshotVersion = registry.register("loop.snapshot_version", CounterRegistry.LOOP_GAUGE);
        accessLogDropped = registry.register("loop.access_log_dropped", CounterRegistry.LOOP_COUNTER);
    }
}
