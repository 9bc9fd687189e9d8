package dev.ringway.control.translate;

import com.google.protobuf.Duration;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.util.Durations;
import dev.ringway.control.config.FieldPath;
import dev.ringway.control.health.GrpcProbe;
import dev.ringway.control.health.HealthCheck;
import dev.ringway.control.health.HttpProbe;
import dev.ringway.control.health.HttpProbe.Range;
import dev.ringway.control.health.Probe;
import dev.ringway.control.health.TcpProbe;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.OutlierDetection;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.HealthCheck.GrpcHealthCheck;
import io.envoyproxy.envoy.config.core.v3.HealthCheck.HttpHealthCheck;
import io.envoyproxy.envoy.config.core.v3.HealthCheck.Payload;
import io.envoyproxy.envoy.config.core.v3.HealthCheck.TcpHealthCheck;
import io.envoyproxy.envoy.config.core.v3.RequestMethod;
import io.envoyproxy.envoy.type.v3.CodecClientType;
import io.envoyproxy.envoy.type.v3.Int64Range;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Translates {@code health_checks}.
 */
// A field that Envoy deprecates is refused by name.
@SuppressWarnings("deprecation")
final class HealthCheckTranslator
{
    private static final String NAME = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
    private static final String VALUE = "[^\\x00-\\x1f\\x7f%]*";
    private static final int MAX_PORT = 65_535;
    private static final int OK = 200;
    private static final int LEAST_STATUS = 100;
    private static final int BEHIND_STATUSES = 600;

    private final Checks checks;

    HealthCheckTranslator(final Checks checks)
    {
        this.checks = checks;
    }

    /**
     * @param config  of the cluster.
     * @param path    where it stands.
     * @param isHttp2 whether its requests are sent with HTTP/2.
     * @return how its endpoints are checked, or null when they are not.
     */
    HealthCheck translate(final Cluster config, final FieldPath path, final boolean isHttp2)
    {
        if (config.getHealthChecksCount() == 0)
        {
            return null;
        }
        final FieldPath all = path.field("health_checks");
        if (config.getHealthChecksCount() > 1)
        {
            checks.fault(all.at(1), "only one health check is supported, as in Envoy");
        }
        if (ProxyTransport.isFor(config))
        {
            checks.fault(all.at(0), "is not supported with the PROXY protocol");
        }
        final io.envoyproxy.envoy.config.core.v3.HealthCheck check = config.getHealthChecks(0);
        final FieldPath at = all.at(0);
        final Probe probe = probe(check, config.getName(), at);
        if (check.hasGrpcHealthCheck() && !isHttp2)
        {
            checks.fault(at.field("grpc_health_check"), "needs a cluster with http2_protocol_options");
        }
        if (!checks.required(check.hasTimeout(), at.field("timeout")) |
            !checks.required(check.hasInterval(), at.field("interval")) |
            !checks.required(check.hasUnhealthyThreshold(), at.field("unhealthy_threshold")) |
            !checks.required(check.hasHealthyThreshold(), at.field("healthy_threshold")) || probe == null)
        {
            return null;
        }
        return new HealthCheck(times(check, at),
            threshold(check.getUnhealthyThreshold(), at.field("unhealthy_threshold")),
            threshold(check.getHealthyThreshold(), at.field("healthy_threshold")),
            !check.hasReuseConnection() || check.getReuseConnection().getValue(),
            checks.count(check.hasAltPort(), check.getAltPort(), at.field("alt_port"), 0, 0, MAX_PORT),
            unejects(config.getOutlierDetection()), probe);
    }

    private static boolean unejects(final OutlierDetection detection)
    {
        return !detection.hasSuccessfulActiveHealthCheckUnejectHost() ||
            detection.getSuccessfulActiveHealthCheckUnejectHost().getValue();
    }

    private int threshold(final UInt32Value value, final FieldPath path)
    {
        return Math.max(1, checks.count(true, value, path, 1, 0, Integer.MAX_VALUE));
    }

    private HealthCheck.Times times(
        final io.envoyproxy.envoy.config.core.v3.HealthCheck check, final FieldPath at)
    {
        final long interval = time(true, check.getInterval(), at.field("interval"), 0);
        final long unhealthy = time(
            check.hasUnhealthyInterval(), check.getUnhealthyInterval(), at.field("unhealthy_interval"), interval);
        final long noTraffic = time(check.hasNoTrafficInterval(), check.getNoTrafficInterval(),
            at.field("no_traffic_interval"), 60_000_000_000L);
        return new HealthCheck.Times(
            time(true, check.getTimeout(), at.field("timeout"), 0),
            interval,
            checks.duration(
                check.hasInitialJitter(), check.getInitialJitter(), at.field("initial_jitter"), 0),
            checks.duration(
                check.hasIntervalJitter(), check.getIntervalJitter(), at.field("interval_jitter"), 0),
            Math.max(0, check.getIntervalJitterPercent()),
            unhealthy,
            time(check.hasUnhealthyEdgeInterval(), check.getUnhealthyEdgeInterval(),
                at.field("unhealthy_edge_interval"), unhealthy),
            time(check.hasHealthyEdgeInterval(), check.getHealthyEdgeInterval(),
                at.field("healthy_edge_interval"), interval),
            noTraffic,
            time(check.hasNoTrafficHealthyInterval(), check.getNoTrafficHealthyInterval(),
                at.field("no_traffic_healthy_interval"), noTraffic));
    }

    private long time(final boolean isSet, final Duration value, final FieldPath path, final long unset)
    {
        final long ns = checks.duration(isSet, value, path, unset);
        if (ns == 0)
        {
            checks.fault(path, "must be more than 0");
        }
        return ns;
    }

    private Probe probe(
        final io.envoyproxy.envoy.config.core.v3.HealthCheck check, final String cluster, final FieldPath at)
    {
        return switch (check.getHealthCheckerCase())
        {
            case HTTP_HEALTH_CHECK -> http(check.getHttpHealthCheck(), cluster, at.field("http_health_check"));
            case GRPC_HEALTH_CHECK -> grpc(check, cluster, at.field("grpc_health_check"));
            case TCP_HEALTH_CHECK -> tcp(check.getTcpHealthCheck(), at.field("tcp_health_check"));
            default ->
            {
                checks.fault(at, "needs http_health_check, grpc_health_check or tcp_health_check");
                yield null;
            }
        };
    }

    private Probe http(final HttpHealthCheck check, final String cluster, final FieldPath path)
    {
        checks.required(check.getPath(), path.field("path"));
        checkText(check.getPath(), "[^\\x00-\\x20\\x7f]*", path.field("path"));
        checkText(check.getHost(), VALUE, path.field("host"));
        if (check.getMethod() == RequestMethod.CONNECT)
        {
            checks.fault(path.field("method"), "must not be CONNECT");
        }
        return new HttpProbe(
            check.getMethod() == RequestMethod.METHOD_UNSPECIFIED ? "GET" : check.getMethod().name(), check.getPath(),
            check.getHost().isEmpty() ? cluster : check.getHost(),
            fields(check.getRequestHeadersToAddList(), path.field("request_headers_to_add")),
            check.getExpectedStatusesCount() == 0 ? List.of(new Range(OK, OK + 1)) :
                ranges(check.getExpectedStatusesList(), path.field("expected_statuses")),
            ranges(check.getRetriableStatusesList(), path.field("retriable_statuses")),
            check.getCodecClientType() == CodecClientType.HTTP2);
    }

    private Probe grpc(
        final io.envoyproxy.envoy.config.core.v3.HealthCheck config, final String cluster, final FieldPath path)
    {
        final GrpcHealthCheck check = config.getGrpcHealthCheck();
        checkText(check.getAuthority(), VALUE, path.field("authority"));
        return new GrpcProbe(check.getServiceName(), check.getAuthority().isEmpty() ? cluster : check.getAuthority(),
            fields(check.getInitialMetadataList(), path.field("initial_metadata")),
            Durations.toNanos(config.getTimeout()));
    }

    private Map<String, String> fields(final List<HeaderValueOption> options, final FieldPath path)
    {
        final Map<String, String> fields = new LinkedHashMap<>();
        for (int i = 0; i < options.size(); i++)
        {
            final HeaderValueOption option = options.get(i);
            final FieldPath at = path.at(i);
            if (option.getAppendActionValue() != 0 || option.hasAppend() || option.getKeepEmptyValue())
            {
                checks.fault(at, "only header with append_action APPEND_IF_EXISTS_OR_ADD is supported here");
            }
            checks.required(option.getHeader().getKey(), at.field("header").field("key"));
            checkText(option.getHeader().getKey(), NAME, at.field("header").field("key"));
            checkText(option.getHeader().getValue(), VALUE, at.field("header").field("value"));
            if (option.getHeader().getValue().isEmpty())
            {
                continue;
            }
            final String name = option.getHeader().getKey().toLowerCase(Locale.ROOT);
            final String separator = name.equals("cookie") ? "; " : ",";
            fields.merge(name, option.getHeader().getValue(), (first, second) -> first + separator + second);
        }
        return fields;
    }

    private void checkText(final String text, final String allowed, final FieldPath path)
    {
        if (!text.isEmpty() && !text.matches(allowed))
        {
            checks.fault(path, "has characters that are not supported here: '" + text + "'");
        }
    }

    private List<Range> ranges(final List<Int64Range> ranges, final FieldPath path)
    {
        for (int i = 0; i < ranges.size(); i++)
        {
            final Int64Range range = ranges.get(i);
            if (range.getStart() < LEAST_STATUS || range.getEnd() > BEHIND_STATUSES ||
                range.getStart() >= range.getEnd())
            {
                checks.fault(path.at(i), "must be from 100 to 600, with its end behind its start");
            }
        }
        return ranges.stream().map(range -> new Range(range.getStart(), range.getEnd())).toList();
    }

    private Probe tcp(final TcpHealthCheck check, final FieldPath path)
    {
        return new TcpProbe(check.hasSend() ? hex(check.getSend(), path.field("send")) : "",
            check.getReceiveList().stream().map(payload -> hex(payload, path.field("receive"))).toList());
    }

    /** Text is hexadecimal digits, as in Envoy. */
    private String hex(final Payload payload, final FieldPath path)
    {
        if (payload.hasBinary())
        {
            return HexFormat.of().formatHex(payload.getBinary().toByteArray());
        }
        final byte[] text = payload.getText().getBytes(StandardCharsets.UTF_8);
        if (text.length == 0 || text.length % 2 != 0 || !payload.getText().matches("[0-9a-fA-F]+"))
        {
            checks.fault(path, "text must be hexadecimal digits, two for each byte");
            return "";
        }
        return payload.getText().toLowerCase(Locale.ROOT);
    }
}
