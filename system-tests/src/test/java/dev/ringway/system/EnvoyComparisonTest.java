package dev.ringway.system;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * Ringway and Envoy with the same bootstrap get the same bytes. What clients see (status, fields, body, whether the
 * connection goes on) and what the upstream sees must be the same, but for {@link EnvoyCases#DIFFERENCES}.
 */
final class EnvoyComparisonTest
{
    private static final String ROUTES = """
        - match: { path: "/direct" }
          direct_response: { status: 418, body: { inline_string: "short and stout" } }
        - match: { path: "/wrong" }
          direct_response: { status: 400, body: { inline_string: "wrong" } }
        - match: { prefix: "/brief" }
          route: { cluster: origin, timeout: 5s }
        - match: { prefix: "/redirect" }
          redirect: { host_redirect: "other.example", path_redirect: "/there" }
        - match: { prefix: "/dead" }
          route: { cluster: dead }
        - match: { prefix: "/rewrite/" }
          route: { cluster: origin, prefix_rewrite: "/" }
        - match: { prefix: "/nowhere" }
          route: { cluster: origin, timeout: 1s }
        - match: { prefix: "/" }
          route: { cluster: origin }
        """;

    private static final String EDGE = """
        use_remote_address: true
        http_protocol_options: { accept_http_10: true, default_host_for_http_10: "old.example" }
        """;

    private static final String INSIDE = """
        use_remote_address: true
        internal_address_config: { cidr_ranges: [ { address_prefix: "127.0.0.0", prefix_len: 8 } ] }
        """;

    private static final String PATHS = """
        normalize_path: true
        merge_slashes: true
        path_with_escaped_slashes_action: UNESCAPE_AND_FORWARD
        strip_any_host_port: true
        """;

    @TempDir
    private static Path directory;

    private static Pair<Side> sides;
    private static Map<String, Long> gauges;

    /** One of the two with an upstream of its own, so that neither changes what the other's pool holds. */
    private static final class Side implements AutoCloseable
    {
        private final Origin origin;
        private final Program program;
        private final Admin admin;
        private final Map<String, Integer> ports = new HashMap<>();

        private Side(final boolean isEnvoy) throws Exception
        {
            origin = new Origin(EnvoyCases.ANSWERS);
            for (final String name : List.of("in", "edge", "inside", "paths"))
            {
                ports.put(name, Program.freePort());
            }
            final int adminPort = Program.freePort();
            final Path file = Files.writeString(directory.resolve(isEnvoy ? "envoy.yaml" : "ringway.yaml"),
                Bootstraps.admin(adminPort) +
                    listener("in", "") + listener("edge", EDGE) + listener("inside", INSIDE) +
                    listener("paths", PATHS) +
                    "  clusters:\n" +
                    Bootstraps.cluster("origin", "STATIC", Bootstraps.tcpAddress("127.0.0.1", origin.port())) +
                    Bootstraps.cluster("dead", "STATIC", Bootstraps.tcpAddress("127.0.0.1", Program.freePort())));
            program = Peers.either(isEnvoy, directory, file);
            admin = new Admin(adminPort);
            program.awaitPort(adminPort);
            for (final int port : ports.values())
            {
                program.awaitPort(port);
            }
        }

        private String listener(final String name, final String options)
        {
            return Bootstraps.http(name, Bootstraps.tcpAddress("127.0.0.1", ports.get(name)), options, ROUTES);
        }

        public void close() throws IOException
        {
            program.close();
            origin.close();
        }
    }

    @BeforeAll
    static void start() throws Exception
    {
        sides = Pair.start(Side::new);
        gauges = sides.ringway().admin.firstGauges();
    }

    @AfterAll
    static void stop() throws Exception
    {
        sides.envoy().close();
        try (Side closed = sides.ringway())
        {
            closed.admin.awaitNothingLeft(gauges, closed.origin);
        }
    }

    static Stream<EnvoyCases.Case> cases()
    {
        return EnvoyCases.ALL.stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void shouldDoAsEnvoyDoes(final EnvoyCases.Case given) throws Exception
    {
        final Map<String, String> theirs = observe(sides.envoy(), given);
        final Map<String, String> ours = observe(sides.ringway(), given);
        final List<String> differences = new ArrayList<>();
        final TreeSet<String> names = new TreeSet<>(theirs.keySet());
        names.addAll(ours.keySet());
        for (final String name : names)
        {
            final String expected = theirs.getOrDefault(name, "(none)");
            final String actual = ours.getOrDefault(name, "(none)");
            if (!expected.equals(actual))
            {
                differences.add(name + ": " + expected + " -> " + actual);
            }
        }
        final EnvoyCases.Difference open = EnvoyCases.OPEN.get(given.name());
        if (open != null && open.lines().containsAll(differences))
        {
            return;
        }
        final EnvoyCases.Difference known =
            EnvoyCases.DIFFERENCES.getOrDefault(given.name(), new EnvoyCases.Difference("", List.of()));
        final List<String> decisive = differences.stream().filter(EnvoyComparisonTest::isDecisive).toList();
        assertEquals(known.lines(), decisive.isEmpty() || known.lines().isEmpty() ? differences : decisive,
            "Envoy's way -> ours; Envoy's whole: " + theirs);
    }

    /** Where an answer has another status all its fields differ; its status says enough. */
    private static boolean isDecisive(final String line)
    {
        final String name = line.substring(0, line.indexOf(": "));
        return name.matches("answer \\d start|goes on|end|upstream requests");
    }

    @Test
    void shouldListDifferencesOfCasesThatThereAre()
    {
        final Set<String> listed = new TreeSet<>(EnvoyCases.DIFFERENCES.keySet());
        listed.addAll(EnvoyCases.OPEN.keySet());
        listed.removeAll(EnvoyCases.ALL.stream().map(EnvoyCases.Case::name).toList());
        assertEquals(Set.of(), listed);
    }

    /** All that can be compared, by name. */
    private static Map<String, String> observe(final Side side, final EnvoyCases.Case given) throws Exception
    {
        side.origin.takeSeen();
        final Map<String, String> observed = new TreeMap<>();
        try (Client client = new Client(side.ports.get(given.listener())))
        {
            client.send(given.request());
            int number = 0;
            for (final boolean isHead : given.isHead())
            {
                number = readOne(client, isHead, observed, number);
            }
            if ("close".equals(observed.get("answer " + (number - 1) + " connection")))
            {
                observed.put("goes on", "no");
            }
            else if (observed.get("end") == null)
            {
                observed.put("goes on", goesOn(client) ? "yes" : "no");
            }
        }
        catch (final IOException e)
        {
            observed.put("end", e instanceof EOFException ? "cut" : "reset");
        }
        if (given.request().startsWith("GET /never "))
        {
            // It was answered before its time, which need not be after it came.
            side.origin.awaitSeen();
        }
        final Queue<HttpMessage> seen = side.origin.takeSeen();
        observed.put("upstream requests", Integer.toString(seen.size()));
        int number = 0;
        for (final HttpMessage request : seen)
        {
            describe("upstream " + number++, request, observed);
        }
        return observed;
    }

    /** Interim answers, then the final one. */
    private static int readOne(final Client client, final boolean isHead, final Map<String, String> observed,
        final int first) throws IOException
    {
        int number = first;
        while (true)
        {
            final HttpMessage answer = isHead ? client.readHead() : client.read();
            if (answer == null)
            {
                observed.putIfAbsent("end", "orderly");
                return number;
            }
            describe("answer " + number++, answer, observed);
            if (answer.status() >= 200)
            {
                return number;
            }
        }
    }

    private static boolean goesOn(final Client client) throws IOException
    {
        try
        {
            final HttpMessage answer = client.send(Client.PROBE).read();
            return answer != null && answer.status() == 200;
        }
        catch (final IOException e)
        {
            return false;
        }
    }

    private static void describe(final String what, final HttpMessage message, final Map<String, String> observed)
    {
        observed.put(what + " start", message.start());
        observed.put(what + " body", message.body().length + " bytes " +
            message.text().substring(0, Math.min(80, message.body().length)));
        observed.put(what + " chunked", Boolean.toString(message.isChunked()));
        if (!message.trailers().isEmpty())
        {
            observed.put(what + " trailers", message.trailers().toString());
        }
        for (final String field : message.fields())
        {
            final int colon = field.indexOf(':');
            final String name = field.substring(0, colon);
            observed.merge(what + " " + name, EnvoyCases.comparable(name, field.substring(colon + 1).strip()),
                (one, other) -> one + " | " + other);
        }
    }
}
