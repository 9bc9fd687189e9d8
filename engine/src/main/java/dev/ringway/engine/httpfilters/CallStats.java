package dev.ringway.engine.httpfilters;

import dev.ringway.codecs.http.Grpc;
import dev.ringway.engine.counters.LoopCounters;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counters of the calls of one method to one cluster, on one loop. A counter comes to be with the first that it counts:
 * it is asked for from another thread, and what is counted until it is there is added when it is. Loop thread only, but
 * for {@link #onMade}; allocates when something is seen for the first time.
 */
final class CallStats
{
    /** Calls that have ended. */
    static final int TOTAL = 0;
    /** Of these those with the status 0. */
    static final int SUCCESS = 1;
    /** Of these those with another. */
    static final int FAILURE = 2;
    /** Messages of requests. */
    static final int REQUEST_MESSAGES = 3;
    /** Messages of responses. */
    static final int RESPONSE_MESSAGES = 4;
    /** The first of one for each status that has a name. */
    static final int STATUS = 5;

    private static final int TIME = STATUS + Grpc.MAX_KNOWN + 1;
    private static final int COUNT = TIME + 1;
    private static final String[] NAMES = new String[COUNT];
    private static final int NEW = 0;
    private static final int ASKED = 1;
    private static final int REFUSED = 2;
    /** States from here on are ids. */
    private static final int FIRST_ID = 3;
    /** Times that wait for their histogram, at most. */
    private static final int MAX_TIMES = 64;

    static
    {
        NAMES[TOTAL] = "total";
        NAMES[SUCCESS] = "success";
        NAMES[FAILURE] = "failure";
        NAMES[REQUEST_MESSAGES] = "request_message_count";
        NAMES[RESPONSE_MESSAGES] = "response_message_count";
        NAMES[TIME] = "upstream_rq_time";
        for (int status = 0; status <= Grpc.MAX_KNOWN; status++)
        {
            NAMES[STATUS + status] = Integer.toString(status);
        }
    }

    private final CallNames names;
    private final String cluster;
    private final String prefix;
    private final int overflow;
    private final AtomicIntegerArray states = new AtomicIntegerArray(COUNT);
    private final AtomicLongArray waiting = new AtomicLongArray(COUNT);
    private final long[] times = new long[MAX_TIMES];
    private int timeCount;
    /** Of the ids; of one of them is of all, for they are one cluster's. */
    private volatile Object lease;

    /**
     * @param names    has counters made.
     * @param cluster  that the calls go to.
     * @param prefix   of the names below the cluster.
     * @param overflow id of the counter of what no counter was to be had for.
     */
    CallStats(final CallNames names, final String cluster, final String prefix, final int overflow)
    {
        this.names = names;
        this.cluster = cluster;
        this.prefix = prefix;
        this.overflow = overflow;
    }

    /**
     * @param counters of the loop.
     * @param what     is counted.
     * @param amount   of it.
     */
    void add(final LoopCounters counters, final int what, final long amount)
    {
        final int state = states.get(what);
        if (state >= FIRST_ID)
        {
            counters.add(state - FIRST_ID, amount);
        }
        else if (state == REFUSED)
        {
            counters.increment(overflow);
        }
        else
        {
            waiting.getAndAdd(what, amount);
            ask(state, what);
            // Whoever comes second, this or onMade, sees what the other has left.
            final int now = states.get(what);
            if (now >= FIRST_ID)
            {
                counters.add(now - FIRST_ID, waiting.getAndSet(what, 0));
            }
        }
    }

    /**
     * @param counters of the loop.
     * @param ms       from the end of the request to that of the response.
     */
    void time(final LoopCounters counters, final long ms)
    {
        final int state = states.get(TIME);
        if (state < FIRST_ID)
        {
            times[timeCount] = ms;
            timeCount = Math.min(timeCount + 1, MAX_TIMES - 1);
            ask(state, TIME);
            return;
        }
        while (timeCount > 0)
        {
            counters.record(state - FIRST_ID, times[--timeCount]);
        }
        counters.record(state - FIRST_ID, ms);
    }

    private void ask(final int state, final int what)
    {
        if (state == NEW)
        {
            states.set(what, ASKED);
            names.ask(cluster, prefix + NAMES[what], what == TIME, (id, of) -> onMade(what, id, of));
        }
    }

    /** On the thread that makes counters. */
    private long onMade(final int what, final int id, final Object of)
    {
        lease = of;
        states.set(what, id < 0 ? REFUSED : FIRST_ID + id);
        return id < 0 ? 0 : waiting.getAndSet(what, 0);
    }
}
