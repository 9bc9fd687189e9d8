package dev.ringway.engine.snapshot;

import dev.ringway.engine.tls.TlsContext;

import java.util.Map;

/**
 * How connections to the endpoints of a cluster are encrypted. Envoy:
 * {@code extensions.transport_sockets.tls.v3.UpstreamTlsContext}.
 *
 * @param context        certificates, trust and limits of connections for HTTP.
 * @param relayContext   the same for relays of TCP, which offer no protocol by themselves; maybe the same.
 * @param sni            {@code sni}: name that is asked for, or null for none.
 * @param asksEndpoint   {@code auto_host_sni}: endpoints that have a name are asked for it instead.
 * @param verifiesName   {@code auto_sni_san_validation}: the certificate must be for the name that is asked for.
 * @param maxSessionKeys {@code max_session_keys}, default 1: sessions kept for resumption, for each endpoint and loop
 *                       (Envoy: for the cluster), at most 64 of them; 0 for none.
 */
public record UpstreamTls(
    TlsContext context,
    TlsContext relayContext,
    String sni,
    boolean asksEndpoint,
    boolean verifiesName,
    int maxSessionKeys)
{
    /** The same, with other contexts instead of some. */
    UpstreamTls withContexts(final Map<TlsContext, TlsContext> replaced)
    {
        return new UpstreamTls(replaced.getOrDefault(context, context),
            replaced.getOrDefault(relayContext, relayContext), sni, asksEndpoint, verifiesName, maxSessionKeys);
    }
}
