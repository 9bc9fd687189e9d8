package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.Grpc;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.engine.accesslog.ResponseFlag;
import dev.ringway.engine.snapshot.HttpConnectionManager;
import dev.ringway.engine.upstream.ClusterState;
import dev.ringway.engine.upstream.HeaderEdits;

/**
 * Answers of the proxy itself, in place of an endpoint's. Reused with its exchange. Loop thread only.
 */
final class Replies
{
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

    Replies(
        final Exchange exchange,
        final Exchanges exchanges,
        final RequestId id,
        final ExchangeReport report,
        final Routing routing,
        final Retrying retrying)
    {
        this.exchange = exchange;
        this.exchanges = exchanges;
        this.id = id;
        this.report = report;
        this.routing = routing;
        this.retrying = retrying;
        request = exchange.request();
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
        reply(reply, endpointEdits(false));
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
        exchanges.countUpstreamResponse(
            cluster.cluster().counters(), reply.status(), report.outcome().isInternal());
        final HeaderEdits edits = endpointEdits(reply.flag() == ResponseFlag.UPSTREAM_OVERFLOW);
        report.outcome().flag(reply.flag());
        reply(reply.status(), reply.body(), edits, reply.detail(),
            isOfDeadline ? Grpc.DEADLINE_EXCEEDED : reply.grpc());
    }

    /** Routes have a say in answers that stand for an endpoint's. */
    private HeaderEdits endpointEdits(final boolean isOverflow)
    {
        return exchanges.failureEdits(request, downstream, routing, http, isOverflow);
    }

    /** Instead of a response that does not come any more. */
    void instead(final int status, final byte[] body, final int flag, final String why, final int grpcStatus)
    {
        report.outcome().flag(flag);
        final boolean isRouters = flag == ResponseFlag.UPSTREAM_REQUEST_TIMEOUT;
        reply(status, body, isRouters ? endpointEdits(false) : exchanges.responseEdits(), why, grpcStatus);
    }

    void reply(final LocalReply reply, final HeaderEdits edits)
    {
        report.outcome().flag(reply.flag());
        reply(reply.status(), reply.body(), edits, reply.detail(), reply.grpc());
    }

    void reply(
        final int status, final byte[] body, final HeaderEdits edits, final String why, final int grpcStatus)
    {
        final int grpc = isGrpc ? grpcStatus : Exchanges.NOT_GRPC;
        final FilterRun filters = exchange.filters();
        if (filters != null && !filters.onReply(status, body, grpc))
        {
            reply(LocalReply.FILTER_FAILED, exchanges.responseEdits());
            return;
        }
        exchange.onReply();
        report.outcome().flag(retrying.flag());
        retrying.tellClient(edits);
        report.onReply(request, grpc, status, body.length, why);
        final boolean isSent = exchanges.sendReply(downstream, edits, http, id, status, body, grpc, filters);
        report.onReplyFields(filters == null ? null : filters.replyFields(), edits,
            grpc == Exchanges.NOT_GRPC ? body.length : 0);
        exchange.onReplied(isSent);
    }
}
