package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.Grpc;
import dev.ringway.codecs.http.GrpcTimeout;
import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.engine.route.RequestRules;
import dev.ringway.engine.route.Route;
import dev.ringway.engine.route.StreamDuration;
import dev.ringway.engine.snapshot.HttpConnectionManager;
import dev.ringway.engine.upstream.HeaderEdits;

/**
 * The first part of an exchange: from the head of a request over the filters to where its route says. Reused with its
 * exchange. Loop thread only.
 */
final class Intake
{
    private final Exchange exchange;
    private final Exchanges exchanges;
    private final RequestHead request;
    private final HeadBlock headBlock;
    private final RequestId id;
    private final ExchangeTimes times;
    private final ExchangeReport report;
    private final Routing routing;
    private final Retrying retrying;
    private DownstreamSink downstream;
    private HttpConnectionManager http;
    private boolean isWaiting;
    /** Neighbours in {@link RequestTurns}. */
    Intake next;
    Intake previous;

    Intake(final Exchange exchange, final ExchangeState state)
    {
        this.exchange = exchange;
        exchanges = state.exchanges;
        request = state.request;
        headBlock = state.headBlock;
        id = state.id;
        times = state.times;
        report = state.report;
        routing = state.routing;
        retrying = state.retrying;
    }

    /** DECODE: a head is there. */
    void onRequestHead(final DownstreamSink sink, final HttpConnectionManager manager, final boolean isEnd)
    {
        downstream = sink;
        http = manager;
        final long nowNs = exchanges.nowNs();
        times.start(nowNs, manager.streamIdleTimeoutNs(), manager.requestTimeoutNs());
        if (manager.maxStreamDurationNs() > 0)
        {
            times.limit(manager.maxStreamDurationNs());
        }
        if (request.headers().contains(HeaderName.GRPC_TIMEOUT) && Grpc.isRequest(request.headers()))
        {
            times.onCall(GrpcTimeout.of(request.headers()));
        }
        if (isEnd)
        {
            times.onRequestEnd(nowNs);
        }
        report.onStart(manager, request.http2());
        final int verdict = manager.requestRules() == RequestRules.NONE ? RequestFixer.PASS :
            exchanges.requestFixer().apply(request, headBlock, manager.requestRules());
        exchanges.requestHeaders().identify(sink, request.headers(), manager, verdict == RequestFixer.PASS, id);
        routing.client().read(request.headers(), manager, exchanges.forwardedFor());
        report.onRequest(sink, request, id, verdict == RequestFixer.PASS, nowNs);
        if (verdict == RequestFixer.PASS)
        {
            enter();
        }
        else
        {
            refuse(verdict);
        }
    }

    /** The request's path cannot be. */
    private void refuse(final int verdict)
    {
        showFilters();
        exchange.replies().reply(exchanges.refusal(verdict, http.counters()), exchanges.refusalEdits(verdict));
    }

    /** The filters see what a request is answered that they do not get. */
    private void showFilters()
    {
        final FilterRun filters = http.filters() == null ? null : exchange.enterFilters();
        if (filters != null)
        {
            filters.onRefused(this, request);
        }
    }

    /**
     * FILTER: the filters see the request with its first route.
     */
    private void enter()
    {
        exchange.phase(Phase.FILTER);
        routing.begin(exchanges.requestHeaders().random());
        final LocalReply noRoom = http.completesHeads() ?
            exchanges.requestHeaders().complete(downstream, request, headBlock, http, id) : null;
        if (noRoom != null)
        {
            exchange.replies().reply(noRoom);
            return;
        }
        findRoute();
        final LocalReply refusal =
            routing.upgrade(exchanges.counters(), request, http, !times.isRequestEnded());
        if (refusal != null)
        {
            showFilters();
            exchange.replies().reply(refusal);
        }
        else if (downstream.mayBegin())
        {
            filter();
        }
        else if (headBlock.keep(request))
        {
            isWaiting = true;
            exchanges.turns().await(this);
        }
        else
        {
            exchange.replies().reply(LocalReply.OVERLOADED);
        }
    }

    private void filter()
    {
        final FilterRun filters = http.filters() == null ? null : exchange.enterFilters();
        if (filters == null && http.filters() != null)
        {
            exchange.replies().reply(LocalReply.FILTER_FAILED);
        }
        else if (filters == null || filters.onRequestHead(this, request, times.isRequestEnded()))
        {
            route();
        }
    }

    /** The request has waited and may begin. */
    void onTurn()
    {
        final DownstreamSink client = downstream;
        isWaiting = false;
        filter();
        awaitDeadline(client);
        if (exchange.isOf(client) && exchange.takesRequestData())
        {
            client.resumeRequest();
        }
    }

    /** The route, found late, may want an end sooner than what is awaited: of the wait for a connection, too. */
    private void awaitDeadline(final DownstreamSink client)
    {
        if (exchange.isOf(client))
        {
            client.awaitDeadline();
        }
    }

    /** Whether the request waits for its turn. */
    boolean isWaiting()
    {
        return isWaiting;
    }

    /** The exchange is over. */
    void end()
    {
        if (isWaiting)
        {
            isWaiting = false;
            exchanges.turns().remove(this);
        }
    }

    /** Finds the route, also anew when a filter has changed the request. */
    void findRoute()
    {
        routing.find(exchanges, downstream, request, id, http);
    }

    /** Filters have had their say, the record is told of it once. */
    void onFiltered()
    {
        if (exchange.phase() == Phase.FILTER && exchange.filters() != null && exchange.filters().hasChangedRequest())
        {
            id.onFiltered(request.headers());
            report.onFiltered(downstream, request, id);
        }
    }

    /** A filter has held the head, and the time for a response does not run before it goes on. */
    void routeLate()
    {
        final DownstreamSink client = downstream;
        times.onForwarded(exchanges.nowNs());
        route();
        awaitDeadline(client);
    }

    /**
     * ROUTE: what to do with the request.
     */
    private void route()
    {
        onFiltered();
        exchange.phase(Phase.ROUTE);
        final LocalReply refusal = routing.settle(exchanges.counters(), http.counters());
        if (refusal != null)
        {
            exchange.replies().reply(refusal);
            return;
        }
        final Route route = routing.route();
        final Route.Forward forward = route.forward();
        times.onRoute(forward.idleTimeoutNs(), forward.timeoutNs(), forward.retry());
        if (forward.idleTimeoutNs() >= 0)
        {
            // Nothing more may come of the request, so the other time counts at once.
            times.touch(exchanges.nowNs());
        }
        if (forward.duration() != StreamDuration.NONE)
        {
            times.limit(RequestHeaderRules.limitNs(request.headers(), route, http));
        }
        if (id.isInternal())
        {
            report.outcome().internal();
        }
        // What others may not say a completed head has lost: what it says filters have put there.
        final boolean isHeard = id.isInternal() || request.isCompleted();
        if (isHeard)
        {
            TimeoutFields.apply(request.headers(), times);
        }
        if (route.kind() == Route.Kind.CLUSTER)
        {
            retrying.begin(forward.retry(), route.request(), request, isHeard);
            if (!forward.retry().requestHeaders().isEmpty())
            {
                retrying.ask(Needs.changed(exchanges, request, exchanges.requestHeaders().sought(
                    downstream, request, http, routing, id, times.expectedNs(exchanges.nowNs(), false))));
                request.headers().restore();
            }
            exchange.acquire();
        }
        else
        {
            exchange.replies().keepAsked();
            final HeaderEdits edits = exchanges.routeReply(request, downstream, routing, http);
            final Route.Answer answer = route.answer();
            exchange.replies().reply(
                answer.status(), answer.body(), edits, Outcome.DIRECT_RESPONSE, Grpc.statusOf(answer.status()));
        }
    }
}
