package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.Grpc;
import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.engine.accesslog.ResponseFlag;
import dev.ringway.engine.filter.FilterAnswer;
import dev.ringway.engine.route.Route;
import dev.ringway.engine.snapshot.HttpConnectionManager;
import dev.ringway.engine.upstream.ClusterState;
import dev.ringway.engine.upstream.HeaderEdits;

/**
 * Answers of the proxy itself, in place of an endpoint's. Reused with its exchange. Loop thread only.
 */
final class Replies
{
    private static final byte[] NO_CONTENT = new byte[0];

    private final Exchange exchange;
    private final Exchanges exchanges;
    private final RequestHead request;
    private final RequestId id;
    private final ExchangeReport report;
    private final Routing routing;
    private final Retrying retrying;
    private DownstreamSink downstream;
    private HttpConnectionManager http;
    private boolean isGrpc;

    Replies(final Exchange exchange, final ExchangeState state)
    {
        this.exchange = exchange;
        exchanges = state.exchanges;
        request = state.request;
        id = state.id;
        report = state.report;
        routing = state.routing;
        retrying = state.retrying;
    }

    void begin(final DownstreamSink sink, final HttpConnectionManager manager)
    {
        downstream = sink;
        http = manager;
        isGrpc = Grpc.isRequest(request.headers());
    }

    void end()
    {
        downstream = null;
        http = null;
    }

    /** The cluster that the route names is not there. */
    void noCluster(final LocalReply reply)
    {
        exchanges.counters().increment(http.counters().noCluster);
        retrying.noAttempt();
        reply(reply);
    }

    /**
     * There is no session, and no other attempt.
     *
     * @param failure      from {@link dev.ringway.engine.upstream.UpstreamFailure}.
     * @param cluster      that was asked.
     * @param isOfDeadline whether because the time of a call was over.
     */
    void failed(final int failure, final ClusterState cluster, final boolean isOfDeadline)
    {
        final LocalReply reply = LocalReply.of(failure, retrying.isAgain());
        final String started = followsResponse() ? LocalReply.startedDetail(failure) : null;
        if (started == null)
        {
            exchanges.countUpstreamResponse(
                cluster.cluster().counters(), reply.status(), report.outcome().isInternal());
        }
        final HeaderEdits edits = edits(reply.status(), reply.flag() == ResponseFlag.UPSTREAM_OVERFLOW);
        report.outcome().flag(reply.flag());
        reply(reply.status(), reply.body(), edits, started == null ? reply.detail() : started,
            isOfDeadline ? Grpc.DEADLINE_EXCEEDED : reply.grpc());
    }

    /** Whether filters hold the response of an endpoint, which was counted when it came. */
    boolean followsResponse()
    {
        final FilterRun filters = exchange.filters();
        return filters != null && filters.hasResponse();
    }

    /** Routes that send requests on have a say in all answers to these. */
    private HeaderEdits edits(final int status, final boolean isOverflow)
    {
        final Route route = routing.route();
        if (route == null || route.kind() != Route.Kind.CLUSTER)
        {
            return exchanges.responseEdits();
        }
        if (exchange.phase() == Phase.ACQUIRE)
        {
            exchange.onUnsent();
        }
        keepAsked();
        return exchanges.failureEdits(request, downstream, routing, http, status, isOverflow);
    }

    /** What the answer is to say of the request, unless it went on before. Without memory it says nothing of it. */
    void keepAsked()
    {
        if (routing.lacksAsked())
        {
            final HeaderEdits edits = exchanges.requestHeaders().arrival(downstream, request, http, id);
            routing.keepAsked(exchanges.view(), request, edits, exchanges.loggedHead());
        }
    }

    /** What a filter gave; one that is not routed has nothing of its route, and no status of gRPC. */
    void reply(final FilterAnswer answer)
    {
        final int status = answer.status();
        reply(status, answer.body(), answer.isRouted() ? edits(status, false) : exchanges.responseEdits(),
            answer.detail(), answer.isRouted() ? answer.grpc() : Exchanges.NOT_GRPC);
    }

    void reply(final LocalReply reply)
    {
        reply(reply, edits(reply.status(), false));
    }

    void reply(final LocalReply reply, final HeaderEdits edits)
    {
        report.outcome().flag(reply.flag());
        reply(reply.status(), reply.body(), edits, reply.detail(), reply.grpc());
    }

    void reply(
        final int status, final byte[] text, final HeaderEdits edits, final String why, final int grpcStatus)
    {
        final int grpc = isGrpc ? grpcStatus : Exchanges.NOT_GRPC;
        // Such answers have no content (RFC 9110, 15.3.5 and 15.4.5): it would be taken for the next one.
        final byte[] body = grpc == Exchanges.NOT_GRPC && (status == 204 || status == 304) ? NO_CONTENT : text;
        final FilterRun filters = exchange.filters();
        if (body.length == 0 || grpc != Exchanges.NOT_GRPC)
        {
            // Whatever the route says: it is of no content, or of gRPC.
            edits.withdraw(HeaderName.CONTENT_TYPE, null);
        }
        retrying.tellClient(edits);
        if (filters != null && !filters.onReply(status, body, grpc, edits))
        {
            reply(LocalReply.FILTER_FAILED);
            return;
        }
        exchange.client().onReply();
        report.outcome().flag(retrying.flag());
        report.onReply(request, grpc, status, body.length, why);
        final boolean isSent = exchanges.sendReply(downstream, edits, http, id, status, body, grpc, filters);
        report.onReplyFields(filters == null ? null : filters.replyFields(), edits,
            grpc == Exchanges.NOT_GRPC ? body.length : 0);
        exchange.client().onReplied(isSent);
    }
}
