package dev.ringway.engine.httpfilters;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

final class TokenBucketTest
{
    private static final long SECOND_NS = 1_000_000_000L;

    @Test
    void shouldStartFullAndFillSteadily()
    {
        final TokenBucket bucket = new TokenBucket(3, 2, SECOND_NS);
        final long nowNs = -5;
        assertEquals(3, bucket.tokens(nowNs));
        for (int i = 0; i < 3; i++)
        {
            assertTrue(bucket.take(nowNs));
        }
        assertFalse(bucket.take(nowNs));
        assertEquals(SECOND_NS / 2, bucket.nextNs(nowNs));
        assertFalse(bucket.take(nowNs + SECOND_NS / 2 - 1));
        assertTrue(bucket.take(nowNs + SECOND_NS / 2));
        assertFalse(bucket.take(nowNs + SECOND_NS / 2));
        assertEquals(3, bucket.tokens(nowNs + 100 * SECOND_NS));
    }

    @Property
    void shouldNeverGiveMoreThanItGot(
        @ForAll @IntRange(min = 1, max = 20) final int max,
        @ForAll @IntRange(min = 1, max = 20) final int perSecond,
        @ForAll @Size(max = 200) final List<@IntRange(min = 0, max = 1000) Integer> pausesMs)
    {
        final TokenBucket bucket = new TokenBucket(max, perSecond, SECOND_NS);
        long nowNs = 1;
        int taken = 0;
        for (final int pauseMs : pausesMs)
        {
            nowNs += pauseMs * 1_000_000L;
            final boolean hasSome = bucket.tokens(nowNs) > 0;
            final boolean isTaken = bucket.take(nowNs);
            assertEquals(hasSome, isTaken);
            taken += isTaken ? 1 : 0;
            assertTrue(taken <= max + (nowNs - 1) / (SECOND_NS / perSecond), "taken " + taken);
        }
    }

    @Test
    @Timeout(180)
    void shouldGiveEachTokenOnce() throws InterruptedException
    {
        final TokenBucket bucket = new TokenBucket(100_000, 1, 3600 * SECOND_NS);
        final AtomicInteger taken = new AtomicInteger();
        final List<Thread> threads = IntStream.range(0, 4).mapToObj(i -> Thread.ofPlatform().start(() ->
        {
            while (bucket.take(7))
            {
                taken.incrementAndGet();
            }
        })).toList();
        for (final Thread thread : threads)
        {
            thread.join();
        }
        assertEquals(100_000, taken.get());
    }
}
