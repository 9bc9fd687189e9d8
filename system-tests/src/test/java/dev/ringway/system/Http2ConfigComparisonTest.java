package dev.ringway.system;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;


/**
 * What Envoy refuses of HTTP/2 settings is refused here, and what it takes is taken, but for what is listed as refused
 * here alone.
 */
final class Http2ConfigComparisonTest
{
    private static final String OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

    @TempDir
    private static Path directory;

    private static Path bootstrap(final String managerOptions, final String clusterOptions) throws IOException
    {
        final String address = Bootstraps.tcpAddress("127.0.0.1", 9);
        return Files.writeString(directory.resolve("bootstrap.yaml"), "static_resources:\n  listeners:\n" +
            Bootstraps.http("in", Bootstraps.tcpAddress("127.0.0.1", 0), managerOptions,
                "- match: { prefix: / }\n  route: { cluster: a }\n") +
            "  clusters:\n" + Bootstraps.cluster("a", "STATIC", address) + clusterOptions.indent(4));
    }

    private static String clusterOptions(final String options)
    {
        return "typed_extension_protocol_options: { " + OPTIONS + ": { \"@type\": type.googleapis.com/" + OPTIONS +
            ", " + options + " } }";
    }

    private static void compare(final Path bootstrap, final String how) throws Exception
    {
        ConfigVerdicts.compare(directory, bootstrap, how);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        max_concurrent_streams: 0                  | refused
        max_concurrent_streams: 1                  | taken
        max_concurrent_streams: 2147483647         | taken
        max_concurrent_streams: 2147483648         | refused
        max_concurrent_streams: 4294967296         | refused
        initial_stream_window_size: 65534          | refused
        initial_stream_window_size: 65535          | taken
        initial_stream_window_size: 2147483647     | taken
        initial_stream_window_size: 2147483648     | refused
        initial_connection_window_size: 65534      | refused
        initial_connection_window_size: 65535      | taken
        initial_connection_window_size: 2147483647 | taken
        initial_connection_window_size: 2147483648 | refused
        initial_stream_window_size: 1048576, initial_connection_window_size: 65535 | taken
        hpack_table_size: 0                        | taken
        hpack_table_size: 65536                    | taken
        hpack_table_size: 65537                    | refused here
        max_outbound_frames: 0                     | refused
        max_outbound_frames: 1                     | taken
        max_outbound_frames: 4294967295            | taken
        max_outbound_control_frames: 0             | refused
        max_outbound_control_frames: 1             | taken
        max_consecutive_inbound_frames_with_empty_payload: 0    | taken
        max_consecutive_inbound_frames_with_empty_payload: -1   | refused
        max_inbound_priority_frames_per_stream: 0               | taken
        max_inbound_window_update_frames_per_data_frame_sent: 0 | refused
        max_inbound_window_update_frames_per_data_frame_sent: 1 | taken
        override_stream_error_on_invalid_http_message: true     | taken
        override_stream_error_on_invalid_http_message: 1        | refused
        stream_error_on_invalid_http_messaging: true            | taken
        allow_connect: true                        | taken
        allow_metadata: false                      | taken
        allow_metadata: true                       | refused here
        use_oghttp2_codec: false                   | taken
        max_metadata_size: 1024                    | refused here
        custom_settings_parameters: []             | taken
        custom_settings_parameters: [{ identifier: 10, value: 5 }] | refused here
        custom_settings_parameters: [{ identifier: 2, value: 1 }]  | refused
        custom_settings_parameters: [{ identifier: 65536, value: 1 }] | refused
        connection_keepalive: {}                   | refused
        connection_keepalive: { timeout: 1s }      | taken
        connection_keepalive: { interval: 1s }     | refused
        connection_keepalive: { interval: 1s, timeout: 5s }         | taken
        connection_keepalive: { interval: 0.001s, timeout: 0.001s } | taken
        connection_keepalive: { interval: 0.0009s, timeout: 1s }    | refused
        connection_keepalive: { interval: 1s, timeout: 0.0009s }    | refused
        connection_keepalive: { interval: 1s, timeout: -1s }        | refused
        connection_keepalive: { interval: 1s, timeout: 1s, interval_jitter: { value: 0 } } | refused here
        connection_keepalive: { timeout: 1s, connection_idle_interval: 1s } | refused here
        stream_reset_rate: 33                      | refused here
        no_such_field: 1                           | refused
        """)
    void shouldTakeAndRefuseAsEnvoyDoes(final String options, final String how) throws Exception
    {
        compare(bootstrap("http2_protocol_options: { " + options + " }", ""), how);
    }

    @ParameterizedTest
    @CsvSource({"AUTO, taken", "HTTP1, taken", "HTTP2, taken", "HTTP3, refused", "HTTP4, refused"})
    void shouldTakeTheSameCodecTypes(final String type, final String how) throws Exception
    {
        compare(bootstrap("codec_type: " + type, ""), how);
        compare(bootstrap("codec_type: " + type + "\nhttp2_protocol_options: {}", ""), how);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        explicit_http_config: {}                                 | refused
        explicit_http_config: { http_protocol_options: {} }      | taken
        explicit_http_config: { http2_protocol_options: {} }     | taken
        explicit_http_config: { http3_protocol_options: {} }     | refused
        explicit_http_config: { http2_protocol_options: { max_concurrent_streams: 0 } }        | refused
        explicit_http_config: { http2_protocol_options: { initial_stream_window_size: 1 } }    | refused
        explicit_http_config: { http2_protocol_options: { max_outbound_frames: 1 } }           | taken
        explicit_http_config: { http2_protocol_options: { connection_keepalive: {} } }         | refused
        explicit_http_config: { http2_protocol_options: { allow_metadata: true } }             | refused here
        explicit_http_config: { http_protocol_options: {}, http2_protocol_options: {} } | refused
        common_http_protocol_options: { idle_timeout: 1s }       | refused
        common_http_protocol_options: { idle_timeout: 1s }, explicit_http_config: { http2_protocol_options: {} } | taken
        auto_config: {}                                          | refused
        use_downstream_protocol_config: {}                       | refused here
        use_downstream_protocol_config: { http2_protocol_options: {} } | refused here
        """)
    void shouldTakeTheSameWaysToChooseAProtocol(final String options, final String how) throws Exception
    {
        compare(bootstrap("", clusterOptions(options)), how);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        []                                                         | taken   | taken
        [{ upgrade_type: websocket }]                              | taken   | taken
        [{ upgrade_type: WebSocket, enabled: false }]              | taken   | taken
        [{ upgrade_type: SPDY/3.1 }, { upgrade_type: tcp }]        | taken   | taken
        [{ upgrade_type: a }, { upgrade_type: a }]                 | refused | refused
        [{ upgrade_type: a }, { upgrade_type: A }]                 | refused | refused
        [{}]                                                       | refused here | refused
        [{ upgrade_type: "" }]                                     | refused here | refused
        [{ upgrade_type: "a\\r\\n" }]                              | refused here | refused
        [{ upgrade_type: "a b" }]                                  | refused here | refused here
        [{ upgrade_type: h2c }]                                    | refused here | refused here
        [{ upgrade_type: a, enabled: 1 }]                          | refused | refused
        [{ upgrade_type: a, connect_config: {} }]                  | refused | refused
        [{ upgrade_type: a, no_such_field: 1 }]                    | refused | refused
        """)
    void shouldTakeTheSameUpgrades(final String configs, final String how, final String howOfRoute) throws Exception
    {
        compare(bootstrap("upgrade_configs: " + configs, ""), how);
        compare(Files.writeString(directory.resolve("route.yaml"), Files.readString(bootstrap("", ""))
            .replace("route: { cluster: a }", "route: { cluster: a, upgrade_configs: " + configs + " }")), howOfRoute);
    }

    @Test
    void shouldRefuseTheOlderPlaceBesideTheNewer() throws Exception
    {
        compare(bootstrap("", "http2_protocol_options: {}"), "taken");
        compare(bootstrap("", "http2_protocol_options: { max_concurrent_streams: 0 }"), "refused");
        compare(bootstrap("", "http2_protocol_options: {}\nprotocol_selection: USE_DOWNSTREAM_PROTOCOL"),
            "refused here");
        compare(bootstrap("", "http2_protocol_options: {}\n" +
            clusterOptions("explicit_http_config: { http_protocol_options: {} }")), "refused here");
    }
}
