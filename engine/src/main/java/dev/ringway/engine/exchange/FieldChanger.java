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
import dev.ringway.engine.route.ValuePart;
import dev.ringway.engine.route.ValueView;
import dev.ringway.engine.upstream.HeaderEdits;

import java.util.List;

/**
 * Applies what routes say of fields to heads on their way. One per loop; allocates nothing. Loop thread only.
 */
final class FieldChanger
{
    private final ConnectionPeer peer;
    private final ValueView values = new ValueView();
    private HeaderTable headers;
    private HeaderEdits edits;
    /** Of the fields that were added, those that the level sees: the values of a level do not depend on one another. */
    private int seen;
    private RequestHead request;

    FieldChanger(final EventLoop loop)
    {
        peer = new ConnectionPeer(loop.slotAddresses());
    }

    /** What is known of an exchange; holds until the next one is told of. */
    FieldChanger of(
        final RequestHead head, final Connection client, final String route, final String cluster)
    {
        request = head;
        values.of(head, peer.wrap(client), route, cluster);
        return this;
    }

    /** Changes the head of a request, to which the edits have added what it gets anyway. */
    void changeRequest(final FieldChanges changes, final HeaderEdits to, final boolean isHttps)
    {
        values.reading(to.dropMask(), isHttps);
        change(changes, request.headers(), to);
    }

    /** Changes the head of a response, or with a table of null one that is made here. */
    void changeResponse(final FieldChanges changes, final HeaderTable table, final HeaderEdits to)
    {
        values.response(table);
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
        if (part instanceof final ValuePart.Field field)
        {
            if (!putField(field.name(), field) && field.otherwise() != null)
            {
                putField(field.otherwise(), field);
            }
            return;
        }
        values.select(part);
        edits.put(values.buffer(), values.offset(), values.length());
    }

    /** One that was added counts before those of the head. */
    private boolean putField(final HeaderKey key, final ValuePart.Field field)
    {
        final int added = edits.find(key.nameId(), key.bytes());
        if (added >= 0 && added < seen)
        {
            edits.repeat(added, field.maxLength());
            return true;
        }
        final boolean isThere = values.select(key, field);
        edits.put(values.buffer(), values.offset(), values.length());
        return isThere;
    }
}
