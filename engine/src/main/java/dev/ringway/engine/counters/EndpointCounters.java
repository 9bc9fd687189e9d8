package dev.ringway.engine.counters;

import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What the loops count for one endpoint, with Envoy's names: cache lines for each loop, outside of the counters file, so
 * that endpoints may come and go. Any thread may read; the memory goes with the object.
 */
public final class EndpointCounters
{
    /** Connections that could not be established. */
    public static final int CX_CONNECT_FAIL = 0;
    /** Connections opened or being opened. */
    public static final int CX_TOTAL = 1;
    /** Requests that had an answer 5xx or none. */
    public static final int RQ_ERROR = 2;
    /** Requests that had another answer. */
    public static final int RQ_SUCCESS = 3;
    /** Requests without an answer in time. */
    public static final int RQ_TIMEOUT = 4;
    /** Requests. */
    public static final int RQ_TOTAL = 5;
    /** Connections that exist now. */
    public static final int CX_ACTIVE = 6;
    /** Requests in flight. */
    public static final int RQ_ACTIVE = 7;
    /** Requests that wait for a connection that is being opened for them. */
    public static final int RQ_PENDING_ACTIVE = 8;
    /** How many there are that have names. */
    public static final int COUNT = 9;
    /** Without a name: times without an answer, where outlier detection counts them by themselves. */
    public static final int LOCAL_ERROR = 9;
    /** Without a name: times that there was a connection, where outlier detection counts them by themselves. */
    public static final int LOCAL_SUCCESS = 10;

    private static final String[] NAMES = {
        "cx_connect_fail", "cx_total", "rq_error", "rq_success", "rq_timeout", "rq_total", "cx_active", "rq_active",
        "rq_pending_active"};
    private static final int LINE = 128;

    private final LoopCounters[] loops;

    /**
     * @param count of loops.
     */
    public EndpointCounters(final int count)
    {
        final UnsafeBuffer memory = new UnsafeBuffer(BufferUtil.allocateDirectAligned(count * LINE, LINE));
        loops = new LoopCounters[count];
        for (int i = 0; i < count; i++)
        {
            loops[i] = new LoopCounters(new UnsafeBuffer(memory, i * LINE, LINE));
        }
    }

    /**
     * Counts from 0 again, for another endpoint; while no loop counts.
     */
    public void clear()
    {
        for (final LoopCounters loop : loops)
        {
            for (int id = 0; id <= LOCAL_SUCCESS; id++)
            {
                loop.set(id, 0);
            }
        }
    }

    /**
     * @param index of a loop.
     * @return what that loop counts; its ids are the constants of this class.
     */
    public LoopCounters loop(final int index)
    {
        return loops[index];
    }

    /**
     * @param id one of the constants.
     * @return sum over the loops.
     */
    public long sum(final int id)
    {
        long sum = 0;
        for (final LoopCounters loop : loops)
        {
            sum += loop.get(id);
        }
        return sum;
    }

    /**
     * @param id one of the constants.
     * @return Envoy's name.
     */
    public static String name(final int id)
    {
        return NAMES[id];
    }

    /**
     * @param id one of the constants.
     * @return whether the value goes up and down.
     */
    public static boolean isGauge(final int id)
    {
        return id >= CX_ACTIVE;
    }
}
