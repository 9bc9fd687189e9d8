package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.route.FieldChanges;
import dev.ringway.engine.route.FieldChanges.Action;
import dev.ringway.engine.route.FieldChanges.Level;
import dev.ringway.engine.route.FieldChanges.Put;
import dev.ringway.engine.route.FieldName;
import dev.ringway.engine.route.HeaderKey;
import dev.ringway.engine.route.ValuePart;
import dev.ringway.engine.route.ValueView;
import dev.ringway.engine.upstream.HeaderEdits;
import org.agrona.concurrent.UnsafeBuffer;

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
    /** A bit for each change of a level: whether its field was there ahead of the level. */
    private long existed;
    /** A bit for each change of a level: whether it has a value. */
    private long made;
    private RequestHead request;
    /** What is known of the request of a response, or null for a request. */
    private AskedValues asked;

    FieldChanger(final UnsafeBuffer slotAddresses)
    {
        peer = new ConnectionPeer(slotAddresses);
    }

    /** What is known of an exchange; holds until the next one is told of. */
    FieldChanger of(final RequestHead head, final Connection client, final Routing routing)
    {
        request = head;
        values.of(head, peer.wrap(client).forwarded(routing.client()), routing.routeName(), routing.clusterName());
        return this;
    }

    /** Changes the head of a request, to which the edits have added what it gets anyway. */
    void changeRequest(final FieldChanges changes, final HeaderEdits to)
    {
        asked = null;
        values.reading(to.dropMask(), to.target().isHttps());
        change(changes, request.headers(), to);
    }

    /** Changes the head of a response, or with a table of null one that is made here. */
    void changeResponse(
        final FieldChanges changes,
        final HeaderTable table,
        final int status,
        final AskedValues ofRequest,
        final HeaderEdits to)
    {
        asked = ofRequest;
        values.response(table, status);
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
            remove(level.removed().get(i), 0, 0);
        }
        seen = edits.count();
        existed = 0;
        for (int i = 0; i < level.put().size(); i++)
        {
            final Put put = level.put().get(i);
            if (asks(put.action()) && exists(put.name()))
            {
                existed |= 1L << i;
            }
        }
        made = 0;
        make(level, false);
        make(level, true);
        final int end = edits.count();
        take(level, true, take(level, false, seen, end), end);
    }

    /** Makes the values of a level, while it still sees what was there before. */
    private void make(final Level level, final boolean isAdded)
    {
        for (int i = 0; i < level.put().size(); i++)
        {
            final Put put = level.put().get(i);
            if (isAdded(put.action()) == isAdded && isWanted(put.action(), (existed >>> i & 1) != 0) && make(put))
            {
                made |= 1L << i;
            }
        }
    }

    private static boolean isWanted(final Action action, final boolean exists)
    {
        return action == Action.APPEND_IF_EXISTS_OR_ADD || action == Action.OVERWRITE_IF_EXISTS_OR_ADD ||
            exists == (action == Action.OVERWRITE_IF_EXISTS);
    }

    private boolean make(final Put put)
    {
        final int start = edits.values().position();
        for (int i = 0; i < put.value().size(); i++)
        {
            put(put.value().get(i));
        }
        if (edits.values().position() == start && !put.keepEmpty())
        {
            return false;
        }
        final int count = edits.count();
        edits.finish(put.name().id(), put.name().bytes());
        return edits.count() > count;
    }

    /**
     * Puts values that were made in the place of those that they overwrite, or with those that they join.
     *
     * @param first of them among the added fields.
     * @param end   behind the last one of the level.
     * @return behind the last one that was taken.
     */
    private int take(final Level level, final boolean isAdded, final int first, final int end)
    {
        int next = first;
        for (int i = 0; i < level.put().size(); i++)
        {
            final Put put = level.put().get(i);
            if ((made >>> i & 1) == 0 || isAdded(put.action()) != isAdded)
            {
                continue;
            }
            if (!isAdded)
            {
                remove(put.name(), next, end);
            }
            else if (put.name().isJoined())
            {
                join(put.name(), next, end);
            }
            next++;
        }
        return next;
    }

    /** Makes one field of a value and of all that is there, unless it is the only one. */
    private void join(final FieldName name, final int own, final int end)
    {
        final int start = edits.values().position();
        final boolean isFound = putAll(name, own, end);
        if (isFound && edits.valueLength(own) > 0)
        {
            edits.repeat(own, Integer.MAX_VALUE);
            remove(name, own, end);
            edits.withdraw(own);
            edits.finish(name.id(), name.bytes());
            return;
        }
        edits.values().back(start);
        if (isFound)
        {
            edits.withdraw(own);
        }
    }

    private static boolean asks(final Action action)
    {
        return action == Action.ADD_IF_ABSENT || action == Action.OVERWRITE_IF_EXISTS;
    }

    private static boolean isAdded(final Action action)
    {
        return action == Action.APPEND_IF_EXISTS_OR_ADD || action == Action.ADD_IF_ABSENT;
    }

    /**
     * Puts what there is of a field, each value with a comma behind it; false when there is none. Of what the level has
     * made from {@code own} to {@code end} nothing is there yet.
     */
    private boolean putAll(final FieldName name, final int own, final int end)
    {
        boolean isFound = false;
        for (int i = headers == null ? -1 : name.find(headers, -1); i >= 0; i = name.find(headers, i))
        {
            if (stays(i))
            {
                isFound = true;
                edits.values().put(headers.buffer(), headers.valueOffset(i), headers.valueLength(i));
                putComma(headers.valueLength(i));
            }
        }
        for (int i = edits.find(name.id(), name.bytes()); i >= 0; i = edits.findNext(name.id(), name.bytes(), i))
        {
            if (i < own || i >= end)
            {
                isFound = true;
                edits.repeat(i, Integer.MAX_VALUE);
                putComma(edits.valueLength(i));
            }
        }
        return isFound;
    }

    private void putComma(final int length)
    {
        if (length > 0)
        {
            edits.values().put((byte)',');
        }
    }

    /** Takes out what there is of a field, but for what the level has made from {@code own} to {@code end}, if anything. */
    private void remove(final FieldName name, final int own, final int end)
    {
        for (int i = edits.find(name.id(), name.bytes()); i >= 0; i = edits.findNext(name.id(), name.bytes(), i))
        {
            if (i < own || i >= end)
            {
                edits.withdraw(i);
            }
        }
        if (headers != null)
        {
            for (int i = name.find(headers, -1); i >= 0; i = name.find(headers, i))
            {
                headers.drop(i);
            }
        }
    }

    private boolean exists(final FieldName name)
    {
        final int added = edits.find(name.id(), name.bytes());
        return added >= 0 && added < seen || headers != null && isInTable(name);
    }

    private boolean isInTable(final HeaderKey key)
    {
        return headers != null && isInTable(key.field());
    }

    private boolean isInTable(final FieldName name)
    {
        for (int i = name.find(headers, -1); i >= 0; i = name.find(headers, i))
        {
            if (stays(i))
            {
                return true;
            }
        }
        return false;
    }

    private boolean stays(final int index)
    {
        final int nameId = headers.nameId(index);
        return !headers.nominated(index) && (nameId == HeaderName.OTHER || !edits.drops(nameId));
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
        if (part instanceof final ValuePart.Path path)
        {
            putPath(path);
            return;
        }
        if (asked != null && part instanceof final ValuePart.Parameter parameter)
        {
            asked.select(ValuePart.Parameter.PATH.name());
            values.select(parameter, asked.buffer(), asked.offset(), asked.length());
        }
        else
        {
            values.select(part);
        }
        edits.values().put(values.buffer(), values.offset(), values.length());
    }

    /** As Envoy, which takes an empty field for none here. */
    private void putPath(final ValuePart.Path path)
    {
        final int start = edits.values().position();
        putField(path.field().name(), path.field());
        if (edits.values().position() == start && path.field().otherwise() != null)
        {
            putField(path.field().otherwise(), path.field());
        }
        if (!path.hasQuery())
        {
            edits.values().cutAt((byte)'?', start);
        }
        edits.values().back(start + Math.min(edits.values().position() - start, path.maxLength()));
    }

    /** The first of a name: those of the head stand before those that were added. */
    private boolean putField(final HeaderKey key, final ValuePart.Field field)
    {
        if (asked != null && !field.ofResponse())
        {
            final boolean isKept = asked.select(key);
            edits.values().put(asked.buffer(), asked.offset(), Math.min(asked.length(), field.maxLength()));
            return isKept;
        }
        final int added = edits.find(key.nameId(), key.bytes());
        if (added >= 0 && added < seen && !isInTable(key))
        {
            edits.repeat(added, field.maxLength());
            return true;
        }
        if (isGone(key, field.ofResponse()))
        {
            return false;
        }
        final boolean isThere = values.select(key, field);
        edits.values().put(values.buffer(), values.offset(), values.length());
        return isThere;
    }

    /** Whether the head has lost it. */
    private boolean isGone(final HeaderKey key, final boolean ofResponse)
    {
        if (key.nameId() == HeaderName.X_FORWARDED_PROTO && !ofResponse)
        {
            // Each request has one, unless it was removed; what the level puts in its place it does not see.
            final int added = edits.find(key.nameId(), key.bytes());
            return (added < 0 || added >= seen) && !isInTable(key);
        }
        return headers != null && key.isField() && key.field().find(headers, -1) >= 0 && !isInTable(key);
    }
}
