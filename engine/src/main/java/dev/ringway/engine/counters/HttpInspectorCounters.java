package dev.ringway.engine.counters;

/**
 * Ids of the counters {@code http_inspector.*}, of all listeners together; names and meaning as in Envoy's HTTP
 * inspector.
 */
public final class HttpInspectorCounters
{
    /** Connections that began with HTTP/1.0. */
    public final int http10Found;

    /** Connections that began with HTTP/1.1. */
    public final int http11Found;

    /** Connections that began with HTTP/2. */
    public final int http2Found;

    /** Connections that began with anything else. */
    public final int httpNotFound;

    /** Connections closed because their request line was longer than 8 KiB. */
    public final int readError;

    /** Has the ids stay those of these counters. */
    private final Object lease;

    /**
     * @param registry gives out the ids.
     */
    public HttpInspectorCounters(final CounterRegistry registry)
    {
        lease = registry.lease();
        http10Found = registry.counter("http_inspector.http10_found");
        http11Found = registry.counter("http_inspector.http11_found");
        http2Found = registry.counter("http_inspector.http2_found");
        httpNotFound = registry.counter("http_inspector.http_not_found");
        readError = registry.counter("http_inspector.read_error");
    }
}
