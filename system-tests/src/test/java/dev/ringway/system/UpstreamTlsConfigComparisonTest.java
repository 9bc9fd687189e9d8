package dev.ringway.system;

import dev.ringway.system.Certificates.Certified;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What Envoy refuses of TLS settings of clusters is refused here, and what it takes is taken, but for what is listed as
 * refused here alone.
 */
final class UpstreamTlsConfigComparisonTest
{
    @TempDir
    private static Path directory;

    private static Certified ecdsa;
    private static Path ca;

    @BeforeAll
    static void certify() throws Exception
    {
        final Certificates certificates = new Certificates(directory, "mesh");
        ecdsa = certificates.ecdsa("ecdsa", "dns:localhost");
        ca = certificates.authority();
    }

    private static void compare(final String cluster, final String how) throws Exception
    {
        final Path bootstrap = Files.writeString(directory.resolve("bootstrap.yaml"),
            "static_resources:\n  listeners:\n" + Bootstraps.tcp("in", Bootstraps.tcpAddress("127.0.0.1", 0), "a") + "  clusters:\n" +
            Bootstraps.cluster("a", "STATIC", Bootstraps.tcpAddress("127.0.0.1", 9)) + cluster);
        final List<String> faults = ConfigVerdicts.compare(directory, bootstrap, how);
        final String at = "static_resources.clusters[0].";
        assertTrue(faults.stream().allMatch(fault -> fault.startsWith(at)), faults.toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        sni: example.org                                                             | taken
        sni: ""                                                                      | taken
        sni: $LONG                                                                   | refused
        sni: a, auto_host_sni: true                                                  | taken
        max_session_keys: 0                                                          | taken
        max_session_keys: 1000000                                                    | taken
        max_session_keys: -1                                                         | refused
        allow_renegotiation: false                                                   | taken
        allow_renegotiation: true                                                    | refused here
        enforce_rsa_key_usage: true                                                  | refused here
        common_tls_context: {}                                                       | taken
        common_tls_context: { tls_certificates: [ $CERT ] }                          | taken
        common_tls_context: { tls_certificates: [ $CERT, $CERT ] }                   | refused
        common_tls_context: { alpn_protocols: [ h2, http/1.1 ] }                     | taken
        common_tls_context: { tls_params: { tls_maximum_protocol_version: TLSv1_3 } } | taken
        common_tls_context: { tls_params: { tls_minimum_protocol_version: TLSv1_3 } } | taken
        common_tls_context: { tls_params: { tls_minimum_protocol_version: TLSv1_3, tls_maximum_protocol_version: TLSv1_3 } } | taken
        common_tls_context: { validation_context: { trusted_ca: { $CA } } }          | taken
        common_tls_context: { validation_context: { trusted_ca: { filename: /none } } } | refused
        common_tls_context: { validation_context: { match_typed_subject_alt_names: [ { san_type: DNS, matcher: { exact: a } } ] } } | refused
        common_tls_context: { validation_context: { trusted_ca: { $CA }, match_typed_subject_alt_names: [ { san_type: DNS, matcher: { exact: a } } ] } } | taken
        auto_sni_san_validation: true                                                | refused
        sni: a, auto_sni_san_validation: true                                        | refused
        auto_sni_san_validation: true, common_tls_context: { validation_context: { trusted_ca: { $CA } } } | taken
        sni: a, auto_sni_san_validation: true, common_tls_context: { validation_context: { trusted_ca: { $CA } } } | taken
        no_such_field: 1                                                             | refused
        """)
    void shouldTakeTheSameContexts(final String context, final String how) throws Exception
    {
        compare(Bootstraps.upstreamTls(context.replace("$CERT", ecdsa.yaml())
            .replace("$CA", "filename: \"" + ca + "\"").replace("$LONG", "a".repeat(256))), how);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        auto_sni: true                                     | sni: a               | taken
        auto_sni: true                                     | auto_host_sni: true  | refused here
        auto_sni: true                                     |                      | refused here
        auto_sni: true, auto_san_validation: true          | $TRUSTED             | taken
        auto_sni: true, auto_san_validation: true          | sni: a               | refused here
        auto_san_validation: true                          | $TRUSTED             | refused here
        auto_sni: true, override_auto_sni_header: x-host   | sni: a               | refused here
        """)
    void shouldTakeTheSameOptionsForNames(final String options, final String context, final String how)
        throws Exception
    {
        final String type = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
        final String trusted =
            "common_tls_context: { validation_context: { trusted_ca: { filename: \"" + ca + "\" } } }";
        compare((context == null ? "" : Bootstraps.upstreamTls(context.replace("$TRUSTED", trusted))) +
            "    typed_extension_protocol_options: { " + type + ": { \"@type\": type.googleapis.com/" + type +
            ", explicit_http_config: { http_protocol_options: {} }, upstream_http_protocol_options: { " + options +
            " } } }\n", how);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        sni: a |                                                                   | taken
        sni: a | , tls_options: {}                                                 | taken
        sni: a | , tls_options: { alpn_protocols: [ h2, http/1.1 ] }               | taken
        sni: a | , transport_socket_match_criteria: { a: b }                       | refused here
               | , tls_options: { alpn_protocols: [ h2 ] }                         | refused here
        """)
    void shouldTakeTheSameHealthChecks(final String context, final String options, final String how) throws Exception
    {
        compare((context == null ? "" : Bootstraps.upstreamTls(context)) + "    health_checks: [ { timeout: 1s, " +
            "interval: 1s, unhealthy_threshold: 1, healthy_threshold: 1, tcp_health_check: {}" +
            (options == null ? "" : options) + " } ]\n", how);
    }

    @Test
    void shouldRefuseProtocolsOfHealthChecksWhereConnectionsAreClear() throws Exception
    {
        compare("    transport_socket: { name: raw, typed_config: { \"@type\": type.googleapis.com/" +
            "envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer } }\n    health_checks: [ { timeout: 1s, " +
            "interval: 1s, unhealthy_threshold: 1, healthy_threshold: 1, tcp_health_check: {}, " +
            "tls_options: { alpn_protocols: [ h2 ] } } ]\n", "refused here");
    }

    @ParameterizedTest
    @CsvSource({"auto_config: {}, refused here", "explicit_http_config: { http2_protocol_options: {} }, taken"})
    void shouldTakeTheSameWaysToChooseAProtocol(final String options, final String how) throws Exception
    {
        final String type = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
        compare(Bootstraps.upstreamTls("sni: a") + "    typed_extension_protocol_options: { " + type +
            ": { \"@type\": type.googleapis.com/" + type + ", " + options + " } }\n", how);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        { name: tls }                                                                | refused
        { name: tls, typed_config: { "@type": $TLS.DownstreamTlsContext } }          | refused
        { typed_config: { "@type": $TLS.UpstreamTlsContext } }                       | refused
        """)
    void shouldTakeTheSameTransportSockets(final String socket, final String how) throws Exception
    {
        compare("    transport_socket: " + socket.replace("$TLS",
            "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3") + "\n", how);
    }
}
