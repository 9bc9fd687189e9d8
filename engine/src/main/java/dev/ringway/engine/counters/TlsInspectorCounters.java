package dev.ringway.engine.counters;

/**
 * Ids of the counters {@code tls_inspector.*}, of all listeners together; names and meaning as in Envoy's TLS
 * inspector.
 */
public final class TlsInspectorCounters
{
    /** Connections that began with a ClientHello. */
    public final int tlsFound;

    /** Connections that began with anything else. */
    public final int tlsNotFound;

    /** ClientHellos with application protocols. */
    public final int alpnFound;

    /** ClientHellos without application protocols. */
    public final int alpnNotFound;

    /** ClientHellos with a server name. */
    public final int sniFound;

    /** ClientHellos without a server name. */
    public final int sniNotFound;

    /** Connections closed because their ClientHello was longer than the limit. */
    public final int clientHelloTooLarge;

    /** Has the ids stay those of these counters. */
    private final Object lease;

    /**
     * @param registry gives out the ids.
     */
    public TlsInspectorCounters(final CounterRegistry registry)
    {
        lease = registry.lease();
        tlsFound = registry.counter("tls_inspector.tls_found");
        tlsNotFound = registry.counter("tls_inspector.tls_not_found");
        alpnFound = registry.counter("tls_inspector.alpn_found");
        alpnNotFound = registry.counter("tls_inspector.alpn_not_found");
        sniFound = registry.counter("tls_inspector.sni_found");
        sniNotFound = registry.counter("tls_inspector.sni_not_found");
        clientHelloTooLarge = registry.counter("tls_inspector.client_hello_too_large");
    }
}
