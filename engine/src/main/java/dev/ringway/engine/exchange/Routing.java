package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.RequestHead;
import dev.ringway.engine.counters.HttpCounters;
import dev.ringway.engine.counters.LoopCounters;
import dev.ringway.engine.route.Route;
import dev.ringway.engine.snapshot.HttpConnectionManager;

/**
 * What is to be done with a request, and what it may upgrade to. Reused with its exchange. Loop thread only.
 */
final class Routing
{
    private final Upgrade upgrade = new Upgrade();
    private Route route;

    /**
     * Looks for the route of a request.
     *
     * @param counters   of the loop.
     * @param downstream whose request it is.
     * @param request    its head.
     * @param id         tells whether it is internal.
     * @param http       configuration that holds for it.
     * @param hasBody    whether a body follows.
     * @return null when it has one, or what it is told.
     */
    LocalReply find(
        final LoopCounters counters,
        final DownstreamSink downstream,
        final RequestHead request,
        final RequestId id,
        final HttpConnectionManager http,
        final boolean hasBody)
    {
        final HttpCounters ids = http.counters();
        final boolean isInClear =
            http.routeTable().hasTlsRequirements() && !HeaderRules.isHttps(downstream, request.headers(), http);
        route = http.routeTable().match(request, isInClear, id.isInternal());
        if (request.upgrade())
        {
            final LocalReply refusal = upgrade.begin(counters, request, http, route, hasBody);
            if (refusal != null)
            {
                return refusal;
            }
        }
        if (route == null)
        {
            counters.increment(ids.noRoute);
            return LocalReply.NO_ROUTE;
        }
        counters.increment(ids.rqTotal);
        return null;
    }

    /** The route, or null. */
    Route route()
    {
        return route;
    }

    /** Its name, empty when it has none. */
    String routeName()
    {
        return route == null ? "" : route.name();
    }

    Upgrade upgrade()
    {
        return upgrade;
    }

    void end()
    {
        route = null;
    }
}
