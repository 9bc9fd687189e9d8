package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.engine.accesslog.AccessClosing;
import dev.ringway.engine.conn.ByteMeter;
import dev.ringway.engine.filter.FilterAnswer;
import dev.ringway.engine.snapshot.HttpConnectionManager;
import dev.ringway.engine.snapshot.TcpProxy;
import dev.ringway.engine.upstream.ClusterState;
import dev.ringway.engine.upstream.UpstreamFailure;
import dev.ringway.engine.upstream.UpstreamSession;

/**
 * One request with its response, which may become a relay of another protocol, or one TCP relay. Everything that passes
 * between a client and an endpoint passes through here, whatever the protocols of the two sides. Pooled. Loop thread
 * only.
 */
public final class Exchange
{
    private final Exchanges exchanges;
    private final RequestHead request;
    private final HeadBlock headBlock;
    private final ExchangeTimes times;
    private final ExchangeReport report;
    private final Outcome outcome;
    private final Routing routing;
    private final Upgrade upgrade;
    private final Retrying retrying;
    private final Intake intake;
    private final EndpointSide endpoint;
    private final Relaying relaying;
    private final ClientSide client;
    private final Replies replies;
    private final ByteMeter clientMeter = new ByteMeter();
    private Phase phase = Phase.DECODE;
    private HttpConnectionManager http;
    private FilterRun filters;

    Exchange(final Exchanges exchanges, final int maxHeaders)
    {
        this.exchanges = exchanges;
        final ExchangeState state = new ExchangeState(exchanges, maxHeaders);
        request = state.request;
        headBlock = state.headBlock;
        times = state.times;
        report = state.report;
        outcome = report.outcome();
        routing = state.routing;
        upgrade = routing.upgrade();
        retrying = state.retrying;
        intake = new Intake(this, state);
        endpoint = new EndpointSide(this, state);
        relaying = endpoint.relaying();
        client = new ClientSide(this, state, endpoint);
        replies = new Replies(this, state);
    }

    /**
     * @return head of the request, filled by the session's parser before {@link #onRequestHead}.
     */
    public RequestHead request()
    {
        return request;
    }

    /**
     * @return what the client's side may count with as long as the exchange is its own; idle connections have none.
     */
    public ByteMeter clientMeter()
    {
        return clientMeter;
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
        http = manager;
        client.begin(sink, manager);
        endpoint.begin(sink, manager);
        replies.begin(sink, manager);
        intake.onRequestHead(sink, manager, isEnd);
    }

    /**
     * FILTER: the head is to be shown to the filters of the connection manager.
     *
     * @return these, or null when they could not be made.
     */
    FilterRun enterFilters()
    {
        filters = exchanges.filterPools().acquire(http.filters());
        if (filters != null)
        {
            filters.begin(this, client.sink(), outcome, routing, headBlock);
        }
        return filters;
    }

    /**
     * ACQUIRE: a session to an endpoint of the cluster.
     */
    void acquire()
    {
        phase = Phase.ACQUIRE;
        if (!endpoint.findCluster())
        {
            replies.noCluster(
                retrying.isAgain() ? LocalReply.of(UpstreamFailure.NO_ENDPOINT) : routing.noCluster());
            return;
        }
        final int result = endpoint.acquire();
        if (result != ClusterState.ACQUIRED)
        {
            if (result == UpstreamFailure.PENDING_OVERFLOW)
            {
                report.times().onReady();
            }
            replies.failed(result, endpoint.cluster(), false);
        }
        else if (phase == Phase.ACQUIRE && !headBlock.keep(request))
        {
            endpoint.cancelWaiting();
            replies.reply(LocalReply.OVERLOADED);
        }
    }

    /** See {@link EndpointSide#onUnsent}. */
    void onUnsent()
    {
        endpoint.onUnsent();
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
        client.begin(sink, null);
        endpoint.begin(sink, null);
        relaying.begin(sink, proxy);
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
        if (filters == null || relaying.isOpen() || filters.onRequestData(offset, length, isEnd))
        {
            sendUp(offset, length, isEnd, null);
        }
    }

    /**
     * Bytes of a relay have come and are on their way to the endpoint:
     * {@link dev.ringway.engine.conn.Connection#passTo}.
     *
     * @param length positive.
     */
    public void onRequestPassed(final int length)
    {
        outcome.addRequestBytes(length);
        endpoint.meter().sent(length);
        times.touch(exchanges.nowNs());
    }

    /**
     * The endpoint cannot take what was passed: nothing more comes from the client for now.
     */
    public void onRequestBlocked()
    {
        report.pauseRequest();
    }

    /** Content or, where there are some, trailers. */
    void sendUp(final int offset, final int length, final boolean isEnd, final HeaderTable trailers)
    {
        if (endpoint.session() == null)
        {
            return;
        }
        if (!endpoint.send(offset, length, isEnd, trailers))
        {
            giveUp(LocalReply.OVERLOADED);
            return;
        }
        if (endpoint.isFull())
        {
            client.sink().pauseRequest();
            report.pauseRequest();
        }
        if (isEnd && client.isEnded())
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
        return phase != Phase.ACQUIRE && !upgrade.isPending() && !intake.isWaiting() &&
            (filters == null || filters.takesRequestData());
    }

    /** Whether it is one of that client's side. */
    boolean isOf(final DownstreamSink sink)
    {
        return client.sink() == sink;
    }

    /**
     * @return whether the endpoint's side cannot take more for now: {@link DownstreamSink#resumeRequest} comes.
     */
    public boolean isRequestPaused()
    {
        return endpoint.isFull();
    }

    /**
     * The client's side can take more.
     */
    public void onDownstreamDrained()
    {
        if (filters == null || !filters.holdsResponse())
        {
            endpoint.resumeReading();
        }
    }

    /**
     * The client is gone.
     *
     * @param isReset  whether by a reset.
     * @param isStream whether the reset is of a stream.
     */
    public void onDownstreamClosed(final boolean isReset, final boolean isStream)
    {
        report.onClientReset(isStream && !upgrade.isOpen());
        report.onClosing(isReset ? AccessClosing.CLIENT_RESET : AccessClosing.NORMAL);
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
        // A filter that is woken time and again keeps no other time from coming.
        if (filters != null && (!filters.onDeadline(nowNs) || times.deadlineNs() > nowNs))
        {
            return;
        }
        if (relaying.isTcp())
        {
            relaying.onDeadline(nowNs);
        }
        else if (times.takeTry(nowNs))
        {
            endpoint.attempts().next();
        }
        else
        {
            endpoint.attempts().onTimeOut(nowNs, http.counters(), client.sink());
        }
    }

    /**
     * Ends it before its time: what the client still says cannot be taken, or what it should be sent cannot be had.
     *
     * @param reply what the client is told if it has not been told anything yet.
     */
    public void giveUp(final LocalReply reply)
    {
        if (!endsBehindHead(reply.flag(), reply.detail()))
        {
            replies.reply(reply);
        }
    }

    /** A filter answers in place of what would have come. */
    void giveUp(final FilterAnswer answer)
    {
        if (!endsBehindHead(answer.flag(), answer.detail()))
        {
            replies.reply(answer);
        }
    }

    /** A filter wants an end without an answer. */
    void cut(final String why)
    {
        detach(false);
        phase = Phase.SEND_DOWN;
        outcome.cut(0, why);
        abort(0);
    }

    /** The endpoint is let go; whether that was the end, since a client that has a head cannot be told anything else. */
    private boolean endsBehindHead(final int flag, final String why)
    {
        detach(false);
        final boolean isEnd = phase == Phase.SEND_DOWN || relaying.isTcp();
        if (isEnd)
        {
            outcome.cut(flag, why);
            abort(flag);
        }
        else
        {
            outcome.flag(flag);
        }
        return isEnd;
    }

    /** Ends it with what the client has been sent. */
    void abort(final int flag)
    {
        abort(flag, false);
    }

    void abort(final int flag, final boolean isReset)
    {
        outcome.flag(flag);
        report.onReset();
        end(false, isReset);
    }

    void end(final boolean isComplete, final boolean isReset)
    {
        final DownstreamSink sink = client.sink();
        release(isReset);
        sink.onExchangeEnded(isComplete, isReset);
    }

    /**
     * LOG and back to the pool.
     */
    private void release(final boolean isReset)
    {
        report.onConnections(client.sink(), endpoint.session());
        endpoint.settle();
        report.onWire(client.sink().meter());
        detach(isReset);
        if (filters != null)
        {
            filters.end();
            filters = null;
        }
        intake.end();
        headBlock.end();
        report.onEnd(endpoint.cluster(), routing, retrying, times);
        phase = Phase.DECODE;
        http = null;
        client.end();
        endpoint.end();
        routing.end();
        replies.end();
        times.end();
        retrying.end();
        exchanges.onEnd();
        exchanges.release(this);
    }

    void detach(final boolean isReset)
    {
        endpoint.detach(phase == Phase.ACQUIRE, isReset);
    }

    /** Whether the head had to be kept until a session was there. */
    boolean hasWaited()
    {
        return headBlock.isTaken();
    }

    void phase(final Phase now)
    {
        phase = now;
    }

    Phase phase()
    {
        return phase;
    }

    /** Who asks, and what of a response goes there. */
    ClientSide client()
    {
        return client;
    }

    /** Who answers, or null. */
    UpstreamSession upstream()
    {
        return endpoint.session();
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
