package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.Grpc;
import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.codecs.http.ResponseHead;
import dev.ringway.engine.accesslog.AccessAddress;
import dev.ringway.engine.accesslog.AccessAttempts;
import dev.ringway.engine.accesslog.AccessBytes;
import dev.ringway.engine.accesslog.AccessClosing;
import dev.ringway.engine.accesslog.AccessMetadata;
import dev.ringway.engine.accesslog.AccessProtocol;
import dev.ringway.engine.accesslog.AccessRecord;
import dev.ringway.engine.accesslog.AccessText;
import dev.ringway.engine.accesslog.LogStrings;
import dev.ringway.engine.accesslog.ResponseFlag;
import dev.ringway.engine.conn.ByteMeter;
import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.filter.ConnectionRefusal;
import dev.ringway.engine.route.Condition;
import dev.ringway.engine.route.FieldChanges;
import dev.ringway.engine.snapshot.AccessLogSink;
import dev.ringway.engine.snapshot.HttpConnectionManager;
import dev.ringway.engine.snapshot.LoggedField.Place;
import dev.ringway.engine.upstream.HeaderEdits;
import dev.ringway.engine.upstream.UpstreamFailure;
import dev.ringway.engine.upstream.UpstreamSession;
import org.agrona.collections.Int2ObjectHashMap;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.List;
import java.util.function.IntFunction;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * The access record of one exchange: begun with the request, while its head can be read, finished and published with
 * the end. Reused with its exchange. Loop thread only.
 */
final class ExchangeLog
{
    private static final long NANOS_PER_MICRO = 1000L;
    private static final long NANOS_PER_MILLI = 1_000_000L;

    private static final IntFunction<byte[]> FAILURE_TEXT =
        id -> UpstreamFailure.transportText(id).replace(' ', '_').getBytes(US_ASCII);

    private final AccessRecord record = new AccessRecord();
    private final LoggedFields loggedFields = new LoggedFields();
    private final LoggedTimes times;
    private final Exchanges exchanges;
    private final HeaderTable noFields = new HeaderTable(1);
    /** By number: no more of them than the library has failures. */
    private final Int2ObjectHashMap<byte[]> failures = new Int2ObjectHashMap<>();
    private boolean isOpen;
    private final ByteMeter upstream;
    private List<AccessLogSink> sinks;
    private long uses;
    private boolean hasConditions;

    ExchangeLog(final Exchanges exchanges, final ByteMeter upstream)
    {
        this.exchanges = exchanges;
        this.upstream = upstream;
        times = new LoggedTimes(exchanges, record);
        record.wrap(new UnsafeBuffer(new byte[AccessRecord.DEFAULT_CAPACITY]), 0, AccessRecord.DEFAULT_CAPACITY);
    }

    /** Where the request is null or unknown it has no fields. */
    private void begin(
        final List<AccessLogSink> all, final Connection connection, final RequestHead head, final long startNs)
    {
        sinks = all;
        long wanted = 0;
        int born = 0;
        hasConditions = false;
        record.begin();
        for (int i = 0; i < all.size(); i++)
        {
            final AccessLogSink sink = all.get(i);
            hasConditions |= !sink.conditions().isEmpty();
            record.sinks().add(sink.index(), sink.conditions().isEmpty() ? 0 : held(sink.conditions(), head));
            wanted |= sink.uses();
            born = Math.max(born, sink.born());
        }
        isOpen = true;
        uses = wanted;
        if (asksLengths())
        {
            AccessBytes.begin(record);
        }
        times.begin((wanted & AccessLogSink.USES_TIMES) != 0, startNs);
        record.sinks().born(born).startTimeUs(exchanges.epochNs(startNs) / NANOS_PER_MICRO)
            .connectionId(connection.id());
        record.address(AccessAddress.DOWNSTREAM_REMOTE, exchanges.slotAddresses(), connection.addresses().peer());
        if (connection.addresses().direct() != connection.addresses().peer())
        {
            record.address(AccessAddress.DOWNSTREAM_DIRECT_REMOTE, exchanges.slotAddresses(),
                connection.addresses().direct());
        }
        final int items = (int)(wanted >>> AccessLogSink.USES_TLS_SHIFT) & AccessLogSink.TLS_ITEMS;
        if (items != 0)
        {
            record.tls().downstream(connection.tls().report(items));
        }
    }

    private boolean asksLengths()
    {
        return (uses & AccessLogSink.USES_LENGTHS) != 0;
    }

    /** Conditions that hold, a bit each. */
    private int held(final List<Condition> conditions, final RequestHead head)
    {
        return LoggedHead.held(conditions, head == null ? exchanges.view().ofResponse(noFields) : exchanges.view().of(head));
    }

    void onRelay(final List<AccessLogSink> sinks, final DownstreamSink downstream, final long startNs)
    {
        if (!sinks.isEmpty())
        {
            begin(sinks, downstream.connection(), null, startNs);
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
        begin(http.accessLogs(), downstream.connection(), head, startNs);
        exchanges.loggedClient().request(record, uses, http, downstream.connection(), head, id, isRouted);
        if (asksLengths())
        {
            LoggedBytes.begin(downstream.meter(), upstream, head);
        }
        final boolean hasOriginal = head.headers().contains(HeaderName.X_ENVOY_ORIGINAL_PATH);
        if (hasOriginal || hasConditions ||
            (uses & (AccessLogSink.USES_REQUEST_FIELDS | AccessLogSink.USES_LENGTHS)) != 0)
        {
            final RequestHeaderRules rules = exchanges.requestHeaders();
            onHead(http, downstream, head, id,
                isRouted ? rules.arrival(downstream, head, http, id) : rules.unchanged(), hasOriginal);
            if (!isRouted && asksLengths())
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
        fields(Place.REQUEST, head.headers(), edits, 0);
        if (asksLengths())
        {
            record.requestHeaderBytes(HeadLength.ofRequest(head, edits));
        }
        if (!hasConditions)
        {
            return;
        }
        final boolean isHttps = RequestScheme.isHttps(downstream, head, http);
        for (int i = 0; i < sinks.size(); i++)
        {
            if (!sinks.get(i).conditions().isEmpty())
            {
                record.sinks().conditions(i, LoggedHead.held(sinks.get(i).conditions(),
                    exchanges.view().of(head, 0, isHttps, id.isInternal(), 0).with(exchanges.loggedHead().of(edits))));
            }
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
            fields(place, fields, edits, 0);
        }
    }

    private void fields(final Place place, final HeaderTable fields, final HeaderEdits edits, final int length)
    {
        if (place == Place.RESPONSE && edits != null && (uses & AccessLogSink.USES_CONTENT_TYPE) != 0)
        {
            LoggedHead.contentType(record, fields, edits);
        }
        if (asksLengths() && place == Place.TRAILER)
        {
            AccessBytes.set(record, AccessBytes.TRAILERS, ByteMeter.lengthOf(fields, 0));
        }
        else if (asksLengths() && place == Place.RESPONSE && edits != null)
        {
            record.responseHeaderBytes(HeadLength.ofResponse(fields, edits, length));
        }
        if ((uses & place.use()) == 0)
        {
            return;
        }
        loggedFields.put(record, sinks, place, fields, edits, length);
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
            fields(Place.RESPONSE, fields, edits, fields == null ? length : 0);
        }
    }

    /** Filters have seen the head of a response: its type is what they have left. */
    void onFilteredResponse(final HeaderTable headers)
    {
        if (isOpen && (uses & AccessLogSink.USES_CONTENT_TYPE) != 0)
        {
            LoggedHead.contentType(record, headers);
        }
    }

    /** A request that no exchange comes of, see {@link Exchanges#recordRefusal}: its record is whole at once. */
    void onRefusal(
        final HttpConnectionManager http,
        final Connection connection,
        final boolean isHttp2,
        final RequestHead head,
        final ByteMeter meter,
        final int headLength,
        final long startNs,
        final LocalReply reply)
    {
        begin(http.accessLogs(), connection, head, startNs);
        isOpen = false;
        times.onAnswering();
        times.end();
        if (head != null)
        {
            exchanges.loggedClient().request(record, uses, http, connection, head, null, false);
            fields(Place.REQUEST, head.headers(), null, 0);
            meter.receivedHead(head.headers());
        }
        fields(Place.RESPONSE, null, null, reply.body().length);
        if (reply.status() > 0 && reply.body().length > 0 && (uses & AccessLogSink.USES_CONTENT_TYPE) != 0)
        {
            record.text(AccessText.RESPONSE_CONTENT_TYPE, ResponseHeaderRules.TEXT_PLAIN);
        }
        if ((uses & AccessLogSink.USES_DOWNSTREAM_LOCAL) != 0)
        {
            exchanges.loggedClient().localAddress(record, connection);
        }
        record.protocol(AccessProtocol.of(isHttp2, 1)).responseHeaderBytes(headLength);
        if (meter != null && asksLengths())
        {
            LoggedBytes.put(record, meter, upstream);
        }
        record.status(reply.status())
            .flags(reply.flag())
            .detailId(LogStrings.idOf(reply.detail()))
            .bytesSent(reply.body().length)
            .requestDurationUs(head == null ? -1 : 0)
            .durationUs((exchanges.nowNs() - startNs) / NANOS_PER_MICRO);
        exchanges.publish(record, http.counters().accessLogDropped);
    }

    /** A connection that has ended, see {@link Exchanges#recordConnection}. */
    void onConnection(
        final List<AccessLogSink> all,
        final Connection connection,
        final boolean hasChain,
        final boolean isHttp,
        final ConnectionRefusal refusal,
        final int droppedId)
    {
        final long ageNs = connection.ageNs();
        begin(all, connection, null, exchanges.nowNs() - ageNs);
        isOpen = false;
        record.protocol(AccessProtocol.NONE).flags(refusal.flags()).durationUs(ageNs / NANOS_PER_MICRO)
            .text(AccessText.TERMINATION_DETAIL, refusal.detail());
        times.onClient(connection);
        times.end();
        if (connection.wasReset())
        {
            AccessClosing.set(record, AccessClosing.CLIENT_RESET);
        }
        LoggedFields.putMetadata(record, all, connection);
        if (isHttp)
        {
            httpConnection(connection);
        }
        if (hasChain)
        {
            record.bytesReceived(connection.plainReceived()).bytesSent(connection.plainSent());
        }
        if ((refusal.flags() & ResponseFlag.NO_ROUTE) != 0)
        {
            record.detailId(LogStrings.idOf(Exchanges.NO_CHAIN));
        }
        if ((uses & AccessLogSink.USES_DOWNSTREAM_LOCAL) != 0)
        {
            exchanges.loggedClient().localAddress(record, connection);
        }
        final int failure = connection.tls().failure();
        if (failure != 0)
        {
            record.text(AccessText.TRANSPORT_FAILURE, failures.computeIfAbsent(failure, FAILURE_TEXT));
        }
        exchanges.publish(record, droppedId);
    }

    /** As Envoy, which notes the protocol once it has understood something. */
    private void httpConnection(final Connection connection)
    {
        final int noted = connection.notes();
        if ((noted & ResponseFlag.DOWNSTREAM_PROTOCOL_ERROR) != 0)
        {
            record.flags(record.flags() | ResponseFlag.DOWNSTREAM_PROTOCOL_ERROR);
        }
        else if (connection.plainReceived() > 0)
        {
            record.protocol(AccessProtocol.of((noted & Exchanges.HTTP2_NOTED) != 0, 1));
        }
    }

    void onUpstream(final UpstreamSession session, final int protocol)
    {
        if (!isOpen)
        {
            return;
        }
        times.onReady();
        final boolean asksUpstream = (uses & AccessLogSink.USES_UPSTREAM) != 0;
        if (asksUpstream && record.protocol() == AccessProtocol.NONE)
        {
            AccessAttempts.keep(record);
        }
        record.attempts(1).upstream().begin(session.hostText());
        if ((uses & AccessLogSink.USES_METADATA) != 0)
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
        if ((uses & AccessLogSink.USES_CONTENT_TYPE) != 0)
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
            isOpen && (uses & AccessLogSink.USES_GRPC_STATUS) != 0 ? fields.find(HeaderName.GRPC_STATUS) : -1;
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
        if (isOpen && (isGrpc || hasBody) && (uses & AccessLogSink.USES_CONTENT_TYPE) != 0)
        {
            record.text(AccessText.RESPONSE_CONTENT_TYPE,
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
        final int items = (int)(uses >>> AccessLogSink.USES_UPSTREAM_TLS_SHIFT) & AccessLogSink.UPSTREAM_TLS_ITEMS;
        if (items != 0 && upstream != null)
        {
            record.tls().upstream(upstream.connection().tls().report(items));
        }
        if ((uses & (AccessLogSink.USES_DOWNSTREAM_LOCAL | AccessLogSink.USES_UPSTREAM_LOCAL)) == 0)
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
        if (isOpen && asksLengths())
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
        if ((uses & AccessLogSink.USES_METADATA) != 0)
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
