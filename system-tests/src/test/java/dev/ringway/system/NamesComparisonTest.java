package dev.ringway.system;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Names are looked up as Envoy does, with the same answers of a name server of their own. */
final class NamesComparisonTest
{
    private static final String SLOW = "dns_refresh_rate: 3600s, dns_lookup_family: V4_ONLY, respect_dns_ttl: true";
    private static final String EAGER = "dns_refresh_rate: 0.2s, dns_lookup_family: V4_ONLY";

    /** What the name server says of a name, with .test behind it. */
    private static final Map<String, String[]> NAMES = new TreeMap<>();
    /** Fields of clusters by their names, of which the part before a dash names what is looked up. */
    private static final Map<String, String> CLUSTERS = new LinkedHashMap<>();

    static
    {
        NAMES.put("short", new String[] {"3 A 127.0.0.2", "1 A 127.0.0.1"});
        NAMES.put("alias", new String[] {"1 CNAME held.test"});
        NAMES.put("held", new String[] {"3600 A 127.0.0.1"});
        NAMES.put("zero", new String[] {"0 A 127.0.0.1"});
        NAMES.put("eager", new String[] {"3600 A 127.0.0.1"});
        NAMES.put("moved", new String[] {"1 A 127.0.0.1"});
        NAMES.put("gone", new String[] {"1 A 127.0.0.1"});
        NAMES.put("lost", new String[] {"1 A 127.0.0.1"});
        NAMES.put("none", new String[] {"NXDOMAIN"});
        NAMES.put("nodata", new String[] {"1 TXT x"});
        NAMES.put("broken", new String[] {"SERVFAIL"});
        NAMES.put("both", new String[] {"3600 A 127.0.0.1", "3600 AAAA ::1"});
        NAMES.put("four", new String[] {"3600 A 127.0.0.1"});
        NAMES.put("large", new String[] {"TRUNCATED", "3600 A 127.0.0.1", "3600 A 127.0.0.2"});
        NAMES.put("connected", new String[] {"3600 A 127.0.0.1"});
        NAMES.put("deaf", new String[] {"DEAF", "3600 A 127.0.0.1"});
        for (final String name : List.of("short", "alias", "zero", "moved", "gone", "lost", "none", "nodata", "broken",
            "large", "deaf"))
        {
            CLUSTERS.put(name, "type: STRICT_DNS, " + SLOW);
            CLUSTERS.put(name + "-logical", "type: LOGICAL_DNS, " + SLOW);
        }
        for (final String family : List.of("AUTO", "V4_ONLY", "V6_ONLY", "V4_PREFERRED", "ALL"))
        {
            CLUSTERS.put("both-" + family, "type: STRICT_DNS, dns_lookup_family: " + family);
            CLUSTERS.put("four-" + family, "type: STRICT_DNS, dns_lookup_family: " + family);
            CLUSTERS.put("localhost-" + family, "type: STRICT_DNS, dns_lookup_family: " + family);
        }
        CLUSTERS.put("held", "type: STRICT_DNS, respect_dns_ttl: true, " + EAGER);
        CLUSTERS.put("eager", "type: STRICT_DNS, " + EAGER);
        CLUSTERS.put("broken-eager", "type: STRICT_DNS, " + SLOW +
            ", dns_failure_refresh_rate: { base_interval: 0.1s, max_interval: 0.2s }");
        CLUSTERS.put("connected", "type: STRICT_DNS, " + SLOW);
    }

    @TempDir
    private static Path directory;

    @RegisterExtension
    private static final Sides<Side> SIDES = new Sides<>(Side::new);

    /** One of the two, with a name server of its own. */
    private static final class Side implements AutoCloseable
    {
        private final NameServer names = new NameServer();
        private final Program program;
        private final Admin admin;

        private Side(final boolean isEnvoy) throws Exception
        {
            final int adminPort = Program.freePort();
            final StringBuilder clusters = new StringBuilder("  clusters:\n");
            NAMES.forEach((name, what) -> names.say(name + ".test", what));
            CLUSTERS.forEach((name, fields) -> clusters.append(cluster(name, fields)));
            program = Peers.either(isEnvoy, directory, Files.writeString(
                directory.resolve(isEnvoy ? "envoy.yaml" : "ringway.yaml"), Bootstraps.admin(adminPort) + clusters));
            program.awaitPort(adminPort);
            admin = new Admin(adminPort);
            Patience.await(() -> admin.get("/server_info").contains("\"LIVE\""), program::output);
        }

        private String cluster(final String name, final String fields)
        {
            final String word = name.split("-")[0];
            return "  - { name: " + name + ", connect_timeout: 60s, " + fields + ", " + names.asResolver(
                (word.equals("deaf") ? "query_timeout_seconds: 1, " : "") +
                "dns_resolver_options: { no_default_search_domain: true" +
                (name.equals("connected") ? ", use_tcp_for_dns_lookups: true" : "") + " }") +
                ", load_assignment: { cluster_name: " + name + ", endpoints: [ { lb_endpoints: [ { endpoint: { address: " +
                Bootstraps.tcpAddress(word.equals("localhost") ? word : word + ".test", 80) + " } } ] } ] } }\n";
        }

        /** Endpoints of clusters. */
        private Map<String, TreeSet<String>> endpoints() throws Exception
        {
            final Map<String, TreeSet<String>> all = new TreeMap<>();
            CLUSTERS.keySet().forEach(name -> all.put(name, new TreeSet<>()));
            admin.get("/clusters").lines().filter(line -> line.contains("::cx_active::")).forEach(
                line -> all.get(line.substring(0, line.indexOf("::"))).add(
                    line.substring(line.indexOf("::") + 2, line.indexOf("::cx_active::"))));
            return all;
        }

        /** Of each cluster whether it had an answer and whether it had none. */
        private Map<String, String> outcomes() throws Exception
        {
            final Map<String, Long> stats = admin.stats("update_");
            final Map<String, String> all = new TreeMap<>();
            for (final String name : CLUSTERS.keySet())
            {
                all.put(name, (stats.get("cluster." + name + ".update_success") > 0 ? "success " : "") +
                    (stats.get("cluster." + name + ".update_failure") > 0 ? "failure" : ""));
            }
            return all;
        }

        public void close() throws IOException
        {
            program.close();
            names.close();
        }
    }

    @Test
    void shouldFindTheSameAndAskAgainAsAnswersSay() throws Exception
    {
        final List<Map<String, TreeSet<String>>> found = new ArrayList<>();
        final List<Map<String, String>> outcomes = new ArrayList<>();
        for (final Side side : List.of(SIDES.envoy(), SIDES.ringway()))
        {
            found.add(side.endpoints());
            outcomes.add(side.outcomes());
        }
        assertEquals(found.get(0), found.get(1));
        assertEquals(outcomes.get(0), outcomes.get(1));
        assertEquals("[127.0.0.1:80, 127.0.0.2:80]", found.get(1).get("short").toString());
        for (final Side side : List.of(SIDES.envoy(), SIDES.ringway()))
        {
            // Twice for two clusters at the start, and again before the whole start was long ago.
            side.names.awaitAsked("A short.test", 6);
            side.names.awaitAsked("A alias.test", 6);
            side.names.awaitAsked("A eager.test", 4);
            side.names.awaitAsked("A broken.test", 20);
            assertEquals(2, side.names.asked("A zero.test"));
            assertEquals(1, side.names.asked("A held.test"));
            assertEquals(2, side.names.asked("A none.test"));
            assertEquals(2, side.names.asked("A nodata.test"));
            assertEquals(2, side.names.asked("TCP A large.test"));
            assertEquals(1, side.names.asked("TCP A connected.test"));
            assertEquals(0, side.names.asked("A connected.test"));
            assertEquals(0, side.names.asked("A localhost"));
        }
    }

    @Test
    void shouldFollowWhatChanges() throws Exception
    {
        for (final Side side : List.of(SIDES.envoy(), SIDES.ringway()))
        {
            side.names.say("moved.test", "1 A 127.0.0.3");
            side.names.say("gone.test", "NXDOMAIN");
            side.names.say("lost.test", "SERVFAIL");
        }
        for (final Side side : List.of(SIDES.envoy(), SIDES.ringway()))
        {
            side.admin.awaitStat("cluster.gone-logical.update_failure", 1);
            side.admin.awaitStat("cluster.lost.update_failure", 1);
            side.admin.awaitStat("cluster.lost-logical.update_failure", 1);
            Patience.await(() -> side.endpoints().get("gone").isEmpty() &&
                side.endpoints().get("moved").toString().equals("[127.0.0.3:80]") &&
                side.endpoints().get("moved-logical").toString().equals("[127.0.0.3:80]"), side.endpoints()::toString);
        }
        assertEquals(SIDES.envoy().endpoints(), SIDES.ringway().endpoints());
        assertEquals(SIDES.envoy().outcomes(), SIDES.ringway().outcomes());
        assertTrue(SIDES.ringway().endpoints().get("lost").contains("127.0.0.1:80"));
    }
}
