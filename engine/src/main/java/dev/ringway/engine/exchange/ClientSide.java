package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.codecs.http.ResponseHead;
import dev.ringway.engine.accesslog.ResponseFlag;
import dev.ringway.engine.snapshot.Cluster;
import dev.ringway.engine.snapshot.HttpConnectionManager;
import dev.ringway.engine.snapshot.LoggedField.Place;
import dev.ringway.engine.upstream.HeaderEdits;

/**
 * The client's side of an exchange: an endpoint's response on its way there, with a head as the route, the filters and
 * the connection manager leave it, and whether the response has ended. Reused with its exchange. Loop thread only.
 */
final class ClientSide
{
    private static final int NO_CONTENT = 204;

    private final Exchange exchange;
    private final Exchanges exchanges;
    private final RequestHead request;
    private final RequestId id;
    private final ExchangeTimes times;
    private final ExchangeReport report;
    private final Routing routing;
    private final Retrying retrying;
    private final Affinity affinity;
    private final EndpointSide endpoint;
    private DownstreamSink sink;
    private HttpConnectionManager http;
    private boolean isEnded;

    ClientSide(final Exchange exchange, final ExchangeState state, final EndpointSide endpoint)
    {
        this.exchange = exchange;
        exchanges = state.exchanges;
        request = state.request;
        id = state.id;
        times = state.times;
        report = state.report;
        routing = state.routing;
        retrying = state.retrying;
        affinity = state.affinity;
        this.endpoint = endpoint;
    }

    /** The connection manager is null for a TCP relay. */
    void begin(final DownstreamSink client, final HttpConnectionManager manager)
    {
        sink = client;
        http = manager;
    }

    /** The exchange is over. */
    void end()
    {
        sink = null;
        http = null;
        isEnded = false;
    }

    /** FILTER: filters see the head of a response as the route leaves it; whether it goes on now. */
    boolean passes(final FilterRun filters, final ResponseHead head, final boolean isEnd)
    {
        HeaderEdits edits = null;
        if (filters.seesResponse())
        {
            edits = exchanges.responseEdits();
            edit(edits, head);
        }
        return filters.onResponseHead(head, isEnd, edits);
    }

    /** What becomes of the head of a response before the connection manager has its say. */
    private void edit(final HeaderEdits edits, final ResponseHead head)
    {
        exchanges.responseHeaders().route(edits, head, request, sink, routing, http, times.startNs());
        retrying.tellClient(edits);
        affinity.addCookies(edits);
    }

    /** SEND_DOWN: the head of a response that filters have let pass. */
    void sendHead(final ResponseHead head, final boolean isEnd)
    {
        exchange.phase(Phase.SEND_DOWN);
        final HeaderEdits edits = exchanges.responseEdits();
        final FilterRun filters = exchange.filters();
        if (filters == null || !filters.hasSeenResponse())
        {
            edit(edits, head);
        }
        else
        {
            report.onFilteredResponse(head.headers());
        }
        exchanges.responseHeaders().finish(edits, head.headers(), http, id);
        if (routing.upgrade().isAgreed())
        {
            open(head, edits);
            return;
        }
        if (head.status() == NO_CONTENT)
        {
            // No length even of nothing (RFC 9110, 8.6).
            edits.drop(HeaderName.CONTENT_LENGTH);
        }
        report.onFields(Place.RESPONSE, head.headers(), edits);
        onSent(sink.sendHead(head, edits, isEnd), isEnd);
    }

    /** A head behind which bytes of another protocol come: no body, so no length of it. */
    private void open(final ResponseHead head, final HeaderEdits edits)
    {
        final DownstreamSink asker = sink;
        edits.protocol(routing.upgrade().protocol());
        edits.drop(HeaderName.CONTENT_LENGTH);
        routing.upgrade().open();
        report.onFields(Place.RESPONSE, head.headers(), edits);
        final DownstreamSink relay = asker.upgrade(head, edits);
        if (relay == null || times.isRequestEnded() && !endpoint.session().sendData(0, 0, true))
        {
            exchange.abort(ResponseFlag.OVERLOAD);
            return;
        }
        sink = relay;
        if (exchange.filters() != null)
        {
            exchange.filters().downstream(relay);
        }
        endpoint.onOpen(relay);
        asker.resumeRequest();
    }

    /** SEND_DOWN: content or, where there are some, trailers. */
    void send(final int offset, final int length, final boolean isEnd, final HeaderTable trailers)
    {
        onSent(trailers == null ? sink.sendData(offset, length, isEnd) : sink.sendTrailers(trailers), isEnd);
    }

    /** What becomes of the exchange after the client was sent a part of the response. */
    void onSent(final boolean isSent, final boolean isEnd)
    {
        if (!isSent)
        {
            exchange.abort(ResponseFlag.OVERLOAD);
        }
        else if (isEnd)
        {
            endResponse();
        }
        else if (sink.isAboveHighWater())
        {
            endpoint.pauseReading();
        }
    }

    private void endResponse()
    {
        isEnded = true;
        final Cluster cluster = endpoint.cluster().cluster();
        routing.upgrade().onEndpointEnd(report.outcome(), cluster.http2() != null);
        if (!endpoint.relaying().isOpen())
        {
            exchanges.countWhole(http.counters(), cluster.counters(), times);
            exchange.end(times.isRequestEnded(), false);
        }
        else if (times.isRequestEnded())
        {
            exchange.end(true, false);
        }
    }

    /** SEND_DOWN: the proxy is about to answer in place of the endpoint. */
    void onReply()
    {
        exchange.phase(Phase.SEND_DOWN);
        isEnded = true;
    }

    /** The proxy has answered. */
    void onReplied(final boolean isSent)
    {
        if (isSent)
        {
            exchange.end(times.isRequestEnded(), false);
        }
        else
        {
            exchange.abort(ResponseFlag.OVERLOAD);
        }
    }

    /** Who asks, or takes part in the relay that the exchange has become. */
    DownstreamSink sink()
    {
        return sink;
    }

    /** Whether the client has all of the response. */
    boolean isEnded()
    {
        return isEnded;
    }
}
