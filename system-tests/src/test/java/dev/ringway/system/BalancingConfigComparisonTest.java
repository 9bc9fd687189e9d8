package dev.ringway.system;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What Envoy refuses of balancing settings is refused here, and what it takes is taken, but for what is listed as
 * refused here alone.
 */
final class BalancingConfigComparisonTest
{
    private static final String TYPES = "type.googleapis.com/envoy.extensions.load_balancing_policies.";

    @TempDir
    private static Path directory;

    private static void compare(final String cluster, final String group, final String endpoint, final String how)
        throws Exception
    {
        ConfigVerdicts.compare(directory, Files.writeString(directory.resolve("bootstrap.yaml"), """
            static_resources:
              clusters:
              - name: a
                %s
                load_assignment:
                  cluster_name: a
                  endpoints:
                  - { %s lb_endpoints: [ { %s endpoint: { address: %s } } ] }
            """.formatted(cluster, group, endpoint, Bootstraps.tcpAddress("127.0.0.1", 9))), how);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        lb_policy: CLUSTER_PROVIDED                  | refused
        lb_policy: LOAD_BALANCING_POLICY_CONFIG      | refused
        lb_policy: 9                                 | refused
        lb_policy: RING_HASH, ring_hash_lb_config: { minimum_ring_size: 0 }        | refused here
        lb_policy: RING_HASH, ring_hash_lb_config: { minimum_ring_size: 8388608 }  | taken
        lb_policy: RING_HASH, ring_hash_lb_config: { minimum_ring_size: 8388609 }  | refused
        lb_policy: RING_HASH, ring_hash_lb_config: { maximum_ring_size: 1023 }     | refused
        lb_policy: RING_HASH, ring_hash_lb_config: { maximum_ring_size: 1024 }     | taken
        lb_policy: RING_HASH, ring_hash_lb_config: { maximum_ring_size: 8388609 }  | refused
        lb_policy: RING_HASH, ring_hash_lb_config: { hash_function: MURMUR_HASH_2 } | taken
        lb_policy: RING_HASH, ring_hash_lb_config: { hash_function: MD5 }          | refused
        lb_policy: ROUND_ROBIN, ring_hash_lb_config: { }                           | refused here
        lb_policy: MAGLEV                            | taken
        lb_policy: MAGLEV, maglev_lb_config: { table_size: 2 }                     | taken
        lb_policy: MAGLEV, maglev_lb_config: { table_size: 1009 }                  | taken
        lb_policy: MAGLEV, maglev_lb_config: { table_size: 1000 }                  | refused
        lb_policy: MAGLEV, maglev_lb_config: { table_size: 5000011 }               | taken
        lb_policy: MAGLEV, maglev_lb_config: { table_size: 5000013 }               | refused
        lb_policy: LEAST_REQUEST, least_request_lb_config: { choice_count: 1 }     | refused
        lb_policy: LEAST_REQUEST, least_request_lb_config: { choice_count: 2 }     | taken
        lb_policy: LEAST_REQUEST, least_request_lb_config: { active_request_bias: { default_value: 0 } } | taken
        lb_policy: LEAST_REQUEST, least_request_lb_config: { active_request_bias: { default_value: 0, runtime_key: a } } | taken
        lb_policy: LEAST_REQUEST, least_request_lb_config: { active_request_bias: { default_value: -1, runtime_key: a } } | refused here
        round_robin_lb_config: { slow_start_config: { slow_start_window: 1s } }    | taken
        round_robin_lb_config: { slow_start_config: { min_weight_percent: { value: 101 } } } | refused
        common_lb_config: { healthy_panic_threshold: { value: 0 } }                | taken
        common_lb_config: { healthy_panic_threshold: { value: 100 } }              | taken
        common_lb_config: { healthy_panic_threshold: { value: 100.5 } }            | refused
        common_lb_config: { healthy_panic_threshold: { value: -1 } }               | refused
        common_lb_config: { locality_weighted_lb_config: { } }                     | taken
        common_lb_config: { zone_aware_lb_config: { } }                            | refused here
        common_lb_config: { consistent_hashing_lb_config: { hash_balance_factor: 99 } }  | refused
        common_lb_config: { consistent_hashing_lb_config: { hash_balance_factor: 100 } } | refused here
        lb_policy: MAGLEV, common_lb_config: { consistent_hashing_lb_config: { use_hostname_for_hashing: true } } | refused
        type: STRICT_DNS, lb_policy: MAGLEV, common_lb_config: { consistent_hashing_lb_config: { use_hostname_for_hashing: true } } | taken
        type: LOGICAL_DNS, lb_policy: MAGLEV, common_lb_config: { consistent_hashing_lb_config: { use_hostname_for_hashing: true } } | refused
        lb_subset_config: { }                                                      | taken
        lb_subset_config: { subset_selectors: [ { } ] }                            | refused here
        lb_subset_config: { subset_selectors: [ { keys: [ a ] } ] }                | taken
        lb_subset_config: { subset_selectors: [ { keys: [ a, b ], single_host_per_subset: true } ] } | refused here
        lb_subset_config: { subset_selectors: [ { keys: [ a ], single_host_per_subset: true } ] }    | taken
        lb_subset_config: { subset_selectors: [ { keys: [ a, b ], fallback_policy: KEYS_SUBSET } ] } | refused
        lb_subset_config: { subset_selectors: [ { keys: [ a, b ], fallback_policy: KEYS_SUBSET, fallback_keys_subset: [ c ] } ] } | refused
        lb_subset_config: { subset_selectors: [ { keys: [ a, b ], fallback_policy: KEYS_SUBSET, fallback_keys_subset: [ a, b ] } ] } | refused
        lb_subset_config: { subset_selectors: [ { keys: [ a, b ], fallback_policy: KEYS_SUBSET, fallback_keys_subset: [ a ] } ] } | taken
        lb_subset_config: { subset_selectors: [ { keys: [ a ] } ], scale_locality_weight: true }     | refused here
        lb_subset_config: { subset_selectors: [ { keys: [ a ] } ], fallback_policy: KEYS_SUBSET }    | refused
        """)
    void shouldTakeTheSameFieldsOfClusters(final String fields, final String how) throws Exception
    {
        compare("\"connect_timeout\": 1s\n    " + fields.replaceAll(", (?=([a-z_]+_lb_config|lb_policy): )", "\n    "), "", "", how);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        load_balancing_weight: 0,      |                                   | refused
        load_balancing_weight: 4294967295, |                               | taken
        priority: 128,                 |                                   | taken
        priority: 129,                 |                                   | refused
        priority: -1,                  |                                   | refused
                                       | load_balancing_weight: 0,         | refused
                                       | load_balancing_weight: 128,       | taken
                                       | health_status: DRAINING,          | taken
                                       | health_status: SICK,              | refused
                                       | metadata: { filter_metadata: { envoy.lb: { a: 1 } } }, | taken
        """)
    void shouldTakeTheSameFieldsOfEndpoints(final String group, final String endpoint, final String how)
        throws Exception
    {
        compare("connect_timeout: 1s", group == null ? "" : group, endpoint == null ? "" : endpoint, how);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        round_robin.v3.RoundRobin       |                                          | taken
        round_robin.v3.RoundRobin       | , slow_start_config: { slow_start_window: 1s } | taken
        round_robin.v3.RoundRobin       | , locality_lb_config: { locality_weighted_lb_config: { } } | taken
        round_robin.v3.RoundRobin       | , locality_lb_config: { zone_aware_lb_config: { } } | refused here
        least_request.v3.LeastRequest   | , choice_count: 1                        | refused here
        least_request.v3.LeastRequest   | , selection_method: FULL_SCAN            | refused here
        random.v3.Random                |                                          | taken
        ring_hash.v3.RingHash           | , minimum_ring_size: 0                   | refused here
        ring_hash.v3.RingHash           | , maximum_ring_size: 5                   | refused
        ring_hash.v3.RingHash           | , hash_function: XX_HASH                 | taken
        maglev.v3.Maglev                | , table_size: 4                          | refused
        maglev.v3.Maglev                |                                          | taken
        client_side_weighted_round_robin.v3.ClientSideWeightedRoundRobin |         | refused here
        no_such.v3.Policy               |                                          | refused
        """)
    void shouldTakeTheSameTypedPolicies(final String type, final String fields, final String how) throws Exception
    {
        compare("load_balancing_policy: { policies: [ { typed_extension_config: { name: x, typed_config: { \"@type\": " +
            TYPES + type + (fields == null ? "" : fields) + " } } } ] }", "", "", how);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        round_robin.v3.RoundRobin, random.v3.Random                        | taken
        random.v3.Random, maglev.v3.Maglev table_size: 4                   | taken
        maglev.v3.Maglev table_size: 4, random.v3.Random                   | refused
        .xds.type.v3.TypedStruct type_url: a/b.C, random.v3.Random         | taken
        .xds.type.v3.TypedStruct type_url: a/b.C                           | refused
        .envoy.extensions.filters.http.router.v3.Router, random.v3.Random  | taken
        .envoy.extensions.filters.http.router.v3.Router                    | refused
        client_side_weighted_round_robin.v3.ClientSideWeightedRoundRobin, random.v3.Random | taken
        , random.v3.Random                                                 | taken
        """)
    void shouldTakeTheFirstPolicyThatIsKnown(final String policies, final String how) throws Exception
    {
        final StringBuilder list = new StringBuilder();
        for (final String policy : policies.split(", "))
        {
            final String[] words = policy.strip().split(" ", 2);
            final String type = words[0].startsWith(".") ? "type.googleapis.com/" + words[0].substring(1) : TYPES + words[0];
            list.append(words[0].isEmpty() ? "{ }, " : "{ typed_extension_config: { name: x, typed_config: { \"@type\": " +
                type + (words.length > 1 ? ", " + words[1] : "") + " } } }, ");
        }
        compare("load_balancing_policy: { policies: [ " + list + "] }", "", "", how);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        tcp_health_check: { }                                              | taken
        tcp_health_check: { send: { text: "0a0B" }, receive: [ { text: "61" } ] } | taken
        tcp_health_check: { send: { text: "0a0" } }                        | refused
        tcp_health_check: { send: { text: "xy" } }                         | refused
        tcp_health_check: { send: { binary: "aGk=" } }                     | taken
        http_health_check: { }                                             | refused
        http_health_check: { path: "" }                                    | refused
        http_health_check: { path: "/", method: CONNECT }                  | refused
        http_health_check: { path: "/", method: HEAD }                     | taken
        http_health_check: { path: "/", expected_statuses: [ { start: 200, end: 300 } ] } | taken
        http_health_check: { path: "/", expected_statuses: [ { start: 99, end: 300 } ] }  | refused
        http_health_check: { path: "/", expected_statuses: [ { start: 200, end: 601 } ] } | refused
        http_health_check: { path: "/", expected_statuses: [ { start: 300, end: 200 } ] } | refused
        http_health_check: { path: "/", retriable_statuses: [ { start: 500, end: 501 } ] } | taken
        http_health_check: { path: "/", codec_client_type: HTTP2 }         | taken
        http_health_check: { path: "/", service_name_matcher: { prefix: a } } | refused here
        http_health_check: { path: "/", request_headers_to_add: [ { header: { key: a, value: b } } ] } | taken
        grpc_health_check: { }                                             | refused
        tcp_health_check: { }, initial_jitter: 1s, interval_jitter: 1s, interval_jitter_percent: 10 | taken
        tcp_health_check: { }, no_traffic_interval: 0s                     | refused
        tcp_health_check: { }, unhealthy_edge_interval: 0s                 | refused
        tcp_health_check: { }, unhealthy_interval: 1s, healthy_edge_interval: 1s | taken
        tcp_health_check: { }, alt_port: 65535                             | taken
        tcp_health_check: { }, alt_port: 65536                             | refused here
        tcp_health_check: { }, reuse_connection: false                     | taken
        tcp_health_check: { }, always_log_health_check_failures: true      | refused here
        """)
    void shouldTakeTheSameHealthChecks(final String fields, final String how) throws Exception
    {
        compare("health_checks: [ { timeout: 1s, interval: 1s, unhealthy_threshold: 1, healthy_threshold: 1, " + fields +
            " } ]", "", "", how);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                                          | taken
        consecutive_5xx: 0                | taken
        max_ejection_percent: 100         | taken
        max_ejection_percent: 101         | refused
        enforcing_consecutive_5xx: 101    | refused
        enforcing_success_rate: 101       | refused
        enforcing_failure_percentage: 101 | refused
        failure_percentage_threshold: 101 | refused
        interval: 0s                      | refused
        base_ejection_time: 0s            | refused
        max_ejection_time: 0s             | refused
        max_ejection_time_jitter: 1s      | taken
        always_eject_one_host: true       | taken
        successful_active_health_check_uneject_host: false | taken
        split_external_local_origin_errors: true | taken
        consecutive_local_origin_failure: 3      | taken
        """)
    void shouldTakeTheSameOutlierDetection(final String fields, final String how) throws Exception
    {
        compare("outlier_detection: { " + (fields == null ? "" : fields) + " }", "", "", how);
    }
}
