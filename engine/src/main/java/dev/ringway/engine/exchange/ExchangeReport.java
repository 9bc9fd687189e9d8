package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.Grpc;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.HttpMethod;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.codecs.http.ResponseHead;
import dev.ringway.engine.accesslog.AccessProtocol;
import dev.ringway.engine.accesslog.ResponseFlag;
import dev.ringway.engine.conn.ByteMeter;
import dev.ringway.engine.counters.LoopCounters;
import dev.ringway.engine.route.FieldChanges;
import dev.ringway.engine.snapshot.Cluster;
import dev.ringway.engine.snapshot.HttpConnectionManager;
import dev.ringway.engine.snapshot.LoggedField.Place;
import dev.ringway.engine.snapshot.TcpProxy;
import dev.ringway.engine.upstream.ClusterState;
import dev.ringway.engine.upstream.HeaderEdits;
import dev.ringway.engine.upstream.UpstreamSession;

/**
 * What one exchange leaves behind: counts, and its record in the access log. Reused with its exchange. Loop thread
 * only.
 */
final class ExchangeReport
{
    private final Exchanges exchanges;
    private final ExchangeLog log;
    private final Outcome outcome = new Outcome();
    private final ByteMeter meter = new ByteMeter();
    private final ReadingPauses pauses = new ReadingPauses();
    private HttpConnectionManager http;
    private TcpProxy tcp;

    ExchangeReport(final Exchanges exchanges)
    {
        this.exchanges = exchanges;
        log = new ExchangeLog(exchanges, meter);
    }

    Outcome outcome()
    {
        return outcome;
    }

    /** Counts a request, before anything of it is decided. */
    void onStart(final HttpConnectionManager manager, final boolean isHttp2)
    {
        http = manager;
        exchanges.onRequest(manager.counters(), isHttp2);
    }

    /** See {@link ExchangeLog#onRequest}. */
    void onRequest(
        final DownstreamSink downstream,
        final RequestHead request,
        final RequestId id,
        final boolean isRouted,
        final long startNs)
    {
        log.onRequest(http, downstream, request, id, isRouted, startNs);
    }

    /** See {@link ExchangeLog#onFiltered}. */
    void onFiltered(final DownstreamSink downstream, final RequestHead request, final RequestId id)
    {
        log.onFiltered(http, downstream, request, id);
    }

    /** See {@link ExchangeLog#onSent}. */
    void onSent(
        final DownstreamSink downstream,
        final RequestHead request,
        final RequestId id,
        final HeaderEdits edits,
        final FieldChanges changes)
    {
        log.onSent(http, downstream, request, id, edits, changes);
    }

    void onRelay(final TcpProxy proxy, final DownstreamSink downstream, final long startNs)
    {
        tcp = proxy;
        exchanges.onStart();
        log.onRelay(proxy.accessLogs(), downstream, startNs);
    }

    /** See {@link ExchangeLog#onFields}. */
    void onFields(final Place place, final HeaderTable fields, final HeaderEdits edits)
    {
        log.onFields(place, fields, edits);
    }

    /** See {@link ExchangeLog#onFilteredResponse}. */
    void onFilteredResponse(final HeaderTable headers)
    {
        log.onFilteredResponse(headers);
    }

    /** See {@link ExchangeLog#onReplyFields}. */
    void onReplyFields(final HeaderTable fields, final HeaderEdits edits, final int length)
    {
        log.onReplyFields(fields, edits, length);
    }

    void onUpstream(final UpstreamSession session, final Routing routing, final ClusterState cluster)
    {
        final boolean isHttp = http != null && !routing.endsTunnel();
        log.onUpstream(session,
            isHttp ? AccessProtocol.of(cluster.cluster().http2() != null, 1) : AccessProtocol.NONE);
    }

    /** The connection to the endpoint did not come to be, and nothing was sent. */
    void onUnconnected(final ExchangeTimes times)
    {
        times.onUnsent();
        log.onUnconnected();
    }

    void onInterim(final ClusterState cluster)
    {
        exchanges.countInterim(http.counters(), cluster.cluster().counters());
    }

    /** The endpoint has answered; an upgrade counts as 101 whatever HTTP/2 says. */
    void onAnswer(final ResponseHead head, final int status, final ClusterState cluster, final long startNs)
    {
        outcome.answered(status, Outcome.VIA_UPSTREAM);
        log.onResponse(head, exchanges.nowNs() - startNs);
        if (!outcome.isHealthCheck())
        {
            exchanges.countUpstreamResponse(cluster.cluster().counters(), status, outcome.isInternal());
        }
    }

    void onTrailers(final HeaderTable trailers)
    {
        log.onStatus(trailers);
        log.onFields(Place.TRAILER, trailers, null);
    }

    /** The answer is made here; a call gets the status of gRPC. */
    void onReply(
        final RequestHead request, final int grpcStatus, final int status, final int length, final String why)
    {
        final boolean isGrpc = grpcStatus != Exchanges.NOT_GRPC;
        outcome.answered(isGrpc ? Grpc.HTTP_STATUS : status, why);
        outcome.addResponseBytes(isGrpc || request.methodId() == HttpMethod.HEAD ? 0 : length);
        log.onLocalReply(grpcStatus, length > 0);
    }

    /** A relay ends out of order, see {@link dev.ringway.engine.accesslog.AccessClosing}; requests do not tell. */
    void onClosing(final int how)
    {
        if (http == null)
        {
            log.onClosing(how);
        }
    }

    /** See {@link LoggedTimes}. */
    LoggedTimes times()
    {
        return log.times();
    }

    void onConnections(final DownstreamSink downstream, final UpstreamSession upstream)
    {
        log.onConnections(downstream, upstream);
    }

    /** Counts what goes over the wire on the endpoint's side. */
    ByteMeter meter()
    {
        return meter;
    }

    /** All has gone over the wire that will be told; the client's side has counted its own. */
    void onWire(final ByteMeter downstream)
    {
        log.onWire(downstream);
    }

    void pauseRequest()
    {
        pauses.pauseRequest(exchanges.counters(), http, tcp);
    }

    void resumeRequest()
    {
        pauses.resumeRequest(exchanges.counters(), http, tcp);
    }

    void pauseResponse(final ClusterState cluster)
    {
        pauses.pauseResponse(exchanges.counters(), cluster.cluster().counters());
    }

    void resumeResponse(final ClusterState cluster)
    {
        pauses.resumeResponse(exchanges.counters(), cluster.cluster().counters());
    }

    /** The endpoint's answer, or what it says behind an upgrade, was cut. */
    void onEndpointCut()
    {
        if (http != null)
        {
            exchanges.counters().increment(http.counters().rqResetAfterDownstreamResponseStarted);
        }
    }

    /** The client gave up; a stream may have gone alone. */
    void onClientReset(final boolean isStream)
    {
        if (http != null)
        {
            outcome.flag(ResponseFlag.DOWNSTREAM_CONNECTION_TERMINATION);
            exchanges.counters().increment(http.counters().downstreamRqRxReset);
            outcome.cut(0, isStream ? outcome.detail() : Outcome.CLIENT_GONE);
        }
    }

    /** The client is cut off. */
    void onReset()
    {
        if (http != null)
        {
            exchanges.counters().increment(http.counters().downstreamRqTxReset);
        }
    }

    void onEnd(
        final ClusterState cluster, final Routing routing, final Retrying retrying, final ExchangeTimes times)
    {
        final LoopCounters counters = exchanges.counters();
        if (http != null)
        {
            routing.upgrade().end(counters, http.counters());
            exchanges.countResponse(http.counters(), outcome, times.startNs());
        }
        log.attempts(cluster == null ? 0 : retrying.attempts());
        final String name = cluster == null ? routing.loggedCluster() : cluster.cluster().name();
        log.onEnd(outcome, name, metadata(cluster, name, routing), routing, times, http != null,
            http != null ? http.counters().accessLogDropped : tcp.counters().accessLogDropped);
        outcome.reset();
        meter.reset();
        pauses.reset();
        http = null;
        tcp = null;
    }

    /** What is said of the cluster, or null. */
    private String metadata(final ClusterState cluster, final String name, final Routing routing)
    {
        if (cluster != null)
        {
            return cluster.cluster().metadata();
        }
        final Cluster meant = name.isEmpty() ? null : exchanges.upstreams().settings(routing.clusterId());
        return meant == null ? null : meant.metadata();
    }
}
