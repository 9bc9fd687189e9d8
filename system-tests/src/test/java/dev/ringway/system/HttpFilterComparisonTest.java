package dev.ringway.system;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.Arguments;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** HTTP filters do as Envoy's: answers, what the upstream sees, access log and counters. */
final class HttpFilterComparisonTest
{
    private static final String ALL = "- match: { prefix: \"/\" }\n  route: { cluster: origin }\n";
    private static final String LIMIT = """
        "@type": %slocal_ratelimit.v3.LocalRateLimit, stat_prefix: %s, \
        token_bucket: { max_tokens: %d, tokens_per_fill: 1, fill_interval: 3600s }, \
        filter_enabled: { default_value: { numerator: 100 } }, filter_enforced: { default_value: { numerator: %d } }""";
    private static final String MUTATION = """
        "@type": %sheader_mutation.v3.HeaderMutation""";

    private static final String PER_ROUTE =
        "\"@type\": " + FilterSides.TYPE + "header_mutation.v3.HeaderMutationPerRoute, ";

    @TempDir
    private static Path directory;

    private static String filter(final String name, final String config)
    {
        return "- name: " + name + "\n  typed_config: { " + config + " }\n";
    }

    private static String limit(final String prefix, final int tokens, final int enforced, final String more)
    {
        return LIMIT.formatted(FilterSides.TYPE, prefix, tokens, enforced) + more;
    }

    private static String health(final String passesOn, final String path)
    {
        return "\"@type\": " + FilterSides.TYPE + "health_check.v3.HealthCheck, pass_through_mode: " + passesOn +
            ", headers: [{ name: \":path\", string_match: { exact: " + path + " } }]";
    }

    private static String enough(final String percentages)
    {
        return ", cluster_min_healthy_percentages: { " + percentages + " }";
    }

    /** A bucket for requests of which keys with values are said. */
    private static String descriptor(final int tokens, final String... entries)
    {
        final StringBuilder text = new StringBuilder("{ entries: [");
        for (int i = 0; i < entries.length; i += 2)
        {
            text.append("{ key: ").append(entries[i]).append(", value: ").append(entries[i + 1]).append(" }, ");
        }
        return text + "], token_bucket: { max_tokens: " + tokens + ", fill_interval: 7200s } }";
    }

    private static String limited(final String path, final String limits, final String more)
    {
        return "- match: { prefix: \"" + path + "\" }\n  route: { cluster: origin, rate_limits: [" + limits + "]" + more +
            " }\n";
    }

    private static String get(final String path, final String... fields)
    {
        return "GET " + path + " HTTP/1.1\r\nhost: a.example\r\n" + String.join("", List.of(fields)
            .stream().map(field -> field + "\r\n").toList()) + "\r\n";
    }

    /** Not all of a request. */
    private static String post(final String path, final String body, final int length)
    {
        return "POST " + path + " HTTP/1.1\r\nhost: a.example\r\ncontent-length: " + length + "\r\n\r\n" + body;
    }

    private static String post(final String path, final String body)
    {
        return "POST " + path + " HTTP/1.1\r\nhost: a.example\r\ncontent-length: " + body.length() + "\r\n\r\n" + body;
    }

    private static String mutations(final String request, final String response)
    {
        return "mutations: { request_mutations: [" + request + "], response_mutations: [" + response + "] }";
    }

    private static String append(final String name, final String value, final String action)
    {
        return "{ append: { header: { key: " + name + ", value: \"" + value + "\" }, append_action: " + action + " } }";
    }

    private static String fault(final String config)
    {
        return "\"@type\": " + FilterSides.TYPE + "fault.v3.HTTPFault, " + config + " } }\n";
    }

    private static String cors(final String config)
    {
        return "\"@type\": " + FilterSides.TYPE + "cors.v3.CorsPolicy, " + config;
    }

    /** A route with settings of a filter, which end their own line. */
    private static String switched(final String path, final String filter, final String settings)
    {
        return "- match: { prefix: \"" + path + "\" }\n  route: { cluster: origin }\n  typed_per_filter_config: { " +
            filter + ": { " + settings;
    }

    private static String switchedLimit(final String enabled, final String enforced)
    {
        return "\"@type\": " + FilterSides.TYPE + "local_ratelimit.v3.LocalRateLimit, stat_prefix: s, token_bucket: { " +
            "max_tokens: 1, fill_interval: 3600s }, filter_enabled: { default_value: {}, runtime_key: switch." + enabled +
            " }, filter_enforced: { default_value: {}, runtime_key: switch." + enforced + " } } }\n";
    }

    private static String rbac(final String config)
    {
        return "\"@type\": " + FilterSides.TYPE + "rbac.v3.RBAC, " + config;
    }

    private static String preflight(final String path, final String origin)
    {
        return "OPTIONS " + path + " HTTP/1.1\r\nhost: a.example\r\norigin: " + origin + "\r\n" +
            "access-control-request-method: PUT\r\naccess-control-request-headers: x-z\r\n" +
            "access-control-request-private-network: true\r\n\r\n";
    }

    static Stream<Arguments> limits()
    {
        return Stream.of(
            Arguments.of("local rate limit", new FilterSides.Scenario(
                filter("limit", limit("l", 2, 100, ", response_headers_to_add: [" +
                    "{ header: { key: X-Limited, value: \"%REQ(:path)% %PROTOCOL%\" } }], enable_x_ratelimit_headers: DRAFT_VERSION_03")),
                "", ALL, Collections.nCopies(4, get("/a")), "l\\..*|http\\.in\\.downstream_rq_[1-5]xx")),
            Arguments.of("local rate limit of gRPC", new FilterSides.Scenario(
                filter("limit", limit("l", 1, 100, ", rate_limited_as_resource_exhausted: true, status: { code: 503 }")),
                "", ALL, List.of(get("/a"), get("/a"), get("/a", "content-type: application/grpc")), "l\\..*")),
            Arguments.of("local rate limit that is not enforced", new FilterSides.Scenario(
                filter("limit", limit("l", 1, 0, ", request_headers_to_add_when_not_enforced: [" +
                    "{ header: { key: x-over, value: \"%REQ(:path)%\" }, append_action: OVERWRITE_IF_EXISTS_OR_ADD }]")),
                "", ALL, Collections.nCopies(3, get("/a")), "l\\..*")),
            Arguments.of("local rate limit of routes", new FilterSides.Scenario(
                filter("limit", "\"@type\": " + FilterSides.TYPE + "local_ratelimit.v3.LocalRateLimit, stat_prefix: l"),
                "typed_per_filter_config: { limit: { " + limit("h", 1, 100, "") + " } }",
                "- match: { prefix: \"/one\" }\n  route: { cluster: origin }\n" +
                "- match: { prefix: \"/two\" }\n  route: { cluster: origin }\n" +
                "- match: { prefix: \"/own\" }\n  route: { cluster: origin }\n  typed_per_filter_config: { limit: { " +
                    limit("r", 2, 100, ", status: { code: 200 }") + " } }\n" +
                "- match: { prefix: \"/none\" }\n  route: { cluster: origin }\n  typed_per_filter_config: { limit: { " +
                "\"@type\": type.googleapis.com/envoy.config.route.v3.FilterConfig, disabled: true } }\n",
                List.of(get("/own"), get("/own"), get("/own"), get("/one"), get("/two"), get("/none"), get("/none"),
                    get("/unknown")),
                "[lhr]\\.http_local_rate_limit.*")),
            Arguments.of("local rate limit by descriptors", new FilterSides.Scenario(
                filter("limit", limit("l", 100, 100, ", enable_x_ratelimit_headers: DRAFT_VERSION_03, descriptors: [" +
                    descriptor(2, "kind", "a") + ", " + descriptor(1, "kind", "a", "client", "me") + ", " +
                    descriptor(1, "remote_address", "127.0.0.1", "destination_cluster", "origin") + ", " +
                    descriptor(1, "header_match", "odd") + ", " + descriptor(1, "of", "host") + "]")),
                "rate_limits: [{ actions: [{ generic_key: { descriptor_key: of, descriptor_value: host } }] }]",
                limited("/kind", """
                    { actions: [{ request_headers: { header_name: X-Kind, descriptor_key: kind } }] }, \
                    { actions: [{ request_headers: { header_name: x-kind, descriptor_key: kind } }, \
                    { request_headers: { header_name: x-client, descriptor_key: client, skip_if_absent: true } }] }""", "") +
                limited("/address", "{ actions: [{ remote_address: {} }, { destination_cluster: {} }] }", "") +
                limited("/match", """
                    { actions: [{ header_value_match: { descriptor_value: odd, expect_match: false, \
                    headers: [{ name: x-even, present_match: true }] } }] }""", "") +
                limited("/other", """
                    { stage: 1, actions: [{ generic_key: { descriptor_key: of, descriptor_value: host } }] }, \
                    { disable_key: x, actions: [{ generic_key: { descriptor_key: of, descriptor_value: host } }] }, \
                    { actions: [{ generic_key: { descriptor_value: none } }] }""", "") +
                limited("/both", "{ actions: [{ generic_key: { descriptor_value: none } }] }",
                    ", include_vh_rate_limits: true") + ALL,
                List.of(get("/kind"), get("/kind", "x-kind: a"), get("/kind", "x-kind: a", "x-client: me"),
                    get("/kind", "x-kind: a", "x-client: me"), get("/kind", "x-kind: a"), get("/kind", "x-kind: a"),
                    get("/kind", "x-kind: b"), get("/address"), get("/address"), get("/match", "x-even: 1"),
                    get("/match"), get("/match"), get("/match", "x-even: 1"), get("/other"), get("/other"), get("/both"),
                    get("/both"), get("/a"), get("/a")),
                "l\\..*")));
    }

    static Stream<Arguments> limitsByWhatComes()
    {
        return Stream.of(
            Arguments.of("local rate limit by what comes", new FilterSides.Scenario(
                filter("limit", limit("l", 100, 100, ", max_dynamic_descriptors: 2, " +
                    "enable_x_ratelimit_headers: DRAFT_VERSION_03, descriptors: [" +
                    descriptor(1, "client", "''") + ", " + descriptor(3, "client", "known") + ", " +
                    descriptor(2, "kind", "a", "client", "''") + ", " +
                    descriptor(1, "masked_remote_address", "127.0.0.0/8") + ", " +
                    descriptor(1, "masked_remote_address", "127.0.0.1/32") + ", " +
                    descriptor(1, "q", "'a b'") + ", " + descriptor(3, "q", "a%20b") + ", " + descriptor(7, "q", "''") +
                    ", " + descriptor(1, "query_match", "is") + ", " + descriptor(1, "own", "not") + "]")), "",
                limited("/client", "{ actions: [{ request_headers: { header_name: x-c, descriptor_key: client } }] }", "") +
                limited("/kind", """
                    { actions: [{ generic_key: { descriptor_key: kind, descriptor_value: a } }, \
                    { request_headers: { header_name: x-c, descriptor_key: client } }] }""", "") +
                limited("/net", "{ actions: [{ masked_remote_address: { v4_prefix_mask_len: 8 } }] }", "") +
                limited("/host", "{ actions: [{ masked_remote_address: {} }] }", "") +
                limited("/query", """
                    { actions: [{ query_parameters: { query_parameter_name: a, descriptor_key: q } }] }""", "") +
                limited("/match", """
                    { actions: [{ query_parameter_value_match: { descriptor_value: is, query_parameters: \
                    [{ name: a, string_match: { exact: "b c" } }] } }] }""", "") +
                limited("/own", """
                    { actions: [{ query_parameter_value_match: { descriptor_key: own, descriptor_value: not, \
                    expect_match: false, query_parameters: [{ name: a }, { name: b, present_match: true }] } }] }""", "") +
                ALL,
                List.of(get("/client", "x-c: 1"), get("/client", "x-c: 1"), get("/client", "x-c: 2"),
                    get("/client", "x-c: 1"), get("/client", "x-c: 3"), get("/client", "x-c: 1"), get("/client", "x-c: 2"),
                    get("/client", "x-c: known"), get("/client", "x-c: known"), get("/client"), get("/kind", "x-c: 1"),
                    get("/kind", "x-c: 1"), get("/kind", "x-c: 1"), get("/net"), get("/net"), get("/host"), get("/host"),
                    get("/query?a=a%20b"), get("/query?a=a%20b"), get("/query?a=a+b"), get("/query?a=%zz%4"), get("/query?a=x"), get("/query?b=x&a=x"),
                    get("/query?b"), get("/match?a=b%20c"), get("/match?a=b%20c"), get("/own?a=c"), get("/own?a=c"),
                    get("/own?a&b"), get("/own?a&b")),
                "l\\..*")),
            Arguments.of("local rate limit by tokens", new FilterSides.Scenario(
                filter("limit", limit("l", 5, 100, ", enable_x_ratelimit_headers: DRAFT_VERSION_03, descriptors: [" +
                    descriptor(5, "kind", "many") + ", " + descriptor(9, "kind", "''") + "], rate_limits: [" +
                    "{ hits_addend: { number: 3 }, actions: [{ request_headers: { header_name: x-kind, " +
                    "descriptor_key: kind } }] }, { hits_addend: { number: 0 }, actions: [{ request_headers: " +
                    "{ header_name: x-free, descriptor_key: kind } }] }]")), "",
                ALL,
                List.of(get("/a", "x-kind: many"), get("/a", "x-kind: many"), get("/a", "x-free: many"),
                    get("/a", "x-kind: other"), get("/a", "x-kind: other"), get("/a", "x-free: other"),
                    get("/a", "x-kind: other"), get("/a", "x-kind: other")),
                "l\\..*")));
    }

    static Stream<Arguments> limitsAndHealth()
    {
        return Stream.of(
            Arguments.of("local rate limit by what the filter says", new FilterSides.Scenario(
                filter("limit", limit("l", 2, 100, ", enable_x_ratelimit_headers: DRAFT_VERSION_03, " +
                    "always_consume_default_token_bucket: false, descriptors: [" + descriptor(1, "kind", "a") + ", " +
                    descriptor(3, "kind", "b") + "], rate_limits: [{ actions: [{ request_headers: " +
                    "{ header_name: x-kind, descriptor_key: kind } }] }]")),
                "rate_limits: [{ actions: [{ generic_key: { descriptor_key: kind, descriptor_value: a } }] }]",
                "- match: { prefix: \"/own\" }\n  route: { cluster: origin }\n  typed_per_filter_config: { limit: { " +
                    limit("r", 1, 100, ", vh_rate_limits: IGNORE, descriptors: [" + descriptor(1, "kind", "a") + "]") +
                    " } }\n" + ALL,
                List.of(get("/a"), get("/a", "x-kind: a"), get("/a", "x-kind: a"), get("/a", "x-kind: b"),
                    get("/a", "x-kind: b"), get("/a", "x-kind: b"), get("/a", "x-kind: b"), get("/a"), get("/a"),
                    get("/own", "x-kind: a"), get("/own"), get("/own")),
                "[lr]\\.http_local_rate_limit.*")),
            Arguments.of("local rate limit of connections", new FilterSides.Scenario(
                filter("limit", limit("l", 1, 100, ", local_rate_limit_per_downstream_connection: true, " +
                    "enable_x_ratelimit_headers: DRAFT_VERSION_03")),
                "", ALL, Collections.nCopies(3, get("/a")), "l\\..*")),
            Arguments.of("health check", new FilterSides.Scenario(
                filter("h", health("false", "/health")) + filter("p", health("true", "/passed")) +
                    filter("c", health("true", "/cached") + ", cache_time: 3600s") +
                    filter("e", health("false", "/enough") + enough("origin: { value: 100 }")) +
                    filter("u", health("false", "/unknown") + enough("origin: { value: 1 }, other: { value: 1 }")),
                "", ALL,
                List.of(get("/a"), get("/health"), get("/health?x"), get("/passed"), get("/cached"), get("/cached"),
                    get("/enough"), get("/unknown"), "ADMIN /healthcheck/fail", get("/a"), get("/health"), get("/passed"),
                    get("/cached"), "ADMIN /healthcheck/ok", get("/health"), get("/a")),
                "http\\.in\\.downstream_rq_([1-5]xx|completed|total)|cluster\\.origin\\.upstream_rq_(2xx|completed|total)")));
    }

    static Stream<Arguments> mutations()
    {
        return Stream.of(
            Arguments.of("header mutation", new FilterSides.Scenario(
                filter("m", MUTATION.formatted(FilterSides.TYPE) + ", " + mutations(
                    append("x-a", "filter", "APPEND_IF_EXISTS_OR_ADD") + ", " +
                    append("x-b", "filter", "OVERWRITE_IF_EXISTS_OR_ADD") + ", " +
                    append("x-c", "filter", "ADD_IF_ABSENT") + ", " +
                    append("x-d", "filter", "OVERWRITE_IF_EXISTS") + ", { remove: x-gone }, { remove: user-agent }",
                    append("x-r", "filter", "APPEND_IF_EXISTS_OR_ADD") + ", { remove: content-type }")),
                "typed_per_filter_config: { m: { " + PER_ROUTE + mutations(
                    append("x-b", "host", "OVERWRITE_IF_EXISTS_OR_ADD"),
                    append("x-r", "host", "APPEND_IF_EXISTS_OR_ADD")) + " } }",
                "- match: { prefix: \"/direct\" }\n  direct_response: { status: 418, body: { inline_string: tea } }\n" +
                "- match: { prefix: \"/own\" }\n  route: { cluster: origin }\n  typed_per_filter_config: { m: { " +
                    PER_ROUTE + mutations(append("x-b", "route", "OVERWRITE_IF_EXISTS_OR_ADD"),
                    append("x-r", "route", "APPEND_IF_EXISTS_OR_ADD")) + " } }\n" + ALL,
                List.of(get("/a"), get("/own"), get("/direct"),
                    get("/own", "X-A: 1", "x-b: 1", "x-c: 1", "x-d: 1", "x-gone: 1", "X-Gone: 2", "user-agent: u")),
                "http\\.in\\.downstream_rq_[1-5]xx")),
            Arguments.of("header mutation of weighted clusters", new FilterSides.Scenario(
                filter("m", MUTATION.formatted(FilterSides.TYPE) + ", most_specific_header_mutations_wins: true") +
                    filter("limit", limit("l", 100, 100, "")),
                "typed_per_filter_config: { m: { " + PER_ROUTE + mutations(
                    append("x-b", "host", "OVERWRITE_IF_EXISTS_OR_ADD"), "") + " } }",
                "- match: { prefix: \"/\" }\n  typed_per_filter_config: { m: { " + PER_ROUTE + mutations(
                    append("x-b", "route", "OVERWRITE_IF_EXISTS_OR_ADD"), "") + " } }\n  route:\n" +
                "    weighted_clusters:\n      header_name: x-number\n      clusters:\n" +
                "      - { name: origin, weight: 1, typed_per_filter_config: { m: { " + PER_ROUTE + mutations(
                    append("x-b", "cluster", "OVERWRITE_IF_EXISTS_OR_ADD"), "") + " }, limit: { " +
                    limit("c", 1, 100, "") + " } } }\n      - { name: origin, weight: 1 }\n",
                List.of(get("/a", "x-number: 0"), get("/a", "x-number: 1"), get("/a", "x-number: 2"),
                    get("/a", "x-number: 3")), "[lc]\\..*")),
            Arguments.of("header mutation with operators", new FilterSides.Scenario(
                filter("m", MUTATION.formatted(FilterSides.TYPE) + ", " + mutations(
                    append("x-a", "%REQ(x-a)%-%REQ(:METHOD)% 100%%", "OVERWRITE_IF_EXISTS_OR_ADD") + ", " +
                    append("x-b", "%REQ(x-a)%", "APPEND_IF_EXISTS_OR_ADD") + ", { remove: x-a }, " +
                    append("x-c", "%REQ(x-a?x-b):3%", "ADD_IF_ABSENT") + ", " +
                    append("x-d", "%REQ(x-none)%", "OVERWRITE_IF_EXISTS_OR_ADD") + ", " +
                    append("x-client", "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT% %PROTOCOL% %UPSTREAM_CLUSTER% " +
                        "%ROUTE_NAME% " +
                        "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%", "ADD_IF_ABSENT"),
                    append("x-r", "%RESP(content-type)% of %REQ(:path)% %REQ(x-b)%", "APPEND_IF_EXISTS_OR_ADD"))),
                "",
                "- match: { prefix: \"/direct\" }\n  direct_response: { status: 418, body: { inline_string: tea } }\n" +
                "- match: { prefix: \"/own\" }\n  name: mine\n  route: { cluster: origin }\n" +
                "  typed_per_filter_config: { m: { " + PER_ROUTE + mutations(
                    append("x-b", "%REQ(x-b)%!", "OVERWRITE_IF_EXISTS_OR_ADD"),
                    append("x-r", "%RESP(x-r)% again", "OVERWRITE_IF_EXISTS_OR_ADD")) + " } }\n" + ALL,
                List.of(get("/a"), get("/own", "x-a: 12345"), get("/direct?q", "x-a: 1"),
                    get("/a", "x-a: 1", "x-b: 2", "x-c: 3", "x-d: 4", "x-client: me")),
                "none")),
            Arguments.of("header mutation, most specific last", new FilterSides.Scenario(
                filter("m", MUTATION.formatted(FilterSides.TYPE) + ", most_specific_header_mutations_wins: true"),
                "typed_per_filter_config: { m: { " + PER_ROUTE + mutations(
                    append("x-b", "host", "OVERWRITE_IF_EXISTS_OR_ADD"), "") + " } }",
                "- match: { prefix: \"/\" }\n  route: { cluster: origin }\n  typed_per_filter_config: { m: { " +
                    PER_ROUTE + mutations(append("x-b", "route", "OVERWRITE_IF_EXISTS_OR_ADD"), "") + " } }\n",
                List.of(get("/a")), "none")));
    }

    /** Fields of answers are changed by routes first, then by the filter that answers, then by all filters. */
    static Stream<Arguments> changesOfRoutes()
    {
        final String told = "%RESP(x-a)% %RESP(server)% %RESP(content-type)% %RESP(content-length)% %RESP(vary)% " +
            "%RESP(x-envoy-attempt-count)% %RESP(access-control-allow-origin)% %RESP(location)% %RESP(x-limited)% " +
            "of %REQ(x-q)% %REQ(x-late)% %REQ(:path)% %REQ(x-envoy-original-path)% %REQ(:authority)% %REQ(user-agent)%";
        return Stream.of(
            Arguments.of("changes of routes and filters", new FilterSides.Scenario(
                filter("m", MUTATION.formatted(FilterSides.TYPE) + ", " + mutations(append("x-q", "asked", "ADD_IF_ABSENT"),
                    append("x-outer", told, "APPEND_IF_EXISTS_OR_ADD") + ", { remove: x-gone }, " +
                    "{ remove: x-envoy-upstream-service-time }, " + append("x-a", "outer", "APPEND_IF_EXISTS_OR_ADD"))) +
                filter("c", "\"@type\": " + FilterSides.TYPE + "cors.v3.Cors") +
                filter("limit", "\"@type\": " + FilterSides.TYPE + "local_ratelimit.v3.LocalRateLimit, stat_prefix: l") +
                filter("inner", MUTATION.formatted(FilterSides.TYPE) + ", " + mutations(
                    append("x-q", "late", "OVERWRITE_IF_EXISTS_OR_ADD"),
                    append("x-inner", told, "APPEND_IF_EXISTS_OR_ADD") + ", " +
                    append("x-set", "inner", "OVERWRITE_IF_EXISTS") + ", " + append("x-new", "inner", "ADD_IF_ABSENT"))),
                "include_attempt_count_in_response: true\ntyped_per_filter_config: { c: { " +
                    cors("allow_origin_string_match: [{ exact: h }], allow_methods: GET, expose_headers: x-b } }") +
                "\nresponse_headers_to_remove: [ etag ]\nresponse_headers_to_add:\n" +
                    Stream.of("x-a", "x-gone", "x-set", "server", "content-type", "vary", "x-envoy-upstream-service-time")
                        .map(name -> "- { header: { key: " + name + ", value: route }, append_action: " +
                            (name.equals("x-a") ? "APPEND_IF_EXISTS_OR_ADD" : "OVERWRITE_IF_EXISTS_OR_ADD") + " }\n")
                        .collect(Collectors.joining()),
                "- match: { prefix: \"/direct\" }\n  direct_response: { status: 200, body: { inline_string: text } }\n" +
                "- match: { prefix: \"/new\" }\n  route: { cluster: origin, prefix_rewrite: /longer/than/before, " +
                    "host_rewrite_literal: new.example }\n  request_headers_to_remove: [ user-agent ]\n" +
                    "  request_headers_to_add: [{ header: { key: x-late, value: <%REQ(x-q)%> } }]\n" +
                "- match: { prefix: \"/empty\" }\n  direct_response: { status: 404 }\n" +
                "- match: { prefix: \"/moved\" }\n  redirect: { path_redirect: /there }\n" +
                "- match: { prefix: \"/none\" }\n  route: { cluster_header: x-none }\n" +
                "- match: { prefix: \"/limited\" }\n  route: { cluster: origin }\n" +
                "  typed_per_filter_config: { limit: { " + limit("r", 1, 100, ", response_headers_to_add: [" +
                    "{ header: { key: x-limited, value: \"<%RESP(x-a)%> %REQ(x-q)%\" } }, " +
                    "{ header: { key: x-a, value: limit } }, { header: { key: content-type, value: text/limit }, " +
                    "append_action: OVERWRITE_IF_EXISTS_OR_ADD }]") + " } }\n" + ALL,
                List.of(get("/a"), get("/direct"), get("/new?q", "user-agent: u"), get("/empty"), get("/moved"),
                    get("/none"), get("/limited"), get("/limited"), get("/a%2Fb"), get("/a", "origin: h"),
                    preflight("/a", "h"), preflight("/a", "i"),
                    get("/direct", "content-type: application/grpc"), get("/none", "content-type: application/grpc")),
                "http\\.in\\.downstream_rq_[1-5]xx")));
    }

    static Stream<Arguments> faults()
    {
        return Stream.of(
            Arguments.of("buffer", new FilterSides.Scenario(
                filter("b", "\"@type\": " + FilterSides.TYPE + "buffer.v3.Buffer, max_request_bytes: 10"),
                "",
                "- match: { prefix: \"/more\" }\n  route: { cluster: origin }\n  typed_per_filter_config: { b: { " +
                "\"@type\": " + FilterSides.TYPE + "buffer.v3.BufferPerRoute, buffer: { max_request_bytes: 100 } } }\n" +
                "- match: { prefix: \"/off\" }\n  route: { cluster: origin }\n  typed_per_filter_config: { b: { " +
                "\"@type\": " + FilterSides.TYPE + "buffer.v3.BufferPerRoute, disabled: true } }\n" + ALL,
                List.of(get("/a"), post("/a", "0123456789"), post("/a", "0123456789x", 90), post("/more", "0123456789x"),
                    post("/off", "0123456789".repeat(20)), post("/more", "0123456789".repeat(20), 900),
                    "POST /a HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
                "http\\.in\\.downstream_rq_([1-5]xx|too_large)")),
            Arguments.of("fault", new FilterSides.Scenario(
                filter("f", "\"@type\": " + FilterSides.TYPE + "fault.v3.HTTPFault, abort: { http_status: 503, " +
                    "percentage: { numerator: 100 } }, headers: [{ name: x-fault }]"),
                "",
                "- match: { prefix: \"/late\" }\n  route: { cluster: origin }\n  typed_per_filter_config: { f: { " +
                fault("delay: { fixed_delay: 0.01s, percentage: { numerator: 100 } }") +
                "- match: { prefix: \"/both\" }\n  route: { cluster: origin }\n  typed_per_filter_config: { f: { " +
                fault("delay: { fixed_delay: 0.01s, percentage: { numerator: 100 } }, abort: { grpc_status: 7, " +
                    "percentage: { numerator: 100 } }") +
                "- match: { prefix: \"/asked\" }\n  route: { cluster: origin }\n  typed_per_filter_config: { f: { " +
                fault("delay: { header_delay: {}, percentage: { numerator: 100 } }, abort: { header_abort: {}, " +
                    "percentage: { numerator: 100 } }") +
                "- match: { prefix: \"/none\" }\n  route: { cluster: origin }\n  typed_per_filter_config: { f: { " +
                fault("max_active_faults: 0, abort: { http_status: 503, percentage: { numerator: 100 } }") +
                "- match: { prefix: \"/other\" }\n  route: { cluster: origin }\n  typed_per_filter_config: { f: { " +
                fault("upstream_cluster: other, abort: { http_status: 503, percentage: { numerator: 100 } }") + ALL,
                List.of(get("/a"), get("/a", "x-fault: 1"), get("/late"), get("/both"),
                    get("/both", "content-type: application/grpc"), get("/asked"),
                    get("/asked", "x-envoy-fault-abort-request: 418"),
                    get("/asked", "x-envoy-fault-abort-request: 99"),
                    get("/asked", "x-envoy-fault-abort-grpc-request: 5"),
                    get("/asked", "x-envoy-fault-abort-request: 418", "x-envoy-fault-abort-request-percentage: 0"),
                    get("/asked", "x-envoy-fault-delay-request: 5", "x-envoy-fault-abort-request: 404"),
                    get("/none"), get("/other"), get("/other", "x-fault: 1")),
                "http\\.in\\.fault\\..*")),
            Arguments.of("faults at a time", new FilterSides.Scenario(
                filter("f", "\"@type\": " + FilterSides.TYPE + "fault.v3.HTTPFault"), "",
                switched("/late", "f", fault("max_active_faults: 1, delay: { fixed_delay: 3600s, " +
                    "percentage: { numerator: 100 } }")) +
                switched("/one", "f", fault("max_active_faults: 1, abort: { http_status: 418, " +
                    "percentage: { numerator: 100 } }")) +
                switched("/two", "f", fault("max_active_faults: 2, abort: { http_status: 418, " +
                    "percentage: { numerator: 100 } }")),
                List.of(get("/one"), FilterSides.HELD + get("/late"), get("/late"), get("/one"), get("/two")),
                "http\\.in\\.fault\\..*")));
    }

    static Stream<Arguments> switchesAndOrigins()
    {
        return Stream.of(
            Arguments.of("switches of the runtime", new FilterSides.Scenario(
                filter("f", "\"@type\": " + FilterSides.TYPE + "fault.v3.HTTPFault") +
                    filter("limit", "\"@type\": " + FilterSides.TYPE + "local_ratelimit.v3.LocalRateLimit, stat_prefix: l") +
                    filter("c", "\"@type\": " + FilterSides.TYPE + "cors.v3.Cors"),
                "",
                switched("/fault/none", "f", fault("abort_percent_runtime: switch.none, abort: { http_status: 503, " +
                    "percentage: { numerator: 100 } }")) +
                switched("/fault/all", "f", fault("abort_percent_runtime: switch.all, abort: { http_status: 503 }")) +
                switched("/fault/status", "f", fault("abort_http_status_runtime: switch.status, abort: { " +
                    "http_status: 503, percentage: { numerator: 100 } }")) +
                switched("/fault/wrong", "f", fault("abort_http_status_runtime: switch.negative, " +
                    "abort_percent_runtime: switch.text, abort: { http_status: 503 }")) +
                switched("/fault/word", "f", fault("abort_percent_runtime: switch.word, abort: { http_status: 503, " +
                    "percentage: { numerator: 100 } }")) +
                switched("/fault/call", "f", fault("abort_grpc_status_runtime: switch.call, abort: { grpc_status: 7, " +
                    "percentage: { numerator: 100 } }")) +
                switched("/fault/cap", "f", fault("max_active_faults_runtime: switch.cap, abort: { http_status: 503, " +
                    "percentage: { numerator: 100 } }")) +
                switched("/fault/late", "f", fault("delay_percent_runtime: switch.all, " +
                    "delay_duration_runtime: switch.call, delay: { fixed_delay: 3600s }")) +
                switched("/limit/off", "limit", switchedLimit("none", "all")) +
                switched("/limit/shadow", "limit", switchedLimit("all", "none")) +
                switched("/limit/on", "limit", switchedLimit("all", "all")) +
                switched("/cors/off", "c", cors("allow_origin_string_match: [{ prefix: h }], filter_enabled: { " +
                    "default_value: { numerator: 100 }, runtime_key: switch.none } } }\n")) +
                switched("/cors/on", "c", cors("allow_origin_string_match: [{ prefix: h }], filter_enabled: { " +
                    "default_value: {}, runtime_key: switch.all } } }\n")) + ALL,
                List.of(get("/fault/none"), get("/fault/all"), get("/fault/status"), get("/fault/wrong"),
                    get("/fault/word"), get("/fault/call", "content-type: application/grpc"), get("/fault/cap"),
                    get("/fault/late"), get("/limit/off"), get("/limit/off"), get("/limit/shadow"), get("/limit/shadow"),
                    get("/limit/on"), get("/limit/on"), get("/cors/off", "origin: https://a.test"),
                    get("/cors/on", "origin: https://a.test")),
                "(l|s)\\..*|http\\.in\\.(fault|cors)\\..*")),
            Arguments.of("cors", new FilterSides.Scenario(
                filter("c", "\"@type\": " + FilterSides.TYPE + "cors.v3.Cors"),
                "typed_per_filter_config: { c: { " + cors("allow_origin_string_match: [{ exact: \"https://a.test\" }, " +
                    "{ suffix: .b.test }], allow_methods: \"GET,PUT\", allow_headers: x-a, expose_headers: x-b, " +
                    "max_age: \"60\", allow_credentials: true") + " } }",
                "- match: { prefix: \"/own\" }\n  route: { cluster: origin }\n  typed_per_filter_config: { c: { " +
                cors("allow_methods: \"*\", allow_headers: \"*\", allow_credentials: false, " +
                    "allow_private_network_access: true, forward_not_matching_preflights: false") + " } }\n" +
                "- match: { prefix: \"/off\" }\n  route: { cluster: origin }\n  typed_per_filter_config: { c: { " +
                cors("filter_enabled: { default_value: {} }, shadow_enabled: { default_value: { numerator: 100 } }") +
                " } }\n- match: { prefix: \"/direct\" }\n  direct_response: { status: 200 }\n" + ALL,
                List.of(get("/a"), get("/a", "origin: https://a.test"), get("/a", "origin: https://x.b.test"),
                    get("/a", "origin: https://c.test"), preflight("/a", "https://a.test"),
                    preflight("/a", "https://c.test"), preflight("/own", "https://a.test"),
                    preflight("/own", "https://c.test"), preflight("/off", "https://a.test"),
                    get("/off", "origin: https://a.test"), get("/direct", "origin: https://a.test"),
                    "OPTIONS /a HTTP/1.1\r\nhost: a\r\norigin: https://a.test\r\n\r\n"),
                "http\\.in\\.cors\\..*")));
    }

    static Stream<Arguments> policies()
    {
        return Stream.of(
            Arguments.of("rbac", new FilterSides.Scenario(
                filter("r", rbac("rules: { policies: { \"b two\": { permissions: [{ and_rules: { rules: [" +
                    "{ url_path: { path: { prefix: /a } } }, { not_rule: { header: { name: x-bad } } }] } }], " +
                    "principals: [{ direct_remote_ip: { address_prefix: 127.0.0.0, prefix_len: 8 } }] }, " +
                    "a: { permissions: [{ header: { name: x-let } }], principals: [{ or_ids: { ids: [" +
                    "{ header: { name: x-who, string_match: { exact: me } } }] } }] } } }, " +
                    "shadow_rules: { action: DENY, policies: { s: { permissions: [{ any: true }], " +
                    "principals: [{ not_id: { header: { name: x-ok } } }] } } }, shadow_rules_stat_prefix: sh_")),
                "",
                "- match: { prefix: \"/deny\" }\n  route: { cluster: origin }\n  typed_per_filter_config: { r: { " +
                "\"@type\": " + FilterSides.TYPE + "rbac.v3.RBACPerRoute, rbac: { rules: { action: DENY, policies: { " +
                "\"no go\": { permissions: [{ any: true }], principals: [{ header: { name: x-bad } }] } } } } } }\n" +
                "- match: { prefix: \"/open\" }\n  route: { cluster: origin }\n  typed_per_filter_config: { r: { " +
                "\"@type\": " + FilterSides.TYPE + "rbac.v3.RBACPerRoute } }\n" + ALL,
                List.of(get("/a?b"), get("/a", "x-bad: 1"), get("/b"), get("/b?/a"), get("/b", "x-let: 1", "x-who: me"),
                    get("/b", "x-let: 1", "x-who: you"), get("/deny"), get("/deny", "x-bad: 1"), get("/open"),
                    get("/a", "x-ok: 1"), get("/b", "content-type: application/grpc")),
                "http\\.in\\.rbac\\..*")),
            Arguments.of("rbac by addresses and ports", new FilterSides.Scenario(
                filter("r", rbac("rules: { policies: { a: { permissions: [{ destination_ip: { " +
                    "address_prefix: 127.0.0.1, prefix_len: 32 } }], principals: [{ source_ip: { " +
                    "address_prefix: 127.0.0.0, prefix_len: 8 } }] } } }, shadow_rules: { policies: { a: { " +
                    "permissions: [{ destination_port_range: { start: 1, end: 65535 } }], " +
                    "principals: [{ authenticated: {} }] } } }")),
                "",
                "- match: { prefix: \"/port\" }\n  route: { cluster: origin }\n  typed_per_filter_config: { r: { " +
                "\"@type\": " + FilterSides.TYPE + "rbac.v3.RBACPerRoute, rbac: { rules: { policies: { p: { " +
                "permissions: [{ destination_port: 1 }], principals: [{ any: true }] } } } } } }\n" +
                "- match: { prefix: \"/name\" }\n  route: { cluster: origin }\n  typed_per_filter_config: { r: { " +
                "\"@type\": " + FilterSides.TYPE + "rbac.v3.RBACPerRoute, rbac: { rules: { policies: { p: { " +
                "permissions: [{ requested_server_name: { exact: \"a.example\" } }], principals: [{ any: true }] } } } } } }\n" +
                "- match: { prefix: \"/told\" }\n  route: { cluster: origin }\n  typed_per_filter_config: { r: { " +
                "\"@type\": " + FilterSides.TYPE + "rbac.v3.RBACPerRoute, rbac: { rules: { policies: { p: { " +
                "permissions: [{ any: true }], principals: [{ remote_ip: { address_prefix: 10.0.0.0, prefix_len: 8 } }, " +
                "{ remote_ip: { address_prefix: \"2001:db8::\", prefix_len: 32 } }] } } } } } }\n" + ALL,
                List.of(get("/a"), get("/port"), get("/name"), get("/told"), get("/told", "x-forwarded-for: 10.1.2.3"),
                    get("/told", "x-forwarded-for: 10.1.2.3, 11.0.0.1"), get("/told", "x-forwarded-for: 11.0.0.1,10.1.2.3"),
                    get("/told", "x-forwarded-for: 2001:db8::7"), get("/told", "x-forwarded-for: nobody"),
                    get("/a", "x-forwarded-for: 10.1.2.3")), "http\\.in\\.rbac\\..*")),
            Arguments.of("a disabled filter", new FilterSides.Scenario(
                filter("m", MUTATION.formatted(FilterSides.TYPE) + ", " + mutations(
                    append("x-a", "filter", "APPEND_IF_EXISTS_OR_ADD"), "")) + "  disabled: true\n",
                "",
                "- match: { prefix: \"/on\" }\n  route: { cluster: origin }\n  typed_per_filter_config: { m: { " +
                "\"@type\": type.googleapis.com/envoy.config.route.v3.FilterConfig, config: { " + PER_ROUTE + " } } }\n" +
                ALL,
                List.of(get("/on"), get("/a")), "none")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"limits", "limitsByWhatComes", "limitsAndHealth", "mutations", "changesOfRoutes", "faults",
        "switchesAndOrigins", "policies"})
    void shouldDoAsEnvoyDoes(final String name, final FilterSides.Scenario scenario) throws Exception
    {
        final Pair<String> observed = Pair.of(() -> FilterSides.observe(directory, true, scenario),
            () -> FilterSides.observe(directory, false, scenario));
        assertTrue(observed.envoy().contains("HTTP/1.1 "), observed.envoy());
        assertEquals(observed.envoy(), observed.ringway());
    }
}
