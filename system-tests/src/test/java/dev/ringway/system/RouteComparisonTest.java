package dev.ringway.system;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Ringway and Envoy with the same matches of routes choose the same route for the same requests. */
final class RouteComparisonTest
{
    /** Name of each route and its match; the last one takes what no other does. */
    private static final String[][] ROUTES = {
        {"regex", "safe_regex: { regex: \"/r/v[0-9]+/.*\" }"},
        {"regex of all", "safe_regex: { regex: \"/only|/lonely\" }"},
        {"exact", "prefix: /h, headers: [ { name: X-A, string_match: { exact: one } } ]"},
        {"exact in any case", "prefix: /h, headers: [ { name: x-a, string_match: { exact: ONE, ignore_case: true } } ]"},
        {"prefix", "prefix: /h, headers: [ { name: x-a, string_match: { prefix: pre } } ]"},
        {"suffix", "prefix: /h, headers: [ { name: x-a, string_match: { suffix: \"-end\" } } ]"},
        {"contains", "prefix: /h, headers: [ { name: x-a, string_match: { contains: mid } } ]"},
        {"regex value", "prefix: /h, headers: [ { name: x-a, string_match: { safe_regex: { regex: \"[0-9]{3}\" } } } ]"},
        {"range", "prefix: /h, headers: [ { name: x-n, range_match: { start: -10, end: 10 } } ]"},
        {"joined", "prefix: /h, headers: [ { name: x-forwarded-for, string_match: { exact: \"1,2\" } } ]"},
        {"not one", "prefix: /not-one, headers: [ { name: x-a, string_match: { exact: one }, invert_match: true } ]"},
        {"one of ranges", "prefix: /range, headers: [ { name: x-a, range_match: { start: 2, end: 3 } } ]"},
        {"cookies", "prefix: /h, headers: [ { name: cookie, string_match: { exact: \"c=d\" } } ]"},
        {"present", "prefix: /h, headers: [ { name: x-p, present_match: true } ]"},
        {"name alone", "prefix: /h, headers: [ { name: x-alone } ]"},
        {"absent", "prefix: /absent, headers: [ { name: x-p, present_match: false } ]"},
        {"not present", "prefix: /not-present, headers: [ { name: x-p, present_match: true, invert_match: true } ]"},
        {"not absent", "prefix: /not-absent, headers: [ { name: x-p, present_match: false, invert_match: true } ]"},
        {"empty is present",
            "prefix: /empty-p, headers: [ { name: x-p, present_match: true, treat_missing_header_as_empty: true } ]"},
        {"inverted", "prefix: /inv, headers: [ { name: x-a, string_match: { exact: one }, invert_match: true } ]"},
        {"missing is empty", "prefix: /mie, headers: [ { name: x-a, string_match: { exact: one }, invert_match: true, " +
            "treat_missing_header_as_empty: true } ]"},
        {"empty range", "prefix: /er, headers: [ { name: x-a, range_match: { start: 0, end: 10 }, invert_match: true, " +
            "treat_missing_header_as_empty: true } ]"},
        {"empty exact", "prefix: /ee, headers: [ { name: x-a, string_match: { exact: \"\" } } ]"},
        {"two", "prefix: /two, headers: [ { name: x-a, string_match: { exact: one } }, { name: x-p } ]"},
        {"method", "prefix: /m, headers: [ { name: \":method\", string_match: { exact: POST } } ]"},
        {"path", "prefix: /m, headers: [ { name: \":path\", string_match: { exact: \"/m?x=/y\" } } ]"},
        {"authority", "prefix: /m, headers: [ { name: \":authority\", string_match: { prefix: special } } ]"},
        {"request id", "prefix: /id, headers: [ { name: x-request-id, string_match: { safe_regex: { regex: \"[0-9a-f-]+\" } } } ]"},
        {"request id of the client", "prefix: /id, headers: [ { name: x-request-id, string_match: { exact: mine } } ]"},
        {"host", "prefix: /m, headers: [ { name: host, string_match: { exact: host.example } } ]"},
        {"scheme", "prefix: /m, headers: [ { name: \":scheme\", string_match: { exact: https } } ]"},
        {"forwarded", "prefix: /f, headers: [ { name: x-forwarded-proto, string_match: { exact: https } } ]"},
        {"clear", "prefix: /f, headers: [ { name: x-forwarded-proto, string_match: { exact: http } } ]"},
        {"internal", "prefix: /i, headers: [ { name: x-envoy-internal, string_match: { exact: \"true\" } } ]"},
        {"force trace", "prefix: /i, headers: [ { name: x-envoy-force-trace } ]"},
        {"keep-alive", "prefix: /i, headers: [ { name: keep-alive } ]"},
        {"connection", "prefix: /i, headers: [ { name: connection } ]"},
        {"upgrade", "prefix: /i, headers: [ { name: upgrade } ]"},
        {"te", "prefix: /i, headers: [ { name: te } ]"},
        {"expect", "prefix: /i, headers: [ { name: expect } ]"},
        {"content-length", "prefix: /i, headers: [ { name: content-length, range_match: { start: 3, end: 4 } } ]"},
        {"query", "prefix: /q, query_parameters: [ { name: a, string_match: { exact: b } } ]"},
        {"query prefix", "prefix: /q, query_parameters: [ { name: a, string_match: { prefix: \"p%20\" } } ]"},
        {"query regex", "prefix: /q, query_parameters: [ { name: num, string_match: { safe_regex: { regex: \"[0-9]+\" } } } ]"},
        {"query present", "prefix: /q, query_parameters: [ { name: p, present_match: true } ]"},
        {"query name", "prefix: /q, query_parameters: [ { name: x } ]"},
        {"query empty", "prefix: /q, query_parameters: [ { name: e, string_match: { exact: \"\" } } ]"},
        {"query two", "prefix: /q, query_parameters: [ { name: c, present_match: true }, { name: d } ]"},
        {"query absent", "prefix: /qa, query_parameters: [ { name: c, present_match: false } ]"},
        {"grpc", "prefix: /g, grpc: {}"},
        {"never", "prefix: /s, runtime_fraction: { default_value: { numerator: 0 } }"},
        {"runtime says never", "prefix: /s, runtime_fraction: { default_value: { numerator: 100 }, runtime_key: no.share }"},
        {"runtime says none of them",
            "prefix: /s, runtime_fraction: { default_value: { numerator: 100 }, runtime_key: no.part }"},
        {"always", "prefix: /s1, runtime_fraction: { default_value: { numerator: 100 } }"},
        {"runtime says always", "prefix: /s2, runtime_fraction: { default_value: { numerator: 0 }, runtime_key: all }"},
        {"runtime says all of them",
            "prefix: /s3, runtime_fraction: { default_value: { numerator: 0 }, runtime_key: every.million }"},
        {"numerator above", "prefix: /s4, runtime_fraction: { default_value: { numerator: 200 } }"},
        {"half", "prefix: /half, runtime_fraction: { default_value: { numerator: 50 } }"},
        {"older exact", "prefix: /o, headers: [ { name: x-a, exact_match: one } ]"},
        {"older prefix", "prefix: /o, headers: [ { name: x-a, prefix_match: pre } ]"},
        {"older suffix", "prefix: /o, headers: [ { name: x-a, suffix_match: \"-end\" } ]"},
        {"older contains", "prefix: /o, headers: [ { name: x-a, contains_match: mid } ]"},
        {"older regex", "prefix: /o, headers: [ { name: x-a, safe_regex_match: { regex: \"[0-9]+\" } } ]"},
        {"any case", "prefix: /AnyCase, case_sensitive: false"},
        {"separated", "path_separated_prefix: /sep"},
        {"of a file", "path: /file"},
        {"none", "prefix: /"},
    };

    private static final String RUNTIME = """
        layered_runtime:
          layers:
          - name: first
            static_layer: { no: { share: 100, part: 100 }, all: 100 }
          - name: second
            static_layer: { no.share: 0, no: { part: { numerator: 0, denominator: MILLION } },
              every: { million: { numerator: 1000000, denominator: MILLION } } }
        """;

    @TempDir
    private static Path directory;

    @RegisterExtension
    private static final Sides<Side> SIDES = new Sides<>(Side::new);

    /** One of the two. */
    private static final class Side implements AutoCloseable
    {
        private final int port = Program.freePort();
        private final Program program;

        private Side(final boolean isEnvoy) throws Exception
        {
            final int adminPort = Program.freePort();
            final StringBuilder routes = new StringBuilder();
            final Path text = Files.writeString(
                directory.resolve(isEnvoy ? "envoy.text" : "ringway.text"), "file\n\u00fc\n");
            for (final String[] route : ROUTES)
            {
                routes.append("- match: { ").append(route[1]).append(" }\n  direct_response: { status: 200, body: ")
                    .append(route[0].equals("of a file") ? "{ filename: \"" + text + "\" } }\n" :
                        "{ inline_string: \"" + route[0] + "\" } }\n");
            }
            final Path file = Files.writeString(directory.resolve(isEnvoy ? "envoy.yaml" : "ringway.yaml"),
                RUNTIME + Bootstraps.admin(adminPort) +
                    Bootstraps.http("in", Bootstraps.tcpAddress("127.0.0.1", port), "", routes.toString()));
            program = Peers.either(isEnvoy, directory, file);
            program.awaitPort(adminPort).awaitPort(port);
        }

        private String answer(final String request) throws Exception
        {
            try (Client client = new Client(port))
            {
                final HttpMessage answer = client.send(request).read();
                return answer.status() == 100 ? client.read().text() : answer.text();
            }
        }

        public void close()
        {
            program.close();
        }
    }

    /** Of 200 requests, with bounds that chance keeps to. */
    @Test
    void shouldTakeAShareOfRequests() throws Exception
    {
        for (final Side side : List.of(SIDES.envoy(), SIDES.ringway()))
        {
            int taken = 0;
            for (int i = 0; i < 200; i++)
            {
                taken += side.answer("GET /half HTTP/1.1\r\nhost: a\r\n\r\n").equals("half") ? 1 : 0;
            }
            assertTrue(taken > 50 && taken < 150, taken + " of 200");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
        GET /r/v12/a              | -                                   | regex
        GET /r/v12/a?b/c          | -                                   | regex
        GET /r/v/a                | -                                   | none
        GET /r/v12                | -                                   | none
        GET /x/r/v12/a            | -                                   | none
        GET /lonely               | -                                   | regex of all
        GET /lonely/x             | -                                   | none
        GET /h                    | x-a: one                            | exact
        GET /h                    | X-A:  one                           | exact
        GET /h                    | x-a: oNe                            | exact in any case
        GET /h                    | x-a: pretty                         | prefix
        GET /h                    | x-a: the-end                        | suffix
        GET /h                    | x-a: amidst                         | contains
        GET /h                    | x-a: 123                            | regex value
        GET /h                    | x-a: 1234                           | none
        GET /h                    | x-n: -10                            | range
        GET /h                    | x-n: 9                              | range
        GET /h                    | x-n: +9                             | range
        GET /h                    | x-n: 10                             | none
        GET /h                    | x-n: 1x                             | none
        GET /h                    | x-n: 0x1                            | none
        GET /h                    | x-n: 00000000000000000000001        | range
        GET /h                    | x-n: 99999999999999999999           | none
        GET /h                    | x-n:                                | none
        GET /h                    | x-forwarded-for: 1~x-forwarded-for: 2 | joined
        GET /h                    | x-a: two~x-b: 1~x-a: one            | exact
        GET /h                    | x-a: o~x-a: ne                      | none
        GET /not-one              | x-a: two~x-a: three                 | not one
        GET /not-one              | x-a: two~x-a: one                   | none
        GET /not-one              | x-a: one~x-a: two                   | none
        GET /range                | x-a: 1~x-a: 2                       | one of ranges
        GET /h                    | cookie: a=b~cookie: c=d             | cookies
        GET /h                    | x-p:                                | present
        GET /h                    | x-alone: 1                          | name alone
        GET /h                    | -                                   | none
        GET /id                   | -                                   | request id
        GET /id                   | x-request-id: mine                  | request id of the client
        GET /absent               | -                                   | absent
        GET /absent               | x-p: 1                              | none
        GET /not-present          | -                                   | not present
        GET /not-present          | x-p: 1                              | none
        GET /not-absent           | -                                   | none
        GET /not-absent           | x-p: 1                              | not absent
        GET /empty-p              | -                                   | -
        GET /empty-p              | x-p: 1                              | empty is present
        GET /inv                  | x-a: two                            | inverted
        GET /inv                  | x-a: one                            | none
        GET /inv                  | -                                   | none
        GET /mie                  | -                                   | missing is empty
        GET /mie                  | x-a: one                            | none
        GET /er                   | -                                   | empty range
        GET /er                   | x-a: 3                              | none
        GET /ee                   | x-a:                                | empty exact
        GET /ee                   | x-a: 1                              | none
        GET /two                  | x-a: one                            | none
        GET /two                  | x-a: one~x-p: 1                     | two
        POST /m                   | content-length: 0                   | method
        GET /m?x=/y               | -                                   | path
        GET /m                    | host: special.example               | authority
        GET /m                    | host: host.example                  | host
        GET /m                    | x-forwarded-proto: https            | scheme
        GET /m                    | -                                   | none
        GET /f                    | x-forwarded-proto: https            | forwarded
        GET /f                    | x-forwarded-proto: http             | clear
        GET /f                    | -                                   | clear
        GET /i                    | x-envoy-internal: true              | -
        GET /i                    | x-envoy-force-trace: 1              | -
        GET /i                    | keep-alive: 1                       | -
        GET /i                    | connection: x-a                     | -
        GET /i                    | upgrade: h2c                        | -
        GET /i                    | te: trailers                        | -
        GET /i                    | expect: 100-continue~content-length: 0 | -
        PUT /i                    | content-length: 3~~abc              | content-length
        GET /q?a=b                | -                                   | query
        GET /q?a=b&a=c            | -                                   | query
        GET /q?a=c&a=b            | -                                   | none
        GET /q?x=1&a=b            | -                                   | query
        GET /q?a=b=c              | -                                   | none
        GET /q?A=b                | -                                   | none
        GET /q?a=p%20x            | -                                   | query prefix
        GET /q?a=%62              | -                                   | none
        GET /q?num=123             | -                                   | query regex
        GET /q?num=12a             | -                                   | none
        GET /q?p                  | -                                   | query present
        GET /q?p=1                | -                                   | query present
        GET /q?&&p                | -                                   | query present
        GET /q?x                  | -                                   | query name
        GET /q?e                  | -                                   | query empty
        GET /q?e=                 | -                                   | query empty
        GET /q?c&d                | -                                   | query two
        GET /q?c                  | -                                   | none
        GET /q?                   | -                                   | none
        GET /qa                   | -                                   | query absent
        GET /qa?c                 | -                                   | none
        POST /g                   | content-type: application/grpc~content-length: 0       | -
        POST /g                   | content-type: application/grpc+proto~content-length: 0 | -
        POST /g                   | content-type: application/grpcx~content-length: 0      | none
        GET /s                    | -                                   | none
        GET /s1                   | -                                   | always
        GET /s2                   | -                                   | runtime says always
        GET /s3                   | -                                   | runtime says all of them
        GET /s4                   | -                                   | numerator above
        GET /o                    | x-a: one                            | older exact
        GET /o                    | x-a: pretty                         | older prefix
        GET /o                    | x-a: the-end                        | older suffix
        GET /o                    | x-a: amidst                         | older contains
        GET /o                    | x-a: 12                             | older regex
        GET /anycase/x            | -                                   | any case
        GET /sep/x                | -                                   | separated
        GET /sepx                 | -                                   | none
        GET /file                 | -                                   | -
        """)
    void shouldChooseTheSameRoute(final String target, final String fields, final String route) throws Exception
    {
        final String given = fields == null ? "" : fields.replace("~", "\r\n");
        final String host = given.startsWith("host:") ? "" : "host: a.example\r\n";
        final String request = target + " HTTP/1.1\r\n" + host + given + (given.isEmpty() ? "\r\n" :
            given.contains("\r\n\r\n") ? "" : "\r\n\r\n");
        final String expected = SIDES.envoy().answer(request);
        if (route != null)
        {
            assertEquals(route, expected);
        }
        assertEquals(expected, SIDES.ringway().answer(request));
    }
}
