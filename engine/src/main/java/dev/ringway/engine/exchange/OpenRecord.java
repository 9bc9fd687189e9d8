package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.engine.accesslog.AccessAddress;
import dev.ringway.engine.accesslog.AccessBytes;
import dev.ringway.engine.accesslog.AccessRecord;
import dev.ringway.engine.conn.ByteMeter;
import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.route.Condition;
import dev.ringway.engine.snapshot.AccessLogSink;
import dev.ringway.engine.snapshot.LoggedField.Place;
import dev.ringway.engine.upstream.HeaderEdits;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.List;

/**
 * An access record that is being filled, and what the logs that are to get it ask for. Reused; one record at a time.
 * Loop thread only.
 */
final class OpenRecord
{
    private static final long NANOS_PER_MICRO = 1000L;

    private final Exchanges exchanges;
    private final AccessRecord record = new AccessRecord();
    private final LoggedTimes times;
    private final LoggedFields loggedFields = new LoggedFields();
    private final HeaderTable noFields = new HeaderTable(1);
    private List<AccessLogSink> sinks;
    private long uses;
    private boolean hasConditions;

    OpenRecord(final Exchanges exchanges)
    {
        this.exchanges = exchanges;
        times = new LoggedTimes(exchanges, record);
        record.wrap(new UnsafeBuffer(new byte[AccessRecord.DEFAULT_CAPACITY]), 0, AccessRecord.DEFAULT_CAPACITY);
    }

    /** Begins with what is known of the connection. Where the request is null or unknown it has no fields. */
    void begin(
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
        uses = wanted;
        if (asksLengths())
        {
            AccessBytes.begin(record);
        }
        times.begin((wanted & AccessLogSink.USES_TIMES) != 0, startNs);
        record.sinks().born(born).startTimeUs(exchanges.epochNs(startNs) / NANOS_PER_MICRO)
            .connectionId(connection.id());
        record.address(AccessAddress.DOWNSTREAM_REMOTE, exchanges.slotAddresses(), connection.addresses().peer());
        if (connection.addresses().isClientNamed())
        {
            exchanges.loggedClient().path(record, connection);
        }
        else if (connection.addresses().direct() != connection.addresses().peer())
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

    /** Conditions that hold, a bit each. */
    private int held(final List<Condition> conditions, final RequestHead head)
    {
        return LoggedHead.held(conditions, head == null ? exchanges.view().ofResponse(noFields) : exchanges.view().of(head));
    }

    /** Says anew which conditions on the request hold. */
    void conditions(final RequestHead head, final boolean isHttps, final boolean isInternal, final HeaderEdits edits)
    {
        for (int i = 0; i < sinks.size(); i++)
        {
            if (!sinks.get(i).conditions().isEmpty())
            {
                record.sinks().conditions(i, LoggedHead.held(sinks.get(i).conditions(),
                    exchanges.view().of(head, 0, isHttps, isInternal, 0).with(exchanges.loggedHead().of(edits))));
            }
        }
    }

    /**
     * Puts what is asked for of fields as they go on.
     *
     * @param place  where they stand.
     * @param fields that came, or null.
     * @param edits  what becomes of them, or null where nothing does.
     * @param length of a content that the head tells besides, 0 for none.
     */
    void fields(final Place place, final HeaderTable fields, final HeaderEdits edits, final int length)
    {
        if (place == Place.RESPONSE && edits != null && asks(AccessLogSink.USES_CONTENT_TYPE))
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
        if (asks(place.use()))
        {
            loggedFields.put(record, sinks, place, fields, edits, length);
        }
    }

    /** Puts the address that the client has connected to, where it is asked for. */
    void localAddress(final Connection connection)
    {
        if (asks(AccessLogSink.USES_DOWNSTREAM_LOCAL))
        {
            exchanges.loggedClient().localAddress(record, connection);
        }
    }

    /** What has been put so far. */
    AccessRecord record()
    {
        return record;
    }

    /** Notes in it when what was. */
    LoggedTimes times()
    {
        return times;
    }

    /** All that they ask for, bits of {@link AccessLogSink}. */
    long uses()
    {
        return uses;
    }

    /** Whether they ask for any of that. */
    boolean asks(final long bits)
    {
        return (uses & bits) != 0;
    }

    boolean asksLengths()
    {
        return asks(AccessLogSink.USES_LENGTHS);
    }

    /** Whether what they get depends on the request. */
    boolean hasConditions()
    {
        return hasConditions;
    }
}
