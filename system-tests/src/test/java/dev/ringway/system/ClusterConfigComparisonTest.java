package dev.ringway.system;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Files;
import java.nio.file.Path;

/** What Envoy refuses of how a cluster's connections are opened and bounded is refused here, and what it takes is taken. */
@Timeout(120)
final class ClusterConfigComparisonTest
{
    @TempDir
    private static Path directory;

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        circuit_breakers: { thresholds: [ { priority: HIGH, max_requests: 0 }, {}, { priority: HIGH } ] } | taken
        circuit_breakers: { thresholds: [ { priority: HIGH, retry_budget: { budget_percent: { value: 101 } } } ] } | refused
        circuit_breakers: { thresholds: [ { track_remaining: true } ] } | taken
        upstream_connection_options: { tcp_keepalive: {} }        | taken
        upstream_connection_options: { tcp_keepalive: { keepalive_probes: 0, keepalive_time: 1, keepalive_interval: 2 } } | taken
        upstream_bind_config: {}                                  | taken
        upstream_bind_config: { source_address: { address: 127.0.0.1, port_value: 0 } } | taken
        upstream_bind_config: { source_address: { address: 127.0.0.1 } } | refused
        upstream_bind_config: { source_address: { address: localhost, port_value: 0 } } | refused
        upstream_bind_config: { socket_options: [ { level: 1, name: 36, int_value: 5 } ] } | taken
        upstream_bind_config: { socket_options: [ { level: 1, name: 36, int_value: 5, state: STATE_LISTENING } ] } | refused here
        upstream_bind_config: { socket_options: [ { level: 1, name: 36 } ] } | refused
        preconnect_policy: { per_upstream_preconnect_ratio: 3 }   | taken
        preconnect_policy: { per_upstream_preconnect_ratio: 3.5 } | refused
        preconnect_policy: { per_upstream_preconnect_ratio: 0.9 } | refused
        dns_jitter: 1s                                            | taken
        dns_failure_refresh_rate: { base_interval: 1s, max_interval: 2s } | taken
        dns_failure_refresh_rate: { base_interval: 2s, max_interval: 1s } | refused here
        dns_failure_refresh_rate: {}                              | refused
        respect_dns_ttl: true                                     | taken
        """)
    void shouldJudgeClustersAsEnvoyDoes(final String fields, final String how) throws Exception
    {
        ConfigVerdicts.compare(directory, Files.writeString(directory.resolve("bootstrap.yaml"),
            "static_resources:\n  clusters:\n" +
                Bootstraps.cluster("a", "STATIC", Bootstraps.tcpAddress("127.0.0.1", 9)) +
                "    " + fields + "\n"), how);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        type: ORIGINAL_DST, lb_policy: CLUSTER_PROVIDED                                     | taken
        type: ORIGINAL_DST                                                                  | refused
        type: ORIGINAL_DST, lb_policy: RANDOM                                               | refused
        type: STATIC, lb_policy: CLUSTER_PROVIDED                                           | refused
        type: STATIC, original_dst_lb_config: { use_http_header: true }                     | refused here
        type: STATIC, cleanup_interval: 1s                                                  | refused here
        type: ORIGINAL_DST, lb_policy: CLUSTER_PROVIDED, load_assignment: { cluster_name: a } | refused
        type: ORIGINAL_DST, lb_policy: CLUSTER_PROVIDED, cleanup_interval: 0.001s           | taken
        type: ORIGINAL_DST, lb_policy: CLUSTER_PROVIDED, cleanup_interval: 0s               | refused
        type: ORIGINAL_DST, lb_policy: CLUSTER_PROVIDED, lb_subset_config: { subset_selectors: [ { keys: [ a ] } ] } | refused
        type: ORIGINAL_DST, lb_policy: CLUSTER_PROVIDED, common_lb_config: { }              | taken
        type: ORIGINAL_DST, lb_policy: CLUSTER_PROVIDED, outlier_detection: { }             | taken
        type: ORIGINAL_DST, lb_policy: CLUSTER_PROVIDED, health_checks: [ { timeout: 1s, interval: 1s, unhealthy_threshold: 1, healthy_threshold: 1, tcp_health_check: { } } ] | refused here
        type: ORIGINAL_DST, lb_policy: CLUSTER_PROVIDED, original_dst_lb_config: { }        | taken
        type: ORIGINAL_DST, lb_policy: CLUSTER_PROVIDED, original_dst_lb_config: { use_http_header: true } | taken
        type: ORIGINAL_DST, lb_policy: CLUSTER_PROVIDED, original_dst_lb_config: { use_http_header: true, http_header_name: x-to } | taken
        type: ORIGINAL_DST, lb_policy: CLUSTER_PROVIDED, original_dst_lb_config: { http_header_name: x-to } | refused
        type: ORIGINAL_DST, lb_policy: CLUSTER_PROVIDED, original_dst_lb_config: { upstream_port_override: 65535 } | taken
        type: ORIGINAL_DST, lb_policy: CLUSTER_PROVIDED, original_dst_lb_config: { upstream_port_override: 65536 } | refused
        type: ORIGINAL_DST, lb_policy: CLUSTER_PROVIDED, original_dst_lb_config: { metadata_key: { key: a, path: [ { key: b } ] } } | refused here
        type: ORIGINAL_DST, lb_policy: CLUSTER_PROVIDED, ring_hash_lb_config: { }           | refused here
        type: ORIGINAL_DST, load_balancing_policy: { policies: [ { typed_extension_config: { name: x, typed_config: { "@type": type.googleapis.com/envoy.extensions.load_balancing_policies.random.v3.Random } } } ] } | refused
        """)
    void shouldJudgeOriginalDestinationsAsEnvoyDoes(final String fields, final String how) throws Exception
    {
        ConfigVerdicts.compare(directory, Files.writeString(directory.resolve("bootstrap.yaml"),
            "static_resources:\n  clusters:\n  - { name: a, connect_timeout: 1s, " + fields + " }\n"), how);
    }
}
