package dev.ringway.engine.counters;

import java.util.Collection;

/**
 * Gives out counter ids. Control thread only. The same name gets the same id as long as somebody has it, so counters
 * survive a new snapshot and groups can be built again for an unchanged cluster or listener.
 */
public interface CounterRegistry
{
    /** Kind of a value that only grows. */
    int COUNTER = 0;

    /** Kind of a value that goes up and down. */
    int GAUGE = 1;

    /** Kind of a growing value that is shown for each loop, never as a sum. */
    int LOOP_COUNTER = 2;

    /** Kind of an up and down value that is shown for each loop, never as a sum. */
    int LOOP_GAUGE = 3;

    /**
     * @param name full stat name as Envoy spells it, for example {@code cluster.backend.upstream_rq_total}.
     * @param kind {@link #COUNTER}, {@link #GAUGE}, {@link #LOOP_COUNTER} or {@link #LOOP_GAUGE}.
     * @return id to pass to {@link LoopCounters}.
     * @throws IllegalStateException    when no counter fits any more; the message says how many there are.
     * @throws IllegalArgumentException when the name is there with another kind.
     */
    int register(String name, int kind);

    /**
     * @param name full stat name.
     * @return id of a counter of that name.
     */
    default int counter(final String name)
    {
        return register(name, COUNTER);
    }

    /**
     * @param name full stat name.
     * @return id of a histogram of that name for {@link LoopCounters#record}, {@link Histograms#NONE} when it is not kept.
     */
    default int histogram(final String name)
    {
        return Histograms.NONE;
    }

    /**
     * A counter that comes to be while requests are served: the part that takes the place of this one has it as well, see
     * {@link #part(String)}.
     *
     * @param name full stat name.
     * @return as with {@link #counter}.
     */
    default int lateCounter(final String name)
    {
        return counter(name);
    }

    /**
     * As {@link #lateCounter}.
     *
     * @param name full stat name.
     * @return as with {@link #histogram}.
     */
    default int lateHistogram(final String name)
    {
        return histogram(name);
    }

    /**
     * @param name full stat name.
     * @return id of a gauge of that name.
     */
    default int gauge(final String name)
    {
        return register(name, GAUGE);
    }

    /**
     * @return to be kept by whatever keeps ids from here, as long as it may use them.
     */
    default Object lease()
    {
        return this;
    }

    /**
     * @return gives out the same for good: counters of the same part, also when another is being translated.
     */
    default CounterRegistry kept()
    {
        return this;
    }

    /**
     * @return gives out what one part of a configuration has, and takes it back when nobody has its {@link #lease} any
     * more; not shown before {@link #inForce}. This one, where nothing is taken back.
     */
    default CounterRegistry part()
    {
        return this;
    }

    /**
     * As {@link #part()}, for one that others take the place of: what counters it has late is theirs from the start.
     *
     * @param name that it shares with those.
     * @return gives out what the part has.
     */
    default CounterRegistry part(final String name)
    {
        return part();
    }

    /**
     * @param action to be run when this part's counters are taken back.
     */
    default void whenGone(final Runnable action)
    {
    }

    /**
     * Says which parts the configuration in force consists of. The others' counters are shown no more, once gauges whose
     * names end in {@code _active} are 0. One that comes back before its id was given away has the value it had.
     *
     * @param parts all of them, from {@link #part}.
     */
    default void inForce(final Collection<CounterRegistry> parts)
    {
    }

    /**
     * Has something registered that comes up while requests are served. Any thread; never waits.
     *
     * @param task to be run by the thread that may register.
     * @return false when there is none, or none any more: it is never run then.
     */
    default boolean later(final Runnable task)
    {
        return false;
    }

    /**
     * Adds to a counter. The thread that may register.
     *
     * @param id     of it.
     * @param amount to be added.
     */
    default void add(final int id, final long amount)
    {
    }
}
