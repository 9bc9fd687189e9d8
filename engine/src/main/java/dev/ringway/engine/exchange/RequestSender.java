package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.engine.route.FieldChanges;
import dev.ringway.engine.snapshot.HttpConnectionManager;
import dev.ringway.engine.upstream.ClusterState;
import dev.ringway.engine.upstream.HeaderEdits;
import dev.ringway.engine.upstream.UpstreamSession;

/**
 * Sends the request of an exchange to its endpoint: the head as the route and the connection manager leave it, then what
 * follows. Mirrors get a copy of what is sent for the first time. Reused with its exchange. Loop thread only.
 */
final class RequestSender
{
    private final Exchange exchange;
    private final Exchanges exchanges;
    private final RequestHead request;
    private final RequestId id;
    private final ExchangeTimes times;
    private final ExchangeReport report;
    private final Routing routing;
    private final Retrying retrying;
    private final Mirroring mirroring;
    private DownstreamSink downstream;
    private HttpConnectionManager http;

    RequestSender(final Exchange exchange, final ExchangeState state)
    {
        this.exchange = exchange;
        exchanges = state.exchanges;
        request = state.request;
        id = state.id;
        times = state.times;
        report = state.report;
        routing = state.routing;
        retrying = state.retrying;
        mirroring = new Mirroring(exchanges, times);
    }

    /** The connection manager is null for a TCP relay, which has no head. */
    void begin(final DownstreamSink sink, final HttpConnectionManager manager)
    {
        downstream = sink;
        http = manager;
    }

    /** The exchange is over. */
    void end()
    {
        mirroring.end();
        downstream = null;
        http = null;
    }

    /**
     * The head of the request leaves.
     *
     * @return null, or what the client is to be told because it cannot be sent.
     */
    LocalReply sendHead(final UpstreamSession session, final ClusterState cluster)
    {
        final long nowNs = exchanges.nowNs();
        routing.onEndpoint(session.endpoint());
        final HeaderEdits edits = edit(nowNs);
        if (routing.lacksAsked())
        {
            return LocalReply.OVERLOADED;
        }
        if (times.startTry(nowNs))
        {
            downstream.awaitDeadline();
        }
        final FilterRun filters = exchange.filters();
        final boolean isWhole = retrying.isAgain() ? retrying.isSentWhole() :
            times.isRequestEnded() && (filters == null || filters.isHeadOnly());
        if (!session.sendHead(request, edits, isWhole && !retrying.hasBody() && !routing.upgrade().isPending()) ||
            !retrying.onSent(session, request, isWhole))
        {
            return edits.isTooLong() ? LocalReply.HEAD_TOO_LONG : LocalReply.OVERLOADED;
        }
        if (isWhole)
        {
            times.onSent(nowNs);
        }
        if (!retrying.isAgain())
        {
            mirroring.begin(request, edits, routing, cluster, isWhole);
        }
        return null;
    }

    /** The request goes nowhere. As Envoy, which changes its head before it looks for an endpoint. */
    void onUnsent()
    {
        edit(exchanges.nowNs());
    }

    /** What becomes of the head. */
    private HeaderEdits edit(final long nowNs)
    {
        if (retrying.isAgain())
        {
            // What the route changes is changed anew.
            request.headers().restore();
        }
        final HeaderEdits edits = exchanges.requestHeaders().request(
            downstream, request, http, routing, id, times.expectedNs(nowNs, retrying.isAgain()));
        edits.protocol(routing.upgrade().protocol());
        retrying.tellEndpoint(edits);
        report.onSent(downstream, request, id, edits, routing.route().request());
        final FieldChanges changes = routing.route().request();
        if (changes != null && changes.saysAbout(HeaderName.X_REQUEST_ID))
        {
            id.onSent(Needs.changed(exchanges, request, edits));
        }
        routing.keepAsked(exchanges.view(), request, edits, exchanges.loggedHead());
        if (exchange.filters() != null)
        {
            exchange.filters().onSent(request, edits);
        }
        return edits;
    }

    /**
     * Content leaves or, where there are some, trailers.
     *
     * @return false when memory has run out.
     */
    boolean send(
        final UpstreamSession session,
        final ClusterState cluster,
        final int offset,
        final int length,
        final boolean isEnd,
        final HeaderTable trailers)
    {
        if (!(trailers == null ? session.sendData(offset, length, isEnd) : session.sendTrailers(trailers)))
        {
            return false;
        }
        retrying.onSentMore(offset, length, isEnd, trailers, cluster);
        mirroring.onSentMore(offset, length, isEnd, trailers);
        final long nowNs = exchanges.nowNs();
        times.touch(nowNs);
        if (isEnd)
        {
            times.onSent(nowNs);
        }
        return true;
    }
}
