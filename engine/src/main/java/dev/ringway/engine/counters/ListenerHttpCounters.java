package dev.ringway.engine.counters;

/**
 * Ids of the counters {@code listener.<address>.http.<stat_prefix>.*}; names and meaning as in Envoy's statistics of a
 * listener's connection manager.
 */
public final class ListenerHttpCounters
{
    /** Requests answered. */
    public final int downstreamRqCompleted;

    /** Responses 1xx. */
    public final int downstreamRq1xx;

    /** Responses 2xx. */
    public final int downstreamRq2xx;

    /** Responses 3xx. */
    public final int downstreamRq3xx;

    /** Responses 4xx. */
    public final int downstreamRq4xx;

    /** Responses 5xx. */
    public final int downstreamRq5xx;

    /**
     * @param registry   gives out the ids.
     * @param listener   name of the listener in stats.
     * @param statPrefix of the connection manager.
     */
    ListenerHttpCounters(final CounterRegistry registry, final String listener, final String statPrefix)
    {
        final String prefix = "listener." + listener + ".http." + statPrefix + ".";
        downstreamRqCompleted = registry.counter(prefix + "downstream_rq_completed");
        downstreamRq1xx = registry.counter(prefix + "downstream_rq_1xx");
        downstreamRq2xx = registry.counter(prefix + "downstream_rq_2xx");
        downstreamRq3xx = registry.counter(prefix + "downstream_rq_3xx");
        downstreamRq4xx = registry.counter(prefix + "downstream_rq_4xx");
        downstreamRq5xx = registry.counter(prefix + "downstream_rq_5xx");
    }

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
