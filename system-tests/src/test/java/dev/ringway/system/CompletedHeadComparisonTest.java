package dev.ringway.system;

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

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Routes and filters see requests with what the connection manager has them gain and lose, as with Envoy. */
final class CompletedHeadComparisonTest
{
    private static final String ROUTES = """
        - match: { prefix: /, headers: [ { name: x-forwarded-for, string_match: { exact: "192.0.2.7,10.1.2.3" } } ] }
          name: two-addresses
          route: { cluster: origin }
        - match: { prefix: /, headers: [ { name: x-forwarded-for, string_match: { exact: 10.1.2.3 } } ] }
          name: an-address
          route: { cluster: origin, request_mirror_policies: [ { cluster: shadow } ] }
        - match: { prefix: /external, headers: [ { name: x-envoy-external-address, present_match: true } ] }
          name: external
          route: { cluster: origin }
        - match: { prefix: /, headers: [ { name: via, string_match: { suffix: ringway } } ] }
          name: via
          route: { cluster: origin }
        - match: { prefix: /, headers: [ { name: x-forwarded-client-cert, present_match: true } ] }
          name: cert
          direct_response: { status: 203 }
        - match: { prefix: /, headers: [ { name: x-forwarded-proto, string_match: { exact: https } } ] }
          name: https
          route: { cluster: origin }
        - match: { prefix: /by-field }
          name: by-field
          route: { weighted_clusters: { header_name: x-envoy-external-address, clusters: [ { name: origin, weight: 1 } ] } }
        - match: { prefix: / }
          name: other
          route: { cluster: origin }
        """;

    private static final String FILTERS = """
        http_filters:
        - name: rbac
          typed_config:
            "@type": type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC
            rules:
              action: DENY
              policies:
                forged:
                  permissions: [ { any: true } ]
                  principals:
                  - { header: { name: x-envoy-external-address, string_match: { exact: 203.0.113.9 } } }
                  - { header: { name: x-forwarded-client-cert, present_match: true } }
                  - { header: { name: x-envoy-internal, present_match: true } }
                  - { header: { name: ":scheme", string_match: { exact: https } } }
                  - { remote_ip: { address_prefix: 192.0.2.8, prefix_len: 32 } }
        - name: fault
          typed_config:
            "@type": type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault
            abort: { http_status: 418, percentage: { numerator: 100 } }
            headers: [ { name: x-forwarded-for, string_match: { prefix: 192.0.2.1 } } ]
        - name: mutation
          typed_config:
            "@type": type.googleapis.com/envoy.extensions.filters.http.header_mutation.v3.HeaderMutation
            mutations:
              request_mutations:
              - append:
                  header:
                    key: x-seen
                    value: "%REQ(x-forwarded-for)% %REQ(x-forwarded-proto)% %REQ(x-envoy-external-address)% \
        %REQ(via)% %REQ(x-envoy-retry-on)% %REQ(x-envoy-original-path)% %REQ(x-envoy-ip-tags)% %REQ(:scheme)% \
        %REQ(x-envoy-expected-rq-timeout-ms)%"
              - { remove: x-envoy-external-address }
              - CHANGE
              - { append: { header: { key: x-request-id, value: changed }, append_action: OVERWRITE_IF_EXISTS } }
              - { append: { header: { key: x-envoy-upstream-rq-timeout-ms, value: "77777" }, append_action: ADD_IF_ABSENT } }
              - { append: { header: { key: x-forwarded-proto, value: own }, append_action: OVERWRITE_IF_EXISTS } }
              response_mutations:
              - append: { header: { key: x-client, value: "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%" } }
        """;

    /** A listener for each. */
    private static final List<String> OPTIONS = List.of(
        "use_remote_address: true\nvia: ringway\nalways_set_request_id_in_response: true",
        "use_remote_address: true\nxff_num_trusted_hops: 1",
        "use_remote_address: true\nskip_xff_append: true\nxff_num_trusted_hops: 1\nappend_x_forwarded_port: true",
        "xff_num_trusted_hops: 1\nforward_client_cert_details: ALWAYS_FORWARD_ONLY\nalways_set_request_id_in_response: true",
        "internal_address_config: { cidr_ranges: [ { address_prefix: 10.0.0.0, prefix_len: 8 } ] }\n" +
            "use_remote_address: true");

    /** What filters do to x-forwarded-for. */
    private static final List<String> CHANGES = List.of(
        "append: { header: { key: x-forwarded-for, value: 198.51.100.1 } }",
        "append: { header: { key: x-forwarded-for, value: 198.51.100.1 }, append_action: OVERWRITE_IF_EXISTS_OR_ADD }",
        "remove: x-forwarded-for");

    @TempDir
    private static Path directory;

    @RegisterExtension
    private static final Sides<Side> SIDES = new Sides<>(Side::new);

    /** One of the two, each kind of listener without filters and with those that do either. */
    private static final class Side implements AutoCloseable
    {
        private final Origin origin = new Origin(Map.of());
        private final Origin shadow = new Origin(Map.of());
        private final int[] ports = new int[(1 + CHANGES.size()) * OPTIONS.size()];
        private final Program program;

        private Side(final boolean isEnvoy) throws Exception
        {
            final int adminPort = Program.freePort();
            final StringBuilder text = new StringBuilder(Bootstraps.admin(adminPort));
            for (int i = 0; i < ports.length; i++)
            {
                ports[i] = Program.freePort();
                final String options = OPTIONS.get(i % OPTIONS.size());
                final String listener = Bootstraps.http(
                    "in-" + i, Bootstraps.tcpAddress("127.0.0.1", ports[i]), options, named()) + Bootstraps.TOLD;
                text.append(i < OPTIONS.size() ? listener : listener.replace("          http_filters:\n",
                    FILTERS.replace("CHANGE", CHANGES.get(Math.max(0, i / OPTIONS.size() - 1))).indent(10)));
            }
            text.append("  clusters:\n")
                .append(Bootstraps.cluster("origin", "STATIC", Bootstraps.tcpAddress("127.0.0.1", origin.port())))
                .append(Bootstraps.cluster("shadow", "STATIC", Bootstraps.tcpAddress("127.0.0.1", shadow.port())));
            program = Peers.either(
                isEnvoy, directory, Files.writeString(directory.resolve(isEnvoy ? "envoy.yaml" : "ringway.yaml"), text));
            program.awaitPort(adminPort);
            for (final int port : ports)
            {
                program.awaitPort(port);
            }
        }

        /** The endpoint and the client are told which route it was. */
        private static String named()
        {
            return ROUTES.replaceAll("  name: (\\S+)\n", """
                  name: $1
                  request_headers_to_add: [ { header: { key: x-route, value: $1 } }, CLIENT ]
                  response_headers_to_add: [ { header: { key: x-route, value: $1 } }, CLIENT ]
                """).replace("CLIENT",
                "{ header: { key: x-route-client, value: '%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%' } }");
        }

        private String answers(final String request) throws Exception
        {
            final StringBuilder all = new StringBuilder();
            for (int i = 0; i < ports.length; i++)
            {
                try (Client client = new Client(ports[i]))
                {
                    final HttpMessage answer =
                        client.send("PROXY TCP4 10.1.2.3 10.1.2.4 5 6\r\n" + request).read();
                    final String route = answer.field("x-route");
                    all.append(i).append(": ").append(answer.status()).append(' ').append(route)
                        .append(' ').append(answer.field("x-client")).append(' ').append(answer.field("x-route-client"))
                        .append(' ').append(id(answer.field("x-request-id"))).append(shown(origin)).append('\n');
                    if (answer.status() == 200 && route.equals("an-address"))
                    {
                        shadow.awaitSeen();
                        all.append("mirrored").append(shown(shadow)).append('\n');
                    }
                }
            }
            // What came in several lines Envoy has joined by then.
            return all.toString().replace(", ", ",");
        }

        private static String id(final String id)
        {
            return id != null && id.length() == 36 ? "(made)" : id;
        }

        private static String shown(final Origin origin)
        {
            return origin.takeSeen().stream().map(seen -> RandomClient.shown(seen.fields())).collect(Collectors.joining());
        }

        public void close() throws IOException
        {
            program.close();
            origin.close();
            shadow.close();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        /         | accept: */*
        /         | x-forwarded-for: 192.0.2.7
        /         | x-forwarded-for: 192.0.2.8
        /         | x-forwarded-for: 192.0.2.1~x-forwarded-for: 10.1.2.3
        /         | x-forwarded-for:
        /         | x-forwarded-for: 10.1.2.3
        /external | x-envoy-external-address: 203.0.113.9
        /external | x-envoy-external-address: 5~x-forwarded-for: 192.0.2.7, 192.0.2.9
        /by-field | x-envoy-external-address: 5
        /         | x-forwarded-client-cert: By=me
        /         | x-forwarded-proto: https
        /         | x-forwarded-proto: ftp
        /         | via: 1.1 other
        /         | via: ringway~via: 1.0 x
        /         | x-envoy-internal: true
        /         | x-envoy-retry-on: 5xx~x-envoy-original-path: /x~x-envoy-ip-tags: t~x-envoy-expected-rq-timeout-ms: 7
        /         | te: trailers~connection: close, x-of-connection~x-of-connection: 1
        /         | x-request-id: mine~x-forwarded-port: 99
        """)
    void shouldShowRoutesAndFiltersTheSame(final String target, final String fields) throws Exception
    {
        final String request =
            "GET " + target + " HTTP/1.1\r\nhost: a\r\n" + fields.replace("~", "\r\n") + "\r\n\r\n";
        final Pair<String> answers =
            Pair.of(() -> SIDES.envoy().answers(request), () -> SIDES.ringway().answers(request));
        assertEquals(answers.envoy(), answers.ringway());
    }
}
