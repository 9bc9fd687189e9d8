package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.Grpc;
import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.codecs.http.ResponseHead;
import dev.ringway.engine.accesslog.AccessAddress;
import dev.ringway.engine.accesslog.AccessAttempts;
import dev.ringway.engine.accesslog.AccessClosing;
import dev.ringway.engine.accesslog.AccessMetadata;
import dev.ringway.engine.accesslog.AccessProtocol;
import dev.ringway.engine.accesslog.AccessRecord;
import dev.ringway.engine.accesslog.AccessText;
import dev.ringway.engine.accesslog.LogStrings;
import dev.ringway.engine.conn.ByteMeter;
import dev.ringway.engine.route.FieldChanges;
import dev.ringway.engine.snapshot.AccessLogSink;
import dev.ringway.engine.snapshot.HttpConnectionManager;
import dev.ringway.engine.snapshot.LoggedField.Place;
import dev.ringway.engine.upstream.HeaderEdits;
import dev.ringway.engine.upstream.UpstreamSession;

import java.util.List;

/**
 * The access record of one exchange: begun with the request, while its head can be read, finished and published with
 * the end. Reused with its exchange. Loop thread only.
 */
final class ExchangeLog
{
    private static final long NANOS_PER_MICRO = 1000L;
    private static final long NANOS_PER_MILLI = 1_000_000L;

    private final Exchanges exchanges;
    private final OpenRecord open;
    private final AccessRecord record;
    private final LoggedTimes times;
    private final ByteMeter upstream;
    private boolean isOpen;

    ExchangeLog(final Exchanges exchanges, final ByteMeter upstream)
    {
        this.exchanges = exchanges;
        this.upstream = upstream;
        open = new OpenRecord(exchanges);
        record = open.record();
        times = open.times();
    }

    void onRelay(final List<AccessLogSink> sinks, final DownstreamSink downstream, final long startNs)
    {
        if (!sinks.isEmpty())
        {
            open.begin(sinks, downstream.connection(), null, startNs);
            isOpen = true;
            record.protocol(AccessProtocol.NONE);
            times.onClient(downstream.connection());
            LoggedFields.putMetadata(record, sinks, downstream.connection());
        }
    }

    /** A request begins. One that is not routed is told of as it came. */
    void onRequest(
        final HttpConnectionManager http,
        final DownstreamSink downstream,
        final RequestHead head,
        final RequestId id,
        final boolean isRouted,
        final long startNs)
    {
        if (http.accessLogs().isEmpty())
        {
            return;
        }
        open.begin(http.accessLogs(), downstream.connection(), head, startNs);
        isOpen = true;
        exchanges.loggedClient().request(record, open.uses(), http, downstream.connection(), head, id, isRouted);
        if (open.asksLengths())
        {
            LoggedBytes.begin(downstream.meter(), upstream, head);
        }
        final boolean hasOriginal = head.headers().contains(HeaderName.X_ENVOY_ORIGINAL_PATH);
        if (hasOriginal || open.hasConditions() ||
            open.asks(AccessLogSink.USES_REQUEST_FIELDS | AccessLogSink.USES_LENGTHS))
        {
            final RequestHeaderRules rules = exchanges.requestHeaders();
            onHead(http, downstream, head, id,
                isRouted ? rules.arrival(downstream, head, http, id) : rules.unchanged(), hasOriginal);
            if (!isRouted && open.asksLengths())
            {
                record.requestHeaderBytes(HeadLength.ofRefused(head, rules.unchanged()));
            }
        }
    }

    /** Filters have changed the request. */
    void onFiltered(
        final HttpConnectionManager http, final DownstreamSink downstream, final RequestHead head, final RequestId id)
    {
        if (isOpen)
        {
            LoggedHead.method(record, head);
            final HeaderEdits edits = exchanges.requestHeaders().arrival(downstream, head, http, id);
            exchanges.loggedHead().path(record, head, edits);
            exchanges.loggedHead().host(record, head, edits);
            onHead(http, downstream, head, id, edits, true);
        }
    }

    /**
     * A request goes to an endpoint.
     *
     * @param edits   what becomes of its head.
     * @param changes what its route says of fields, or null.
     */
    void onSent(
        final HttpConnectionManager http,
        final DownstreamSink downstream,
        final RequestHead head,
        final RequestId id,
        final HeaderEdits edits,
        final FieldChanges changes)
    {
        if (!isOpen)
        {
            return;
        }
        if (edits.target().isChanged())
        {
            exchanges.loggedHead().path(record, head, edits);
            exchanges.loggedHead().host(record, head, edits);
        }
        onHead(http, downstream, head, id, edits, changes != null && LoggedHead.isAbout(changes.names()));
        upstream.sentFields(record.requestHeaderBytes());
    }

    private void onHead(
        final HttpConnectionManager http,
        final DownstreamSink downstream,
        final RequestHead head,
        final RequestId id,
        final HeaderEdits edits,
        final boolean hasChanged)
    {
        if (hasChanged)
        {
            exchanges.loggedHead().fields(record, head, edits);
        }
        open.fields(Place.REQUEST, head.headers(), edits, 0);
        if (open.asksLengths())
        {
            record.requestHeaderBytes(HeadLength.ofRequest(head, edits));
        }
        if (open.hasConditions())
        {
            open.conditions(head, RequestScheme.isHttps(downstream, head, http), id.isInternal(), edits);
        }
    }

    /** Fields as they go on: what they are, those that came, and what becomes of them. */
    void onFields(final Place place, final HeaderTable fields, final HeaderEdits edits)
    {
        if (isOpen)
        {
            if (place == Place.RESPONSE)
            {
                times.onAnswering();
            }
            open.fields(place, fields, edits, 0);
        }
    }

    /**
     * An answer that is made here.
     *
     * @param fields of its head that filters have seen, or null.
     * @param edits  of the head.
     * @param length of its content that the head tells besides, 0 for none.
     */
    void onReplyFields(final HeaderTable fields, final HeaderEdits edits, final int length)
    {
        if (isOpen)
        {
            if (fields != null)
            {
                onFilteredResponse(fields);
            }
            times.onAnswering();
            open.fields(Place.RESPONSE, fields, edits, fields == null ? length : 0);
        }
    }

    /** Filters have seen the head of a response: its type is what they have left. */
    void onFilteredResponse(final HeaderTable headers)
    {
        if (isOpen && open.asks(AccessLogSink.USES_CONTENT_TYPE))
        {
            LoggedHead.contentType(record, headers);
        }
    }

    void onUpstream(final UpstreamSession session, final int protocol)
    {
        if (!isOpen)
        {
            return;
        }
        times.onReady();
        final boolean asksUpstream = open.asks(AccessLogSink.USES_UPSTREAM);
        if (asksUpstream && record.protocol() == AccessProtocol.NONE)
        {
            AccessAttempts.keep(record);
        }
        record.attempts(1).upstream().begin(session.hostText());
        if (open.asks(AccessLogSink.USES_METADATA))
        {
            record.metadata().put(AccessMetadata.ENDPOINT, session.endpoint().metadata().told());
        }
        if (asksUpstream)
        {
            record.upstream().connection(session.connection().id(), protocol, session.endpoint().hostname());
        }
    }

    void onUnconnected()
    {
        if (isOpen)
        {
            times.onReady();
            record.upstream().forget();
        }
    }

    /** A request was tried so often. */
    void attempts(final int count)
    {
        if (isOpen)
        {
            record.attempts(count);
        }
    }

    void onResponse(final ResponseHead head, final long serviceNs)
    {
        if (!isOpen)
        {
            return;
        }
        record.upstreamServiceTimeMs((int)(serviceNs / NANOS_PER_MILLI))
            .responseDurationUs(serviceNs / NANOS_PER_MICRO);
        if (open.asks(AccessLogSink.USES_CONTENT_TYPE))
        {
            exchanges.loggedClient().field(
                record, head.headers(), HeaderName.CONTENT_TYPE, AccessText.RESPONSE_CONTENT_TYPE);
        }
        onStatus(head.headers());
    }

    /**
     * Where a status of gRPC may be told: a head, or trailers, which say the last.
     *
     * @param fields of the response.
     */
    void onStatus(final HeaderTable fields)
    {
        final int index =
            isOpen && open.asks(AccessLogSink.USES_GRPC_STATUS) ? fields.find(HeaderName.GRPC_STATUS) : -1;
        if (index >= 0 && fields.valueLength(index) > 0)
        {
            record.grpcStatus(Grpc.status(fields.buffer(), fields.valueOffset(index), fields.valueLength(index)));
        }
    }

    /**
     * The answer is made here.
     *
     * @param grpcStatus that a call gets, or {@link Exchanges#NOT_GRPC}.
     * @param hasBody    whether there is a text.
     */
    void onLocalReply(final int grpcStatus, final boolean hasBody)
    {
        final boolean isGrpc = grpcStatus != Exchanges.NOT_GRPC;
        if (isOpen && isGrpc)
        {
            record.grpcStatus(grpcStatus);
        }
        if (isOpen && (isGrpc || hasBody) && open.asks(AccessLogSink.USES_CONTENT_TYPE))
        {
            AccessText.put(record, AccessText.RESPONSE_CONTENT_TYPE,
                isGrpc ? ResponseHeaderRules.GRPC : ResponseHeaderRules.TEXT_PLAIN);
        }
    }

    /**
     * What the connections tell, while both are there.
     *
     * @param downstream the client's side.
     * @param upstream   the endpoint's side, or null.
     */
    void onConnections(final DownstreamSink downstream, final UpstreamSession upstream)
    {
        if (!isOpen)
        {
            return;
        }
        if (upstream != null && !upstream.connection().wasOpened())
        {
            record.upstream().forget();
        }
        if (upstream != null)
        {
            times.onConnection(upstream.connection());
        }
        final int items =
            (int)(open.uses() >>> AccessLogSink.USES_UPSTREAM_TLS_SHIFT) & AccessLogSink.UPSTREAM_TLS_ITEMS;
        if (items != 0 && upstream != null)
        {
            record.tls().upstream(upstream.connection().tls().report(items));
        }
        if (!open.asks(AccessLogSink.USES_DOWNSTREAM_LOCAL | AccessLogSink.USES_UPSTREAM_LOCAL))
        {
            return;
        }
        exchanges.loggedClient().localAddress(record, downstream.connection());
        if (upstream != null)
        {
            record.address(
                AccessAddress.UPSTREAM_LOCAL, exchanges.slotAddresses(), upstream.connection().addresses().local());
        }
    }

    /** It ends out of order, see {@link AccessClosing}. */
    void onClosing(final int how)
    {
        if (isOpen)
        {
            AccessClosing.set(record, how);
        }
    }

    /** Notes when what was. */
    LoggedTimes times()
    {
        return times;
    }

    void onWire(final ByteMeter downstream)
    {
        if (isOpen && open.asksLengths())
        {
            LoggedBytes.put(record, downstream, upstream);
        }
    }

    void onEnd(
        final Outcome outcome,
        final String clusterName,
        final String clusterMetadata,
        final Routing routing,
        final ExchangeTimes times,
        final boolean isHttp,
        final int droppedId)
    {
        if (!isOpen)
        {
            return;
        }
        isOpen = false;
        this.times.end();
        if (isHttp)
        {
            record.requestDurationUs(times.isRequestEnded() ? microsOf(times.requestNs()) : -1)
                .upstream().times(microsOf(times.sendingNs()), microsOf(times.sentNs()));
        }
        record.status(outcome.status())
            .flags(outcome.flags())
            .detailId(LogStrings.idOf(outcome.detail()))
            .clusterNameId(LogStrings.idOf(clusterName))
            .routeNameId(LogStrings.idOf(routing.routeName()))
            .bytesReceived(outcome.requestBytes())
            .bytesSent(outcome.responseBytes())
            .durationUs((exchanges.nowNs() - times.startNs()) / NANOS_PER_MICRO);
        if (open.asks(AccessLogSink.USES_METADATA))
        {
            LoggedFields.putMetadata(record, clusterMetadata, routing.route());
        }
        if (outcome.isHealthCheck())
        {
            record.healthCheck();
        }
        exchanges.publish(record, droppedId);
    }

    private static long microsOf(final long spanNs)
    {
        return spanNs < 0 ? -1 : spanNs / NANOS_PER_MICRO;
    }
}
