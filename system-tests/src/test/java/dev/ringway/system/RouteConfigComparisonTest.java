package dev.ringway.system;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Files;
import java.nio.file.Path;

/** What Envoy refuses of routes is refused here, and what it takes is taken, but for what is refused here alone. */
final class RouteConfigComparisonTest
{
    @TempDir
    private static Path directory;

    private static void compare(final String route, final String how) throws Exception
    {
        final Path file = Files.writeString(directory.resolve("bootstrap.yaml"), "static_resources:\n  listeners:\n" +
            Bootstraps.http("in", Bootstraps.tcpAddress("127.0.0.1", 0), "", "- { " + route + " }") +
            "  clusters:\n  - { name: a, type: STATIC }\n  - { name: b, type: STATIC }\n");
        ConfigVerdicts.compare(directory, file, how);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        prefix: ""                                                      | taken
        safe_regex: { regex: "/a.*" }                                   | taken
        safe_regex: { google_re2: {}, regex: "/a.*" }                   | taken
        safe_regex: { regex: "" }                                       | refused
        safe_regex: { regex: "(" }                                      | refused
        safe_regex: { regex: "(?=a)" }                                  | refused
        connect_matcher: {}                                             | taken
        path_separated_prefix: "/a/"                                    | refused
        prefix: /, headers: [ { name: "" } ]                            | refused
        prefix: /, headers: [ { name: x } ]                             | taken
        prefix: /, headers: [ { name: "a\\nb" } ]                       | refused
        prefix: /, headers: [ { name: x, string_match: {} } ]           | refused
        prefix: /, headers: [ { name: x, string_match: { prefix: "" } } ] | refused
        prefix: /, headers: [ { name: x, string_match: { suffix: "" } } ] | refused
        prefix: /, headers: [ { name: x, string_match: { contains: "" } } ] | refused
        prefix: /, headers: [ { name: x, string_match: { exact: "" } } ] | taken
        prefix: /, headers: [ { name: x, string_match: { safe_regex: { regex: "[" } } } ] | refused
        prefix: /, headers: [ { name: x, range_match: { start: 5, end: 1 } } ] | taken
        prefix: /, headers: [ { name: x, prefix_match: "" } ]           | refused
        prefix: /, headers: [ { name: x, suffix_match: "" } ]           | refused
        prefix: /, headers: [ { name: x, contains_match: "" } ]         | refused
        prefix: /, headers: [ { name: x, exact_match: "" } ]            | taken
        prefix: /, headers: [ { name: x, safe_regex_match: { regex: "" } } ] | refused
        prefix: /, headers: [ { name: x, exact_match: a, invert_match: true, treat_missing_header_as_empty: true } ] | taken
        prefix: /, query_parameters: [ { name: "" } ]                   | refused
        prefix: /, query_parameters: [ { name: x } ]                    | taken
        prefix: /, query_parameters: [ { name: x, string_match: {} } ]  | refused
        prefix: /, query_parameters: [ { name: x, present_match: true } ] | taken
        prefix: /, grpc: {}                                             | taken
        prefix: /, runtime_fraction: {}                                 | refused
        prefix: /, runtime_fraction: { default_value: {} }              | taken
        prefix: /, runtime_fraction: { default_value: { numerator: 101 }, runtime_key: x } | taken
        prefix: /, runtime_fraction: { default_value: { numerator: 1, denominator: TEN } } | refused
        prefix: /, tls_context: { presented: true }                     | refused here
        prefix: /, dynamic_metadata: [ { filter: a, path: [ { key: b } ], value: { present_match: true } } ] | taken
        prefix: /, dynamic_metadata: [ { filter: a, path: [ { key: b } ] } ] | refused
        prefix: /, dynamic_metadata: [ { filter: a, path: [ { key: b } ], value: { double_match: { exact: 1 } } } ] | refused here
        prefix: /, dynamic_metadata: [ { filter: a, value: { present_match: true } } ] | refused
        prefix: /, dynamic_metadata: [ { filter: envoy.filters.http.rbac, path: [ { key: b } ], value: { present_match: true } } ] | refused here
        """)
    void shouldTakeAndRefuseTheSameMatches(final String match, final String how) throws Exception
    {
        compare("match: { " + match + " }, direct_response: { status: 200 }", how);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        cluster: a                                                      | taken
        cluster: nowhere                                                | refused
        cluster: ""                                                     | refused
        cluster_header: x                                               | taken
        cluster_header: ""                                              | refused
        cluster_header: "a\\nb"                                        | refused
        cluster: a, cluster_not_found_response_code: NOT_FOUND          | taken
        cluster: a, cluster_not_found_response_code: INTERNAL_SERVER_ERROR | taken
        cluster: a, cluster_not_found_response_code: OK                 | refused
        cluster: a, host_rewrite_path_regex: { pattern: { regex: "/(.*)" }, substitution: "\\\\1" } | taken
        cluster: a, host_rewrite_path_regex: { pattern: { regex: "/(.*)" }, substitution: "\\\\2" } | refused here
        cluster: a, host_rewrite_path_regex: { pattern: { regex: "(" }, substitution: b } | refused
        cluster: a, request_mirror_policies: [ { cluster: b } ]         | taken
        cluster: a, request_mirror_policies: [ { cluster_header: x } ]  | taken
        cluster: a, request_mirror_policies: [ { cluster: nowhere } ]   | refused
        cluster: a, request_mirror_policies: [ {} ]                     | refused
        cluster: a, request_mirror_policies: [ { cluster: b, cluster_header: x } ] | refused
        cluster: a, request_mirror_policies: [ { cluster_header: "a\\nb" } ] | refused
        cluster: a, request_mirror_policies: [ { cluster: b, runtime_fraction: {} } ] | refused
        cluster: a, priority: HIGH                                      | taken
        cluster: a, upgrade_configs: [ { upgrade_type: CONNECT, connect_config: {} } ] | taken
        cluster: a, upgrade_configs: [ { upgrade_type: connect } ]      | taken
        cluster: a, upgrade_configs: [ { upgrade_type: foo, connect_config: {} } ] | refused
        cluster: a, upgrade_configs: [ { upgrade_type: CONNECT }, { upgrade_type: connect } ] | refused
        cluster: a, upgrade_configs: [ { upgrade_type: CONNECT, connect_config: { allow_post: true } } ] | refused here
        cluster: a, upgrade_configs: [ { upgrade_type: CONNECT-UDP } ]  | refused here
        weighted_clusters: {}                                           | refused
        weighted_clusters: { clusters: [] }                             | refused
        weighted_clusters: { clusters: [ { name: a } ] }                | refused
        weighted_clusters: { clusters: [ { name: a, weight: 0 } ] }     | refused
        weighted_clusters: { clusters: [ { name: a, weight: 1 } ] }     | taken
        weighted_clusters: { clusters: [ { name: c, weight: 1 } ] }     | refused
        weighted_clusters: { clusters: [ { name: a, weight: 1 } ], total_weight: 7 } | taken
        weighted_clusters: { clusters: [ { name: a, weight: 4294967295 }, { name: b, weight: 1 } ] } | refused
        weighted_clusters: { clusters: [ { name: a, cluster_header: x, weight: 1 } ] } | refused
        weighted_clusters: { clusters: [ { cluster_header: x, weight: 1 } ] } | taken
        weighted_clusters: { clusters: [ { weight: 1 } ] }              | refused
        weighted_clusters: { clusters: [ { name: a, weight: 1 } ], header_name: x } | taken
        weighted_clusters: { clusters: [ { name: a, weight: 1, host_rewrite_literal: h } ] } | taken
        weighted_clusters: { clusters: [ { name: a, weight: 1, host_rewrite_literal: "h\\n" } ] } | refused
        weighted_clusters: { clusters: [ { name: a, weight: 1, host_rewrite_literal: h } ] }, host_rewrite_literal: i | refused here
        weighted_clusters: { clusters: [ { name: a, weight: 1 } ], use_hash_policy: true } | refused here
        cluster: a, hash_policy: [ {} ]                                 | refused
        cluster: a, hash_policy: [ { header: {} } ]                     | refused
        cluster: a, hash_policy: [ { header: { header_name: x }, terminal: true } ] | taken
        cluster: a, hash_policy: [ { header: { header_name: x, regex_rewrite: { pattern: { regex: a }, substitution: b } } } ] | refused here
        cluster: a, hash_policy: [ { cookie: {} } ]                     | refused
        cluster: a, hash_policy: [ { cookie: { name: x } } ]            | taken
        cluster: a, hash_policy: [ { cookie: { name: x, ttl: 0s, path: /a } } ] | taken
        cluster: a, hash_policy: [ { cookie: { name: x, ttl: -1s } } ]  | refused
        cluster: a, hash_policy: [ { connection_properties: {} } ]      | taken
        cluster: a, hash_policy: [ { query_parameter: {} } ]            | refused
        cluster: a, hash_policy: [ { query_parameter: { name: x } } ]   | taken
        cluster: a, hash_policy: [ { filter_state: { key: x } } ]       | refused here
        cluster: a, metadata_match: { filter_metadata: { envoy.lb: { stage: prod } } } | taken
        """)
    void shouldTakeAndRefuseTheSameTargets(final String action, final String how) throws Exception
    {
        compare("match: { prefix: / }, route: { " + action + " }", how);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        request_headers_to_add: [ { header: { key: x, value: v } } ]    | taken
        request_headers_to_add: [ { header: { key: x } } ]              | taken
        request_headers_to_add: [ {} ]                                  | refused
        request_headers_to_add: [ { header: { value: v } } ]            | refused
        request_headers_to_add: [ { header: { key: ":path", value: v } } ] | refused
        request_headers_to_add: [ { header: { key: host, value: v } } ] | refused
        request_headers_to_add: [ { header: { key: Host, value: v } } ] | refused
        request_headers_to_add: [ { header: { key: connection, value: v } } ] | refused here
        response_headers_to_add: [ { header: { key: content-length, value: "1" } } ] | refused here
        request_headers_to_add: [ { header: { key: x, value: "%REQ(y)%" } } ] | taken
        request_headers_to_add: [ { header: { key: x, value: "%REQ(y?z):5%" } } ] | taken
        request_headers_to_add: [ { header: { key: x, value: "100%" } } ] | refused
        request_headers_to_add: [ { header: { key: x, value: "100%%" } } ] | taken
        request_headers_to_add: [ { header: { key: x, value: "%NOSUCH%" } } ] | refused
        request_headers_to_add: [ { header: { key: x, value: "%START_TIME%" } } ] | refused here
        request_headers_to_add: [ { header: { key: x, value: v }, append: false } ] | taken
        request_headers_to_add: [ { header: { key: x, value: v }, append_action: ADD_IF_ABSENT } ] | taken
        request_headers_to_add: [ { header: { key: x, value: v }, append: true, append_action: ADD_IF_ABSENT } ] | refused
        request_headers_to_remove: [ x ]                                | taken
        request_headers_to_remove: [ "" ]                               | refused
        request_headers_to_remove: [ ":method" ]                        | refused
        request_headers_to_remove: [ host ]                             | refused
        response_headers_to_remove: [ x-envoy-upstream-service-time ]   | taken
        response_headers_to_remove: [ ":status" ]                       | refused
        """)
    void shouldTakeAndRefuseTheSameChanges(final String changes, final String how) throws Exception
    {
        compare("match: { prefix: / }, route: { cluster: a }, " + changes, how);
    }
}
