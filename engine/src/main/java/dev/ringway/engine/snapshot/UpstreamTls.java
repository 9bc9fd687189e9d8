package dev.ringway.engine.snapshot;

import dev.ringway.engine.tls.TlsContext;

/**
 * How connections to the endpoints of a cluster are encrypted. Envoy:
 * {@code extensions.transport_sockets.tls.v3.UpstreamTlsContext}.
 *
 * @param context        certificates, trust and limits.
 * @param sni            {@code sni}: name that is asked for, or null for none.
 * @param maxSessionKeys {@code max_session_keys}, default 1: sessions kept for resumption, for each endpoint and loop
 *                       (Envoy: for the cluster), at most 64 of them;
 *                       0 for none.
 */
public record UpstreamTls(TlsContext context, String sni, int maxSessionKeys)
{
}
