package dev.ringway.engine.accesslog;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

import java.util.concurrent.atomic.AtomicLong;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

final class AccessLogRingTest
{
    private final LogWakeup wakeup = new LogWakeup();
    private final UnsafeBuffer scratch = new UnsafeBuffer(new byte[1024]);
    private final AccessRecord record = new AccessRecord().wrap(scratch, 0, 1024);

    @Test
    void shouldHandOverInOrderAndReuseSlots()
    {
        final AccessLogRing ring = new AccessLogRing(4, 512, wakeup);
        long next = 0;
        for (int i = 0; i < 20; i++)
        {
            assertTrue(publish(ring, i * 3L));
            assertTrue(publish(ring, i * 3L + 1));
            assertTrue(publish(ring, i * 3L + 2));
            final long[] expected = {next};
            assertEquals(3, ring.poll(r -> assertEquals(expected[0]++, r.connectionId()), 100));
            next = expected[0];
        }
        assertEquals(60, next);
    }

    @Test
    void shouldRefuseWhenFullAndGoOnWhenThereIsRoomAgain()
    {
        final AccessLogRing ring = new AccessLogRing(4, 512, wakeup);
        for (int i = 0; i < 4; i++)
        {
            assertTrue(publish(ring, i));
        }
        assertFalse(publish(ring, 4));
        assertFalse(publish(ring, 4));
        assertEquals(4, ring.backlog());
        assertEquals(1, ring.poll(r -> assertEquals(0, r.connectionId()), 1));
        assertTrue(publish(ring, 5));
        assertFalse(publish(ring, 6));
    }

    @Test
    void shouldHoldReportsOfTlsAsLongAsTheirRecords()
    {
        final AccessLogRing ring = new AccessLogRing(4, 512, wakeup);
        final byte[] report = new byte[2000];
        for (int i = 0; i < 6; i++)
        {
            record.begin().connectionId(i);
            record.tls().downstream(i % 2 == 0 ? report : null);
            record.tls().upstream(i % 3 == 0 ? report : null);
            assertTrue(ring.publish(record));
            assertNull(record.tls().downstream());
            assertNull(record.tls().upstream());
            final AccessRecord[] seen = new AccessRecord[1];
            final int expected = i;
            ring.poll(r ->
            {
                seen[0] = r;
                assertSame(expected % 2 == 0 ? report : null, r.tls().downstream());
                assertSame(expected % 3 == 0 ? report : null, r.tls().upstream());
            }, 1);
            assertNull(seen[0].tls().downstream());
            assertNull(seen[0].tls().upstream());
        }
    }

    @Test
    void shouldLetGoOfTheReportsOfALostRecord()
    {
        final AccessLogRing ring = new AccessLogRing(4, 512, wakeup);
        for (int i = 0; i < 5; i++)
        {
            record.begin().tls().downstream(new byte[1]);
            assertEquals(i < 4, ring.publish(record));
            assertNull(record.tls().downstream());
        }
    }

    @Test
    void shouldBeDoneWithARecordWhoseHandlerThrows()
    {
        final AccessLogRing ring = new AccessLogRing(4, 512, wakeup);
        for (int i = 0; i < 3; i++)
        {
            assertTrue(publish(ring, i));
        }
        assertThrows(IllegalStateException.class, () -> ring.poll(r ->
        {
            if (r.connectionId() == 1)
            {
                throw new IllegalStateException("a fault of the handler");
            }
        }, 100));
        assertEquals(2, ring.taken());
        assertEquals(1, ring.poll(r -> assertEquals(2, r.connectionId()), 100));
    }

    @Test
    void shouldRefuseSizesThatAreNoPowersOfTwo()
    {
        assertThrows(IllegalArgumentException.class, () -> new AccessLogRing(5, 512, wakeup));
        assertThrows(IllegalArgumentException.class, () -> new AccessLogRing(4, 513, wakeup));
        assertThrows(IllegalArgumentException.class, () -> new AccessLogRing(1 << 22, 1024, wakeup));
    }

    @Test
    void shouldWakeTheReaderAtAQuarter() throws Exception
    {
        final AccessLogRing ring = new AccessLogRing(16, 512, wakeup);
        final AtomicLong taken = new AtomicLong();
        final Thread reader = Thread.ofPlatform().daemon().start(() ->
        {
            while (taken.get() < 4)
            {
                wakeup.sleep(3_600_000_000_000L);
                taken.addAndGet(ring.poll(r -> {}, 100));
            }
        });
        while (reader.getState() != Thread.State.TIMED_WAITING)
        {
            Thread.onSpinWait();
        }
        for (int i = 0; i < 4; i++)
        {
            assertTrue(publish(ring, i));
        }
        reader.join(30_000);
        assertEquals(4, taken.get());
    }

    @Test
    void shouldKeepEveryRecordWholeBetweenTwoThreads() throws Exception
    {
        final AccessLogRing ring = new AccessLogRing(64, 1024, wakeup);
        final int total = 200_000;
        final AtomicLong lost = new AtomicLong();
        final Thread loop = Thread.ofPlatform().start(() ->
        {
            for (int i = 0; i < total; i++)
            {
                if (!publish(ring, i))
                {
                    lost.incrementAndGet();
                    Thread.yield();
                }
            }
        });
        final long[] seen = {0, -1};
        while (loop.isAlive() || ring.backlog() > 0)
        {
            ring.poll(r -> check(r, seen), 32);
        }
        assertEquals(total, seen[0] + lost.get());
    }

    private static void check(final AccessRecord record, final long[] seen)
    {
        seen[0]++;
        final long id = record.connectionId();
        assertTrue(id > seen[1]);
        seen[1] = id;
        assertTrue(record.isValid());
        assertEquals(id, record.durationUs());
        assertEquals((byte)id, record.tls().upstream()[0]);
        assertEquals((byte)id, record.buffer().getByte(record.textOffset(AccessText.PATH)));
    }

    private boolean publish(final AccessLogRing ring, final long id)
    {
        AccessText.put(record.begin().connectionId(id).durationUs(id), AccessText.PATH, new byte[] {(byte)id})
            .tls().upstream(new byte[] {(byte)id});
        return ring.publish(record);
    }
}
