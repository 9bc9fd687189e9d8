package dev.ringway.system;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Listeners with routes of every kind, and requests for them, all drawn from one seed. Pools are small,
     so that much of
 * what is asked for is met by something and often by more than one.
 */
final class RandomRoutes
{
    private static final int HOSTS = 5;
    private static final int ROUTES = 8;

    private static final List<String> DOMAINS = List.of("a.example", "b.a.example", "*.a.example", "*.example",
        "*-x.example",
        "a.*", "b.a.*", "b.*", "A.test", "*", "127.0.0.1", "[::1]", "a.example:8080", "*.b.a.example", "*:8080",
            "a.example.");
    private static final List<String> AUTHORITIES = List.of("a.example", "A.Example", "b.a.example", "c.b.a.example",
        "a.example:8080", "a.example:80", "b.a.example:443", "foo-x.example", "-x.example", "a.test", "a.other",
            "b.a.other",
        "127.0.0.1", "127.0.0.1:80", "[::1]", "[::1]:8080", "a.example.", "a.example.:80", ".example", "nobody");
    private static final List<String> SEGMENTS = List.of("a", "b", "ab", "A", "aa", "v1", "v22");
    private static final List<String> ODD_SEGMENTS = List.of("", ".", "..", "%61", "%2F", "%2f", "%5C", "a;p=1", "%",
        "a%20b", "~",
        "a,b", "a=b", "\\", "a+b", "\"", "[");
    private static final List<String> NAMES = List.of("x-a", "x-b", "x-c");
    private static final List<String> VALUES = List.of("one", "two", "One", "on", "one,two", "", "5", "-3", "12",
        "ONE");
    private static final List<String> EXPRESSIONS = List.of("one|two", "[0-9]+", "(?i)on.*", ".*", "o.e", "[a-z]{3}",
        "-?[0-9]*");
    private static final List<String> PATH_EXPRESSIONS = List.of("/a.*", "/[ab]+/?.*", "/(a|b)/v[0-9]+", ".*/b",
        "/.*", "(?i)/A.*",
        "/a/?", "[^?]*", "/.{1,3}");
    private static final List<String> REWRITES = List.of("/a", "^/([a-z]+)", "a*", "[0-9]+", "(a)(b)?", "/", "$",
        "(.*)", "x");
    private static final List<String> SUBSTITUTIONS = List.of("X", "/\\1", "", "\\0\\0", "-\\1-");
    private static final List<String> TARGETS = List.of("", "/", "/new", "/new/", "/n?k=v", "n", "/a//b", "/%41");
    private static final List<String> REQUEST_NAMES = List.of("x-a", "x-b", "X-New", "user-agent", "x-forwarded-host",
        "accept", "cookie",
        "x-envoy-original-path", "x-envoy-external-address", "referer", "content-type",
        "x-forwarded-proto", "x-envoy-upstream-rq-timeout-ms", "x-client-trace-id", "x-envoy-internal");
    private static final List<String> RESPONSE_NAMES = List.of("x-a", "x-b", "X-New", "server", "etag", "date",
        "content-type", "location",
        "x-envoy-upstream-service-time", "set-cookie", "cache-control", "x-request-id", "vary",
            "x-envoy-attempt-count");
    private static final List<String> TEXTS = List.of("static", "", "%REQ(x-a)%", "<%REQ(x-b)%>", "%REQ(x-c?x-a):2%",
        "%PROTOCOL%",
        "%ROUTE_NAME%", "%UPSTREAM_CLUSTER%", "100%%", "%REQ(:path)%", "%REQ(:authority)%",
            "%REQ(:method)% %REQ(x-a)%",
        "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%", "%REQ(x-forwarded-proto)%", "%REQ(x-envoy-original-path?:path)%",
        "%REQ(user-agent)%", "%REQ(x-request-id):0%", "%REQ(:scheme)%", "%REQ(host)%",
        "%QUERY_PARAM(k)%", "%PATH(NQ:PATH)%", "%PATH(WQ:ORIG)%:3", "%PATH(WQ:ORIG_OR_PATH):5%");
    private static final List<String> RESPONSE_TEXTS = List.of("%RESP(x-a)%", "[%RESP(etag)%]", "%RESP(x-b?x-a):2%",
        "%RESP(:status)%",
        "%RESP(content-type)%", "%RESP(server)%", "%REQ(x-a)%", "<%REQ(x-b?x-a):2%>", "%REQ(user-agent)%",
        "%REQ(x-forwarded-proto)%", "%REQ(:method)% %REQ(:scheme)%", "%REQ(cookie)%", "%REQ(x-c)% %RESP(x-a)%", "static", "", "%PROTOCOL%", "%ROUTE_NAME%", "%UPSTREAM_CLUSTER%",
            "100%%",
        "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%");
    private static final List<String> ACTIONS = List.of("APPEND_IF_EXISTS_OR_ADD", "ADD_IF_ABSENT",
        "OVERWRITE_IF_EXISTS_OR_ADD",
        "OVERWRITE_IF_EXISTS");
    private static final List<String> METHODS = List.of("GET", "GET", "GET", "GET", "HEAD", "POST", "OPTIONS", "PUT",
        "DELETE");

    private final Random random;
    /** What is then added of a request's host is another host with Envoy, so either has it. */
    private final boolean rewritesShares;
    private final RandomFilters filters;

    RandomRoutes(final long seed)
    {
        random = new Random(seed);
        rewritesShares = random.nextBoolean();
        filters = new RandomFilters(random);
    }

    /** Entries of {@code http_filters} before the router, a line each. */
    String filters()
    {
        return filters.entries();
    }

    private boolean isOne(final int in)
    {
        return random.nextInt(in) == 0;
    }

    private <T> T of(final List<T> pool)
    {
        return pool.get(random.nextInt(pool.size()));
    }

    private static String quoted(final String text)
    {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private String expression(final List<String> pool)
    {
        return "{ regex: " + quoted(of(pool)) + " }";
    }

    private String list(final int most, final Supplier<String> item)
    {
        final List<String> items = new ArrayList<>();
        for (int i = random.nextInt(most) + 1; i > 0; i--)
        {
            items.add(item.get());
        }
        return "[ " + String.join(", ", items) + " ]";
    }

    /** Options of a connection manager, a line each. */
    String options()
    {
        final StringBuilder text = new StringBuilder();
        for (final String option : List.of("normalize_path: true", "merge_slashes: true", "strip_any_host_port: true",
            "strip_trailing_host_dot: true", "use_remote_address: true", "skip_xff_append: true", "via: proxy",
            "always_set_request_id_in_response: true", "xff_num_trusted_hops: 1",
                "preserve_external_request_id: true",
            "generate_request_id: false", "server_header_transformation: PASS_THROUGH",
            "server_header_transformation: APPEND_IF_ABSENT",
                "path_with_escaped_slashes_action: UNESCAPE_AND_FORWARD",
            "path_with_escaped_slashes_action: REJECT_REQUEST", "path_with_escaped_slashes_action: UNESCAPE_AND_REDIRECT",
            "http_protocol_options: { enable_trailers: true }"))
        {
            if (isOne(5) && text.indexOf(option.split(":")[0]) < 0)
            {
                text.append(option).append('\n');
            }
        }
        return text.toString();
    }

    /** The fields of a route configuration, a line each, ahead of its virtual hosts. */
    String table()
    {
        return (isOne(4) ? "ignore_port_in_host_matching: true\n" : "") +
            (isOne(3) ? "most_specific_header_mutations_wins: true\n" : "") + changes(3, "\n") +
            filters.settings(3, "\n");
    }

    /** A list of virtual hosts, a line for each route. */
    String hosts()
    {
        final StringBuilder text = new StringBuilder("virtual_hosts:\n");
        final Set<String> taken = new TreeSet<>();
        for (int host = 0; host < HOSTS; host++)
        {
            final Set<String> domains = new TreeSet<>();
            for (int i = random.nextInt(3); i >= 0; i--)
            {
                final String domain = of(DOMAINS);
                if (taken.add(domain.toLowerCase()))
                {
                    domains.add(quoted(domain));
                }
            }
            if (!domains.isEmpty())
            {
                text.append("- name: host-").append(host).append("\n  domains: [ ").append(String.join(", ", domains))
                    .append(" ]\n  ").append(isOne(8) ? "require_tls: ALL\n  " : "")
                    .append(isOne(6) ? "include_request_attempt_count: true\n  " : "")
                    .append(isOne(6) ? "include_attempt_count_in_response: true\n  " : "")
                    .append(changes(3, "\n  ")).append(filters.settings(3, "\n  ")).append("routes:\n");
                for (int route = 0; route < ROUTES; route++)
                {
                    text.append("  - { ").append(isOne(4) ? "" : "name: route-" + host + "-" + route + ", ")
                        .append("match: { ").append(match()).append(" }, ").append(changes(3, ", ")).append(filters.settings(2, ", "))
                        .append(action()).append(" }\n");
                }
            }
        }
        return text.toString();
    }

    /** Fields that add and remove fields of messages, each with the end behind it. */
    private String changes(final int in, final String end)
    {
        return (isOne(in) ? "request_headers_to_add: " + list(3, () -> option(REQUEST_NAMES, TEXTS)) + end : "") +
            (isOne(in * 2) ? "request_headers_to_remove: " + list(2, () -> of(REQUEST_NAMES)) + end : "") +
            (isOne(in) ? "response_headers_to_add: " +
                list(3, () -> option(RESPONSE_NAMES, RESPONSE_TEXTS)) + end : "") +
            (isOne(in * 2) ? "response_headers_to_remove: " + list(2, () -> of(RESPONSE_NAMES)) + end : "");
    }

    private String option(final List<String> names, final List<String> texts)
    {
        return "{ header: { key: " + quoted(of(names)) + ", value: " + quoted(text(texts)) + " }" +
            (isOne(2) ? ", append_action: " + of(ACTIONS) : "") + (isOne(5) ? ", keep_empty_value: true" : "") + " }";
    }

    private String text(final List<String> texts)
    {
        final String text = of(texts);
        return rewritesShares && (text.contains(":authority") || text.contains("host")) ? "own" : text;
    }

    private String match()
    {
        final String any = isOne(4) ? ", case_sensitive: false" : "";
        final String path = switch (random.nextInt(5))
        {
            case 0 -> "path: " + quoted(path(SEGMENTS, 2)) + any;
            case 1 -> "path_separated_prefix: " + quoted(path(SEGMENTS, 2).replaceFirst("(?<=.)/+$",
                "").replaceFirst("^/$", "/a")) + any;
            case 2 -> "safe_regex: " + expression(PATH_EXPRESSIONS);
            case 3 -> "prefix: /";
            default -> "prefix: " + quoted(path(SEGMENTS, 2)) + any;
        };
        return path + (isOne(3) ? ", headers: " + list(2, this::headerMatch) : "") +
            (isOne(4) ? ", query_parameters: " + list(2, this::queryMatch) : "") + (isOne(20) ? ", grpc: {}" : "") +
            (isOne(15) ? ", runtime_fraction: { default_value: { numerator: " + of(List.of(0, 100)) + " } }" : "");
    }

    private String headerMatch()
    {
        final String name = isOne(6) ? of(List.of(":method", ":path", ":authority", "host", "x-forwarded-proto",
            ":scheme",
            "content-type", "cookie", "x-forwarded-for", "content-length")) : of(NAMES);
        final String kind = switch (random.nextInt(6))
        {
            case 0 -> "";
            case 1 -> ", present_match: " + random.nextBoolean();
            case 2 -> ", range_match: { start: " + (random.nextInt(20) - 5) + ", end: " + (random.nextInt(20) + 15) +
                " }";
            default -> ", string_match: " + stringMatch();
        };
        return "{ name: " + quoted(name) + kind + (isOne(3) ? ", invert_match: true" : "") +
            (isOne(4) ? ", treat_missing_header_as_empty: true" : "") + " }";
    }

    private String queryMatch()
    {
        return "{ name: " + of(List.of("k", "l", "K")) + switch (random.nextInt(4))
        {
            case 0 -> "";
            case 1 -> ", present_match: " + random.nextBoolean();
            default -> ", string_match: " + stringMatch();
        } + " }";
    }

    private String stringMatch()
    {
        final String any = isOne(3) ? ", ignore_case: true" : "";
        return "{ " + switch (random.nextInt(5))
        {
            case 0 -> "prefix: " + quoted(of(List.of("o", "on", "-", "t", "ON"))) + any;
            case 1 -> "suffix: " + quoted(of(List.of("e", "wo", "5", "NE"))) + any;
            case 2 -> "contains: " + quoted(of(List.of("n", ",", "O"))) + any;
            case 3 -> "safe_regex: " + expression(EXPRESSIONS);
            default -> "exact: " + quoted(of(VALUES)) + any;
        } + " }";
    }

    private String action()
    {
        return switch (random.nextInt(6))
        {
            case 0 -> "redirect: { " + redirect() + " }";
            case 1 -> "direct_response: { status: " + of(List.of(200, 404, 503, 201, 301, 418)) +
                (isOne(3) ? "" : ", body: { inline_string: " + quoted(of(List.of("text", "{}", "<p>", ""))) + " }") +
                    " }";
            default -> "route: { " + forward() + " }";
        };
    }

    private String forward()
    {
        final String target = target();
        final String host = target.contains("host_rewrite") ? "" : hostRewrite();
        // What is told of the host before differs from the second attempt on.
        return target + rewrite() + host + (isOne(3) && !host.contains("auto_host") ? retry() : "") +
            (target.endsWith(": ring") ? hash() : "");
    }

    private String hash()
    {
        final String all = list(3, () -> "{ " + of(List.of("header: { header_name: x-a }",
            "header: { header_name: x-n }", "header: { header_name: \":path\" }", "header: { header_name: cookie }",
            "header: { header_name: user-agent }",
            "header: { header_name: \":authority\" }", "header: { header_name: x-new }",
            "cookie: { name: k }", "query_parameter: { name: k }", "header: { header_name: x-b }")) +
            (isOne(3) ? ", terminal: true" : "") + " }");
        return ", hash_policy: " + all.replaceFirst(" ]$", ", { header: { header_name: x-n } } ]");
    }

    private String retry()
    {
        return ", retry_policy: { retry_on: " + quoted(of(List.of("5xx", "gateway-error", "retriable-4xx",
            "connect-failure", "retriable-status-codes", "retriable-headers,reset", "envoy-ratelimited", ""))) +
            ", num_retries: " + random.nextInt(4) + ", retry_back_off: { base_interval: 0.001s, max_interval: 0.002s }" +
            (isOne(3) ? ", retriable_status_codes: [ 404, 500 ]" : "") +
            (isOne(3) ? ", retriable_headers: [ { name: x-a, present_match: true } ]" : "") +
            (isOne(4) ? ", retriable_request_headers: [ " + headerMatch() + " ]" : "") + " }";
    }

    private String redirect()
    {
        final List<String> fields = new ArrayList<>();
        fields.add(of(List.of("", "https_redirect: true", "scheme_redirect: ftp", "scheme_redirect: https",
            "scheme_redirect: http")));
        fields.add(isOne(2) ? "host_redirect: " + quoted(of(List.of("new.example", "new.example:81", ""))) : "");
        fields.add(isOne(3) ? "port_redirect: " + of(List.of(80, 443, 8443)) : "");
        fields.add(switch (random.nextInt(5))
        {
            case 0 -> "path_redirect: " + quoted(of(TARGETS));
            case 1 -> "prefix_rewrite: " + quoted(of(TARGETS));
            case 2 -> "regex_rewrite: " + regexRewrite();
            default -> "";
        });
        fields.add(isOne(2) ? "response_code: " + of(List.of("FOUND", "SEE_OTHER", "TEMPORARY_REDIRECT",
            "PERMANENT_REDIRECT")) : "");
        fields.add(isOne(3) ? "strip_query: true" : "");
        fields.removeIf(String::isEmpty);
        return String.join(", ", fields);
    }

    private String regexRewrite()
    {
        return "{ pattern: " + expression(REWRITES) + ", substitution: " +
            quoted(of(SUBSTITUTIONS).replace("\\1", "\\0")) + " }";
    }

    private String target()
    {
        return switch (random.nextInt(6))
        {
            case 0 -> "cluster_header: x-a" + (isOne(2) ? ", cluster_not_found_response_code: NOT_FOUND" : "");
            case 1 -> "weighted_clusters: { header_name: x-n, clusters: [ { name: one, weight: 3, " + changes(2,
                ", ") + filters.settings(3, ", ") +
                (rewritesShares ? "host_rewrite_literal: share.example, " : "") + "}, { name: two, weight: " +
                of(List.of(0, 9)) + ", " + changes(2, ", ") + "} ] }";
            default -> "cluster: " + (isOne(10) ? of(List.of("empty", "dead")) :
                of(List.of("one", "two", "one", "two", "three", "three", "ring")));
        };
    }

    private String rewrite()
    {
        return switch (random.nextInt(5))
        {
            case 0 -> ", prefix_rewrite: " + quoted(of(TARGETS));
            case 1 -> ", regex_rewrite: " + regexRewrite();
            default -> "";
        };
    }

    private String hostRewrite()
    {
        return switch (random.nextInt(8))
        {
            case 0 -> ", host_rewrite_literal: new.example";
            case 1 -> ", host_rewrite_header: x-b";
            case 2 -> ", host_rewrite_path_regex: " + regexRewrite();
            case 3 -> ", auto_host_rewrite: true";
            default -> "";
        } + (isOne(5) ? ", append_x_forwarded_host: true" : "");
    }

    private String path(final List<String> pool, final int most)
    {
        final StringBuilder path = new StringBuilder();
        for (int i = random.nextInt(most + 1); i > 0; i--)
        {
            path.append('/').append(of(pool));
        }
        return path.append(path.isEmpty() || isOne(4) ? "/" : "").toString();
    }

    /** A request as HTTP/1.1 writes it, with its content. */
    String request()
    {
        final String path = path(SEGMENTS, 3) + (isOne(4) ? "/" + of(ODD_SEGMENTS) + path(SEGMENTS, 1) : "");
        final StringBuilder target = new StringBuilder(path.replaceAll("%2[fF]|%5C|\\\\", "/").matches("/+|[/.]*//[/.]*") ? "/" :
            path);
        if (isOne(3))
        {
            target.append('?');
            for (int i = random.nextInt(4); i > 0; i--)
            {
                target.append(of(List.of("k", "l", "K", "%6B"))).append(isOne(5) ? "" : "=" + of(VALUES))
                    .append(isOne(12) ? ";" : i > 1 || isOne(9) ? "&" : "").append(isOne(30) ? "?" : "");
            }
        }
        final String authority = of(AUTHORITIES);
        final boolean isAbsolute = isOne(20);
        final String method = of(METHODS);
        final StringBuilder head = new StringBuilder(method).append(' ')
            .append(isAbsolute ? of(List.of("http://", "HTTP://")) + authority : "").append(target)
            .append(" HTTP/1.1\r\nhost: ").append(authority).append("\r\nx-n: ").append(random.nextInt(20)).append("\r\n");
        for (int i = random.nextInt(4); i > 0; i--)
        {
            head.append(of(NAMES)).append(": ").append(isOne(3) ? of(List.of("one", "two")) :
                of(VALUES)).append("\r\n");
        }
        for (final String field : List.of("user-agent: agent", "accept: */*", "x-forwarded-for: 192.0.2.1",
            isAbsolute ? "x-d: d" : "x-forwarded-proto: https",
            "cookie: k=v; l=w", "cookie: one", "content-type: " + (method.equals("HEAD") ? "text/plain" :
                "application/grpc"), "x-forwarded-host: before.example", "x-request-id: mine",
            "content-length: 0", "referer: r", "x-envoy-original-path: /mine", "x-envoy-internal: true",
                "te: trailers",
            "x-envoy-fault-abort-request: 429", "access-control-request-private-network: true"))
        {
            final boolean isIn = isOne(10);
            // For an answer to a path that is refused Envoy finds a route where the scheme is told, Ringway never.
            head.append(isIn && !(field.startsWith("x-forwarded-proto") && path.matches(".*%(2[fF]|5C).*")) ?
                field + "\r\n" : "");
        }
        if (isOne(method.equals("OPTIONS") ? 2 : 6))
        {
            head.append("origin: http://").append(of(List.of("a.example", "b.test"))).append("\r\n")
                .append(method.equals("OPTIONS") ? "access-control-request-method: PUT\r\n" : "");
        }
        return head + (method.matches("POST|PUT|DELETE") && head.indexOf("content-length") < 0 ? content() : "\r\n");
    }

    /** The end of a head, and what follows. */
    private String content()
    {
        final int length = of(List.of(0, 1, 5, 300, 5000, 40_000));
        final String all = "0123456789".repeat(length / 10 + 1).substring(0, length);
        final int first = length / 3;
        return switch (length == 0 ? 0 : random.nextInt(3))
        {
            case 0 -> "\r\n";
            case 1 -> "content-length: " + length + "\r\n\r\n" + all;
            default -> "transfer-encoding: chunked\r\n\r\n" + (first == 0 ? "" : chunk(all.substring(0, first))) +
                chunk(all.substring(first)) + "0\r\n" + (isOne(3) ? "x-last: 1\r\n" : "") + "\r\n";
        };
    }

    private static String chunk(final String data)
    {
        return Integer.toHexString(data.length()) + "\r\n" + data + "\r\n";
    }
}
