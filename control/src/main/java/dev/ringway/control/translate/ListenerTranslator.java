package dev.ringway.control.translate;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.ringway.control.config.ExtensionTypes;
import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.counters.CounterRegistry;
import dev.ringway.engine.counters.ListenerCounters;
import dev.ringway.engine.counters.TcpCounters;
import dev.ringway.engine.counters.TlsCounters;
import dev.ringway.engine.snapshot.Address;
import dev.ringway.engine.snapshot.FilterChain;
import dev.ringway.engine.snapshot.FilterChainMatch;
import dev.ringway.engine.snapshot.FilterChains;
import dev.ringway.engine.snapshot.Listener;
import dev.ringway.engine.snapshot.ListenerFilters;
import dev.ringway.engine.snapshot.NetworkFilter;
import dev.ringway.engine.snapshot.TcpProxy;
import dev.ringway.engine.tls.TlsContext;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Translates {@code config.listener.v3.Listener} with its filter chain.
 */
final class ListenerTranslator
{
    private static final String HCM =
        "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";
    private static final String TCP_PROXY = "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy";
    private static final int DEFAULT_BUFFER_LIMIT = 1 << 20;
    private static final int DEFAULT_BACKLOG = 4096;
    private static final int MAX_MODE = 0777;
    private static final long DEFAULT_IDLE_NS = TimeUnit.HOURS.toNanos(1);

    private final Checks checks;
    private final AddressTranslator addresses;
    private final HttpTranslator http;
    private final AccessLogTranslator accessLogs;
    private final TransportSocketTranslator transportSockets;
    private final Map<String, Integer> clusterIds;
    private final IdTable ids;
    private final CounterRegistry counters;

    /**
     * @param checks       where faults go.
     * @param http         translates connection managers.
     * @param accessLogs   translates access logs.
     * @param contexts     builds TLS contexts.
     * @param clusterIds   ids of the clusters that exist, by name.
     * @param ids          gives listeners their ids.
     * @param counters     gives out counters.
     */
    ListenerTranslator(
        final Checks checks,
        final HttpTranslator http,
        final AccessLogTranslator accessLogs,
        final TlsContexts contexts,
        final Map<String, Integer> clusterIds,
        final IdTable ids,
        final CounterRegistry counters)
    {
        this.checks = checks;
        this.addresses = new AddressTranslator(checks);
        this.http = http;
        this.accessLogs = accessLogs;
        this.transportSockets = new TransportSocketTranslator(checks, contexts);
        this.clusterIds = clusterIds;
        this.ids = ids;
        this.counters = counters;
    }

    /**
     * @param config message.
     * @param path   where it stands.
     * @return the listener, or null when it is faulty beyond use, which is then noted.
     */
    Listener translate(final io.envoyproxy.envoy.config.listener.v3.Listener config, final FieldPath path)
    {
        final Address address = checks.required(config.hasAddress(), path.field("address")) ?
            addresses.translate(config.getAddress(), path.field("address")) : null;
        final int mode = config.getAddress().getPipe().getMode();
        if (mode < 0 || mode > MAX_MODE)
        {
            checks.fault(path.field("address").field("pipe").field("mode"), "must be from 0 to 0777");
        }
        final int bufferLimit = checks.count(config.hasPerConnectionBufferLimitBytes(),
            config.getPerConnectionBufferLimitBytes(), path.field("per_connection_buffer_limit_bytes"),
            DEFAULT_BUFFER_LIMIT, 1, Integer.MAX_VALUE);
        final int backlog = checks.count(config.hasTcpBacklogSize(), config.getTcpBacklogSize(),
            path.field("tcp_backlog_size"), DEFAULT_BACKLOG, 1, Integer.MAX_VALUE);
        if (address == null)
        {
            return null;
        }
        final String name = config.getName().isEmpty() ? address.toString() : config.getName();
        final String stats =
            StatName.of(config.getStatPrefix().isEmpty() ? address.toString() : config.getStatPrefix());
        final FilterChains chains = filterChains(config, path.field("filter_chains"), stats);
        return new Listener(ids.idOf(name), name, address, ListenerFilters.NONE, chains, bufferLimit, backlog,
            !config.hasEnableReusePort() || config.getEnableReusePort().getValue(),
            config.getTransparent().getValue(), Integer.MAX_VALUE, mode,
            new ListenerCounters(counters, stats));
    }

    private FilterChains filterChains(
        final io.envoyproxy.envoy.config.listener.v3.Listener config, final FieldPath path, final String stats)
    {
        if (config.getFilterChainsCount() != 1)
        {
            checks.fault(config.getFilterChainsCount() == 0 ? path : path.at(1), config.getFilterChainsCount() == 0 ?
                "is required" : "only one filter chain is supported");
        }
        final FilterChains.Builder chains = new FilterChains.Builder();
        for (int i = 0; i < config.getFilterChainsCount(); i++)
        {
            final io.envoyproxy.envoy.config.listener.v3.FilterChain chain = config.getFilterChains(i);
            final NetworkFilter filter = filter(chain.getFiltersList(), path.at(i).field("filters"), config);
            final TlsContext tls = tls(chain, path.at(i).field("transport_socket"), stats);
            final long handshakeTimeoutNs = checks.duration(chain.hasTransportSocketConnectTimeout(),
                chain.getTransportSocketConnectTimeout(), path.at(i).field("transport_socket_connect_timeout"),
                FilterChain.DEFAULT_HANDSHAKE_NS);
            if (filter != null)
            {
                chains.add(new FilterChain(
                    chain.getName(), FilterChainMatch.ANY, filter, tls, handshakeTimeoutNs));
            }
        }
        return chains.build(null);
    }

    private TlsContext tls(
        final io.envoyproxy.envoy.config.listener.v3.FilterChain chain, final FieldPath path, final String stats)
    {
        return chain.hasTransportSocket() ? transportSockets.translate(
            chain.getTransportSocket(), path, new TlsCounters(counters, "listener." + stats + ".ssl.")) : null;
    }

    private NetworkFilter filter(
        final List<Filter> filters, final FieldPath path, final io.envoyproxy.envoy.config.listener.v3.Listener listener)
    {
        if (!checks.required(!filters.isEmpty(), path))
        {
            return null;
        }
        if (filters.size() > 1)
        {
            checks.fault(path.at(1), "comes after '" + filters.get(0).getName() + "', which must be the last filter");
        }
        final Filter filter = filters.get(0);
        final FieldPath config = path.at(0).field("typed_config");
        checks.required(filter.getName(), path.at(0).field("name"));
        return checks.required(filter.hasTypedConfig(), config) ?
            filter(filter.getTypedConfig(), config, listener) : null;
    }

    private NetworkFilter filter(
        final Any config, final FieldPath path, final io.envoyproxy.envoy.config.listener.v3.Listener listener)
    {
        final String type = ExtensionTypes.nameOf(config.getTypeUrl());
        try
        {
            return switch (type)
            {
                case HCM -> http.translate(HttpConnectionManager.parseFrom(config.getValue()), path, listener);
                case TCP_PROXY -> tcp(io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy
                    .parseFrom(config.getValue()), path);
                default ->
                {
                    checks.fault(path, type + " is not a network filter; supported are " + HCM + ", " + TCP_PROXY);
                    yield null;
                }
            };
        }
        catch (final InvalidProtocolBufferException ex)
        {
            checks.fault(path, "cannot be decoded: " + ex.getMessage());
            return null;
        }
    }

    private TcpProxy tcp(
        final io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy config, final FieldPath path)
    {
        checks.required(config.getStatPrefix(), path.field("stat_prefix"));
        final Integer id = clusterIds.get(config.getCluster());
        if (checks.required(config.getCluster(), path.field("cluster")) && id == null)
        {
            checks.fault(path.field("cluster"), "there is no cluster '" + config.getCluster() + "'");
        }
        return new TcpProxy(
            config.getStatPrefix(),
            id == null ? -1 : id,
            checks.duration(config.hasIdleTimeout(), config.getIdleTimeout(), path.field("idle_timeout"),
                DEFAULT_IDLE_NS),
            checks.count(config.hasMaxConnectAttempts(), config.getMaxConnectAttempts(),
                path.field("max_connect_attempts"), 1, 1, Integer.MAX_VALUE),
            accessLogs.translate(config.getAccessLogList(), path.field("access_log")),
            new TcpCounters(counters, StatName.of(config.getStatPrefix())));
    }
}
