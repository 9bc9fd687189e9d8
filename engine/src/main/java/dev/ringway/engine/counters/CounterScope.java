package dev.ringway.engine.counters;

/**
 * Gives out the counters of one part of a configuration, a cluster or a listener. They are the part's as long as anybody
 * can reach this object: whoever keeps ids keeps {@link #lease} with them. When nobody does any more,
 * {@link CountersFile#reclaim} takes back what no other part has. Any thread may hold it; registering: control thread
 * only.
 */
public final class CounterScope implements CounterRegistry
{
    private final CountersFile file;
    private final HeldNames.Holder holder;

    CounterScope(final CountersFile file, final HeldNames.Holder holder)
    {
        this.file = file;
        this.holder = holder;
    }

    /**
     * {@inheritDoc}
     */
    public int register(final String name, final int kind)
    {
        return file.register(name, kind, holder);
    }

    /**
     * {@inheritDoc}
     */
    public int histogram(final String name)
    {
        return file.histogram(name, holder);
    }

    /**
     * {@inheritDoc}
     */
    public int lateCounter(final String name)
    {
        return file.lateCounter(name, holder);
    }

    /**
     * {@inheritDoc}
     */
    public int lateHistogram(final String name)
    {
        return file.lateHistogram(name, holder);
    }

    /**
     * {@inheritDoc}
     */
    public Object lease()
    {
        return this;
    }

    /**
     * {@inheritDoc}
     */
    public void whenGone(final Runnable action)
    {
        holder.whenGone(action);
    }

    /**
     * {@inheritDoc}
     */
    public boolean later(final Runnable task)
    {
        return file.later(task);
    }

    /**
     * {@inheritDoc}
     */
    public void add(final int id, final long amount)
    {
        file.add(id, amount);
    }

    HeldNames.Holder holder()
    {
        return holder;
    }
}
