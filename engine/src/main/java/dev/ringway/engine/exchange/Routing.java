package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.RequestHead;
import dev.ringway.engine.counters.HttpCounters;
import dev.ringway.engine.counters.LoopCounters;
import dev.ringway.engine.filter.FilterSettings;
import dev.ringway.engine.memory.LoopMemory;
import dev.ringway.engine.route.ClusterNames;
import dev.ringway.engine.route.HashPolicy;
import dev.ringway.engine.route.MetadataMatch;
import dev.ringway.engine.route.RequestView;
import dev.ringway.engine.route.Route;
import dev.ringway.engine.route.RouteTable;
import dev.ringway.engine.snapshot.Endpoint;
import dev.ringway.engine.snapshot.HttpConnectionManager;
import dev.ringway.engine.upstream.HeaderEdits;

/**
 * What is to be done with a request, who sent it, and what it may upgrade to. Reused with its exchange. Loop thread only.
 */
final class Routing
{
    private final Upgrade upgrade = new Upgrade();
    private final AskedValues asked;
    private final ForwardedClient client = new ForwardedClient();
    private Route route;
    private long random;
    private int namedCluster;
    private Endpoint endpoint;

    Routing(final LoopMemory memory)
    {
        asked = new AskedValues(memory);
    }

    /**
     * A request begins.
     *
     * @param number that it has drawn by chance, for its whole life.
     */
    void begin(final long number)
    {
        random = number;
    }

    /**
     * Looks for the route of a request.
     *
     * @param exchanges  of the loop.
     * @param downstream whose request it is.
     * @param request    its head.
     * @param id         tells whether it is internal.
     * @param http       configuration that holds for it.
     */
    void find(
        final Exchanges exchanges,
        final DownstreamSink downstream,
        final RequestHead request,
        final RequestId id,
        final HttpConnectionManager http)
    {
        final RouteTable table = http.routeTable();
        final boolean isHttps = !table.asksScheme() || RequestScheme.isHttps(downstream, request, http);
        final long absent = table.hasConditions() ? RequestDrops.absent(request, http, id) : 0;
        final RequestView view = exchanges.view().of(request, absent, isHttps, id.isInternal(), random);
        if (table.asksScheme())
        {
            view.saysHttps(
                RequestScheme.forwardedProto(downstream, request, http) == RequestScheme.HTTPS);
        }
        if (id.isOwn() && !request.isCompleted())
        {
            view.requestId(id.buffer(), RequestIds.LENGTH);
        }
        route = table.match(view);
        namedCluster = ClusterNames.NONE;
        if (route != null && route.forward().split() != null)
        {
            route = route.forward().split().pick(view);
        }
        if (route != null && route.forward().target().clusterField() != null)
        {
            namedCluster = view.select(route.forward().target().clusterField()) ?
                route.forward().names().find(view.buffer(), view.offset(), view.length()) : ClusterNames.NONE;
        }
    }

    /**
     * Looks whether a request may upgrade to what it asks for.
     *
     * @param counters of the loop.
     * @param request  its head.
     * @param http     configuration that holds for it.
     * @param hasBody  whether a body follows.
     * @return null when it may, or what it is told.
     */
    LocalReply upgrade(
        final LoopCounters counters, final RequestHead request, final HttpConnectionManager http, final boolean hasBody)
    {
        return request.upgrade() || request.tunnel() ? upgrade.begin(counters, request, http, route, hasBody) : null;
    }

    /**
     * The request is to take its route.
     *
     * @param counters of the loop.
     * @param ids      of its connection manager.
     * @return null when it has one, or what it is told.
     */
    LocalReply settle(final LoopCounters counters, final HttpCounters ids)
    {
        counters.increment(ids.rqTotal);
        if (route == null)
        {
            counters.increment(ids.noRoute);
            return LocalReply.NO_ROUTE;
        }
        return null;
    }

    /** Who sent the request, where others have told it. */
    ForwardedClient client()
    {
        return client;
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

    /**
     * Keeps what the route's answers say of the request, if they say something of it; nothing when memory has run out.
     *
     * @param view  lent for it.
     * @param head  of the request, as it is now.
     * @param edits what becomes of it.
     * @param shown shows them.
     */
    void keepAsked(
        final RequestView view, final RequestHead head, final HeaderEdits edits, final LoggedHead shown)
    {
        if (hasAsked())
        {
            asked.keep(route.response().asked(),
                view.of(head, 0, edits.target().isHttps(), false, 0).with(shown.of(edits)));
        }
    }

    /** Whether the route's answers say something of the request that is not kept yet. */
    boolean lacksAsked()
    {
        return hasAsked() && !asked.isKept();
    }

    private boolean hasAsked()
    {
        return route != null && route.response() != null && !route.response().asked().isEmpty();
    }

    /** What the route's answers say of the request. */
    AskedValues asked()
    {
        return asked;
    }

    /** The endpoint that the request is sent to now. */
    void onEndpoint(final Endpoint picked)
    {
        endpoint = picked;
    }

    Endpoint endpoint()
    {
        return endpoint;
    }

    /** Whether there is a route and it sends the request on. */
    boolean isForwarded()
    {
        return route != null && route.kind() == Route.Kind.CLUSTER;
    }

    /** Id of the cluster, or -1 when there is none. */
    int clusterId()
    {
        return namedCluster == ClusterNames.NONE ? route.forward().clusterId() :
            route.forward().names().id(namedCluster);
    }

    /** Name of the cluster, empty when there is none. */
    String clusterName()
    {
        if (route == null)
        {
            return "";
        }
        return namedCluster == ClusterNames.NONE ? route.forward().clusterName() :
            route.forward().names().name(namedCluster);
    }

    /** Name of the cluster that a request was meant for and did not get to; empty when there is none. */
    String loggedCluster()
    {
        return isForwarded() && clusterId() >= 0 ? clusterName() : "";
    }

    /** What the client is told when there is no such cluster. */
    LocalReply noCluster()
    {
        return LocalReply.noCluster(route.forward().notFoundStatus());
    }

    /** Its hash policy, or null. */
    HashPolicy hashPolicy()
    {
        return route == null ? null : route.forward().hashPolicy();
    }

    /** What endpoints must have, or null. */
    MetadataMatch metadataMatch()
    {
        return route == null ? null : route.forward().target().metadataMatch();
    }

    boolean isHighPriority()
    {
        return route != null && route.forward().isHighPriority();
    }

    /** The number that the request has drawn. */
    long random()
    {
        return random;
    }

    /** What it says to filters, or null. */
    FilterSettings filters()
    {
        return route == null ? null : route.filters();
    }

    /** Whether the endpoint gets the plain bytes of the tunnel that was asked for. */
    boolean endsTunnel()
    {
        return upgrade.isTunnel() && route.forward().upgrades().endsTunnels();
    }

    Upgrade upgrade()
    {
        return upgrade;
    }

    void end()
    {
        asked.end();
        route = null;
        endpoint = null;
    }
}
