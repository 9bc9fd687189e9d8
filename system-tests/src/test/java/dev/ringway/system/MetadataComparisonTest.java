package dev.ringway.system;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What connections carry of the values of their PROXY headers is seen in the same places as with Envoy. */
@Timeout(120)
final class MetadataComparisonTest
{
    private static final String TYPE = "\"@type\": type.googleapis.com/envoy.extensions.";
    private static final String OWN = "envoy.filters.listener.proxy_protocol";
    private static final String FILTER = "{ name: p, typed_config: { " + TYPE +
        "filters.listener.proxy_protocol.v3.ProxyProtocol, allow_requests_without_proxy_protocol: true, rules: [ " +
        "{ tlv_type: 1, on_tlv_present: { key: one } }, " +
        "{ tlv_type: 2, on_tlv_present: { metadata_namespace: ns, key: two } }, " +
        "{ tlv_type: 3, on_tlv_present: { metadata_namespace: ns, key: two } }, " +
        "{ tlv_type: 4, on_tlv_present: { key: early } }, { tlv_type: 4, on_tlv_present: { key: late } } ] } }";

    /** What is demanded of them, in the order of the counters. */
    private static final List<String> MATCHERS = List.of(
        one("string_match: { exact: abc }"), one("string_match: { exact: abc } }, invert: true"),
        one("string_match: { prefix: AB, ignore_case: true }"), one("string_match: { safe_regex: { regex: \"a.*\" } }"),
        one("string_match: { contains: \"!\" }"), one("string_match: { exact: \"\" }"), one("present_match: true"),
        one("present_match: false"), one("null_match: {}"), one("bool_match: true"),
        one("or_match: { value_matchers: [ { null_match: {} }, { string_match: { suffix: c } } ] }"),
        "filter: " + OWN + ", path: [ { key: one }, { key: x } ], value: { present_match: true }",
        "filter: " + OWN + ", path: [ { key: one }, { key: x } ], value: { present_match: true }, invert: true",
        "filter: ns, path: [ { key: two } ], value: { string_match: { exact: three } }",
        "filter: none, path: [ { key: none } ], value: { present_match: true }, invert: true");

    /** By name, a header. */
    private static final Map<String, String> HEADERS = new LinkedHashMap<>();

    static
    {
        HEADERS.put("none", "");
        HEADERS.put("line", "PROXY TCP4 192.0.2.1 192.0.2.2 1000 81\r\n");
        HEADERS.put("no value", header(1));
        HEADERS.put("others", header(1, 9, "nine"));
        HEADERS.put("one", header(1, 1, "abc", 2, "second", 9, "nine"));
        HEADERS.put("empty", header(1, 1, ""));
        HEADERS.put("deny", header(1, 1, "deny"));
        HEADERS.put("Latin", header(1, 1, "a\u00e9\u00ff\u0080z"));
        HEADERS.put("UTF-8", header(1, 1, "a\u00c3\u00a9\u00e2\u0082\u00acz\""));
        HEADERS.put("not UTF-8", header(1, 1, "\u00ed\u00a0\u0080b\u00c0\u00afc\u00f4\u0090\u0080\u0080d\u00e2\u0082"));
        HEADERS.put("one key", header(1, 2, "two", 3, "three"));
        HEADERS.put("one key reversed", header(1, 3, "three", 2, "two"));
        HEADERS.put("one type twice", header(1, 1, "abc", 1, "again"));
        HEADERS.put("two rules", header(1, 4, "four"));
        HEADERS.put("local", header(0, 1, "abc"));
    }

    @TempDir
    private static Path directory;

    private static String one(final String value)
    {
        return "filter: " + OWN + ", path: [ { key: one } ], value: { " + value +
            (value.endsWith("invert: true") ? "" : " }");
    }

    /** Of version 2, with a command, and types and values by turns. */
    private static String header(final int command, final Object... values)
    {
        final StringBuilder rest = new StringBuilder("\u00c0\0\2\1\u00c0\0\2\2\3\u00e8\0\u0051");
        for (int i = 0; i < values.length; i += 2)
        {
            final String value = (String)values[i + 1];
            rest.append((char)(int)values[i]).append((char)(value.length() >> 8)).append((char)(value.length() & 0xFF))
                .append(value);
        }
        return "\r\n\r\n\0\r\nQUIT\n" + (char)(0x20 | command) + (char)0x11 + (char)(rest.length() >> 8) +
            (char)(rest.length() & 0xFF) + rest;
    }

    private static String value(final String path)
    {
        return "%DYNAMIC_METADATA(" + path + ")";
    }

    private static String log(final Path file, final String format)
    {
        return "{ name: log, typed_config: { " + TYPE + "access_loggers.file.v3.FileAccessLog, path: \"" + file +
            "\", log_format: { " + format + " } } }";
    }

    private static String text(final String name)
    {
        return "text_format_source: { inline_string: \"" + name + " " + value(OWN + ":one") + "%|" +
            value(OWN + ":one") + ":3%|" + value("ns:two") + "%|" + value(OWN + ":early") + "%|" +
            value(OWN + ":late") + "%|" + value(OWN + ":none") + "%|" + value("none:none") + "%|" +
            value(OWN + ":one:x") + "%|" + value(" ns:two") + "%\\n\" }";
    }

    private static String json()
    {
        return "json_format: { one: '" + value(OWN + ":one") + "%', cut: '" + value(OWN + ":one") + ":3%', two: '" +
            value("ns:two") + "%', mixed: 'a" + value(OWN + ":one") + "%b" + value("ns:none") + "%c' }";
    }

    /** Policies that only count, one for each matcher. */
    private static String shadows(final String type, final String prefix)
    {
        final StringBuilder filters = new StringBuilder();
        for (int i = 0; i < MATCHERS.size(); i++)
        {
            final String matcher = "{ " + (i % 2 == 0 ? "metadata: { " + MATCHERS.get(i) + " }" :
                "sourced_metadata: { metadata_matcher: { " + MATCHERS.get(i) + " } }") + " }";
            final boolean isPrincipal = i % 4 > 1;
            filters.append("{ name: r").append(i).append(", typed_config: { ").append(TYPE).append(type)
                .append(".rbac.v3.RBAC, ").append(prefix.formatted(i))
                .append(", shadow_rules: { policies: { a: { permissions: [ ")
                .append(isPrincipal ? "{ any: true }" : matcher).append(" ], principals: [ ")
                .append(isPrincipal ? matcher : "{ any: true }").append(" ] } } } } }, ");
        }
        return filters.toString();
    }

    private static String routes()
    {
        final StringBuilder routes = new StringBuilder();
        for (int i = 0; i < MATCHERS.size(); i++)
        {
            routes.append("{ match: { path: /m").append(i).append(", dynamic_metadata: [ { ").append(MATCHERS.get(i))
                .append(" } ] }, direct_response: { status: 200 } }, ");
        }
        return routes + "{ match: { path: / }, route: { cluster: origin } }, " +
            "{ match: { prefix: / }, direct_response: { status: 201 } }";
    }

    private static String field(final String name, final String value)
    {
        return "{ header: { key: " + name + ", value: '" + value + "' } }";
    }

    private static String http(final Path log)
    {
        return last("http_connection_manager.v3.HttpConnectionManager, stat_prefix: in, access_log: [ " +
            log(log, text("http")) + " ], http_filters: [ " +
            shadows("filters.http", "shadow_rules_stat_prefix: m%d_") + "{ name: r, typed_config: { " + TYPE +
            "filters.http.router.v3.Router } } ], route_config: { virtual_hosts: [ { name: all, domains: [\"*\"], " +
            "request_headers_to_add: [ " + field("x-one", value(OWN + ":one") + "%") + ", " +
            field("x-mixed", "a" + value(OWN + ":one") + ":3%b" + value("ns:two:x") + "%c") + " ], " +
            "response_headers_to_add: [ " + field("y-one", value(OWN + ":one") + "%") + ", " +
            field("y-mixed", "a" + value(OWN + ":one") + "%b") + " ], routes: [ " + routes() + " ] } ] }");
    }

    private static String last(final String config)
    {
        return "{ name: last, typed_config: { " + TYPE + "filters.network." + config + " } }";
    }

    private static String listener(final String name, final int port, final Path log, final String filters)
    {
        return "  - { name: " + name + ", address: " + Bootstraps.tcpAddress("127.0.0.1", port) +
            ", access_log: [ " + log(log, text("listener")) + " ], listener_filters: [ " + FILTER +
            " ], filter_chains: [ { filters: [ " + filters + " ] } ] }\n";
    }

    private static String observe(final boolean isEnvoy) throws Exception
    {
        final Path logs = Files.createDirectory(directory.resolve(isEnvoy ? "envoy" : "ringway"));
        final int adminPort = Program.freePort();
        final int relay = Program.freePort();
        final int http = Program.freePort();
        final StringBuilder seen = new StringBuilder();
        try (Origin origin = new Origin(Map.of()))
        {
            final String guard = last("rbac.v3.RBAC, stat_prefix: deny, rules: { action: DENY, policies: { a: " +
                "{ permissions: [ { metadata: { " + one("string_match: { exact: deny }") +
                " } } ], principals: [ { any: true } ] } } }") + ", ";
            final Path file = Files.writeString(directory.resolve(isEnvoy ? "envoy.yaml" : "ringway.yaml"),
                Bootstraps.admin(adminPort) + listener("relay", relay, logs.resolve("listener"),
                    shadows("filters.network", "stat_prefix: m%d") + guard + last(
                        "tcp_proxy.v3.TcpProxy, stat_prefix: t, cluster: origin, access_log: [ " +
                            log(logs.resolve("relay"), text("relay")) + ", " + log(logs.resolve("json"), json()) +
                            " ]")) +
                    listener("http", http, logs.resolve("listener"), http(logs.resolve("http"))) + "  clusters:\n" +
                    Bootstraps.cluster("origin", "STATIC", Bootstraps.tcpAddress("127.0.0.1", origin.port())));
            try (Program program = Peers.either(isEnvoy, directory, file))
            {
                program.awaitPort(adminPort);
                final Admin admin = new Admin(adminPort);
                for (final Map.Entry<String, String> header : HEADERS.entrySet())
                {
                    seen.append(header.getKey()).append(": ").append(relayed(relay, header.getValue())).append(' ')
                        .append(counted(admin)).append('\n');
                }
                seen.append(exchanged(http, HEADERS.get("one"))).append(origin.takeSeen().stream().map(request ->
                    request.field("x-one") + " " + request.field("x-mixed")).toList());
                admin.awaitQuiet();
                seen.append(counted(admin));
                admin.quit(program);
            }
        }
        for (final String name : List.of("listener", "relay", "json", "http"))
        {
            seen.append('\n').append(name).append(Files.readAllLines(logs.resolve(name), ISO_8859_1).stream()
                .filter(line -> !line.isEmpty()).sorted().toList().toString().replace(", ", "\n"));
        }
        return seen.toString();
    }

    private static Map<String, Long> counted(final Admin admin) throws Exception
    {
        final Map<String, Long> counted = new TreeMap<>();
        admin.stats().forEach((name, value) ->
        {
            if (name.matches(".*rbac.*(denied|allowed)") && value > 0)
            {
                counted.put(name, value);
            }
        });
        return counted;
    }

    private static String relayed(final int port, final String header) throws Exception
    {
        try (Client client = Client.whenOpen(port))
        {
            final HttpMessage answer = client.send(header + "GET / HTTP/1.1\r\nhost: a\r\n\r\n").read();
            return answer == null ? "closed" : answer.start();
        }
        catch (final IOException e)
        {
            return "closed";
        }
    }

    private static String exchanged(final int port, final String header) throws Exception
    {
        final StringBuilder seen = new StringBuilder();
        try (Client client = Client.whenOpen(port))
        {
            client.send(header);
            for (int i = 0; i <= MATCHERS.size(); i++)
            {
                final HttpMessage answer = client.get(i == MATCHERS.size() ? "/" : "/m" + i);
                seen.append(answer.status()).append(' ').append(answer.field("y-one")).append(' ')
                    .append(answer.field("y-mixed")).append('\n');
            }
        }
        return seen.toString();
    }

    @Test
    void shouldShowWhatConnectionsCarryWhereEnvoyDoes() throws Exception
    {
        final Pair<String> seen = Pair.of(() -> observe(true), () -> observe(false));
        assertEquals(seen.envoy(), seen.ringway());
        assertTrue(seen.envoy().contains("relay abc|abc|second|"), seen.envoy());
    }
}
