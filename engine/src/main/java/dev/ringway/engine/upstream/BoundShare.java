package dev.ringway.engine.upstream;

/**
 * One loop's share of a bound that holds for all loops together. Room is borrowed in batches and what is spare is given
 * back, so that most takes touch nothing shared; one at a time where the bound is small. Loop thread only.
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
    private int taken;
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
        giveBack(granted - taken);
    }

    /**
     * @return whether there was room for one more.
     */
    boolean take()
    {
        if (taken < granted)
        {
            taken++;
            return true;
        }
        final int more = use.borrow(bound, batch, limit);
        if (more == 0)
        {
            return false;
        }
        granted += more;
        taken++;
        return true;
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
            taken++;
            isOver = true;
        }
    }

    /**
     * Gives back what was taken.
     */
    void release()
    {
        taken--;
        if (isOver)
        {
            giveBack(1);
        }
        else if (granted - taken > spareLimit)
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
     * @return what this loop has taken.
     */
    int taken()
    {
        return taken;
    }
}
