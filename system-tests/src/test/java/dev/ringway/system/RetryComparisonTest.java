package dev.ringway.system;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * Ringway and Envoy send the same requests again, as often, tell client and endpoint the same, and count and log the same.
 */
final class RetryComparisonTest
{
    private static final String INSIDE = """
        use_remote_address: true
        internal_address_config: { cidr_ranges: [ { address_prefix: 127.0.0.0, prefix_len: 8 } ] }
        """;
    private static final String BACKOFF = "retry_back_off: { base_interval: 0.001s, max_interval: 0.002s }";
    private static final String PREVIOUS = "retry_host_predicate: [ { name: p, typed_config: { \"@type\": " +
        "type.googleapis.com/envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate } } ]";
    private static final String WITH_FIELD =
        "retriable_request_headers: [ { name: x-may, string_match: { exact: again } } ], ";
    private static final String MAKING_FIELD = "request_headers_to_add: [ { header: { key: x-may, value: again }, " +
        "append_action: OVERWRITE_IF_EXISTS_OR_ADD } ]";

    /** Prefix of a path, cluster, policy, field of the route. Where an attempt must be in time, there is much of it. */
    private static final List<List<String>> ROUTES = List.of(
        List.of("/5xx", "origin", "retry_on: 5xx, num_retries: 2, " + BACKOFF),
        List.of("/gateway", "origin", "retry_on: gateway-error, " + BACKOFF),
        List.of("/reset", "origin", "retry_on: reset, " + BACKOFF),
        List.of("/connect", "origin", "retry_on: \"connect-failure,refused-stream\", " + BACKOFF),
        List.of("/before", "origin", "retry_on: reset-before-request, " + BACKOFF),
        List.of("/codes", "origin", "retry_on: \"retriable-status-codes,retriable-4xx\", " +
            "retriable_status_codes: [404, 200], " + BACKOFF),
        List.of("/fields", "origin", "retry_on: retriable-headers, retriable_headers: [ { name: X-Again, " +
            "string_match: { prefix: again } }, { name: x-other, present_match: true } ], retriable_request_headers: [ " +
            "{ name: x-may, present_match: true }, { name: \":method\", string_match: { exact: PUT } } ], " + BACKOFF),
        List.of("/made", "origin", "retry_on: 5xx, " + WITH_FIELD + BACKOFF, MAKING_FIELD),
        List.of("/made-dead", "dead", "retry_on: connect-failure, " + WITH_FIELD + BACKOFF, MAKING_FIELD),
        List.of("/lost", "origin", "retry_on: 5xx, " + WITH_FIELD + BACKOFF, "request_headers_to_remove: [ x-may ]"),
        List.of("/named", "origin, host_rewrite_literal: new", "retry_on: 5xx, retriable_request_headers: [ { name: " +
            "\":authority\", string_match: { exact: new } } ], " + BACKOFF),
        List.of("/expected", "origin, timeout: 30s", "retry_on: 5xx, retriable_request_headers: [ { name: " +
            "x-envoy-expected-rq-timeout-ms, string_match: { exact: \"30000\" } } ], " + BACKOFF),
        List.of("/limited", "origin", "retry_on: \"envoy-ratelimited\", " + BACKOFF),
        List.of("/grpc", "origin", "retry_on: \"unavailable,cancelled\", " + BACKOFF),
        List.of("/calls", "origin", "retry_on: \"deadline-exceeded,internal,resource-exhausted\", num_retries: 4, " +
            BACKOFF),
        List.of("/asked", "origin", BACKOFF),
        List.of("/silent", "origin", BACKOFF, "request_headers_to_remove: [ x-envoy-retry-on, x-envoy-max-retries ]"),
        List.of("/gone", "origin", BACKOFF, "request_headers_to_remove: [ X-Envoy-Retry-Grpc-On, " +
            "x-envoy-retriable-status-codes, x-envoy-retriable-header-names ]"),
        List.of("/try", "origin", "retry_on: 5xx, per_try_timeout: 0.3s, " + BACKOFF),
        List.of("/later-try", "origin", "retry_on: 5xx, per_try_timeout: 3s, " + BACKOFF),
        List.of("/idle", "origin", "retry_on: 5xx, per_try_idle_timeout: 0.3s, " + BACKOFF),
        List.of("/later-idle", "origin", "retry_on: 5xx, per_try_idle_timeout: 3s, " + BACKOFF),
        List.of("/when", "origin", "retry_on: 5xx, num_retries: 3, " + BACKOFF + ", rate_limited_retry_back_off: " +
            "{ reset_headers: [ { name: Retry-After }, { name: x-reset, format: UNIX_TIMESTAMP } ], max_interval: 1s }"),
        List.of("/bounded", "bounded", "retry_on: 5xx, num_retries: 2, " + BACKOFF),
        List.of("/dead", "dead", "retry_on: connect-failure, num_retries: 2, " + BACKOFF),
        List.of("/half", "halfdead", "retry_on: connect-failure, host_selection_retry_max_attempts: 40, " + PREVIOUS +
            ", " + BACKOFF),
        List.of("/little", "origin", "retry_on: 5xx, " + BACKOFF, "per_request_buffer_limit_bytes: 4"),
        List.of("/nothing", "origin", "retry_on: 5xx, " + BACKOFF, "per_request_buffer_limit_bytes: 0"),
        List.of("/time", "origin, timeout: 0.3s", "retry_on: reset"),
        List.of("/still", "origin, idle_timeout: 0.3s", "retry_on: reset"),
        List.of("/long", "origin, max_stream_duration: { max_stream_duration: 0.3s }", "retry_on: reset"),
        List.of("/none", "none", "retry_on: 5xx, " + BACKOFF));
    /** Longer than the virtual host keeps. */
    private static final String LONG = "more than is kept of a request by default";

    /** Method and path with what the origin does, and fields of the request. */
    private static final List<List<String>> CASES = List.of(
        List.of("GET /5xx/200"),
        List.of("GET /5xx/503,200"),
        List.of("GET /5xx/500,503,200"),
        List.of("GET /5xx/503"),
        List.of("GET /5xx/503,404"),
        List.of("GET /5xx/close,200"),
        List.of("GET /5xx/reset,half,200"),
        List.of("GET /5xx/close"),
        List.of("POST /5xx/503,close,200", "content-length: 0"),
        List.of("HEAD /5xx/599,200"),
        List.of("GET /5xx/600"),
        List.of("GET /asked/999,200", "x-envoy-retry-on: retriable-status-codes", "x-envoy-retriable-status-codes: 999"),
        List.of("GET /5xx/503=x-envoy-ratelimited:true"),
        List.of("GET /gateway/500"),
        List.of("GET /gateway/502,504"),
        List.of("GET /gateway/close,200"),
        List.of("GET /reset/503"),
        List.of("GET /reset/reset,close"),
        List.of("GET /connect/503"),
        List.of("GET /connect/close"),
        List.of("GET /before/close"),
        List.of("GET /codes/404,409"),
        List.of("GET /codes/200"),
        List.of("GET /codes/503"),
        List.of("GET /fields/200=x-again:again1,503", "x-may: 1"),
        List.of("GET /fields/200=x-again:no,503", "x-may: 1"),
        List.of("GET /fields/200=x-again:again1,503"),
        List.of("PUT /fields/200=x-other:,503", "content-length: 0"),
        List.of("GET /made/503,200"),
        List.of("GET /made/503,200", "x-may: no"),
        List.of("GET /made-dead/200"),
        List.of("GET /lost/503,200", "x-may: again"),
        List.of("GET /named/503,200"),
        List.of("GET /expected/503,200"),
        List.of("GET /expected/503", "x-envoy-upstream-rq-timeout-ms: 20000"),
        List.of("POST /5xx/503,200", "content-length: 5", "", "hello"),
        List.of("POST /5xx/close,503,200", "transfer-encoding: chunked", "", "5", "hello", "0", "", ""),
        List.of("POST /5xx/503,200", "content-length: " + LONG.length(), "", LONG),
        List.of("POST /little/503,200", "content-length: 5", "", "hello"),
        List.of("POST /little/503,200", "content-length: 4", "", "hell"),
        List.of("POST /nothing/503,200", "content-length: 1", "", "h"),
        List.of("POST /nothing/503,200", "content-length: 0"),
        List.of("GET /limited/429=x-envoy-ratelimited:true,503"),
        List.of("GET /limited/429"),
        List.of("POST /grpc/200=grpc-status:14,200=grpc-status:1", "content-type: application/grpc",
            "content-length: 0"),
        List.of("GET /grpc/200=grpc-status:13"),
        List.of("POST /calls/200=grpc-status:4,200=grpc-status:13,200=grpc-status:8,200=grpc-status:14",
            "content-type: application/grpc", "content-length: 0"),
        List.of("POST /calls/200=grpc-status:0,503", "content-type: application/grpc", "content-length: 0"),
        List.of("POST /calls/200=grpc-status:2,503", "content-type: application/grpc", "content-length: 0"),
        List.of("POST /calls/close,200", "content-type: application/grpc", "content-length: 0"),
        List.of("POST /calls/504,200", "content-type: application/grpc", "content-length: 0"),
        List.of("GET /grpc/200=grpc-status:x"),
        List.of("GET /asked/503"),
        List.of("GET /asked/503,200", "x-envoy-retry-on: 5xx"),
        List.of("GET /asked/503", "x-envoy-retry-on: foo, gateway-error", "x-envoy-max-retries: 3"),
        List.of("GET /asked/503", "x-envoy-retry-on: 5xx", "x-envoy-max-retries: 0"),
        List.of("GET /asked/503", "x-envoy-retry-on: 5xx", "x-envoy-max-retries: -2"),
        List.of("GET /asked/503", "x-envoy-retry-on: 5xx", "x-envoy-max-retries: 1x"),
        List.of("GET /asked/200=grpc-status:8,503", "x-envoy-retry-grpc-on: resource-exhausted"),
        List.of("GET /asked/200=grpc-status:8", "x-envoy-retry-on: resource-exhausted"),
        List.of("GET /asked/200=grpc-status:1,200=grpc-status:4,200=grpc-status:13,200=grpc-status:14,503",
            "x-envoy-retry-grpc-on: cancelled,deadline-exceeded, internal,unavailable,foo", "x-envoy-max-retries: 9"),
        List.of("GET /asked/418,402,200", "x-envoy-retry-on: retriable-status-codes", "x-envoy-max-retries: 2",
            "x-envoy-retriable-status-codes: 402, 418,x"),
        List.of("GET /asked/418", "x-envoy-retriable-status-codes: 418"),
        List.of("GET /asked/200=x-again:1,503", "x-envoy-retry-on: retriable-headers",
            "x-envoy-retriable-header-names: x-other, X-Again"),
        List.of("GET /silent/503", "x-envoy-retry-on: 5xx", "x-envoy-max-retries: 3"),
        List.of("GET /silent/200=grpc-status:8", "x-envoy-retry-grpc-on: resource-exhausted", "x-envoy-max-retries: 3"),
        List.of("GET /gone/200=grpc-status:8", "x-envoy-retry-grpc-on: resource-exhausted"),
        List.of("GET /gone/418", "x-envoy-retry-on: retriable-status-codes", "x-envoy-retriable-status-codes: 418"),
        List.of("GET /gone/200=x-again:1", "x-envoy-retry-on: retriable-headers",
            "x-envoy-retriable-header-names: x-again"),
        List.of("GET /asked/never,200", "x-envoy-retry-on: reset", "x-envoy-upstream-rq-per-try-timeout-ms: 3000"),
        List.of("GET /asked/never", "x-envoy-retry-on: reset", "x-envoy-upstream-rq-timeout-ms: 300",
            "x-envoy-upstream-rq-per-try-timeout-ms: 400"),
        List.of("GET /asked/never", "x-envoy-upstream-rq-timeout-ms: 300", "x-envoy-upstream-rq-timeout-alt-response: no"),
        List.of("GET /try/never", "x-envoy-upstream-rq-timeout-alt-response: 1"),
        List.of("GET /5xx/503", "x-envoy-upstream-rq-timeout-alt-response: 1"),
        List.of("GET /time/never"),
        List.of("GET /still/never"),
        List.of("GET /long/never"),
        List.of("GET /later-try/never,200"),
        List.of("GET /try/never"),
        List.of("GET /try/never", "x-envoy-upstream-rq-per-try-timeout-ms: 0", "x-envoy-upstream-rq-timeout-ms: 700"),
        List.of("GET /later-idle/never,200"),
        List.of("GET /idle/never"),
        List.of("GET /when/503=retry-after:1,200"),
        List.of("GET /when/503=retry-after:2,503=retry-after:soon,503=retry-after:0,200"),
        List.of("GET /when/503=x-reset:5,200"),
        List.of("GET /bounded/503"),
        List.of("GET /dead/200"),
        List.of("GET /none/200"),
        List.of("GET /host/503,503"),
        List.of("GET /5xx/close", "x-envoy-attempt-count: 7"));

    @TempDir
    private static Path directory;

    @RegisterExtension
    private static final Sides<Side> SIDES = new Sides<>(Side::new);

    /** One of the two with an upstream of its own. */
    private static final class Side implements AutoCloseable
    {
        private final RetryOrigin origin = new RetryOrigin();
        private final int port = Program.freePort();
        private final Path log;
        private final Admin admin;
        private final Program program;

        private Side(final boolean isEnvoy) throws Exception
        {
            log = directory.resolve(isEnvoy ? "envoy.log" : "ringway.log");
            final int adminPort = Program.freePort();
            final String alive = Bootstraps.tcpAddress("127.0.0.1", origin.port());
            final String dead = Bootstraps.tcpAddress("127.0.0.1", Program.freePort());
            final Path file = Files.writeString(directory.resolve(isEnvoy ? "envoy.yaml" : "ringway.yaml"),
                Bootstraps.admin(adminPort) + listener() + "  clusters:\n" +
                    Bootstraps.cluster("origin", "STATIC", alive) +
                    Bootstraps.cluster("bounded", "STATIC", alive) +
                    "    circuit_breakers: { thresholds: [ { max_retries: 0 } ] }\n" +
                    Bootstraps.cluster("dead", "STATIC", dead) +
                    Bootstraps.cluster("halfdead", "STATIC", alive + " } }, { load_balancing_weight: 20, endpoint: { address: " + dead) +
                    "  - name: none\n    type: STATIC\n    load_assignment: { cluster_name: none }\n");
            program = Peers.either(isEnvoy, directory, file);
            admin = new Admin(adminPort);
            program.awaitPort(adminPort).awaitPort(port);
        }

        private String listener()
        {
            final StringBuilder routes = new StringBuilder();
            for (final List<String> route : ROUTES)
            {
                routes.append("- match: { prefix: \"").append(route.get(0)).append("/\" }\n  route: { cluster: ")
                    .append(route.get(1)).append(", retry_policy: { ").append(route.get(2)).append(" } }\n")
                    .append(route.size() > 3 ? "  " + route.get(3) + "\n" : "");
            }
            routes.append("- match: { prefix: \"/\" }\n  route: { cluster: origin }\n");
            return Bootstraps.http("in", Bootstraps.tcpAddress("127.0.0.1", port), INSIDE + """
                access_log:
                - name: envoy.access_loggers.file
                  typed_config:
                    "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
                    path: %s
                    log_format: { text_format_source: { inline_string: "%%REQ(:METHOD)%% %%REQ(:PATH)%% \
                %%RESPONSE_CODE%% %%RESPONSE_FLAGS%% %%RESPONSE_CODE_DETAILS%% %%UPSTREAM_REQUEST_ATTEMPT_COUNT%% \
                %%BYTES_SENT%% %%UPSTREAM_HOSTS_ATTEMPTED_WITHOUT_PORT%% %%UPSTREAM_HOST_NAMES_ATTEMPTED_WITHOUT_PORT%% \
                %%DOWNSTREAM_DETECTED_CLOSE_TYPE%% %%UPSTREAM_DETECTED_CLOSE_TYPE%% %%UPSTREAM_LOCAL_CLOSE_REASON%% \
                ready=%%UPSTREAM_CONNECTION_POOL_READY_DURATION%% began=%%COMMON_DURATION(US_CX_BEG:US_CX_END:us)%% \
                whole=%%COMMON_DURATION(US_RX_BEG:US_RX_END:us)%%\\n" } }
                """.formatted(log), routes.toString()).replaceAll("( +)domains: .*", "$0\n" +
                "$1include_request_attempt_count: true\n$1include_attempt_count_in_response: true\n" +
                "$1per_request_buffer_limit_bytes: 20\n$1retry_policy: { retry_on: 5xx, " + BACKOFF + " }");
        }

        /** All that one request leaves behind, but for its line in the log. */
        private String observe(final List<String> request) throws Exception
        {
            // Those of the other test.
            origin.takeAttempts(0);
            final Map<String, Long> before = counters();
            final String answer;
            try (Client client = new Client(port))
            {
                client.send(request.get(0) + " HTTP/1.1\r\nhost: test\r\n" +
                    fields(request));
                final HttpMessage read = request.get(0).startsWith("HEAD") ? client.readHead() : client.read();
                answer = read.status() + " " + read.field("x-envoy-attempt-count") + ' ' + read.text();
            }
            final Map<String, Long> counted = counters();
            counted.replaceAll((name, value) -> value - before.getOrDefault(name, 0L));
            counted.values().removeIf(value -> value == 0);
            final long attempts = counted.getOrDefault("cluster.origin.upstream_rq_total", 0L) +
                counted.getOrDefault("cluster.bounded.upstream_rq_total", 0L);
            final String told =
                origin.takeAttempts(attempts).stream().map(Side::told).collect(Collectors.joining(" "));
            return request + ": " + answer + " / " + told + " / " + counted;
        }

        private static String fields(final List<String> request)
        {
            final String all = request.stream().skip(1).collect(Collectors.joining("\r\n"));
            return all.contains("\r\n\r\n") ? all : all.isEmpty() ? "\r\n" : all + "\r\n\r\n";
        }

        /** Later attempts have what is left of the time, which is never twice the same. */
        private static String told(final HttpMessage attempt)
        {
            final String count = attempt.field("x-envoy-attempt-count");
            return count + ":" + attempt.text() + ("1".equals(count) ? attempt.field("x-envoy-expected-rq-timeout-ms") : "") +
                attempt.fields().stream().filter(field -> field.matches("x-envoy-(ret|max|up).*")).toList();
        }

        private Map<String, Long> counters() throws Exception
        {
            final Map<String, Long> stats = admin.awaitQuiet();
            stats.keySet().removeIf(name -> !name.matches("cluster\\.[a-z]+\\.(retry\\.)?upstream_rq_(retry.*|" +
                "per_try.*|timeout|total|completed|[2345]xx|pending_failure_eject)|cluster\\.[a-z]+\\.retry_or_shadow_abandoned"));
            return stats;
        }

        private List<String> log(final int lines) throws Exception
        {
            return LogLines.await(log, lines, line -> !line.contains(" /half/")).stream()
                .map(line -> line.replaceAll("(ready|began|whole)=\\d+", "$1=some")).toList();
        }

        public void close() throws IOException
        {
            program.close();
            origin.close();
        }
    }

    @Test
    void shouldSendAgainTellCountAndLogAsEnvoyDoes() throws Exception
    {
        final Pair<String> observed = Pair.of(() -> observeAll(SIDES.envoy()), () -> observeAll(SIDES.ringway()));
        assertEquals(observed.envoy(), observed.ringway());
        assertEquals(String.join("\n", SIDES.envoy().log(CASES.size())),
            String.join("\n", SIDES.ringway().log(CASES.size())));
    }

    private static String observeAll(final Side side) throws Exception
    {
        final List<String> observed = new ArrayList<>();
        for (final List<String> request : CASES)
        {
            observed.add(comparable(side.observe(request)));
        }
        return String.join("\n", observed);
    }

    /** The other endpoint is picked twenty times as often, unless it has been tried. */
    @Test
    void shouldFindTheEndpointThatLives() throws Exception
    {
        for (int i = 0; i < 8; i++)
        {
            for (final Side side : List.of(SIDES.envoy(), SIDES.ringway()))
            {
                try (Client client = new Client(side.port))
                {
                    assertEquals(200, client.get("/half/200").status());
                }
            }
        }
    }

    /** Envoy says more of why a connection failed. */
    private static String comparable(final String observed)
    {
        return observed.replaceFirst(", transport failure reason: [^/]*", " ");
    }
}
