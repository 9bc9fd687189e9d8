package dev.ringway.control.translate;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.ringway.control.config.BootstrapLoader;
import dev.ringway.control.config.ConfigError;
import dev.ringway.control.config.ConfigErrors;
import dev.ringway.control.config.ConfigException;
import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.httpfilters.CallNames;
import dev.ringway.engine.snapshot.Cluster;
import dev.ringway.engine.snapshot.CodecType;
import dev.ringway.engine.snapshot.Http2Options;
import dev.ringway.engine.snapshot.HttpConnectionManager;
import io.envoyproxy.envoy.config.bootstrap.v3.LayeredRuntime;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap.StaticResources;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What HTTP/2 settings mean, apart from whether HTTP/2 is served. */
class Http2TranslatorTest
{
    private static final RuntimeValues NO_RUNTIME = new RuntimeValues(LayeredRuntime.getDefaultInstance());

    private static final String NOT_YET = "is not supported yet";
    private static final Pattern PARENTS =
        Pattern.compile("^static_resources\\.(listeners.*typed_config|clusters\\[0])\\.");
    private static final String OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

    private final NamedCounters counters = new NamedCounters();
    private final List<String> faults = new ArrayList<>();
    private HttpConnectionManager manager;
    private Cluster cluster;

    /** Translates a connection manager and a cluster with these fields. */
    private void translate(final String managerFields, final String clusterFields)
    {
        final String yaml = """
            static_resources:
              listeners:
              - address: {socket_address: {address: 127.0.0.1, port_value: 0}}
                filter_chains:
                - filters:
                  - name: http
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                      stat_prefix: web
                      %s
                      http_filters:
                      - name: router
                        typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
                      route_config: {virtual_hosts: [{name: a, domains: ["*"], routes: [
                        {match: {prefix: /}, route: {cluster: app}}]}]}
              clusters:
              - name: app
                %s
            """.formatted(managerFields, clusterFields);
        final ConfigErrors errors = new ConfigErrors();
        try
        {
            translate(new BootstrapLoader(false).load(null, yaml).bootstrap().getStaticResources(), errors);
            note(errors.errors());
        }
        catch (final ConfigException ex)
        {
            note(ex.errors());
        }
    }

    private void translate(final StaticResources resources, final ConfigErrors errors)
    {
        final Checks checks = new Checks(errors);
        final Listener listener = resources.getListeners(0);
        final FieldPath root = FieldPath.ROOT.field("static_resources");
        final RateLimitRules limits = new RateLimitRules(checks, new ConditionTranslator(checks, NO_RUNTIME), "own");
        final HttpTranslator http = new HttpTranslator(checks,
            new RouteTranslator(checks, Map.of("app", 0), Set.of(), NO_RUNTIME, limits),
            new HttpFilterTranslator(checks, counters, (name, error) -> { }, CallNames.NONE, NO_RUNTIME, limits),
            new AccessLogTranslator(new SinkTable(), checks, NO_RUNTIME), counters);
        try
        {
            manager = http.translate(
                io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                    .parseFrom(listener.getFilterChains(0).getFilters(0).getTypedConfig().getValue()),
                root.field("listeners").at(0).field("filter_chains").at(0).field("filters").at(0).field("typed_config"),
                listener, "l");
        }
        catch (final InvalidProtocolBufferException ex)
        {
            throw new AssertionError(ex);
        }
        cluster = new ClusterTranslator(checks, new TlsContexts(), new IdTable(), counters,
            new RuntimeValues(LayeredRuntime.getDefaultInstance()))
            .translate(resources.getClusters(0), root.field("clusters").at(0)).cluster();
    }

    private void note(final List<ConfigError> errors)
    {
        for (final ConfigError error : errors)
        {
            if (!error.reason().equals(NOT_YET))
            {
                faults.add(PARENTS.matcher(error.path()).replaceFirst("") + ": " + error.reason());
            }
        }
    }

    private void translateManager(final String options)
    {
        translate("http2_protocol_options: {" + options + "}", "");
    }

    private void translateCluster(final String httpOptions)
    {
        translate("", "typed_extension_protocol_options: {" + OPTIONS +
            ": {\"@type\": type.googleapis.com/" + OPTIONS + ", " + httpOptions + "}}");
    }

    /** The defaults with some changes, as text. */
    private static String expected(final String changes)
    {
        String expected = Http2Options.DEFAULT.toString();
        for (final String change : changes.split(" "))
        {
            final String name = change.substring(0, change.indexOf('=') + 1);
            assertTrue(expected.contains(name), name);
            expected = expected.replaceFirst(name + "[^],]*", change);
        }
        return expected;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        max_concurrent_streams: 1                  | maxConcurrentStreams=1
        max_concurrent_streams: 2147483647         | maxConcurrentStreams=2147483647
        initial_stream_window_size: 65535          | initialStreamWindowSize=65535
        initial_stream_window_size: 2147483647     | initialStreamWindowSize=2147483647
        initial_connection_window_size: 65535      | initialConnectionWindowSize=65535
        initial_connection_window_size: 2147483647 | initialConnectionWindowSize=2147483647
        hpack_table_size: 0                        | headerTableSize=0
        hpack_table_size: 65536                    | headerTableSize=65536
        max_outbound_frames: 1                     | maxOutboundFrames=1
        max_outbound_frames: 4294967295            | maxOutboundFrames=2147483647
        max_outbound_control_frames: 1             | maxOutboundControlFrames=1
        max_outbound_control_frames: 4294967295    | maxOutboundControlFrames=2147483647
        max_consecutive_inbound_frames_with_empty_payload: 0  | maxConsecutiveEmptyFrames=0
        max_consecutive_inbound_frames_with_empty_payload: 9  | maxConsecutiveEmptyFrames=9
        max_inbound_priority_frames_per_stream: 0  | maxPriorityFramesPerStream=0
        max_inbound_priority_frames_per_stream: 7  | maxPriorityFramesPerStream=7
        max_inbound_window_update_frames_per_data_frame_sent: 1 | maxWindowUpdatesPerDataFrame=1
        max_inbound_window_update_frames_per_data_frame_sent: 3 | maxWindowUpdatesPerDataFrame=3
        override_stream_error_on_invalid_http_message: true   | streamErrorOnInvalidMessage=true
        stream_error_on_invalid_http_messaging: true          | streamErrorOnInvalidMessage=true
        override_stream_error_on_invalid_http_message: false, stream_error_on_invalid_http_messaging: true \
            | streamErrorOnInvalidMessage=false
        allow_connect: true                        | allowConnect=true
        allow_connect: false                       | allowConnect=false
        allow_metadata: false                      | allowConnect=false
        use_oghttp2_codec: true                    | allowConnect=false
        use_oghttp2_codec: false                   | allowConnect=false
        custom_settings_parameters: []             | allowConnect=false
        connection_keepalive: {timeout: 2s}        | keepaliveTimeoutNs=2000000000
        connection_keepalive: {interval: 0.001s, timeout: 0.001s} \
            | keepaliveIntervalNs=1000000 keepaliveTimeoutNs=1000000
        connection_keepalive: {interval: 30s, timeout: 5s} \
            | keepaliveIntervalNs=30000000000 keepaliveTimeoutNs=5000000000
        max_concurrent_streams: 7, max_outbound_frames: 8 | maxConcurrentStreams=7 maxOutboundFrames=8
        """)
    void shouldTakeWhatIsInRange(final String options, final String changes)
    {
        translateManager(options);
        assertEquals(List.of(), faults);
        assertEquals(expected(changes), manager.http2().toString());
        assertNull(cluster.http2());
        translateCluster("explicit_http_config: {http2_protocol_options: {" + options + "}}");
        assertEquals(List.of(), faults);
        assertEquals(expected(changes), cluster.http2().toString());
        assertEquals(Http2Options.DEFAULT, manager.http2());
        translate("", "http2_protocol_options: {" + options + "}");
        assertEquals(List.of(), faults);
        assertEquals(expected(changes), cluster.http2().toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        max_concurrent_streams: 0          | max_concurrent_streams: must be at least 1, not 0
        max_concurrent_streams: 2147483648 | max_concurrent_streams: must be from 1 to 2147483647, not 2147483648
        max_concurrent_streams: 4294967295 | max_concurrent_streams: must be from 1 to 2147483647, not 4294967295
        initial_stream_window_size: 65534  | initial_stream_window_size: must be at least 65535, not 65534
        initial_stream_window_size: 2147483648 \
            | initial_stream_window_size: must be from 65535 to 2147483647, not 2147483648
        initial_connection_window_size: 0  | initial_connection_window_size: must be at least 65535, not 0
        initial_connection_window_size: 2147483648 \
            | initial_connection_window_size: must be from 65535 to 2147483647, not 2147483648
        hpack_table_size: 65537            | hpack_table_size: must be from 0 to 65536, not 65537
        max_outbound_frames: 0             | max_outbound_frames: must be at least 1, not 0
        max_outbound_control_frames: 0     | max_outbound_control_frames: must be at least 1, not 0
        max_inbound_window_update_frames_per_data_frame_sent: 0 \
            | max_inbound_window_update_frames_per_data_frame_sent: must be at least 1, not 0
        connection_keepalive: {}             | connection_keepalive.timeout: is required
        connection_keepalive: {interval: 1s} | connection_keepalive.timeout: is required
        connection_keepalive: {interval: 0.0009s, timeout: 1s} \
            | connection_keepalive.interval: must be at least 0.001s
        connection_keepalive: {timeout: 0s}  | connection_keepalive.timeout: must be at least 0.001s
        allow_metadata: true                 | allow_metadata: 'true' is not supported; supported: false
        max_metadata_size: 1024              | max_metadata_size: is not supported
        custom_settings_parameters: [{identifier: 10, value: 1}] | custom_settings_parameters: is not supported
        connection_keepalive: {timeout: 1s, interval_jitter: {value: 1}} \
            | connection_keepalive.interval_jitter: is not supported
        connection_keepalive: {timeout: 1s, connection_idle_interval: 1s} \
            | connection_keepalive.connection_idle_interval: is not supported
        stream_reset_rate: 1                 | stream_reset_rate: is not a field of
        """)
    void shouldRefuseByPath(final String options, final String fault)
    {
        translateManager(options);
        assertOnly("http2_protocol_options." + fault);
        translateCluster("explicit_http_config: {http2_protocol_options: {" + options + "}}");
        assertOnly("typed_extension_protocol_options[\"" + OPTIONS +
            "\"].explicit_http_config.http2_protocol_options." + fault);
        translate("", "http2_protocol_options: {" + options + "}");
        assertOnly("http2_protocol_options." + fault);
    }

    private void assertOnly(final String fault)
    {
        assertEquals(1, faults.size(), faults.toString());
        assertTrue(faults.get(0).startsWith(fault), faults.get(0));
        faults.clear();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        auto_config: {}                        | auto_config: is not supported
        use_downstream_protocol_config: {}     | use_downstream_protocol_config: is not supported
        explicit_http_config: {http3_protocol_options: {}} \
            | explicit_http_config.http3_protocol_options: is not supported
        explicit_http_config: {}               | explicit_http_config: needs http_protocol_options or http2_
        common_http_protocol_options: {}       | explicit_http_config: needs http_protocol_options or http2_
        explicit_http_config: {http2_protocol_options: {}}, common_http_protocol_options: {max_headers_count: 1} \
            | common_http_protocol_options.max_headers_count: is not supported for clusters
        """)
    void shouldRefuseOtherWaysToChooseAProtocol(final String options, final String fault)
    {
        translateCluster(options);
        assertOnly("typed_extension_protocol_options[\"" + OPTIONS + "\"]." + fault);
    }

    @Test
    void shouldRefuseTheOlderPlaceBesideTheNewer()
    {
        translate("", "http2_protocol_options: {}\n    typed_extension_protocol_options: {" + OPTIONS +
            ": {\"@type\": type.googleapis.com/" + OPTIONS + ", explicit_http_config: {http_protocol_options: {}}}}");
        assertOnly("http2_protocol_options: is without effect beside " + OPTIONS);
        translate("", "http2_protocol_options: {}\n    protocol_selection: USE_DOWNSTREAM_PROTOCOL");
        assertOnly("protocol_selection: is not supported");
    }

    @ParameterizedTest
    @EnumSource
    void shouldTakeEachCodecType(final CodecType type)
    {
        translate("codec_type: " + type, "");
        assertEquals(List.of(), faults);
        assertEquals(type, manager.codecType());
        assertEquals(Http2Options.DEFAULT, manager.http2());
    }

    @Test
    void shouldSpeakHttp1WithClustersThatDoNotSayOtherwise()
    {
        translate("", "");
        assertEquals(CodecType.AUTO, manager.codecType());
        assertNull(cluster.http2());
        assertNull(cluster.counters().http2);
        translateCluster("explicit_http_config: {http_protocol_options: {}}");
        assertNull(cluster.http2());
        assertFalse(cluster.enableTrailers());
        assertEquals(List.of(), faults);
        assertTrue(counters.names.contains("http2.rx_reset"));
        assertFalse(counters.names.contains("cluster.app.http2.rx_reset"));
    }

    @Test
    void shouldKeepWhatBelongsToBothProtocols()
    {
        translateCluster("explicit_http_config: {http2_protocol_options: {}}, " +
            "common_http_protocol_options: {idle_timeout: 7s, max_requests_per_connection: 5}");
        assertEquals(List.of(), faults);
        assertEquals(7_000_000_000L, cluster.idleTimeoutNs());
        assertEquals(5, cluster.maxRequestsPerConnection());
        assertTrue(cluster.enableTrailers());
        assertTrue(counters.names.contains("cluster.app.http2.rx_reset"));
        translate("", "http2_protocol_options: {}\n    max_requests_per_connection: 6");
        assertEquals(List.of(), faults);
        assertEquals(6, cluster.maxRequestsPerConnection());
        assertTrue(cluster.enableTrailers());
    }
}
