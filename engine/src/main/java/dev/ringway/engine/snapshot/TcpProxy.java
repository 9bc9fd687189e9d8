package dev.ringway.engine.snapshot;

import dev.ringway.engine.counters.TcpCounters;

import java.util.List;

/**
 * Relays bytes to one cluster. Envoy: {@code extensions.filters.network.tcp_proxy.v3.TcpProxy}.
 *
 * @param statPrefix         prefix of its stats: {@code tcp.<prefix>.}.
 * @param clusterId          {@code Cluster.id()} of the cluster.
 * @param idleTimeoutNs      time without a byte in either direction, default 1 h; 0 means none.
 * @param age                how long connections last.
 * @param maxConnectAttempts {@code max_connect_attempts}, default 1.
 * @param accessLogs         where finished relays are recorded.
 * @param tellsAddresses     whether endpoints are told what client's connection theirs is for.
 * @param counters           ids of its counters.
 */
public record TcpProxy(
    String statPrefix,
    int clusterId,
    long idleTimeoutNs,
    ConnectionAge age,
    int maxConnectAttempts,
    List<AccessLogSink> accessLogs,
    boolean tellsAddresses,
    TcpCounters counters) implements NetworkFilter
{
    /**
     * {@inheritDoc}
     */
    public boolean readsLocalAddress()
    {
        return tellsAddresses;
    }
}
