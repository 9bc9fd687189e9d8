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
        circuit_breakers: { thresholds: [ { track_remaining: true } ] } | refused here
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
        respect_dns_ttl: true                                     | refused here
        """)
    void shouldJudgeClustersAsEnvoyDoes(final String fields, final String how) throws Exception
    {
        ConfigVerdicts.compare(directory, Files.writeString(directory.resolve("bootstrap.yaml"),
            "static_resources:\n  clusters:\n" +
                Bootstraps.cluster("a", "STATIC", Bootstraps.tcpAddress("127.0.0.1", 9)) +
                "    " + fields + "\n"), how);
    }
}
