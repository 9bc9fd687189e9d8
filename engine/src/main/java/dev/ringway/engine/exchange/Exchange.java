package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.Grpc;
import dev.ringway.codecs.http.GrpcTimeout;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.HttpMethod;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.codecs.http.ResponseHead;
import dev.ringway.engine.accesslog.ResponseFlag;
import dev.ringway.engine.route.RequestRules;
import dev.ringway.engine.route.Route;
import dev.ringway.engine.route.StreamDuration;
import dev.ringway.engine.snapshot.HttpConnectionManager;
import dev.ringway.engine.snapshot.TcpProxy;
import dev.ringway.engine.upstream.ClusterState;
import dev.ringway.engine.upstream.HeaderEdits;
import dev.ringway.engine.upstream.UpstreamFailure;
import dev.ringway.engine.upstream.UpstreamHandler;
import dev.ringway.engine.upstream.UpstreamSession;

/**
 * One request with its response, which may become a relay of another protocol, or one TCP relay. Everything that passes between a client and an endpoint passes
 * through here, whatever the protocols of the two sides. Pooled. Loop thread only.
 */
public final class Exchange implements UpstreamHandler
{
    private final Exchanges exchanges;
    private final RequestHead request;
    private final ExchangeLog log;
    private final HeadBlock headBlock;
    private final RequestId id = new RequestId();
    private final ExchangeTimes times = new ExchangeTimes();
    private final ReadingPauses pauses = new ReadingPauses();
    private final Outcome outcome = new Outcome();
    private final Routing routing = new Routing();
    private final Upgrade upgrade = routing.upgrade();
    private Phase phase = Phase.DECODE;
    private DownstreamSink downstream;
    private UpstreamSession upstream;
    private HttpConnectionManager http;
    private TcpProxy tcp;
    private ClusterState cluster;
    private boolean isResponseEnded;
    private boolean isRetried;
    private boolean isGrpc;

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
        times.limit(StreamDuration.NONE.limitNs(GrpcTimeout.NONE, manager.maxStreamDurationNs()));
        if (isEnd)
        {
            times.onRequestEnd(nowNs);
        }
        isGrpc = Grpc.isRequest(request.headers());
        exchanges.onRequest(manager.counters(), request.http2());
        final int verdict = manager.requestRules() == RequestRules.NONE ? RequestFixer.PASS :
            exchanges.requestFixer().apply(request, headBlock, manager.requestRules());
        exchanges.headerRules().identify(sink, request.headers(), manager, id);
        log.onRequest(manager, sink, request, id, nowNs);
        if (verdict == RequestFixer.PASS)
        {
            route();
        }
        else
        {
            reply(exchanges.refusal(verdict, http.counters()), exchanges.refusalEdits(verdict));
        }
    }

    /**
     * ROUTE: what to do with the request.
     */
    private void route()
    {
        phase = Phase.ROUTE;
        final LocalReply refusal = routing.find(exchanges.counters(), request, http, !times.isRequestEnded());
        if (refusal != null)
        {
            reply(refusal);
            return;
        }
        final Route route = routing.route();
        times.onRoute(route.idleTimeoutNs(), route.timeoutNs());
        if (route.duration() != StreamDuration.NONE)
        {
            times.limit(HeaderRules.limitNs(request.headers(), route, http));
        }
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
            final HeaderEdits edits = exchanges.routeReply(request, downstream, route, http);
            reply(route.status(), route.body(), edits, Outcome.DIRECT_RESPONSE, Grpc.statusOf(route.status()));
        }
    }

    /**
     * ACQUIRE: a session to an endpoint of the cluster.
     */
    private void acquire()
    {
        phase = Phase.ACQUIRE;
        cluster = exchanges.upstreams().cluster(routing.route().clusterId());
        if (cluster == null)
        {
            exchanges.counters().increment(http.counters().noCluster);
            reply(LocalReply.NO_CLUSTER);
            return;
        }
        final int result = cluster.acquireHttp(this);
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
        return headBlock.takeHost(request, host);
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
            outcome.flag(ResponseFlag.NO_CLUSTER);
            end(false, false);
            return;
        }
        final int result = cluster.acquireTcp(this, sink.connection());
        if (result != ClusterState.ACQUIRED)
        {
            onUpstreamFailed(result);
        }
    }

    /**
     * Asked while it acquires a session.
     */
    public boolean asksUpgrade()
    {
        return upgrade.isPending();
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
                downstream, request, http, routing.route(), id, times.expectedNs());
            edits.protocol(upgrade.protocol());
            if (!session.sendHead(request, edits, times.isRequestEnded() && !upgrade.isPending()))
            {
                giveUp(edits.isTooLong() ? LocalReply.HEAD_TOO_LONG : LocalReply.OVERLOADED);
                return;
            }
            if (isRetried || !session.mayRefuse() || !times.isRequestEnded() || !headBlock.keep(request))
            {
                headBlock.release();
            }
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
        outcome.addRequestBytes(length);
        if (isEnd)
        {
            times.onRequestEnd(exchanges.nowNs());
        }
        if (upstream != null)
        {
            onSentUp(upstream.sendData(offset, length, isEnd), isEnd);
        }
    }

    private void onSentUp(final boolean isSent, final boolean isEnd)
    {
        if (!isSent)
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
        times.onRequestEnd(exchanges.nowNs());
        if (upstream != null)
        {
            onSentUp(upstream.sendTrailers(trailers), true);
        }
    }

    /**
     * @return whether {@link #onRequestData} may be called: an endpoint is there and speaks the client's protocol, or
     *         what comes is dropped.
     */
    public boolean takesRequestData()
    {
        return phase != Phase.ACQUIRE && !upgrade.isPending();
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
        final HeaderEdits edits = exchanges.responseEdits();
        if (head.status() < 200)
        {
            exchanges.countInterim(http.counters(), cluster.cluster().counters());
        }
        else
        {
            phase = Phase.SEND_DOWN;
            headBlock.release();
            times.onResponseHead();
            exchanges.prepareResponse(edits, head, http, id, times.startNs());
            outcome.answered(head.status(), Outcome.VIA_UPSTREAM);
            log.onResponse(head, exchanges.nowNs() - times.startNs());
            log.onConnections(downstream, upstream);
            exchanges.countUpstreamResponse(cluster.cluster().counters(), head.status());
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
     * The endpoint agrees to another protocol: a relay from now on.
     */
    public void onUpgraded(final ResponseHead head, final UpstreamSession relay)
    {
        final boolean isEnded = request.http2() && times.isRequestEnded();
        phase = Phase.SEND_DOWN;
        upstream = relay;
        headBlock.release();
        upgrade.open();
        times.onUpgrade(exchanges.nowNs(), isEnded);
        outcome.answered(Upgrade.SWITCHING, Outcome.VIA_UPSTREAM);
        log.onResponse(head, exchanges.nowNs() - times.startNs());
        exchanges.countUpstreamResponse(cluster.cluster().counters(), Upgrade.SWITCHING);
        final DownstreamSink asker = downstream;
        final DownstreamSink sink = asker.upgrade(head, exchanges.upgradeEdits(head, http, id, upgrade.protocol()));
        if (sink == null || isEnded && !relay.sendData(0, 0, true))
        {
            abort(ResponseFlag.OVERLOAD);
            return;
        }
        downstream = sink;
        log.onConnections(sink, relay);
        asker.resumeRequest();
    }

    /** Whether bytes pass as they are, in both directions. */
    private boolean isRelay()
    {
        return http == null || upgrade.isOpen();
    }

    /**
     * A piece of the response.
     */
    public void onResponseData(final int offset, final int length, final boolean isEnd)
    {
        outcome.addResponseBytes(length);
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
        if (isResponseEnd && !isRelay())
        {
            upstream = null;
        }
    }

    private void endResponse()
    {
        isResponseEnded = true;
        if (!isRelay())
        {
            exchanges.countWhole(http.counters(), cluster.cluster().counters(), times);
            end(times.isRequestEnded(), false);
        }
        else if (times.isRequestEnded())
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
        if (isRelay())
        {
            exchanges.countCut(http);
            outcome.flag(LocalReply.of(failure).flag());
            end(false, UpstreamFailure.isReset(failure));
        }
        else if (phase == Phase.SEND_DOWN)
        {
            exchanges.countCut(http);
            abort(LocalReply.of(failure).flag());
        }
        else if (failure == UpstreamFailure.REFUSED && headBlock.isTaken() && !isRetried)
        {
            isRetried = true;
            exchanges.counters().increment(cluster.cluster().counters().upstreamRqRetry);
            acquire();
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
        outcome.flag(ResponseFlag.DOWNSTREAM_CONNECTION_TERMINATION);
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
        outcome.cut(LocalReply.OVERLOADED);
        if (http != null)
        {
            exchanges.counters().increment(http.counters().downstreamRqTxReset);
        }
        release(true);
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
            giveUp(exchanges.timeOut(times, nowNs, http.counters(), cluster, upstream));
        }
    }

    /**
     * Ends it before its time: what the client still says cannot be taken, or what it should be sent cannot be had.
     *
     * @param reply what the client is told if it has not been told anything yet.
     */
    public void giveUp(final LocalReply reply)
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
        reply(reply, exchanges.responseEdits());
    }

    private void reply(final LocalReply reply, final HeaderEdits edits)
    {
        outcome.flag(reply.flag());
        reply(reply.status(), reply.body(), edits, reply.detail(), reply.grpc());
    }

    private void reply(
        final int status, final byte[] body, final HeaderEdits edits, final String why, final int grpcStatus)
    {
        phase = Phase.SEND_DOWN;
        isResponseEnded = true;
        outcome.answered(isGrpc ? Grpc.HTTP_STATUS : status, why);
        outcome.addResponseBytes(isGrpc || request.methodId() == HttpMethod.HEAD ? 0 : body.length);
        log.onLocalReply(isGrpc, body.length > 0);
        if (exchanges.sendReply(downstream, edits, http, id, status, body, isGrpc ? grpcStatus : Exchanges.NOT_GRPC))
        {
            end(times.isRequestEnded(), false);
        }
        else
        {
            abort(ResponseFlag.OVERLOAD);
        }
    }

    private void abort(final int flag)
    {
        outcome.flag(flag);
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
            upgrade.end(exchanges.counters(), http.counters());
            exchanges.countResponse(http.counters(), outcome.status(), times.startNs());
        }
        log.onEnd(outcome, cluster == null ? "" : cluster.cluster().name(), routing.routeName(),
            http != null && times.isRequestEnded() ? times.requestNs() : -1, exchanges.nowNs() - times.startNs(),
            http != null ? http.counters().accessLogDropped : tcp.counters().accessLogDropped);
        phase = Phase.DONE;
        downstream = null;
        http = null;
        tcp = null;
        cluster = null;
        routing.end();
        times.end();
        outcome.reset();
        isResponseEnded = false;
        isRetried = false;
        pauses.reset();
        exchanges.onEnd();
        exchanges.release(this);
    }

    private void detach(final boolean isReset)
    {
        if (upstream != null)
        {
            exchanges.countFlush(tcp, upstream, isReset);
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
