package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.RequestHead;
import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.route.HashPolicy;
import dev.ringway.engine.route.MetadataMatch;
import dev.ringway.engine.route.RequestView;
import dev.ringway.engine.snapshot.Endpoint;
import dev.ringway.engine.snapshot.HttpConnectionManager;
import dev.ringway.engine.upstream.Destination;
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
    private DownstreamSink downstream;
    private HttpConnectionManager http;

    Needs(
        final Exchanges exchanges,
        final RequestHead request,
        final Routing routing,
        final Retrying retrying,
        final Affinity affinity)
    {
        this.exchanges = exchanges;
        this.request = request;
        this.routing = routing;
        this.retrying = retrying;
        this.affinity = affinity;
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
        return policy == null ? NO_HASH : affinity.hash(policy, downstream, http, request);
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
        if (routing.route() != null)
        {
            ask(exchanges, request, destination);
        }
        final Connection connection = downstream.connection();
        if (!destination.isKnown() && connection.addresses().isLocalRestored())
        {
            destination.ofSocket(exchanges.slotAddresses(), connection.addresses().local());
        }
    }

    /** Looks whether a request tells where it is to go. */
    static void ask(final Exchanges exchanges, final RequestHead request, final Destination destination)
    {
        if (destination.rules().header() != null)
        {
            final RequestView view = exchanges.view().of(request);
            if (view.select(destination.rules().header()))
            {
                destination.ofText(view.buffer(), view.offset(), view.length());
            }
        }
    }
}
