package dev.ringway.engine.counters;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

final class CountersConcurrencyTest
{
    private static final int LOOPS = 3;
    private static final int ROUNDS = 2_000_000;

    @TempDir
    private Path directory;

    @Test
    void shouldLoseNothingWhileOthersReadAndRegister() throws Exception
    {
        try (CountersFile file = CountersFile.create(directory.resolve("counters"), 10_000, LOOPS, false))
        {
            final int begun = file.counter("begun");
            final int ended = file.counter("ended");
            final Thread[] writers = new Thread[LOOPS];
            final CountDownLatch start = new CountDownLatch(1);
            for (int i = 0; i < LOOPS; i++)
            {
                writers[i] = writer(file.loop(i), begun, ended, start);
            }
            start.countDown();
            try (CountersReader reader = CountersReader.open(file.path()))
            {
                readWhileAlive(file, reader, writers, begun, ended);
            }
            for (final Thread writer : writers)
            {
                writer.join();
            }
            assertEquals((long)LOOPS * ROUNDS, file.reader().value(begun));
            assertEquals((long)LOOPS * ROUNDS, file.reader().value(ended));
        }
    }

    private static Thread writer(
        final LoopCounters counters, final int begun, final int ended, final CountDownLatch start)
    {
        return Thread.ofPlatform().start(() ->
        {
            try
            {
                start.await();
            }
            catch (final InterruptedException e)
            {
                return;
            }
            for (int i = 0; i < ROUNDS; i++)
            {
                counters.increment(begun);
                counters.increment(ended);
            }
        });
    }

    /** Stores are in order: who reads "ended" first can never see more ended than begun. */
    private static void readWhileAlive(
        final CountersFile file,
        final CountersReader reader,
        final Thread[] writers,
        final int begun,
        final int ended) throws IOException
    {
        long last = 0;
        int registered = 0;
        while (writers[0].isAlive() || writers[1].isAlive() || writers[2].isAlive())
        {
            final long endedNow = reader.value(ended);
            final long begunNow = reader.value(begun);
            assertTrue(endedNow <= begunNow, "ended " + endedNow + " > begun " + begunNow);
            assertTrue(endedNow >= last, "went back from " + last + " to " + endedNow);
            last = endedNow;
            if (registered < 5_000)
            {
                final int id = file.counter("more." + registered++);
                assertEquals("more." + (registered - 1), reader.name(id));
                assertEquals(0, reader.value(id));
            }
        }
    }
}
