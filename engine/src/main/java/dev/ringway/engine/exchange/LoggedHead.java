package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.HttpMethod;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.engine.accesslog.AccessRecord;
import dev.ringway.engine.accesslog.AccessText;
import dev.ringway.engine.route.AddedFields;
import dev.ringway.engine.route.Condition;
import dev.ringway.engine.route.RequestView;
import dev.ringway.engine.upstream.EditedTarget;
import dev.ringway.engine.upstream.HeaderEdits;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.List;

/**
 * Writes what became of a request's head into its access record, in place of what was said when it came. One per loop;
 * allocates nothing. Loop thread only.
 */
final class LoggedHead implements AddedFields
{
    private static final int[] NAMES = {
        HeaderName.X_ENVOY_ORIGINAL_PATH, HeaderName.USER_AGENT, HeaderName.X_FORWARDED_FOR, HeaderName.X_REQUEST_ID,
        HeaderName.REFERER};
    private static final int[] TEXTS = {
        AccessText.ORIGINAL_PATH, AccessText.USER_AGENT, AccessText.X_FORWARDED_FOR, AccessText.X_REQUEST_ID,
        AccessText.REFERER};
    private static final long MASK = HeaderName.mask(NAMES);

    private final UnsafeBuffer path = new UnsafeBuffer(0, 0);
    private final UnsafeBuffer joined = new UnsafeBuffer(new byte[AccessText.MAX_BOUND]);
    private int length;
    private HeaderEdits shown;

    /** Shows conditions what becomes of a head. */
    AddedFields of(final HeaderEdits edits)
    {
        shown = edits;
        return this;
    }

    /** An extended CONNECT is what GET is in HTTP/1.1, and Envoy says so. */
    static void method(final AccessRecord record, final RequestHead head)
    {
        if (head.http2() && head.upgrade())
        {
            AccessText.put(record.methodId(HttpMethod.GET), AccessText.METHOD, HttpMethod.bytes(HttpMethod.GET));
        }
        else
        {
            record.methodId(head.methodId());
            AccessText.replace(
                record, AccessText.METHOD, head.headers().buffer(), head.methodOffset(), head.methodLength());
        }
    }

    /** Whether records have room of their own for one of these names, from {@link HeaderName#mask}. */
    static boolean isAbout(final long names)
    {
        return (names & MASK) != 0;
    }

    /** Fields for which the record has room of its own. */
    void fields(final AccessRecord record, final RequestHead head, final HeaderEdits edits)
    {
        for (int i = 0; i < NAMES.length; i++)
        {
            field(record, NAMES[i], TEXTS[i], head.headers(), edits);
        }
    }

    /** The path, and the one before. */
    void path(final AccessRecord record, final RequestHead head, final HeaderEdits edits)
    {
        if (edits.target().pathLength() >= 0)
        {
            path.wrap(edits.target().path());
            AccessText.replace(record, AccessText.PATH, path, 0, edits.target().pathLength());
            field(record, HeaderName.X_ENVOY_ORIGINAL_PATH, AccessText.ORIGINAL_PATH, head.headers(), edits);
        }
        else
        {
            AccessText.replace(record, AccessText.PATH, head.headers().buffer(), head.pathOffset(), head.pathLength());
        }
    }

    /** The host that the endpoint is asked for. */
    void host(final AccessRecord record, final RequestHead head, final HeaderEdits edits)
    {
        final EditedTarget target = edits.target();
        AccessText.replace(
            record, AccessText.AUTHORITY, target.hostBuffer(head), target.hostOffset(head), target.hostLength(head));
    }

    private void field(
        final AccessRecord record, final int name, final int text, final HeaderTable headers, final HeaderEdits edits)
    {
        final int only = edits.drops(name) ? -1 : staying(headers, name, headers.find(name));
        final int added = edits.find(name, null);
        if (added < 0 && only >= 0 && headers.findNext(name, only) < 0)
        {
            AccessText.replace(record, text, headers.buffer(), headers.valueOffset(only), headers.valueLength(only));
            return;
        }
        length = 0;
        boolean isThere = added >= 0;
        for (int i = only; i >= 0; i = headers.findNext(name, i))
        {
            if (!headers.nominated(i))
            {
                isThere = true;
                join(headers.buffer(), headers.valueOffset(i), headers.valueLength(i));
            }
        }
        for (int i = added; i >= 0; i = edits.findNext(name, null, i))
        {
            join(edits.values().buffer(), edits.valueOffset(i), edits.valueLength(i));
        }
        if (isThere)
        {
            AccessText.replace(record, text, joined, 0, length);
        }
        else
        {
            AccessText.remove(record, text);
        }
    }

    /** The type of a response, as what becomes of its head leaves it. */
    static void contentType(final AccessRecord record, final HeaderTable headers, final HeaderEdits edits)
    {
        final int type = edits.find(HeaderName.CONTENT_TYPE, null);
        if (type >= 0)
        {
            AccessText.replace(record, AccessText.RESPONSE_CONTENT_TYPE,
                edits.values().buffer(), edits.valueOffset(type), edits.valueLength(type));
        }
        else if (headers != null && hasLost(headers, HeaderName.CONTENT_TYPE))
        {
            AccessText.remove(record, AccessText.RESPONSE_CONTENT_TYPE);
        }
    }

    /** The type of a response, as its head has it. */
    static void contentType(final AccessRecord record, final HeaderTable headers)
    {
        final int type = headers.find(HeaderName.CONTENT_TYPE);
        if (type >= 0)
        {
            AccessText.replace(record, AccessText.RESPONSE_CONTENT_TYPE,
                headers.buffer(), headers.valueOffset(type), headers.valueLength(type));
        }
        else
        {
            AccessText.remove(record, AccessText.RESPONSE_CONTENT_TYPE);
        }
    }

    /** Whether a head had fields of a name and none of them goes on. */
    private static boolean hasLost(final HeaderTable headers, final int name)
    {
        final int first = headers.find(name);
        return first >= 0 && staying(headers, name, first) < 0;
    }

    /** The first of a name from an index on that goes on, or -1. */
    private static int staying(final HeaderTable headers, final int name, final int from)
    {
        int index = from;
        while (index >= 0 && headers.nominated(index))
        {
            index = headers.findNext(name, index);
        }
        return index;
    }

    /** All of a field is one list (RFC 9110, 5.3), without what is empty. */
    private void join(final DirectBuffer source, final int at, final int count)
    {
        if (count > 0 && length > 0 && length < joined.capacity())
        {
            joined.putByte(length++, (byte)',');
        }
        final int taken = Math.min(count, joined.capacity() - length);
        joined.putBytes(length, source, at, taken);
        length += taken;
    }

    /**
     * {@inheritDoc}
     */
    public boolean drops(final int nameId)
    {
        return shown.drops(nameId);
    }

    /**
     * {@inheritDoc}
     */
    public int findNext(final int nameId, final UnsafeBuffer name, final int after)
    {
        return shown.findNext(nameId, name, after);
    }

    /**
     * {@inheritDoc}
     */
    public DirectBuffer values()
    {
        return shown.values().buffer();
    }

    /**
     * {@inheritDoc}
     */
    public int valueOffset(final int index)
    {
        return shown.valueOffset(index);
    }

    /**
     * {@inheritDoc}
     */
    public int valueLength(final int index)
    {
        return shown.valueLength(index);
    }

    /**
     * {@inheritDoc}
     */
    public byte[] path()
    {
        return shown.target().path();
    }

    /**
     * {@inheritDoc}
     */
    public int pathLength()
    {
        return shown.target().pathLength();
    }

    /**
     * {@inheritDoc}
     */
    public DirectBuffer hostBuffer(final RequestHead head)
    {
        return shown.target().hostBuffer(head);
    }

    /**
     * {@inheritDoc}
     */
    public int hostOffset(final RequestHead head)
    {
        return shown.target().hostOffset(head);
    }

    /**
     * {@inheritDoc}
     */
    public int hostLength(final RequestHead head)
    {
        return shown.target().hostLength(head);
    }

    /** Conditions that hold, a bit each. */
    static int held(final List<Condition> conditions, final RequestView view)
    {
        int held = 0;
        for (int i = 0; i < conditions.size(); i++)
        {
            held |= conditions.get(i).holds(view) ? 1 << i : 0;
        }
        return held;
    }
}
