package dev.ringway.engine.counters;

/**
 * Ids of the counters {@code downstream_rq_completed} and {@code downstream_rq_<class>}, which a connection manager has
 * once for itself and once for its listener; names and meaning as in Envoy's connection-manager statistics.
 */
final class ResponseCounters
{
    /** Requests answered. */
    private final int downstreamRqCompleted;

    /** Responses 1xx. */
    private final int downstreamRq1xx;

    /** Responses 2xx. */
    private final int downstreamRq2xx;

    /** Responses 3xx. */
    private final int downstreamRq3xx;

    /** Responses 4xx. */
    private final int downstreamRq4xx;

    /** Responses 5xx. */
    private final int downstreamRq5xx;

    /**
     * @param registry gives out the ids.
     * @param prefix   of the names, with a dot at its end.
     */
    ResponseCounters(final CounterRegistry registry, final String prefix)
    {
        downstreamRqCompleted = registry.counter(prefix + "downstream_rq_completed");
        downstreamRq1xx = registry.counter(prefix + "downstream_rq_1xx");
        downstreamRq2xx = registry.counter(prefix + "downstream_rq_2xx");
        downstreamRq3xx = registry.counter(prefix + "downstream_rq_3xx");
        downstreamRq4xx = registry.counter(prefix + "downstream_rq_4xx");
        downstreamRq5xx = registry.counter(prefix + "downstream_rq_5xx");
    }

    /**
     * Counts an answer 1xx, behind which another one comes.
     *
     * @param counters of the loop.
     */
    void interim(final LoopCounters counters)
    {
        counters.increment(downstreamRq1xx);
    }

    /**
     * Counts a request that has ended.
     *
     * @param counters of the loop.
     * @param status   that it was answered with, 0 when no answer was begun.
     */
    void response(final LoopCounters counters, final int status)
    {
        counters.increment(downstreamRqCompleted);
        switch (status / 100)
        {
            case 1 -> counters.increment(downstreamRq1xx);
            case 2 -> counters.increment(downstreamRq2xx);
            case 3 -> counters.increment(downstreamRq3xx);
            case 4 -> counters.increment(downstreamRq4xx);
            case 5 -> counters.increment(downstreamRq5xx);
            default ->
            {
                // No response was sent.
            }
        }
    }
}
