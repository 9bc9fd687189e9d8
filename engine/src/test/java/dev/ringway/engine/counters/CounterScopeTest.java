package dev.ringway.engine.counters;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(180)
final class CounterScopeTest
{
    private final CountersFile file = file();

    private static CountersFile file()
    {
        try
        {
            return CountersFile.create(
                Files.createTempFile("ringway-test", ".counters"), 512, 2, false);
        }
        catch (final IOException e)
        {
            throw new AssertionError(e);
        }
    }

    @AfterEach
    void delete()
    {
        file.close();
    }

    /** What {@code /stats} shows. */
    private Map<String, Long> shown()
    {
        final Map<String, Long> shown = new TreeMap<>();
        file.reader().forEach((id, name, kind, value) -> shown.put(name, value));
        return shown;
    }

    private void end(final CounterScope scope)
    {
        file.abandon(scope);
        for (int i = 0; i < HeldNames.PASSES; i++)
        {
            file.reclaim();
        }
    }

    @Test
    void shouldGiveTheIdOfAnEndedScopeToAnotherNameAtZero()
    {
        final CounterScope old = file.part();
        final int id = old.counter("cluster.old.upstream_rq_total");
        file.inForce(List.of(old));
        file.loop(0).add(id, 5);
        file.loop(1).add(id, 5);
        file.shared().add(id, 5);
        file.resetCounters();
        file.loop(1).add(id, 5);
        assertEquals(Map.of("cluster.old.upstream_rq_total", 5L), shown());

        file.inForce(List.of());
        assertEquals(Map.of(), shown());
        end(old);
        final CounterScope fresh = file.part();
        assertEquals(id, fresh.gauge("cluster.new.upstream_cx_total"));
        file.inForce(List.of(fresh));
        assertEquals(Map.of("cluster.new.upstream_cx_total", 0L), shown());
    }

    @Test
    void shouldPassLateNamesToWhatTakesThePlaceOfTheirPart()
    {
        final CounterScope old = file.part("a");
        final CounterScope other = file.part("b");
        old.counter("cluster.a.early");
        file.inForce(List.of(old, other));
        final int id = old.lateCounter("cluster.a.late");
        final int time = old.lateHistogram("cluster.a.time");
        other.lateCounter("cluster.b.late");
        file.loop(0).add(id, 3);

        final CounterScope changed = file.part("a");
        file.inForce(List.of(changed));
        assertEquals(Map.of("cluster.a.late", 3L), shown());
        end(old);
        end(other);
        assertEquals(Map.of("cluster.a.late", 3L), shown());
        assertEquals(id, changed.lateCounter("cluster.a.late"));
        assertEquals(time, changed.lateHistogram("cluster.a.time"));

        final CounterScope again = file.part("a");
        file.inForce(List.of(again));
        end(changed);
        assertEquals(Map.of("cluster.a.late", 3L), shown());
        file.inForce(List.of());
        end(again);
        assertEquals(Map.of(), shown());
        assertEquals(0, file.loop(0).get(file.part("a").lateCounter("cluster.a.late")));
    }

    @Test
    void shouldShowWhatThePartBeforeStillHasLate()
    {
        final CounterScope old = file.part("a");
        final CounterScope changed = file.part("a");
        file.inForce(List.of(old));
        file.inForce(List.of(changed));
        final int id = old.lateCounter("cluster.a.late");
        file.loop(0).increment(id);
        assertEquals(Map.of("cluster.a.late", 1L), shown());
        end(old);
        assertEquals(Map.of("cluster.a.late", 1L), shown());
    }

    @Test
    void shouldPassNothingLateToPartsThatTakeNoPlace()
    {
        final CounterScope old = file.part();
        final CounterScope fresh = file.part();
        file.inForce(List.of(old));
        old.lateCounter("late");
        file.inForce(List.of(fresh));
        assertEquals(Map.of(), shown());
    }

    @Test
    void shouldHoldALateNameOnceHoweverOftenItIsAskedFor()
    {
        final CounterScope scope = file.part("a");
        file.inForce(List.of(scope));
        final int id = scope.lateCounter("late");
        for (int i = 0; i < 100; i++)
        {
            assertEquals(id, scope.lateCounter("late"));
        }
        end(scope);
        assertEquals(id, file.counter("another"));
    }

    @Test
    void shouldKeepTheValueOfANameThatComesBackInTime()
    {
        final CounterScope old = file.part();
        final int id = old.counter("a");
        file.inForce(List.of(old));
        file.loop(0).increment(id);
        file.inForce(List.of());

        final CounterScope again = file.part();
        assertEquals(id, again.counter("a"));
        assertEquals(Map.of(), shown(), "not in force yet");
        file.inForce(List.of(again));
        end(old);
        assertEquals(Map.of("a", 1L), shown());
        assertNotEquals(id, file.counter("b"));
    }

    @Test
    void shouldNotGiveAwayWhatIsHeldElsewhere()
    {
        final CounterScope one = file.part();
        final CounterScope other = file.part();
        final int shared = one.counter("shared");
        assertEquals(shared, other.counter("shared"));
        final int whole = one.counter("process");
        assertEquals(whole, file.counter("process"));
        file.inForce(List.of(one, other));
        end(one);
        assertEquals(Map.of("shared", 0L, "process", 0L), shown());
        end(other);
        assertEquals(Map.of("process", 0L), shown());
        assertEquals(shared, file.counter("next"));
    }

    @Test
    void shouldShowWhatIsActiveUntilItIsDone()
    {
        final CounterScope old = file.part();
        final int active = old.gauge("cluster.a.upstream_cx_active");
        final int total = old.counter("cluster.a.upstream_cx_total");
        file.inForce(List.of(old));
        file.loop(0).increment(active);
        file.loop(0).increment(total);
        file.inForce(List.of());
        file.reclaim();
        assertEquals(Map.of("cluster.a.upstream_cx_active", 1L, "cluster.a.upstream_cx_total", 1L), shown());

        file.loop(0).decrement(active);
        file.reclaim();
        assertEquals(Map.of(), shown());
        // Still held: what is counted late is counted here, and no other name has the id.
        file.loop(0).increment(total);
        assertFalse(Set.of(active, total).contains(file.counter("b")));
        Reference.reachabilityFence(old);
    }

    @Test
    void shouldNotShowWhatNeverCameIntoForce()
    {
        final CounterScope refused = file.part();
        final int id = refused.counter("refused");
        file.inForce(List.of());
        assertEquals(Map.of(), shown());
        assertNull(file.reader().name(id));
        end(refused);
        assertEquals(id, file.counter("a"));
    }

    @Test
    void shouldTakeBackHistograms()
    {
        final CounterScope old = file.part();
        final int id = old.histogram("old");
        file.inForce(List.of(old));
        file.loop(1).record(id, 7);
        assertEquals("old", file.histograms().names()[id]);
        file.inForce(List.of());
        assertNull(file.histograms().names()[id]);
        assertFalse(file.histograms().isStill(id, "old"));
        end(old);
        assertEquals(id, file.histogram("new"));
        assertEquals("new", file.histograms().names()[id]);
        assertEquals(0, file.histograms().counts(id)[HistogramBuckets.index(7)]);
    }

    @Test
    void shouldTellReadersOfAnotherMapping() throws IOException
    {
        final CounterScope old = file.part();
        final int id = old.counter("old.with.a.long.name");
        file.inForce(List.of(old));
        try (CountersReader reader = CountersReader.open(file.path()))
        {
            assertEquals("old.with.a.long.name", reader.name(id));
            final int generation = reader.generation(id);
            final int changes = reader.changes();
            end(old);
            assertNull(reader.name(id));
            assertFalse(reader.isStill(id, generation));
            assertEquals(id, file.counter("new"));
            assertEquals("new", reader.name(id));
            assertFalse(reader.isStill(id, generation));
            assertTrue(reader.isStill(id, reader.generation(id)));
            assertNotEquals(changes, reader.changes());
        }
    }

    @Test
    void shouldSayWhenAPartIsGone()
    {
        final List<String> gone = new ArrayList<>();
        final CounterScope scope = file.part();
        scope.whenGone(() -> gone.add("first"));
        scope.whenGone(() -> gone.add("second"));
        file.abandon(scope);
        file.reclaim();
        assertEquals(List.of(), gone);
        file.reclaim();
        assertEquals(List.of("first", "second"), gone);
    }

    @Test
    void shouldSeeThatNobodyCanReachAScope()
    {
        final List<String> gone = new ArrayList<>();
        final ClusterCounters kept = cluster("kept", gone);
        cluster("lost", gone);
        while (gone.isEmpty())
        {
            System.gc();
            file.reclaim();
        }
        assertEquals(List.of("lost"), gone);
        final int next = file.counter("next");
        assertNotEquals(kept.upstreamRqTotal, next);
        Reference.reachabilityFence(kept);
    }

    private ClusterCounters cluster(final String name, final List<String> gone)
    {
        final CounterScope scope = file.part();
        scope.whenGone(() -> gone.add(name));
        return new ClusterCounters(scope, name);
    }

    @Test
    void shouldFindRoomForManyNamesOneAfterTheOther()
    {
        for (int round = 0; round < 200; round++)
        {
            final CounterScope scope = file.part();
            for (int i = 0; i < 100; i++)
            {
                scope.counter("n" + round + '.' + "x".repeat((i * 37 + round) % 150) + i);
            }
            file.inForce(List.of(scope));
            assertEquals(100, shown().size());
            end(scope);
        }
        assertTrue(file.reader().count() <= 100, "ids " + file.reader().count());
    }

    /** Each step is a number: what is done, and to which scope and name. */
    @Property(tries = 200)
    void shouldNeverShareAnIdOrLoseAValue(@ForAll @Size(max = 120) final List<Integer> steps)
    {
        final CountersFile own = file();
        final Map<CounterScope, Map<String, Integer>> live = new HashMap<>();
        final List<CounterScope> order = new ArrayList<>();
        final Map<String, Long> values = new HashMap<>();
        try
        {
            for (final int step : steps)
            {
                final int what = Math.floorMod(step, 4);
                final int which = Math.floorMod(step >> 2, 64);
                if (what == 0 || order.isEmpty())
                {
                    add(own, which, live, order, values);
                }
                else if (what == 1)
                {
                    final CounterScope gone = order.remove(which % order.size());
                    own.inForce(List.copyOf(order));
                    own.abandon(gone);
                    live.remove(gone);
                    values.keySet().retainAll(names(live));
                }
                else if (what == 2)
                {
                    own.reclaim();
                }
                else
                {
                    live.get(order.get(which % order.size())).forEach((name, id) ->
                    {
                        own.loop(which & 1).increment(id);
                        values.merge(name, 1L, Long::sum);
                    });
                }
                check(own, live, values);
            }
        }
        finally
        {
            own.free();
        }
    }

    private static Set<String> names(final Map<CounterScope, Map<String, Integer>> live)
    {
        final Set<String> names = new HashSet<>();
        live.values().forEach(one -> names.addAll(one.keySet()));
        return names;
    }

    private static void add(
        final CountersFile own,
        final int which,
        final Map<CounterScope, Map<String, Integer>> live,
        final List<CounterScope> order,
        final Map<String, Long> values)
    {
        final CounterScope scope = own.part();
        final Map<String, Integer> ids = new HashMap<>();
        IntStream.range(0, which % 7 + 1).forEach(i ->
        {
            final String name = "c" + which % 5 + '.' + "abcdefgh".repeat(which % 3) + i * which % 9;
            ids.put(name, scope.counter(name));
        });
        live.put(scope, ids);
        order.add(scope);
        own.inForce(List.copyOf(order));
        final CountersReader reader = own.reader();
        // One that was not quite gone has the value that it had.
        ids.forEach((name, id) -> values.putIfAbsent(name, reader.value(id)));
    }

    private static void check(
        final CountersFile own, final Map<CounterScope, Map<String, Integer>> live, final Map<String, Long> values)
    {
        final Map<String, Integer> ids = new HashMap<>();
        live.values().forEach(scope -> scope.forEach((name, id) ->
            assertEquals(id, ids.merge(name, id, (known, same) -> known), "one id of " + name)));
        assertEquals(ids.size(), new HashSet<>(ids.values()).size(), "ids are shared");
        final Map<String, Long> shown = new HashMap<>();
        own.reader().forEach((id, name, kind, value) ->
        {
            assertEquals(ids.get(name), id, name);
            shown.put(name, value);
        });
        assertEquals(values, shown);
    }
}
