package dev.ringway.control.translate;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UInt32Value;
import dev.ringway.control.config.ExtensionTypes;
import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.snapshot.ConnectionAge;
import io.envoyproxy.envoy.config.core.v3.Http1ProtocolOptions;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions.ExplicitHttpConfig;

import java.util.Map;
import java.util.concurrent.TimeUnit;

import static dev.ringway.control.config.NewerField.MAX_CONNECTION_DURATION_JITTER;

/**
 * Translates what a cluster says of HTTP, at its own fields and in {@code HttpProtocolOptions}.
 */
// Fields that Envoy deprecates are still what most configurations use.
@SuppressWarnings("deprecation")
final class HttpSettingsTranslator
{
    private static final String HTTP_OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
    private static final long DEFAULT_IDLE_TIMEOUT_NS = TimeUnit.HOURS.toNanos(1);

    private final Checks checks;
    private final Http2Translator http2;

    HttpSettingsTranslator(final Checks checks)
    {
        this.checks = checks;
        http2 = new Http2Translator(checks);
    }

    /**
     * @param config of the cluster.
     * @param path   where it stands.
     * @return what it says, with defaults for the rest.
     */
    HttpSettings translate(
        final io.envoyproxy.envoy.config.cluster.v3.Cluster config, final FieldPath path)
    {
        final FieldPath http2Path = path.field("http2_protocol_options");
        HttpSettings settings = new HttpSettings(
            DEFAULT_IDLE_TIMEOUT_NS,
            ConnectionAge.UNBOUNDED,
            maxRequests(config.hasMaxRequestsPerConnection(), config.getMaxRequestsPerConnection(),
                path.field("max_requests_per_connection")),
            config.hasHttp2ProtocolOptions(),
            config.hasHttp2ProtocolOptions() ?
                http2.translate(true, config.getHttp2ProtocolOptions(), http2Path) : null,
            false, false, null);
        for (final Map.Entry<String, Any> entry : config.getTypedExtensionProtocolOptionsMap().entrySet())
        {
            final FieldPath options = path.field("typed_extension_protocol_options").key(entry.getKey());
            if (!entry.getKey().equals(HTTP_OPTIONS) ||
                !ExtensionTypes.nameOf(entry.getValue().getTypeUrl()).equals(HTTP_OPTIONS))
            {
                checks.fault(options, "is not supported; only " + HTTP_OPTIONS + " under its own name is");
                continue;
            }
            if (config.hasHttp2ProtocolOptions())
            {
                checks.fault(http2Path, "is without effect beside " + HTTP_OPTIONS + "; remove it");
            }
            settings = httpOptions(entry.getValue(), settings, options);
        }
        return settings;
    }

    private HttpSettings httpOptions(final Any any, final HttpSettings unset, final FieldPath path)
    {
        final HttpProtocolOptions options;
        try
        {
            options = HttpProtocolOptions.parseFrom(any.getValue());
        }
        catch (final InvalidProtocolBufferException ex)
        {
            checks.fault(path, "cannot be decoded: " + ex.getMessage());
            return unset;
        }
        final ExplicitHttpConfig explicit = options.getExplicitHttpConfig();
        final FieldPath explicitPath = path.field("explicit_http_config");
        final boolean isHttp2 = explicit.hasHttp2ProtocolOptions();
        if (!isHttp2 && !explicit.hasHttpProtocolOptions())
        {
            checks.fault(explicitPath, "needs http_protocol_options or http2_protocol_options");
        }
        checkHttp1(explicit.getHttpProtocolOptions(), explicitPath.field("http_protocol_options"));
        final io.envoyproxy.envoy.config.core.v3.HttpProtocolOptions common = options.getCommonHttpProtocolOptions();
        final FieldPath commonPath = path.field("common_http_protocol_options");
        onlyForListeners(common.hasMaxHeadersCount(), commonPath.field("max_headers_count"));
        onlyForListeners(common.hasMaxStreamDuration(), commonPath.field("max_stream_duration"));
        onlyForListeners(common.getHeadersWithUnderscoresActionValue() != 0,
            commonPath.field("headers_with_underscores_action"));
        final int maxRequests = maxRequests(common.hasMaxRequestsPerConnection(),
            common.getMaxRequestsPerConnection(), commonPath.field("max_requests_per_connection"));
        return new HttpSettings(
            checks.duration(common.hasIdleTimeout(), common.getIdleTimeout(), commonPath.field("idle_timeout"),
                DEFAULT_IDLE_TIMEOUT_NS),
            age(common, commonPath),
            common.hasMaxRequestsPerConnection() ? maxRequests : unset.maxRequestsPerConnection(),
            isHttp2 || explicit.getHttpProtocolOptions().getEnableTrailers(),
            isHttp2 ? http2.translate(true, explicit.getHttp2ProtocolOptions(),
                explicitPath.field("http2_protocol_options")) : null,
            options.getUpstreamHttpProtocolOptions().getAutoSni(),
            options.getUpstreamHttpProtocolOptions().getAutoSanValidation(),
            path.field("upstream_http_protocol_options"));
    }

    private ConnectionAge age(
        final io.envoyproxy.envoy.config.core.v3.HttpProtocolOptions common, final FieldPath path)
    {
        final long maxNs = checks.duration(common.hasMaxConnectionDuration(), common.getMaxConnectionDuration(),
            path.field("max_connection_duration"), 0);
        return new ConnectionAge(maxNs, checks.part(common, MAX_CONNECTION_DURATION_JITTER, path, maxNs));
    }

    private void checkHttp1(final Http1ProtocolOptions http1, final FieldPath path)
    {
        onlyForListeners(http1.getAcceptHttp10(), path.field("accept_http_10"));
        onlyForListeners(!http1.getDefaultHostForHttp10().isEmpty(), path.field("default_host_for_http_10"));
        onlyForListeners(http1.hasAllowAbsoluteUrl(), path.field("allow_absolute_url"));
    }

    private void onlyForListeners(final boolean isSet, final FieldPath path)
    {
        if (isSet)
        {
            checks.fault(path, "is not supported for clusters; remove it");
        }
    }

    private int maxRequests(final boolean isSet, final UInt32Value value, final FieldPath path)
    {
        return checks.count(isSet, value, path, 0, 0, Integer.MAX_VALUE);
    }
}
