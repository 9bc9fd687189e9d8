package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.codecs.http.ResponseHead;
import dev.ringway.engine.accesslog.ResponseFlag;
import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.snapshot.HttpConnectionManager;
import dev.ringway.engine.snapshot.LoggedField.Place;
import dev.ringway.engine.snapshot.TcpProxy;
import dev.ringway.engine.upstream.ClusterState;
import dev.ringway.engine.upstream.HeaderEdits;
import dev.ringway.engine.upstream.RequestHost;
import dev.ringway.engine.upstream.SessionNeeds;
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
    private final Intake intake;
    private final Retrying retrying;
    private final RequestId id = new RequestId();
    private final ExchangeTimes times = new ExchangeTimes();
    private final Outcome outcome;
    private final Routing routing = new Routing();
    private final Upgrade upgrade = routing.upgrade();
    private final Affinity affinity;
    private final Mirroring mirroring;
    private final Needs needs;
    private final Replies replies;
    private Phase phase = Phase.DECODE;
    private DownstreamSink downstream;
    private UpstreamSession upstream;
    private HttpConnectionManager http;
    private TcpProxy tcp;
    private ClusterState cluster;
    private boolean isResponseEnded;
    private FilterRun filters;

    Exchange(final Exchanges exchanges, final int maxHeaders)
    {
        this.exchanges = exchanges;
        request = new RequestHead(maxHeaders);
        report = new ExchangeReport(exchanges);
        outcome = report.outcome();
        headBlock = new HeadBlock(exchanges.memory());
        retrying = new Retrying(exchanges, headBlock);
        affinity = new Affinity(exchanges);
        mirroring = new Mirroring(exchanges, times);
        needs = new Needs(exchanges, request, routing, retrying, affinity);
        replies = new Replies(this, exchanges, id, report, routing, retrying);
        intake = new Intake(this, exchanges, headBlock, id, times, report, routing, retrying);
    }

    /**
     * @return head of the request, filled by the session's parser before {@link #onRequestHead}.
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
        needs.begin(sink);
        replies.begin(sink, manager);
        intake.onRequestHead(sink, manager, isEnd);
    }

    /**
     * {@inheritDoc}
     */
    public SessionNeeds needs()
    {
        return needs;
    }

    /**
     * {@inheritDoc}
     */
    public void askHost(final RequestHost host)
    {
        exchanges.headerRules().askHost(request, routing.route(), host);
    }

    /** FILTER: the head is to be shown to the filters of the connection manager. */
    FilterRun enterFilters()
    {
        filters = exchanges.filterPools().acquire(http.filters());
        filters.begin(this, downstream, outcome, routing, headBlock);
        return filters;
    }

    /**
     * ACQUIRE: a session to an endpoint of the cluster.
     */
    void acquire()
    {
        phase = Phase.ACQUIRE;
        cluster = exchanges.upstreams().cluster(routing.clusterId());
        if (cluster == null)
        {
            replies.noCluster(
                retrying.isAgain() ? LocalReply.of(UpstreamFailure.NO_ENDPOINT) : routing.noCluster());
            return;
        }
        cluster = cluster.of(routing.isHighPriority());
        final int result = routing.endsTunnel() ?
            cluster.acquireTcp(this, downstream.connection()) : cluster.acquireHttp(this);
        if (result != ClusterState.ACQUIRED)
        {
            replies.failed(result, cluster);
        }
        else if (phase == Phase.ACQUIRE && !headBlock.keep(request))
        {
            cluster.cancelWaiting(this);
            replies.reply(LocalReply.OVERLOADED, exchanges.responseEdits());
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
        needs.begin(sink);
        cluster = intake.onRelay(sink, proxy);
        if (cluster == null)
        {
            outcome.flag(ResponseFlag.NO_CLUSTER);
            end(false, false);
            return;
        }
        retrying.begin(proxy.maxConnectAttempts());
        connectRelay();
    }

    private void connectRelay()
    {
        while (retrying.connects(cluster))
        {
            final int result = cluster.acquireTcp(this, downstream.connection());
            if (result != ClusterState.ACQUIRED && result != UpstreamFailure.PENDING_OVERFLOW)
            {
                onUpstreamFailed(result);
                return;
            }
            retrying.onConnecting();
            if (result == ClusterState.ACQUIRED)
            {
                return;
            }
        }
        outcome.flag(retrying.flag());
        end(false, false);
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
            final long nowNs = exchanges.nowNs();
            routing.onEndpoint(session.endpoint());
            final HeaderEdits edits = exchanges.requestEdits(
                downstream, request, http, routing, id, times.expectedNs(nowNs, retrying.isAgain()));
            edits.protocol(upgrade.protocol());
            retrying.tellEndpoint(edits);
            report.onSent(downstream, request, id, edits, routing.route().request());
            if (times.startTry(nowNs))
            {
                downstream.awaitDeadline();
            }
            final boolean isWhole = retrying.isAgain() ? retrying.isSentWhole() :
                times.isRequestEnded() && (filters == null || filters.isHeadOnly());
            if (!session.sendHead(request, edits, isWhole && !retrying.hasBody() && !upgrade.isPending()) ||
                !retrying.onSent(session, request, isWhole))
            {
                giveUp(edits.isTooLong() ? LocalReply.HEAD_TOO_LONG : LocalReply.OVERLOADED);
                return;
            }
            if (!retrying.isAgain())
            {
                mirroring.begin(request, edits, routing, cluster, isWhole);
            }
        }
        else
        {
            join();
        }
        if (filters != null && !filters.onUpstreamReady())
        {
            return;
        }
        if (hasWaited)
        {
            report.resumeRequest();
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
        if (filters == null || isRelay() || filters.onRequestData(offset, length, isEnd))
        {
            sendUp(offset, length, isEnd, null);
        }
    }

    /**
     * Bytes of a relay have come and are on their way to the endpoint: {@link Connection#passTo}.
     *
     * @param length positive.
     */
    public void onRequestPassed(final int length)
    {
        outcome.addRequestBytes(length);
        times.touch(exchanges.nowNs());
    }

    /**
     * {@inheritDoc}
     */
    public void onResponsePassed(final int length)
    {
        outcome.addResponseBytes(length);
        times.touch(exchanges.nowNs());
    }

    /**
     * The endpoint cannot take what was passed: nothing more comes from the client for now.
     */
    public void onRequestBlocked()
    {
        report.pauseRequest();
    }

    /**
     * {@inheritDoc}
     */
    public void onResponseBlocked()
    {
        report.pauseResponse(cluster);
    }

    /** Where both sides are plain connections, bytes may go from one to the other without passing through here. */
    private void join()
    {
        final Connection client = downstream.relayConnection();
        final Connection endpoint = upstream.relayConnection();
        if (client != null && endpoint != null)
        {
            client.passTo(endpoint);
            endpoint.passTo(client);
        }
    }

    /** Content or, where there are some, trailers. */
    void sendUp(final int offset, final int length, final boolean isEnd, final HeaderTable trailers)
    {
        if (upstream == null)
        {
            return;
        }
        if (!(trailers == null ? upstream.sendData(offset, length, isEnd) : upstream.sendTrailers(trailers)))
        {
            giveUp(LocalReply.OVERLOADED);
            return;
        }
        retrying.onSentMore(offset, length, isEnd, trailers, cluster);
        mirroring.onSentMore(offset, length, isEnd, trailers);
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
        if (filters == null || filters.onRequestTrailers(trailers))
        {
            sendUp(0, 0, true, trailers);
        }
    }

    /**
     * @return whether {@link #onRequestData} may be called: an endpoint is there and speaks the client's protocol, or
     *         what comes is dropped.
     */
    public boolean takesRequestData()
    {
        return phase != Phase.ACQUIRE && !upgrade.isPending() && (filters == null || filters.takesRequestData());
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
        if (head.status() < 200)
        {
            retrying.giveUp();
            report.onInterim(cluster);
            onSentDown(downstream.sendHead(head, exchanges.responseEdits(), isEnd), isEnd);
            return;
        }
        if (retrying.retries(head, request, cluster))
        {
            leaveUpstream(isEnd);
            awaitTry();
            return;
        }
        retrying.giveUp();
        outcome.flag(retrying.flag());
        times.onResponseHead();
        report.onAnswer(head, head.status(), cluster, times.startNs());
        report.onConnections(downstream, upstream);
        leaveUpstream(isEnd);
        if (filters == null || filters.onResponseHead(head, isEnd))
        {
            sendHeadDown(head, isEnd);
        }
    }

    void sendHeadDown(final ResponseHead head, final boolean isEnd)
    {
        phase = Phase.SEND_DOWN;
        final HeaderEdits edits = exchanges.responseEdits();
        exchanges.prepareResponse(edits, head, request, downstream, routing, http, id, times.startNs());
        retrying.tellClient(edits);
        affinity.addCookies(edits);
        report.onFields(Place.RESPONSE, head.headers(), edits);
        onSentDown(downstream.sendHead(head, edits, isEnd), isEnd);
    }

    /** The request is sent again in a while. What the client still says waits. */
    private void awaitTry()
    {
        detach(false);
        phase = Phase.ACQUIRE;
        times.awaitTry(exchanges.nowNs() + retrying.waitNs());
        downstream.awaitDeadline();
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
        else if (downstream.isAboveHighWater() && upstream != null)
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
        retrying.giveUp();
        upgrade.open();
        times.onUpgrade(exchanges.nowNs(), isEnded);
        report.onAnswer(head, upgrade.status(head.status()), cluster, times.startNs());
        final DownstreamSink asker = downstream;
        final HeaderEdits edits = exchanges.upgradeEdits(head, http, id, upgrade.protocol());
        report.onFields(Place.RESPONSE, head.headers(), edits);
        final DownstreamSink sink = asker.upgrade(head, edits);
        if (sink == null || isEnded && !relay.sendData(0, 0, true))
        {
            abort(ResponseFlag.OVERLOAD);
            return;
        }
        downstream = sink;
        report.onConnections(sink, relay);
        join();
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
        if (filters == null || isRelay() || filters.onResponseData(offset, length, isEnd))
        {
            sendDown(offset, length, isEnd, null);
        }
    }

    /** Content or, where there are some, trailers. */
    void sendDown(final int offset, final int length, final boolean isEnd, final HeaderTable trailers)
    {
        onSentDown(
            trailers == null ? downstream.sendData(offset, length, isEnd) : downstream.sendTrailers(trailers), isEnd);
    }

    /**
     * The response ends with trailers.
     */
    public void onResponseTrailers(final HeaderTable trailers)
    {
        leaveUpstream(true);
        report.onTrailers(trailers);
        if (filters == null || filters.onResponseTrailers(trailers))
        {
            sendDown(0, 0, true, trailers);
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
            if (http == null && UpstreamFailure.isConnecting(failure))
            {
                connectRelay();
                return;
            }
            end(false, UpstreamFailure.isReset(failure));
        }
        else if (phase == Phase.SEND_DOWN)
        {
            report.onEndpointCut();
            abort(LocalReply.of(failure).flag());
        }
        else if (retrying.retries(failure, cluster))
        {
            awaitTry();
        }
        else if (retrying.resends(failure, request, cluster))
        {
            retrying.onAgain();
            acquire();
        }
        else
        {
            replies.failed(failure, cluster);
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
        if (upstream != null && (filters == null || !filters.holdsResponse()))
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
        return filters == null ? times.deadlineNs() : Math.min(times.deadlineNs(), filters.deadlineNs());
    }

    /**
     * A time-out has come.
     *
     * @param nowNs time of the duty cycle.
     */
    public void onDeadline(final long nowNs)
    {
        if (filters != null && filters.onDeadline(nowNs))
        {
            return;
        }
        if (http == null)
        {
            exchanges.counters().increment(tcp.counters().idleTimeout);
            end(true, false);
        }
        else if (times.takeTry(nowNs))
        {
            retrying.onAgain();
            acquire();
        }
        else
        {
            final LocalReply reply = exchanges.timeOut(times, nowNs, http.counters(), cluster, upstream);
            if (phase == Phase.SEND_UP && reply.isOfTry() && retrying.retries(UpstreamFailure.RESET, cluster))
            {
                awaitTry();
                return;
            }
            if (reply.isOfEndpoint() && (phase == Phase.SEND_UP || phase == Phase.ACQUIRE && !times.awaitsTry()))
            {
                exchanges.countUpstreamResponse(
                    cluster.cluster().counters(), reply.status(), report.outcome().isInternal());
            }
            giveUp(reply);
        }
    }

    /**
     * Ends it before its time: what the client still says cannot be taken, or what it should be sent cannot be had.
     *
     * @param reply what the client is told if it has not been told anything yet.
     */
    public void giveUp(final LocalReply reply)
    {
        giveUp(reply.status(), reply.body(), reply.flag(), reply.detail(), reply.grpc());
    }

    void giveUp(final int status, final byte[] body, final int flag, final String why, final int grpcStatus)
    {
        detach(false);
        if (phase == Phase.SEND_DOWN || http == null)
        {
            outcome.cut(flag, why);
            abort(flag);
        }
        else
        {
            replies.instead(status, body, flag, why, grpcStatus);
        }
    }

    /** The proxy is about to answer. */
    void onReply()
    {
        phase = Phase.SEND_DOWN;
        isResponseEnded = true;
    }

    /** The proxy has answered. */
    void onReplied(final boolean isSent)
    {
        if (isSent)
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
        if (filters != null)
        {
            filters.end();
            filters = null;
        }
        headBlock.end();
        mirroring.end();
        report.onEnd(cluster, routing, retrying, times);
        phase = Phase.DECODE;
        downstream = null;
        http = null;
        tcp = null;
        cluster = null;
        routing.end();
        needs.end();
        replies.end();
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

    void phase(final Phase now)
    {
        phase = now;
    }

    Phase phase()
    {
        return phase;
    }

    /** Who answers, or null. */
    UpstreamSession upstream()
    {
        return upstream;
    }

    /** What it answers itself. */
    Replies replies()
    {
        return replies;
    }

    /** Those that the request passes, or null. */
    FilterRun filters()
    {
        return filters;
    }
}
