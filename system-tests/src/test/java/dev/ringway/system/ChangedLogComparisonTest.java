package dev.ringway.system;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

/** Ringway and Envoy log the same of requests that routes and filters have changed. */
@Timeout(300)
final class ChangedLogComparisonTest
{
    private static final String FORMAT = "%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %REQ(:PATH)% %REQ(:METHOD)% " +
        "%REQ(:AUTHORITY)% %REQ(USER-AGENT)% %REQ(X-FORWARDED-FOR)% %REQ(X-REQUEST-ID)% %REQ(REFERER)% " +
        "%REQ(X-FORWARDED-PROTO)% %REQ(X-ENVOY-INTERNAL)% %REQ(VIA)% %REQ(X-ENVOY-ATTEMPT-COUNT)% %REQ(X-A)% " +
        "%REQ(X-ENVOY-EXPECTED-RQ-TIMEOUT-MS)% %REQ(X-ENVOY-EXTERNAL-ADDRESS)% %REQ(X-ENVOY-ORIGINAL-HOST)% " +
        "%REQ(CONNECTION)% %REQ(TE)% %REQ(X-ENVOY-RETRY-ON)% %REQ(:SCHEME)% %REQ(X-NONE?:SCHEME)% %RESPONSE_CODE%";
    private static final String PATH = "header_filter: { header: { name: \":path\", string_match: { ";
    private static final List<String> PATHS = List.of("/", "/prefix/a?b=c", "/regex/abc/d", "/long/a", "/host", "/share", "/agent",
        "/joined", "/removed", "/added", "/direct", "/direct/long", "/unrouted", "/dead", "/replaced", "/auto", "/fails", "/refused",
        "/empty");
    private static final String FIELDS = "\r\nhost: a.test\r\nuser-agent: agent\r\nreferer: from\r\nx-request-id: id\r\n" +
        "x-envoy-original-path: /mine\r\nx-envoy-retry-on: 5xx\r\nte: trailers\r\nconnection: keep-alive\r\n" +
        "x-forwarded-for: \r\nx-forwarded-for: 203.0.113.9\r\nx-forwarded-for: \r\nx-a: one\r\n\r\n";

    /** Logs by name with their filters. */
    private static final Map<String, String> LOGS = new LinkedHashMap<>();

    static
    {
        LOGS.put("all", "");
        LOGS.put("path", PATH + "prefix: \"/new\" } } }");
        LOGS.put("agent", "header_filter: { header: { name: user-agent, string_match: { exact: other } } }");
        LOGS.put("added", "header_filter: { header: { name: x-a, string_match: { exact: two } } }");
        LOGS.put("host", "header_filter: { header: { name: \":authority\", string_match: { exact: b.test } } }");
        LOGS.put("gone", "header_filter: { header: { name: referer, present_match: false } }");
        LOGS.put("filter", "header_filter: { header: { name: x-filter, present_match: true } }");
    }

    @TempDir
    private static Path directory;

    private static Pair<Map<String, List<String>>> lines;

    @BeforeAll
    static void askBoth() throws Exception
    {
        try (Origin origin = new Origin(Map.of("/fails", "HTTP/1.1 503 Unavailable\r\ncontent-length: 0\r\n\r\n")))
        {
            lines = Pair.of(() -> ask(true, origin), () -> ask(false, origin));
        }
    }

    private static Map<String, List<String>> ask(final boolean isEnvoy, final Origin origin) throws Exception
    {
        final int adminPort = Program.freePort();
        final List<Integer> ports = List.of(Program.freePort(), Program.freePort());
        final String name = isEnvoy ? "envoy" : "ringway";
        final Path bootstrap = Files.writeString(directory.resolve(name + ".yaml"), Bootstraps.admin(adminPort) +
            listener(name, "in", ports.get(0), "via: here") +
            listener(name, "edge", ports.get(1), "use_remote_address: true") + "  clusters:\n" +
            Bootstraps.cluster("origin", "STATIC", Bootstraps.tcpAddress("127.0.0.1", origin.port())) +
            "  - { name: empty, type: STATIC, connect_timeout: 1s, load_assignment: { cluster_name: empty } }\n" +
            Bootstraps.cluster("dead", "STATIC", Bootstraps.tcpAddress("127.0.0.1", 1)));
        try (Program program = Peers.either(isEnvoy, directory, bootstrap))
        {
            program.awaitPort(adminPort);
            for (final int port : ports)
            {
                program.awaitPort(port);
                for (final String path : PATHS)
                {
                    try (Client client = new Client(port))
                    {
                        client.send("GET " + path + " HTTP/1.1" + FIELDS).read();
                        client.send("GET " + path + " HTTP/1.1\r\nhost: a.test\r\nx-filter: 1\r\n\r\n").read();
                    }
                }
            }
            final Admin admin = new Admin(adminPort);
            admin.awaitQuiet();
            admin.quit(program);
        }
        final Map<String, List<String>> found = new LinkedHashMap<>();
        for (final String log : logs())
        {
            // Ids that are made differ, and so does the time that is left. Envoy tells another own address of a client
            // on the same machine.
            found.put(log, Files.readAllLines(file(name, log)).stream()
                .map(line -> line.replaceAll("[0-9a-f]{8}-[0-9a-f-]{27}", "made").replaceAll(" 1[0-4]\\d{3} ", " 15000 ")
                    .replaceAll("\\b(?!203\\.0\\.113\\.)\\d+\\.\\d+\\.\\d+\\.\\d+", "127.0.0.1")).toList());
        }
        return found;
    }

    private static String listener(final String name, final String listener, final int port, final String option)
    {
        final StringBuilder options = new StringBuilder(option).append("\naccess_log:\n");
        LOGS.forEach((log, filter) -> options.append("- name: ").append(log).append('\n')
            .append(filter.isEmpty() ? "" : "  filter: { " + filter + " }\n")
            .append("  typed_config: { \"@type\": type.googleapis.com/envoy.extensions.access_loggers.file.v3.")
            .append("FileAccessLog, path: \"").append(file(name, listener + "-" + log))
            .append("\", log_format: { text_format_source: { inline_string: \"").append(FORMAT).append("\\n\" } } }\n"));
        final String mutation = """
            - name: mutation
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.http.header_mutation.v3.HeaderMutation
                mutations:
                  request_mutations:
                  - append: { header: { key: x-filter, value: "%REQ(X-FILTER)%2" }, append_action: OVERWRITE_IF_EXISTS }
                  - append: { header: { key: user-agent, value: filtered }, append_action: ADD_IF_ABSENT }
            - name: rbac
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC
                rules:
                  action: DENY
                  policies:
                    refused:
                      permissions: [ { url_path: { path: { exact: "/refused" } } } ]
                      principals: [ { any: true } ]
            """;
        return Bootstraps.http(listener, Bootstraps.tcpAddress("127.0.0.1", port), options.toString(), """
            - match: { prefix: "/prefix" }
              route: { cluster: origin, prefix_rewrite: "/new" }
            - match: { path: "/empty" }
              route: { cluster: empty, prefix_rewrite: "/new", host_rewrite_literal: "b.test" }
              request_headers_to_add: [ { header: { key: x-a, value: two }, append_action: OVERWRITE_IF_EXISTS_OR_ADD } ]
            - match: { prefix: "/regex" }
              route: { cluster: origin, regex_rewrite: { pattern: { regex: "/regex/([a-z]+)" }, substitution: "/new/\\\\1" } }
            - match: { prefix: "/long" }
              route: { cluster: origin, prefix_rewrite: "/newer/and/longer" }
            - match: { path: "/host" }
              route: { cluster: origin, host_rewrite_literal: "b.test" }
            - match: { path: "/auto" }
              route: { cluster: origin, host_rewrite_header: x-a, append_x_forwarded_host: true }
            - match: { path: "/share" }
              route: { weighted_clusters: { clusters: [ { name: origin, weight: 1, host_rewrite_literal: b.test } ] } }
            - match: { path: "/agent" }
              route: { cluster: origin }
              request_headers_to_add:
              - { header: { key: user-agent, value: other }, append_action: OVERWRITE_IF_EXISTS_OR_ADD }
              - { header: { key: x-forwarded-for, value: "203.0.113.8" } }
            - match: { path: "/joined" }
              route: { cluster: origin }
              request_headers_to_add: [ { header: { key: user-agent, value: other } } ]
            - match: { path: "/removed" }
              route: { cluster: origin }
              request_headers_to_remove: [ referer, x-request-id, x-a, x-envoy-original-path ]
              request_headers_to_add: [ { header: { key: x-envoy-original-path, value: "%REQ(x-none)%" } } ]
            - match: { path: "/added" }
              route: { cluster: origin }
              request_headers_to_add: [ { header: { key: x-a, value: two }, append_action: OVERWRITE_IF_EXISTS_OR_ADD } ]
            - match: { path: "/replaced" }
              route: { cluster: origin }
              request_headers_to_add:
              - { header: { key: x-request-id, value: other }, append_action: OVERWRITE_IF_EXISTS_OR_ADD }
              - { header: { key: referer, value: "%REQ(:PATH)% %REQ(X-A)%" }, append_action: OVERWRITE_IF_EXISTS }
            - match: { prefix: "/direct" }
              direct_response: { status: 200, body: { inline_string: "direct" } }
              request_headers_to_remove: [ referer ]
            - match: { path: "/dead" }
              route: { cluster: dead, prefix_rewrite: "/new" }
            - match: { path: "/fails" }
              route: { cluster: origin, prefix_rewrite: "/fails", retry_policy: { retry_on: 5xx, num_retries: 1 } }
            - match: { path: "/" }
              route: { cluster: origin }
            """).replace("http_filters:\n", "http_filters:\n" + mutation.indent(10));
    }

    private static Path file(final String name, final String log)
    {
        return directory.resolve(name + "." + log + ".log");
    }

    static List<String> logs()
    {
        final List<String> names = new ArrayList<>();
        LOGS.keySet().forEach(log -> names.addAll(List.of("in-" + log, "edge-" + log)));
        return names;
    }

    @ParameterizedTest
    @MethodSource("logs")
    void shouldLogWhatEnvoyLogs(final String log)
    {
        final List<String> expected = lines.envoy().get(log);
        assertEquals(String.join("\n", expected), String.join("\n", lines.ringway().get(log)));
        assertFalse(expected.isEmpty());
    }
}
