package dev.ringway.engine.counters;

/**
 * Ids of the counters {@code tls_files.*}, of Ringway's own: certificates, keys and authorities that change on disk.
 */
public final class TlsFileCounters
{
    /** TLS contexts that were replaced because their files had changed. */
    public final int updated;

    /** Changes of files that make no context; the last good one stays. */
    public final int updateRejected;

    /**
     * @param registry gives out the ids.
     */
    public TlsFileCounters(final CounterRegistry registry)
    {
        updated = registry.counter("tls_files.updated");
        updateRejected = registry.counter("tls_files.update_rejected");
    }
}
