package dev.ringway.engine.httpfilters;

/**
 * Has counters for calls of gRPC made while requests are served. Any thread.
 */
public interface CallNames
{
    /** Makes none. */
    CallNames NONE = (cluster, name, isHistogram, taker) ->
    {
    };

    /**
     * Takes what was asked for.
     */
    @FunctionalInterface
    interface Taker
    {
        /**
         * @param id    of the counter, or a negative number when there is none.
         * @param lease to be kept as long as the id is used.
         * @return what is to be added to a counter.
         */
        long onMade(int id, Object lease);
    }

    /**
     * Asks for one, and returns at once.
     *
     * @param cluster     name of the cluster that the call goes to.
     * @param name        below that cluster.
     * @param isHistogram or a counter.
     * @param taker       told its id by another thread.
     */
    void ask(String cluster, String name, boolean isHistogram, Taker taker);
}
