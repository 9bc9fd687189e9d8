package dev.ringway.engine.snapshot;

import dev.ringway.engine.counters.ListenerCounters;
import dev.ringway.engine.tls.TlsContext;

import java.util.List;
import java.util.Map;

/**
 * One listening address. Envoy: {@code config.listener.v3.Listener}.
 *
 * @param id                       number that stands for the name for the life of the process; indexes runtime state.
 * @param name                     unique name; the identity under which its sockets survive a new snapshot.
 * @param address                  where it listens; port 0 picks a free one.
 * @param listenerFilters          what looks at connections before they have a chain.
 * @param filterChains             chains, of which each connection gets one.
 * @param perConnectionBufferLimit {@code per_connection_buffer_limit_bytes}, default 1 MiB.
 * @param backlog                  {@code tcp_backlog_size}, default 4096 (bounded by somaxconn).
 * @param reusePort                {@code enable_reuse_port}: one socket per loop, default true.
 * @param transparent              {@code transparent}: IP(V6)_TRANSPARENT.
 * @param maxConnections           most connections at a time, or {@link Integer#MAX_VALUE}.
 * @param unixMode                 file mode of a unix socket, 0 to leave it to the umask.
 * @param accessLogs               {@code access_log}: where connections that get no filter chain are recorded.
 * @param counters                 ids of its counters.
 */
public record Listener(
    int id,
    String name,
    Address address,
    ListenerFilters listenerFilters,
    FilterChains filterChains,
    int perConnectionBufferLimit,
    int backlog,
    boolean reusePort,
    boolean transparent,
    int maxConnections,
    int unixMode,
    List<AccessLogSink> accessLogs,
    ListenerCounters counters)
{
    /**
     * A listener without access logs of its own.
     *
     * @param id                       number that stands for the name for the life of the process.
     * @param name                     unique name.
     * @param address                  where it listens.
     * @param listenerFilters          what looks at connections before they have a chain.
     * @param filterChains             chains, of which each connection gets one.
     * @param perConnectionBufferLimit bytes.
     * @param backlog                  of its sockets.
     * @param reusePort                one socket per loop.
     * @param transparent              IP(V6)_TRANSPARENT.
     * @param maxConnections           most connections at a time.
     * @param unixMode                 file mode of a unix socket, 0 to leave it to the umask.
     * @param counters                 ids of its counters.
     */
    public Listener(
        final int id,
        final String name,
        final Address address,
        final ListenerFilters listenerFilters,
        final FilterChains filterChains,
        final int perConnectionBufferLimit,
        final int backlog,
        final boolean reusePort,
        final boolean transparent,
        final int maxConnections,
        final int unixMode,
        final ListenerCounters counters)
    {
        this(id, name, address, listenerFilters, filterChains, perConnectionBufferLimit, backlog, reusePort,
            transparent, maxConnections, unixMode, List.of(), counters);
    }

    /**
     * @param replaced contexts by those that they take the place of.
     * @return this listener with those; itself when it has none of them.
     */
    public Listener withContexts(final Map<TlsContext, TlsContext> replaced)
    {
        return filterChains.all().stream().noneMatch(chain -> replaced.containsKey(chain.tls())) ? this : new Listener(
            id, name, address, listenerFilters, filterChains.withContexts(replaced), perConnectionBufferLimit, backlog,
            reusePort, transparent, maxConnections, unixMode, accessLogs, counters);
    }
}
