package dev.ringway.system;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Files;
import java.nio.file.Path;

/** What Envoy refuses of HTTP filters is refused here, and what it takes is taken, but for what is refused here alone. */
final class HttpFilterConfigComparisonTest
{
    @TempDir
    private static Path directory;

    private static Path bootstrap(final String filters, final String route) throws Exception
    {
        return Files.writeString(directory.resolve("bootstrap.yaml"), """
            static_resources:
              listeners:
              - name: in
                address: { socket_address: { address: 127.0.0.1, port_value: 0 } }
                filter_chains:
                - filters:
                  - name: hcm
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                      stat_prefix: in
                      http_filters: [ %s ]
                      route_config:
                        virtual_hosts:
                        - name: all
                          domains: ["*"]
                          routes:
                          - match: { prefix: "/" }
                            direct_response: { status: 200 }
                            typed_per_filter_config: { %s }
            """.formatted(filters, route));
    }

    private static String typed(final String text)
    {
        return text.replaceAll("@([a-z_.]+v3\\.\\w+)", "\"@type\": type.googleapis.com/envoy.extensions.filters.http.$1")
            .replaceAll("@FilterConfig", "\"@type\": type.googleapis.com/envoy.config.route.v3.FilterConfig")
            .replaceAll("@TypedStruct", "\"@type\": type.googleapis.com/xds.type.v3.TypedStruct");
    }

    private static final String ROUTER = ", { name: r, typed_config: { @router.v3.Router } }";

    /** Settings of one filter, and what the route says to it. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", quoteCharacter = '`', textBlock = """
        @local_ratelimit.v3.LocalRateLimit, stat_prefix: l | - | taken
        @local_ratelimit.v3.LocalRateLimit | - | refused
        @local_ratelimit.v3.LocalRateLimit, stat_prefix: l, token_bucket: { max_tokens: 1, fill_interval: 1s } | - | taken
        @local_ratelimit.v3.LocalRateLimit, stat_prefix: l, token_bucket: { fill_interval: 1s } | - | refused here
        @local_ratelimit.v3.LocalRateLimit, stat_prefix: l, token_bucket: { max_tokens: 1 } | - | refused
        @local_ratelimit.v3.LocalRateLimit, stat_prefix: l, token_bucket: { max_tokens: 1, fill_interval: 0.049s } | - | refused
        @local_ratelimit.v3.LocalRateLimit, stat_prefix: l, token_bucket: { max_tokens: 1, fill_interval: 1s, tokens_per_fill: 0 } | - | refused
        @local_ratelimit.v3.LocalRateLimit, stat_prefix: l, filter_enabled: { runtime_key: a } | - | refused
        @local_ratelimit.v3.LocalRateLimit, stat_prefix: l, local_rate_limit_per_downstream_connection: true | - | taken
        @local_ratelimit.v3.LocalRateLimit, stat_prefix: l, token_bucket: { max_tokens: 1, fill_interval: 1s }, descriptors: [{ entries: [{ key: a, value: b }], token_bucket: { max_tokens: 1, fill_interval: 1s } }] | - | taken
        @local_ratelimit.v3.LocalRateLimit, stat_prefix: l, token_bucket: { max_tokens: 1, fill_interval: 2s }, descriptors: [{ entries: [{ key: a, value: b }], token_bucket: { max_tokens: 1, fill_interval: 3s } }] | - | taken
        @local_ratelimit.v3.LocalRateLimit, stat_prefix: l, descriptors: [{ entries: [{ key: a, value: b }], token_bucket: { max_tokens: 1, fill_interval: 1s } }] | - | taken
        @local_ratelimit.v3.LocalRateLimit, stat_prefix: l, token_bucket: { max_tokens: 1, fill_interval: 1s }, descriptors: [{ entries: [{ key: a, value: b }], token_bucket: { max_tokens: 1, fill_interval: 0.04s } }] | - | refused
        @local_ratelimit.v3.LocalRateLimit, stat_prefix: l, token_bucket: { max_tokens: 1, fill_interval: 1s }, descriptors: [{ entries: [{ key: a, value: b }] }] | - | refused
        @local_ratelimit.v3.LocalRateLimit, stat_prefix: l, token_bucket: { max_tokens: 1, fill_interval: 1s }, descriptors: [{ token_bucket: { max_tokens: 1, fill_interval: 1s } }] | - | refused
        @local_ratelimit.v3.LocalRateLimit, stat_prefix: l, token_bucket: { max_tokens: 1, fill_interval: 1s }, descriptors: [{ entries: [{ key: a }], token_bucket: { max_tokens: 1, fill_interval: 1s } }] | - | taken
        @local_ratelimit.v3.LocalRateLimit, stat_prefix: l, token_bucket: { max_tokens: 1, fill_interval: 1s }, descriptors: [{ entries: [{ key: a, value: b }], token_bucket: { max_tokens: 1, fill_interval: 1s } }, { entries: [{ key: a, value: b }], token_bucket: { max_tokens: 2, fill_interval: 1s } }] | - | refused
        @local_ratelimit.v3.LocalRateLimit, stat_prefix: l, stage: 11 | - | refused
        @local_ratelimit.v3.LocalRateLimit, stat_prefix: l, rate_limits: [{ stage: 1, actions: [{ remote_address: {} }] }] | - | refused
        @local_ratelimit.v3.LocalRateLimit, stat_prefix: l, rate_limits: [{ disable_key: a, actions: [{ remote_address: {} }] }] | - | refused
        @local_ratelimit.v3.LocalRateLimit, stat_prefix: l, rate_limits: [{ actions: [] }] | - | refused
        @local_ratelimit.v3.LocalRateLimit, stat_prefix: l, rate_limits: [{ actions: [{}] }] | - | refused
        @local_ratelimit.v3.LocalRateLimit, stat_prefix: l, rate_limits: [{ actions: [{ generic_key: {} }] }] | - | refused
        @local_ratelimit.v3.LocalRateLimit, stat_prefix: l, rate_limits: [{ actions: [{ request_headers: { header_name: a } }] }] | - | refused
        @local_ratelimit.v3.LocalRateLimit, stat_prefix: l, rate_limits: [{ actions: [{ header_value_match: { descriptor_value: a } }] }] | - | refused
        @local_ratelimit.v3.LocalRateLimit, stat_prefix: l, rate_limits: [{ actions: [{ masked_remote_address: {} }] }] | - | taken
        @local_ratelimit.v3.LocalRateLimit, stat_prefix: l, rate_limits: [{ actions: [{ masked_remote_address: { v4_prefix_mask_len: 33 } }] }] | - | refused
        @local_ratelimit.v3.LocalRateLimit, stat_prefix: l, rate_limits: [{ actions: [{ query_parameters: { query_parameter_name: a } }] }] | - | refused
        @local_ratelimit.v3.LocalRateLimit, stat_prefix: l, rate_limits: [{ actions: [{ query_parameter_value_match: { descriptor_value: a } }] }] | - | refused
        @local_ratelimit.v3.LocalRateLimit, stat_prefix: l, rate_limits: [{ hits_addend: { number: 1000000001 }, actions: [{ remote_address: {} }] }] | - | refused
        @local_ratelimit.v3.LocalRateLimit, stat_prefix: l, max_dynamic_descriptors: 0 | - | refused
        @local_ratelimit.v3.LocalRateLimit, stat_prefix: l, response_headers_to_add: [{ header: { key: "", value: a } }] | - | refused
        @local_ratelimit.v3.LocalRateLimit, stat_prefix: l, response_headers_to_add: [{ header: { key: a, value: "%PROTOCOL%" } }] | - | taken
        @local_ratelimit.v3.LocalRateLimit, stat_prefix: l, response_headers_to_add: [{ header: { key: a, value: "%NONE%" } }] | - | refused
        @local_ratelimit.v3.LocalRateLimit, stat_prefix: l, response_headers_to_add: [{ header: { key: a, value: "%" } }] | - | refused
        @local_ratelimit.v3.LocalRateLimit, stat_prefix: l | f: { @local_ratelimit.v3.LocalRateLimit, stat_prefix: l } | refused
        @local_ratelimit.v3.LocalRateLimit, stat_prefix: l | f: { @buffer.v3.BufferPerRoute, disabled: true } | refused here
        @local_ratelimit.v3.LocalRateLimit, stat_prefix: l | f: { @FilterConfig, disabled: true } | taken
        @local_ratelimit.v3.LocalRateLimit, stat_prefix: l | other: { @buffer.v3.BufferPerRoute, disabled: true } | taken
        @grpc_stats.v3.FilterConfig | - | taken
        @grpc_stats.v3.FilterConfig, stats_for_all_methods: true, enable_upstream_stats: true, replace_dots_in_grpc_service_name: true | - | taken
        @grpc_stats.v3.FilterConfig, individual_method_stats_allowlist: { services: [ { name: a.B, method_names: [ C ] } ] } | - | taken
        @grpc_stats.v3.FilterConfig, individual_method_stats_allowlist: { services: [ { name: "", method_names: [ C ] } ] } | - | refused
        @grpc_stats.v3.FilterConfig, individual_method_stats_allowlist: { services: [ { name: a.B } ] } | - | refused
        @grpc_stats.v3.FilterConfig, emit_filter_state: true | - | refused here
        @health_check.v3.HealthCheck, pass_through_mode: false | - | taken
        @health_check.v3.HealthCheck | - | refused
        @health_check.v3.HealthCheck, pass_through_mode: true, cache_time: 1s, headers: [{ name: a }] | - | taken
        @health_check.v3.HealthCheck, pass_through_mode: false, cache_time: 1s | - | refused
        @health_check.v3.HealthCheck, pass_through_mode: false, headers: [{ }] | - | refused
        @health_check.v3.HealthCheck, pass_through_mode: false, cluster_min_healthy_percentages: { a: { value: 101 } } | - | refused
        @health_check.v3.HealthCheck, pass_through_mode: false, cluster_min_healthy_percentages: { a: { value: 50 } } | - | taken
        @health_check.v3.HealthCheck, pass_through_mode: false | f: { @health_check.v3.HealthCheck, pass_through_mode: false } | refused
        @buffer.v3.Buffer | - | refused
        @buffer.v3.Buffer, max_request_bytes: 0 | - | refused
        @buffer.v3.Buffer, max_request_bytes: 1 | f: { @buffer.v3.BufferPerRoute } | refused
        @buffer.v3.Buffer, max_request_bytes: 1 | f: { @buffer.v3.BufferPerRoute, buffer: {} } | refused
        @buffer.v3.Buffer, max_request_bytes: 1 | f: { @buffer.v3.Buffer, max_request_bytes: 1 } | refused
        @header_mutation.v3.HeaderMutation | - | taken
        @header_mutation.v3.HeaderMutation, mutations: { request_mutations: [{}] } | - | refused
        @header_mutation.v3.HeaderMutation, mutations: { request_mutations: [{ remove: "a\\nb" }] } | - | refused
        @header_mutation.v3.HeaderMutation, mutations: { request_mutations: [{ append: { header: { key: a, value: b } } }] } | - | taken
        @header_mutation.v3.HeaderMutation, mutations: { request_mutations: [{ append: {} }] } | - | refused
        @header_mutation.v3.HeaderMutation, mutations: { request_mutations: [{ append: { header: { key: a, value: "%PROTOCOL%" } } }] } | - | taken
        @header_mutation.v3.HeaderMutation, mutations: { request_mutations: [{ append: { header: { key: a, value: "%PROTOCOL" } } }] } | - | refused
        @header_mutation.v3.HeaderMutation, mutations: { request_mutations: [{ append: { header: { key: a, value: "%REQ(x-request-id)%" } } }] } | - | taken
        @header_mutation.v3.HeaderMutation, mutations: { query_parameter_mutations: [{ remove: a }] } | - | refused here
        @header_mutation.v3.HeaderMutation | f: { @header_mutation.v3.HeaderMutationPerRoute } | taken
        @fault.v3.HTTPFault | - | taken
        @fault.v3.HTTPFault, abort: {} | - | refused
        @fault.v3.HTTPFault, abort: { http_status: 199 } | - | refused
        @fault.v3.HTTPFault, abort: { http_status: 600 } | - | refused
        @fault.v3.HTTPFault, delay: {} | - | refused
        @fault.v3.HTTPFault, delay: { fixed_delay: 0s } | - | refused
        @fault.v3.HTTPFault, headers: [{ name: "" }] | - | refused
        @fault.v3.HTTPFault, response_rate_limit: { fixed_limit: { limit_kbps: 1 } } | - | refused here
        @cors.v3.Cors | f: { @cors.v3.CorsPolicy } | taken
        @cors.v3.Cors | f: { @cors.v3.CorsPolicy, allow_origin_string_match: [{}] } | refused
        @cors.v3.Cors | f: { @cors.v3.CorsPolicy, allow_origin_string_match: [{ safe_regex: { regex: "(" } }] } | refused
        @cors.v3.Cors | f: { @cors.v3.CorsPolicy, filter_enabled: {} } | refused
        @rbac.v3.RBAC | f: { @rbac.v3.RBACPerRoute } | taken
        @rbac.v3.RBAC, rules: { policies: { a: {} } } | - | refused
        @rbac.v3.RBAC, rules: { policies: { a: { permissions: [{}], principals: [{ any: true }] } } } | - | refused
        @rbac.v3.RBAC, rules: { policies: { a: { permissions: [{ any: false }], principals: [{ any: true }] } } } | - | refused
        @rbac.v3.RBAC, rules: { policies: { a: { permissions: [{ any: true }], principals: [{ and_ids: {} }] } } } | - | refused
        @rbac.v3.RBAC, rules: { policies: { a: { permissions: [{ any: true }], principals: [{ direct_remote_ip: { address_prefix: x } }] } } } | - | refused
        @rbac.v3.RBAC, rules: { policies: { a: { permissions: [{ any: true }], principals: [{ authenticated: {} }] } } } | - | taken
        @rbac.v3.RBAC, rules: { policies: { a: { permissions: [{ destination_port_range: { start: 5, end: 4 } }], principals: [{ any: true }] } } } | - | refused
        @rbac.v3.RBAC, rules: { policies: { a: { permissions: [{ requested_server_name: { exact: a } }], principals: [{ any: true }] } } } | - | taken
        @rbac.v3.RBAC, rules: { policies: { a: { permissions: [{ any: true }], principals: [{ remote_ip: { address_prefix: 10.0.0.0 } }] } } } | - | taken
        @rbac.v3.RBAC, rules: { policies: { a: { permissions: [{ sourced_metadata: {} }], principals: [{ any: true }] } } } | - | refused
        @rbac.v3.RBAC, rules: { policies: { a: { permissions: [{ sourced_metadata: { metadata_matcher: { filter: a, path: [{ key: b }], value: { or_match: { value_matchers: [{ null_match: {} }] } } } } }], principals: [{ any: true }] } } } | - | refused
        @rbac.v3.RBAC, rules: { policies: { a: { permissions: [{ any: true }], principals: [{ metadata: { path: [{ key: b }], value: { bool_match: true } } }] } } } | - | refused
        @rbac.v3.RBAC, rules: { policies: { a: { permissions: [{ any: true }], principals: [{ filter_state: { key: a, string_match: { exact: b } } }] } } } | - | refused here
        @TypedStruct, type_url: t/none, value: { jar: /none.jar } | - | refused
        """)
    void shouldJudgeAsEnvoyDoes(final String config, final String route, final String how) throws Exception
    {
        final String filters = typed("{ name: f, typed_config: { " + config + " } }" + ROUTER);
        ConfigVerdicts.compare(directory, bootstrap(filters, route == null ? "" : typed(route)), how);
    }

    /** Whole chains. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        { name: r, typed_config: { @router.v3.Router } } | taken
        { name: r, typed_config: { @router.v3.Router } }, { name: r, typed_config: { @router.v3.Router } } | refused
        { name: b, typed_config: { @buffer.v3.Buffer, max_request_bytes: 1 } } | refused
        { name: r, typed_config: { @router.v3.Router } }, { name: b, typed_config: { @buffer.v3.Buffer, max_request_bytes: 1 } } | refused
        { name: b, disabled: true, typed_config: { @buffer.v3.Buffer, max_request_bytes: 1 } }, { name: r, typed_config: { @router.v3.Router } } | taken
        { name: r, disabled: true, typed_config: { @router.v3.Router } } | refused
        { name: "", typed_config: { @router.v3.Router } } | refused
        """)
    void shouldJudgeChainsAsEnvoyDoes(final String filters, final String how) throws Exception
    {
        ConfigVerdicts.compare(directory, bootstrap(typed(filters), ""), how);
    }
}
