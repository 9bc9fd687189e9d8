package dev.ringway.engine.loop;

/**
 * How many completions a wait should bring. One, mostly: whoever waits for an answer should not wait for others. Where
 * many messages share a connection, though, a few more in each duty cycle leave in the same send, which is most of their
 * cost; a short patience then buys much, as long as more do come. Both grow with the open streams: a loop with many takes
 * much longer than that to serve each of them once. Loop thread only.
 */
final class Batching
{
    /** Streams that must be open before it can be worth it. */
    private static final int FEWEST_STREAMS = 16;
    /** Streams for each completion wanted. */
    private static final int STREAMS_SHIFT = 3;
    private static final int LEAST_WANTED = 16;
    private static final int MOST_WANTED = 80;
    /** So many beside what was submitted, and the wait has not been in vain. */
    private static final int ENOUGH = 4;
    private static final int LEAST_PATIENCE_US = 50;
    private static final int MOST_PATIENCE_US = 320;
    /** Duty cycles without patience, at most, after it was in vain again and again. */
    private static final int LONGEST_PAUSE = 64;

    private final boolean isSupported;
    private int streams;
    private int pause;
    private int lastPause;
    private boolean isPatient;

    /**
     * @param isSupported whether the kernel knows the shortest time of a wait (Linux 6.12).
     */
    Batching(final boolean isSupported)
    {
        this.isSupported = isSupported;
    }

    /** Streams were opened, or with a negative number ended. */
    void onStreams(final int count)
    {
        streams += count;
    }

    /** What a wait should bring beside what is submitted with it; 0 for one completion, whichever it is. */
    int wanted()
    {
        isPatient = false;
        if (!isSupported || streams < FEWEST_STREAMS)
        {
            return 0;
        }
        if (pause > 0)
        {
            pause--;
            return 0;
        }
        isPatient = true;
        return Math.clamp(streams >> STREAMS_SHIFT, LEAST_WANTED, MOST_WANTED);
    }

    /** How long more are waited for once one could be had, in microseconds: half of one for each stream. */
    int patienceUs()
    {
        return Math.clamp(streams >> 1, LEAST_PATIENCE_US, MOST_PATIENCE_US);
    }

    /**
     * The wait has brought completions, those of what was submitted with it among them. Where patience was in vain it rests for
     * a cycle, and for twice as many each time that it is so again: a loop with many streams that say little delays few of
     * their messages, a busy one is soon patient again after a lull.
     */
    void onWaited(final int completions, final int submitted)
    {
        if (!isPatient)
        {
            return;
        }
        isPatient = false;
        if (completions < submitted + ENOUGH)
        {
            lastPause = Math.clamp(lastPause << 1, 1, LONGEST_PAUSE);
            pause = lastPause;
        }
        else
        {
            lastPause = 0;
        }
    }
}
