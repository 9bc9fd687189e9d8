package dev.ringway.engine.upstream;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * One loop's share of a bound that holds for all loops together. Room is borrowed in batches and what is spare is given
 * back, so that most takes touch nothing shared; one at a time where the bound is small. Loop thread only, but for what
 * says otherwise.
 */
final class BoundShare
{
    /** A bound is cut in so many batches for each loop. */
    private static final int BATCHES = 32;
    private static final int LARGEST_BATCH = 64;

    private final ClusterUse use;
    private final int bound;
    private final boolean isBatched;
    private int limit;
    private int batch = 1;
    private int spareLimit;
    private int granted;
    /** Read by other threads as well. */
    private final AtomicInteger taken = new AtomicInteger();
    private boolean isOver;

    /**
     * @param use       of the cluster.
     * @param bound     which, from {@link ClusterUse}.
     * @param isBatched whether takes are frequent enough for batches.
     */
    BoundShare(final ClusterUse use, final int bound, final boolean isBatched)
    {
        this.use = use;
        this.bound = bound;
        this.isBatched = isBatched;
    }

    /**
     * @param fresh most that all loops may have taken at any time.
     */
    void limit(final int fresh)
    {
        isOver |= fresh < limit;
        limit = fresh;
        if (use.loops() == 1)
        {
            batch = Math.max(1, fresh);
        }
        else
        {
            batch = isBatched ? Math.clamp(fresh / (BATCHES * (long)use.loops()), 1, LARGEST_BATCH) : 1;
        }
        spareLimit = use.loops() > 1 && batch == 1 ? 0 : batch << 1;
        giveBack(granted - taken.getPlain());
    }

    /**
     * @return whether there was room for one more.
     */
    boolean take()
    {
        if (taken.getPlain() < granted)
        {
            add(1);
            return true;
        }
        final int more = use.borrow(bound, batch, limit);
        if (more == 0)
        {
            return false;
        }
        granted += more;
        add(1);
        return true;
    }

    private void add(final int count)
    {
        taken.setOpaque(taken.getPlain() + count);
    }

    /**
     * Takes one whatever the limit.
     */
    void takeAnyway()
    {
        if (!take())
        {
            use.lendAnyway(bound);
            granted++;
            add(1);
            isOver = true;
        }
    }

    /**
     * Gives back what was taken.
     */
    void release()
    {
        add(-1);
        if (isOver)
        {
            giveBack(1);
        }
        else if (granted - taken.getPlain() > spareLimit)
        {
            giveBack(batch);
        }
    }

    private void giveBack(final int count)
    {
        granted -= count;
        final long lent = use.giveBack(bound, count);
        isOver &= lent > limit;
    }

    /**
     * Any thread.
     *
     * @return what this loop has taken.
     */
    int taken()
    {
        return taken.getOpaque();
    }
}
