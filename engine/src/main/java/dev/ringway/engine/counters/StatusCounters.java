package dev.ringway.engine.counters;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * What a cluster counts by status code, with Envoy's names: {@code upstream_rq_<code>}, the same with those of
 * {@link ClusterCounters} below {@code internal.} or {@code external.}, and {@code retry.upstream_rq_<code>}. Each comes
 * to be with the first response that it counts: it is made by the thread that may register, and what is counted until
 * then is added by that. Loop threads; allocates when a code is seen for the first time.
 */
public final class StatusCounters
{
    private static final int FIRST = 100;
    private static final int CLASS = 100;
    private static final int CLASSES = 5;
    private static final int EXTERNAL = 0;
    private static final int INTERNAL = 1;
    private static final int RETRY = 2;
    private static final String[] FORMS = {"external.", "internal.", "retry."};
    private static final int[] NONE = {};

    private final CounterRegistry registry;
    private final String prefix;
    /** By form and class, for few are ever seen. */
    private final AtomicReferenceArray<AtomicReferenceArray<Count>> counts =
        new AtomicReferenceArray<>(FORMS.length * CLASSES);

    /**
     * @param registry gives out the ids, later.
     * @param prefix   of the cluster, with a dot at its end.
     */
    StatusCounters(final CounterRegistry registry, final String prefix)
    {
        this.registry = registry;
        this.prefix = prefix;
    }

    /**
     * A response that goes to the client, or would if there were one.
     *
     * @param counters   of the loop.
     * @param status     its code; one that is not in 100 to 599 is not counted.
     * @param isInternal whether the request came from inside.
     */
    public void response(final LoopCounters counters, final int status, final boolean isInternal)
    {
        count(counters, isInternal ? INTERNAL : EXTERNAL, status - FIRST);
    }

    /**
     * A response that was dropped, for its request is sent again.
     *
     * @param counters of the loop.
     * @param status   as with {@link #response}.
     */
    public void dropped(final LoopCounters counters, final int status)
    {
        count(counters, RETRY, status - FIRST);
    }

    private void count(final LoopCounters counters, final int form, final int index)
    {
        if (index >= 0 && index < CLASSES * CLASS)
        {
            final AtomicReferenceArray<Count> seen = counts.get(form * CLASSES + index / CLASS);
            final Count count = seen == null ? null : seen.get(index % CLASS);
            (count == null ? add(form, index) : count).increment(counters);
        }
    }

    private Count add(final int form, final int index)
    {
        final int place = form * CLASSES + index / CLASS;
        counts.compareAndSet(place, null, new AtomicReferenceArray<>(CLASS));
        final AtomicReferenceArray<Count> seen = counts.get(place);
        if (seen.compareAndSet(index % CLASS, null, new Count()))
        {
            registry.later(() -> make(seen.get(index % CLASS), form, FIRST + index));
        }
        return seen.get(index % CLASS);
    }

    private void make(final Count count, final int form, final int status)
    {
        int[] ids;
        try
        {
            ids = ids(prefix + FORMS[form] + "upstream_rq_", status, form == RETRY);
        }
        catch (final IllegalStateException | IllegalArgumentException e)
        {
            // There is no room, or something else has the name.
            ids = NONE;
        }
        final long waiting = count.made(ids);
        for (final int id : ids)
        {
            registry.add(id, waiting);
        }
    }

    private int[] ids(final String below, final int status, final boolean isRetry)
    {
        final int ofCode = registry.lateCounter(below + status);
        return isRetry ? new int[]{ofCode} : new int[]{
            ofCode,
            registry.lateCounter(prefix + "upstream_rq_" + status),
            registry.lateCounter(below + status / CLASS + "xx"),
            registry.lateCounter(below + "completed")};
    }

    /** What grows by a response of one code. */
    private static final class Count
    {
        private final AtomicInteger waiting = new AtomicInteger();
        private volatile int[] ids;

        private void increment(final LoopCounters counters)
        {
            int[] made = ids;
            int amount = 1;
            if (made == null)
            {
                waiting.incrementAndGet();
                // Whoever comes second, this or made, sees what the other has left.
                made = ids;
                if (made == null)
                {
                    return;
                }
                amount = waiting.getAndSet(0);
            }
            for (final int id : made)
            {
                counters.add(id, amount);
            }
        }

        /** On the thread that registers. */
        private int made(final int[] fresh)
        {
            ids = fresh;
            return waiting.getAndSet(0);
        }
    }
}
