package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.RequestHead;
import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.route.HashPolicy;
import dev.ringway.engine.route.MetadataMatch;
import dev.ringway.engine.route.RequestView;
import dev.ringway.engine.snapshot.Endpoint;
import dev.ringway.engine.snapshot.HttpConnectionManager;
import dev.ringway.engine.upstream.Destination;
import dev.ringway.engine.upstream.HeaderEdits;
import dev.ringway.engine.upstream.SessionNeeds;

/**
 * What an exchange needs of its next session, by its route and by what became of those before. Reused with its exchange.
 * Loop thread only.
 */
final class Needs implements SessionNeeds
{
    private final Exchanges exchanges;
    private final RequestHead request;
    private final Routing routing;
    private final Retrying retrying;
    private final Affinity affinity;
    private final RequestId id;
    private DownstreamSink downstream;
    private HttpConnectionManager http;

    Needs(final ExchangeState state)
    {
        exchanges = state.exchanges;
        request = state.request;
        routing = state.routing;
        retrying = state.retrying;
        affinity = state.affinity;
        id = state.id;
    }

    /** The connection manager is null for a TCP relay. */
    void begin(final DownstreamSink sink, final HttpConnectionManager manager)
    {
        downstream = sink;
        http = manager;
    }

    void end()
    {
        downstream = null;
        http = null;
        affinity.end();
    }

    /**
     * {@inheritDoc}
     */
    public long hash()
    {
        final HashPolicy policy = routing.hashPolicy();
        if (policy != null && !affinity.isHashed())
        {
            affinity.take(policy, downstream, policy.asksRequest() ? goingOn() : exchanges.view().of(request));
            request.headers().restore();
        }
        return affinity.hash();
    }

    /**
     * The request as it goes on: as Envoy, which changes its head before it looks for an endpoint. What was taken out
     * of it is to be restored then.
     */
    private RequestView goingOn()
    {
        // What it lost on its way to an endpoint before is there again.
        request.headers().restore();
        return changed(exchanges, request, exchanges.requestHeaders().sought(downstream, request, http, routing, id, 0));
    }

    /** A request as edits make it. */
    static RequestView changed(final Exchanges exchanges, final RequestHead request, final HeaderEdits edits)
    {
        return exchanges.view().of(request, 0, edits.target().isHttps(), false, 0)
            .with(exchanges.loggedHead().of(edits));
    }

    /**
     * {@inheritDoc}
     */
    public MetadataMatch metadataMatch()
    {
        return routing.metadataMatch();
    }

    /**
     * {@inheritDoc}
     */
    public int morePicks()
    {
        return retrying.morePicks();
    }

    /**
     * {@inheritDoc}
     */
    public boolean avoids(final Endpoint endpoint)
    {
        return retrying.hasTried(endpoint);
    }

    /**
     * {@inheritDoc}
     */
    public boolean asksUpgrade()
    {
        return routing.upgrade().protocol() != null && routing.upgrade().isPending();
    }

    /**
     * {@inheritDoc}
     */
    public boolean wantsFresh()
    {
        return retrying.wantsFresh();
    }

    /**
     * {@inheritDoc} A relay has no request that could tell.
     */
    public void askDestination(final Destination destination)
    {
        if (routing.route() != null && destination.rules().header() != null)
        {
            ask(goingOn(), destination);
            request.headers().restore();
        }
        final Connection connection = downstream.connection();
        if (!destination.isKnown() && connection.addresses().isLocalRestored())
        {
            destination.ofSocket(exchanges.slotAddresses(), connection.addresses().local());
        }
    }

    /** Looks whether a request tells where it is to go; its rules name a field. */
    static void ask(final RequestView view, final Destination destination)
    {
        if (view.select(destination.rules().header()))
        {
            destination.ofText(view.buffer(), view.offset(), view.length());
        }
    }
}
