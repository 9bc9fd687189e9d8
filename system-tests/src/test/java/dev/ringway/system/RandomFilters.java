package dev.ringway.system;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** HTTP filters of a listener, and what routes, virtual hosts and shares say of them, drawn at random. */
final class RandomFilters
{
    private static final String TYPE = "\"@type\": type.googleapis.com/envoy.extensions.filters.http.";
    private static final List<String> KINDS = List.of("cors", "mutation", "limit", "fault", "rbac");
    private static final List<String> ACTIONS = List.of("APPEND_IF_EXISTS_OR_ADD", "ADD_IF_ABSENT",
        "OVERWRITE_IF_EXISTS_OR_ADD", "OVERWRITE_IF_EXISTS");

    private static final List<String> ORIGINS = List.of("{ exact: \"*\" }", "{ exact: \"http://a.example\" }",
        "{ suffix: .example }", "{ safe_regex: { regex: \".*a.*\" } }", "{ prefix: \"http://b\" }", "{ contains: TEST, ignore_case: true }");

    private final Random random;
    private final List<String> filters = new ArrayList<>();

    RandomFilters(final Random random)
    {
        this.random = random;
        final List<String> kinds = new ArrayList<>(KINDS);
        Collections.shuffle(kinds, random);
        kinds.subList(0, random.nextInt(4)).forEach(filters::add);
    }

    private boolean isOne(final int in)
    {
        return random.nextInt(in) == 0;
    }

    private <T> T of(final List<T> pool)
    {
        return pool.get(random.nextInt(pool.size()));
    }

    /** Entries of {@code http_filters} before the router, a line each. */
    String entries()
    {
        final StringBuilder text = new StringBuilder();
        for (final String filter : filters)
        {
            text.append("- { name: ").append(filter).append(", typed_config: { ").append(TYPE)
                .append(config(filter)).append(" }").append(isOne(8) ? ", disabled: true" : "").append(" }\n");
        }
        return text.toString();
    }

    private String config(final String filter)
    {
        return switch (filter)
        {
            case "cors" -> "cors.v3.Cors";
            case "mutation" -> "header_mutation.v3.HeaderMutation, " + mutations() +
                (isOne(2) ? ", most_specific_header_mutations_wins: true" : "");
            case "limit" -> "local_ratelimit.v3.LocalRateLimit, stat_prefix: base" + (isOne(3) ? "" : bucket(20));
            case "fault" -> "fault.v3.HTTPFault" + (isOne(2) ? "" : ", " + abort());
            default -> "rbac.v3.RBAC" + (isOne(3) ? "" : ", " + rules());
        };
    }

    /** {@code typed_per_filter_config} with its end behind it, or nothing. */
    String settings(final int in, final String end)
    {
        if (filters.isEmpty() || !isOne(in))
        {
            return "";
        }
        final Set<String> chosen = new LinkedHashSet<>(List.of(of(filters), of(filters)));
        final List<String> entries = new ArrayList<>();
        chosen.forEach(filter -> entries.add(filter + ": { " + setting(filter) + " }"));
        return "typed_per_filter_config: { " + String.join(", ", entries) + " }" + end;
    }

    private String setting(final String filter)
    {
        if (isOne(6))
        {
            return "\"@type\": type.googleapis.com/envoy.config.route.v3.FilterConfig, " +
                (isOne(2) ? "disabled: true" : "config: { " + TYPE + own(filter) + " }");
        }
        return TYPE + own(filter);
    }

    private String own(final String filter)
    {
        return switch (filter)
        {
            case "cors" -> "cors.v3.CorsPolicy, allow_origin_string_match: [ " + of(ORIGINS) +
                (isOne(3) ? ", " + of(ORIGINS) : "") + " ]" +
                option("allow_methods: \"GET,PUT\"", "allow_methods: \"*\"") +
                option("allow_headers: x-a", "allow_headers: \"*\"") +
                option("expose_headers: x-b") + option("max_age: \"60\"") + option("allow_credentials: true") +
                option("forward_not_matching_preflights: false") + option("allow_private_network_access: true") +
                option("filter_enabled: { default_value: {} }, shadow_enabled: { default_value: { numerator: 100 } }");
            case "mutation" -> "header_mutation.v3.HeaderMutationPerRoute, " + mutations();
            case "limit" -> "local_ratelimit.v3.LocalRateLimit, stat_prefix: own" + bucket(4);
            case "fault" -> "fault.v3.HTTPFault, " + abort();
            default -> "rbac.v3.RBACPerRoute" + (isOne(4) ? "" : ", rbac: { " + (isOne(8) ? "" : rules()) + " }");
        };
    }

    private String option(final String... choices)
    {
        return isOne(2) ? ", " + of(List.of(choices)) : "";
    }

    private String mutations()
    {
        return "mutations: { request_mutations: [ " + mutation(false) + ", " + mutation(false) +
            " ], response_mutations: [ " + mutation(true) + ", " + mutation(true) + " ] }";
    }

    private String mutation(final boolean isAnswer)
    {
        final String name = of(isAnswer ? List.of("x-a", "x-b", "x-new", "etag", "vary", "content-type", "x-envoy-attempt-count") :
            List.of("x-a", "x-b", "x-new", "user-agent"));
        if (isOne(3))
        {
            return "{ remove: " + name + " }";
        }
        final String value = of(isAnswer ? List.of("m", "", "%RESP(x-a)%", "%PROTOCOL%", "[%RESP(x-b?x-a)%]", "%RESP(vary)%",
            "%REQ(x-a)%", "<%REQ(x-b?x-new)%>", "%REQ(user-agent)%", "%RESP(content-type)%") :
            List.of("m", "", "%REQ(x-a)%", "<%REQ(x-b)%>", "%PROTOCOL%", "%REQ(:path)%"));
        return "{ append: { header: { key: " + name + ", value: \"" + value + "\" }, append_action: " + of(ACTIONS) +
            (isOne(4) ? ", keep_empty_value: true" : "") + " } }";
    }

    private String bucket(final int most)
    {
        return ", token_bucket: { max_tokens: " + (random.nextInt(most) + 1) + ", fill_interval: 7200s }, " +
            "filter_enabled: { default_value: { numerator: 100 } }, filter_enforced: { default_value: { numerator: " +
            (isOne(5) ? 0 : 100) + " } }" + (isOne(3) ? ", status: { code: " + of(List.of(429, 503, 404)) + " }" : "") +
            (isOne(3) ? ", response_headers_to_add: [ { header: { key: x-a, value: \"%REQ(x-a)%limited\" }, append_action: " +
                of(ACTIONS) + " } ]" : "") +
            (isOne(3) ? ", enable_x_ratelimit_headers: DRAFT_VERSION_03" : "") +
            (isOne(4) ? ", rate_limited_as_resource_exhausted: true" : "");
    }

    private String abort()
    {
        return "abort: { " + of(List.of("http_status: 418", "grpc_status: 8", "header_abort: {}", "http_status: 503")) +
            ", percentage: { numerator: " + of(List.of(0, 100, 100, 100)) + " } }" +
            (isOne(2) ? ", headers: [ " + header() + " ]" : "");
    }

    private String header()
    {
        return "{ name: " + of(List.of("x-a", "x-b", "x-c", "user-agent")) + ", " + of(List.of("present_match: true",
            "string_match: { exact: one }", "string_match: { prefix: t }", "present_match: true, invert_match: true")) + " }";
    }

    private String rules()
    {
        return (isOne(4) ? "shadow_" : "") + "rules: { action: " + of(List.of("ALLOW", "DENY", "DENY")) +
            ", policies: { first: { permissions: [ " + permission(2) + " ], principals: [ " + principal(2) + " ] } } }";
    }

    private String permission(final int depth)
    {
        return switch (random.nextInt(depth > 0 ? 7 : 4))
        {
            case 0 -> "{ any: true }";
            case 1 -> "{ header: " + header() + " }";
            case 2 -> "{ url_path: { path: { prefix: " + of(List.of("/a", "/b", "/v")) + " } } }";
            case 3 -> "{ header: { name: \":method\", string_match: { exact: " + of(List.of("GET", "POST")) + " } } }";
            case 4 -> "{ not_rule: " + permission(depth - 1) + " }";
            case 5 -> "{ and_rules: { rules: [ " + permission(depth - 1) + ", " + permission(depth - 1) + " ] } }";
            default -> "{ or_rules: { rules: [ " + permission(depth - 1) + ", " + permission(depth - 1) + " ] } }";
        };
    }

    private String principal(final int depth)
    {
        return switch (random.nextInt(depth > 0 ? 6 : 4))
        {
            case 0 -> "{ any: true }";
            case 1 -> "{ header: " + header() + " }";
            case 2 -> "{ remote_ip: { address_prefix: 192.0.2.0, prefix_len: 24 } }";
            case 3 -> "{ direct_remote_ip: { address_prefix: 127.0.0.0, prefix_len: 8 } }";
            case 4 -> "{ not_id: " + principal(depth - 1) + " }";
            default -> "{ or_ids: { ids: [ " + principal(depth - 1) + ", " + principal(depth - 1) + " ] } }";
        };
    }
}
