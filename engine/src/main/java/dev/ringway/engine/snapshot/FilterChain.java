package dev.ringway.engine.snapshot;

import dev.ringway.engine.filter.ConnectionFilterFactory;
import dev.ringway.engine.tls.TlsContext;

import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What a listener does with a connection. Envoy: {@code config.listener.v3.FilterChain}.
 *
 * @param name                      name, may be empty.
 * @param match                     which connections it is for; without meaning for the default chain.
 * @param filter                    terminal network filter.
 * @param guards                    filters before it, in their order.
 * @param tls                       context of its transport socket, or null when connections are clear.
 * @param handshakeTimeoutNs        {@code transport_socket_connect_timeout}, default 15 s; 0 for none.
 * @param accessLogs                those of its listener, where connections of the chain are recorded.
 */
public record FilterChain(
    String name,
    FilterChainMatch match,
    NetworkFilter filter,
    List<ConnectionFilterFactory> guards,
    TlsContext tls,
    long handshakeTimeoutNs,
    List<AccessLogSink> accessLogs)
{
    /** What a handshake may take unless something else is said. */
    public static final long DEFAULT_HANDSHAKE_NS = TimeUnit.SECONDS.toNanos(15);

    /**
     * A chain with one filter.
     *
     * @param name               name, may be empty.
     * @param match              which connections it is for.
     * @param filter             terminal network filter.
     * @param tls                context of its transport socket, or null when connections are clear.
     * @param handshakeTimeoutNs what a handshake may take, 0 for no limit.
     */
    public FilterChain(
        final String name,
        final FilterChainMatch match,
        final NetworkFilter filter,
        final TlsContext tls,
        final long handshakeTimeoutNs)
    {
        this(name, match, filter, List.of(), tls, handshakeTimeoutNs);
    }

    /**
     * A chain of a listener without access logs.
     *
     * @param name               name, may be empty.
     * @param match              which connections it is for.
     * @param filter             terminal network filter.
     * @param guards             filters before it.
     * @param tls                context of its transport socket, or null when connections are clear.
     * @param handshakeTimeoutNs what a handshake may take, 0 for no limit.
     */
    public FilterChain(
        final String name,
        final FilterChainMatch match,
        final NetworkFilter filter,
        final List<ConnectionFilterFactory> guards,
        final TlsContext tls,
        final long handshakeTimeoutNs)
    {
        this(name, match, filter, guards, tls, handshakeTimeoutNs, List.of());
    }

    /**
     * A chain of all clear connections.
     *
     * @param name   name, may be empty.
     * @param filter terminal network filter.
     */
    public FilterChain(final String name, final NetworkFilter filter)
    {
        this(name, FilterChainMatch.ANY, filter, null, DEFAULT_HANDSHAKE_NS);
    }

    /** The same chain with another context. */
    FilterChain withTls(final TlsContext fresh)
    {
        return new FilterChain(name, match, filter, guards, fresh, handshakeTimeoutNs, accessLogs);
    }

    /** Whether it asks for the address that a client connected to. */
    boolean readsLocalAddress()
    {
        return filter.readsLocalAddress() || guards.stream().anyMatch(ConnectionFilterFactory::readsLocalAddress);
    }
}
