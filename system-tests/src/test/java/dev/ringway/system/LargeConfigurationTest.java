package dev.ringway.system;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Configurations of a size that few have. How long they take is measured by {@code perf-scripts/startup}. */
@Timeout(240)
final class LargeConfigurationTest
{
    private static final int CLUSTERS = 10_000;
    private static final int HOSTS = 1_000;
    private static final int ROUTES = 100;
    /** The heap may grow to 1 GiB while a second configuration is made beside the first. */
    private static final long MOST_RESIDENT = 1_700_000_000;

    @TempDir
    private Path directory;

    private static String resources(final int port, final Origin origin, final String answer)
    {
        final StringBuilder text = new StringBuilder(Bootstraps.http("in", Bootstraps.tcpAddress("127.0.0.1", port), "",
            "- match: { path: \"/direct\" }\n  direct_response: { status: 200, body: { inline_string: \"" + answer +
            "\" } }\n"));
        for (int host = 0; host < HOSTS; host++)
        {
            text.append("            - name: h").append(host).append("\n              domains: [h").append(host)
                .append("]\n              routes:\n");
            for (int route = 0; route < ROUTES; route++)
            {
                text.append("              - { match: { prefix: /r").append(route).append("/ }, route: { cluster: c")
                    .append((host * ROUTES + route) % CLUSTERS).append(" } }\n");
            }
        }
        text.append("  clusters:\n");
        for (int i = 0; i < CLUSTERS; i++)
        {
            text.append(
                Bootstraps.cluster("c" + i, "STATIC", Bootstraps.tcpAddress("127.0.0.1", origin.port())));
        }
        return text.toString();
    }

    @Test
    void shouldServeManyClustersAndRoutesAndReloadThem() throws Exception
    {
        final int port = Program.freePort();
        try (Origin origin = new Origin(Map.of());
            Reloads reloads = new Reloads(directory, resources(port, origin, "one"));
            Client client = new Client(port))
        {
            assertEquals("one", client.get("/direct").text());
            for (int host = 0; host < HOSTS; host += 111)
            {
                assertEquals("ok", client.send("GET /r" + host % ROUTES + "/ HTTP/1.1\r\nhost: h" + host + "\r\n\r\n")
                    .read().text());
            }
            reloads.reload(resources(port, origin, "two"));
            Patience.await(() -> client.get("/direct").text().equals("two"), () -> "two");
            final Map<String, Long> stats =
                reloads.admin.stats("^(cluster_manager|server)\\.|^http\\.in\\.downstream_cx_total$");
            assertEquals(CLUSTERS, stats.get("cluster_manager.active_clusters"));
            assertEquals(CLUSTERS, stats.get("cluster_manager.cluster_added"));
            assertEquals(1, stats.get("http.in.downstream_cx_total"));
            assertTrue(stats.get("server.memory_physical_size") < MOST_RESIDENT,
                "resident: " + stats.get("server.memory_physical_size"));
        }
    }
}
