package dev.ringway.engine.upstream;

import dev.ringway.engine.balance.ClusterHosts;
import dev.ringway.engine.snapshot.Thresholds;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * What all loops together hold of one cluster: how much of its bounds is lent to them, and its endpoints. Survives new
 * snapshots that have the cluster. Any thread, but for what says otherwise.
 */
public final class ClusterUse
{
    /** Kinds of bounds; each is there twice, once for each priority. */
    static final int CONNECTIONS = 0;
    static final int PENDING = 1;
    static final int REQUESTS = 2;
    static final int RETRIES = 3;

    private static final int KINDS = 4;
    private static final int BOUNDS = 2 * KINDS;
    /** Two cache lines, which processors fetch as a pair. */
    private static final int STRIDE = 16;

    private final int loops;
    private final AtomicLongArray lent = new AtomicLongArray((BOUNDS + 1) * STRIDE);
    /** Of each loop in turn, for each bound. */
    private final AtomicReferenceArray<BoundShare> shares;
    private final ClusterHosts hosts;

    ClusterUse(final int loops, final Executor builder)
    {
        this.loops = loops;
        shares = new AtomicReferenceArray<>(loops * BOUNDS);
        hosts = new ClusterHosts(loops, builder);
    }

    /**
     * @return its endpoints.
     */
    public ClusterHosts hosts()
    {
        return hosts;
    }

    static int bound(final int kind, final boolean isHigh)
    {
        return isHigh ? KINDS + kind : kind;
    }

    /** A loop begins to use the cluster. */
    void onLoop(final int loop, final int bound, final BoundShare share)
    {
        shares.set(loop * BOUNDS + bound, share);
    }

    private int taken(final int kind, final boolean isHigh)
    {
        int sum = 0;
        for (int i = bound(kind, isHigh); i < shares.length(); i += BOUNDS)
        {
            final BoundShare share = shares.get(i);
            sum += share == null ? 0 : share.taken();
        }
        return sum;
    }

    /**
     * @param isHigh of priority HIGH or default priority.
     * @return connections of all loops.
     */
    public int connections(final boolean isHigh)
    {
        return taken(CONNECTIONS, isHigh);
    }

    /**
     * @param isHigh of priority HIGH or default priority.
     * @return requests of all loops that wait for a connection.
     */
    public int pending(final boolean isHigh)
    {
        return taken(PENDING, isHigh);
    }

    /**
     * @param isHigh of priority HIGH or default priority.
     * @return requests of all loops that have a connection.
     */
    public int requests(final boolean isHigh)
    {
        return taken(REQUESTS, isHigh);
    }

    /**
     * @param isHigh of priority HIGH or default priority.
     * @return requests of all loops that are being sent again.
     */
    public int retries(final boolean isHigh)
    {
        return (int)lent.get((bound(RETRIES, isHigh) + 1) * STRIDE);
    }

    /**
     * @param thresholds of the cluster at that priority.
     * @param isHigh     of priority HIGH or default priority.
     * @return how many may be sent again at a time.
     */
    public int retryLimit(final Thresholds thresholds, final boolean isHigh)
    {
        return thresholds.retryBudget() == null ? thresholds.maxRetries() :
            thresholds.retryBudget().limit((long)requests(isHigh) + pending(isHigh));
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
