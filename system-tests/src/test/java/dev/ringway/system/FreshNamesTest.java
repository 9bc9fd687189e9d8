package dev.ringway.system;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Reloads that each have new names for all clusters, as where names tell what was deployed. */
@Timeout(240)
final class FreshNamesTest
{
    private static final int ROUNDS = 4;
    private static final int CLUSTERS = 100;
    private static final int LOOKED_AT = 10;

    @TempDir
    private Path directory;

    private static String name(final int round, final int cluster)
    {
        return "deployed" + round + '-' + cluster;
    }

    private static String resources(final int port, final RawOrigin origin, final int round)
    {
        final StringBuilder text = new StringBuilder(Bootstraps.http("in", Bootstraps.tcpAddress("127.0.0.1", port), "",
            "- match: { prefix: \"/\" }\n  name: to" + round + "\n  route: { cluster: " + name(round, 0) + " }\n"));
        text.append("  clusters:\n");
        for (int i = 0; i < CLUSTERS; i++)
        {
            text.append(Bootstraps.cluster(
                name(round, i), "STATIC", Bootstraps.tcpAddress("127.0.0.1", origin.port())));
        }
        return text.toString();
    }

    /** Those that come to be with a response, a little behind it. */
    static final String OF_CODES = ".*\\.(external|internal)\\..*|.*\\.upstream_rq_\\d\\d\\d";

    /** Sums of the counters of ten clusters, by their names without that of the cluster. */
    private static Map<String, Long> clusters(final Reloads reloads, final int round) throws Exception
    {
        final Map<String, Long> sums = new TreeMap<>();
        reloads.admin.stats("^cluster.deployed" + round + "-[0-9]\\.").forEach(
            (name, value) -> sums.merge(name.substring(name.indexOf('.', "cluster.".length())), value, Long::sum));
        sums.keySet().removeIf(name -> name.matches(OF_CODES));
        return sums;
    }

    @Test
    void shouldTakeBackCountersOfNamesThatAreGone() throws Exception
    {
        final int port = Program.freePort();
        try (RawOrigin origin = new RawOrigin();
            Reloads reloads = new Reloads(directory, resources(port, origin, 0));
            Client slow = new Client(port);
            Client client = new Client(port))
        {
            slow.send("POST /slow HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n\r\nx");
            origin.awaitPart("x");
            int length = 0;
            for (int round = 0; round < ROUNDS; round++)
            {
                final int now = round;
                if (round > 0)
                {
                    reloads.reload(resources(port, origin, round));
                }
                assertEquals(200, client.get("/" + round).status());
                final long active = round == 0 ? 1 : 0;
                final Map<String, Long> shown = new TreeMap<>();
                // An exchange may end a little behind its answer.
                Patience.await(() ->
                {
                    shown.clear();
                    shown.putAll(clusters(reloads, now));
                    return shown.getOrDefault(".upstream_rq_active", -1L) == active;
                }, () -> active + " under way: " + shown);
                length = round == 0 ? shown.size() : length;
                assertEquals(length, shown.size(), "names of clusters");
                assertEquals(LOOKED_AT, shown.get(".membership_total"));
                assertEquals(round == 0 ? 2 : 1, shown.get(".upstream_rq_total"), "of round " + round);
            }
            // What is under way counts where it began; of all else from then there is nothing.
            final int ofOne = length;
            final Map<String, Long> first = new TreeMap<>();
            Patience.await(() ->
            {
                first.clear();
                first.putAll(reloads.admin.stats("^cluster.deployed0-"));
                first.keySet().removeIf(name -> name.matches(OF_CODES));
                return first.size() == ofOne;
            }, () -> ofOne + " names: " + first);
            assertEquals(1, first.get("cluster.deployed0-0.upstream_rq_active"), first::toString);
            for (int round = 1; round < ROUNDS - 1; round++)
            {
                final String gone = "^cluster.deployed" + round + "-";
                Patience.await(() -> reloads.admin.stats(gone).isEmpty(), () -> reloads.admin.stats(gone).toString());
            }

            slow.send("yz");
            assertEquals(200, slow.read().status());
            Patience.await(() -> reloads.admin.stats("^cluster.deployed0-").isEmpty(),
                () -> reloads.admin.stats("^cluster.deployed0-").toString());
            final Map<String, Long> stats = reloads.admin.stats();
            assertEquals(0, stats.get("config_file.update_rejected"));
            assertEquals((long)CLUSTERS * ROUNDS, stats.get("cluster_manager.cluster_added"));
        }
    }
}
