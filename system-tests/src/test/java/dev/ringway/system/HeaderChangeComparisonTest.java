package dev.ringway.system;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Ringway and Envoy with the same routes add, replace and remove the same fields of requests and responses. */
final class HeaderChangeComparisonTest
{
    private static final Map<String, String> ANSWERS = Map.of(
        "/response", "HTTP/1.1 200 OK\r\nx-a: theirs\r\nx-b: 1\r\nx-b: 2\r\netag: e\r\nserver: s\r\ncontent-length: 0\r\n\r\n",
        "/slow", "");

    /** What answers say of requests. */
    private static final String ECHO = Stream.of("x-request-id", "x-own", "x-over", "x-gone", "x-two", ":path",
        ":authority", "host", ":method", ":scheme", "x-forwarded-proto", "x-envoy-original-path", "user-agent", "x-none?x-two",
        "x-none?x-none", "x-envoy-expected-rq-timeout-ms", "x-envoy-internal", "connection", "x-forwarded-for",
        "cookie", "te", "transfer-encoding", "x-envoy-upstream-rq-timeout-ms", "x-envoy-decorator-operation", "x-ref:2")
        .map(name -> "{ header: { key: \"e-" + name.replaceAll("[^a-z]", "") + "\", value: \"%REQ(" +
            name.replaceFirst(":2$", "") + ")" + (name.endsWith(":2") ? ":2" : "") + "%\" } }")
        .collect(Collectors.joining(", ", "", ", { header: { key: x-path, " +
            "value: \"%PATH%|%PATH(NQ)%|%PATH(NQ:PATH):4%|%PATH(WQ:ORIG)%|%QUERY_PARAM(a)%|%RESP(x-a)%|%REQ(x-a)%\" } }, " +
            "{ header: { key: x-a, value: \"%REQ(x-a)%\" }, append_action: OVERWRITE_IF_EXISTS_OR_ADD }"));

    private static final String ROUTES = """
        - match: { path: /request }
          name: the-route
          route: { cluster: one }
          request_headers_to_remove: [ x-gone, User-Agent, x-request-id ]
          request_headers_to_add:
          - { header: { key: X-Static, value: static } }
          - { header: { key: x-append, value: more } }
          - { header: { key: x-absent, value: "no" }, append_action: ADD_IF_ABSENT }
          - { header: { key: x-over, value: over }, append_action: OVERWRITE_IF_EXISTS_OR_ADD }
          - { header: { key: x-over-only, value: over }, append_action: OVERWRITE_IF_EXISTS }
          - { header: { key: x-old-over, value: over }, append: false }
          - { header: { key: x-empty, value: "" } }
          - { header: { key: x-kept-empty, value: "" }, keep_empty_value: true }
          - { header: { key: x-missing, value: "%%REQ(x-nothing)%%" } }
          - { header: { key: x-half, value: "<%%REQ(x-nothing)%%>" } }
          - { header: { key: x-req, value: "%%REQ(x-append)%% %%REQ(x-nothing?:path)%% %%REQ(:method)%% %%REQ(:authority):3%%" } }
          - { header: { key: x-own, value: "%%REQ(x-own)%%+" }, append_action: OVERWRITE_IF_EXISTS_OR_ADD }
          - { header: { key: x-known, value: "%%PROTOCOL%% %%ROUTE_NAME%% %%UPSTREAM_CLUSTER%% 100%%%%" } }
          - { header: { key: x-address, value: "%%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%% %%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%%" } }
          - { header: { key: x-process, value: "%%HOSTNAME%%|%%ENVIRONMENT(HOME)%%|%%ENVIRONMENT(HOME):2%%|%%ENVIRONMENT(NO_SUCH)%%" } }
          - { header: { key: accept, value: text/html }, append_action: OVERWRITE_IF_EXISTS_OR_ADD }
        - match: { prefix: /proto }
          route: { cluster: one }
          request_headers_to_remove: [ x-forwarded-proto ]
          request_headers_to_add:
          - { header: { key: x-forwarded-proto, value: https } }
          - { header: { key: x-copy, value: "%%REQ(x-forwarded-proto)%%" } }
        - match: { prefix: /taken }
          route: { cluster: one, prefix_rewrite: /rewritten }
          request_headers_to_remove: [ x-gone ]
          request_headers_to_add:
          - { header: { key: x-path, value: "%%PATH%%|%%PATH(NQ)%%|%%PATH(WQ)%%|%%PATH(NQ:PATH):4%%|%%PATH(WQ:PATH)%%|%%PATH(:ORIG_OR_PATH):9%%" } }
          - { header: { key: x-original, value: "%%PATH(WQ:ORIG)%%|%%PATH(NQ:ORIG)%%|%%PATH(NQ:ORIG_OR_PATH)%%" } }
          - { header: { key: x-none, value: "%%PATH(WQ:ORIG)%%" } }
          - { header: { key: x-parameter, value: "%%QUERY_PARAM(a)%%" } }
          - { header: { key: x-parameters, value: "<%%QUERY_PARAM(a):3%%|%%QUERY_PARAM(b c)%%|%%QUERY_PARAM(d)%%>" } }
        - match: { prefix: /origin }
          route: { cluster: one }
          request_headers_to_add:
          - { header: { key: x-envoy-original-path, value: "/added?by=route" }, append_action: OVERWRITE_IF_EXISTS_OR_ADD }
          - { header: { key: x-same, value: "%%PATH%%" } }
        - match: { prefix: /unsaid }
          route: { cluster: one }
          request_headers_to_remove: [ x-envoy-original-path ]
          request_headers_to_add: [ { header: { key: x-same, value: "%%PATH(NQ)%%" } } ]
        - match: { prefix: /response }
          route: { cluster: one }
          response_headers_to_remove: [ etag, x-envoy-upstream-service-time ]
          response_headers_to_add:
          - { header: { key: x-a, value: ours } }
          - { header: { key: x-b, value: "%%RESP(x-a)%% %%RESP(x-nothing)%%." }, append_action: OVERWRITE_IF_EXISTS }
          - { header: { key: x-c, value: c }, append_action: ADD_IF_ABSENT }
          - { header: { key: server, value: mine } }
        - match: { prefix: /echo/dead }
          route: { cluster: dead, prefix_rewrite: /gone, auto_host_rewrite: true }
          request_headers_to_add: [ { header: { key: x-own, value: added } } ]
          response_headers_to_add: [ %1$s ]
        - match: { prefix: /echo/nowhere }
          route: { cluster_header: x-cluster, prefix_rewrite: /gone, host_rewrite_literal: new.example }
          response_headers_to_add: [ %1$s ]
        - match: { prefix: /echo/empty }
          route: { cluster: empty, prefix_rewrite: /gone, host_rewrite_literal: new.example }
          request_headers_to_add: [ { header: { key: x-own, value: added } } ]
          response_headers_to_add: [ %1$s ]
        - match: { prefix: /echo/unnamed }
          route: { cluster: empty, prefix_rewrite: /gone, auto_host_rewrite: true }
          response_headers_to_add: [ %1$s ]
        - match: { prefix: /echo/direct }
          direct_response: { status: 200, body: { inline_string: "{}" } }
          request_headers_to_add: [ { header: { key: x-own, value: added } } ]
          response_headers_to_add: [ %1$s ]
        - match: { prefix: /echo/moved }
          redirect: { path_redirect: /there }
          response_headers_to_add: [ %1$s ]
        - match: { prefix: /echo/slow }
          route: { cluster: one, timeout: 0.3s, prefix_rewrite: /slow }
          response_headers_to_add: [ %1$s ]
        - match: { prefix: /echo }
          route: { cluster: host, prefix_rewrite: /response, auto_host_rewrite: true }
          request_headers_to_add:
          - { header: { key: x-own, value: added } }
          - { header: { key: user-agent, value: agent } }
          - { header: { key: x-over, value: over }, append_action: OVERWRITE_IF_EXISTS_OR_ADD }
          request_headers_to_remove: [ x-gone, x-forwarded-proto ]
          response_headers_to_add: [ %1$s ]
        - match: { prefix: /direct }
          direct_response: { status: 200, body: { inline_string: "{}" } }
          response_headers_to_add:
          - { header: { key: content-type, value: application/json } }
          - { header: { key: x-direct, value: "yes" } }
        - match: { prefix: /bare }
          direct_response: { status: 200, body: { inline_string: "{}" } }
          response_headers_to_remove: [ content-type ]
        - match: { prefix: /secure/port }
          redirect: { https_redirect: true, port_redirect: 8443 }
        - match: { prefix: /secure/here }
          redirect: { https_redirect: true, host_redirect: "b.example:81", response_code: SEE_OTHER }
        - match: { prefix: /secure }
          redirect: { https_redirect: true, response_code: PERMANENT_REDIRECT }
        - match: { prefix: /clear }
          redirect: { scheme_redirect: http, response_code: TEMPORARY_REDIRECT }
        - match: { prefix: /port }
          redirect: { port_redirect: 81, prefix_rewrite: /, response_code: FOUND }
        - match: { prefix: /moved }
          redirect: { regex_rewrite: { pattern: { regex: "/([a-z]+)/([0-9]+)" }, substitution: "/\\\\2/\\\\1" } }
        - match: { prefix: /stripped }
          redirect: { host_redirect: b, strip_query: true, regex_rewrite: { pattern: { regex: "s" }, substitution: "" } }
        - match: { prefix: /redirect }
          redirect: { path_redirect: /there }
          response_headers_to_add: [ { header: { key: x-redirect, value: "yes" } } ]
        - match: { prefix: /regex/ }
          route: { cluster: one, regex_rewrite: { pattern: { regex: "/(r[a-z]+)/([0-9]*)" }, substitution: "/\\\\2/\\\\1" } }
        - match: { safe_regex: { regex: "/whole/.*" } }
          route: { cluster: one, prefix_rewrite: /new }
        - match: { prefix: /stars }
          route: { cluster: one, regex_rewrite: { pattern: { regex: "a*" }, substitution: "X" } }
        - match: { prefix: /literal }
          route: { cluster: one, host_rewrite_literal: new.example }
        - match: { prefix: /appended }
          route: { cluster: one, host_rewrite_literal: new.example, append_x_forwarded_host: true }
        - match: { prefix: /by-field }
          route: { cluster: one, host_rewrite_header: x-host }
        - match: { prefix: /of-path }
          route: { cluster: one, host_rewrite_path_regex: { pattern: { regex: "^/of-path/([a-z.]*).*$" }, substitution: "\\\\1" } }
        - match: { prefix: /both }
          route: { cluster: one, prefix_rewrite: /x, append_x_forwarded_host: true, host_rewrite_path_regex: { pattern: { regex: "/" }, substitution: "p" } }
        - match: { prefix: /automatic }
          route: { cluster: one, auto_host_rewrite: true }
        - match: { prefix: /named-host }
          route: { cluster: host, auto_host_rewrite: true }
        - match: { prefix: /named }
          route: { cluster_header: x-cluster }
          response_headers_to_add: [ { header: { key: x-named, value: "yes" } } ]
        - match: { prefix: /slow }
          route: { cluster: one, timeout: 0.3s }
          response_headers_to_add: [ { header: { key: x-slow, value: "yes" } } ]
        - match: { prefix: /dead }
          route: { cluster: dead }
          response_headers_to_add: [ { header: { key: x-dead, value: "yes" } } ]
        - match: { prefix: /levels }
          route: { weighted_clusters: { clusters: [ { name: one, weight: 1,
            request_headers_to_add: [ { header: { key: x-level, value: share }, append: false }, { header: { key: x-list, value: share } } ],
            response_headers_to_add: [ { header: { key: x-level, value: share }, append: false } ] } ] } }
          request_headers_to_add: [ { header: { key: x-level, value: route }, append: false }, { header: { key: x-list, value: route } } ]
          response_headers_to_add: [ { header: { key: x-level, value: route }, append: false } ]
        - match: { prefix: /many }
          route: { weighted_clusters: { clusters: [ { name: one, weight: 1,
            request_headers_to_add: [ %2$s ], response_headers_to_add: [ %2$s ] } ] } }
          request_headers_to_add: [ %3$s ]
          response_headers_to_add: [ %3$s ]
        - match: { prefix: / }
          route: { cluster: one }
        """.formatted(ECHO, many("share"), many("route"));

    private static final String HOST = """
        request_headers_to_add: [ { header: { key: x-host-path, value: "%PATH(NQ)%" } }, { header: { key: x-level, value: host }, append: false }, { header: { key: x-list, value: host } } ]
        response_headers_to_add: [ { header: { key: x-level, value: host }, append: false } ]
        """;
    private static final String TABLE = """
        request_headers_to_add: [ { header: { key: x-level, value: table }, append: false }, { header: { key: x-list, value: table } } ]
        response_headers_to_add: [ { header: { key: x-level, value: table }, append: false } ]
        """;

    @TempDir
    private static Path directory;

    @RegisterExtension
    private static final Sides<Side> SIDES = new Sides<>(Side::new);

    /** As many fields as a level may add. */
    private static String many(final String level)
    {
        return IntStream.range(0, 64).mapToObj(i -> "{ header: { key: x-" + level + i + ", value: a } }")
            .collect(Collectors.joining(", "));
    }

    /** One of the two. */
    private static final class Side implements AutoCloseable
    {
        private final Origin origin = new Origin(ANSWERS);
        private final int port = Program.freePort();
        private final int specific = Program.freePort();
        private final Program program;

        private Side(final boolean isEnvoy) throws Exception
        {
            final int adminPort = Program.freePort();
            final Path file = Files.writeString(directory.resolve(isEnvoy ? "envoy.yaml" : "ringway.yaml"),
                Bootstraps.admin(adminPort) + listener("in", port, TABLE) +
                    listener("specific", specific, TABLE + "most_specific_header_mutations_wins: true\n") +
                    "  clusters:\n" +
                    Bootstraps.cluster("one", "STATIC", Bootstraps.tcpAddress("127.0.0.1", origin.port())) +
                    Bootstraps.cluster("host", "STATIC", Bootstraps.tcpAddress("127.0.0.1", origin.port()) +
                        ", hostname: endpoint.example") +
                    "  - { name: empty, type: STATIC, connect_timeout: 1s, load_assignment: { cluster_name: empty } }\n" +
                    Bootstraps.cluster("dead", "STATIC", Bootstraps.tcpAddress("127.0.0.1", Program.freePort())));
            program = Peers.either(isEnvoy, directory, file);
            program.awaitPort(adminPort).awaitPort(port).awaitPort(specific);
        }

        private static String listener(final String name, final int port, final String table)
        {
            return Bootstraps.http(name, Bootstraps.tcpAddress("127.0.0.1", port), "", ROUTES)
                .replace("            virtual_hosts:\n", table.indent(12) + "            virtual_hosts:\n")
                .replace("              domains: [\"*\"]\n", "              domains: [\"*\"]\n" + HOST.indent(14));
        }

        /** Fields of what the upstream saw and of the answer, sorted: order between names has no meaning. */
        private String observe(final String request, final boolean isSpecific) throws Exception
        {
            origin.takeSeen();
            try (Client client = new Client(isSpecific ? specific : port))
            {
                final HttpMessage answer = client.send(request).read();
                if (request.contains("/slow"))
                {
                    // It was answered when its time was over, which need not be after it came.
                    origin.awaitSeen();
                }
                return origin.takeSeen().stream().map(seen -> seen.start() + fields(seen.fields()))
                    .collect(Collectors.joining("\n")) + "\n-> " + answer.start() + fields(answer.fields());
            }
        }

        private static String fields(final List<String> fields)
        {
            return fields.stream().collect(Collectors.groupingBy(
                field -> field.substring(0, field.indexOf(':')), java.util.TreeMap::new,
                Collectors.mapping(field -> EnvoyCases.comparable(field.substring(0, field.indexOf(':')),
                    field.substring(field.indexOf(':') + 1).strip()), Collectors.joining(",")))).toString()
                .replaceAll("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "(some)").replace(", ", "\n   ");
        }

        public void close() throws IOException
        {
            program.close();
            origin.close();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
        /request  | -
        /request  | x-gone: 1~user-agent: u~x-request-id: mine
        /request  | x-static: theirs~x-append: 1~x-append: 2
        /request  | x-absent: 1~x-over: 1~x-over: 2~x-over-only: 1~x-old-over: 1
        /request  | x-empty: theirs~x-kept-empty: theirs
        /request  | x-own: 1~accept: */*
        /request  | connection: x-over~x-over: 1
        /proto    | -
        /proto    | x-forwarded-proto: https
        /response | -
        /direct   | -
        /bare     | -
        /redirect | -
        /levels   | x-level: client~x-list: client
        /many     | -
        /many     | x-share0: mine~x-route63: mine
        /dead     | -
        /slow     | -
        /named    | -
        /named    | x-cluster: one
        /regex/12?/rr/3 | -
        /regex/   | x-envoy-original-path: mine
        /whole/a/b?c=/d | -
        /starsaab | -
        /literal  | x-envoy-original-host: mine
        /appended | -
        /appended | x-forwarded-host: b.example
        /appended | x-forwarded-host: b.example,a.example
        /by-field | -
        /by-field | x-host: field.example
        /by-field | x-host:
        /moved/12/ab/3?q=/a/1 | -
        /stripped/s?s | -
        /secure/a?b=c | -
        /secure/a?b=c | host: a.example:80
        /secure   | host: a.example:443
        /secure   | host: [::1]:80
        /secure   | host: [::1]
        /secure   | host: a.example:8080~x-forwarded-proto: https
        /secure/port?b | -
        /secure/port | host: a.example:80
        /secure/port | host: [::1]
        /secure/here?b | host: a.example:80
        /clear?b  | host: a.example:443~x-forwarded-proto: https
        /clear    | host: a.example:80
        /port/a?b | -
        /port     | host: a.example:80
        /port     | host: [::1]:90
        /of-path/new.example/x?y | -
        /of-path/ | -
        /both/a?b/ | -
        /automatic | -
        /named-host | -
        /nowhere  | -
        /taken    | -
        /taken/?  | -
        /taken?a  | -
        /taken?a= | -
        /taken?a=1&a=2&b%20c=3+4&d=%41%zz%4 | -
        /taken?b+c=1&%61=x%20y%2541&d=%C3%A4 | -
        /taken/x?d=a=b&a=long?er&&d=2 | -
        /taken?a=1 | x-envoy-original-path: /mine?a=2
        /taken?a=1 | x-envoy-original-path:
        /taken?a=1 | x-envoy-original-path: /mine~connection: x-envoy-original-path
        /origin?x | -
        /origin?x | x-envoy-original-path: /mine
        /unsaid?x | -
        /unsaid?x | x-envoy-original-path: /mine?y
        /echo     | -
        /echo/a?a=1&b=2 | x-own: 1~x-over: mine~x-over: two~x-gone: 3~x-two: 1~x-two: 2~user-agent: u~x-request-id: mine
        /echo?a=%41 | x-a: ours~x-ref: long~cookie: a=b~cookie: c=d~x-envoy-upstream-rq-timeout-ms: 9000~te: trailers
        /echo/x   | connection: x-own, close~x-own: 1~x-forwarded-proto: https~x-forwarded-for: 192.0.2.1
        /echo/x   | x-envoy-original-path: /a?b~x-envoy-internal: true~x-two:~x-envoy-decorator-operation: d
        /echo/direct?a=1 | x-own: 1~x-request-id: mine~x-two: 2~connection: x-two
        /echo/moved?a=1 | x-own: 1~x-forwarded-proto: https~te: trailers
        /echo/dead?a=1 | x-own: 1~x-request-id: mine~x-a: 2
        /echo/nowhere?a=1 | x-own: 1~x-request-id: mine
        /echo/empty?a=1 | x-own: 1~x-request-id: mine
        /echo/unnamed?a=1 | x-own: 1~x-request-id: mine
        /echo/slow?a=1 | x-own: 1~x-two: 1
        """)
    void shouldChangeTheSameFields(final String target, final String fields) throws Exception
    {
        final String request = "GET " + target + " HTTP/1.1\r\n" +
            (fields != null && fields.startsWith("host:") ? "" : "host: a.example\r\n") +
            (fields == null ? "" : fields.replace("~", "\r\n") + "\r\n") + "\r\n";
        assertEquals(SIDES.envoy().observe(request, false), SIDES.ringway().observe(request, false));
        assertEquals(SIDES.envoy().observe(request, true), SIDES.ringway().observe(request, true));
    }

    @Test
    void shouldLetNoControlCharacterOutOfAParameter() throws Exception
    {
        final String seen = SIDES.ringway().observe("GET /taken?a=%0Ax%7f%00 HTTP/1.1\r\nhost: a.example\r\n\r\n", false);
        assertTrue(seen.contains("x-parameter=%0Ax%7f%00\n"), seen);
    }
}
