package dev.ringway.engine.snapshot;

import dev.ringway.codecs.proxyproto.TlvTypes;
import dev.ringway.engine.counters.HttpInspectorCounters;
import dev.ringway.engine.counters.ProxyProtocolCounters;
import dev.ringway.engine.counters.TlsInspectorCounters;

/**
 * What looks at the first bytes of a connection before it has a filter chain.
 */
public sealed interface ListenerFilter
{
    /**
     * Reads addresses in front of the connection's bytes.
     * Envoy: {@code extensions.filters.listener.proxy_protocol.v3.ProxyProtocol}.
     *
     * @param allowsNone    {@code allow_requests_without_proxy_protocol}: other first bytes are left as they are.
     * @param takesVersion1 not among {@code disallowed_versions}.
     * @param takesVersion2 not among {@code disallowed_versions}.
     * @param keptValues    {@code pass_through_tlvs}: types of values that a connection keeps; null for none.
     * @param keys          {@code rules}: by which a connection carries values, for who judges or logs it; null for none.
     * @param counters      ids of its counters.
     */
    record ProxyProtocol(
        boolean allowsNone,
        boolean takesVersion1,
        boolean takesVersion2,
        TlvTypes keptValues,
        MetadataKeys keys,
        ProxyProtocolCounters counters)
        implements ListenerFilter
    {
    }

    /**
     * Asks where a connection that netfilter or a routing rule has sent here was going; the first of the filters.
     * Envoy: {@code extensions.filters.listener.original_dst.v3.OriginalDst}.
     */
    record OriginalDestination() implements ListenerFilter
    {
    }

    /**
     * Finds TLS, and what its ClientHello asks for.
     * Envoy: {@code extensions.filters.listener.tls_inspector.v3.TlsInspector}.
     *
     * @param counters ids of its counters.
     */
    record TlsInspector(TlsInspectorCounters counters) implements ListenerFilter
    {
    }

    /**
     * Finds the version of HTTP in clear connections.
     * Envoy: {@code extensions.filters.listener.http_inspector.v3.HttpInspector}.
     *
     * @param counters ids of its counters.
     */
    record HttpInspector(HttpInspectorCounters counters) implements ListenerFilter
    {
    }
}
