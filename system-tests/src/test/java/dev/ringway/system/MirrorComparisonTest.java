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
import java.util.TreeMap;
import java.util.stream.Collectors;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Ringway and Envoy with the same policies mirror the same requests, and the mirrors see the same. */
final class MirrorComparisonTest
{
    private static final String SHADOW = "cluster.shadow.";

    private static final String ROUTES = """
        - match: { prefix: /none }
          route: { cluster: main, request_mirror_policies: [ { cluster: shadow, runtime_fraction: { default_value: { numerator: 0 } } } ] }
        - match: { prefix: /all }
          route: { cluster: main, request_mirror_policies: [ { cluster: shadow, runtime_fraction: { default_value: { numerator: 100 } } } ] }
        - match: { prefix: /key }
          route: { cluster: main, request_mirror_policies: [ { cluster: shadow, runtime_fraction: { runtime_key: mirrored, default_value: { numerator: 0 } } } ] }
        - match: { prefix: /kept }
          route: { cluster: main, request_mirror_policies: [ { cluster: shadow, disable_shadow_host_suffix_append: true, trace_sampled: false } ] }
        - match: { prefix: /field }
          route: { cluster: main, request_mirror_policies: [ { cluster_header: x-mirror } ] }
        - match: { prefix: /rewritten }
          request_headers_to_add: [ { header: { key: x-added, value: "%PROTOCOL%" } } ]
          route: { cluster: main, prefix_rewrite: /new, host_rewrite_literal: other, request_mirror_policies: [ { cluster: shadow } ] }
        - match: { prefix: /auto }
          route: { cluster: main, auto_host_rewrite: true, request_mirror_policies: [ { cluster: shadow } ] }
        - match: { prefix: /nobody }
          route: { cluster: main, request_mirror_policies: [ { cluster: nobody } ] }
        - match: { prefix: /failing }
          route: { cluster: nobody, request_mirror_policies: [ { cluster: shadow } ] }
        - match: { prefix: /direct }
          direct_response: { status: 200 }
        - match: { prefix: / }
          route: { cluster: main }
        """;

    @TempDir
    private static Path directory;

    @RegisterExtension
    private static final Sides<Side> SIDES = new Sides<>(Side::new);

    /** One of the two with two upstreams of its own. */
    private static final class Side implements AutoCloseable
    {
        private final Origin main = new Origin(Map.of());
        private final Origin shadow = new Origin(Map.of("/all/404", "HTTP/1.1 404 No\r\ncontent-length: 0\r\n\r\n"));
        private final int port = Program.freePort();
        private final Program program;
        private final Admin admin;

        private Side(final boolean isEnvoy) throws Exception
        {
            final int adminPort = Program.freePort();
            final Path file = Files.writeString(directory.resolve(isEnvoy ? "envoy.yaml" : "ringway.yaml"),
                "layered_runtime: { layers: [ { name: a, static_layer: { mirrored: 100 } } ] }\n" +
                    Bootstraps.admin(adminPort) +
                    Bootstraps.http("in", Bootstraps.tcpAddress("127.0.0.1", port), "", ROUTES)
                        .replace("routes:", "request_mirror_policies: [ { cluster: shadow } ]\n              routes:") +
                    "  clusters:\n" +
                    Bootstraps.cluster("main", "STATIC", Bootstraps.tcpAddress("127.0.0.1", main.port())) +
                    Bootstraps.cluster("shadow", "STATIC", Bootstraps.tcpAddress("127.0.0.1", shadow.port())) +
                    Bootstraps.cluster("nobody", "STATIC", Bootstraps.tcpAddress("127.0.0.1", Program.freePort())));
            program = Peers.either(isEnvoy, directory, file);
            program.awaitPort(adminPort).awaitPort(port);
            admin = new Admin(adminPort);
        }

        /** What the client was told, the mirror saw and the mirror's cluster has counted. */
        private String mirrored(final String request, final int copies) throws Exception
        {
            final Map<String, Long> before = admin.stats();
            shadow.takeSeen();
            final String status;
            try (Client client = new Client(port))
            {
                status = client.send(request).read().start();
            }
            final Map<String, Long> counted = new TreeMap<>();
            Patience.await(() ->
            {
                counted.clear();
                final Map<String, Long> after = admin.stats();
                for (final String name : List.of(
                    "upstream_rq_total", "upstream_rq_completed", "upstream_rq_2xx", "upstream_rq_4xx", "upstream_rq_active"))
                {
                    counted.put(name,
                        after.getOrDefault(SHADOW + name, 0L) - before.getOrDefault(SHADOW + name, 0L));
                }
                return counted.get("upstream_rq_completed") >= copies && counted.get("upstream_rq_active") <= 0;
            }, () -> copies + " copies: " + counted);
            return status + ' ' + counted + '\n' + shadow.takeSeen().stream().map(Side::sorted)
                .collect(Collectors.joining("\n"));
        }

        /** Without the number of the request, and whatever the order of the fields. */
        private static String sorted(final HttpMessage message)
        {
            return message.start() + '\n' + message.fields().stream()
                .map(line -> line.replaceFirst("(?i)^(x-request-id): .*", "$1"))
                .sorted().collect(Collectors.joining("\n")) + '\n' + message.text();
        }

        public void close() throws IOException
        {
            program.close();
            main.close();
            shadow.close();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
        /            | host: a                                        | - | 1
        /none        | host: a                                        | - | 0
        /all         | host: a                                        | - | 1
        /all/404     | host: a                                        | - | 1
        /key         | host: a                                        | - | 1
        /kept        | host: a:80                                     | - | 1
        /all         | host: a.b:80                                   | - | 1
        /all         | host: [::1]:80                                 | - | 1
        /all         | host: [::1]                                    | - | 1
        /field       | host: a~x-mirror: shadow                       | - | 1
        /field       | host: a~x-mirror: none                         | - | 0
        /field       | host: a                                        | - | 0
        /rewritten/1 | host: a                                        | - | 1
        /auto        | host: a                                        | - | 1
        /nobody      | host: a                                        | - | 0
        /direct      | host: a                                        | - | 0
        /all         | host: a~x-forwarded-for: 1.2.3.4, 5.6.7.8      | - | 1
        /all         | host: a~x-envoy-internal: true                 | - | 1
        /all         | host: a~content-length: 4                      | abcd | 1
        /all         | host: a~transfer-encoding: chunked             | 4~abcd~0~~ | 1
        /all         | host: a~x-envoy-retry-on: 5xx                  | - | 1
        """)
    void shouldMirrorTheSame(final String target, final String fields, final String body, final int copies)
        throws Exception
    {
        final String request = (body == null ? "GET " : "POST ") + target + " HTTP/1.1\r\n" +
            fields.replace("~", "\r\n") + "\r\n\r\n" + (body == null ? "" : body.replace("~", "\r\n"));
        final String theirs = SIDES.envoy().mirrored(request, copies);
        assertEquals(theirs, SIDES.ringway().mirrored(request, copies));
        assertEquals(copies, theirs.split("upstream_rq_total=")[1].charAt(0) - '0', theirs);
    }
}
