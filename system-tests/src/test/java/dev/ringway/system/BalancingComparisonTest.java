package dev.ringway.system;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Ringway and Envoy take the same endpoints of the same clusters, whatever is said of health, localities and subsets. */
@Timeout(300)
final class BalancingComparisonTest
{
    /** So many that each endpoint that gets a tenth of them is seen, whatever chance says. */
    private static final int REQUESTS = 200;

    /**
     * What follows a cluster's name: its fields, and behind each bar a group of endpoints. An endpoint is a letter, and
     * what else is said of it in brackets.
     */
    private static final Map<String, String> CLUSTERS = new TreeMap<>(Map.ofEntries(
        Map.entry("failover", " | A[health_status: UNHEALTHY] B[health_status: UNHEALTHY] | priority: 1: C"),
        Map.entry("third", " | A[health_status: UNHEALTHY] | priority: 1: B[health_status: UNHEALTHY] | priority: 2: C D"),
        Map.entry("spill", " | A[health_status: UNHEALTHY] B | priority: 1: C"),
        Map.entry("factor", "load_assignment_policy | A[health_status: UNHEALTHY] B C D | priority: 1: A"),
        Map.entry("panic", " | A[health_status: UNHEALTHY] B[health_status: UNHEALTHY] C"),
        Map.entry("never-panic",
            "common_lb_config: { healthy_panic_threshold: {} } | A[health_status: UNHEALTHY] B[health_status: UNHEALTHY] C"),
        Map.entry("none", "common_lb_config: { healthy_panic_threshold: {} } | A[health_status: UNHEALTHY]"),
        Map.entry("panic-of-both", " | A[health_status: UNHEALTHY] | priority: 1: B[health_status: UNHEALTHY]"),
        Map.entry("degraded", " | A[health_status: DEGRADED] B"),
        Map.entry("all-degraded", " | A[health_status: DEGRADED] B[health_status: UNHEALTHY] | priority: 1: C[health_status: DEGRADED]"),
        Map.entry("draining", " | A[health_status: DRAINING] B C[health_status: TIMEOUT] D"),
        Map.entry("weights", " | A[load_balancing_weight: 1] B[load_balancing_weight: 3]"),
        Map.entry("localities", "common_lb_config: { locality_weighted_lb_config: {} } | " +
            "load_balancing_weight: 1, locality: { zone: a }: A | load_balancing_weight: 3, locality: { zone: b }: B C"),
        Map.entry("locality-without", "common_lb_config: { locality_weighted_lb_config: {} } | " +
            "locality: { zone: a }: A | load_balancing_weight: 3, locality: { zone: b }: B"),
        Map.entry("locality-down", "common_lb_config: { locality_weighted_lb_config: {} } | " +
            "load_balancing_weight: 9, locality: { zone: a }: A[health_status: UNHEALTHY] | " +
            "load_balancing_weight: 1, locality: { zone: b }: B | priority: 1, locality: { zone: c }: C"),
        Map.entry("locality-panic", "common_lb_config: { locality_weighted_lb_config: {} } | " +
            "load_balancing_weight: 1, locality: { zone: a }: A[health_status: UNHEALTHY] B[health_status: UNHEALTHY] | " +
            "load_balancing_weight: 1, locality: { zone: b }: C[health_status: UNHEALTHY] D"),
        Map.entry("empty", ""),
        Map.entry("empty-never-panic", "common_lb_config: { healthy_panic_threshold: {} }"),
        Map.entry("ring", "lb_policy: RING_HASH | A[health_status: UNHEALTHY] | priority: 1: B"),
        Map.entry("ring-panic", "lb_policy: RING_HASH | A[health_status: UNHEALTHY]"),
        Map.entry("maglev-empty", "lb_policy: MAGLEV"),
        Map.entry("hash-ring", "lb_policy: RING_HASH | A B C D"),
        Map.entry("hash-ring-murmur", "lb_policy: RING_HASH, ring_hash_lb_config: { hash_function: MURMUR_HASH_2, " +
            "minimum_ring_size: 100 } | A B C D"),
        Map.entry("hash-ring-weights", "lb_policy: RING_HASH | A[load_balancing_weight: 1] B[load_balancing_weight: 4]"),
        Map.entry("hash-ring-key", "lb_policy: RING_HASH | A[" + metadata("hash_key: one") + "] B[" +
            metadata("hash_key: two") + "]"),
        Map.entry("hash-ring-localities", "lb_policy: RING_HASH, common_lb_config: { locality_weighted_lb_config: {} } | " +
            "load_balancing_weight: 1, locality: { zone: a }: A | load_balancing_weight: 3, locality: { zone: b }: B C"),
        Map.entry("hash-maglev", "lb_policy: MAGLEV | A B C D"),
        Map.entry("hash-maglev-small", "lb_policy: MAGLEV, maglev_lb_config: { table_size: 101 } | A B C D"),
        Map.entry("hash-maglev-weights", "lb_policy: MAGLEV | A[load_balancing_weight: 1] B[load_balancing_weight: 4]"),
        Map.entry("hash-maglev-localities", "lb_policy: MAGLEV, common_lb_config: { locality_weighted_lb_config: {} } | " +
            "load_balancing_weight: 1, locality: { zone: a }: A | load_balancing_weight: 3, locality: { zone: b }: B C"),
        Map.entry("hash-ring-policy", policy("ring_hash.v3.RingHash") + " | A B C D"),
        Map.entry("hash-maglev-policy", policy("maglev.v3.Maglev") + " | A B C D"),
        Map.entry("turns-policy", policy("round_robin.v3.RoundRobin") + " | A B[health_status: UNHEALTHY] C"),
        Map.entry("least-policy", policy("least_request.v3.LeastRequest") + " | A B[health_status: UNHEALTHY] C"),
        Map.entry("random-policy", policy("random.v3.Random") + " | A B[health_status: UNHEALTHY] C D"),
        Map.entry("least", "lb_policy: LEAST_REQUEST | A B[health_status: UNHEALTHY] C"),
        Map.entry("random", "lb_policy: RANDOM | A B[health_status: UNHEALTHY] C D"),
        Map.entry("subset-none", subsets("fallback_policy: NO_FALLBACK, subset_selectors: [ { keys: [ v ] } ]")),
        Map.entry("subset-any", subsets("fallback_policy: ANY_ENDPOINT, subset_selectors: [ { keys: [ v ] } ]")),
        Map.entry("subset-default", subsets("fallback_policy: DEFAULT_SUBSET, default_subset: { v: \"2\" }, " +
            "subset_selectors: [ { keys: [ v ] } ]")),
        Map.entry("subset-default-panic", subsets("fallback_policy: DEFAULT_SUBSET, default_subset: { v: \"9\" }, " +
            "panic_mode_any: true, subset_selectors: [ { keys: [ v ] } ]")),
        Map.entry("subset-default-empty", subsets("fallback_policy: DEFAULT_SUBSET, default_subset: { v: \"9\" }, " +
            "subset_selectors: [ { keys: [ v ] } ]")),
        Map.entry("subset-own-none", subsets("fallback_policy: ANY_ENDPOINT, " +
            "subset_selectors: [ { keys: [ v ], fallback_policy: NO_FALLBACK } ]")),
        Map.entry("subset-own-any", subsets("fallback_policy: NO_FALLBACK, " +
            "subset_selectors: [ { keys: [ v ], fallback_policy: ANY_ENDPOINT } ]")),
        Map.entry("subset-own-default", subsets("fallback_policy: NO_FALLBACK, default_subset: { s: x }, " +
            "subset_selectors: [ { keys: [ v ], fallback_policy: DEFAULT_SUBSET } ]")),
        Map.entry("subset-keys", subsets("fallback_policy: NO_FALLBACK, subset_selectors: [ { keys: [ v ] }, " +
            "{ keys: [ s, v ], fallback_policy: KEYS_SUBSET, fallback_keys_subset: [ v ] } ]")),
        Map.entry("subset-list", "lb_subset_config: { list_as_any: true, subset_selectors: [ { keys: [ v ] } ] } | " +
            "A[" + metadata("v: [ \"1\", \"2\" ]") + "] B[" + metadata("v: \"2\"") + "] C[" + metadata("v: \"3\"") + "]"),
        Map.entry("subset-whole-list", "lb_subset_config: { subset_selectors: [ { keys: [ v ] } ] } | " +
            "A[" + metadata("v: [ \"1\", \"2\" ]") + "] B[" + metadata("v: \"2\"") + "]"),
        Map.entry("subset-single", "lb_subset_config: { subset_selectors: [ { keys: [ v ], " +
            "single_host_per_subset: true } ] } | A[" + metadata("v: \"1\"") + "] B[" + metadata("v: \"2\"") + "]"),
        Map.entry("subset-failover", "lb_subset_config: { subset_selectors: [ { keys: [ v ] } ] } | A[health_status: " +
            "UNHEALTHY, " + metadata("v: \"2\"") + "] B[" + metadata("v: \"1\"") + "] | priority: 1: C[" +
            metadata("v: \"2\"") + "]")));

    @TempDir
    private static Path directory;

    private static final Map<String, Origin> ORIGINS = new TreeMap<>();
    private static Side envoy;
    private static Side ringway;

    private static String metadata(final String fields)
    {
        return "metadata: { filter_metadata: { envoy.lb: { " + fields + " } } }";
    }

    private static String policy(final String type)
    {
        return "load_balancing_policy: { policies: [ { typed_extension_config: { name: x, typed_config: { \"@type\": " +
            "type.googleapis.com/envoy.extensions.load_balancing_policies." + type + " } } } ] }";
    }

    private static String subsets(final String config)
    {
        return "lb_subset_config: { " + config + " } | A[" + metadata("v: \"1\", s: x") + "] B[" +
            metadata("v: \"2\", s: x") + "] C[" + metadata("v: \"2\", s: y") + "] D[health_status: UNHEALTHY, " +
            metadata("v: \"3\"") + "]";
    }

    private static String cluster(final String name, final String config)
    {
        final String[] groups = config.split(" \\| ");
        final StringBuilder text = new StringBuilder("  - name: " + name + "\n    type: STATIC\n    connect_timeout: 60s\n");
        final boolean hasFactor = groups[0].equals("load_assignment_policy");
        text.append(groups[0].isBlank() || hasFactor ? "" :
            "    " + groups[0].replaceAll(", (?=[a-z_]+_lb_config: )", "\n    ") + "\n")
            .append("    load_assignment:\n      cluster_name: ").append(name)
            .append(hasFactor ? "\n      policy: { overprovisioning_factor: 100 }" : "")
            .append(groups.length == 1 ? "\n" : "\n      endpoints:\n");
        for (int i = 1; i < groups.length; i++)
        {
            final String group = groups[i].strip();
            final int at = group.matches("[A-D](\\[.*| .*|)") ? -1 : group.replaceAll("\\[.*", "").lastIndexOf(": ");
            text.append("      - { ").append(at < 0 ? "" : group.substring(0, at) + ", ").append("lb_endpoints: [ ");
            final String endpoints = group.substring(at < 0 ? 0 : at + 2);
            for (final String endpoint : endpoints.split(" (?=[A-D](\\[| |$))"))
            {
                text.append("{ endpoint: { address: ").append(
                    Bootstraps.tcpAddress("127.0.0.1", ORIGINS.get(endpoint.substring(0, 1)).port())).append(" }")
                    .append(endpoint.length() == 1 ? "" : ", " + endpoint.substring(2, endpoint.length() - 1))
                    .append(" }, ");
            }
            text.append("] }\n");
        }
        return text.toString();
    }

    /** One of the two. */
    private static final class Side implements AutoCloseable
    {
        private final int port = Program.freePort();
        private final Program program;
        private final Admin admin;

        private Side(final boolean isEnvoy) throws Exception
        {
            final int adminPort = Program.freePort();
            final StringBuilder routes = new StringBuilder();
            final StringBuilder clusters = new StringBuilder("  clusters:\n");
            CLUSTERS.forEach((name, config) ->
            {
                for (final String wanted : List.of("v: \"2\"", "v: \"9\"", "v: \"3\"", "s: y, v: \"2\"", "s: z, v: \"1\"", ""))
                {
                    routes.append("- match: { path_separated_prefix: \"").append(path(name, wanted))
                        .append("\" }\n  route: { hash_policy: [ { header: { header_name: x-key } } ], cluster: ")
                        .append(name).append(wanted.isEmpty() ? "" :
                            ", metadata_match: { filter_metadata: { envoy.lb: { " + wanted + " } } }").append(" }\n");
                }
                clusters.append(cluster(name, config));
            });
            final Path file = Files.writeString(directory.resolve(isEnvoy ? "envoy.yaml" : "ringway.yaml"),
                Bootstraps.admin(adminPort) + Bootstraps.http("in", Bootstraps.tcpAddress("127.0.0.1", port), "",
                    routes.toString()) + clusters);
            program = Peers.either(isEnvoy, directory, file);
            admin = new Admin(adminPort);
            program.awaitPort(adminPort).awaitPort(port);
        }

        private static String path(final String cluster, final String wanted)
        {
            return "/" + cluster + "/" + (wanted.isEmpty() ? "all" : wanted.replaceAll("[^a-z0-9]", ""));
        }

        /** Who answers requests for a cluster, with what, and what is counted of groups. */
        private String answers(final String cluster, final String wanted) throws Exception
        {
            final TreeSet<String> seen = new TreeSet<>();
            try (Client client = new Client(port))
            {
                for (int i = 0; i < (wanted.isEmpty() ? REQUESTS : REQUESTS / 4); i++)
                {
                    final HttpMessage answer = client.get(path(cluster, wanted));
                    seen.add(answer.status() + (answer.status() == 200 ? "" : " " + answer.text()));
                    ORIGINS.forEach((name, origin) -> origin.takeSeen().forEach(request -> seen.add(name)));
                }
            }
            final Map<String, Long> counted = new TreeMap<>(admin.stats("cluster." + cluster + ".lb_(subsets_(selected|fallback)|healthy)"));
            return wanted + " " + seen + " " + counted;
        }

        /** Who answers requests with different keys. */
        private String byKeys(final String cluster) throws Exception
        {
            final StringBuilder seen = new StringBuilder();
            try (Client client = new Client(port))
            {
                for (int i = 0; i < REQUESTS / 4; i++)
                {
                    client.send("GET " + path(cluster, "") + " HTTP/1.1\r\nhost: a\r\nx-key: key" + i + "\r\n\r\n").read();
                    ORIGINS.forEach((name, origin) -> origin.takeSeen().forEach(request -> seen.append(name)));
                }
            }
            return seen.toString();
        }

        public void close() throws IOException
        {
            program.close();
        }
    }

    @BeforeAll
    static void start() throws Exception
    {
        for (final String name : List.of("A", "B", "C", "D"))
        {
            ORIGINS.put(name, new Origin(Map.of()));
        }
        envoy = new Side(true);
        ringway = new Side(false);
    }

    @AfterAll
    static void stop() throws Exception
    {
        envoy.close();
        ringway.close();
        for (final Origin origin : ORIGINS.values())
        {
            origin.close();
        }
    }

    static List<String> names()
    {
        return CLUSTERS.keySet().stream().filter(name -> !name.startsWith("hash")).toList();
    }

    @ParameterizedTest
    @MethodSource("names")
    void shouldTakeTheSameEndpoints(final String cluster) throws Exception
    {
        final List<String> asked = cluster.startsWith("subset") ?
            List.of("v: \"2\"", "v: \"9\"", "v: \"3\"", "s: y, v: \"2\"", "s: z, v: \"1\"", "") : List.of("");
        final List<String> theirs = new ArrayList<>();
        final List<String> ours = new ArrayList<>();
        for (final String wanted : asked)
        {
            theirs.add(envoy.answers(cluster, wanted));
            ours.add(ringway.answers(cluster, wanted));
        }
        assertEquals(String.join("\n", theirs), String.join("\n", ours));
    }

    static List<String> hashing()
    {
        return CLUSTERS.keySet().stream().filter(name -> name.startsWith("hash")).toList();
    }

    @ParameterizedTest
    @MethodSource("hashing")
    void shouldTakeTheSameEndpointsForTheSameKeys(final String cluster) throws Exception
    {
        final String theirs = envoy.byKeys(cluster);
        assertEquals(REQUESTS / 4, theirs.length());
        assertEquals(theirs, ringway.byKeys(cluster));
        final String gauges = "cluster." + cluster + ".(ring_hash|maglev)_lb";
        assertEquals(envoy.admin.stats(gauges), ringway.admin.stats(gauges));
    }
}
