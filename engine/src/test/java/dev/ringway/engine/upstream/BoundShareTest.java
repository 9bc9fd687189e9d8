package dev.ringway.engine.upstream;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

final class BoundShareTest
{
    private static List<BoundShare> shares(final ClusterUse use, final boolean isBatched, final int limit)
    {
        final List<BoundShare> shares = new ArrayList<>();
        for (int i = 0; i < use.loops(); i++)
        {
            shares.add(new BoundShare(use, ClusterUse.REQUESTS, isBatched));
            shares.get(i).limit(limit);
        }
        return shares;
    }

    private static int sum(final List<BoundShare> shares)
    {
        return shares.stream().mapToInt(BoundShare::taken).sum();
    }

    /** Any order of takes, releases and new limits: never over the limit, and refused only when nearly all is taken. */
    @RepeatedTest(20)
    void shouldHoldOverAllLoops(final RepetitionInfo repetition)
    {
        final Random random = new Random(repetition.getCurrentRepetition());
        final ClusterUse use = new ClusterUse(1 + random.nextInt(4), Runnable::run);
        int limit = random.nextInt(3000);
        final boolean isBatched = random.nextBoolean();
        final List<BoundShare> shares = shares(use, isBatched, limit);
        for (int i = 0; i < 20_000; i++)
        {
            final BoundShare share = shares.get(random.nextInt(shares.size()));
            final int before = sum(shares);
            if (i % 5_000 == 4_999)
            {
                limit = random.nextInt(3000);
                for (final BoundShare one : shares)
                {
                    one.limit(limit);
                }
            }
            else if (random.nextInt(5) < 3)
            {
                final boolean isTaken = share.take();
                assertTrue(!isTaken || before < limit, () -> before + " were taken");
                final int least = isBatched ? limit - limit / 8 : limit;
                assertTrue(isTaken || before >= least, () -> "refused with " + before + " of " + least);
            }
            else if (share.taken() > 0)
            {
                share.release();
            }
        }
        for (final BoundShare share : shares)
        {
            while (share.taken() > 0)
            {
                share.release();
            }
            share.limit(0);
        }
        assertEquals(0, use.giveBack(ClusterUse.REQUESTS, 0));
    }

    @Test
    void shouldComeBackUnderALimitThatWasLowered()
    {
        final ClusterUse use = new ClusterUse(2, Runnable::run);
        final List<BoundShare> shares = shares(use, true, 1024);
        for (int i = 0; i < 480; i++)
        {
            assertTrue(shares.get(0).take());
            assertTrue(shares.get(1).take());
        }
        shares.forEach(share -> share.limit(512));
        for (int i = 0; i < 480; i++)
        {
            for (final BoundShare share : shares)
            {
                share.release();
                share.take();
            }
        }
        assertTrue(sum(shares) <= 512, () -> sum(shares) + " taken");
    }

    @Test
    void shouldForgetWhatWasTakenOverTheLimit()
    {
        for (int loops = 1; loops < 3; loops++)
        {
            final ClusterUse use = new ClusterUse(loops, Runnable::run);
            final BoundShare share = shares(use, false, 1).get(0);
            assertTrue(share.take());
            assertFalse(share.take());
            share.takeAnyway();
            share.release();
            assertFalse(share.take());
            share.release();
            assertTrue(share.take());
            assertFalse(share.take());
        }
    }

    @Test
    void shouldHoldWhileLoopsRace() throws Exception
    {
        final int limit = 500;
        final ClusterUse use = new ClusterUse(4, Runnable::run);
        final AtomicInteger taken = new AtomicInteger();
        final AtomicInteger most = new AtomicInteger();
        final List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < use.loops(); i++)
        {
            final Random random = new Random(i);
            threads.add(Thread.ofPlatform().start(() ->
            {
                final BoundShare share = new BoundShare(use, ClusterUse.REQUESTS, true);
                share.limit(limit);
                for (int step = 0; step < 200_000; step++)
                {
                    if (random.nextInt(5) < 3)
                    {
                        if (share.take())
                        {
                            most.accumulateAndGet(taken.incrementAndGet(), Math::max);
                        }
                    }
                    else if (share.taken() > 0)
                    {
                        taken.decrementAndGet();
                        share.release();
                    }
                }
            }));
        }
        for (final Thread thread : threads)
        {
            thread.join();
        }
        assertTrue(most.get() <= limit, () -> most.get() + " taken at once");
        assertTrue(most.get() > limit / 2, () -> "only " + most.get());
    }
}
