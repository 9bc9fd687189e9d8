package dev.ringway.engine.httpfilters;

import java.util.function.IntToLongFunction;

/**
 * Has counters for calls of gRPC made while requests are served. Any thread.
 */
public interface CallNames
{
    /** Makes none. */
    CallNames NONE = (cluster, name, isHistogram, made) ->
    {
    };

    /**
     * Asks for one, and returns at once.
     *
     * @param cluster     name of the cluster that the call goes to.
     * @param name        below that cluster.
     * @param isHistogram or a counter.
     * @param made        told its id by another thread, or a negative number when there is none; gives what is to be
     *                    added to a counter.
     */
    void ask(String cluster, String name, boolean isHistogram, IntToLongFunction made);
}
