package dev.ringway.engine.httpfilters;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

final class LimitBucketsTest
{
    private static final int ASKERS = 4;

    private static LimitDescriptor descriptor(final String... entries)
    {
        final List<LimitDescriptor.Entry> list = new ArrayList<>();
        for (int i = 0; i < entries.length; i += 2)
        {
            list.add(new LimitDescriptor.Entry(entries[i], entries[i + 1]));
        }
        return new LimitDescriptor(list, new TokenBucket(1, 1, 1_000_000_000L));
    }

    private static LimitText said(final String... entries)
    {
        return new LimitText().append(descriptor(entries));
    }

    @Test
    @Timeout(30)
    void shouldFindWhatIsSaidWordByWord()
    {
        final List<LimitDescriptor> all = new ArrayList<>();
        for (int i = 0; i < 1000; i++)
        {
            all.add(descriptor("client", "c" + i));
        }
        final LimitDescriptor both = descriptor("client", "c1", "path", "/");
        all.add(both);
        final LimitBuckets buckets = new LimitBuckets(null, all, true, 20);
        for (int i = 0; i < 1000; i++)
        {
            assertSame(all.get(i).bucket(), buckets.find(said("client", "c" + i)));
        }
        assertSame(both.bucket(), buckets.find(said("client", "c1", "path", "/")));
        assertNull(buckets.find(said("path", "/", "client", "c1")));
        assertNull(buckets.find(said("client", "c1000")));
        assertNull(buckets.find(said("clien", "tc1")));
        assertNull(buckets.find(said()));
    }

    @Test
    @Timeout(30)
    void shouldMakeBucketsAsValuesComeAndForgetThoseNotAskedForLongest()
    {
        final LimitBuckets buckets = new LimitBuckets(
            null, List.of(descriptor("client", ""), descriptor("client", "known"), descriptor("a", "", "b", "c")), true, 100);
        assertNotSame(buckets.find(said("client", "c")), buckets.find(said("client", "known")));
        assertNull(buckets.find(said("client", "c", "path", "/")));
        assertNull(buckets.find(said("a", "x", "b", "d")));
        assertNull(buckets.find(said()));
        final TokenBucket first = buckets.find(said("a", "x", "b", "c"));
        for (int i = 0; i < 1000; i++)
        {
            assertTrue(buckets.find(said("a", "y" + i, "b", "c")).take(0), "y" + i);
            assertSame(first, buckets.find(said("a", "x", "b", "c")));
        }
        for (int i = 999; i > 900; i--)
        {
            assertFalse(buckets.find(said("a", "y" + i, "b", "c")).take(0), "y" + i);
        }
        for (int i = 0; i < 101; i++)
        {
            assertTrue(buckets.find(said("a", "y" + i, "b", "c")).take(0), "y" + i);
        }
        assertTrue(buckets.copy().find(said("a", "y1", "b", "c")).take(0));
    }

    /** How many tokens threads get that ask for the same values at once, each for all of them in an order of its own. */
    private static int taken(final LimitBuckets buckets, final int values) throws Exception
    {
        final AtomicInteger taken = new AtomicInteger();
        final CyclicBarrier barrier = new CyclicBarrier(ASKERS);
        try (ExecutorService askers = Executors.newFixedThreadPool(ASKERS))
        {
            final List<Future<Void>> asked = new ArrayList<>();
            for (int i = 0; i < ASKERS; i++)
            {
                final int step = 2 * i + 1;
                asked.add(askers.submit(() ->
                {
                    barrier.await();
                    for (int j = 0; j < values; j++)
                    {
                        final TokenBucket bucket = buckets.find(said("client", "c" + j * step % values));
                        taken.addAndGet(bucket.take(0) ? 1 : 0);
                    }
                    return null;
                }));
            }
            for (final Future<Void> each : asked)
            {
                each.get();
            }
        }
        return taken.get();
    }

    @Test
    @Timeout(120)
    void shouldGiveLoopsThatAskAtOnceTheSameBuckets() throws Exception
    {
        final LimitBuckets model = new LimitBuckets(null, List.of(descriptor("client", "")), true, 256);
        for (int round = 0; round < 50; round++)
        {
            assertEquals(256, taken(model.copy(), 256));
        }
    }

    @Test
    @Timeout(120)
    void shouldGoOnFindingValuesWhileLoopsMakeRoomForOthers() throws Exception
    {
        final LimitBuckets buckets = new LimitBuckets(null, List.of(descriptor("client", "")), true, 16);
        for (int round = 0; round < 50; round++)
        {
            assertTrue(taken(buckets, 256) >= 256 - 16);
        }
        final TokenBucket bucket = buckets.find(said("client", "c1"));
        assertSame(bucket, buckets.find(said("client", "c1")));
    }

    @Test
    @Timeout(30)
    void shouldCopyWithBucketsOfItsOwnAndFillThem()
    {
        final LimitBuckets model =
            new LimitBuckets(new TokenBucket(2, 1, 1_000_000_000L), List.of(descriptor("a", "b")), true, 20);
        final LimitBuckets copy = model.copy();
        final TokenBucket bucket = copy.find(said("a", "b"));
        assertNotSame(model.find(said("a", "b")), bucket);
        assertEquals(2, copy.common().tokens(0));
        assertTrue(bucket.take(0));
        assertFalse(bucket.take(0));
        assertTrue(copy.common().take(0));
        assertEquals(1, copy.common().tokens(0));
        copy.fill();
        assertTrue(bucket.take(0));
        assertEquals(2, copy.common().tokens(0));
        assertEquals(1, model.find(said("a", "b")).tokens(0));
    }
}
