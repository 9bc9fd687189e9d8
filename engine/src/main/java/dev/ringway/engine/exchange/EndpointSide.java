package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.codecs.http.ResponseHead;
import dev.ringway.engine.conn.ByteMeter;
import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.snapshot.HttpConnectionManager;
import dev.ringway.engine.upstream.ClusterState;
import dev.ringway.engine.upstream.HeaderEdits;
import dev.ringway.engine.upstream.RequestHost;
import dev.ringway.engine.upstream.SessionNeeds;
import dev.ringway.engine.upstream.UpstreamFailure;
import dev.ringway.engine.upstream.UpstreamHandler;
import dev.ringway.engine.upstream.UpstreamSession;

/**
 * The endpoint's side of an exchange: the cluster that it goes to, the session that it has or waits for there, and what
 * comes on it. Reused with its exchange. Loop thread only.
 */
final class EndpointSide implements UpstreamHandler
{
    private final Exchange exchange;
    private final Exchanges exchanges;
    private final RequestHead request;
    private final ExchangeTimes times;
    private final ExchangeReport report;
    private final Routing routing;
    private final Retrying retrying;
    private final Needs needs;
    private final RequestSender sender;
    private final Attempts attempts;
    private final Relaying relaying;
    private DownstreamSink downstream;
    private HttpConnectionManager http;
    private ClusterState cluster;
    private UpstreamSession session;

    EndpointSide(final Exchange exchange, final ExchangeState state)
    {
        this.exchange = exchange;
        exchanges = state.exchanges;
        request = state.request;
        times = state.times;
        report = state.report;
        routing = state.routing;
        retrying = state.retrying;
        needs = new Needs(state);
        sender = new RequestSender(exchange, state);
        attempts = new Attempts(exchange, state, this);
        relaying = new Relaying(exchange, state, this);
    }

    /** The connection manager is null for a TCP relay. */
    void begin(final DownstreamSink sink, final HttpConnectionManager manager)
    {
        downstream = sink;
        http = manager;
        needs.begin(sink, manager);
        sender.begin(sink, manager);
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
    public ByteMeter meter()
    {
        return report.meter();
    }

    /**
     * {@inheritDoc}
     */
    public void askHost(final RequestHost host)
    {
        exchanges.requestHeaders().askHost(request, routing.route(), host);
    }

    /** Whether the cluster of the route is there. */
    boolean findCluster()
    {
        cluster = exchanges.upstreams().cluster(routing.clusterId());
        if (cluster != null)
        {
            cluster = cluster.of(routing.isHighPriority());
        }
        return cluster != null;
    }

    /** ACQUIRE: as {@link ClusterState#acquireHttp}, or a connection for what is relayed. */
    int acquire()
    {
        report.times().onAsked();
        return relaying.isTcp() || routing.endsTunnel() ?
            cluster.acquireTcp(this, downstream.connection()) : cluster.acquireHttp(this);
    }

    /**
     * SEND_UP: a session is there.
     */
    public void onUpstreamReady(final UpstreamSession ready)
    {
        session = ready;
        report.onUpstream(ready, routing, cluster);
        final boolean hasWaited = exchange.hasWaited();
        exchange.phase(Phase.SEND_UP);
        if (http != null)
        {
            final LocalReply failure = sender.sendHead(session, cluster);
            if (failure != null)
            {
                exchange.giveUp(failure);
                return;
            }
        }
        else
        {
            relaying.join(downstream, session);
        }
        final FilterRun filters = exchange.filters();
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

    /** The request goes nowhere, but its head is changed as if it did unless that was done before. */
    void onUnsent()
    {
        if (cluster != null && routing.endpoint() == null)
        {
            sender.onUnsent();
        }
    }

    /**
     * SEND_UP: content leaves or, where there are some, trailers.
     *
     * @return false when memory has run out.
     */
    boolean send(final int offset, final int length, final boolean isEnd, final HeaderTable trailers)
    {
        return sender.send(session, cluster, offset, length, isEnd, trailers);
    }

    /** Whether more waits to leave than should. */
    boolean isFull()
    {
        return session != null && session.isAboveHighWater();
    }

    /** The client's side has more than it should: no more is read here. */
    void pauseReading()
    {
        if (session != null)
        {
            session.pauseReading();
            report.pauseResponse(cluster);
        }
    }

    void resumeReading()
    {
        if (session != null)
        {
            report.resumeResponse(cluster);
            session.resumeReading();
        }
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
            final HeaderEdits edits = exchanges.responseEdits();
            edits.drop(HeaderName.CONTENT_LENGTH);
            exchange.client().onSent(downstream.sendHead(head, edits, isEnd), isEnd);
            return;
        }
        if (retrying.retries(head, request, cluster))
        {
            leave(isEnd);
            attempts.awaitNext(downstream);
            return;
        }
        retrying.giveUp();
        report.outcome().flag(retrying.flag());
        times.onResponseHead();
        report.onAnswer(head, head.status(), cluster, times.startNs());
        report.onConnections(downstream, session);
        leave(isEnd);
        final FilterRun filters = exchange.filters();
        if (filters == null || exchange.client().passes(filters, head, isEnd))
        {
            exchange.client().sendHead(head, isEnd);
        }
    }

    /**
     * The endpoint agrees to another protocol: a relay once the head has passed the filters. What comes until then waits
     * there.
     */
    public void onUpgraded(final ResponseHead head, final UpstreamSession relay)
    {
        session = relay;
        retrying.giveUp();
        routing.upgrade().agree(head);
        times.onUpgrade(exchanges.nowNs(), request.http2() && times.isRequestEnded());
        report.onAnswer(head, head.status(), cluster, times.startNs());
        final FilterRun filters = exchange.filters();
        if (filters != null)
        {
            filters.onUpgraded();
        }
        if (filters == null || exchange.client().passes(filters, head, false))
        {
            exchange.client().sendHead(head, false);
        }
    }

    /** Bytes of another protocol pass between the client's side of the relay and the session from now on. */
    void onOpen(final DownstreamSink relay)
    {
        downstream = relay;
        report.onConnections(relay, session);
        relaying.join(relay, session);
    }

    /**
     * A piece of the response.
     */
    public void onResponseData(final int offset, final int length, final boolean isEnd)
    {
        addContent(length);
        leave(isEnd);
        times.touch(exchanges.nowNs());
        final FilterRun filters = exchange.filters();
        if (filters == null || relaying.isOpen() || filters.onResponseData(offset, length, isEnd))
        {
            exchange.client().send(offset, length, isEnd, null);
        }
    }

    /**
     * {@inheritDoc}
     */
    public Connection bodyConnection()
    {
        final FilterRun filters = exchange.filters();
        return filters == null || filters.letsContentPass() ? downstream.bodyConnection() : null;
    }

    /**
     * {@inheritDoc}
     */
    public void onResponsePassed(final int length)
    {
        addContent(length);
        downstream.meter().sent(length);
        times.touch(exchanges.nowNs());
    }

    /**
     * {@inheritDoc}
     */
    public void onResponseBlocked()
    {
        report.pauseResponse(cluster);
    }

    /**
     * The response ends with trailers.
     */
    public void onResponseTrailers(final HeaderTable trailers)
    {
        leave(true);
        report.onTrailers(trailers);
        final FilterRun filters = exchange.filters();
        if (filters == null || filters.onResponseTrailers(trailers))
        {
            exchange.client().send(0, 0, true, trailers);
        }
    }

    private void addContent(final int length)
    {
        if (length > 0 && report.outcome().responseBytes() == 0)
        {
            report.times().onContent();
        }
        report.outcome().addResponseBytes(length);
    }

    /** The session of an HTTP response that has ended is the pool's again, also when the request goes on. */
    private void leave(final boolean isResponseEnd)
    {
        if (isResponseEnd)
        {
            report.times().onAnswered();
        }
        if (isResponseEnd && http != null && !routing.upgrade().isAgreed())
        {
            session = null;
        }
    }

    /**
     * There is no response, or it was cut.
     */
    public void onUpstreamFailed(final int failure)
    {
        if (session != null)
        {
            report.times().onConnection(session.connection());
        }
        session = null;
        if (UpstreamFailure.isConnecting(failure))
        {
            report.onUnconnected(times);
            report.meter().unsent();
        }
        if (relaying.isOpen())
        {
            relaying.onFailed(failure);
        }
        else if (exchange.phase() == Phase.SEND_DOWN)
        {
            report.onEndpointCut();
            final String started = LocalReply.startedDetail(failure);
            if (started != null)
            {
                report.outcome().cut(0, started);
            }
            // The client of a call is told by the code of its stream; a connection of HTTP/1.1 ends as for other reasons.
            exchange.abort(LocalReply.of(failure).flag(), request.http2() && attempts.isOfDeadline(failure));
        }
        else
        {
            attempts.onFailed(failure, downstream);
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

    /** It waits for a session no longer. */
    void cancelWaiting()
    {
        cluster.cancelWaiting(this);
    }

    /** Lets go of the session, or of the wait for one. */
    void detach(final boolean isWaiting, final boolean isReset)
    {
        if (session != null)
        {
            report.times().onConnection(session.connection());
            final boolean wasOpened = session.connection().wasOpened();
            relaying.onDetach(session, isReset);
            session.cancel(isReset);
            session = null;
            if (!wasOpened)
            {
                report.meter().unsent();
            }
        }
        else if (isWaiting && cluster != null)
        {
            cancelWaiting();
        }
    }

    /** What waits for a connection that is not there yet has not been sent. */
    void settle()
    {
        if (session != null && !session.connection().wasOpened())
        {
            report.meter().unsent();
        }
    }

    /** It has let go of its session before. */
    void end()
    {
        sender.end();
        relaying.end();
        needs.end();
        downstream = null;
        http = null;
        cluster = null;
    }

    /** Where a relay goes. */
    void cluster(final ClusterState wanted)
    {
        cluster = wanted;
    }

    /** Where the request goes, or null. */
    ClusterState cluster()
    {
        return cluster;
    }

    /** Who answers, or null. */
    UpstreamSession session()
    {
        return session;
    }

    /** What becomes of a request that has no response. */
    Attempts attempts()
    {
        return attempts;
    }

    /** What becomes of bytes that pass as they are. */
    Relaying relaying()
    {
        return relaying;
    }
}
