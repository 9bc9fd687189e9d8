package dev.ringway.engine.snapshot;

import dev.ringway.engine.tls.TlsContext;

import java.util.Map;
import java.util.Objects;

/**
 * How connections to the endpoints of a cluster are encrypted. Envoy:
 * {@code extensions.transport_sockets.tls.v3.UpstreamTlsContext}.
 *
 * @param context        certificates, trust and limits of connections for HTTP.
 * @param relayContext   the same for relays of TCP, which offer no protocol by themselves; maybe the same.
 * @param sni            {@code sni}: name that is asked for where {@code names} says nothing else, or null for none.
 * @param names          which name is asked for.
 * @param verifiesName   the certificate must be for the name that is asked for: {@code auto_sni_san_validation}, or
 *                       with {@link Names#OF_REQUESTS} {@code auto_san_validation}, which holds for addresses too.
 * @param maxSessionKeys {@code max_session_keys}, default 1: sessions kept for resumption, for each endpoint and loop
 *                       (Envoy: for the cluster), at most 64 of them; 0 for none.
 */
public record UpstreamTls(
    TlsContext context,
    TlsContext relayContext,
    String sni,
    Names names,
    boolean verifiesName,
    int maxSessionKeys)
{
    /**
     * Where names come from that are asked for.
     */
    public enum Names
    {
        /** The configured one. */
        CONFIGURED,
        /** {@code auto_host_sni}: the endpoint's own, if it has one. */
        OF_ENDPOINTS,
        /**
         * {@code UpstreamHttpProtocolOptions.auto_sni}: the host of the request, unless it is an address. A connection
         * then serves requests for one host only; for each endpoint and loop there are at most 64 hosts at a time.
         */
        OF_REQUESTS
    }

    /**
     * @param other that may be of a later snapshot.
     * @return whether it differs in nothing but the contents of files, for which contexts are replaced.
     */
    public boolean hasSameNames(final UpstreamTls other)
    {
        return other != null && context.lineage() == other.context.lineage() &&
            relayContext.lineage() == other.relayContext.lineage() && names == other.names &&
            verifiesName == other.verifiesName && maxSessionKeys == other.maxSessionKeys && Objects.equals(sni, other.sni);
    }

    /** The same, with other contexts instead of some. */
    UpstreamTls withContexts(final Map<TlsContext, TlsContext> replaced)
    {
        return new UpstreamTls(replaced.getOrDefault(context, context),
            replaced.getOrDefault(relayContext, relayContext), sni, names, verifiesName, maxSessionKeys);
    }
}
