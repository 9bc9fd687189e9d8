package dev.ringway.control.translate;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.ringway.control.config.ExtensionTypes;
import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.counters.CounterRegistry;
import dev.ringway.engine.counters.HttpInspectorCounters;
import dev.ringway.engine.counters.ProxyProtocolCounters;
import dev.ringway.engine.counters.TlsInspectorCounters;
import dev.ringway.engine.snapshot.ListenerFilter;
import dev.ringway.engine.snapshot.ListenerFilters;
import io.envoyproxy.envoy.config.core.v3.ProxyProtocolConfig;
import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol;

import java.util.ArrayList;
import java.util.List;

/**
 * Translates the listener filters of a listener. Where chains go by what only a ClientHello tells and no TLS inspector
 * is there, one is added behind the others: without it such a chain would get no connection. Envoy did the same once,
 * and leaves it to the configuration now. Control thread only.
 */
final class ListenerFilterTranslator
{
    private static final String PROXY_PROTOCOL =
        "envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol";
    private static final String TLS_INSPECTOR = "envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector";
    private static final String ORIGINAL_DST = "envoy.extensions.filters.listener.original_dst.v3.OriginalDst";
    private static final String HTTP_INSPECTOR = "envoy.extensions.filters.listener.http_inspector.v3.HttpInspector";

    private final Checks checks;
    private final CounterRegistry counters;

    /**
     * @param checks   where faults go.
     * @param counters gives out counters.
     */
    ListenerFilterTranslator(final Checks checks, final CounterRegistry counters)
    {
        this.checks = checks;
        this.counters = counters;
    }

    /**
     * @param config message.
     * @param path   where it stands.
     * @return its filters that are right.
     */
    ListenerFilters translate(final Listener config, final FieldPath path)
    {
        final List<ListenerFilter> filters = new ArrayList<>();
        for (int i = 0; i < config.getListenerFiltersCount(); i++)
        {
            final FieldPath at = path.field("listener_filters").at(i);
            final FieldPath typed = at.field("typed_config");
            checks.required(config.getListenerFilters(i).getName(), at.field("name"));
            if (checks.required(config.getListenerFilters(i).hasTypedConfig(), typed))
            {
                add(filters, config.getListenerFilters(i).getTypedConfig(), typed);
            }
        }
        final boolean findsHttp = filters.stream().anyMatch(ListenerFilter.HttpInspector.class::isInstance);
        if (filters.stream().noneMatch(ListenerFilter.TlsInspector.class::isInstance) &&
            config.getFilterChainsList().stream().anyMatch(
                chain -> needsTls(chain.getFilterChainMatch(), findsHttp)))
        {
            filters.add(new ListenerFilter.TlsInspector(new TlsInspectorCounters(counters)));
        }
        return new ListenerFilters(
            List.copyOf(filters),
            checks.duration(config.hasListenerFiltersTimeout(), config.getListenerFiltersTimeout(),
                path.field("listener_filters_timeout"), ListenerFilters.DEFAULT_TIMEOUT_NS),
            config.getContinueOnListenerFiltersTimeout());
    }

    private static boolean needsTls(final FilterChainMatch match, final boolean findsHttp)
    {
        return match.getTransportProtocol().equals("tls") || match.getTransportProtocol().isEmpty() &&
            (match.getServerNamesCount() > 0 || match.getApplicationProtocolsCount() > 0 && !findsHttp);
    }

    private void add(final List<ListenerFilter> filters, final Any config, final FieldPath path)
    {
        final String type = ExtensionTypes.nameOf(config.getTypeUrl());
        switch (type)
        {
            case PROXY_PROTOCOL -> addProxyProtocol(filters, config, path);
            case TLS_INSPECTOR ->
                filters.add(new ListenerFilter.TlsInspector(new TlsInspectorCounters(counters)));
            case HTTP_INSPECTOR ->
                filters.add(new ListenerFilter.HttpInspector(new HttpInspectorCounters(counters)));
            case ORIGINAL_DST ->
            {
                if (!filters.isEmpty())
                {
                    checks.fault(path, "is not supported behind other listener filters; it must be the first");
                }
                filters.add(new ListenerFilter.OriginalDestination());
            }
            default -> checks.fault(path, type + " is not a listener filter; supported are " + PROXY_PROTOCOL + ", " +
                TLS_INSPECTOR + ", " + HTTP_INSPECTOR + ", " + ORIGINAL_DST);
        }
    }

    private void addProxyProtocol(final List<ListenerFilter> filters, final Any config, final FieldPath path)
    {
        try
        {
            final ProxyProtocol proxy = ProxyProtocol.parseFrom(config.getValue());
            final boolean takesVersion1 = !proxy.getDisallowedVersionsList().contains(ProxyProtocolConfig.Version.V1);
            final boolean takesVersion2 = !proxy.getDisallowedVersionsList().contains(ProxyProtocolConfig.Version.V2);
            if (!takesVersion1 && !takesVersion2)
            {
                checks.fault(path.field("disallowed_versions"), "leaves no version");
            }
            filters.add(new ListenerFilter.ProxyProtocol(
                proxy.getAllowRequestsWithoutProxyProtocol(), takesVersion1, takesVersion2,
                ProxyValues.passed(proxy.hasPassThroughTlvs(), proxy.getPassThroughTlvs(),
                    path.field("pass_through_tlvs"), checks),
                ProxyValues.keys(proxy.getRulesList(), path.field("rules"), checks),
                new ProxyProtocolCounters(counters, StatName.of(proxy.getStatPrefix()))));
        }
        catch (final InvalidProtocolBufferException ex)
        {
            checks.fault(path, "cannot be decoded: " + ex.getMessage());
        }
    }
}
