package dev.ringway.system;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What clusters count by status code beside Envoy: answers, answers made here, attempts that were dropped, mirrors. */
@Timeout(180)
final class StatusComparisonTest
{
    /** Asked by a client from outside and by one from inside. */
    private static final List<String> PATHS = List.of("/x/200", "/x/204", "/x/301", "/x/404", "/x/404", "/x/500", "/x/599",
        "/again/503,200", "/again/502,503,204", "/again/503", "/dead/200", "/slow/never", "/twice/403");
    private static final String ROUTES = """
        - { match: { prefix: /again/ }, route: { cluster: origin, retry_policy: { retry_on: 5xx, num_retries: 2 } } }
        - { match: { prefix: /dead/ }, route: { cluster: dead } }
        - { match: { prefix: /slow/ }, route: { cluster: origin, timeout: 0.3s } }
        - match: { prefix: /twice/ }
          route: { cluster: origin, request_mirror_policies: [ { cluster: shadow } ] }
        - { match: { prefix: / }, route: { cluster: origin } }
        """;
    private static final String INSIDE = """
        use_remote_address: true
        internal_address_config: { cidr_ranges: [ { address_prefix: 127.0.0.0, prefix_len: 8 } ] }
        """;

    @TempDir
    private Path directory;

    /** One of the two with an upstream of its own. */
    private static final class Side implements AutoCloseable
    {
        private final RetryOrigin origin = new RetryOrigin();
        private final int inside = Program.freePort();
        private final int outside = Program.freePort();
        private final Admin admin;
        private final Program program;

        private Side(final boolean isEnvoy, final Path directory) throws Exception
        {
            final int adminPort = Program.freePort();
            final String alive = Bootstraps.tcpAddress("127.0.0.1", origin.port());
            final Path file = Files.writeString(directory.resolve(isEnvoy ? "envoy.yaml" : "ringway.yaml"),
                Bootstraps.admin(adminPort) + listener("inside", inside, INSIDE) +
                    listener("outside", outside, "") + "  clusters:\n" +
                    Bootstraps.cluster("origin", "STATIC", alive) + Bootstraps.cluster("shadow", "STATIC", alive) +
                    Bootstraps.cluster("dead", "STATIC", Bootstraps.tcpAddress("127.0.0.1", Program.freePort())));
            program = Peers.either(isEnvoy, directory, file);
            admin = new Admin(adminPort);
            program.awaitPort(adminPort).awaitPort(inside).awaitPort(outside);
        }

        private static String listener(final String name, final int port, final String options)
        {
            return Bootstraps.http(name, Bootstraps.tcpAddress("127.0.0.1", port), options, ROUTES)
                .replaceAll("( +)domains: .*", "$0\n$1include_request_attempt_count: true");
        }

        private void ask() throws Exception
        {
            for (final int port : new int[]{inside, outside})
            {
                for (final String path : PATHS)
                {
                    try (Client client = new Client(port))
                    {
                        assertTrue(client.send("GET " + path + " HTTP/1.1\r\nhost: a\r\n\r\n").read().status() > 0);
                    }
                }
            }
        }

        /** Codes are there or not; of the rest Ringway has those that are 0, too. */
        private Map<String, Long> counted() throws Exception
        {
            final Map<String, Long> stats = admin.stats("^cluster");
            stats.keySet().removeIf(name ->
                !name.matches("cluster\\.[a-z]+\\.([a-z]+\\.)?upstream_rq_(\\d\\d\\d|completed|\\dxx)"));
            stats.entrySet().removeIf(stat -> stat.getValue() == 0 && !stat.getKey().matches(".*_\\d\\d\\d"));
            return stats;
        }

        public void close() throws IOException
        {
            program.close();
            origin.close();
        }
    }

    @Test
    void shouldCountStatusCodesAsEnvoyDoes() throws Exception
    {
        try (Side envoy = new Side(true, directory);
            Side ringway = new Side(false, directory))
        {
            assertEquals(Map.of(), ringway.counted());
            envoy.ask();
            ringway.ask();
            final long mirrored = 2;
            Patience.await(() -> envoy.counted().getOrDefault("cluster.shadow.upstream_rq_403", 0L) == mirrored,
                () -> "Envoy's mirrors in " + envoy.counted());
            // Counters are made, and mirrors answered, behind the last answer.
            Patience.await(() -> ringway.counted().equals(envoy.counted()),
                () -> "Envoy's " + envoy.counted() + "\n Ringway's " + ringway.counted());
        }
    }
}
