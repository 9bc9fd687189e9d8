package dev.ringway.engine.runtime;

import dev.ringway.engine.counters.LoopHealthCounters;
import dev.ringway.engine.snapshot.AccessLogSink;
import com.sun.management.ThreadMXBean;
import org.junit.jupiter.api.Test;

import java.lang.management.ManagementFactory;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

final class LoopHealthTest
{
    private static final int RECORDS_THAT_FIT = 4;

    @Test
    void shouldWriteHealthWhenAsked() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(request -> TestBackend.ok("x"));
            TestProxy proxy = new TestProxy(backend))
        {
            proxy.start();
            final LoopHealthCounters ids = new LoopHealthCounters(proxy.registry());
            assertEquals(200, proxy.connect().get("/").status());
            assertEquals(0, proxy.counter("loop.cycles"));
            proxy.engine().publishHealth(ids);
            proxy.awaitCounter("loop.snapshot_version", 1);
            proxy.awaitCounter("loop.access_log_dropped", 0);
            final LoopView view = proxy.look();
            assertTrue(proxy.counter("loop.cycles") > 0);
            assertTrue(proxy.counter("loop.enters") <= view.enters());
            assertTrue(proxy.counter("loop.submitted") > 0);
            assertEquals(proxy.slotLimit, proxy.counter("loop.slots_capacity"));
            assertEquals(proxy.chunkCount, proxy.counter("loop.chunks_capacity"));
            assertEquals(view.slots(), proxy.counter("loop.slots"));
            assertTrue(proxy.counter("loop.timers_armed") > 0);
        }
    }

    /** Calls into the kernel allocate until they are compiled, hence the rounds. */
    @Test
    void shouldAllocateNothingForBeingAsked() throws Exception
    {
        final ThreadMXBean threads = (ThreadMXBean)ManagementFactory.getThreadMXBean();
        try (TestProxy proxy = new TestProxy().start())
        {
            final LoopHealthCounters ids = new LoopHealthCounters(proxy.registry());
            final long thread = proxy.engine().threads().get(0).threadId();
            TestProxy.await(() ->
            {
                final long before = threads.getThreadAllocatedBytes(thread);
                ask(proxy, ids, 50);
                return threads.getThreadAllocatedBytes(thread) == before;
            }, () -> "a round without allocations");
        }
    }

    private static void ask(final TestProxy proxy, final LoopHealthCounters ids, final int times)
    {
        for (int i = 0; i < times; i++)
        {
            final long enters = proxy.counter("loop.enters");
            proxy.engine().publishHealth(ids);
            TestProxy.await(() -> proxy.counter("loop.enters") > enters, () -> "health");
        }
    }

    @Test
    void shouldCountRecordsThatFindNoRoomWhereTheyWereMade() throws Exception
    {
        try (TestProxy proxy = new TestProxy())
        {
            proxy.http.routes.put("/", HttpSettings.direct(200, "fine"));
            proxy.http.accessLogs = List.of(new AccessLogSink(0, "/dev/null", "x"));
            proxy.start();
            final TestClient client = proxy.connect();
            for (int i = 0; i < RECORDS_THAT_FIT + 3; i++)
            {
                assertEquals(200, client.get("/").status());
            }
            proxy.awaitCounter("http.in.access_log_dropped", 3);
            assertEquals(3, proxy.look().accessLogDropped());
        }
    }
}
