package dev.ringway.engine.snapshot;

import java.util.List;

/**
 * The listener filters of a listener.
 *
 * @param all                in the order in which they look.
 * @param timeoutNs          {@code listener_filters_timeout} for all of them together, default 15 s; 0 means none.
 * @param continuesOnTimeout {@code continue_on_listener_filters_timeout}: a chain is chosen by what is known by then.
 */
public record ListenerFilters(List<ListenerFilter> all, long timeoutNs, boolean continuesOnTimeout)
{
    /** Default of {@code listener_filters_timeout}. */
    public static final long DEFAULT_TIMEOUT_NS = 15_000_000_000L;

    /** No filters. */
    public static final ListenerFilters NONE = new ListenerFilters(List.of(), DEFAULT_TIMEOUT_NS, false);

    /**
     * @return whether connections are asked where they were going.
     */
    public boolean asksDestination()
    {
        return !all.isEmpty() && all.getFirst() instanceof ListenerFilter.OriginalDestination;
    }
}
