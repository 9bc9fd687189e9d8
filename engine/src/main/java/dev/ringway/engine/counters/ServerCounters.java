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

    /** Version as a number, from the first six hexadecimal digits of its hash. */
    public final int version;

    /** Bytes of the Java heap and of off-heap memory in use. */
    public final int memoryAllocated;

    /** Bytes of the Java heap and of off-heap memory reserved from the system. */
    public final int memoryHeapSize;

    /** Resident bytes of the process. */
    public final int memoryPhysicalSize;

    /** Downstream connections that exist now. */
    public final int totalConnections;

    /** Connections still held by the process that this one took over from. */
    public final int parentConnections;

    /** Number of the process in a row of take-overs. */
    public final int hotRestartEpoch;

    /** Number of take-overs so far, the first start counts as 1. */
    public final int hotRestartGeneration;

    /** Milliseconds from start to ready. */
    public final int initializationTimeMs;

    /** Days until the first certificate ends; 2^32 - 1 without certificates. */
    public final int daysUntilFirstCertExpiring;

    /** Unknown fields met in the static configuration. */
    public final int staticUnknownFields;

    /** Unknown fields met in dynamic configuration. */
    public final int dynamicUnknownFields;

    /** Failed assertions, in a process that runs with them. */
    public final int debugAssertionFailures;

    /** Internal errors that were survived; each one is in the error log. */
    public final int envoyBugFailures;

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
        version = registry.gauge("server.version");
        memoryAllocated = registry.gauge("server.memory_allocated");
        memoryHeapSize = registry.gauge("server.memory_heap_size");
        memoryPhysicalSize = registry.gauge("server.memory_physical_size");
        totalConnections = registry.gauge("server.total_connections");
        parentConnections = registry.gauge("server.parent_connections");
        hotRestartEpoch = registry.gauge("server.hot_restart_epoch");
        hotRestartGeneration = registry.gauge("server.hot_restart_generation");
        initializationTimeMs = registry.gauge("server.initialization_time_ms");
        daysUntilFirstCertExpiring = registry.gauge("server.days_until_first_cert_expiring");
        staticUnknownFields = registry.counter("server.static_unknown_fields");
        dynamicUnknownFields = registry.counter("server.dynamic_unknown_fields");
        debugAssertionFailures = registry.counter("server.debug_assertion_failures");
        envoyBugFailures = registry.counter("server.envoy_bug_failures");
        errorLogDropped = registry.counter("server.error_log_dropped");
    }
}
