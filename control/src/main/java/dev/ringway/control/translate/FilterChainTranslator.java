package dev.ringway.control.translate;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.ringway.control.config.ExtensionTypes;
import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.accesslog.AccessRecord;
import dev.ringway.engine.counters.CounterRegistry;
import dev.ringway.engine.counters.TcpCounters;
import dev.ringway.engine.counters.TlsCounters;
import dev.ringway.engine.filter.ConnectionFilterFactory;
import dev.ringway.engine.snapshot.AccessLogSink;
import dev.ringway.engine.snapshot.FilterChain;
import dev.ringway.engine.snapshot.FilterChainMatch;
import dev.ringway.engine.snapshot.FilterChains;
import dev.ringway.engine.snapshot.NetworkFilter;
import dev.ringway.engine.snapshot.TcpProxy;
import dev.ringway.engine.tls.TlsContext;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import static dev.ringway.control.config.NewerField.MAX_DOWNSTREAM_CONNECTION_DURATION_JITTER_PERCENTAGE;

/**
 * Translates {@code config.listener.v3.FilterChain} and what is in it. Control thread only.
 */
final class FilterChainTranslator
{
    private static final String HCM =
        "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";
    private static final String TCP_PROXY = "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy";
    private static final long DEFAULT_IDLE_NS = TimeUnit.HOURS.toNanos(1);

    private final Checks checks;
    private final HttpTranslator http;
    private final AccessLogTranslator accessLogs;
    private final TransportSocketTranslator transportSockets;
    private final ChainMatchTranslator matches;
    private final Map<String, Integer> clusterIds;
    private final Set<String> telling;
    private final CounterRegistry counters;
    private final ConnectionFilterTranslator guarding;
    private List<AccessLogSink> listenerLogs = List.of();

    /**
     * @param checks     where faults go.
     * @param http       translates connection managers.
     * @param accessLogs translates access logs.
     * @param contexts   builds TLS contexts.
     * @param clusterIds ids of the clusters that exist, by name.
     * @param telling    names of those whose connections begin with the PROXY protocol.
     * @param counters   gives out counters.
     * @param guarding   translates the filters before the last one.
     */
    FilterChainTranslator(
        final Checks checks,
        final HttpTranslator http,
        final AccessLogTranslator accessLogs,
        final TlsContexts contexts,
        final Map<String, Integer> clusterIds,
        final Set<String> telling,
        final CounterRegistry counters,
        final ConnectionFilterTranslator guarding)
    {
        this.checks = checks;
        this.http = http;
        this.accessLogs = accessLogs;
        this.transportSockets = new TransportSocketTranslator(checks, contexts);
        this.matches = new ChainMatchTranslator(checks);
        this.clusterIds = clusterIds;
        this.telling = telling;
        this.counters = counters;
        this.guarding = guarding;
    }

    /**
     * @param listener message.
     * @param path     where it stands.
     * @param stats    name of the listener in stats.
     * @return its chains that are right, the faults of the others are noted.
     */
    FilterChains translate(final Listener listener, final FieldPath path, final String stats)
    {
        final FieldPath chains = path.field("filter_chains");
        checks.required(listener.getFilterChainsCount() > 0 || listener.hasDefaultFilterChain(), chains);
        final FilterChains.Builder builder = new FilterChains.Builder();
        final List<FieldPath> added = new ArrayList<>();
        for (int i = 0; i < listener.getFilterChainsCount(); i++)
        {
            final FilterChain chain = chain(listener.getFilterChains(i), chains.at(i), listener, stats);
            if (chain != null)
            {
                added.add(chains.at(i));
                final int other = builder.add(chain);
                if (other != FilterChains.NONE)
                {
                    checks.fault(chains.at(i).field("filter_chain_match"),
                        "matches connections that " + added.get(other) + " matches in the same way");
                }
            }
        }
        return builder.build(!listener.hasDefaultFilterChain() ? null : chain(
            listener.getDefaultFilterChain(), path.field("default_filter_chain"), listener, stats));
    }

    /**
     * Those of a listener, to be asked for before its chains.
     *
     * @param listener message.
     * @param path     where it stands.
     * @return its access logs, for connections without a chain.
     */
    List<AccessLogSink> accessLogs(final Listener listener, final FieldPath path)
    {
        accessLogs.chain(listener, io.envoyproxy.envoy.config.listener.v3.FilterChain.getDefaultInstance());
        listenerLogs = accessLogs.ofListener(listener.getAccessLogList(), path.field("access_log"));
        return listenerLogs;
    }

    private FilterChain chain(
        final io.envoyproxy.envoy.config.listener.v3.FilterChain config,
        final FieldPath path,
        final Listener listener,
        final String stats)
    {
        final FilterChainMatch match =
            matches.translate(config.getFilterChainMatch(), path.field("filter_chain_match"));
        accessLogs.chain(listener, config);
        if (listenerLogs.size() == listener.getAccessLogCount())
        {
            // Without faults, which are told once.
            listenerLogs = accessLogs.ofListener(listener.getAccessLogList(), path);
        }
        final NetworkFilter filter = filter(config.getFiltersList(), path.field("filters"), listener, stats);
        final List<ConnectionFilterFactory> guards =
            guards(config.getFiltersList(), path.field("filters"), config.hasTransportSocket());
        final TlsContext tls = tls(config, path.field("transport_socket"), stats);
        final long handshakeTimeoutNs = checks.duration(config.hasTransportSocketConnectTimeout(),
            config.getTransportSocketConnectTimeout(), path.field("transport_socket_connect_timeout"),
            FilterChain.DEFAULT_HANDSHAKE_NS);
        return filter == null ? null : new FilterChain(
            config.getName(), match, filter, guards, tls, handshakeTimeoutNs, listenerLogs);
    }

    private TlsContext tls(
        final io.envoyproxy.envoy.config.listener.v3.FilterChain chain, final FieldPath path, final String stats)
    {
        return chain.hasTransportSocket() ? transportSockets.translate(
            chain.getTransportSocket(), path, new TlsCounters(counters, "listener." + stats + ".ssl.")) : null;
    }

    private NetworkFilter filter(
        final List<Filter> filters, final FieldPath path, final Listener listener, final String stats)
    {
        if (!checks.required(!filters.isEmpty(), path))
        {
            return null;
        }
        final int last = filters.size() - 1;
        final Filter filter = filters.get(last);
        final FieldPath config = path.at(last).field("typed_config");
        checks.required(filter.getName(), path.at(last).field("name"));
        if (!checks.required(filter.hasTypedConfig(), config))
        {
            return null;
        }
        if (guarding.takes(filter.getTypedConfig()))
        {
            checks.fault(path.at(last), "must have another filter behind it: " + HCM + " or " + TCP_PROXY);
            return null;
        }
        return filter(filter.getTypedConfig(), config, listener, stats);
    }

    /** Those before the last one. */
    private List<ConnectionFilterFactory> guards(
        final List<Filter> filters, final FieldPath path, final boolean isSecure)
    {
        final List<ConnectionFilterFactory> guards = new ArrayList<>();
        for (int i = 0; i < filters.size() - 1; i++)
        {
            final Filter filter = filters.get(i);
            final FieldPath config = path.at(i).field("typed_config");
            checks.required(filter.getName(), path.at(i).field("name"));
            if (!checks.required(filter.hasTypedConfig(), config))
            {
                continue;
            }
            if (!guarding.takes(filter.getTypedConfig()))
            {
                checks.fault(path.at(i + 1), "comes after '" + filter.getName() + "', which must be the last filter");
                continue;
            }
            final ConnectionFilterFactory guard = guarding.translate(filter.getTypedConfig(), config, isSecure);
            if (guard != null)
            {
                guards.add(guard);
            }
        }
        return List.copyOf(guards);
    }

    private NetworkFilter filter(
        final Any config, final FieldPath path, final Listener listener, final String stats)
    {
        final String type = ExtensionTypes.nameOf(config.getTypeUrl());
        try
        {
            return switch (type)
            {
                case HCM -> http.translate(HttpConnectionManager.parseFrom(config.getValue()), path, listener, stats);
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

    /** A relay is its connection. */
    private List<AccessLogSink> withListenerLogs(final List<AccessLogSink> own, final FieldPath path)
    {
        final List<AccessLogSink> all = new ArrayList<>(own);
        all.addAll(listenerLogs);
        if (all.size() > AccessRecord.MAX_NAMED_SINKS)
        {
            checks.fault(path.field("access_log"), "has, with those of the listener, " + all.size() +
                " access logs; " + AccessRecord.MAX_NAMED_SINKS + " are supported in one place");
        }
        return List.copyOf(all);
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
            checks.age(config.hasMaxDownstreamConnectionDuration(), config.getMaxDownstreamConnectionDuration(),
                "max_downstream_connection_duration", config,
                MAX_DOWNSTREAM_CONNECTION_DURATION_JITTER_PERCENTAGE, path),
            checks.count(config.hasMaxConnectAttempts(), config.getMaxConnectAttempts(),
                path.field("max_connect_attempts"), 1, 1, Integer.MAX_VALUE),
            withListenerLogs(accessLogs.translate(config.getAccessLogList(), path.field("access_log")), path),
            telling.contains(config.getCluster()),
            new TcpCounters(counters, StatName.of(config.getStatPrefix())));
    }
}
