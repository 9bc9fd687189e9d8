package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.engine.accesslog.AccessLogRing;
import dev.ringway.engine.accesslog.AccessRecord;
import dev.ringway.engine.accesslog.LogStrings;
import dev.ringway.engine.accesslog.ResponseFlag;
import dev.ringway.engine.conn.ByteMeter;
import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.counters.ClusterCounters;
import dev.ringway.engine.counters.HttpCounters;
import dev.ringway.engine.counters.LoopCounters;
import dev.ringway.engine.filter.ConnectionRefusal;
import dev.ringway.engine.loop.EventLoop;
import dev.ringway.engine.memory.LoopMemory;
import dev.ringway.engine.route.RequestView;
import dev.ringway.engine.route.Route;
import dev.ringway.engine.snapshot.AccessLogSink;
import dev.ringway.engine.snapshot.HttpConnectionManager;
import dev.ringway.engine.snapshot.Snapshot;
import dev.ringway.engine.upstream.ClusterState;
import dev.ringway.engine.upstream.HeaderEdits;
import dev.ringway.engine.upstream.UpstreamSession;
import dev.ringway.engine.upstream.Upstreams;

import org.agrona.concurrent.UnsafeBuffer;

import java.util.ArrayDeque;
import java.util.List;

/**
 * All exchanges of one loop and what they share. Loop thread only.
 */
public final class Exchanges
{
    private static final byte[] TRUE = "true".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    /** A request that is no call of gRPC. */
    static final int NOT_GRPC = -1;

    /** Detail of a connection that no filter chain is for. */
    static final String NO_CHAIN = "filter_chain_not_found";

    /** Most header fields of a head, whatever is configured. */
    public static final int MAX_HEADERS = 256;
    /** Header fields that a request's head has room for, those that it gains before it is routed included. */
    static final int MAX_REQUEST_FIELDS = MAX_HEADERS + 16;

    private static final long NANOS_PER_MILLI = 1_000_000L;

    private final EventLoop loop;
    private final Upstreams upstreams;
    private final RequestHeaderRules requestHeaders;
    private final ResponseHeaderRules responseHeaders;
    /** Noted at connections of HTTP/2, beside bits of {@link ResponseFlag}. */
    public static final int HTTP2_NOTED = 1 << 31;

    private final LoneRecords loneRecords;
    private final LoggedHead loggedHead = new LoggedHead();
    private final LoggedClient loggedClient = new LoggedClient(this);
    private final ForwardedFor forwardedFor = new ForwardedFor();
    private final RequestFixer requestFixer = new RequestFixer();
    private final RequestView view = new RequestView();
    private final RetryWaits retryWaits;
    private final RequestTurns turns;
    private final ArrayDeque<Exchange> free = new ArrayDeque<>(256);
    private final AccessLogRing accessLogRing;
    private final FilterPools filterPools = new FilterPools(this);
    private final Mirrors mirrors;
    private final ShadowHead shadowHead = new ShadowHead();
    private long accessLogDropped;
    private int active;

    /**
     * @param loop      that owns them.
     * @param upstreams of that loop.
     * @param accessLogRing takes the records of finished exchanges.
     */
    public Exchanges(final EventLoop loop, final Upstreams upstreams, final AccessLogRing accessLogRing)
    {
        this.loop = loop;
        this.upstreams = upstreams;
        this.accessLogRing = accessLogRing;
        final FieldChanger changer = new FieldChanger(loop.slotAddresses().buffer());
        requestHeaders = new RequestHeaderRules(loop, changer);
        responseHeaders = new ResponseHeaderRules(loop, changer);
        loneRecords = new LoneRecords(this);
        LogStrings.register(NO_CHAIN);
        mirrors = new Mirrors(this);
        turns = new RequestTurns(loop);
        retryWaits = new RetryWaits(loop.clock(), loop.clock().epochNs(loop.clock().nowNs()) ^ loop.index());
    }

    /**
     * Takes over a snapshot.
     *
     * @param fresh new configuration.
     */
    public void adopt(final Snapshot fresh)
    {
        upstreams.adopt(fresh);
        filterPools.adopt();
        requestFixer.prepare(fresh.changesPaths());
        view.forget();
        requestHeaders.forget();
    }

    /**
     * Takes an exchange whose head is to be parsed into.
     *
     * @return exchange; ends by itself, or is given back with {@link #release} when no request came of it.
     */
    public Exchange acquire()
    {
        Exchange exchange = free.pollLast();
        if (exchange == null)
        {
            exchange = new Exchange(this, MAX_REQUEST_FIELDS);
        }
        return exchange;
    }

    /**
     * Gives an exchange back.
     *
     * @param exchange from {@link #acquire}.
     */
    public void release(final Exchange exchange)
    {
        free.addLast(exchange);
    }

    /**
     * @return exchanges that have started and not ended.
     */
    public int active()
    {
        return active;
    }

    void onStart()
    {
        active++;
    }

    void onRequest(final HttpCounters ids, final boolean isHttp2)
    {
        active++;
        final LoopCounters counters = loop.counters();
        counters.increment(ids.downstreamRqTotal);
        counters.increment(isHttp2 ? ids.downstreamRqHttp2Total : ids.downstreamRqHttp1Total);
        counters.increment(ids.downstreamRqActive);
    }

    void onEnd()
    {
        active--;
    }

    EventLoop loop()
    {
        return loop;
    }

    FilterPools filterPools()
    {
        return filterPools;
    }

    Mirrors mirrors()
    {
        return mirrors;
    }

    /** Lent to whoever begins mirrors. */
    ShadowHead shadowHead()
    {
        return shadowHead;
    }

    long nowNs()
    {
        return loop.clock().nowNs();
    }

    LoopCounters counters()
    {
        return loop.counters();
    }

    LoopMemory memory()
    {
        return loop.memory();
    }

    Upstreams upstreams()
    {
        return upstreams;
    }

    ForwardedFor forwardedFor()
    {
        return forwardedFor;
    }

    /** Lent to whoever asks something of a request, until the next one does. */
    RequestView view()
    {
        return view;
    }

    RequestHeaderRules requestHeaders()
    {
        return requestHeaders;
    }

    /** What the answer to a request that {@link RequestFixer} refused has beside status and text. */
    HeaderEdits refusalEdits(final int verdict)
    {
        final HeaderEdits edits = responseHeaders.begin();
        if (verdict == RequestFixer.REDIRECT)
        {
            requestFixer.addLocation(edits);
        }
        return edits;
    }

    LocalReply refusal(final int verdict, final HttpCounters ids)
    {
        if (verdict == RequestFixer.REDIRECT)
        {
            loop.counters().increment(ids.downstreamRqRedirectedWithNormalizedPath);
            return LocalReply.PATH_REDIRECTED;
        }
        if (verdict == RequestFixer.REJECT_ABSOLUTE)
        {
            loop.counters().increment(ids.downstreamRqNonRelativePath);
            return LocalReply.ABSOLUTE_REJECTED;
        }
        if (verdict == RequestFixer.REJECT_PATH)
        {
            loop.counters().increment(ids.downstreamRqFailedPathNormalization);
            return LocalReply.PATH_REJECTED;
        }
        return LocalReply.OVERLOADED;
    }

    RequestTurns turns()
    {
        return turns;
    }

    RetryWaits retryWaits()
    {
        return retryWaits;
    }

    LoggedHead loggedHead()
    {
        return loggedHead;
    }

    LoggedClient loggedClient()
    {
        return loggedClient;
    }

    RequestFixer requestFixer()
    {
        return requestFixer;
    }

    /**
     * @param head       of a request whose route answers by itself.
     * @param downstream whose request it is.
     * @param routing    has that route.
     * @param http       its connection manager.
     * @return what the answer has beside status and text.
     */
    HeaderEdits routeReply(
        final RequestHead head, final DownstreamSink downstream, final Routing routing, final HttpConnectionManager http)
    {
        final Route route = routing.route();
        final HeaderEdits edits = responseHeaders.begin();
        loop.counters().increment(http.counters().rqDirectResponse);
        // Of what was created too (RFC 9110, 10.2.2).
        final int status = route.answer().status();
        if (status / 100 == 3 || status == 201)
        {
            requestHeaders.redirects().write(head, RequestScheme.isHttps(downstream, head, http),
                RequestScheme.forwardedProto(downstream, head, http), route, edits);
        }
        responseHeaders.change(edits, null, status, head, downstream, routing);
        return edits;
    }

    /** What the route says of fields of an answer that is made here in place of an endpoint's. */
    HeaderEdits failureEdits(
        final RequestHead head,
        final DownstreamSink downstream,
        final Routing routing,
        final HttpConnectionManager http,
        final int status,
        final boolean isOverflow)
    {
        final HeaderEdits edits = responseHeaders.begin();
        if (isOverflow && !http.suppressEnvoyHeaders())
        {
            edits.add(HeaderName.X_ENVOY_OVERLOADED, TRUE);
        }
        responseHeaders.change(edits, null, status, head, downstream, routing);
        return edits;
    }

    /**
     * Counts a time-out.
     *
     * @param times   of the exchange, one of which is over.
     * @param nowNs   time of the duty cycle.
     * @param ids     counters of its connection manager.
     * @param cluster where its request went, or null.
     * @param session that has its request, or null.
     * @return the answer that the time-out has.
     */
    LocalReply timeOut(
        final ExchangeTimes times,
        final long nowNs,
        final HttpCounters ids,
        final ClusterState cluster,
        final UpstreamSession session)
    {
        final LoopCounters counters = loop.counters();
        if (times.durationDeadlineNs() <= nowNs)
        {
            counters.increment(ids.downstreamRqMaxDurationReached);
            return times.isRequestEnded() ? LocalReply.DURATION_WAITING : LocalReply.DURATION;
        }
        final boolean isWhole = times.responseDeadlineNs() <= nowNs;
        final boolean isTry = times.tryDeadlineNs() <= nowNs;
        if (isWhole || isTry || times.tryIdleDeadlineNs() <= nowNs)
        {
            if (session != null)
            {
                session.onTimeout(times.isQuiet());
            }
            if (cluster != null)
            {
                final ClusterCounters clusterIds = cluster.cluster().counters();
                counters.increment(isWhole ? clusterIds.upstreamRqTimeout :
                    isTry ? clusterIds.upstreamRqPerTryTimeout : clusterIds.upstreamRqPerTryIdleTimeout);
            }
            return isWhole ? LocalReply.RESPONSE_TIMEOUT : isTry ? LocalReply.TRY_TIMEOUT : LocalReply.TRY_IDLE_TIMEOUT;
        }
        if (times.requestDeadlineNs() <= nowNs)
        {
            counters.increment(ids.downstreamRqTimeout);
            return LocalReply.REQUEST_TIMEOUT;
        }
        counters.increment(ids.downstreamRqIdleTimeout);
        return times.isRequestEnded() ? LocalReply.STREAM_IDLE_WAITING : LocalReply.STREAM_IDLE;
    }

    ResponseHeaderRules responseHeaders()
    {
        return responseHeaders;
    }

    /** Of a head that is changed next; those of the one before are of no use then. */
    HeaderEdits responseEdits()
    {
        return responseHeaders.begin();
    }

    /**
     * Sends a whole answer made here. One to a request of gRPC is a success for HTTP, in counters and logs too, as with
     * Envoy: what failed is the call.
     *
     * @param grpcStatus that a call gets, or {@link #NOT_GRPC}.
     * @param filters    that have seen it, or null.
     * @return false when memory has run out.
     */
    boolean sendReply(
        final DownstreamSink downstream,
        final HeaderEdits edits,
        final HttpConnectionManager http,
        final RequestId id,
        final int status,
        final byte[] body,
        final int grpcStatus,
        final FilterRun filters)
    {
        final HeaderTable seen = filters == null ? null : filters.replyFields();
        if (seen != null)
        {
            final HeaderEdits after = responseHeaders.begin();
            responseHeaders.finish(after, seen, http, id);
            return filters.sendReply(downstream, after, status, body);
        }
        if (grpcStatus != NOT_GRPC)
        {
            responseHeaders.grpcReply(edits, http, id, grpcStatus, body);
            return downstream.sendGrpcReply(status, edits);
        }
        responseHeaders.localReply(edits, http, id, body.length > 0);
        return downstream.sendLocalReply(status, body, edits);
    }

    /**
     * Records a request that never became an exchange.
     *
     * @param http       connection manager.
     * @param connection of the client.
     * @param isHttp2    whether it came in HTTP/2.
     * @param head       where it could be read, or null.
     * @param meter      of what went over the wire, or null.
     * @param headLength bytes of the answer's head, 0 without an answer.
     * @param startNs    when its first byte came.
     * @param reply      what it was answered.
     */
    public void recordRefusal(
        final HttpConnectionManager http,
        final Connection connection,
        final boolean isHttp2,
        final RequestHead head,
        final ByteMeter meter,
        final int headLength,
        final long startNs,
        final LocalReply reply)
    {
        if (!http.accessLogs().isEmpty())
        {
            loneRecords.onRefusal(http, connection, isHttp2, head, meter, headLength, startNs, reply);
        }
    }

    /**
     * Records a connection of a listener that has ended.
     *
     * @param sinks      of the listener, not empty.
     * @param connection that is gone.
     * @param hasChain   whether it had a filter chain.
     * @param isHttp     whether that is one of a connection manager.
     * @param refusal    why it was not served; {@link ResponseFlag#NO_ROUTE} where no chain was for it.
     * @param droppedId  counts the record when the log thread does not keep up.
     */
    public void recordConnection(
        final List<AccessLogSink> sinks,
        final Connection connection,
        final boolean hasChain,
        final boolean isHttp,
        final ConnectionRefusal refusal,
        final int droppedId)
    {
        loneRecords.onConnection(sinks, connection, hasChain, isHttp, refusal, droppedId);
    }

    /**
     * Edits for the answer to a request that never became an exchange.
     *
     * @param http    connection manager.
     * @param hasBody whether the answer has a text.
     * @return edits, valid until the next answer.
     */
    public HeaderEdits refusalEdits(final HttpConnectionManager http, final boolean hasBody)
    {
        final HeaderEdits edits = responseHeaders.begin();
        responseHeaders.refusal(edits, http, hasBody);
        return edits;
    }

    void countUpstreamResponse(final ClusterCounters ids, final int status, final boolean isInternal)
    {
        final LoopCounters counters = loop.counters();
        ids.statuses.response(counters, status, isInternal);
        counters.increment(ids.upstreamRqCompleted);
        switch (status / 100)
        {
            case 1 -> counters.increment(ids.upstreamRq1xx);
            case 2 -> counters.increment(ids.upstreamRq2xx);
            case 3 -> counters.increment(ids.upstreamRq3xx);
            case 4 -> counters.increment(ids.upstreamRq4xx);
            case 5 -> counters.increment(ids.upstreamRq5xx);
            default ->
            {
                // Of no class.
            }
        }
    }

    void countInterim(final HttpCounters ids, final ClusterCounters clusterIds)
    {
        ids.interim(loop.counters());
        loop.counters().increment(clusterIds.upstreamRq1xx);
    }

    /** An endpoint's response has come to its end, maybe before its request. */
    void countWhole(final HttpCounters ids, final ClusterCounters clusterIds, final ExchangeTimes times)
    {
        if (times.isRequestEnded())
        {
            loop.counters().record(clusterIds.upstreamRqTime, (nowNs() - times.requestEndNs()) / NANOS_PER_MILLI);
        }
        else
        {
            loop.counters().increment(ids.downstreamRqResponseBeforeRqComplete);
        }
    }

    /** What is no longer under way is counted by then: whoever reads meanwhile may rely on it. */
    void countResponse(final HttpCounters ids, final Outcome outcome, final long startNs)
    {
        final LoopCounters counters = loop.counters();
        counters.record(ids.downstreamRqTime, (nowNs() - startNs) / NANOS_PER_MILLI);
        if (!outcome.isHealthCheck() && outcome.status() != 0)
        {
            ids.response(counters, outcome.status());
        }
        counters.decrement(ids.downstreamRqActive);
    }

    UnsafeBuffer slotAddresses()
    {
        return loop.slotAddresses().buffer();
    }

    long epochNs(final long monotonicNs)
    {
        return loop.clock().epochNs(monotonicNs);
    }

    void publish(final AccessRecord record, final int droppedId)
    {
        if (!accessLogRing.publish(record))
        {
            accessLogDropped++;
            loop.counters().increment(droppedId);
        }
    }

    /**
     * @return access records dropped because the log thread did not keep up.
     */
    public long accessLogDropped()
    {
        return accessLogDropped;
    }
}
