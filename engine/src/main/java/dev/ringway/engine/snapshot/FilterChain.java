package dev.ringway.engine.snapshot;

import dev.ringway.engine.tls.TlsContext;

/**
 * What a listener does with a connection. Envoy: {@code config.listener.v3.FilterChain}.
 *
 * @param name                      name, may be empty.
 * @param match                     which connections it is for; without meaning for the default chain.
 * @param filter                    terminal network filter.
 * @param tls                       context of its transport socket, or null when connections are clear.
 */
public record FilterChain(String name, FilterChainMatch match, NetworkFilter filter, TlsContext tls)
{
    /**
     * A chain of all clear connections.
     *
     * @param name   name, may be empty.
     * @param filter terminal network filter.
     */
    public FilterChain(final String name, final NetworkFilter filter)
    {
        this(name, FilterChainMatch.ANY, filter, null);
    }
}
