package dev.ringway.system;

import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** What filters make of the head of a request does to all that comes later what it does with Envoy. */
final class FilteredHeadComparisonTest
{
    private static final String TYPE = "\"@type\": type.googleapis.com/envoy.extensions.filters.http.";

    /** What a listener's filters do to requests, by the listener's name; its routes do the rest. */
    private static final Map<String, String> CHANGES = new TreeMap<>(Map.of(
        "https", set("x-forwarded-proto", "https"),
        "http", set("x-forwarded-proto", "http"),
        "bare", "{ remove: x-forwarded-proto }, { remove: x-request-id }",
        "added", "{ append: { header: { key: x-forwarded-proto, value: ftp } } }, " +
            "{ append: { header: { key: x-request-id, value: added } } }",
        "asked", set("x-envoy-retry-on", "5xx") + ", " + set("x-envoy-max-retries", "2") + ", " +
            set("x-envoy-upstream-rq-timeout-ms", "14000") + ", " + set("x-envoy-original-dst-host", "%REQ(x-to)%") +
            ", " + set("x-hash", "%REQ(x-to)%") + ", " +
            set("origin", "http://b.example").replace("_OR_ADD", "") + ", " +
            "{ append: { header: { key: x-client, value: \"%REQ(x-a)%\" } } }, { remove: x-gone }",
        "unasked", "{ remove: x-envoy-retry-on }, { remove: x-envoy-max-retries }, " +
            "{ remove: x-envoy-upstream-rq-timeout-ms }, { remove: x-envoy-original-dst-host }, { remove: origin }, " +
            set("x-hash", "z")));

    private static final String FIELDS = "x-forwarded-proto=%REQ(x-forwarded-proto)% scheme=%REQ(:scheme)% " +
        "id=%REQ(x-request-id)% timeout=%REQ(x-envoy-upstream-rq-timeout-ms)% gone=%REQ(x-gone)% " +
        "client=%REQ(x-client)% origin=%REQ(origin)%";

    private static final String FILTERS = """
        http_filters:
        - { name: mutation,
            typed_config: { TYPEheader_mutation.v3.HeaderMutation, mutations: { request_mutations: [ CHANGES ] } } }
        - { name: cors, typed_config: { TYPEcors.v3.Cors } }
        - { name: rbac, typed_config: { TYPErbac.v3.RBAC, rules: { action: DENY, policies: { denied: {
            permissions: [ { url_path: { path: { prefix: /denied } } } ], principals: [ { any: true } ] } } } } }
        - { name: fault, typed_config: { TYPEfault.v3.HTTPFault, abort: { http_status: 418, percentage: { numerator: 100 } },
            headers: [ { name: ":path", string_match: { prefix: /fault } } ] } }
        """.replace("TYPE", TYPE);

    private static final String LOG = """
        access_log:
        - name: log
          typed_config:
            "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
            path: "%s"
            log_format: { text_format_source: { inline_string: "%%REQ(:path)%% %%RESPONSE_CODE%% \
        %%RESPONSE_CODE_DETAILS%% FIELDS \
        attempts=%%UPSTREAM_REQUEST_ATTEMPT_COUNT%%\\n" } }
        """.replace("FIELDS", FIELDS.replace("%", "%%"));

    private static final String ROUTES = """
        - match: { prefix: /secure }
          redirect: { https_redirect: true }
        - match: { prefix: /clear }
          redirect: { scheme_redirect: http }
        - match: { prefix: /there }
          redirect: { path_redirect: /x }
          response_headers_to_add: [ { header: { key: x-told, value: "FIELDS" } } ]
        - match: { prefix: /direct }
          direct_response: { status: 201, body: { inline_string: "{}" } }
          response_headers_to_add: [ { header: { key: x-told, value: "FIELDS" } } ]
        - match: { prefix: /denied }
          route: { cluster: origin }
          response_headers_to_add: [ { header: { key: x-told, value: "FIELDS" } } ]
        - match: { prefix: /fault }
          route: { cluster: origin }
          response_headers_to_add: [ { header: { key: x-told, value: "FIELDS" } } ]
        - match: { prefix: /frames }
          route: { cluster: frames }
          request_headers_to_add: [ { header: { key: x-told, value: "FIELDS" } } ]
        - match: { prefix: /id }
          route: { cluster: origin }
          request_headers_to_remove: [ x-request-id ]
        - match: { prefix: /new-id }
          route: { cluster: origin }
          request_headers_to_add:
          - { header: { key: x-request-id, value: of-route }, append_action: OVERWRITE_IF_EXISTS_OR_ADD }
        - match: { prefix: /dst }
          route: { cluster: dst }
        - match: { prefix: /hash }
          route: { cluster: ring, hash_policy: [ { header: { header_name: x-hash } } ] }
        - match: { prefix: /route-none }
          route: { cluster: origin }
          request_headers_to_remove: [ x-envoy-retry-on, x-envoy-max-retries, x-envoy-upstream-rq-timeout-ms ]
          request_headers_to_add: [ { header: { key: x-told, value: "ASKED" } } ]
        - match: { prefix: /route-few }
          route: { cluster: origin }
          request_headers_to_remove: [ x-envoy-max-retries ]
          request_headers_to_add: [ { header: { key: x-told, value: "ASKED" } } ]
        - match: { prefix: /policy }
          route: { cluster: origin, retry_policy: { retry_on: 5xx, num_retries: 1 } }
        - match: { prefix: /cors }
          typed_per_filter_config:
            cors: { TYPEcors.v3.CorsPolicy, allow_origin_string_match: [ { exact: "http://b.example" } ] }
          redirect: { path_redirect: /x }
        - match: { prefix: / }
          route: { cluster: origin, timeout: 8s }
          request_headers_to_add: [ { header: { key: x-told, value: "FIELDS ASKED" } } ]
          response_headers_to_add: [ { header: { key: x-told, value: "FIELDS" } } ]
        """.replace("TYPE", TYPE).replace("FIELDS", FIELDS)
        .replace("ASKED", "asked=%REQ(x-envoy-retry-on)% most=%REQ(x-envoy-max-retries)%");

    private static final String TLS_HOST = """
        - name: tls
          domains: [ tls.example ]
          require_tls: ALL
          routes: [ { match: { prefix: / }, route: { cluster: origin } } ]
        """;

    /** A listener for each change has each of them. */
    private static final List<String> OPTIONS = List.of("use_remote_address: true\nalways_set_request_id_in_response: true",
        "xff_num_trusted_hops: 1\nalways_set_request_id_in_response: true\npreserve_external_request_id: true");

    private static final String FAILURE = "HTTP/1.1 500 E\r\ncontent-length: 0\r\n\r\n";

    @TempDir
    private static Path directory;

    @RegisterExtension
    private static final Sides<Side> SIDES = new Sides<>(Side::new);

    private static String set(final String name, final String value)
    {
        return "{ append: { header: { key: " + name + ", value: \"" + value +
            "\" }, append_action: OVERWRITE_IF_EXISTS_OR_ADD } }";
    }

    /** One of the two, with upstreams of its own. */
    private static final class Side implements AutoCloseable
    {
        private final Origin origin =
            new Origin(Map.of("/500", FAILURE, "/route-none/500", FAILURE, "/route-few/500", FAILURE,
                "/policy/500", FAILURE));
        private final Origin second = new Origin(Map.of());
        private final Http2Origin frames =
            new Http2Origin(Map.of("/frames", "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"));
        private final Map<String, Integer> ports = new TreeMap<>();
        private final Path log;
        private final Program program;
        private int asked;

        private Side(final boolean isEnvoy) throws Exception
        {
            log = directory.resolve(isEnvoy ? "envoy.log" : "ringway.log");
            final int adminPort = Program.freePort();
            final StringBuilder text = new StringBuilder(Bootstraps.admin(adminPort));
            for (final Map.Entry<String, String> change : CHANGES.entrySet())
            {
                for (int i = 0; i < OPTIONS.size(); i++)
                {
                    final String name = change.getKey() + i;
                    ports.put(name, Program.freePort());
                    text.append(Bootstraps.http(name, Bootstraps.tcpAddress("127.0.0.1", ports.get(name)),
                        OPTIONS.get(i) + "\n" + LOG.formatted(log), ROUTES)
                        .replace("          http_filters:\n", FILTERS.replace("CHANGES", change.getValue()).indent(10))
                        .replace("            virtual_hosts:\n",
                            "            virtual_hosts:\n" + TLS_HOST.indent(12)));
                }
            }
            text.append("  clusters:\n")
                .append(Bootstraps.cluster("origin", "STATIC", Bootstraps.tcpAddress("127.0.0.1", origin.port())))
                .append("  - { name: dst, type: ORIGINAL_DST, lb_policy: CLUSTER_PROVIDED, connect_timeout: 1s, " +
                    "original_dst_lb_config: { use_http_header: true } }\n")
                .append("  - { name: ring, type: STATIC, lb_policy: RING_HASH, load_assignment: { cluster_name: ring, " +
                    "endpoints: [ { lb_endpoints: [ " + endpoint("first", origin.port()) + ", " +
                    endpoint("second", second.port()) + " ] } ] } }\n")
                .append(Bootstraps.cluster("frames", "STATIC", Bootstraps.tcpAddress("127.0.0.1", frames.port())))
                .append(Bootstraps.HTTP2_CLUSTER);
            program = Peers.either(isEnvoy, directory,
                Files.writeString(directory.resolve(isEnvoy ? "envoy.yaml" : "ringway.yaml"), text));
            program.awaitPort(adminPort);
            for (final int port : ports.values())
            {
                program.awaitPort(port);
            }
        }

        private static String endpoint(final String key, final int port)
        {
            return "{ endpoint: { address: " + Bootstraps.tcpAddress("127.0.0.1", port) +
                " }, metadata: { filter_metadata: { envoy.lb: { hash_key: " + key + " } } } }";
        }

        /** In either version, but for what Ringway believes rather than {@code :scheme}. */
        private String answers(final String request) throws Exception
        {
            final StringBuilder all = new StringBuilder();
            final String own = request.replace("ORIGIN", String.valueOf(origin.port()));
            final int logged = asked;
            for (final Map.Entry<String, Integer> port : ports.entrySet())
            {
                try (RandomClient client = new RandomClient(port.getValue()))
                {
                    all.append(port.getKey()).append(": ").append(client.tell(own)).append(shown());
                    asked++;
                    if (RandomClient.isForHttp2(own))
                    {
                        all.append(port.getKey()).append(" in HTTP/2: ").append(client.tellHttp2(own)).append(shown());
                        asked++;
                    }
                }
            }
            // One worker writes a line when an exchange ends: in the order in which they were asked.
            all.append(String.join("\n", LogLines.await(log, asked, one -> true).subList(logged, asked)));
            // Ids first: their digits may be those of the port.
            return all.toString().replace(", ", ",")
                .replaceAll("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "(some)")
                .replace(String.valueOf(origin.port()), "ORIGIN");
        }

        private String shown()
        {
            return "\none" + shown(origin.takeSeen()) + "\ntwo" + shown(second.takeSeen()) +
                "\nframes" + shown(frames.takeSeen()) + "\n";
        }

        private static String shown(final Collection<HttpMessage> all)
        {
            return all.stream().map(seen -> "\n  " + seen.start() + RandomClient.shown(seen.fields()))
                .collect(Collectors.joining());
        }

        public void close() throws IOException
        {
            program.close();
            origin.close();
            second.close();
            frames.close();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        /         | accept: */*
        /         | x-forwarded-proto: https~x-gone: 1~x-a: 2
        /         | x-forwarded-proto: HTTPS
        /         | x-forwarded-proto: ftp~x-request-id: mine
        /frames   | x-forwarded-proto: https
        /frames   | x-forwarded-proto: HTTPS
        /secure   | host: a.example:80
        /clear    | host: a.example:80
        /clear    | x-forwarded-proto: https
        /clear    | host: a.example:443~x-forwarded-proto: https
        /there    | host: a.example:443
        /secure    | host: a.example:80~x-forwarded-proto: ftp
        /there    | x-gone: 2~x-a: 3
        /there    | x-forwarded-proto: https
        /direct   | x-gone: 2~x-a: 3
        /denied   | x-gone: 2~x-a: 3
        /fault    | x-gone: 2~x-a: 3
        /tls      | host: tls.example~x-forwarded-proto: https
        /tls      | host: tls.example~x-forwarded-proto: HTTPS
        /id       | accept: */*
        /id       | x-request-id: mine
        /new-id   | x-request-id: mine
        /dst      | x-to: 127.0.0.1:ORIGIN~x-envoy-original-dst-host: 127.0.0.1:1
        /dst      | x-envoy-original-dst-host: 127.0.0.1:ORIGIN
        /hash/1   | x-to: a~x-hash: b
        /hash/4   | x-to: d~x-hash: a
        /500      | x-a: 1
        /500      | x-envoy-retry-on: 5xx
        /route-none/500 | x-envoy-retry-on: 5xx
        /route-few/500 | x-envoy-retry-on: 5xx
        /policy/500 | x-envoy-retry-on: 5xx
        /cors     | origin: http://a.example
        /cors     | origin: http://b.example
        """)
    void shouldHearOfWhatFiltersSay(final String target, final String fields) throws Exception
    {
        final String request = "GET " + target + " HTTP/1.1\r\n" +
            (fields.startsWith("host") ? "" : "host: a\r\n") + fields.replace("~", "\r\n") + "\r\n\r\n";
        final Pair<String> answers =
            Pair.of(() -> SIDES.envoy().answers(request), () -> SIDES.ringway().answers(request));
        assertEquals(answers.envoy(), answers.ringway());
    }
}
