package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.Grpc;
import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.engine.accesslog.AccessAddress;
import dev.ringway.engine.accesslog.AccessProtocol;
import dev.ringway.engine.accesslog.AccessRecord;
import dev.ringway.engine.accesslog.AccessText;
import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.snapshot.AccessLogSink;
import dev.ringway.engine.snapshot.HttpConnectionManager;
import dev.ringway.ffi.sock.SockAddr;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Writes into access records who the client of a request is, as the connection says, and what its fields tell. One per
 * loop; allocates nothing. Loop thread only.
 */
final class LoggedClient
{
    private final Exchanges exchanges;
    /** A comma, and an address behind it. */
    private final UnsafeBuffer text = new UnsafeBuffer(new byte[1 + SockAddr.MAX_TEXT_LENGTH]);
    private final ForwardedClient client = new ForwardedClient();

    LoggedClient(final Exchanges exchanges)
    {
        this.exchanges = exchanges;
        text.putByte(0, (byte)',');
    }

    /** What each record tells of a request, as it came. */
    void request(
        final AccessRecord record,
        final long uses,
        final HttpConnectionManager http,
        final Connection connection,
        final RequestHead head,
        final RequestId id,
        final boolean isRouted)
    {
        final HeaderTable headers = head.headers();
        final var buffer = headers.buffer();
        record.protocol(AccessProtocol.of(head.http2(), head.minorVersion()));
        LoggedHead.method(record, head);
        AccessText.put(record, AccessText.PATH, buffer, head.pathOffset(), head.pathLength());
        AccessText.put(record, AccessText.AUTHORITY, buffer, head.authorityOffset(), head.authorityLength());
        field(record, headers, HeaderName.USER_AGENT, AccessText.USER_AGENT);
        if ((uses & AccessLogSink.USES_FORWARDED) != 0 && headers.contains(HeaderName.X_FORWARDED_FOR))
        {
            remoteAddress(record, http, connection, headers);
        }
        field(record, headers, HeaderName.X_FORWARDED_FOR, AccessText.X_FORWARDED_FOR);
        if (isRouted && http.useRemoteAddress() && !http.skipXffAppend())
        {
            // Directly behind what is made longer.
            append(record, connection);
        }
        if (id != null && id.isOwn())
        {
            AccessText.put(record, AccessText.X_REQUEST_ID, id.own(), RequestIds.LENGTH);
        }
        else
        {
            field(record, headers, HeaderName.X_REQUEST_ID, AccessText.X_REQUEST_ID);
        }
        field(record, headers, HeaderName.REFERER, AccessText.REFERER);
        if ((uses & AccessLogSink.USES_GRPC_STATUS) != 0)
        {
            record.isCall(Grpc.isRequest(headers));
        }
    }

    /** That of the client where the proxies before this one are trusted to tell it; no port is told. */
    void remoteAddress(
        final AccessRecord record,
        final HttpConnectionManager http,
        final Connection connection,
        final HeaderTable headers)
    {
        client.read(headers, http, exchanges.forwardedFor());
        if (!client.isTold())
        {
            return;
        }
        record.address(AccessAddress.DOWNSTREAM_REMOTE, client.sockAddr(), 0)
            .address(AccessAddress.DOWNSTREAM_DIRECT_REMOTE, exchanges.slotAddresses(),
                connection.addresses().direct());
    }

    /** Where the client connected to, as far as the kernel has said. */
    void localAddress(final AccessRecord record, final Connection connection)
    {
        record.address(AccessAddress.DOWNSTREAM_LOCAL, exchanges.slotAddresses(), connection.addresses().local());
        if (connection.addresses().isLocalTold() && !connection.addresses().isClientNamed())
        {
            AccessAddress.putDirectLocal(record, exchanges.slotAddresses(), connection.addresses().own());
        }
    }

    /** The unix socket that the client came over. */
    void path(final AccessRecord record, final Connection connection)
    {
        final int length =
            SockAddr.appendText(exchanges.slotAddresses(), connection.addresses().clientName(), text, 1);
        AccessAddress.putPath(record, text, 1, length);
    }

    /** Prints the same address as text, and returns its length; 0 for that of a Unix socket. */
    int remoteText(final ForwardedClient told, final Connection connection, final MutableDirectBuffer to)
    {
        return told.isTold() ? SockAddr.appendAddress(told.sockAddr(), 0, to, 0) :
            SockAddr.appendAddress(exchanges.slotAddresses(), connection.addresses().peer(), to, 0);
    }

    /** A field of a head that the record has room for: all of it is one list (RFC 9110, 5.3), without what is empty. */
    void field(final AccessRecord record, final HeaderTable headers, final int nameId, final int field)
    {
        final int first = headers.find(nameId);
        if (first < 0)
        {
            return;
        }
        final var buffer = headers.buffer();
        AccessText.put(record, field, buffer, headers.valueOffset(first), headers.valueLength(first));
        for (int i = headers.findNext(nameId, first); i >= 0; i = headers.findNext(nameId, i))
        {
            final int length = headers.valueLength(i);
            if (length > 0 && record.textLength(field) > 0)
            {
                AccessText.append(record, field, text, 0, 1);
            }
            AccessText.append(record, field, buffer, headers.valueOffset(i), length);
        }
    }

    /** The client's, as the endpoint will see it; one that came over a unix socket has none. */
    void append(final AccessRecord record, final Connection connection)
    {
        final int length = SockAddr.appendAddress(
            exchanges.slotAddresses(), connection.addresses().peer(), text, 1);
        if (length == 0)
        {
            return;
        }
        if (record.textLength(AccessText.X_FORWARDED_FOR) > 0)
        {
            AccessText.append(record, AccessText.X_FORWARDED_FOR, text, 0, length + 1);
        }
        else
        {
            AccessText.put(record, AccessText.X_FORWARDED_FOR, text, 1, length);
        }
    }
}
