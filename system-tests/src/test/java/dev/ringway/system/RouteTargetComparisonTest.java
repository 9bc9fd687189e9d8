package dev.ringway.system;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

/** Ringway and Envoy with the same routes send the same requests to the same clusters and endpoints. */
final class RouteTargetComparisonTest
{
    private static final String WEIGHTS = "{ clusters: [ { name: one, weight: 30 }, { name: two, weight: 70 } ]";

    private static final String ROUTES = """
        - match: { prefix: /none-of-one }
          route: { weighted_clusters: { clusters: [ { name: one, weight: 0 }, { name: two, weight: 5 } ] } }
        - match: { prefix: /runtime }
          route: { weighted_clusters: %1$s, runtime_key_prefix: share } }
        - match: { prefix: /number }
          route: { weighted_clusters: %1$s, header_name: x-number } }
        - match: { prefix: /field }
          route: { cluster_header: x-cluster }
        - match: { prefix: /weighted-field }
          route: { weighted_clusters: { clusters: [ { cluster_header: x-cluster, weight: 5 } ] } }
        - match: { prefix: /404 }
          route: { cluster_header: x-cluster, cluster_not_found_response_code: NOT_FOUND }
        - match: { prefix: /500 }
          route: { cluster_header: x-cluster, cluster_not_found_response_code: INTERNAL_SERVER_ERROR }
        - match: { prefix: /hash-field }
          route: { cluster: ring, hash_policy: [ { header: { header_name: x-key } } ] }
        - match: { prefix: /hash-changed }
          request_headers_to_add: [ { header: { key: x-key, value: "made %%REQ(x-from)%%" } } ]
          request_headers_to_remove: [ x-gone ]
          route:
            cluster: ring
            prefix_rewrite: "/?key=a"
            hash_policy:
            - { header: { header_name: x-key } }
            - { query_parameter: { name: key } }
            - { header: { header_name: x-gone } }
            - { header: { header_name: ":path" } }
        - match: { prefix: /hash-agent }
          route: { cluster: ring, hash_policy: [ { header: { header_name: user-agent } } ] }
        - match: { prefix: /hash-way }
          route: { cluster: ring, hash_policy: [ { header: { header_name: x-forwarded-for } } ] }
        - match: { prefix: /hash-query }
          route: { cluster: ring, hash_policy: [ { query_parameter: { name: key } } ] }
        - match: { prefix: /hash-cookie }
          route: { cluster: ring, hash_policy: [ { cookie: { name: key } } ] }
        - match: { prefix: /hash-made }
          route: { cluster: ring, hash_policy: [ { cookie: { name: key, ttl: 60s, path: /p } } ] }
        - match: { prefix: /hash-session }
          route: { cluster: ring, hash_policy: [ { cookie: { name: key, ttl: 0s } } ] }
        - match: { prefix: /hash-address }
          route: { cluster: ring, hash_policy: [ { connection_properties: { source_ip: true } } ] }
        - match: { prefix: /hash-both }
          route: { cluster: ring, hash_policy: [ { header: { header_name: x-key } }, { query_parameter: { name: key } } ] }
        - match: { prefix: /hash-first }
          route: { cluster: ring, hash_policy: [ { header: { header_name: x-key }, terminal: true }, { query_parameter: { name: key } } ] }
        """.formatted(WEIGHTS);

    @TempDir
    private static Path directory;

    @RegisterExtension
    private static final Sides<Side> SIDES = new Sides<>(Side::new);

    /** One of the two with two upstreams of its own. */
    private static final class Side implements AutoCloseable
    {
        private final Origin one = new Origin(Map.of());
        private final Origin two = new Origin(Map.of());
        private final int port = Program.freePort();
        private final int edgePort = Program.freePort();
        private final Program program;

        private Side(final boolean isEnvoy) throws Exception
        {
            final int adminPort = Program.freePort();
            final Path file = Files.writeString(directory.resolve(isEnvoy ? "envoy.yaml" : "ringway.yaml"),
                "layered_runtime: { layers: [ { name: a, static_layer: { share.one: 0, share: { two: 3 } } } ] }\n" +
                    Bootstraps.admin(adminPort) +
                    Bootstraps.http("in", Bootstraps.tcpAddress("127.0.0.1", port), "", ROUTES) +
                    Bootstraps.http("edge", Bootstraps.tcpAddress("127.0.0.1", edgePort), "use_remote_address: true",
                        ROUTES) + Bootstraps.TOLD +
                    "  clusters:\n" +
                    Bootstraps.cluster("one", "STATIC", Bootstraps.tcpAddress("127.0.0.1", one.port())) +
                    Bootstraps.cluster("two", "STATIC", Bootstraps.tcpAddress("127.0.0.1", two.port())) +
                    "  - name: ring\n    type: STATIC\n    lb_policy: RING_HASH\n    load_assignment:\n" +
                    "      cluster_name: ring\n      endpoints:\n      - lb_endpoints:\n" +
                    endpoint("first", one.port()) + endpoint("second", two.port()));
            program = Peers.either(isEnvoy, directory, file);
            program.awaitPort(adminPort).awaitPort(port).awaitPort(edgePort);
        }

        /** With a key of its own, so that the ring is the same whatever the port. */
        private static String endpoint(final String key, final int port)
        {
            return "        - { endpoint: { address: " + Bootstraps.tcpAddress("127.0.0.1", port) +
                " }, metadata: { filter_metadata: { envoy.lb: { hash_key: " + key + " } } } }\n";
        }

        private String answer(final String request) throws Exception
        {
            asked();
            try (Client client = new Client(port))
            {
                final HttpMessage answer = client.send(request).read();
                final String cookie = answer.field("set-cookie");
                return answer.status() + asked() +
                    (cookie == null ? "" : ' ' + cookie.replaceFirst("\"[0-9a-f]{16}\"", "(hash)"));
            }
        }

        /** The endpoint that is asked for a client elsewhere, and what it is told of the way. */
        private String answerEdge(final String request) throws Exception
        {
            asked();
            try (Client client = new Client(edgePort))
            {
                client.send(request).read();
            }
            final HttpMessage atOne = one.takeSeen().peek();
            final HttpMessage atTwo = two.takeSeen().peek();
            return atOne == null ? "two " + atTwo.field("x-forwarded-for") : "one " + atOne.field("x-forwarded-for");
        }

        /** Which endpoints have been asked since the last call. */
        private String asked()
        {
            return (one.takeSeen().isEmpty() ? "" : " one") + (two.takeSeen().isEmpty() ? "" : " two");
        }

        public void close() throws IOException
        {
            program.close();
            one.close();
            two.close();
        }
    }

    private static void compare(final String target, final String fields, final String expected) throws Exception
    {
        final String request = "GET " + target + " HTTP/1.1\r\nhost: a\r\n" +
            (fields == null ? "" : fields.replace("~", "\r\n") + "\r\n") + "\r\n";
        final String theirs = SIDES.envoy().answer(request);
        if (expected != null)
        {
            assertEquals(expected, theirs);
        }
        assertEquals(theirs, SIDES.ringway().answer(request));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
        /none-of-one     | -                  | 200 two
        /runtime         | -                  | 200 two
        /number          | x-number: 0        | 200 one
        /number          | x-number: 29       | 200 one
        /number          | x-number: 30       | 200 two
        /number          | x-number: 129      | 200 one
        /number          | x-number: 199      | 200 two
        /field           | x-cluster: one     | 200 one
        /field           | x-cluster: two     | 200 two
        /field           | x-cluster: TWO     | 503
        /field           | -                  | 503
        /field           | x-cluster: one~x-cluster: two | 200 one
        /weighted-field  | x-cluster: two     | 200 two
        /weighted-field  | x-cluster: none    | 503
        /404             | x-cluster: none    | 404
        /404             | x-cluster: one     | 200 one
        /500             | -                  | 500
        /hash-address    | -                  | -
        /hash-cookie     | cookie: key=a      | -
        /hash-cookie     | cookie: x=y; key="b" | -
        /hash-cookie     | cookie: x=y~cookie: key=c | -
        /hash-cookie     | cookie: x=y;key=d;key=e | -
        /hash-made       | cookie: key=a      | -
        /hash-both?key=1 | x-key: 1           | -
        /hash-both?key=2 | x-key: 1           | -
        /hash-both?key=3 | x-key: 1           | -
        /hash-both?key=3 | x-key: 2           | -
        /hash-both       | x-key: 2           | -
        /hash-first?key=1 | x-key: 2          | -
        /hash-first?key=5 | x-key: 2          | -
        /hash-field      | x-key: b~x-key: a  | -
        /hash-field      | x-key: a~x-key: b  | -
        /hash-field      | x-key: b~x-key: c~x-key: a | -
        /hash-changed    | x-key: b~x-key: n~x-from: a | -
        /hash-changed    | x-key: n~x-key: b~x-from: c | -
        """)
    void shouldChooseTheSameTarget(final String target, final String fields, final String expected) throws Exception
    {
        compare(target, fields, expected);
    }

    @ParameterizedTest
    @CsvSource({"/hash-field,x-key: ", "/hash-query?key=,", "/hash-cookie,cookie: key=",
        "/hash-agent,user-agent: ~user-agent: ", "/hash-both?key=9,x-key: ", "/hash-first?key=9,x-key: ", "/hash-changed,x-from: ",
        "/hash-changed,x-gone: ", "/hash-changed?,"})
    void shouldHashAsEnvoyDoes(final String target, final String field) throws Exception
    {
        for (int i = 0; i < 16; i++)
        {
            compare(field == null ? target + "k" + i : target, field == null ? null : field + "k" + i, null);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.", "192.0.2.1, 10.0.0.", "2001:db8::", "2001:0db8:0::0", "nobody"})
    void shouldHashTheAddressThatIsTold(final String address) throws Exception
    {
        for (int i = 0; i < 8; i++)
        {
            compare("/hash-address", "x-forwarded-for: " + address + i, null);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x-forwarded-for: 192.0.2.1~", "x-forwarded-for: 192.0.2.1~x-forwarded-for: 10.0.0.1~",
        "x-forwarded-for: ~", "x-forwarded-for: ~x-forwarded-for: a~x-forwarded-for: ~x-forwarded-for: b, c~"})
    void shouldHashTheWayThatGoesOn(final String fields) throws Exception
    {
        for (int i = 0; i < 8; i++)
        {
            final String request = "PROXY TCP4 192.0.2." + i + " 192.0.2.99 1000 80\r\nGET /hash-way HTTP/1.1\r\nhost: a\r\n" +
                fields.replace("~", "\r\n") + "\r\n";
            assertEquals(SIDES.envoy().answerEdge(request), SIDES.ringway().answerEdge(request));
        }
    }

    /** The cookie that is made leads to the endpoint that the first request went to. */
    @Test
    void shouldGoBackWhereTheCookieWasMade() throws Exception
    {
        for (int i = 0; i < 16; i++)
        {
            for (final Side side : List.of(SIDES.envoy(), SIDES.ringway()))
            {
                try (Client client = new Client(side.port))
                {
                    side.asked();
                    final String cookie = client.get("/hash-made").field("set-cookie").replaceFirst(";.*", "");
                    final String first = side.asked();
                    client.send("GET /hash-made HTTP/1.1\r\nhost: a\r\ncookie: " + cookie + "\r\n\r\n");
                    assertNull(client.read().field("set-cookie"));
                    assertEquals(first, side.asked());
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"/hash-made,'key=(hash); Max-Age=60; Path=/p; HttpOnly'", "/hash-session,'key=(hash); HttpOnly'"})
    void shouldMakeTheSameCookie(final String target, final String cookie) throws Exception
    {
        final String request = "GET " + target + " HTTP/1.1\r\nhost: a\r\n\r\n";
        for (final Side side : new Side[]{SIDES.envoy(), SIDES.ringway()})
        {
            final String answer = side.answer(request);
            assertEquals(cookie, answer.substring(answer.indexOf("key")));
        }
    }
}
