package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.Grpc;
import dev.ringway.codecs.http.HeaderTable;
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
 * One request with its response, which may become a relay of another protocol, or one TCP relay. Everything that passes
 * between a client and an endpoint passes through here, whatever the protocols of the two sides. Pooled. Loop thread
 * only.
 */
public final class Exchange implements UpstreamHandler
{
    private final Exchanges exchanges;
    private final RequestHead request;
    private final ExchangeReport report;
    private final HeadBlock headBlock;
    private final Retrying retrying;
    private final RequestId id = new RequestId();
    private final ExchangeTimes times = new ExchangeTimes();
    private final Outcome outcome;
    private final Routing routing = new Routing();
    private final Upgrade upgrade = routing.upgrade();
    private Phase phase = Phase.DECODE;
    private DownstreamSink downstream;
    private UpstreamSession upstream;
    private HttpConnectionManager http;
    private TcpProxy tcp;
    private ClusterState cluster;
    private boolean isResponseEnded;
    private boolean isGrpc;

    Exchange(final Exchanges exchanges, final int maxHeaders)
    {
        this.exchanges = exchanges;
        request = new RequestHead(maxHeaders);
        report = new ExchangeReport(exchanges);
        outcome = report.outcome();
        headBlock = new HeadBlock(exchanges.memory());
        retrying = new Retrying(exchanges, headBlock);
    }

    /**
     * {@inheritDoc} Filled by the session's parser before {@link #onRequestHead}.
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
        if (manager.maxStreamDurationNs() > 0)
        {
            times.limit(manager.maxStreamDurationNs());
        }
        if (isEnd)
        {
            times.onRequestEnd(nowNs);
        }
        isGrpc = Grpc.isRequest(request.headers());
        report.onStart(manager, request.http2());
        final int verdict = manager.requestRules() == RequestRules.NONE ? RequestFixer.PASS :
            exchanges.requestFixer().apply(request, headBlock, manager.requestRules());
        exchanges.headerRules().identify(sink, request.headers(), manager, id);
        report.onRequest(sink, request, id, nowNs);
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
        final LocalReply refusal =
            routing.find(exchanges.counters(), downstream, request, id, http, !times.isRequestEnded());
        if (refusal != null)
        {
            reply(refusal, exchanges.responseEdits());
            return;
        }
        final Route route = routing.route();
        final Route.Forward forward = route.forward();
        times.onRoute(forward.idleTimeoutNs(), forward.timeoutNs());
        if (forward.duration() != StreamDuration.NONE)
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
            final Route.Answer answer = route.answer();
            reply(answer.status(), answer.body(), edits, Outcome.DIRECT_RESPONSE, Grpc.statusOf(answer.status()));
        }
    }

    /**
     * ACQUIRE: a session to an endpoint of the cluster.
     */
    private void acquire()
    {
        phase = Phase.ACQUIRE;
        cluster = exchanges.upstreams().cluster(routing.route().forward().clusterId());
        if (cluster == null)
        {
            exchanges.counters().increment(http.counters().noCluster);
            reply(LocalReply.NO_CLUSTER, exchanges.responseEdits());
            return;
        }
        final int result = cluster.acquireHttp(this);
        if (result != ClusterState.ACQUIRED)
        {
            reply(LocalReply.of(result), exchanges.responseEdits());
        }
        else if (phase == Phase.ACQUIRE && !headBlock.keep(request))
        {
            cluster.cancelWaiting(this);
            reply(LocalReply.OVERLOADED, exchanges.responseEdits());
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
        report.onRelay(proxy, sink, nowNs);
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
     * {@inheritDoc}
     */
    public boolean wantsFresh()
    {
        return retrying.wantsFresh();
    }

    /**
     * SEND_UP: a session is there.
     */
    public void onUpstreamReady(final UpstreamSession session)
    {
        upstream = session;
        report.onUpstream(session);
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
            retrying.onSent(session, request, times.isRequestEnded());
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
            upgrade.onClientEnd(outcome, request.http2());
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
            report.pauseRequest();
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
            headBlock.release();
            report.onInterim(cluster);
        }
        else
        {
            phase = Phase.SEND_DOWN;
            headBlock.release();
            times.onResponseHead();
            exchanges.prepareResponse(edits, head, http, id, times.startNs());
            report.onAnswer(head, head.status(), cluster, times.startNs());
            report.onConnections(downstream, upstream);
        }
        leaveUpstream(isEnd);
        onSentDown(downstream.sendHead(head, edits, isEnd), isEnd);
    }

    private void onSentDown(final boolean isSent, final boolean isEnd)
    {
        if (!isSent)
        {
            abort(ResponseFlag.OVERLOAD);
        }
        else if (isEnd)
        {
            endResponse();
        }
        else if (downstream.isAboveHighWater())
        {
            upstream.pauseReading();
            report.pauseResponse(cluster);
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
        report.onAnswer(head, Upgrade.SWITCHING, cluster, times.startNs());
        final DownstreamSink asker = downstream;
        final DownstreamSink sink = asker.upgrade(head, exchanges.upgradeEdits(head, http, id, upgrade.protocol()));
        if (sink == null || isEnded && !relay.sendData(0, 0, true))
        {
            abort(ResponseFlag.OVERLOAD);
            return;
        }
        downstream = sink;
        report.onConnections(sink, relay);
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
        onSentDown(downstream.sendData(offset, length, isEnd), isEnd);
    }

    /**
     * The response ends with trailers.
     */
    public void onResponseTrailers(final HeaderTable trailers)
    {
        leaveUpstream(true);
        onSentDown(downstream.sendTrailers(trailers), true);
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
        upgrade.onEndpointEnd(outcome, cluster.cluster().http2() != null);
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
            report.onEndpointCut();
            outcome.flag(LocalReply.of(failure).flag());
            end(false, UpstreamFailure.isReset(failure));
        }
        else if (phase == Phase.SEND_DOWN)
        {
            report.onEndpointCut();
            abort(LocalReply.of(failure).flag());
        }
        else if (retrying.resends(failure, request, cluster))
        {
            acquire();
        }
        else
        {
            exchanges.countUpstreamResponse(cluster.cluster().counters(), LocalReply.of(failure).status());
            reply(LocalReply.of(failure), exchanges.responseEdits());
        }
    }

    /**
     * The endpoint's side can take more.
     */
    public void onUpstreamDrained()
    {
        report.resumeRequest();
        downstream.resumeRequest();
    }

    /**
     * The client's side can take more.
     */
    public void onDownstreamDrained()
    {
        if (upstream != null)
        {
            report.resumeResponse(cluster);
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
        report.onClientReset(request.http2() && !upgrade.isOpen());
        release(isReset);
    }

    /**
     * The client is cut off because it holds much of the memory that has run out.
     */
    public void onOverload()
    {
        outcome.cut(LocalReply.OVERLOADED);
        report.onReset();
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
            outcome.cut(reply);
            abort(reply.flag());
        }
        else
        {
            reply(reply, exchanges.responseEdits());
        }
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
        report.onReply(request, isGrpc, status, body.length, why);
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
        report.onReset();
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
        report.onConnections(downstream, upstream);
        detach(isReset);
        headBlock.release();
        report.onEnd(cluster, routing, times);
        phase = Phase.DECODE;
        downstream = null;
        http = null;
        tcp = null;
        cluster = null;
        routing.end();
        times.end();
        isResponseEnded = false;
        retrying.end();
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
}
