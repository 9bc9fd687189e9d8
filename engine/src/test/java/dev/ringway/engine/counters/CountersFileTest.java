package dev.ringway.engine.counters;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

final class CountersFileTest
{
    @TempDir
    private Path directory;

    @Test
    void shouldSumTheColumnsOfAllLoopsAndOtherThreads() throws IOException
    {
        try (CountersFile file = create(8, 2))
        {
            final int id = file.counter("a");
            file.loop(0).add(id, 3);
            file.loop(1).increment(id);
            file.shared().add(id, 10);

            final CountersReader reader = file.reader();
            assertEquals(14, reader.value(id));
            assertEquals(3, reader.loopValue(0, id));
            assertEquals(1, reader.loopValue(1, id));
        }
    }

    @Test
    void shouldLetAnotherMappingReadNamesKindsAndValues() throws IOException
    {
        try (CountersFile file = create(8, 1))
        {
            final int counter = file.counter("cluster.ü.upstream_rq_total");
            final int gauge = file.gauge("server.live");
            file.loop(0).add(counter, 7);
            file.shared().set(gauge, 1);
            try (CountersReader reader = CountersReader.open(file.path()))
            {
                final List<String> seen = new ArrayList<>();
                reader.forEach((id, name, kind, value) -> seen.add(id + " " + name + " " + kind + " " + value));
                assertEquals(List.of("0 cluster.ü.upstream_rq_total 0 7", "1 server.live 1 1"), seen);
                assertEquals(ProcessHandle.current().pid(), reader.pid());

                file.counter("later");
                file.loop(0).increment(counter);
                assertEquals(3, reader.count());
                assertEquals("later", reader.name(2));
                assertEquals(8, reader.value(counter));
            }
        }
    }

    @Test
    void shouldGiveTheSameNameTheSameId() throws IOException
    {
        try (CountersFile file = create(1000, 1))
        {
            final ClusterCounters first = new ClusterCounters(file, "backend");
            final int count = file.reader().count();
            final ClusterCounters second = new ClusterCounters(file, "backend");
            assertEquals(first.upstreamRqTotal, second.upstreamRqTotal);
            assertEquals(count, file.reader().count());
        }
    }

    @Test
    void shouldRefuseTheSameNameWithAnotherKind() throws IOException
    {
        try (CountersFile file = create(8, 1))
        {
            file.counter("a");
            final Exception e = assertThrows(IllegalArgumentException.class, () -> file.gauge("a"));
            assertTrue(e.getMessage().contains("counter a "), e.getMessage());
        }
    }

    @Test
    void shouldSayClearlyThatItIsFull() throws IOException
    {
        try (CountersFile file = create(1, 1))
        {
            final int capacity = file.reader().capacity();
            for (int i = 0; i < capacity; i++)
            {
                file.counter("c" + i);
            }
            final Exception e = assertThrows(IllegalStateException.class, () -> file.counter("one.more"));
            assertTrue(e.getMessage().contains("is full with " + capacity + " counters"), e.getMessage());
            assertTrue(e.getMessage().contains("one.more"), e.getMessage());
            assertEquals(0, file.counter("c0"));
        }
    }

    @Test
    void shouldKeepLoopsOnCacheLinesOfTheirOwn()
    {
        final CountersLayout layout = new CountersLayout(512, 3, 4096);
        for (int column = 0; column < 5; column++)
        {
            assertEquals(0, layout.columnOffset(column) % CountersLayout.PAGE);
            assertTrue(layout.columnOffset(column + 1) - layout.columnOffset(column) >= 512 * Long.BYTES);
        }
        assertEquals(layout.errorsOffset, layout.columnOffset(5));
    }

    @Test
    void shouldResetCountersButNotGaugesWithoutTouchingColumns() throws IOException
    {
        try (CountersFile file = create(8, 1))
        {
            final int counter = file.counter("c");
            final int gauge = file.gauge("g");
            file.loop(0).add(counter, 5);
            file.loop(0).add(gauge, 6);
            file.resetCounters();
            file.loop(0).increment(counter);

            assertEquals(1, file.reader().value(counter));
            assertEquals(6, file.reader().value(gauge));
            assertEquals(6, file.loop(0).get(counter));
        }
    }

    @Test
    void shouldKeepHighWaterMarks() throws IOException
    {
        try (CountersFile file = create(8, 1))
        {
            final int id = file.register("loop.max", CounterRegistry.LOOP_GAUGE);
            file.loop(0).max(id, 5);
            file.loop(0).max(id, 3);
            assertEquals(5, file.reader().loopValue(0, id));
        }
    }

    @Test
    void shouldDeleteTheFileUnlessItIsToBeKept() throws IOException
    {
        final Path gone = directory.resolve("gone");
        CountersFile.create(gone, 1, 1, false).close();
        assertFalse(Files.exists(gone));

        final Path kept = directory.resolve("kept");
        final CountersFile file = CountersFile.create(kept, 1, 1, true);
        file.loop(0).add(file.counter("a"), 42);
        file.close();
        try (CountersReader reader = CountersReader.open(kept))
        {
            assertEquals(42, reader.value(0));
        }
    }

    @Test
    void shouldRemoveFilesOfDeadProcessesOnly() throws IOException
    {
        final Path dead = CountersFile.defaultPath(directory, 1_000_001);
        CountersFile.create(dead, 1, 1, true).close();
        final Path live = CountersFile.defaultPath(directory, 1_000_002);
        try (CountersFile file = CountersFile.create(live, 1, 1, false))
        {
            assertEquals(1, CountersFile.removeStale(directory));
            assertFalse(Files.exists(dead));
            assertTrue(Files.exists(file.path()));
        }
    }

    @Test
    void shouldRefuseWhatIsNoCountersFile() throws IOException
    {
        final Path other = Files.writeString(directory.resolve("other"), "x".repeat(10_000));
        final IOException e = assertThrows(IOException.class, () -> CountersReader.open(other));
        assertTrue(e.getMessage().contains("not a counters file"), e.getMessage());
        final Path small = Files.writeString(directory.resolve("small"), "x");
        assertThrows(IOException.class, () -> CountersReader.open(small));
    }

    @Test
    void shouldRefuseAnotherVersionAndADamagedHeader() throws IOException
    {
        final Path path = directory.resolve("v");
        CountersFile.create(path, 1, 1, true).close();
        poke(path, CountersLayout.VERSION_OFFSET, 77);
        final IOException version = assertThrows(IOException.class, () -> CountersReader.open(path));
        assertTrue(version.getMessage().contains("version 77"), version.getMessage());
        poke(path, CountersLayout.VERSION_OFFSET, CountersLayout.VERSION);
        poke(path, CountersLayout.CAPACITY_OFFSET, Integer.MAX_VALUE);
        final IOException damaged = assertThrows(IOException.class, () -> CountersReader.open(path));
        assertTrue(damaged.getMessage().contains("damaged"), damaged.getMessage());
    }

    @Test
    void shouldCountTheSameErrorOnce() throws IOException
    {
        try (CountersFile file = create(8, 1))
        {
            file.errors().record("accept: too many open files");
            file.errors().record("accept: too many open files");
            file.errors().record("connect: no route to host");
            final List<String> seen = new ArrayList<>();
            file.reader().forEachError((count, first, last, text) -> seen.add(count + " " + text.strip()));
            assertEquals(List.of("2 accept: too many open files", "1 connect: no route to host"), seen);
        }
    }

    @Test
    void shouldRefuseNonsense()
    {
        assertThrows(IllegalArgumentException.class, () -> create(0, 1));
        assertThrows(IllegalArgumentException.class, () -> create(1, 0));
        final IOException e = assertThrows(
            IOException.class, () -> CountersFile.create(directory.resolve("no/such"), 1, 1, false));
        assertTrue(e.getMessage().startsWith("counters file "), e.getMessage());
    }

    @Test
    void shouldGiveEveryGroupDistinctIds() throws IOException
    {
        try (CountersFile file = create(1000, 1))
        {
            new ServerCounters(file);
            new ListenerManagerCounters(file);
            new ClusterManagerCounters(file);
            final LoopHealthCounters loop = new LoopHealthCounters(file);
            assertNotEquals(loop.cycles, loop.enters);
            assertEquals("loop.cycles", file.reader().name(loop.cycles));
        }
    }

    @Test
    void shouldShowEachLoopItsOwnValue() throws IOException
    {
        try (CountersFile file = create(8, 2))
        {
            final int id = file.register("loop.cycles", CounterRegistry.LOOP_COUNTER);
            file.loop(0).set(id, 3);
            file.loop(1).set(id, 5);
            final List<String> seen = new ArrayList<>();
            file.reader().forEach((at, name, kind, value) -> seen.add(name + "=" + value));
            assertEquals(List.of("loop.0.cycles=3", "loop.1.cycles=5"), seen);
            assertThrows(IllegalArgumentException.class, () -> file.register("max", CounterRegistry.LOOP_GAUGE));
        }
    }

    private CountersFile create(final int capacity, final int loops) throws IOException
    {
        return CountersFile.create(directory.resolve("counters"), capacity, loops, false);
    }

    private static void poke(final Path path, final int offset, final int value) throws IOException
    {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw"))
        {
            file.seek(offset);
            file.writeInt(Integer.reverseBytes(value));
        }
    }
}
