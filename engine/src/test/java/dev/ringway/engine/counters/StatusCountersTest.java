package dev.ringway.engine.counters;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;

import static org.junit.jupiter.api.Assertions.assertEquals;

final class StatusCountersTest
{
    private final Queue<Runnable> control = new ArrayDeque<>();
    @TempDir
    private Path directory;
    private CountersFile file;
    private CounterScope scope;
    private StatusCounters statuses;

    @BeforeEach
    void create() throws IOException
    {
        file = CountersFile.create(directory.resolve("counters"), 512, 2, false);
        file.control(control::add);
        scope = file.part("c");
        file.inForce(List.of(scope));
        statuses = new StatusCounters(scope, "cluster.c.");
    }

    @AfterEach
    void close()
    {
        file.close();
    }

    private Map<String, Long> shown()
    {
        final Map<String, Long> shown = new TreeMap<>();
        file.reader().forEach((id, name, kind, value) -> shown.put(name.substring("cluster.c.".length()), value));
        return shown;
    }

    @Test
    void shouldMakeCountersOfACodeOnceAndLoseNone()
    {
        statuses.response(file.loop(0), 503, false);
        statuses.response(file.loop(1), 503, false);
        assertEquals(Map.of(), shown());
        assertEquals(1, control.size());
        control.remove().run();
        final Map<String, Long> two = Map.of("upstream_rq_503", 2L, "external.upstream_rq_503", 2L,
            "external.upstream_rq_5xx", 2L, "external.upstream_rq_completed", 2L);
        assertEquals(two, shown());
        statuses.response(file.loop(1), 503, false);
        assertEquals(0, control.size());
        assertEquals(3, shown().get("upstream_rq_503"));
        assertEquals(1, file.loop(1).get(file.counter("cluster.c.upstream_rq_503")));
    }

    @Test
    void shouldTellInternalRequestsFromExternalOnes()
    {
        statuses.response(file.loop(0), 200, true);
        statuses.response(file.loop(0), 200, false);
        statuses.response(file.loop(0), 204, true);
        control.forEach(Runnable::run);
        assertEquals(Map.of(
            "upstream_rq_200", 2L, "upstream_rq_204", 1L,
            "internal.upstream_rq_200", 1L, "internal.upstream_rq_204", 1L, "internal.upstream_rq_2xx", 2L,
            "internal.upstream_rq_completed", 2L,
            "external.upstream_rq_200", 1L, "external.upstream_rq_2xx", 1L, "external.upstream_rq_completed", 1L),
            shown());
    }

    @Test
    void shouldCountOnWhenTheClusterChanges()
    {
        statuses.response(file.loop(0), 200, true);
        statuses.dropped(file.loop(1), 503);
        control.remove().run();
        control.remove().run();
        final Map<String, Long> before = shown();
        final CounterScope changed = file.part("c");
        final StatusCounters fresh = new StatusCounters(changed, "cluster.c.");
        file.inForce(List.of(changed));
        file.abandon(scope);
        for (int i = 0; i < HeldNames.PASSES; i++)
        {
            file.reclaim();
        }
        assertEquals(before, shown());
        fresh.response(file.loop(1), 200, true);
        control.remove().run();
        assertEquals(2, shown().get("internal.upstream_rq_200"));
    }

    @Test
    void shouldCountThoseThatAreDroppedApart()
    {
        statuses.dropped(file.loop(0), 502);
        control.forEach(Runnable::run);
        assertEquals(Map.of("retry.upstream_rq_502", 1L), shown());
    }

    @Test
    void shouldCountFirstAndLastCodesAndNoOthers()
    {
        for (final int status : new int[]{0, 99, 100, 599, 600, 999, -1})
        {
            statuses.response(file.loop(0), status, false);
        }
        control.forEach(Runnable::run);
        assertEquals(1, shown().get("upstream_rq_100"));
        assertEquals(1, shown().get("upstream_rq_599"));
        assertEquals(7, shown().size());
    }

    @Test
    void shouldGoOnWithoutCountersWhenThereIsNoRoom()
    {
        for (int i = 0; i < 512; i++)
        {
            file.counter("cluster.c." + i);
        }
        statuses.response(file.loop(0), 200, false);
        control.remove().run();
        statuses.response(file.loop(0), 200, false);
        assertEquals(0, control.size());
        assertEquals(512, shown().size());
    }
}
