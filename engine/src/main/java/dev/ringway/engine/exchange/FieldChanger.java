package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.loop.EventLoop;
import dev.ringway.engine.route.FieldChanges;
import dev.ringway.engine.route.FieldChanges.Action;
import dev.ringway.engine.route.FieldChanges.Level;
import dev.ringway.engine.route.FieldChanges.Put;
import dev.ringway.engine.route.FieldName;
import dev.ringway.engine.route.HeaderKey;
import dev.ringway.engine.route.RequestView;
import dev.ringway.engine.route.ValuePart;
import dev.ringway.engine.upstream.HeaderEdits;
import dev.ringway.ffi.sock.SockAddr;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.List;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * Applies what routes say of fields to heads on their way. One per loop; allocates nothing. Loop thread only.
 */
final class FieldChanger
{
    private static final byte[] HTTP10 = "HTTP/1.0".getBytes(US_ASCII);
    private static final byte[] HTTP11 = "HTTP/1.1".getBytes(US_ASCII);
    private static final byte[] HTTP2 = "HTTP/2".getBytes(US_ASCII);

    private final EventLoop loop;
    private final RequestView view = new RequestView();
    private final UnsafeBuffer text = new UnsafeBuffer(new byte[SockAddr.MAX_TEXT_LENGTH]);
    private HeaderTable headers;
    private HeaderEdits edits;
    private boolean isRequest;
    /** Of the fields that were added, those that the level sees: the values of a level do not depend on one another. */
    private int seen;
    private RequestHead request;
    private Connection connection;
    private String routeName;
    private String clusterName;

    FieldChanger(final EventLoop loop)
    {
        this.loop = loop;
    }

    /** What is known of an exchange; holds until the next one is told of. */
    FieldChanger of(
        final RequestHead head, final Connection client, final String route, final String cluster)
    {
        request = head;
        connection = client;
        routeName = route;
        clusterName = cluster;
        return this;
    }

    /** Changes the head of a request, to which the edits have added what it gets anyway. */
    void changeRequest(final FieldChanges changes, final HeaderEdits to, final boolean isHttps)
    {
        isRequest = true;
        view.of(request, to.dropMask(), isHttps, false, 0);
        change(changes, request.headers(), to);
    }

    /** Changes the head of a response, or with a table of null one that is made here. */
    void changeResponse(final FieldChanges changes, final HeaderTable table, final HeaderEdits to)
    {
        isRequest = false;
        change(changes, table, to);
    }

    private void change(final FieldChanges changes, final HeaderTable table, final HeaderEdits to)
    {
        headers = table;
        edits = to;
        final List<Level> levels = changes.levels();
        for (int i = 0; i < levels.size(); i++)
        {
            change(levels.get(i));
        }
        headers = null;
    }

    private void change(final Level level)
    {
        for (int i = 0; i < level.removed().size(); i++)
        {
            remove(level.removed().get(i));
        }
        seen = edits.count();
        for (int i = 0; i < level.put().size(); i++)
        {
            final Put put = level.put().get(i);
            if (put.action() != Action.APPEND_IF_EXISTS_OR_ADD && put.action() != Action.ADD_IF_ABSENT)
            {
                put(put);
            }
        }
        for (int i = 0; i < level.put().size(); i++)
        {
            final Put put = level.put().get(i);
            if (put.action() == Action.APPEND_IF_EXISTS_OR_ADD || put.action() == Action.ADD_IF_ABSENT)
            {
                put(put);
            }
        }
    }

    private void put(final Put put)
    {
        final Action action = put.action();
        if (action == Action.ADD_IF_ABSENT && exists(put.name()) ||
            action == Action.OVERWRITE_IF_EXISTS && !exists(put.name()))
        {
            return;
        }
        final int start = edits.position();
        for (int i = 0; i < put.value().size(); i++)
        {
            put(put.value().get(i));
        }
        if (edits.position() == start && !put.keepEmpty())
        {
            return;
        }
        if (action == Action.OVERWRITE_IF_EXISTS_OR_ADD || action == Action.OVERWRITE_IF_EXISTS)
        {
            remove(put.name());
        }
        edits.finish(put.name().id(), put.name().bytes());
    }

    private void remove(final FieldName name)
    {
        edits.withdraw(name.id(), name.bytes());
        if (headers != null)
        {
            for (int i = name.find(headers, -1); i >= 0; i = name.find(headers, i))
            {
                headers.nominate(i);
            }
        }
    }

    private boolean exists(final FieldName name)
    {
        final int added = edits.find(name.id(), name.bytes());
        return added >= 0 && added < seen || headers != null && isInTable(name);
    }

    private boolean isInTable(final FieldName name)
    {
        for (int i = name.find(headers, -1); i >= 0; i = name.find(headers, i))
        {
            if (!headers.nominated(i) && !edits.drops(headers.nameId(i)))
            {
                return true;
            }
        }
        return false;
    }

    private void put(final ValuePart part)
    {
        switch (part)
        {
            case final ValuePart.Text literal -> edits.put(literal.bytes(), literal.bytes().length);
            case final ValuePart.Field field ->
            {
                if (!putField(field.name(), field.maxLength()) && field.otherwise() != null)
                {
                    putField(field.otherwise(), field.maxLength());
                }
            }
            case final ValuePart.Known known -> putKnown(known);
        }
    }

    private boolean putField(final HeaderKey key, final int maxLength)
    {
        final int added = edits.find(key.nameId(), key.bytes());
        if (added >= 0 && added < seen)
        {
            edits.repeat(added, maxLength);
            return true;
        }
        if (isRequest)
        {
            final boolean isThere = view.select(key);
            edits.put(view.buffer(), view.offset(), Math.min(view.length(), maxLength));
            return isThere;
        }
        final int index = headers == null ? -1 : key.find(headers);
        if (index >= 0)
        {
            edits.put(headers.buffer(), headers.valueOffset(index), Math.min(headers.valueLength(index), maxLength));
        }
        return index >= 0;
    }

    private void putKnown(final ValuePart.Known known)
    {
        switch (known)
        {
            case REMOTE_ADDRESS -> putAddress(connection.addressOffset(), true);
            case REMOTE_ADDRESS_WITHOUT_PORT -> putAddress(connection.addressOffset(), false);
            case DIRECT_ADDRESS -> putAddress(connection.directAddressOffset(), true);
            case DIRECT_ADDRESS_WITHOUT_PORT -> putAddress(connection.directAddressOffset(), false);
            case PROTOCOL ->
            {
                final byte[] protocol = request.http2() ? HTTP2 : request.minorVersion() == 0 ? HTTP10 : HTTP11;
                edits.put(protocol, protocol.length);
            }
            case ROUTE_NAME -> putText(routeName);
            case CLUSTER -> putText(clusterName);
        }
    }

    private void putAddress(final int at, final boolean hasPort)
    {
        final int length = hasPort || SockAddr.addressLength(loop.slotAddresses(), at) == 0 ?
            SockAddr.appendText(loop.slotAddresses(), at, text, 0) :
            SockAddr.appendAddress(loop.slotAddresses(), at, text, 0);
        edits.put(text, 0, length);
    }

    private void putText(final String characters)
    {
        for (int i = 0; i < characters.length(); i++)
        {
            edits.put((byte)characters.charAt(i));
        }
    }
}
