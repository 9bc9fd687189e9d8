package dev.ringway.control.translate;

import dev.ringway.codecs.http.Authority;
import dev.ringway.codecs.http.UnderscorePolicy;
import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.counters.CounterRegistry;
import dev.ringway.engine.counters.HttpCounters;
import dev.ringway.engine.route.RequestRules;
import dev.ringway.engine.snapshot.CidrRanges;
import dev.ringway.engine.snapshot.ForwardClientCert;
import dev.ringway.engine.snapshot.ForwardClientCert.Mode;
import dev.ringway.engine.snapshot.HttpConnectionManager;
import dev.ringway.engine.tls.ForwardedCert;
import io.envoyproxy.envoy.config.core.v3.Http1ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.HttpProtocolOptions;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.InternalAddressConfig;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.SetCurrentClientCertDetails;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static dev.ringway.control.config.NewerField.DRAIN_TIMEOUT_JITTER;
import static dev.ringway.control.config.NewerField.MAX_CONNECTION_DURATION_JITTER;

/**
 * Translates {@code HttpConnectionManager} with its route configuration.
 */
final class HttpTranslator
{
    private static final int MAX_TEXT_LENGTH = 255;
    private static final long DEFAULT_IDLE_NS = TimeUnit.HOURS.toNanos(1);
    private static final long DEFAULT_STREAM_IDLE_NS = TimeUnit.MINUTES.toNanos(5);
    private static final long DEFAULT_REQUEST_HEADERS_NS = TimeUnit.SECONDS.toNanos(10);
    private static final long DEFAULT_DRAIN_NS = TimeUnit.SECONDS.toNanos(5);

    private final Checks checks;
    private final Http2Translator http2;
    private final UpgradeTranslator upgrades;
    private final RouteTranslator routes;
    private final HttpFilterTranslator filters;
    private final AccessLogTranslator accessLogs;
    private final CounterRegistry counters;

    /**
     * @param checks     where faults go.
     * @param routes     translates route configurations.
     * @param filters    translates filters.
     * @param accessLogs translates access logs.
     * @param counters   gives out counters.
     */
    HttpTranslator(
        final Checks checks,
        final RouteTranslator routes,
        final HttpFilterTranslator filters,
        final AccessLogTranslator accessLogs,
        final CounterRegistry counters)
    {
        this.checks = checks;
        this.http2 = new Http2Translator(checks);
        this.upgrades = new UpgradeTranslator(checks);
        this.routes = routes;
        this.filters = filters;
        this.accessLogs = accessLogs;
        this.counters = counters;
    }

    /**
     * @param config   message.
     * @param path     where it stands.
     * @param listener that it serves.
     * @param stats    name of the listener in stats.
     * @return the connection manager, or null when it has no routes, which is then noted.
     */
    HttpConnectionManager translate(
        final io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager config,
        final FieldPath path,
        final Listener listener,
        final String stats)
    {
        checks.required(config.getStatPrefix(), path.field("stat_prefix"));
        final HttpFilterTranslator.Chain chain =
            filters.translate(config.getHttpFiltersList(), path.field("http_filters"), config.getStatPrefix());
        if (!checks.required(config.hasRouteConfig(), path.field("route_config")))
        {
            return null;
        }
        final HttpProtocolOptions common = config.getCommonHttpProtocolOptions();
        final FieldPath commonPath = path.field("common_http_protocol_options");
        final Http1ProtocolOptions http1 = config.getHttpProtocolOptions();
        final long drainNs = checks.duration(
            config.hasDrainTimeout(), config.getDrainTimeout(), path.field("drain_timeout"), DEFAULT_DRAIN_NS);
        return new HttpConnectionManager(
            config.getStatPrefix(),
            routes.translate(config.getRouteConfig(), path.field("route_config"), chain.routeFilters()),
            checks.duration(common.hasIdleTimeout(), common.getIdleTimeout(), commonPath.field("idle_timeout"),
                DEFAULT_IDLE_NS),
            checks.duration(config.hasStreamIdleTimeout(), config.getStreamIdleTimeout(),
                path.field("stream_idle_timeout"), DEFAULT_STREAM_IDLE_NS),
            checks.duration(common.hasMaxStreamDuration(), common.getMaxStreamDuration(),
                commonPath.field("max_stream_duration"), 0),
            checks.duration(config.hasRequestTimeout(), config.getRequestTimeout(), path.field("request_timeout"), 0),
            checks.duration(config.hasRequestHeadersTimeout(), config.getRequestHeadersTimeout(),
                path.field("request_headers_timeout"), DEFAULT_REQUEST_HEADERS_NS),
            drainNs,
            checks.part(config, DRAIN_TIMEOUT_JITTER, path, drainNs),
            checks.age(common.hasMaxConnectionDuration(), common.getMaxConnectionDuration(), "max_connection_duration",
                common, MAX_CONNECTION_DURATION_JITTER, commonPath),
            config.getHttp1SafeMaxConnectionDuration(),
            checks.count(config.hasMaxRequestHeadersKb(), config.getMaxRequestHeadersKb(),
                path.field("max_request_headers_kb"), 60, 1, 8192) << 10,
            checks.count(common.hasMaxHeadersCount(), common.getMaxHeadersCount(),
                commonPath.field("max_headers_count"), 100, 1, 65535),
            checks.count(common.hasMaxRequestsPerConnection(), common.getMaxRequestsPerConnection(),
                commonPath.field("max_requests_per_connection"), 0, 0, Integer.MAX_VALUE),
            config.getUseRemoteAddress().getValue(),
            trustedHops(config.getXffNumTrustedHops(), path.field("xff_num_trusted_hops")),
            config.getSkipXffAppend(),
            config.getAppendXForwardedPort() ? listenerPort(listener, path.field("append_x_forwarded_port")) : -1,
            internalRanges(config.getInternalAddressConfig(), path.field("internal_address_config")),
            headerText(config.getVia(), path.field("via")).getBytes(StandardCharsets.UTF_8),
            forwardClientCert(config),
            !config.hasGenerateRequestId() || config.getGenerateRequestId().getValue(),
            config.getPreserveExternalRequestId(),
            config.getAlwaysSetRequestIdInResponse(),
            headerText(config.getServerName().isEmpty() ? "ringway" : config.getServerName(),
                path.field("server_name")),
            HttpConnectionManager.ServerHeader.valueOf(config.getServerHeaderTransformation().name()),
            http1.getAcceptHttp10(),
            host(http1.getDefaultHostForHttp10(),
                path.field("http_protocol_options").field("default_host_for_http_10")),
            rules(config, path, listener).orNone(),
            http1.getEnableTrailers(),
            chain.suppressEnvoyHeaders(),
            Http2Translator.codecType(config.getCodecType()),
            http2.translate(config.hasHttp2ProtocolOptions(), config.getHttp2ProtocolOptions(),
                path.field("http2_protocol_options")),
            upgrades.ofManager(config.getUpgradeConfigsList(), path.field("upgrade_configs")),
            chain.filters(),
            accessLogs.translate(config.getAccessLogList(), path.field("access_log")),
            new HttpCounters(counters, stats, StatName.of(config.getStatPrefix())));
    }

    private static ForwardClientCert forwardClientCert(
        final io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager config)
    {
        final SetCurrentClientCertDetails details = config.getSetCurrentClientCertDetails();
        return new ForwardClientCert(Mode.valueOf(config.getForwardClientCertDetails().name()),
            (details.getCert() ? ForwardedCert.CERT : 0) | (details.getChain() ? ForwardedCert.CHAIN : 0) |
            (details.getSubject().getValue() ? ForwardedCert.SUBJECT : 0) |
            (details.getUri() ? ForwardedCert.URI : 0) | (details.getDns() ? ForwardedCert.DNS : 0));
    }

    private RequestRules rules(
        final io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager config,
        final FieldPath path,
        final Listener listener)
    {
        final Http1ProtocolOptions http1 = config.getHttpProtocolOptions();
        return new RequestRules(
            config.getNormalizePath().getValue(),
            config.getMergeSlashes(),
            switch (config.getPathWithEscapedSlashesAction())
            {
                case REJECT_REQUEST -> RequestRules.EscapedSlashes.REJECT;
                case UNESCAPE_AND_REDIRECT -> RequestRules.EscapedSlashes.REDIRECT;
                case UNESCAPE_AND_FORWARD -> RequestRules.EscapedSlashes.FORWARD;
                default -> RequestRules.EscapedSlashes.KEEP;
            },
            strippedPort(config, path, listener),
            config.getStripTrailingHostDot(),
            !http1.hasAllowAbsoluteUrl() || http1.getAllowAbsoluteUrl().getValue(),
            underscores(config.getCommonHttpProtocolOptions().getHeadersWithUnderscoresAction()));
    }

    private int strippedPort(
        final io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager config,
        final FieldPath path,
        final Listener listener)
    {
        if (config.getStripAnyHostPort())
        {
            if (config.getStripMatchingHostPort())
            {
                checks.fault(path.field("strip_any_host_port"), "cannot be set beside strip_matching_host_port");
            }
            return RequestRules.ANY_PORT;
        }
        if (!config.getStripMatchingHostPort())
        {
            return RequestRules.NO_PORT;
        }
        return listenerPort(listener, path.field("strip_matching_host_port"));
    }

    /** Returns -1 for a unix socket. */
    private int listenerPort(final Listener listener, final FieldPath path)
    {
        final int port = listener.getAddress().getSocketAddress().getPortValue();
        if (listener.getAddress().hasSocketAddress() && port == 0 || listener.getTransparent().getValue())
        {
            checks.fault(path, "needs a listener with a port of its own: not port 0, not transparent");
        }
        return listener.getAddress().hasSocketAddress() ? port : -1;
    }

    private CidrRanges internalRanges(
        final InternalAddressConfig config,
        final FieldPath path)
    {
        final List<CidrRanges.Range> ranges =
            RangeTranslator.translate(config.getCidrRangesList(), path.field("cidr_ranges"), checks);
        return ranges.isEmpty() ? CidrRanges.NONE : new CidrRanges(ranges);
    }

    private static UnderscorePolicy underscores(final HttpProtocolOptions.HeadersWithUnderscoresAction action)
    {
        return switch (action)
        {
            case REJECT_REQUEST -> UnderscorePolicy.REJECT;
            case DROP_HEADER -> UnderscorePolicy.DROP;
            default -> UnderscorePolicy.ALLOW;
        };
    }

    private int trustedHops(final int hops, final FieldPath path)
    {
        if (hops < 0 || hops > 1000)
        {
            checks.fault(path, "must be from 0 to 1000");
            return 0;
        }
        return hops;
    }

    private String host(final String host, final FieldPath path)
    {
        final byte[] bytes = host.getBytes(StandardCharsets.UTF_8);
        if (!host.isEmpty() && !Authority.valid(new UnsafeBuffer(bytes), 0, bytes.length))
        {
            checks.fault(path, "'" + host + "' is not a host with or without port");
        }
        return host;
    }

    private String headerText(final String text, final FieldPath path)
    {
        if (text.chars().anyMatch(c -> c < 0x20 || c == 0x7f))
        {
            checks.fault(path, "must not hold control characters");
        }
        if (text.length() > MAX_TEXT_LENGTH)
        {
            checks.fault(
                path, "is " + text.length() + " characters long; at most " + MAX_TEXT_LENGTH + " are supported");
        }
        return text;
    }
}
