package dev.ringway.control.health;

import dev.ringway.engine.snapshot.Endpoint;
import dev.ringway.engine.tls.TlsContext;

import java.util.Map;

/**
 * How connections of checks are encrypted: as those of relays are, for a check makes no request of its own name.
 *
 * @param context         certificates, trust and protocols; whoever built it holds it.
 * @param sni             name that is asked for, or null for none.
 * @param asksOfEndpoints whether the endpoint's own name is asked for where it has one ({@code auto_host_sni}).
 * @param verifiesName    whether the certificate must be for the name that is asked for
 *                        ({@code auto_sni_san_validation}).
 */
public record CheckTls(TlsContext context, String sni, boolean asksOfEndpoints, boolean verifiesName)
{
    /**
     * What connections to an endpoint have in common over new contents of files.
     *
     * @param lineage    of their contexts.
     * @param serverName that is asked for, or null.
     * @param peerName   that the certificate must be for, or null.
     */
    record Names(long lineage, String serverName, String peerName)
    {
    }

    Names names(final Endpoint endpoint)
    {
        final String name = asksOfEndpoints && !endpoint.hostname().isEmpty() ? endpoint.hostname() : sni;
        return new Names(context.lineage(), name, verifiesName ? name : null);
    }

    /**
     * @param replaced contexts by those that they take the place of.
     * @return the same with those.
     */
    public CheckTls withContexts(final Map<TlsContext, TlsContext> replaced)
    {
        return new CheckTls(replaced.getOrDefault(context, context), sni, asksOfEndpoints, verifiesName);
    }
}
