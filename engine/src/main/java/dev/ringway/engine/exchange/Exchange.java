package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.HttpMethod;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.codecs.http.ResponseHead;
import dev.ringway.engine.accesslog.ResponseFlag;
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
    private static final String VIA_UPSTREAM = "via_upstream";
    private static final String DIRECT_RESPONSE = "direct_response";

    private final Exchanges exchanges;
    private final RequestHead request;
    private final ExchangeLog log;
    private final HeadBlock headBlock;
    private final RequestId id = new RequestId();
    private final ExchangeTimes times = new ExchangeTimes();
    private final ReadingPauses pauses = new ReadingPauses();
    private Phase phase = Phase.DECODE;
    private DownstreamSink downstream;
    private UpstreamSession upstream;
    private HttpConnectionManager http;
    private TcpProxy tcp;
    private ClusterState cluster;
    private Route route;
    private long requestBytes;
    private long responseBytes;
    private int status;
    private int flags;
    private boolean isRequestEnded;
    private boolean isResponseEnded;
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
        final long nowNs = exchanges.nowNs();
        times.start(nowNs, manager.streamIdleTimeoutNs(), manager.requestTimeoutNs());
        if (isEnd)
        {
            isRequestEnded = true;
            times.onRequestEnd(nowNs);
        }
        exchanges.onRequest(manager.counters());
        final RequestRules rules = manager.requestRules();
        final int verdict = rules == RequestRules.NONE ? RequestFixer.PASS :
            exchanges.requestFixer().apply(request, headBlock, rules);
        exchanges.headerRules().identify(sink, request.headers(), manager, id);
        log.onRequest(manager, sink, request, id, nowNs);
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
            final HeaderEdits edits = exchanges.pathRedirect(http.counters());
            reply(RequestFixer.REDIRECT_STATUS, LocalReply.PATH_REJECTED.body(), edits, 0,
                LocalReply.PATH_REJECTED.detail());
        }
        else
        {
            reply(exchanges.refusal(verdict, http.counters()));
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
        times.onRoute(route.idleTimeoutNs(), route.timeoutNs());
        if (id.isInternal())
        {
            TimeoutFields.apply(request.headers(), times);
        }
        if (route.kind() == Route.Kind.CLUSTER)
        {
            acquire();
        }
        else
        {
            final HeaderEdits edits = exchanges.routeReply(request, route, http.counters());
            reply(route.status(), route.body(), edits, 0, DIRECT_RESPONSE);
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
        final long nowNs = exchanges.nowNs();
        times.start(nowNs, proxy.idleTimeoutNs(), 0);
        exchanges.onStart();
        log.onRelay(proxy.accessLogs(), sink, nowNs);
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
            final HeaderEdits edits = exchanges.requestEdits(
                downstream, request, http, route, id, times.expectedNs());
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
            times.onRequestEnd(exchanges.nowNs());
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
        times.touch(exchanges.nowNs());
        if (upstream.isAboveHighWater())
        {
            downstream.pauseRequest();
            pauses.pauseRequest(exchanges.counters(), http, tcp);
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
        times.onRequestEnd(exchanges.nowNs());
        if (upstream == null)
        {
            return;
        }
        if (!upstream.sendTrailers(trailers))
        {
            giveUp(LocalReply.OVERLOADED);
            return;
        }
        times.touch(exchanges.nowNs());
        if (isResponseEnded)
        {
            end(true, false);
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
        times.touch(exchanges.nowNs());
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
            times.onResponseHead();
            exchanges.prepareResponse(edits, head, http, id, times.startNs());
            detail = VIA_UPSTREAM;
            log.onResponse(head, exchanges.nowNs() - times.startNs());
            log.onConnections(downstream, upstream);
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
        times.touch(exchanges.nowNs());
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
            pauses.pauseResponse(exchanges.counters(), cluster.cluster().counters());
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
                exchanges.recordUpstreamTime(cluster.cluster().counters(), times.requestEndNs());
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
            end(false, failure == UpstreamFailure.RESET || failure == UpstreamFailure.OVERLOADED);
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
        pauses.resumeRequest(exchanges.counters(), http, tcp);
        downstream.resumeRequest();
    }

    /**
     * The client's side can take more.
     */
    public void onDownstreamDrained()
    {
        if (upstream != null)
        {
            pauses.resumeResponse(exchanges.counters(), cluster.cluster().counters());
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
     * The client is cut off because it holds much of the memory that has run out.
     */
    public void onOverload()
    {
        flags |= LocalReply.OVERLOADED.flag();
        detail = LocalReply.OVERLOADED.detail();
        if (http != null)
        {
            exchanges.counters().increment(http.counters().downstreamRqTxReset);
        }
        release(true);
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

    /**
     * @return when {@link #onDeadline} is due, or {@link Long#MAX_VALUE}.
     */
    public long deadlineNs()
    {
        return times.deadlineNs();
    }

    /**
     * A time-out has come.
     *
     * @param nowNs time of the duty cycle.
     */
    public void onDeadline(final long nowNs)
    {
        if (http == null)
        {
            exchanges.counters().increment(tcp.counters().idleTimeout);
            end(true, false);
        }
        else
        {
            final LocalReply reply = exchanges.timeOut(times, nowNs, http.counters(), cluster);
            if (upstream != null && reply.flag() == ResponseFlag.UPSTREAM_REQUEST_TIMEOUT)
            {
                upstream.onTimeout();
            }
            giveUp(reply);
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
        responseBytes = request.methodId() == HttpMethod.HEAD ? 0 : body.length;
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
        log.onConnections(downstream, upstream);
        detach(isReset);
        headBlock.release();
        if (http != null)
        {
            exchanges.countResponse(http.counters(), status, times.startNs());
        }
        log.onEnd(
            status, flags, detail, cluster == null ? "" : cluster.cluster().name(), route == null ? "" : route.name(),
            requestBytes, responseBytes, http != null && isRequestEnded ? times.requestNs() : -1,
            exchanges.nowNs() - times.startNs(),
            http != null ? http.counters().accessLogDropped : tcp.counters().accessLogDropped);
        phase = Phase.DONE;
        downstream = null;
        http = null;
        tcp = null;
        cluster = null;
        route = null;
        requestBytes = 0;
        responseBytes = 0;
        times.end();
        status = 0;
        flags = 0;
        detail = "";
        isRequestEnded = false;
        isResponseEnded = false;
        pauses.reset();
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
