package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.RequestHead;
import dev.ringway.engine.accesslog.AccessClosing;
import dev.ringway.engine.accesslog.AccessProtocol;
import dev.ringway.engine.accesslog.AccessRecord;
import dev.ringway.engine.accesslog.AccessText;
import dev.ringway.engine.accesslog.LogStrings;
import dev.ringway.engine.accesslog.ResponseFlag;
import dev.ringway.engine.conn.ByteMeter;
import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.filter.ConnectionRefusal;
import dev.ringway.engine.snapshot.AccessLogSink;
import dev.ringway.engine.snapshot.HttpConnectionManager;
import dev.ringway.engine.snapshot.LoggedField.Place;
import dev.ringway.engine.upstream.UpstreamFailure;
import org.agrona.collections.Int2ObjectHashMap;

import java.util.List;
import java.util.function.IntFunction;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * Access records of what is no exchange: requests that were refused before one began, and connections as such. Each is
 * whole at once. One per loop. Loop thread only.
 */
final class LoneRecords
{
    private static final long NANOS_PER_MICRO = 1000L;

    private static final IntFunction<byte[]> FAILURE_TEXT =
        id -> UpstreamFailure.transportText(id).replace(' ', '_').getBytes(US_ASCII);

    private final Exchanges exchanges;
    private final OpenRecord open;
    private final AccessRecord record;
    private final ByteMeter noEndpoint = new ByteMeter();
    /** By number: no more of them than the library has failures. */
    private final Int2ObjectHashMap<byte[]> failures = new Int2ObjectHashMap<>();

    LoneRecords(final Exchanges exchanges)
    {
        this.exchanges = exchanges;
        open = new OpenRecord(exchanges);
        record = open.record();
    }

    /** A request that no exchange comes of, see {@link Exchanges#recordRefusal}. */
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
        open.begin(http.accessLogs(), connection, head, startNs);
        open.times().onAnswering();
        open.times().end();
        if (head != null)
        {
            exchanges.loggedClient().request(record, open.uses(), http, connection, head, null, false);
            open.fields(Place.REQUEST, head.headers(), null, 0);
            meter.receivedHead(head.headers());
        }
        open.fields(Place.RESPONSE, null, null, reply.body().length);
        if (reply.status() > 0 && reply.body().length > 0 && open.asks(AccessLogSink.USES_CONTENT_TYPE))
        {
            AccessText.put(record, AccessText.RESPONSE_CONTENT_TYPE, ResponseHeaderRules.TEXT_PLAIN);
        }
        open.localAddress(connection);
        record.protocol(AccessProtocol.of(isHttp2, 1)).responseHeaderBytes(headLength);
        if (meter != null && open.asksLengths())
        {
            LoggedBytes.put(record, meter, noEndpoint);
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
        open.begin(all, connection, null, exchanges.nowNs() - ageNs);
        record.protocol(AccessProtocol.NONE).flags(refusal.flags()).durationUs(ageNs / NANOS_PER_MICRO);
        AccessText.put(record, AccessText.TERMINATION_DETAIL, refusal.detail());
        open.times().onClient(connection);
        open.times().end();
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
        open.localAddress(connection);
        final int failure = connection.tls().failure();
        if (failure != 0)
        {
            AccessText.put(record, AccessText.TRANSPORT_FAILURE, failures.computeIfAbsent(failure, FAILURE_TEXT));
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
}
