package dev.ringway.engine.counters;

/**
 * Ids of the counters {@code server.*}; names and meaning as in Envoy's server statistics. Control and admin threads
 * write them, loops do not.
 */
public final class ServerCounters
{
    /** 1 while the server takes part, 0 while it drains or fails its health check. */
    public final int live;

    /** 0 live, 1 draining, 2 pre-initializing, 3 initializing. */
    public final int state;

    /** Seconds since the start. */
    public final int uptime;

    /** Number of event loops. */
    public final int concurrency;

    /** Bytes of the Java heap and of off-heap memory in use. */
    public final int memoryAllocated;

    /** Bytes of the Java heap and of off-heap memory reserved from the system. */
    public final int memoryHeapSize;

    /** Resident bytes of the process. */
    public final int memoryPhysicalSize;

    /** Downstream connections that exist now. */
    public final int totalConnections;

    /** Milliseconds from start to ready. */
    public final int initializationTimeMs;

    /** Days until the first certificate ends; 2^32 - 1 without certificates. */
    public final int daysUntilFirstCertExpiring;

    /** Unknown fields met in the static configuration. */
    public final int staticUnknownFields;

    /** Distinct errors that found no room in the error log. */
    public final int errorLogDropped;

    /**
     * @param registry gives out the ids.
     */
    public ServerCounters(final CounterRegistry registry)
    {
        live = registry.gauge("server.live");
        state = registry.gauge("server.state");
        uptime = registry.gauge("server.uptime");
        concurrency = registry.gauge("server.concurrency");
        memoryAllocated = registry.gauge("server.memory_allocated");
        memoryHeapSize = registry.gauge("server.memory_heap_size");
        memoryPhysicalSize = registry.gauge("server.memory_physical_size");
        totalConnections = registry.gauge("server.total_connections");
        initializationTimeMs = registry.gauge("server.initialization_time_ms");
        daysUntilFirstCertExpiring = registry.gauge("server.days_until_first_cert_expiring");
        staticUnknownFields = registry.counter("server.static_unknown_fields");
        errorLogDropped = registry.counter("server.error_log_dropped");
    }
}
