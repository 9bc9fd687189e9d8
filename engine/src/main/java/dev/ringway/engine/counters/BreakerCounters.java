package dev.ringway.engine.counters;

/**
 * Ids of the gauges {@code cluster.<name>.circuit_breakers.<priority>.*}: each is 1 while its bound is reached.
 */
public final class BreakerCounters
{
    /** No further connection is opened. */
    public final int cxOpen;

    /** No further request waits. */
    public final int rqPendingOpen;

    /** No further request is sent. */
    public final int rqOpen;

    /** No further request is sent again. */
    public final int rqRetryOpen;

    /** Has the ids stay those of these counters. */
    private final Object lease;

    /**
     * @param registry gives out the ids.
     * @param prefix   of the cluster and the priority, with a dot at its end.
     */
    BreakerCounters(final CounterRegistry registry, final String prefix)
    {
        lease = registry.lease();
        cxOpen = registry.gauge(prefix + "cx_open");
        rqPendingOpen = registry.gauge(prefix + "rq_pending_open");
        rqOpen = registry.gauge(prefix + "rq_open");
        rqRetryOpen = registry.gauge(prefix + "rq_retry_open");
    }
}
