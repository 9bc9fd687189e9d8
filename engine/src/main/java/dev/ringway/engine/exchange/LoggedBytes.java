package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.RequestHead;
import dev.ringway.engine.accesslog.AccessBytes;
import dev.ringway.engine.accesslog.AccessRecord;
import dev.ringway.engine.conn.ByteMeter;

/**
 * Has both sides of an exchange count for access logs what only those need, and writes into the record what they have
 * counted. Loop thread only.
 */
final class LoggedBytes
{
    private LoggedBytes()
    {
    }

    /** A request came. */
    static void begin(final ByteMeter downstream, final ByteMeter upstream, final RequestHead head)
    {
        downstream.ask();
        upstream.ask();
        if (!head.http2())
        {
            downstream.receivedHead(head.headers());
        }
    }

    /** All has been counted; the length of the head that the client got is known. */
    static void put(final AccessRecord record, final ByteMeter downstream, final ByteMeter upstream)
    {
        put(record, AccessBytes.DOWNSTREAM, downstream, downstream.isFramed() ? record.responseHeaderBytes() : 0);
        put(record, AccessBytes.UPSTREAM, upstream, 0);
    }

    private static void put(final AccessRecord record, final int side, final ByteMeter meter, final int head)
    {
        AccessBytes.set(record, side + AccessBytes.RECEIVED, meter.received());
        AccessBytes.set(record, side + AccessBytes.SENT, meter.sent());
        AccessBytes.set(record, side + AccessBytes.HEADERS_RECEIVED, meter.headersReceived());
        AccessBytes.set(record, side + AccessBytes.HEADERS_SENT, meter.headersSent());
        AccessBytes.set(record, side + AccessBytes.FIELDS_RECEIVED, meter.fieldsReceived());
        AccessBytes.set(record, side + AccessBytes.FIELDS_SENT, meter.fieldsSent() + head);
    }
}
