package dev.ringway.control.translate;

import dev.ringway.engine.counters.CounterRegistry;

/**
 * Gives out counters to the part of a configuration that is being translated. Control thread only.
 */
final class PartCounters implements CounterRegistry
{
    private final CounterRegistry whole;
    private CounterRegistry part;

    /**
     * @param whole of the process.
     */
    PartCounters(final CounterRegistry whole)
    {
        this.whole = whole;
        part = whole;
    }

    /**
     * What comes now is another part.
     *
     * @return what its counters are kept by.
     */
    CounterRegistry begin()
    {
        part = whole.part();
        return part;
    }

    /**
     * What comes now is another part.
     *
     * @param name that it shares with the parts whose place it takes.
     * @return what its counters are kept by.
     */
    CounterRegistry begin(final String name)
    {
        part = whole.part(name);
        return part;
    }

    /** What comes now is of the process. */
    void end()
    {
        part = whole;
    }

    /**
     * {@inheritDoc}
     */
    public int register(final String name, final int kind)
    {
        return part.register(name, kind);
    }

    /**
     * {@inheritDoc}
     */
    public int histogram(final String name)
    {
        return part.histogram(name);
    }

    /**
     * {@inheritDoc}
     */
    public Object lease()
    {
        return part.lease();
    }

    /**
     * {@inheritDoc}
     */
    public CounterRegistry kept()
    {
        return part.kept();
    }
}
