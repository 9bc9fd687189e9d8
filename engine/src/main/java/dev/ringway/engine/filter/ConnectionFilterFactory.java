package dev.ringway.engine.filter;

/**
 * Makes the filters of one place in a filter chain. Made from the configuration; what all loops share is its own. Any loop
 * thread.
 */
public interface ConnectionFilterFactory
{
    /**
     * @param loop that will use the filter.
     * @return a filter for all connections of that loop.
     */
    ConnectionFilter create(FilterLoop loop);

    /**
     * @return whether the filter asks for the address that a client connected to.
     */
    default boolean readsLocalAddress()
    {
        return false;
    }
}
