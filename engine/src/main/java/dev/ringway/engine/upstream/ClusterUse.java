package dev.ringway.engine.upstream;

import dev.ringway.engine.balance.ClusterHosts;
import dev.ringway.engine.counters.ClusterCounters;
import dev.ringway.engine.counters.LoopCounters;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * What all loops together hold of one cluster: how much of its bounds is lent to them, and its endpoints. Survives new
 * snapshots that have the cluster. Any thread, but for what says otherwise.
 */
public final class ClusterUse
{
    static final int CONNECTIONS = 0;
    static final int PENDING = 1;
    static final int REQUESTS = 2;
    static final int RETRIES = 3;

    private static final int BOUNDS = 4;
    /** Two cache lines, which processors fetch as a pair. */
    private static final int STRIDE = 16;

    private final int loops;
    private final AtomicLongArray lent = new AtomicLongArray((BOUNDS + 1) * STRIDE);
    private final AtomicReferenceArray<LoopCounters> columns;
    private final ClusterHosts hosts;

    ClusterUse(final int loops, final Executor builder)
    {
        this.loops = loops;
        columns = new AtomicReferenceArray<>(loops);
        hosts = new ClusterHosts(loops, builder);
    }

    /**
     * @return its endpoints.
     */
    public ClusterHosts hosts()
    {
        return hosts;
    }

    /** A loop begins to use the cluster. */
    void onLoop(final int loop, final LoopCounters counters)
    {
        columns.set(loop, counters);
    }

    /** Requests of all loops that have an endpoint or wait for one. */
    long activeRequests(final ClusterCounters ids)
    {
        long active = 0;
        for (int i = 0; i < loops; i++)
        {
            final LoopCounters column = columns.get(i);
            active += column == null ? 0 : column.get(ids.upstreamRqActive) + column.get(ids.upstreamRqPendingActive);
        }
        return active;
    }

    int loops()
    {
        return loops;
    }

    /**
     * @return how much was lent, 0 when the limit is reached.
     */
    int borrow(final int bound, final int wanted, final int limit)
    {
        final int index = (bound + 1) * STRIDE;
        while (true)
        {
            final long before = lent.get(index);
            final int taken = (int)Math.min(wanted, limit - before);
            if (taken <= 0)
            {
                return 0;
            }
            if (lent.compareAndSet(index, before, before + taken))
            {
                return taken;
            }
        }
    }

    /** Lends one, whatever the limit. */
    void lendAnyway(final int bound)
    {
        lent.getAndIncrement((bound + 1) * STRIDE);
    }

    /**
     * @return how much is still lent to all loops.
     */
    long giveBack(final int bound, final int count)
    {
        return lent.addAndGet((bound + 1) * STRIDE, -count);
    }
}
