package dev.ringway.engine.runtime;

/**
 * What a loop holds at one moment, for leak checks and admin.
 *
 * @param slots             sockets and armed accepts.
 * @param chunks            chunks of the slab held by traffic.
 * @param blocks            blocks of waiting bytes.
 * @param queues            send queues in use.
 * @param exchanges         exchanges under way.
 * @param splices           directions of relays that are spliced.
 * @param splicedBytes      bytes of relays that were spliced.
 * @param enobufs           times a receive found no buffer.
 * @param outOfMemory       times a piece could not be queued.
 * @param staleCompletions  completions of former owners of slots.
 * @param cycles            duty cycles.
 * @param enters            calls of io_uring_enter.
 * @param submitted         submissions.
 * @param accessLogDropped  access records dropped because the log thread did not keep up.
 * @param sequence          grows with each look.
 */
public record LoopView(
    int slots,
    int chunks,
    int blocks,
    int queues,
    int exchanges,
    int splices,
    long splicedBytes,
    long enobufs,
    long outOfMemory,
    long staleCompletions,
    long cycles,
    long enters,
    long submitted,
    long accessLogDropped,
    long sequence)
{
    /** Before the first look. */
    static final LoopView EMPTY = new LoopView(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
}
