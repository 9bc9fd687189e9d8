package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.HttpMethod;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.codecs.http.ResponseHead;
import dev.ringway.engine.accesslog.ResponseFlag;
import dev.ringway.engine.counters.HttpCounters;
import dev.ringway.engine.counters.LoopCounters;
import dev.ringway.engine.route.RequestRules;
import dev.ringway.engine.route.Route;
import dev.ringway.engine.snapshot.HttpConnectionManager;
import dev.ringway.engine.snapshot.TcpProxy;
import dev.ringway.engine.upstream.ClusterState;
import dev.ringway.engine.upstream.HeaderEdits;
import dev.ringway.engine.upstream.UpstreamFailure;
import dev.ringway.engine.upstream.UpstreamHandler;
import dev.ringway.engine.upstream.UpstreamSession;

/**
 * One request with its response, or one TCP relay. Everything that passes between a client and an endpoint passes
 * through here, whatever the protocols of the two sides. Pooled. Loop thread only.
 */
public final class Exchange implements UpstreamHandler
{
    private static final long NANOS_PER_MILLI = 1_000_000L;
    private static final String VIA_UPSTREAM = "via_upstream";

    private final Exchanges exchanges;
    private final RequestHead request;
    private final ExchangeLog log;
    private final HeadBlock headBlock;
    private final RequestId id = new RequestId();
    private Phase phase = Phase.DECODE;
    private DownstreamSink downstream;
    private UpstreamSession upstream;
    private HttpConnectionManager http;
    private TcpProxy tcp;
    private ClusterState cluster;
    private Route route;
    private long startNs;
    private long requestEndNs;
    private long deadlineNs;
    private long requestBytes;
    private long responseBytes;
    private int status;
    private int flags;
    private boolean isRequestEnded;
    private boolean isResponseEnded;
    private boolean isRequestPaused;
    private boolean isResponsePaused;
    private String detail = "";

    Exchange(final Exchanges exchanges, final int maxHeaders)
    {
        this.exchanges = exchanges;
        request = new RequestHead(maxHeaders);
        log = new ExchangeLog(exchanges);
        headBlock = new HeadBlock(exchanges.memory());
    }

    /**
     * @return the request's head, filled by the session's parser before {@link #onRequestHead}.
     */
    public RequestHead request()
    {
        return request;
    }

    /**
     * DECODE: a request head is there.
     *
     * @param sink    the client's side.
     * @param manager configuration that holds for this request.
     * @param isEnd   whether no body follows.
     */
    public void onRequestHead(final DownstreamSink sink, final HttpConnectionManager manager, final boolean isEnd)
    {
        downstream = sink;
        http = manager;
        startNs = exchanges.nowNs();
        isRequestEnded = isEnd;
        requestEndNs = isEnd ? startNs : 0;
        final LoopCounters counters = exchanges.counters();
        final HttpCounters ids = manager.counters();
        counters.increment(ids.downstreamRqTotal);
        counters.increment(ids.downstreamRqHttp1Total);
        counters.increment(ids.downstreamRqActive);
        exchanges.onStart();
        final RequestRules rules = manager.requestRules();
        final int verdict = rules == RequestRules.NONE ? RequestFixer.PASS :
            exchanges.requestFixer().apply(request, headBlock, rules);
        exchanges.headerRules().identify(sink, request.headers(), manager, id);
        log.onRequest(manager.accessLogs(), sink, request, id, startNs);
        deadline();
        if (verdict == RequestFixer.PASS)
        {
            route();
        }
        else
        {
            refuse(verdict);
        }
    }

    private void refuse(final int verdict)
    {
        if (verdict == RequestFixer.REDIRECT)
        {
            exchanges.counters().increment(http.counters().downstreamRqRedirectedWithNormalizedPath);
            final HeaderEdits edits = exchanges.responseEdits();
            exchanges.requestFixer().addLocation(edits);
            reply(RequestFixer.REDIRECT_STATUS, LocalReply.PATH_REJECTED.body(), edits, 0,
                LocalReply.PATH_REJECTED.detail());
        }
        else if (verdict == RequestFixer.REJECT_ABSOLUTE)
        {
            exchanges.counters().increment(http.counters().downstreamRqNonRelativePath);
            reply(LocalReply.ABSOLUTE_REJECTED);
        }
        else
        {
            reply(verdict == RequestFixer.REJECT_PATH ? LocalReply.PATH_REJECTED : LocalReply.OVERLOADED);
        }
    }

    /**
     * ROUTE: what to do with the request.
     */
    private void route()
    {
        phase = Phase.ROUTE;
        if (request.upgrade())
        {
            exchanges.counters().increment(http.counters().downstreamRqWsOnNonWsRoute);
            reply(LocalReply.UPGRADE_UNSUPPORTED);
            return;
        }
        route = request.methodId() == HttpMethod.CONNECT ? null : http.routeTable().match(request);
        if (route == null)
        {
            exchanges.counters().increment(http.counters().noRoute);
            reply(LocalReply.NO_ROUTE);
            return;
        }
        exchanges.counters().increment(http.counters().rqTotal);
        switch (route.kind())
        {
            case DIRECT_RESPONSE ->
            {
                exchanges.counters().increment(http.counters().rqDirectResponse);
                final HeaderEdits edits = exchanges.responseEdits();
                reply(route.status(), route.body(), edits, 0, "direct_response");
            }
            case REDIRECT ->
            {
                exchanges.counters().increment(http.counters().rqRedirect);
                final HeaderEdits edits = exchanges.responseEdits();
                Redirects.write(request, route, edits);
                reply(route.status(), route.body(), edits, 0, "direct_response");
            }
            default -> acquire();
        }
    }

    /**
     * ACQUIRE: a session to an endpoint of the cluster.
     */
    private void acquire()
    {
        phase = Phase.ACQUIRE;
        cluster = exchanges.upstreams().cluster(route.clusterId());
        if (cluster == null)
        {
            exchanges.counters().increment(http.counters().noCluster);
            reply(LocalReply.NO_CLUSTER);
            return;
        }
        final int result = cluster.acquireHttp1(this);
        if (result != ClusterState.ACQUIRED)
        {
            reply(LocalReply.of(result));
        }
        else if (phase == Phase.ACQUIRE && !headBlock.keep(request))
        {
            cluster.cancelWaiting(this);
            reply(LocalReply.OVERLOADED);
        }
    }

    /**
     * Gives the request a host of its own, before {@link #onRequestHead}.
     *
     * @param host bytes, not empty.
     * @return false when memory has run out.
     */
    public boolean takeHost(final byte[] host)
    {
        final int at = headBlock.append(request, host, host.length);
        if (at >= 0)
        {
            request.authority(at, host.length);
        }
        return at >= 0;
    }

    /**
     * Starts a TCP relay.
     *
     * @param sink  the client's side.
     * @param proxy configuration.
     */
    public void onRelay(final DownstreamSink sink, final TcpProxy proxy)
    {
        downstream = sink;
        tcp = proxy;
        startNs = exchanges.nowNs();
        exchanges.onStart();
        log.onRelay(proxy.accessLogs(), sink, startNs);
        touch();
        phase = Phase.ACQUIRE;
        cluster = exchanges.upstreams().cluster(proxy.clusterId());
        if (cluster == null)
        {
            exchanges.counters().increment(proxy.counters().downstreamCxNoRoute);
            flags |= ResponseFlag.NO_CLUSTER;
            end(false, false);
            return;
        }
        final int result = cluster.acquireTcp(this);
        if (result != ClusterState.ACQUIRED)
        {
            onUpstreamFailed(result);
        }
    }

    /**
     * SEND_UP: a session is there.
     */
    public void onUpstreamReady(final UpstreamSession session)
    {
        upstream = session;
        log.onUpstream(session.hostText());
        final boolean hasWaited = headBlock.isTaken();
        phase = Phase.SEND_UP;
        if (http != null)
        {
            final HeaderEdits edits = exchanges.requestEdits(downstream, request, http, route, id);
            if (!session.sendHead(request, edits, isRequestEnded))
            {
                giveUp(edits.isTooLong() ? LocalReply.HEAD_TOO_LONG : LocalReply.OVERLOADED);
                return;
            }
            headBlock.release();
        }
        if (hasWaited)
        {
            downstream.resumeRequest();
        }
    }

    /**
     * A piece of the request body, or of a relay's bytes from the client.
     *
     * @param offset in the slab, leased during the call.
     * @param length may be 0 with the end.
     * @param isEnd  whether nothing follows.
     */
    public void onRequestData(final int offset, final int length, final boolean isEnd)
    {
        requestBytes += length;
        if (isEnd)
        {
            isRequestEnded = true;
            requestEndNs = exchanges.nowNs();
        }
        if (upstream == null)
        {
            return;
        }
        if (!upstream.sendData(offset, length, isEnd))
        {
            giveUp(LocalReply.OVERLOADED);
            return;
        }
        touch();
        if (upstream.isAboveHighWater())
        {
            downstream.pauseRequest();
            onRequestPaused();
        }
        if (isEnd && isResponseEnded)
        {
            end(true, false);
        }
    }

    /**
     * The request ends with trailers.
     *
     * @param trailers read during the call, not empty.
     */
    public void onRequestTrailers(final HeaderTable trailers)
    {
        isRequestEnded = true;
        requestEndNs = exchanges.nowNs();
        if (upstream == null)
        {
            return;
        }
        if (!upstream.sendTrailers(trailers))
        {
            giveUp(LocalReply.OVERLOADED);
            return;
        }
        touch();
        if (isResponseEnded)
        {
            end(true, false);
        }
    }

    private void onRequestPaused()
    {
        if (!isRequestPaused)
        {
            isRequestPaused = true;
            exchanges.counters().increment(http != null ?
                http.counters().downstreamFlowControlPausedReadingTotal :
                tcp.counters().downstreamFlowControlPausedReadingTotal);
        }
    }

    private void onResponsePaused()
    {
        if (!isResponsePaused)
        {
            isResponsePaused = true;
            exchanges.counters().increment(
                cluster.cluster().counters().upstreamFlowControlPausedReadingTotal);
        }
    }

    /**
     * @return whether {@link #onRequestData} may be called: an endpoint is there, or what comes is dropped.
     */
    public boolean takesRequestData()
    {
        return phase != Phase.ACQUIRE;
    }

    /**
     * @return whether the endpoint's side cannot take more for now: {@link DownstreamSink#resumeRequest} comes.
     */
    public boolean isRequestPaused()
    {
        return upstream != null && upstream.isAboveHighWater();
    }

    /**
     * SEND_DOWN: a response head.
     */
    public void onResponseHead(final ResponseHead head, final boolean isEnd)
    {
        touch();
        final boolean isInterim = head.status() < 200;
        final HeaderEdits edits = exchanges.responseEdits();
        if (isInterim)
        {
            exchanges.counters().increment(http.counters().downstreamRq1xx);
            exchanges.counters().increment(cluster.cluster().counters().upstreamRq1xx);
        }
        else
        {
            phase = Phase.SEND_DOWN;
            status = head.status();
            exchanges.prepareResponse(edits, head, http, id, startNs);
            detail = VIA_UPSTREAM;
            log.onResponse(head, exchanges.nowNs() - startNs);
            log.addresses(downstream, upstream);
            exchanges.countUpstreamResponse(cluster.cluster().counters(), status);
        }
        leaveUpstream(isEnd);
        if (!downstream.sendHead(head, edits, isEnd))
        {
            abort(ResponseFlag.OVERLOAD);
        }
        else if (isEnd)
        {
            endResponse();
        }
    }

    /**
     * A piece of the response.
     */
    public void onResponseData(final int offset, final int length, final boolean isEnd)
    {
        responseBytes += length;
        leaveUpstream(isEnd);
        touch();
        if (!downstream.sendData(offset, length, isEnd))
        {
            abort(ResponseFlag.OVERLOAD);
            return;
        }
        if (isEnd)
        {
            endResponse();
        }
        else if (downstream.isAboveHighWater())
        {
            upstream.pauseReading();
            onResponsePaused();
        }
    }

    /**
     * The response ends with trailers.
     */
    public void onResponseTrailers(final HeaderTable trailers)
    {
        leaveUpstream(true);
        if (downstream.sendTrailers(trailers))
        {
            endResponse();
        }
        else
        {
            abort(ResponseFlag.OVERLOAD);
        }
    }

    /** The session of an HTTP response that has ended is the pool's again, also when the request goes on. */
    private void leaveUpstream(final boolean isResponseEnd)
    {
        if (isResponseEnd && http != null)
        {
            upstream = null;
        }
    }

    private void endResponse()
    {
        isResponseEnded = true;
        if (http != null)
        {
            if (!isRequestEnded)
            {
                exchanges.counters().increment(http.counters().downstreamRqResponseBeforeRqComplete);
            }
            else
            {
                exchanges.counters().record(cluster.cluster().counters().upstreamRqTime,
                    (exchanges.nowNs() - requestEndNs) / NANOS_PER_MILLI);
            }
            end(isRequestEnded, false);
        }
        else if (isRequestEnded)
        {
            end(true, false);
        }
    }

    /**
     * There is no response, or it was cut.
     */
    public void onUpstreamFailed(final int failure)
    {
        upstream = null;
        if (http == null)
        {
            flags |= LocalReply.of(failure).flag();
            end(false, failure == UpstreamFailure.RESET);
        }
        else if (phase == Phase.SEND_DOWN)
        {
            exchanges.counters().increment(http.counters().rqResetAfterDownstreamResponseStarted);
            abort(LocalReply.of(failure).flag());
        }
        else
        {
            exchanges.countUpstreamResponse(cluster.cluster().counters(), LocalReply.of(failure).status());
            reply(LocalReply.of(failure));
        }
    }

    /**
     * The endpoint's side can take more.
     */
    public void onUpstreamDrained()
    {
        if (isRequestPaused)
        {
            isRequestPaused = false;
            exchanges.counters().increment(http != null ?
                http.counters().downstreamFlowControlResumedReadingTotal :
                tcp.counters().downstreamFlowControlResumedReadingTotal);
        }
        downstream.resumeRequest();
    }

    /**
     * The client's side can take more.
     */
    public void onDownstreamDrained()
    {
        if (upstream != null)
        {
            if (isResponsePaused)
            {
                isResponsePaused = false;
                exchanges.counters().increment(
                    cluster.cluster().counters().upstreamFlowControlResumedReadingTotal);
            }
            upstream.resumeReading();
        }
    }

    /**
     * The client is gone.
     *
     * @param isReset whether by a reset.
     */
    public void onDownstreamClosed(final boolean isReset)
    {
        flags |= ResponseFlag.DOWNSTREAM_CONNECTION_TERMINATION;
        if (http != null)
        {
            exchanges.counters().increment(http.counters().downstreamRqRxReset);
        }
        release(isReset);
    }

    /**
     * The rest of the request's body cannot be taken.
     *
     * @param reply what the client is told if it has not been told anything yet.
     */
    public void onDownstreamError(final LocalReply reply)
    {
        giveUp(reply);
    }

    private void deadline()
    {
        final long idleNs = streamIdleNs();
        deadlineNs = idleNs == 0 ? Long.MAX_VALUE : startNs + idleNs;
    }

    private long streamIdleNs()
    {
        return route != null && route.idleTimeoutNs() >= 0 ? route.idleTimeoutNs() : http.streamIdleTimeoutNs();
    }

    private void touch()
    {
        if (http != null)
        {
            final long idleNs = streamIdleNs();
            deadlineNs = idleNs == 0 ? Long.MAX_VALUE : exchanges.nowNs() + idleNs;
        }
        else
        {
            deadlineNs = tcp.idleTimeoutNs() == 0 ? Long.MAX_VALUE : exchanges.nowNs() + tcp.idleTimeoutNs();
        }
    }

    /**
     * @return when {@link #onDeadline} is due, or {@link Long#MAX_VALUE}.
     */
    public long deadlineNs()
    {
        return Math.min(deadlineNs, Math.min(responseDeadlineNs(), requestDeadlineNs()));
    }

    private long responseDeadlineNs()
    {
        return isRequestEnded && route != null && route.timeoutNs() > 0 ?
            requestEndNs + route.timeoutNs() : Long.MAX_VALUE;
    }

    private long requestDeadlineNs()
    {
        return !isRequestEnded && http != null && http.requestTimeoutNs() > 0 ?
            startNs + http.requestTimeoutNs() : Long.MAX_VALUE;
    }

    /**
     * A time-out has come.
     *
     * @param nowNs time of the duty cycle.
     */
    public void onDeadline(final long nowNs)
    {
        final LoopCounters counters = exchanges.counters();
        if (http == null)
        {
            counters.increment(tcp.counters().idleTimeout);
            end(true, false);
        }
        else if (responseDeadlineNs() <= nowNs)
        {
            if (cluster != null)
            {
                counters.increment(cluster.cluster().counters().upstreamRqTimeout);
            }
            giveUp(LocalReply.RESPONSE_TIMEOUT);
        }
        else if (requestDeadlineNs() <= nowNs)
        {
            counters.increment(http.counters().downstreamRqTimeout);
            giveUp(LocalReply.REQUEST_TIMEOUT);
        }
        else
        {
            counters.increment(http.counters().downstreamRqIdleTimeout);
            giveUp(LocalReply.STREAM_IDLE);
        }
    }

    private void giveUp(final LocalReply reply)
    {
        detach(false);
        if (phase == Phase.SEND_DOWN || http == null)
        {
            abort(reply.flag());
        }
        else
        {
            reply(reply);
        }
    }

    private void reply(final LocalReply reply)
    {
        reply(reply.status(), reply.body(), exchanges.responseEdits(), reply.flag(), reply.detail());
    }

    private void reply(
        final int replyStatus, final byte[] body, final HeaderEdits edits, final int flag, final String why)
    {
        phase = Phase.SEND_DOWN;
        status = replyStatus;
        flags |= flag;
        detail = why;
        responseBytes = body.length;
        isResponseEnded = true;
        exchanges.prepareLocalReply(edits, http, id, body.length > 0);
        log.onLocalReply(body.length > 0);
        if (downstream.sendLocalReply(replyStatus, body, edits))
        {
            end(isRequestEnded, false);
        }
        else
        {
            abort(ResponseFlag.OVERLOAD);
        }
    }

    private void abort(final int flag)
    {
        flags |= flag;
        if (http != null)
        {
            exchanges.counters().increment(http.counters().downstreamRqTxReset);
        }
        end(false, false);
    }

    private void end(final boolean isComplete, final boolean isReset)
    {
        final DownstreamSink sink = downstream;
        release(isReset);
        sink.onExchangeEnded(isComplete, isReset);
    }

    /**
     * LOG and back to the pool.
     */
    private void release(final boolean isReset)
    {
        log.addresses(downstream, upstream);
        detach(isReset);
        headBlock.release();
        if (http != null)
        {
            exchanges.countResponse(http.counters(), status);
            exchanges.counters().decrement(http.counters().downstreamRqActive);
            exchanges.counters().record(
                http.counters().downstreamRqTime, (exchanges.nowNs() - startNs) / NANOS_PER_MILLI);
        }
        log.onEnd(
            status, flags, detail, cluster == null ? "" : cluster.cluster().name(), route == null ? "" : route.name(),
            requestBytes, responseBytes, http != null && isRequestEnded ? requestEndNs - startNs : -1,
            exchanges.nowNs() - startNs,
            http != null ? http.counters().accessLogDropped : tcp.counters().accessLogDropped);
        phase = Phase.DONE;
        downstream = null;
        http = null;
        tcp = null;
        cluster = null;
        route = null;
        requestBytes = 0;
        responseBytes = 0;
        requestEndNs = 0;
        deadlineNs = Long.MAX_VALUE;
        status = 0;
        flags = 0;
        detail = "";
        isRequestEnded = false;
        isResponseEnded = false;
        isRequestPaused = false;
        isResponsePaused = false;
        exchanges.onEnd();
        exchanges.release(this);
    }

    private void detach(final boolean isReset)
    {
        if (upstream != null)
        {
            if (tcp != null && !isReset && upstream.connection().queuedBytes() > 0)
            {
                exchanges.counters().increment(tcp.counters().upstreamFlushTotal);
            }
            upstream.cancel(isReset);
            upstream = null;
        }
        else if (phase == Phase.ACQUIRE && cluster != null)
        {
            cluster.cancelWaiting(this);
        }
    }

    /**
     * Makes it ready for its next use.
     */
    void start()
    {
        phase = Phase.DECODE;
    }
}
