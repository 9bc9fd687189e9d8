package dev.ringway.engine.filter;

import dev.ringway.engine.counters.CounterRegistry;

import java.util.List;

/**
 * The filters of a connection manager before its router, in the order in which requests pass them; a manager whose router
 * stands alone has none of this. Immutable.
 *
 * @param places     one for each filter, at least one.
 * @param exceptions id of the counter of what filters threw.
 * @param requestsTooLarge  id of the counter of requests of which more was to be gathered than the limit.
 * @param responsesTooLarge id of that of responses.
 * @param errors     where that is noted.
 */
public record HttpFilters(
    List<Place> places, int exceptions, int requestsTooLarge, int responsesTooLarge, FilterErrors errors)
{
    /**
     * @param registry   gives out the counter {@code http.<stat_prefix>.filter_exception}.
     * @param statPrefix of the connection manager.
     * @param places     one for each filter, at least one.
     * @param errors     where what filters throw is noted.
     */
    public HttpFilters(
        final CounterRegistry registry, final String statPrefix, final List<Place> places, final FilterErrors errors)
    {
        this(List.copyOf(places), registry.counter("http." + statPrefix + ".filter_exception"),
            registry.counter("http." + statPrefix + ".downstream_rq_too_large"),
            registry.counter("http." + statPrefix + ".rs_too_large"), errors);
    }

    /**
     * One filter of the chain.
     *
     * @param name     in the configuration, by which routes have settings for it.
     * @param factory  makes the filters.
     * @param disabled whether it does nothing unless a route says otherwise.
     */
    public record Place(String name, HttpFilterFactory factory, boolean disabled)
    {
    }
}
