package dev.ringway.engine.counters;

/**
 * Ids of the counters {@code filesystem.*}: access log files; names and meaning as in Envoy's file statistics. The log
 * thread writes them.
 */
public final class FilesystemCounters
{
    /** Lines put into a buffer. */
    public final int writeBuffered;

    /** Writes to a file. */
    public final int writeCompleted;

    /** Writes that failed; what they held is lost. */
    public final int writeFailed;

    /** Lines lost because they could not be made, a file's buffer was full or its writing failed. */
    public final int writeDropped;

    /** Bytes that wait in buffers. */
    public final int writeTotalBuffered;

    /** Writes that were due by time, not by size. */
    public final int flushedByTimer;

    /** Files that could not be opened again; the old ones stay in use. */
    public final int reopenFailed;

    /**
     * @param registry gives out the ids.
     */
    public FilesystemCounters(final CounterRegistry registry)
    {
        writeBuffered = registry.counter("filesystem.write_buffered");
        writeCompleted = registry.counter("filesystem.write_completed");
        writeFailed = registry.counter("filesystem.write_failed");
        writeDropped = registry.counter("filesystem.write_dropped");
        writeTotalBuffered = registry.gauge("filesystem.write_total_buffered");
        flushedByTimer = registry.counter("filesystem.flushed_by_timer");
        reopenFailed = registry.counter("filesystem.reopen_failed");
    }
}
