package dev.ringway.engine.filter;

/**
 * What a filter may ask for when it is made. Control thread only.
 */
public interface FilterContext
{
    /**
     * @param name of a counter, below {@code http.<stat_prefix>.}.
     * @return its id, for {@link FilterLoop#counters()}.
     */
    int counter(String name);

    /**
     * @param name of a gauge, below {@code http.<stat_prefix>.}.
     * @return its id, for {@link FilterLoop#counters()}.
     */
    int gauge(String name);
}
