package dev.ringway.system;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Ringway and Envoy with the same formats and filters log the same of the same requests. */
final class AccessLogComparisonTest
{
    private static final List<String> PATHS =
        List.of("/", "/direct", "/fails", "/unrouted", "/dead", "/empty", "/end", "/fields",
            "/rewritten/a?x=%41+%zz&y&&x=2=3&z=", "/?");
    /** As bytes: quotes, two of UTF-8, the same with quotes, one that is none, the same with quotes, a tabulator. */
    private static final List<String> AGENTS = List.of("\"a\" \\ / <>&'", "\u00c3\u00bc", "\"\u00c3\u00bc\"", "a\u00e4",
        "a\u00e4\"\\", "a\tb", "plain", "fields",
        "query", "no query");
    private static final String X_FF = "\r\nx-forwarded-for: ";
    private static final List<String> FORWARDED = List.of(X_FF + "192.0.2.1", X_FF + "192.0.2.1, 198.51.100.7",
        X_FF + X_FF + "192.0.2.1" + X_FF + X_FF + "2001:db8::1" + X_FF, X_FF + "not an address", X_FF + "10.0.0.1", X_FF + "", X_FF + "10.1.1.1,", "\r\nx-a: one\r\nX-A: two\r\nx-gone: g\r\nx-set: old" +
            "\r\nuser-agent: more\r\naccept: \r\naccept: a\r\naccept: \r\naccept: b\r\nreferer: r\r\nreferer: s",
        "", "");
    /** Behind the address of an endpoint. */
    private static final String METADATA = " }, metadata: { filter_metadata: { n: { s: 'a \"q\" \u00fc', n: -3, t: true, none: null, l: [ 1, a, { z: 1 } ], o: { inner: x, b: { deep: [ false ] } } } } ";
    /** Behind a first text. */
    private static final String PARTS = " \"q\" \u00fc', n: -15, none: null, o: { x: [ 1, a ] } }, q: {} } }";
    /** A request without a route has a virtual host for Envoy. */
    private static final String ROUTED = "header_filter: { header: { name: \":path\", invert_match: true, string_match: { exact: \"/unrouted\" } } }";
    private static final String TEXT = "log_format: { text_format_source: { inline_string: \"%REQ(:PATH)%\\n\" } }";

    /** Logs by name: what stands beside the path, and the filter. What comes last takes everything. */
    private static final Map<String, String[]> LOGS = new LinkedHashMap<>();

    static
    {
        LOGS.put("json", new String[] {"log_format: { json_format: { path: \"%REQ(:PATH)%\", code: \"%RESPONSE_CODE%\", " +
            "flags: \"%RESPONSE_FLAGS%\", a: { nested: [ \"%BYTES_SENT%\", 1, true, \"x\" ], " +
            "z: \"%PROTOCOL% %REQ(:METHOD)%\" }, none: \"%REQ(REFERER)%\", " +
            "agent: \"%REQ(USER-AGENT)%\", fixed: plain, cluster: \"%UPSTREAM_CLUSTER%\", " +
            "attempts: \"%UPSTREAM_REQUEST_ATTEMPT_COUNT%\", received: \"%BYTES_RECEIVED%\" } }", ""});
        LOGS.put("omit", new String[] {"log_format: { omit_empty_values: true, json_format: { path: \"%REQ(:PATH)%\", " +
            "none: \"%REQ(REFERER)%\", from: \"%REQ(X-FORWARDED-FOR)%\", mixed: \"<%REQ(REFERER)%>\" } }", ""});
        LOGS.put("dashes", new String[] {"log_format: { omit_empty_values: true, text_format_source: { inline_string: " +
            "\"%REQ(:PATH)% [%REQ(REFERER)%] %RESPONSE_FLAGS%|\\n\" } }", ""});
        LOGS.put("operators", new String[] {"log_format: { text_format_source: { inline_string: \"%STREAM_ID% " +
            "%FILTER_CHAIN_NAME% %ACCESS_LOG_TYPE% %ROUNDTRIP_DURATION% %DOWNSTREAM_TRANSPORT_FAILURE_REASON% " +
            "%CONNECTION_TERMINATION_DETAILS% %UPSTREAM_TLS_VERSION% %UPSTREAM_TLS_CIPHER% %UPSTREAM_TLS_SESSION_ID% " +
            "%UPSTREAM_PEER_SUBJECT% %DOWNSTREAM_REMOTE_ADDRESS% %DOWNSTREAM_REMOTE_PORT% " +
            "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%\\n\" } }", ""});
        LOGS.put("fields", new String[] {"log_format: { text_format_source: { inline_string: \"%REQ(X-A)% %REQ(x-b?X-A)% " +
            "%REQ(X-A):2% %REQ(X-ADDED)% %REQ(X-SET)% %REQ(X-GONE)% %REQ(HOST)% %REQ(ACCEPT)% %RESP(X-OWN)% %RESP(X-GONE)% " +
            "%RESP(X-ADDED)% %RESP(CONTENT-LENGTH)% %RESP(CONTENT-TYPE)% %TRAILER(X-END)%\\n\" } }", ""});
        LOGS.put("paths", new String[] {"log_format: { text_format_source: { inline_string: \"%PATH% %PATH(NQ)% " +
            "%PATH(WQ:PATH)% %PATH(NQ:ORIG)% %PATH(:ORIG_OR_PATH):4% %QUERY_PARAMS% %QUERY_PARAMS(ORIG):3% " +
            "%QUERY_PARAM(x)% %QUERY_PARAM(y)% %QUERY_PARAM(z):2% %QUERY_PARAM(X)%\\n\" } }", ""});
        LOGS.put("jsonpaths", new String[] {"log_format: { json_format: { path: \"%PATH(NQ:PATH)%\", " +
            "query: \"%QUERY_PARAMS%\", x: \"%QUERY_PARAM(x)%\", y: \"%QUERY_PARAM(y)%\" } }", ""});
        LOGS.put("endpoint", new String[] {"log_format: { text_format_source: { inline_string: \"%UPSTREAM_PROTOCOL% " +
            "%UPSTREAM_HOST_NAME% %UPSTREAM_HOST_NAME_WITHOUT_PORT% id=%UPSTREAM_CONNECTION_ID% %TRACE_ID% %SPAN_ID% " +
            "%VIRTUAL_CLUSTER_NAME% %BYTES_RETRANSMITTED% %PACKETS_RETRANSMITTED% %REQUEST_HEADER(X-A?X-B)% " +
            "%RESPONSE_HEADER(X-OWN)% %RESPONSE_TRAILER(X-END)%\\n\" } }", ""});
        LOGS.put("times", new String[] {"log_format: { json_format: { sent: \"%REQUEST_TX_DURATION%\", " +
            "sending: \"%COMMON_DURATION(DS_RX_BEG:US_TX_BEG:ms)%\", " +
            "whole: \"%COMMON_DURATION(DS_RX_END:US_TX_END:ms)%\", " +
            "id: \"%UPSTREAM_CONNECTION_ID%\" } }", ""});
        LOGS.put("spans", new String[] {"log_format: { json_format: { connect: " +
            "\"%COMMON_DURATION(US_CX_BEG:US_CX_END:us)%\", secured: \"%COMMON_DURATION(US_CX_BEG:US_HS_END:ms)%\", " +
            "content: \"%COMMON_DURATION(US_CX_END:US_RX_BODY_BEG:ms)%\", whole: \"%COMMON_DURATION(US_RX_BEG:US_RX_END:ms)%\", " +
            "answer: \"%COMMON_DURATION(DS_RX_BEG:DS_TX_BEG:us)%\", " +
            "ready: \"%UPSTREAM_CONNECTION_POOL_READY_DURATION%\", shaken: \"%DOWNSTREAM_HANDSHAKE_DURATION%\" } }", ""});
        LOGS.put("metadata", new String[] {"log_format: { text_format_source: { inline_string: \"" +
            "%UPSTREAM_METADATA(n)% %UPSTREAM_METADATA(n:s)% %METADATA(UPSTREAM_HOST:n:s):3% " +
            "%METADATA(UPSTREAM_HOST:n:n)% %UPSTREAM_METADATA(n:f)% %UPSTREAM_METADATA(n:big)% " +
            "%UPSTREAM_METADATA(n:little)% %UPSTREAM_METADATA(n:t)% %UPSTREAM_METADATA(n:none)% " +
            "%UPSTREAM_METADATA(n:l)% %METADATA(UPSTREAM_HOST:n:o):5% %UPSTREAM_METADATA(n:o:inner)% " +
            "%UPSTREAM_METADATA(n:o:x)% %UPSTREAM_METADATA(n:s:x)% %UPSTREAM_METADATA(m)%\\n\" } }", ""});
        LOGS.put("jsonmetadata", new String[] {"log_format: { json_format: { " +
            "k0: \"%UPSTREAM_METADATA(n)%\", k1: \"%UPSTREAM_METADATA(n:s)%\", k2: " +
            "\"%METADATA(UPSTREAM_HOST:n:s):3%\", k3: \"%METADATA(UPSTREAM_HOST:n:n)%\", k4: " +
            "\"%UPSTREAM_METADATA(n:f)%\", k5: \"%UPSTREAM_METADATA(n:big)%\", k6: " +
            "\"%UPSTREAM_METADATA(n:little)%\", k7: \"%UPSTREAM_METADATA(n:t)%\", k8: " +
            "\"%UPSTREAM_METADATA(n:none)%\", k9: \"%UPSTREAM_METADATA(n:l)%\", k10: " +
            "\"%METADATA(UPSTREAM_HOST:n:o):5%\", k11: \"%UPSTREAM_METADATA(n:o:inner)%\", k12: " +
            "\"%UPSTREAM_METADATA(n:o:x)%\", k13: \"%UPSTREAM_METADATA(n:s:x)%\", k14: " +
            "\"%UPSTREAM_METADATA(m)%\" } }", ""});
        LOGS.put("parts", new String[] {"log_format: { text_format_source: { inline_string: \"" +
            "%METADATA(CLUSTER:p)% %CLUSTER_METADATA(p:of)% %METADATA(CLUSTER:p:of):2% %CLUSTER_METADATA(p:none)% " +
            "%METADATA(ROUTE:p)% %METADATA(ROUTE:p:of):3% %METADATA(ROUTE:p:n)% %METADATA(ROUTE:q)% " +
            "%METADATA(VIRTUAL_HOST:p)% %METADATA(VIRTUAL_HOST:p:o:x)%\\n\" } }",
            ROUTED});
        LOGS.put("jsonparts", new String[] {"log_format: { json_format: { " +
            "k0: \"%METADATA(CLUSTER:p)%\", k1: \"%CLUSTER_METADATA(p:of)%\", k2: \"%METADATA(CLUSTER:p:of):2%\", " +
            "k3: \"%METADATA(ROUTE:p)%\", k4: \"%METADATA(ROUTE:p:n)%\", k5: \"%METADATA(VIRTUAL_HOST:p:o)%\", " +
            "k6: \"%METADATA(VIRTUAL_HOST:p:of)% of %CLUSTER_METADATA(p:n)%\", k7: \"%METADATA(ROUTE:p:o:x)%\" } }", ROUTED});
        LOGS.put("listener", new String[] {"log_format: { text_format_source: { inline_string: \"" +
            "%METADATA(LISTENER:p)% %METADATA(LISTENER:p:of)% %METADATA(LISTENER:p:of):4% " +
            "%METADATA(LISTENER:p:n)% %METADATA(LISTENER:p:o:x)% %METADATA(LISTENER:p:none)% " +
            "%METADATA(LISTENER:q)% %METADATA(LISTENER:r)% %METADATA(LISTENER_FILTER_CHAIN:p)% " +
            "%METADATA(LISTENER_FILTER_CHAIN:p:of)% %METADATA(LISTENER_FILTER_CHAIN:p:of):4% %METADATA(LISTENER_FILTER_CHAIN:p:n)% " +
            "%METADATA(LISTENER_FILTER_CHAIN:p:o:x)% %METADATA(LISTENER_FILTER_CHAIN:p:none)% %METADATA(LISTENER_FILTER_CHAIN:q)% " +
            "%METADATA(LISTENER_FILTER_CHAIN:r)% %%METADATA(LISTENER:p:of) %PROTOCOL%%METADATA(LISTENER:p:n)%\\n\" } }", ""});
        LOGS.put("jsonlistener", new String[] {"log_format: { json_format: { " +
            "k00: \"%METADATA(LISTENER:p)%\", k01: \"%METADATA(LISTENER:p:of)%\", k02: \"%METADATA(LISTENER:p:of):4%\", " +
            "k03: \"%METADATA(LISTENER:p:n)%\", k04: \"%METADATA(LISTENER:p:o:x)%\", k05: \"%METADATA(LISTENER:p:none)%\", " +
            "k06: \"%METADATA(LISTENER:q)%\", k07: \"%METADATA(LISTENER:r)%\", k08: \"%METADATA(LISTENER_FILTER_CHAIN:p)%\", " +
            "k09: \"%METADATA(LISTENER_FILTER_CHAIN:p:of)%\", k10: \"%METADATA(LISTENER_FILTER_CHAIN:p:of):4%\", k11: \"%METADATA(LISTENER_FILTER_CHAIN:p:n)%\", " +
            "k12: \"%METADATA(LISTENER_FILTER_CHAIN:p:o:x)%\", k13: \"%METADATA(LISTENER_FILTER_CHAIN:p:none)%\", k14: \"%METADATA(LISTENER_FILTER_CHAIN:q)%\", " +
            "k15: \"%METADATA(LISTENER_FILTER_CHAIN:r)%\", mixed: \"of %METADATA(LISTENER:p:n)%\", literal: \"%%METADATA(LISTENER:p:of)\" } }", ""});
        LOGS.put("first", new String[] {("log_format: { text_format_source: { inline_string: \"" +
            "%COALESCE({'operators': ['REQUESTED_SERVER_NAME', {'command': 'REQ', 'param': ':authority'}]})% " +
            "%COALESCE({'operators': [{'command': 'REQ', 'param': 'x-none'}, {'command': 'REQ', 'param': 'x-a', 'max_length': 2}]})% " +
            "%COALESCE({'operators': [{'command': 'REQ', 'param': 'x-none'}, {'command': 'REQ', 'param': 'accept'}, 'PROTOCOL']}):3% " +
            "%COALESCE({'operators': [{'command': 'REQ', 'param': 'x-none'}]})% " +
            "%COALESCE({'operators': ['ROUTE_NAME', 'UPSTREAM_CLUSTER']})% " +
            "%COALESCE({'operators': ['ROUTE_NAME', 'BYTES_SENT']})% " +
            "%COALESCE({'operators': [{'command': 'GRPC_STATUS', 'param': 'SNAKE_STRING'}, {'command': 'RESP', 'param': 'x-own'}, {'command': 'RESP', 'param': ':status'}]})% " +
            "%REQUESTED_SERVER_NAME(SNI_ONLY)% " +
            "%REQUESTED_SERVER_NAME(SNI_FIRST)% " +
            "%REQUESTED_SERVER_NAME(HOST_FIRST)% " +
            "%REQUESTED_SERVER_NAME(HOST_FIRST:HOST)% " +
            "%REQUESTED_SERVER_NAME(HOST_FIRST:ORIG)% " +
            "%REQUESTED_SERVER_NAME(SNI_FIRST:ORIG)% " +
            "%REQUESTED_SERVER_NAME(SNI_FIRST:HOST)% " +
            "%REQUESTED_SERVER_NAME(SNI_ONLY:ORIG)% " +
            "%COALESCE({'operators': [{'command': 'ENVIRONMENT', 'param': 'NO_SUCH'}, 'PROTOCOL']})% " +
            "%REQUESTED_SERVER_NAME(SNI_FIRST:ORIG_OR_HOST)%\\n\" } }").replace("'", "\\\""), ""});
        LOGS.put("jsonfirst", new String[] {("log_format: { json_format: { " +
            "k00: \"%COALESCE({'operators': ['REQUESTED_SERVER_NAME', {'command': 'REQ', 'param': ':authority'}]})%\", " +
            "k01: \"%COALESCE({'operators': [{'command': 'REQ', 'param': 'x-none'}, {'command': 'REQ', 'param': 'x-a', 'max_length': 2}]})%\", " +
            "k02: \"%COALESCE({'operators': [{'command': 'REQ', 'param': 'x-none'}, {'command': 'REQ', 'param': 'accept'}, 'PROTOCOL']}):3%\", " +
            "k03: \"%COALESCE({'operators': [{'command': 'REQ', 'param': 'x-none'}]})%\", " +
            "k04: \"%COALESCE({'operators': ['ROUTE_NAME', 'UPSTREAM_CLUSTER']})%\", " +
            "k05: \"%COALESCE({'operators': ['ROUTE_NAME', 'BYTES_SENT']})%\", " +
            "k06: \"%COALESCE({'operators': [{'command': 'GRPC_STATUS', 'param': 'SNAKE_STRING'}, {'command': 'RESP', 'param': 'x-own'}, {'command': 'RESP', 'param': ':status'}]})%\", " +
            "k07: \"%REQUESTED_SERVER_NAME(SNI_ONLY)%\", " +
            "k08: \"%REQUESTED_SERVER_NAME(SNI_FIRST)%\", " +
            "k09: \"%REQUESTED_SERVER_NAME(HOST_FIRST)%\", " +
            "k10: \"%REQUESTED_SERVER_NAME(HOST_FIRST:HOST)%\", " +
            "k11: \"%REQUESTED_SERVER_NAME(HOST_FIRST:ORIG)%\", " +
            "k12: \"%REQUESTED_SERVER_NAME(SNI_FIRST:ORIG)%\", " +
            "k13: \"%REQUESTED_SERVER_NAME(SNI_FIRST:HOST)%\", " +
            "k14: \"%REQUESTED_SERVER_NAME(SNI_ONLY:ORIG)%\", " +
            "k15: \"%REQUESTED_SERVER_NAME(SNI_FIRST:ORIG_OR_HOST)%\", " +
            "k16: \"%ENVIRONMENT(NO_SUCH)%\" } }").replace("'", "\\\""), ""});
        LOGS.put("jsonfields", new String[] {"log_format: { json_format: { a: \"%REQ(X-A)%\", b: \"<%REQ(X-B)%>\", " +
            "own: \"%RESP(X-OWN)%\", none: \"%REQ(X-B)%\" } }", ""});
        LOGS.put("names", new String[] {
            "log_format: { json_format: { chain: \"<%FILTER_CHAIN_NAME%>\", id: \"%STREAM_ID%\" } }", ""});
        LOGS.put("unique", new String[] {
            "log_format: { text_format_source: { inline_string: \"%UNIQUE_ID%\\n\" } }", ""});
        LOGS.put("default", new String[] {"", ""});
        LOGS.put("start", new String[] {"log_format: { text_format_source: { inline_string: \"%START_TIME% " +
            "%START_TIME(%Y/%m/%dT%H:%M:%S%z %s.%3f %1f %6f %9f %f)% " +
            "%START_TIME(%a|%A|%b|%h|%B|%y|%I|%p|%D|%F|%T|%R|%u|%w|%Z|%e|%j|%%|%t|%3f%6f)% " +
            "%START_TIME_LOCAL% %START_TIME_LOCAL(%H:%M %z)% %START_TIME_LOCAL(%Z)% %EMIT_TIME% %EMIT_TIME(%s.%3f)%\\n\" } }", ""});
        LOGS.put("lengths", new String[] {"log_format: { text_format_source: { inline_string: \"%REQ(X-B?X-A):2% " +
            "%REQ(X-NONE?:PATH):3% %REQ(X-NONE?X-OTHER)% %REQ(:PATH):0% %RESP(X-NONE?X-OWN):2% %RESP(X-OWN):1% " +
            "%RESP(X-OWN):9% %RESP(X-NONE?X-OTHER):2% %RESP(:STATUS):2% %RESP(CONTENT-LENGTH?X-OWN)%\\n\" } }", ""});
        LOGS.put("more", new String[] {"log_format: { text_format_source: { inline_string: \"%RESPONSE_FLAGS_LONG% " +
            "%UPSTREAM_LOCAL_ADDRESS_WITHOUT_PORT% %UPSTREAM_CLUSTER_RAW% %DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT% %DOWNSTREAM_DIRECT_LOCAL_ADDRESS_WITHOUT_PORT% " +
            "%REQUESTED_SERVER_NAME% %CONNECTION_TERMINATION_DETAILS%\\n\" } }", ""});
        LOGS.put("reached", new String[] {"log_format: { text_format_source: { inline_string: \"%UPSTREAM_HOST% " +
            "%UPSTREAM_REMOTE_ADDRESS% %UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT% %UPSTREAM_REMOTE_PORT% " +
            "id=%UPSTREAM_CONNECTION_ID%| id=%UPSTREAM_CONNECTION_IDS_ATTEMPTED% %UPSTREAM_HOSTS_ATTEMPTED% " +
            "%UPSTREAM_HOST_NAMES_ATTEMPTED_WITHOUT_PORT%\\n\" } }", ""});
        LOGS.put("heads", new String[] {"log_format: { text_format_source: { inline_string: \"%REQ(:PATH)% " +
            "%REQUEST_HEADERS_BYTES%\\n\" } }", ""});
        LOGS.put("answers", new String[] {"log_format: { text_format_source: { inline_string: \"%REQ(:PATH)% " +
            "%RESPONSE_HEADERS_BYTES%\\n\" } }", "header_filter: { header: { name: \":path\", " +
            "string_match: { safe_regex: { regex: \"/(d|un|em).*\" } } } }"});
        LOGS.put("forwarded", new String[] {"log_format: { json_format: { path: \"%REQ(:PATH)%\", " +
            "from: \"%REQ(X-FORWARDED-FOR)%\", agent: \"%REQ(X-FORWARDED-FOR?USER-AGENT)%\" } }", ""});
        LOGS.put("half", new String[] {TEXT, "runtime_filter: { runtime_key: none, percent_sampled: " +
            "{ numerator: 50 } }"});
        LOGS.put("share", new String[] {TEXT, "runtime_filter: { runtime_key: none, percent_sampled: " +
            "{ numerator: 305, denominator: TEN_THOUSAND } }"});
        LOGS.put("quick", new String[] {TEXT,
            "duration_filter: { comparison: { op: LE, value: { default_value: 60000, runtime_key: none } } }"});
        LOGS.put("raised", new String[] {TEXT,
            "status_code_filter: { comparison: { op: GE, value: { default_value: 200, runtime_key: log.least } } }"});
        LOGS.put("errors", new String[] {TEXT,
            "status_code_filter: { comparison: { op: GE, value: { default_value: 400, runtime_key: none } } }"});
        LOGS.put("found", new String[] {TEXT,
            "status_code_filter: { comparison: { op: EQ, value: { default_value: 200, runtime_key: none } } }"});
        LOGS.put("flags", new String[] {TEXT, "response_flag_filter: { flags: [ NR ] }"});
        LOGS.put("anyflag", new String[] {TEXT, "response_flag_filter: {}"});
        LOGS.put("both", new String[] {TEXT, "and_filter: { filters: [ { response_flag_filter: {} }, " +
            "{ status_code_filter: { comparison: { op: GE, value: { default_value: 500, runtime_key: none } } } } ] }"});
        LOGS.put("either", new String[] {TEXT, "or_filter: { filters: [ { response_flag_filter: { flags: [ NR ] } }, " +
            "{ status_code_filter: { comparison: { op: LE, value: { default_value: 204, runtime_key: none } } } } ] }"});
        LOGS.put("slow", new String[] {TEXT,
            "duration_filter: { comparison: { op: GE, value: { default_value: 60000, runtime_key: none } } }"});
        LOGS.put("whole", new String[] {TEXT, "runtime_filter: { runtime_key: none, percent_sampled: " +
            "{ numerator: 100 } }"});
        LOGS.put("nothing", new String[] {TEXT, "runtime_filter: { runtime_key: none, percent_sampled: " +
            "{ numerator: 0 } }"});
        LOGS.put("header", new String[] {TEXT,
            "header_filter: { header: { name: user-agent, string_match: { contains: a } } }"});
        LOGS.put("path", new String[] {TEXT, "header_filter: { header: { name: \":path\", string_match: " +
            "{ prefix: \"/d\" } } }"});
        LOGS.put("notpath", new String[] {TEXT, "header_filter: { header: { name: \":path\", invert_match: true, " +
            "string_match: { safe_regex: { regex: \"/(d|f).*\" } } } }"});
        LOGS.put("absent", new String[] {TEXT, "and_filter: { filters: [ { header_filter: { header: { name: referer, " +
            "present_match: false } } }, { or_filter: { filters: [ { header_filter: { header: { name: \":authority\", " +
            "string_match: { exact: b } } } }, { response_flag_filter: { flags: [ UF ] } } ] } } ] }"});
        LOGS.put("type", new String[] {TEXT, "log_type_filter: { types: [ DownstreamEnd ] }"});
        LOGS.put("all", new String[] {TEXT, ""});
    }

    @TempDir
    private static Path directory;

    @BeforeAll
    static void askBoth() throws Exception
    {
        try (Origin origin =
            new Origin(Map.of("/fails", "HTTP/1.1 503 Unavailable\r\ncontent-length: 0\r\n\r\n",
                "/end", "HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n",
                "/fields", "HTTP/1.1 200 OK\r\nx-own: 1\r\nx-own: 2\r\nx-gone: 3\r\ncontent-type: text/html\r\ncontent-length: 0\r\n\r\n")))
        {
            ask(true, origin);
            ask(false, origin);
        }
    }

    private static void ask(final boolean isEnvoy, final Origin origin) throws Exception
    {
        final int port = Program.freePort();
        final int adminPort = Program.freePort();
        try (Program program =
            Peers.either(isEnvoy, directory, bootstrap(isEnvoy ? "envoy" : "ringway", port, adminPort, origin)))
        {
            program.awaitPort(adminPort).awaitPort(port);
            try (Client client = new Client(port))
            {
                for (int i = 0; i < PATHS.size(); i++)
                {
                    final String path = PATHS.get(i);
                    client.send("GET " + path + " HTTP/1.1\r\nhost: " + (path.equals("/unrouted") ? "b" : "a") +
                        "\r\nuser-agent: " + AGENTS.get(i) + "\r\nx-request-id: " + id(i) + FORWARDED.get(i) + "\r\n\r\n").read();
                }
            }
            final Admin admin = new Admin(adminPort);
            admin.awaitQuiet();
            admin.quit(program);
        }
    }

    /** What a share of requests is taken by stands in its first part. */
    private static String id(final int index)
    {
        return "%08x-0000-4000-8000-000000000000".formatted(index * 61);
    }

    private static Path bootstrap(final String name, final int port, final int adminPort, final Origin origin)
        throws Exception
    {
        final StringBuilder logs = new StringBuilder("server_name: same\naccess_log:\n");
        LOGS.forEach((log, config) -> logs.append("- name: ").append(log).append('\n')
            .append(config[1].isEmpty() ? "" : "  filter: { " + config[1] + " }\n")
            .append("  typed_config: { \"@type\": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog, ")
            .append("path: \"").append(file(name, log)).append(config[0].isEmpty() ? "\"" : "\", ").append(config[0])
            .append(" }\n"));
        return Files.writeString(directory.resolve(name + ".yaml"),
            "layered_runtime: { layers: [ { name: a, static_layer: { log.least: 404 } } ] }\n" +
                Bootstraps.admin(adminPort) +
            Bootstraps.http("in", Bootstraps.tcpAddress("127.0.0.1", port), logs.toString(), """
                - match: { path: "/direct" }
                  metadata: PARTdirectEND
                  direct_response: { status: 200, body: { inline_string: "direct" } }
                - match: { path: "/empty" }
                  direct_response: { status: 204 }
                - match: { prefix: "/rewritten" }
                  route: { cluster: named, prefix_rewrite: "/new", host_rewrite_literal: re.test }
                - match: { path: "/dead" }
                  route: { cluster: dead }
                - match: { prefix: "/", headers: [ { name: ":authority", string_match: { exact: a } } ] }
                  route: { cluster: origin }
                  metadata: PARTrouteEND
                  request_headers_to_add:
                  - header: { key: x-added, value: "r" }
                  - header: { key: x-set, value: "new" }
                    append_action: OVERWRITE_IF_EXISTS_OR_ADD
                  request_headers_to_remove: [ x-gone ]
                  response_headers_to_add: [ { header: { key: x-added, value: "p" } } ]
                  response_headers_to_remove: [ x-gone, content-type ]
                """.replace("PART", "{ filter_metadata: { p: { of: '").replace("END", PARTS)).replaceAll("( +)domains: .*",
                "$0\n$1metadata: { filter_metadata: { p: { of: 'host" + PARTS.replace("\\", "\\\\"))
                .replace("- filters:", "- name: 'a 100% \"chain\"'\n      metadata: { filter_metadata: { p: { of: 'chain" +
                    PARTS + "\n      filters:")
                .replace("    filter_chains:\n",
                    "    metadata: { filter_metadata: { p: { of: 'listener" + PARTS + "\n    filter_chains:\n") + "  clusters:\n" +
            Bootstraps.cluster("origin", "STATIC", Bootstraps.tcpAddress("127.0.0.1", origin.port()) + METADATA) +
            "    metadata: { filter_metadata: { p: { of: 'origin" + PARTS + '\n' +
            Bootstraps.cluster("named", "STRICT_DNS", Bootstraps.tcpAddress("localhost", origin.port())) +
            "    dns_lookup_family: V4_ONLY\n" +
            Bootstraps.cluster("dead", "STATIC", Bootstraps.tcpAddress("127.0.0.1", 1)) +
            "    metadata: { filter_metadata: { p: { of: 'dead" + PARTS + '\n');
    }

    private static Path file(final String name, final String log)
    {
        return directory.resolve(name + "." + log + ".log");
    }

    /** Times and ports of the clients differ, and numbers of connections; how long something takes does not matter here. */
    private static String comparable(final String log, final String lines)
    {
        final String times = Set.of("times", "spans").contains(log) ? lines.replaceAll(":[1-9]\\d*", ":0") : lines;
        if (log.equals("start"))
        {
            // Midnight may be between the two: May is as long as its short name, and days below 10 have a blank.
            return times.replaceAll("\\| \\d", "|00").replaceAll("\\d", "0").replaceAll("[A-Z][a-z]{2,}", "Name")
                .replaceAll("[AP]M", "AM");
        }
        if (log.equals("default"))
        {
            return times.replaceAll("(?m)^\\[\\d{4}(-\\d\\d){2}T(\\d\\d:){2}\\d\\d\\.\\d{3}Z] ", "[time] ")
                .replaceAll("(\" \\d{3} \\S+ \\d+ \\d+) \\d+ ", "$1 some ").replaceAll(" some \\d+ ", " some some ");
        }
        return times.replaceAll("127\\.0\\.0\\.1:\\d+ \\d+", "own").replaceAll("id=[1-9]\\d*", "id=some");
    }

    static Set<String> logs()
    {
        return LOGS.keySet();
    }

    @ParameterizedTest
    @MethodSource("logs")
    void shouldLogWhatEnvoyLogs(final String log) throws Exception
    {
        // Some fields are no UTF-8.
        final String expected = Files.readString(file("envoy", log), ISO_8859_1);
        final String actual = Files.readString(file("ringway", log), ISO_8859_1);
        if (log.equals("unique"))
        {
            assertEquals(PATHS.size(), Set.copyOf(actual.lines().toList()).size(), actual);
            assertEquals(expected.replaceAll("[0-9a-f]", "x"),
                actual.replaceAll("[0-9a-f]", "x"));
            return;
        }
        assertEquals(comparable(log, expected), comparable(log, actual));
        assertEquals(Set.of("slow", "nothing").contains(log), expected.isEmpty());
        final int taken = Map.of("half", 6, "share", 5).getOrDefault(log, -1);
        assertTrue(taken < 0 || taken == expected.lines().count(), expected);
        assertFalse(log.equals("json") && !expected.contains("\"code\":404"), expected);
    }
}
