package dev.ringway.system;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;


/**
 * What Envoy refuses of filter chains and listener filters is refused here, and what it takes is taken, but for what is
 * listed as refused here alone.
 */
final class ListenerConfigComparisonTest
{
    private static final String TCP = "filters: [ { name: tcp, typed_config: { \"@type\": " +
        "type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy, stat_prefix: t, cluster: a } } ]";
    private static final String HTTP = "filters: [ { name: http, typed_config: { \"@type\": type.googleapis.com/" +
        "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager, stat_prefix: t, " +
        "route_config: {}, http_filters: [ { name: r, typed_config: { \"@type\": " +
        "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router } } ] } } ]";
    private static final String FILTER = "type.googleapis.com/envoy.extensions.filters.listener.";

    @TempDir
    private static Path directory;

    private static Path bootstrap(final String options) throws IOException
    {
        return bootstrap(options, "");
    }

    private static Path bootstrap(final String options, final String cluster) throws IOException
    {
        return Files.writeString(directory.resolve("bootstrap.yaml"), """
            static_resources:
              listeners:
              - name: in
                address: { socket_address: { address: 127.0.0.1, port_value: 0 } }
                %s
              clusters:
              - { name: a, type: STATIC%s }
            """.formatted(options, cluster));
    }

    private static void compare(final String options, final String how) throws Exception
    {
        compare(bootstrap(options), how);
    }

    private static void compare(final Path bootstrap, final String how) throws Exception
    {
        ConfigVerdicts.compare(directory, bootstrap, how);
    }

    /** Matches of one, two or three chains, separated by semicolons; a dash stands for a chain without one. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        -                                                              | taken
        - ; -                                                          | refused
        destination_port: 1 ; destination_port: 2 ; -                  | taken
        destination_port: 1 ; destination_port: 1                      | refused
        destination_port: 0                                            | refused
        destination_port: 65535                                        | taken
        destination_port: 65536                                        | refused
        prefix_ranges: [{ address_prefix: 10.1.2.3, prefix_len: 8 }] ; prefix_ranges: [{ address_prefix: 10.0.0.0, prefix_len: 8 }] | refused
        prefix_ranges: [{ address_prefix: 10.0.0.0, prefix_len: 8 }] ; prefix_ranges: [{ address_prefix: 10.0.0.0, prefix_len: 9 }] | taken
        prefix_ranges: [{ address_prefix: "fd00::", prefix_len: 8 }] ; - | taken
        prefix_ranges: [{ address_prefix: 10.0.0.0, prefix_len: 33 }]  | refused here
        prefix_ranges: [{ address_prefix: 10.0.0 }]                    | refused
        server_names: [a.test] ; server_names: [b.test]                | taken
        server_names: [a.test] ; server_names: [b.test, a.test]        | refused
        server_names: [a.test] ; server_names: [A.TEST]                | refused
        server_names: [a.test, a.test]                                 | refused
        server_names: ["*.test"] ; server_names: [a.test] ; server_names: ["*.a.test"] | taken
        server_names: ["*.test"] ; server_names: ["*.test"]            | refused
        server_names: ["w*.test"]                                      | refused
        server_names: ["a.*.test"]                                     | refused
        server_names: ["*"]                                            | refused
        server_names: ["*.*.test"]                                     | refused here
        server_names: [a.test], application_protocols: [h2] ; server_names: [a.test] | taken
        server_names: [a.test], application_protocols: [h2] ; server_names: [a.test], application_protocols: ["http/1.1", h2] | refused
        transport_protocol: tls ; transport_protocol: raw_buffer       | taken
        transport_protocol: tls ; transport_protocol: tls              | refused
        transport_protocol: anything                                   | taken
        direct_source_prefix_ranges: [{ address_prefix: 10.0.0.0, prefix_len: 8 }] ; - | taken
        source_type: EXTERNAL ; source_type: SAME_IP_OR_LOOPBACK ; -   | taken
        source_type: EXTERNAL ; source_type: EXTERNAL                  | refused
        source_type: NOWHERE                                           | refused
        source_prefix_ranges: [{ address_prefix: 10.0.0.0, prefix_len: 8 }], source_ports: [1, 2] ; source_prefix_ranges: [{ address_prefix: 10.0.0.0, prefix_len: 8 }] | taken
        source_ports: [1, 2] ; source_ports: [2]                       | refused
        source_ports: [0]                                              | refused
        source_ports: [65536]                                          | refused
        address_suffix: 10.0.0.0                                       | refused
        suffix_len: 8                                                  | refused
        """)
    void shouldTakeAndRefuseTheSameMatches(final String matches, final String how) throws Exception
    {
        final StringBuilder chains = new StringBuilder();
        int count = 0;
        for (final String match : matches.split(";"))
        {
            chains.append(count == 0 ? "" : ", ").append("{ name: c").append(count++);
            if (!match.strip().equals("-"))
            {
                chains.append(", filter_chain_match: { ").append(match.strip()).append(" }");
            }
            chains.append(", ").append(TCP).append(" }");
        }
        compare("filter_chains: [ " + chains + " ]", how);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        filter_chains: [ ]                                                               | refused
        default_filter_chain: { CHAIN }                                                  | taken
        filter_chains: [ { CHAIN } ], default_filter_chain: { CHAIN }                    | taken
        filter_chains: [ { name: x, filter_chain_match: { destination_port: 1 }, CHAIN }, { name: x, CHAIN } ] | taken
        default_filter_chain: { filter_chain_match: { destination_port: 1 }, CHAIN }     | taken
        listener_filters_timeout: 0s, default_filter_chain: { CHAIN }                    | taken
        listener_filters_timeout: -1s, default_filter_chain: { CHAIN }                   | refused
        continue_on_listener_filters_timeout: true, default_filter_chain: { CHAIN }      | taken
        use_original_dst: true, default_filter_chain: { CHAIN }                          | refused here
        """)
    void shouldTakeAndRefuseTheSameListeners(final String options, final String how) throws Exception
    {
        compare(options.replace("CHAIN", TCP).replace("], ", "]\n    ").replace("s, ", "s\n    ")
            .replace("true, ", "true\n    "), how);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        proxy_protocol.v3.ProxyProtocol |                                                | taken
        proxy_protocol.v3.ProxyProtocol | allow_requests_without_proxy_protocol: true    | taken
        proxy_protocol.v3.ProxyProtocol | disallowed_versions: [V1], stat_prefix: p      | taken
        proxy_protocol.v3.ProxyProtocol | disallowed_versions: [V1, V2]                  | refused
        proxy_protocol.v3.ProxyProtocol | disallowed_versions: [V3]                      | refused
        proxy_protocol.v3.ProxyProtocol | pass_through_tlvs: { match_type: INCLUDE_ALL } | taken
        proxy_protocol.v3.ProxyProtocol | rules: [{ tlv_type: 2, on_tlv_present: { key: a } }] | taken
        proxy_protocol.v3.ProxyProtocol | rules: [{ on_tlv_present: { metadata_namespace: a, key: b } }] | taken
        proxy_protocol.v3.ProxyProtocol | rules: [{ on_tlv_present: { metadata_namespace: envoy.lb, key: b } }] | refused here
        proxy_protocol.v3.ProxyProtocol | rules: [{ tlv_type: 1, on_tlv_present: {} }] | refused
        proxy_protocol.v3.ProxyProtocol | rules: [{ tlv_type: 1 }]                     | refused here
        proxy_protocol.v3.ProxyProtocol | rules: [{ tlv_type: 256 }]                     | refused
        tls_inspector.v3.TlsInspector   |                                                | taken
        tls_inspector.v3.TlsInspector   | enable_ja3_fingerprinting: false               | taken
        tls_inspector.v3.TlsInspector   | enable_ja3_fingerprinting: true                | refused here
        tls_inspector.v3.TlsInspector   | initial_read_buffer_size: 255                  | refused
        tls_inspector.v3.TlsInspector   | initial_read_buffer_size: 1024                 | refused here
        http_inspector.v3.HttpInspector |                                                | taken
        original_dst.v3.OriginalDst     |                                                | taken
        no_such.v3.Filter               |                                                | refused
        """)
    void shouldTakeAndRefuseTheSameFilters(final String type, final String options, final String how) throws Exception
    {
        compare("listener_filters: [ { name: f, typed_config: { \"@type\": \"" + FILTER + type + "\"" +
            (options == null ? "" : ", " + options) + " } } ]\n    default_filter_chain: { " + TCP + " }", how);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        tcp  | max_downstream_connection_duration: 0.001s                                | taken
        tcp  | max_downstream_connection_duration: 0.0009s                               | refused
        tcp  | max_downstream_connection_duration_jitter_percentage: { value: 100 }      | taken
        tcp  | max_downstream_connection_duration: 1s, max_downstream_connection_duration_jitter_percentage: { value: 100.5 } | refused
        http | common_http_protocol_options: { max_connection_duration: 0.001s }         | taken
        http | common_http_protocol_options: { max_connection_duration: 0s }             | refused here
        http | common_http_protocol_options: { max_connection_duration: -1s }            | refused
        http | common_http_protocol_options: { max_connection_duration_jitter: { value: 100 } } | taken
        http | common_http_protocol_options: { max_connection_duration: 1s, max_connection_duration_jitter: { value: -1 } } | refused
        http | http1_safe_max_connection_duration: true                                  | taken
        http | drain_timeout: 0s, drain_timeout_jitter: { value: 100 }                   | taken
        http | drain_timeout_jitter: { value: 101 }                                      | refused
        """)
    void shouldTakeAndRefuseTheSameAges(final String filter, final String options, final String how) throws Exception
    {
        compare("default_filter_chain: { " + (filter.equals("tcp") ? TCP : HTTP)
            .replace("stat_prefix: t", "stat_prefix: t, " + options) + " }", how);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        config: { version: V1 }, transport_socket: RAW                  | taken
        config: { version: V2 }, transport_socket: RAW                  | taken
        transport_socket: RAW                                           | taken
        config: { version: V1 }, transport_socket: TLS                  | taken
        config: { version: V3 }, transport_socket: RAW                  | refused
        config: { version: V1 }                                         | refused
        config: { version: V2, pass_through_tlvs: { match_type: INCLUDE_ALL } }, transport_socket: RAW | taken
        config: { version: V2, added_tlvs: [ { type: 234, value: YQ== } ] }, transport_socket: RAW     | taken
        config: { version: V1, added_tlvs: [ { type: 234, value: YQ== } ] }, transport_socket: RAW     | refused here
        config: { version: V2, added_tlvs: [ { type: 256, value: YQ== } ] }, transport_socket: RAW     | refused
        config: { version: V2, added_tlvs: [ { type: 234 } ] }, transport_socket: RAW                  | refused
        """)
    void shouldTakeAndRefuseTheSameTransportSockets(final String options, final String how) throws Exception
    {
        final String sockets = "\"@type\": type.googleapis.com/envoy.extensions.transport_sockets.";
        final String config = options.replace("RAW", "{ name: r, typed_config: { " + sockets +
            "raw_buffer.v3.RawBuffer } }").replace("TLS", "{ name: s, typed_config: { " + sockets +
            "tls.v3.UpstreamTlsContext } }");
        compare(bootstrap("default_filter_chain: { " + TCP + " }", ", transport_socket: { name: p, typed_config: { " +
            sockets + "proxy_protocol.v3.ProxyProtocolUpstreamTransport, " + config + " } }"), how);
    }
}
