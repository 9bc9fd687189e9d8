package dev.ringway.control.reload;

import dev.ringway.engine.counters.ClusterCounters;
import dev.ringway.engine.counters.CountersFile;
import dev.ringway.engine.counters.ListenerCounters;
import dev.ringway.engine.snapshot.Address;
import dev.ringway.engine.snapshot.CircuitBreakers;
import dev.ringway.engine.snapshot.Cluster;
import dev.ringway.engine.snapshot.Endpoint;
import dev.ringway.engine.snapshot.FilterChains;
import dev.ringway.engine.snapshot.Listener;
import dev.ringway.engine.snapshot.ListenerFilters;
import dev.ringway.engine.snapshot.Snapshot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;

final class SnapshotCountersTest
{
    private static final int LOOPS = 2;

    @TempDir
    Path directory;

    private CountersFile file;
    private SnapshotCounters counters;

    @BeforeEach
    void setUp() throws IOException
    {
        file = CountersFile.create(directory.resolve("counters"), 512, LOOPS, false);
        counters = new SnapshotCounters(file, file.shared());
    }

    @AfterEach
    void tearDown()
    {
        file.free();
    }

    private Cluster cluster(final String name, final int... ports)
    {
        final List<Endpoint> endpoints = java.util.Arrays.stream(ports).mapToObj(port ->
            new Endpoint(Address.of(new InetSocketAddress("127.0.0.1", port)), "", 1)).toList();
        return new Cluster(name.hashCode(), name, endpoints, 1, CircuitBreakers.DEFAULT, 1, 0, 0, false, null, null,
            new ClusterCounters(file, name));
    }

    private Listener listener(final String name, final int maxConnections)
    {
        return new Listener(name.hashCode(), name, Address.of(new InetSocketAddress("127.0.0.1", 1)),
            ListenerFilters.NONE, new FilterChains.Builder().build(null), 1, 1, true, false, maxConnections, 0, new ListenerCounters(file, name));
    }

    private Map<String, Long> values()
    {
        final Map<String, Long> values = new HashMap<>();
        file.reader().forEach((id, name, kind, value) ->
        {
            if (value != 0 && (name.contains("_manager.") || name.contains("membership")))
            {
                values.put(name.replace("listener_manager.", "").replace("cluster_manager.", ""), value);
            }
        });
        return values;
    }

    @Test
    void shouldCountTheFirstConfiguration()
    {
        counters.onStarted();
        counters.onPublished(
            new Snapshot(1, List.of(listener("a", 1)), List.of(cluster("b", 1, 2), cluster("c")), List.of()), LOOPS);
        assertEquals(Map.of("workers_started", 1L, "listener_added", 1L, "listener_create_success", 2L,
            "total_listeners_active", 1L, "cluster_added", 2L, "active_clusters", 2L,
            "cluster.b.membership_total", 2L, "cluster.b.membership_change", 1L,
            "cluster.c.membership_change", 1L), values());
    }

    @Test
    void shouldTellNewEndpointsFromOtherChanges()
    {
        final Listener listener = listener("a", 1);
        final Cluster b = cluster("b", 1);
        final Cluster c = cluster("c", 3);
        counters.onPublished(new Snapshot(1, List.of(listener), List.of(b, c), List.of()), LOOPS);
        final Cluster moved = b.withEndpoints(cluster("x", 4, 5, 6).endpoints());
        final Cluster other = new Cluster(
            c.id(), c.name(), c.endpoints(), 99, c.circuitBreakers(), 1, 0, 0, false, null, null, c.counters());
        counters.onPublished(new Snapshot(2, List.of(listener("a", 2)), List.of(moved, other), List.of()), LOOPS);
        final Map<String, Long> values = values();
        assertEquals(1L, values.get("cluster_updated"));
        assertEquals(1L, values.get("cluster_modified"));
        assertEquals(2L, values.get("cluster.b.membership_change"));
        assertEquals(3L, values.get("cluster.b.membership_total"));
        assertEquals(1L, values.get("cluster.c.membership_change"));
        assertEquals(1L, values.get("listener_modified"));
    }

    @Test
    void shouldCountWhatIsGone()
    {
        counters.onPublished(new Snapshot(
            1, List.of(listener("a", 1), listener("d", 1)), List.of(cluster("b", 1)), List.of()), LOOPS);
        counters.onPublished(new Snapshot(2, List.of(listener("a", 1)), List.of(), List.of()), LOOPS);
        assertEquals(1L, values().get("cluster_removed"));
        assertEquals(null, values().get("cluster.b.membership_total"));
        assertEquals(1L, values().get("listener_removed"));
        assertEquals(1L, values().get("total_listeners_active"));
    }

    @Test
    void shouldMoveListenersToDrainingOnce()
    {
        counters.onPublished(new Snapshot(1, List.of(listener("a", 1)), List.of(), List.of()), LOOPS);
        counters.onStopped(listener -> true);
        counters.onStopped(listener -> true);
        counters.onRefused();
        assertEquals(1L, values().get("listener_stopped"));
        assertEquals(1L, values().get("total_listeners_draining"));
        assertEquals(null, values().get("total_listeners_active"));
        assertEquals(1L, values().get("listener_create_failure"));
    }
}
