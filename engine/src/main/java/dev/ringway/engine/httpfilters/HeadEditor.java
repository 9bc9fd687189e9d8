package dev.ringway.engine.httpfilters;

import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.engine.filter.FilterExchange;
import dev.ringway.engine.filter.FilterField;
import dev.ringway.engine.filter.FilterHead;
import dev.ringway.engine.route.FieldChanges;
import dev.ringway.engine.route.FieldChanges.Action;
import dev.ringway.engine.route.ValuePart;
import dev.ringway.engine.route.ValueView;
import org.agrona.ExpandableArrayBuffer;

import java.util.List;

/**
 * Does edits to heads, each of which sees what those before it have done. One for each filter; allocates nothing once it
 * has seen the longest value. Loop thread only.
 */
final class HeadEditor
{
    private static final int INITIAL = 256;

    private final ValueView values = new ValueView();
    private final ExpandableArrayBuffer value = new ExpandableArrayBuffer(INITIAL);

    /** Edits the head of a request. */
    void editRequest(final List<HeadEdit> edits, final FilterExchange exchange)
    {
        edit(edits, exchange, exchange.request(), false);
    }

    /** Edits the head of a response; fields of the request can be asked for where it is kept. */
    void editResponse(final List<HeadEdit> edits, final FilterExchange exchange)
    {
        edit(edits, exchange, exchange.response(), true);
    }

    /** Edits the head of an answer of the filter itself: there is no response that could be asked for fields. */
    void editAnswer(final List<HeadEdit> edits, final FilterExchange exchange)
    {
        edit(edits, exchange, exchange.response(), false);
    }

    private void edit(
        final List<HeadEdit> edits, final FilterExchange exchange, final FilterHead head, final boolean hasResponse)
    {
        boolean isReading = false;
        for (int i = 0, count = edits.size(); i < count; i++)
        {
            // By hand: a switch over types asks a method handle, which costs more than the edit.
            final HeadEdit edit = edits.get(i);
            if (edit instanceof final HeadEdit.Remove remove)
            {
                head.remove(remove.name().bytes().byteArray());
                continue;
            }
            final HeadEdit.Put put = (HeadEdit.Put)edit;
            if (put.known() != null && !joins(put.put()))
            {
                put(put.known(), put.put().action(), head);
                continue;
            }
            if (!isReading)
            {
                isReading = true;
                read(exchange, hasResponse ? head.fields() : null);
            }
            put(put.put(), head);
        }
    }

    private void read(final FilterExchange exchange, final HeaderTable response)
    {
        values.of(exchange.request().head(), exchange.peer(), exchange.routeName(), exchange.clusterName())
            .reading()
            .response(response, response == null ? 0 : exchange.response().status());
    }

    private static void put(final FilterField field, final Action action, final FilterHead head)
    {
        switch (action)
        {
            case APPEND_IF_EXISTS_OR_ADD -> head.add(field);
            case OVERWRITE_IF_EXISTS_OR_ADD -> head.set(field);
            case ADD_IF_ABSENT ->
            {
                if (!head.has(field))
                {
                    head.add(field);
                }
            }
            case OVERWRITE_IF_EXISTS ->
            {
                if (head.has(field))
                {
                    head.set(field);
                }
            }
        }
    }

    private void put(final FieldChanges.Put put, final FilterHead head)
    {
        final byte[] name = put.name().bytes().byteArray();
        final Action action = put.action();
        if (action == Action.ADD_IF_ABSENT && head.find(name) >= 0 ||
            action == Action.OVERWRITE_IF_EXISTS && head.find(name) < 0)
        {
            return;
        }
        final boolean isJoined = joins(put) && head.find(name) >= 0;
        final int start = isJoined ? writeAll(name, head) : 0;
        final int length = write(put.value(), start);
        if (length == start && (isJoined || !put.keepEmpty()))
        {
            return;
        }
        if (isJoined || action == Action.OVERWRITE_IF_EXISTS || action == Action.OVERWRITE_IF_EXISTS_OR_ADD)
        {
            head.set(name, value, 0, length);
        }
        else
        {
            head.add(name, value, 0, length);
        }
    }

    /** Whether what is put goes into one line with what is there. */
    private static boolean joins(final FieldChanges.Put put)
    {
        return put.action() == Action.APPEND_IF_EXISTS_OR_ADD && put.name().isJoined();
    }

    /** Writes what there is of a field, each value with a comma behind it. */
    private int writeAll(final byte[] name, final FilterHead head)
    {
        int length = 0;
        for (int i = head.find(name); i >= 0; i = head.findNext(name, i))
        {
            final int count = head.fields().valueLength(i);
            value.putBytes(length, head.buffer(), head.fields().valueOffset(i), count);
            length += count;
            if (count > 0)
            {
                value.putByte(length++, (byte)',');
            }
        }
        return length;
    }

    private int write(final List<ValuePart> parts, final int start)
    {
        int length = start;
        for (int i = 0; i < parts.size(); i++)
        {
            values.select(parts.get(i));
            value.putBytes(length, values.buffer(), values.offset(), values.length());
            length += values.length();
        }
        return length;
    }
}
