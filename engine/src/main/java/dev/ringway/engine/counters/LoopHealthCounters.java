package dev.ringway.engine.counters;

/**
 * Ids of the counters {@code loop.*}: how the event loops are. Each loop writes its own column; values are shown for each
 * loop, for example {@code loop.0.duty_cycles}.
 */
public final class LoopHealthCounters
{
    /** Passes of the duty cycle. */
    public final int dutyCycles;

    /** Passes that found nothing to do. */
    public final int idleCycles;

    /** Longest pass so far, without the time it slept, in nanoseconds. */
    public final int maxCycleNs;

    /** Passes that took longer than the stall threshold. */
    public final int stalledCycles;

    /** Calls of io_uring_enter. */
    public final int ringEnters;

    /** Entries submitted to the ring. */
    public final int ringSubmissions;

    /** Completions taken from the ring. */
    public final int ringCompletions;

    /** Times the submission ring was full and had to be flushed early. */
    public final int ringSubmissionFull;

    /** Completions the kernel had to queue because the completion ring was full. */
    public final int ringOverflows;

    /** Completions whose slot had a new generation already; they are dropped. */
    public final int staleCompletions;

    /** Completions that no operation was waiting for. */
    public final int unknownCompletions;

    /** Receives that found the buffer ring empty. */
    public final int enobufs;

    /** Receive buffers of the loop. */
    public final int buffersCapacity;

    /** Receive buffers that are not with the kernel. */
    public final int buffersInUse;

    /** Most receive buffers that were in use at a time. */
    public final int buffersInUseMax;

    /** Slots for connections and other operations. */
    public final int slotsCapacity;

    /** Slots in use. */
    public final int slotsInUse;

    /** Times no slot was free. */
    public final int slotsExhausted;

    /** Timers that wait. */
    public final int timersArmed;

    /** Timers that came due. */
    public final int timersFired;

    /** Commands taken from other threads. */
    public final int commands;

    /** Times the loop was woken from its sleep. */
    public final int wakeups;

    /** Version of the snapshot the loop works with. */
    public final int snapshotVersion;

    /** Access records dropped because the ring was full. */
    public final int accessLogDropped;

    /**
     * @param registry gives out the ids.
     */
    public LoopHealthCounters(final CounterRegistry registry)
    {
        dutyCycles = registry.register("loop.duty_cycles", CounterRegistry.LOOP_COUNTER);
        idleCycles = registry.register("loop.idle_cycles", CounterRegistry.LOOP_COUNTER);
        maxCycleNs = registry.register("loop.max_cycle_ns", CounterRegistry.LOOP_GAUGE);
        stalledCycles = registry.register("loop.stalled_cycles", CounterRegistry.LOOP_COUNTER);
        ringEnters = registry.register("loop.ring_enters", CounterRegistry.LOOP_COUNTER);
        ringSubmissions = registry.register("loop.ring_submissions", CounterRegistry.LOOP_COUNTER);
        ringCompletions = registry.register("loop.ring_completions", CounterRegistry.LOOP_COUNTER);
        ringSubmissionFull = registry.register("loop.ring_submission_full", CounterRegistry.LOOP_COUNTER);
        ringOverflows = registry.register("loop.ring_overflows", CounterRegistry.LOOP_COUNTER);
        staleCompletions = registry.register("loop.stale_completions", CounterRegistry.LOOP_COUNTER);
        unknownCompletions = registry.register("loop.unknown_completions", CounterRegistry.LOOP_COUNTER);
        enobufs = registry.register("loop.enobufs", CounterRegistry.LOOP_COUNTER);
        buffersCapacity = registry.register("loop.buffers_capacity", CounterRegistry.LOOP_GAUGE);
        buffersInUse = registry.register("loop.buffers_in_use", CounterRegistry.LOOP_GAUGE);
        buffersInUseMax = registry.register("loop.buffers_in_use_max", CounterRegistry.LOOP_GAUGE);
        slotsCapacity = registry.register("loop.slots_capacity", CounterRegistry.LOOP_GAUGE);
        slotsInUse = registry.register("loop.slots_in_use", CounterRegistry.LOOP_GAUGE);
        slotsExhausted = registry.register("loop.slots_exhausted", CounterRegistry.LOOP_COUNTER);
        timersArmed = registry.register("loop.timers_armed", CounterRegistry.LOOP_GAUGE);
        timersFired = registry.register("loop.timers_fired", CounterRegistry.LOOP_COUNTER);
        commands = registry.register("loop.commands", CounterRegistry.LOOP_COUNTER);
        wakeups = registry.register("loop.wakeups", CounterRegistry.LOOP_COUNTER);
        snapshotVersion = registry.register("loop.snapshot_version", CounterRegistry.LOOP_GAUGE);
        accessLogDropped = registry.register("loop.access_log_dropped", CounterRegistry.LOOP_COUNTER);
    }
}
