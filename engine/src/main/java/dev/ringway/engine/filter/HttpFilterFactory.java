package dev.ringway.engine.filter;

/**
 * Makes the filters of one place in a chain. Made from the configuration; what all loops share, as a bucket of tokens, is
 * its own. Any loop thread.
 */
public interface HttpFilterFactory
{
    /**
     * @param loop that will use the filter.
     * @return a filter for one request at a time; as many are asked for as there are requests at once. What this throws
     *         costs the request that it is asked for.
     */
    HttpFilter create(FilterLoop loop);

    /**
     * @return whether the filter asks for the address that a client connected to, which is not known otherwise where a
     *         listener takes connections to every address.
     */
    default boolean readsLocalAddress()
    {
        return false;
    }
}
